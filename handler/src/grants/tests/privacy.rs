//! Nothing personal and no credential of the vendor is readable in the store.

use super::vendor::approved;
use super::world::{World, callback};
use crate::fact_store::FactStore;

/// Every document of the store, with its path.
async fn everything(store: &dyn FactStore) -> String {
    let mut text = String::new();
    for folder in ["facts/2"] {
        let names = store.list(folder).await.unwrap();
        assert!(!names.is_empty(), "{folder}");
        for name in names {
            let document = store.read(&format!("{folder}/{name}")).await.unwrap().unwrap();
            text += &name;
            text += std::str::from_utf8(&document).unwrap();
        }
    }
    text
}

#[tokio::test]
async fn the_store_holds_nothing_personal_and_no_credential() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let href = ada.begin().await;
    world.vendor.set(0, approved());
    let credential = world.vendor.credential_of(0);
    ada.process
        .callback(&credential, callback(&world, 0, "PROCESSED"))
        .await
        .unwrap();
    ada.settle().await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    let grant = ada.redeem(&code).await.unwrap();
    let text = everything(world.store.as_ref()).await;
    let secrets = [
        &href,
        &credential,
        &code,
        &grant.access_token,
        &ada.visit.entry.handle,
    ];
    for secret in secrets.into_iter().map(String::as_str) {
        assert!(!text.contains(secret), "{secret}");
    }
    for personal in [
        "Ada",
        "ADA",
        "ovelace",
        "OVELACE",
        "1985",
        "203.0.113.7",
        "subject-of-ada",
        "cookie-of-the-browser",
        "secret-0",
    ] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
}

#[tokio::test]
async fn what_is_kept_and_passed_on_prints_nothing_personal() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    assert!(!world.vendor.start_of(0).user_reference.contains("subject-of-ada"));
    let begun = ada.process.begin(&ada.visit).await.unwrap();
    let person = super::world::ada();
    let registered = ada
        .process
        .register(super::world::registration("c1"))
        .await
        .unwrap();
    world.vendor.set(0, approved());
    ada.settle().await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    let grant = ada.redeem(&code).await.unwrap();
    let answer = crate::openid::answer::Answer::code(&ada.visit.authorization, code.clone(), "i");
    let printed = format!(
        "{:?} {begun:?} {person:?} {registered:?} {:?} {:?} {:?} {grant:?} {answer:?}",
        ada.process,
        super::world::registration("c1"),
        ada.visit,
        world.vendor.start_of(0),
    );
    let state = ada.visit.authorization.state.clone().unwrap_or_default();
    for secret in [
        "Ada",
        "Lovelace",
        "1985-12-10",
        "secret-0",
        "subject-of-ada",
        "203.0.113.7",
        &registered.ticket,
        &ada.visit.entry.handle,
        &world.vendor.credential_of(0),
        &code,
        &grant.access_token,
        &state,
    ] {
        assert!(
            !secret.is_empty() && !printed.contains(secret),
            "{secret} in {printed}"
        );
    }
}
