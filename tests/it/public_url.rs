//! An app that is reached by another address than its port on this machine, as behind a proxy that ends TLS.

use rig::certs::Authority;
use rig::client::walk::Person;
use rig::rig::{Kind, Rig};

use crate::journey::{PATIENCE, World, options};

const PUBLIC_URL: &str = "https://idv.contoso.example";

#[tokio::test]
async fn the_rig_is_ready_before_anybody_reaches_the_app_by_its_public_address() {
    let rig = Rig::start(options().with("AppSettings:PublicUrl", PUBLIC_URL))
        .await
        .unwrap();
    rig.open().await.unwrap();
    let client = rig.client(Kind::Post).await.unwrap();
    assert_eq!(client.provider.token.origin().ascii_serialization(), PUBLIC_URL);
    assert_eq!(rig.endpoints.app, PUBLIC_URL);
    assert_eq!(rig.endpoints.app_address, rig.host.origin());
    let both = format!("{PUBLIC_URL} at {}", rig.host.origin());
    assert!(rig.endpoints.text().contains(&both), "{}", rig.endpoints.text());
    assert!(rig.unreached().await.unwrap().is_some());
}

#[tokio::test]
async fn jumio_and_clients_call_an_https_app_of_a_given_authority() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, file) = (Authority::new().unwrap(), folder.path().join("given.crt"));
    std::fs::write(&file, authority.pem().unwrap()).unwrap();
    let mut options = options();
    options.front_end.tls = Some(authority.tls(&["localhost"]).unwrap());
    options.authority = Some(file);
    let world = World::with(options).await;
    assert!(world.rig.endpoints.app.starts_with("https://localhost:"));
    let walk = world.walk().await;
    let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    let transaction = world.control_get("/jumio/transactions/latest").await;
    assert_eq!(transaction["callbacks"][0]["answered"], 200, "{transaction}");
}
