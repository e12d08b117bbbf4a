//! Secrets that were deleted and can be recovered.

use rig::vault::certificate::Format;

use super::client::Stage;

#[tokio::test]
async fn a_deleted_secret_is_gone_and_listed_among_the_deleted() {
    let stage = Stage::start().await;
    let version = stage.put("a", "hush");
    stage.put("b", "x");
    let now = stage.backstage.clock.now();
    let store = &stage.simulator.vault.store;
    assert!(store.with(|store| store.delete("A", now)));
    stage
        .refused("secrets/a?api-version=7.4", 404, "SecretNotFound")
        .await;
    let list = stage.read("deletedsecrets?api-version=7.4").await;
    let listed = &list["value"][0];
    assert_eq!(listed["id"], format!("{}secrets/a", stage.base));
    let deleted = stage.read("deletedsecrets/a?api-version=7.4").await;
    assert_eq!(deleted["id"], format!("{}secrets/a/{version}", stage.base));
    assert_eq!(deleted["recoveryId"], format!("{}deletedsecrets/a", stage.base));
    assert_eq!(deleted["deletedDate"], now.unix_timestamp());
    assert_eq!(deleted["scheduledPurgeDate"], now.unix_timestamp() + 90 * 86_400);
    assert!(deleted.get("value").is_none());
    let message = stage
        .refused("deletedsecrets/b?api-version=7.4", 404, "SecretNotFound")
        .await;
    assert_eq!(message, "Deleted Secret not found: b");
}

#[tokio::test]
async fn what_is_recovered_is_as_it_was() {
    let stage = Stage::start().await;
    let (version, _) = stage.simulator.vault.rotate("signing", Format::Pem).unwrap();
    let now = stage.backstage.clock.now();
    let store = &stage.simulator.vault.store;
    assert!(store.with(|store| store.delete("signing", now)));
    let deleted = stage.read("deletedcertificates/signing?api-version=7.4").await;
    assert!(deleted["x5t"].is_string(), "{deleted}");
    assert!(store.with(|store| store.recover("signing")));
    let path = "deletedcertificates/signing?api-version=7.4";
    stage.refused(path, 404, "CertificateNotFound").await;
    let secret = stage.read("secrets/signing?api-version=7.4").await;
    assert!(secret["id"].as_str().unwrap().ends_with(&version));
}
