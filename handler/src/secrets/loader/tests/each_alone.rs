//! Each secret stands by itself: what is good comes into force, what is bad keeps its last good value, and a client whose
//! secret is of no use is refused alone.

use super::*;

async fn refreshed(loader: &Loader) {
    loader.refresher().refresh().await;
    pause(1).await;
}

fn password(found: &Loaded) -> &str {
    found.settings.jumio.password.expose_secret()
}

/// With a second client, whose secret is `client-okta`.
fn two_clients() -> Map {
    direct()
        .with("Clients:1:Id", "okta")
        .with("Clients:1:RedirectUris", "https://okta.example.com/cb")
        .with("Clients:1:AuthMethod", "client_secret_post")
        .with("Clients:1:SecretName", "client-okta")
}

#[tokio::test(start_paused = true)]
async fn one_bad_value_does_not_freeze_the_others() {
    for (name, value) in [
        ("client-b2c", "short"),
        ("AppSettings--StateKey", "noise"),
        ("Verification--LineSeconds", "x"),
    ] {
        let shelf = Shelf::full();
        let (loader, _) = start(direct(), &shelf);
        let mut states = loader.states();
        ready(&mut states).await;
        shelf.put(name, value);
        shelf.put("JumioSettings--AuthPassword", "new");
        refreshed(&loader).await;
        pause(1300).await;
        assert_eq!(
            password(&*ready(&mut states).await),
            "new",
            "{name} freezes the others"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_disabled_secret_of_one_client_does_not_stop_a_start() {
    let shelf = Shelf::full();
    shelf.put("client-okta", CLIENT_SECRET);
    shelf.fail("client-okta", Error::Disabled("client-okta".to_owned()));
    let (loader, _) = start(two_clients(), &shelf);
    pause(120).await;
    let state = loader.states().borrow().clone();
    assert!(matches!(state, State::Ready(_)), "{state:?}");
}
