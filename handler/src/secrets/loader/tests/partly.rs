//! A vault that answers some of what it is asked: what was read before stays in force, each secret by itself, and nobody
//! is served with half of a configuration.

use super::*;

/// Another language than the default.
const LANGUAGE: &str = "fr";

/// A full vault in which some settings are, too.
fn with_settings() -> Shelf {
    let shelf = Shelf::full();
    shelf.put("AppSettings--DefaultLanguage", LANGUAGE);
    shelf.put("Clients--1--Id", "okta");
    shelf.put("Clients--1--RedirectUris", "https://okta.example.com/cb");
    shelf.put("Clients--1--AuthMethod", "client_secret_post");
    shelf.put("Clients--1--Secret", CLIENT_SECRET);
    shelf
}

fn missing(what: &str) -> Error {
    Error::Missing(what.to_owned())
}

/// Everything is read again, now.
async fn refreshed(loader: &Loader) {
    loader.refresher().refresh().await;
    pause(1).await;
}

fn password(found: &Loaded) -> &str {
    found.settings.jumio.password.expose_secret()
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_refused_while_running_resets_no_setting() {
    for refusal in [
        Error::Denied {
            what: "names".to_owned(),
            why: "403 Forbidden".to_owned(),
        },
        missing("names"),
    ] {
        let shelf = with_settings();
        let (loader, _) = start(direct(), &shelf);
        let mut states = loader.states();
        assert_eq!(ready(&mut states).await.settings.default_language, LANGUAGE);
        shelf.fail("names", refusal);
        shelf.put("JumioSettings--AuthPassword", "new");
        refreshed(&loader).await;
        let found = ready(&mut states).await;
        assert_eq!(
            found.settings.default_language, LANGUAGE,
            "the language fell back to its default"
        );
        assert_eq!(found.clients.len(), 2, "a client is gone");
        assert_eq!(password(&found), "new", "what could be read is not in force");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_refused_at_the_start_lets_nobody_be_served() {
    let shelf = with_settings();
    shelf.deny("names");
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    pause(120).await;
    match &*states.borrow() {
        State::Faulty(faults) => assert!(faults.to_string().contains("KeyVault:Names"), "{faults}"),
        other => panic!("{other:?}"),
    }
    shelf.heal();
    assert_eq!(ready(&mut states).await.settings.default_language, LANGUAGE);
}

/// The list says that the setting is there; its value is late.
#[tokio::test(start_paused = true)]
async fn a_listed_setting_that_cannot_be_read_now_is_waited_for_at_the_start() {
    let shelf = with_settings();
    shelf.cut("AppSettings--DefaultLanguage");
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    for _ in 0..60 {
        pause(1).await;
        let state = states.borrow_and_update();
        assert!(
            !matches!(&*state, State::Ready(_)),
            "served in the default language"
        );
    }
    shelf.heal();
    assert_eq!(ready(&mut states).await.settings.default_language, LANGUAGE);
}

#[tokio::test(start_paused = true)]
async fn with_named_secrets_the_list_is_never_asked_for() {
    let shelf = with_settings();
    shelf.deny("names");
    let (loader, _) = start(direct().with("KeyVault:Names", "named"), &shelf);
    let found = ready(&mut loader.states()).await;
    assert_eq!(found.clients.len(), 1);
    pause(1300).await;
    assert!(!shelf.asked().contains(&"names".to_owned()));
}

/// The front for Microsoft's sample, as far as it is no secret.
fn with_sample(map: Map) -> Map {
    map.with("Sample:Clients:3:Id", "an-application")
        .with("Sample:Clients:3:RedirectUris", "https://app.example.com/cb")
        .with("AppSettings:IdTokenIssuer", "issuer")
        .with("AppSettings:IdTokenAudience", "audience")
        .with(
            "AppSettings:BaseRedirectUrl",
            "https://contoso.b2clogin.com/tenant",
        )
}

#[tokio::test(start_paused = true)]
async fn with_named_secrets_those_of_the_sample_front_are_asked_for_where_it_is_on() {
    let shelf = Shelf::full();
    for (name, letter) in [
        ("AppSettings--IdTokenSigningKey", "s"),
        ("AppSettings--IdTokenEncryptionKey", "e"),
        ("Sample--BaseSecret", "a"),
    ] {
        shelf.put(name, &letter.repeat(64));
    }
    let direct = direct().with("KeyVault:Names", "named");
    let (loader, _) = start(direct.clone(), &shelf);
    assert!(ready(&mut loader.states()).await.settings.sample.is_none());
    let asked = shelf.asked().concat();
    assert!(!asked.contains("IdToken") && !asked.contains("Sample"), "{asked}");
    let (loader, _) = start(with_sample(direct), &shelf);
    let found = ready(&mut loader.states()).await;
    let sample = found.settings.sample.as_ref().unwrap();
    assert_eq!(sample.signing_key.expose_secret(), "s".repeat(64));
    assert_eq!(sample.encryption_key.expose_secret(), "e".repeat(64));
    assert_eq!(sample.secrets.len(), 1);
    assert!(shelf.asked().contains(&"Sample--PreviousBaseSecret".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn at_a_refresh_the_named_secrets_do_not_wait_for_the_list() {
    let shelf = with_settings();
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    shelf.cut("names");
    shelf.put("JumioSettings--AuthPassword", "new");
    refreshed(&loader).await;
    let found = ready(&mut states).await;
    assert_eq!(
        (password(&found), found.settings.default_language),
        ("new", LANGUAGE)
    );
}

#[tokio::test(start_paused = true)]
async fn versions_that_are_refused_in_mid_rotation_leave_the_signer() {
    for refusal in ["idv-signing/versions", "names"] {
        let shelf = Shelf::full();
        rotate(&shelf, &OTHER_RSA, &RSA);
        let (loader, _) = start(direct(), &shelf);
        let mut states = loader.states();
        assert_eq!(ready(&mut states).await.signing.key_id(), key_id(&OTHER_RSA));
        shelf.deny(refusal);
        shelf.put("JumioSettings--AuthPassword", "new");
        refreshed(&loader).await;
        let found = ready(&mut states).await;
        assert_eq!(password(&found), "new", "{refusal}");
        assert_eq!(
            found.signing.key_id(),
            key_id(&OTHER_RSA),
            "the new key signs at once"
        );
        assert_eq!(found.signing.jwks()["keys"][1]["kid"], key_id(&RSA));
    }
}

#[tokio::test(start_paused = true)]
async fn versions_that_are_refused_at_the_start_in_mid_rotation_let_nobody_sign() {
    let shelf = Shelf::full();
    rotate(&shelf, &OTHER_RSA, &RSA);
    shelf.deny("idv-signing/versions");
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    pause(120).await;
    match &*states.borrow() {
        State::Faulty(faults) => {
            assert!(
                faults.to_string().contains("AppSettings:SigningCertName"),
                "{faults}"
            );
        }
        other => panic!("{other:?}"),
    }
    shelf.heal();
    assert_eq!(ready(&mut states).await.signing.key_id(), key_id(&OTHER_RSA));
}

#[tokio::test(start_paused = true)]
async fn a_version_that_cannot_be_asked_for_in_mid_rotation_leaves_the_signer() {
    let shelf = Shelf::full();
    rotate(&shelf, &OTHER_RSA, &RSA);
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    ready(&mut states).await;
    shelf.deny("idv-signing/old");
    refreshed(&loader).await;
    assert_eq!(ready(&mut states).await.signing.key_id(), key_id(&OTHER_RSA));
}

#[tokio::test(start_paused = true)]
async fn one_refused_secret_does_not_freeze_the_others() {
    for name in ["client-b2c", "AppSettings--StateKey", "idv-signing"] {
        let shelf = Shelf::full();
        let (loader, _) = start(direct(), &shelf);
        let mut states = loader.states();
        ready(&mut states).await;
        shelf.deny(name);
        shelf.put("JumioSettings--AuthPassword", "new");
        refreshed(&loader).await;
        let found = ready(&mut states).await;
        assert_eq!(password(&found), "new", "{name} freezes the others");
        assert_eq!(found.clients.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn one_secret_that_is_gone_keeps_its_last_value_and_does_not_freeze_the_others() {
    for name in ["client-b2c", "AppSettings--StateKey", "idv-signing"] {
        let shelf = Shelf::full();
        let (loader, _) = start(direct(), &shelf);
        let mut states = loader.states();
        ready(&mut states).await;
        shelf.take(name);
        shelf.put("JumioSettings--AuthPassword", "new");
        refreshed(&loader).await;
        assert_eq!(
            password(&*ready(&mut states).await),
            "new",
            "{name} freezes the others"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_secret_that_nobody_can_do_without_is_a_setting_error_by_name_at_the_start() {
    for (name, setting) in [
        ("JumioSettings--AuthPassword", "JumioSettings:AuthPassword"),
        ("AppSettings--StateKey", "AppSettings:StateKey"),
        ("idv-signing", "AppSettings:SigningCertName"),
        ("AppSettings--DefaultLanguage", "AppSettings:DefaultLanguage"),
    ] {
        let shelf = with_settings();
        shelf.deny(name);
        let (loader, _) = start(direct(), &shelf);
        pause(60).await;
        match &*loader.states().borrow() {
            State::Faulty(Faults(faults)) => assert!(
                faults.iter().any(|fault| fault.setting == setting),
                "{name}: {faults:?}"
            ),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn only_what_failed_is_read_again() {
    let shelf = Shelf::full();
    shelf.cut("client-b2c");
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    pause(20).await;
    let again = shelf.asked();
    let count = |what: &str| again.iter().filter(|asked| *asked == what).count();
    assert!(count("client-b2c") > 3, "{again:?}");
    assert_eq!(
        (count("names"), count("AppSettings--StateKey")),
        (1, 1),
        "{again:?}"
    );
    shelf.heal();
    ready(&mut states).await;
}

#[tokio::test(start_paused = true)]
async fn a_line_feed_at_the_end_of_a_secret_is_cut_and_told() {
    let shelf = Shelf::full();
    shelf.put("client-b2c", &format!("{CLIENT_SECRET}\n"));
    shelf.put("JumioSettings--AuthPassword", "p\r\n");
    let (loader, _) = start(direct(), &shelf);
    let found = ready(&mut loader.states()).await;
    let Proof::Secret(secrets) = &found.clients[0].proof else {
        panic!("{:?}", found.clients)
    };
    assert_eq!(secrets.current.expose_secret(), CLIENT_SECRET);
    assert_eq!(password(&found), "p");
    let remarks = found.settings.remarks.concat();
    assert!(
        remarks.contains("client-b2c") && !remarks.contains(CLIENT_SECRET),
        "{remarks}"
    );
}

#[tokio::test(start_paused = true)]
async fn wrong_settings_are_looked_at_again_soon_and_then_more_seldom() {
    let shelf = Shelf::full();
    shelf.take("AppSettings--StateKey");
    let (loader, _) = start(direct(), &shelf);
    let mut states = loader.states();
    pause(1).await;
    shelf.put("AppSettings--StateKey", KEY);
    pause(4).await;
    assert!(
        matches!(&*states.borrow(), State::Ready(_)),
        "not looked at for 5 s"
    );
    ready(&mut states).await;
}
