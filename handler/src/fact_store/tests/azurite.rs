//! The same behaviour over a real Azurite, when `RIG_AZURITE_URL` names one (`http://127.0.0.1:<port>/devstoreaccount1`);
//! `cargo rig test` starts one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use object_store::client::{CryptoProvider as _, DigestAlgorithm};

use url::Url;

use super::*;
use crate::fact_store::crypto::OpenSsl;

/// Azurite's well-known account key, published by Microsoft.
const KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const DATE: &str = "Tue, 03 Feb 2026 10:00:00 GMT";
const VERSION: &str = "2021-08-06";

#[expect(
    clippy::disallowed_methods,
    reason = "the rig tells the test where Azurite is"
)]
fn azurite() -> Option<Url> {
    let address = std::env::var("RIG_AZURITE_URL").ok();
    if address.is_none() {
        println!("skipped: RIG_AZURITE_URL is not set, no Azurite to test against");
    }
    address.map(|address| address.parse().unwrap())
}

fn client() -> reqwest::Client {
    let _ = rustls_openssl::default_provider().install_default();
    reqwest::Client::builder()
        .tls_certs_only([])
        .http1_only()
        .build()
        .unwrap()
}

/// `object_store` cannot make a container: one PUT with a `SharedKey` signature does.
async fn make_container(base: &Url, name: &str) -> Url {
    let address: Url = format!("{base}/{name}").parse().unwrap();
    let account = base.path().trim_matches('/');
    let to_sign = format!(
        "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{DATE}\nx-ms-version:{VERSION}\n/{account}{}\nrestype:container",
        address.path()
    );
    let mut hmac = OpenSsl
        .hmac(DigestAlgorithm::Sha256, &STANDARD.decode(KEY).unwrap())
        .unwrap();
    hmac.update(to_sign.as_bytes());
    let signature = STANDARD.encode(hmac.finish().unwrap());
    let mut put = address.clone();
    put.set_query(Some("restype=container"));
    let answer = client()
        .put(put)
        .header("x-ms-date", DATE)
        .header("x-ms-version", VERSION)
        .header("authorization", format!("SharedKey {account}:{signature}"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap());
    address
}

fn open_with(address: Url, key: &str) -> Arc<dyn FactStore> {
    let access = Access::Key(key.to_owned().into());
    open(&Place::Container(Box::new(Container {
        address,
        access,
        client: client(),
    })))
    .unwrap()
}

fn fresh_name() -> String {
    let random: &dyn crate::random::Random = &crate::random::OsRandom;
    random
        .bytes::<8>()
        .iter()
        .fold("facts".to_owned(), |name, byte| format!("{name}{byte:02x}"))
}

/// Facts in a container of their own, if there is an Azurite.
pub(crate) async fn fresh() -> Option<Arc<dyn FactStore>> {
    let base = azurite()?;
    Some(open_with(make_container(&base, &fresh_name()).await, KEY))
}

#[tokio::test]
async fn a_container_behaves() {
    let Some(store) = fresh().await else { return };
    behaves(store).await;
}

#[tokio::test]
async fn a_container_refuses_a_wrong_key_and_a_missing_container_is_an_error() {
    let Some(base) = azurite() else { return };
    let address = make_container(&base, &fresh_name()).await;
    let wrong = open_with(address.clone(), &STANDARD.encode([7; 64]));
    assert!(wrong.create("a/b.json", bytes("x")).await.is_err());
    let missing = open_with(format!("{base}/{}", fresh_name()).parse().unwrap(), KEY);
    assert!(missing.create("a/b.json", bytes("x")).await.is_err());
}

#[tokio::test]
async fn a_container_that_cannot_be_reached_is_an_error_soon() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("http://127.0.0.1:{port}/devstoreaccount1/facts")
        .parse()
        .unwrap();
    let store = open_with(address, KEY);
    let error = timeout(Duration::from_secs(9), store.read("a/b.json"))
        .await
        .unwrap();
    assert!(error.unwrap_err().to_string().contains("cannot be reached"));
}

#[test]
fn a_key_that_is_not_base64_is_refused_without_being_repeated() {
    let address = "http://127.0.0.1:1/devstoreaccount1/facts".parse().unwrap();
    let access = Access::Key("%%secret%%".to_owned().into());
    let place = Place::Container(Box::new(Container {
        address,
        access,
        client: client(),
    }));
    let error = open(&place).err().unwrap().to_string();
    assert!(!error.contains("secret"), "{error}");
}
