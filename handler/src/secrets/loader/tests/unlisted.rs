//! The identity may read each version of the signing certificate, and not list them.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_new_key_does_not_sign_at_once_where_versions_cannot_be_listed() {
    let shelf = Shelf::full();
    rotate(&shelf, &OTHER_RSA, &RSA);
    shelf.0.lock().unwrap().created = Some(NOW - Duration::from_secs(60));
    shelf.deny("idv-signing/versions");
    let (loader, _) = start(direct().with("KeyVault:Names", "named"), &shelf);
    pause(120).await;
    let state = loader.states().borrow().clone();
    if let State::Ready(found) = state {
        assert_ne!(found.signing.key_id(), key_id(&RSA), "the new key signs at once");
    }
}
