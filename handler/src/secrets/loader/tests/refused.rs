//! Jumio refuses its credentials: they are read again at once, not after ten minutes, and not again and again.

use super::*;
use crate::app::credentials::Live;
use crate::jumio::Credentials as _;

const PASSWORD: &str = "JumioSettings--AuthPassword";

/// A loader that has read once, some time ago.
async fn loaded() -> (Shelf, Loader, Live) {
    let shelf = Shelf::full();
    let (loader, _) = start(direct(), &shelf);
    ready(&mut loader.states()).await;
    pause(60).await;
    let live = Live::new(loader.refresher());
    (shelf, loader, live)
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_read_again_at_once() {
    let (shelf, _loader, live) = loaded().await;
    let old = live.current();
    shelf.put(PASSWORD, "new");
    let asked = tokio::time::Instant::now();
    assert!(live.renewed(&old).await);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    assert_eq!(live.current().secret.expose_secret(), "new");
}

#[tokio::test(start_paused = true)]
async fn twenty_who_are_refused_at_once_cause_one_reading() {
    let (shelf, _loader, live) = loaded().await;
    let old = live.current();
    shelf.put(PASSWORD, "new");
    let all = futures::future::join_all((0..20).map(|_| live.renewed(&old))).await;
    assert!(all.into_iter().all(|renewed| renewed));
    assert_eq!(shelf.rounds(), 2);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_stay_wrong_are_not_read_again_and_again() {
    let (shelf, _loader, live) = loaded().await;
    let old = live.current();
    for _ in 0..60 {
        assert!(!live.renewed(&old).await);
        pause(1).await;
    }
    assert!((3..=5).contains(&shelf.rounds()), "{}", shelf.rounds());
}

#[tokio::test(start_paused = true)]
async fn a_vault_that_is_down_does_not_hold_up_whoever_was_refused() {
    let (shelf, _loader, live) = loaded().await;
    shelf.set_down(true);
    let asked = tokio::time::Instant::now();
    assert!(!live.renewed(&live.current()).await);
    assert!(asked.elapsed() <= Duration::from_secs(3), "{:?}", asked.elapsed());
}

/// The pair of its own where there is one, else the tenant's; each is read again when it is the one that was refused.
#[tokio::test(start_paused = true)]
async fn netverify_has_its_own_credentials_read_again() {
    let shelf = Shelf::full();
    let source = direct()
        .with("JumioSettings:BaseUrl", "https://lon.netverify.com")
        .with("JumioSettings:NetverifyUsername", "its");
    shelf.put("JumioSettings--NetverifyPassword", "old");
    let (loader, _) = start(source, &shelf);
    ready(&mut loader.states()).await;
    pause(60).await;
    let of_kyx = Live::new(loader.refresher());
    let of_netverify = Live::of_netverify(loader.refresher());
    let old = of_netverify.current();
    assert_eq!((old.id.as_str(), old.secret.expose_secret()), ("its", "old"));
    assert_eq!(of_kyx.current().id, "u");
    shelf.put("JumioSettings--NetverifyPassword", "new");
    assert!(of_netverify.renewed(&old).await);
    assert_eq!(of_netverify.current().secret.expose_secret(), "new");
}

#[tokio::test(start_paused = true)]
async fn netverify_without_credentials_of_its_own_shows_those_of_the_tenant() {
    let source = direct().with("JumioSettings:BaseUrl", "https://lon.netverify.com");
    let (loader, _) = start(source, &Shelf::full());
    ready(&mut loader.states()).await;
    let live = Live::of_netverify(loader.refresher());
    assert!(live.current() == Live::new(loader.refresher()).current());
}
