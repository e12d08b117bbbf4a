//! Certificates: what they are made by, how long they last, and lists of them.

use rig::vault::certificate::Format;
use serde_json::Value;

use super::client::Stage;

const NINETY_DAYS_S: i64 = 90 * 86_400;

/// From its `nbf` to its `exp`.
fn life_s(attributes: &Value) -> i64 {
    attributes["exp"].as_i64().unwrap() - attributes["nbf"].as_i64().unwrap()
}

fn names(list: &Value) -> Vec<String> {
    let ids = list["value"].as_array().unwrap().iter();
    ids.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_certificate_says_its_dates_and_its_secret_does_too() {
    let stage = Stage::start().await;
    stage.simulator.vault.rotate("signing", Format::Pem).unwrap();
    stage.put("plain", "x");
    for path in ["certificates/signing", "secrets/signing"] {
        let bundle = stage.read(&format!("{path}?api-version=7.4")).await;
        let life_s = life_s(&bundle["attributes"]);
        assert!(
            (NINETY_DAYS_S..NINETY_DAYS_S + 86_400).contains(&life_s),
            "{path}"
        );
        assert_eq!(bundle["attributes"]["recoverableDays"], 90);
    }
    let plain = stage.read("secrets/plain?api-version=7.4").await;
    assert!(plain["attributes"].get("exp").is_none());
}

#[tokio::test]
async fn a_certificate_has_a_policy() {
    let stage = Stage::start().await;
    stage.simulator.vault.rotate("signing", Format::Pkcs12).unwrap();
    let bundle = stage.read("certificates/signing?api-version=7.4").await;
    let policy = stage.read("certificates/signing/policy?api-version=7.4").await;
    assert_eq!(bundle["policy"], policy);
    assert_eq!(policy["id"], format!("{}certificates/signing/policy", stage.base));
    assert_eq!(policy["x509_props"]["subject"], "CN=signing");
    assert_eq!(policy["x509_props"]["validity_months"], 3);
    assert_eq!(policy["key_props"]["key_size"], 2048);
    assert_eq!(policy["secret_props"]["contentType"], "application/x-pkcs12");
    let sid = bundle["sid"].as_str().unwrap();
    let secret = stage.read(&format!("{sid}?api-version=7.4")).await;
    assert_eq!(secret["id"], sid, "a client follows this address");
}

#[tokio::test]
async fn the_operation_that_made_it_is_over() {
    let stage = Stage::start().await;
    stage.simulator.vault.rotate("signing", Format::Pem).unwrap();
    let bundle = stage.read("certificates/signing?api-version=7.4").await;
    let address = bundle["pending"]["id"].as_str().unwrap();
    let pending = stage.read(&format!("{address}?api-version=7.4")).await;
    assert_eq!(pending["status"], "completed");
    stage.put("plain", "x");
    let path = "certificates/plain/pending?api-version=7.4";
    stage.refused(path, 404, "PendingCertificateNotFound").await;
}

#[tokio::test]
async fn a_list_has_certificates_only_and_versions_have_no_age() {
    let stage = Stage::start().await;
    stage.put("plain", "x");
    let mut made = [Format::Pem, Format::Pkcs12, Format::Pem]
        .map(|format| stage.simulator.vault.rotate("signing", format).unwrap().0);
    let list = stage.read("certificates?api-version=7.4").await;
    let address = format!("{}certificates/signing", stage.base);
    assert_eq!(names(&list), [address.as_str()]);
    assert!(list["value"][0]["x5t"].is_string() && list["nextLink"].is_null());
    made.sort();
    let versions = stage.read("certificates/signing/versions?api-version=7.4").await;
    assert_eq!(
        names(&versions),
        made.map(|version| format!("{address}/{version}"))
    );
    let none = stage.read("certificates/plain/versions?api-version=7.4").await;
    assert!(names(&none).is_empty());
}
