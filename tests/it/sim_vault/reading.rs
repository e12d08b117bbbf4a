//! Secrets, versions, lists and certificates.

use openssl::pkcs12::Pkcs12;
use openssl::x509::X509;
use rig::vault::Settings;
use rig::vault::certificate::Format;
use serde_json::Value;

use super::client::Stage;

#[tokio::test]
async fn a_secret_comes_with_its_version() {
    let stage = Stage::start().await;
    let version = stage.put("JumioSettings--AuthPassword", "invented");
    for path in [
        "secrets/JumioSettings--AuthPassword/?api-version=2025-07-01",
        "secrets/jumiosettings--authpassword?api-version=7.4",
    ] {
        let secret = stage.read(path).await;
        assert_eq!(secret["value"], "invented");
        assert!(secret["id"].as_str().unwrap().ends_with(&version), "{secret}");
    }
}

#[tokio::test]
async fn an_old_version_can_still_be_read() {
    let stage = Stage::start().await;
    let old = stage.put("root-key", "one");
    stage.put("root-key", "two");
    let secret = stage
        .read(&format!("secrets/root-key/{old}?api-version=7.4"))
        .await;
    assert_eq!(secret["value"], "one");
    let versions = stage.read("secrets/root-key/versions?api-version=7.4").await;
    assert_eq!(versions["value"].as_array().unwrap().len(), 2);
    assert!(versions["value"][0].get("value").is_none());
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let stage = Stage::start().await;
    let settings = Settings {
        page_size: 2,
        ..stage.simulator.vault.settings()
    };
    stage.simulator.vault.set(settings);
    for name in ["a", "b", "c", "d", "e"] {
        stage.put(name, "x");
    }
    let mut path = "secrets?api-version=7.4".to_owned();
    let mut names = Vec::new();
    let mut pages = 0;
    loop {
        let page = stage.read(&path).await;
        pages += 1;
        for item in page["value"].as_array().unwrap() {
            assert!(item.get("value").is_none(), "a list never has values");
            names.push(
                item["id"]
                    .as_str()
                    .unwrap()
                    .strip_prefix(&format!("{}secrets/", stage.base))
                    .unwrap()
                    .to_owned(),
            );
        }
        match page["nextLink"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert_eq!((pages, names.concat().as_str()), (3, "abcde"));
}

/// A name without its port is served at the usual one, which a link names all the same.
#[tokio::test]
async fn a_link_names_the_port_even_if_the_client_did_not() {
    let stage = Stage::start().await;
    for number in 0..26 {
        stage.put(&format!("n{number}"), "x");
    }
    let token = stage.token("https://vault.azure.net").await;
    let url = stage
        .simulator
        .url
        .join("secrets?api-version=7.4&maxresults=25")
        .unwrap();
    let response = stage.http.get(url).bearer_auth(token).send().await.unwrap();
    let page: Value = response.json().await.unwrap();
    assert_eq!(page["value"].as_array().unwrap().len(), 25);
    let link = page["nextLink"].as_str().unwrap();
    let start = format!(
        "https://{}:443/secrets?api-version=7.4&$skiptoken=",
        stage.simulator.host
    );
    assert!(
        link.starts_with(&start) && link.ends_with("&maxresults=25"),
        "{link}"
    );
}

#[tokio::test]
async fn a_certificate_is_a_secret_with_a_private_key() {
    let stage = Stage::start().await;
    stage.simulator.vault.rotate("signing", Format::Pkcs12).unwrap();
    let secret = stage.read("secrets/signing/?api-version=7.4").await;
    assert_eq!(secret["contentType"], "application/x-pkcs12");
    let der = base64(&secret["value"]);
    let parsed = Pkcs12::from_der(&der).unwrap().parse2("").unwrap();
    let public = stage.read("certificates/signing?api-version=7.4").await;
    let certificate = X509::from_der(&base64(&public["cer"])).unwrap();
    assert!(parsed.pkey.unwrap().public_eq(&certificate.public_key().unwrap()));
    assert!(public.get("value").is_none());
}

#[tokio::test]
async fn a_rotated_certificate_is_another_one() {
    let stage = Stage::start().await;
    let (first, thumbprint) = stage.simulator.vault.rotate("signing", Format::Pem).unwrap();
    let (_, other) = stage.simulator.vault.rotate("signing", Format::Pem).unwrap();
    assert_ne!(thumbprint, other);
    let old = stage
        .read(&format!("secrets/signing/{first}?api-version=7.4"))
        .await;
    assert!(
        old["value"]
            .as_str()
            .unwrap()
            .starts_with("-----BEGIN PRIVATE KEY-----")
    );
}

fn base64(value: &Value) -> Vec<u8> {
    openssl::base64::decode_block(value.as_str().unwrap()).unwrap()
}
