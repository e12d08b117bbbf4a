//! Discovery, keys and assets: public and cached.

use super::world::{ISSUER, World, header, json_of, text_of};
use crate::pages::assets;

#[tokio::test]
async fn discovery_names_the_issuer_and_may_be_cached() {
    let world = World::new();
    let answer = world.get("/.well-known/openid-configuration").await;
    let document = json_of(&answer);
    assert_eq!(document["issuer"], ISSUER);
    assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    assert_eq!(document["jwks_uri"], "https://idv.example/api/token/keys");
    assert_eq!(header(&answer, "cache-control"), "public, max-age=3600");
    assert_eq!(header(&answer, "content-type"), "application/json");
}

#[tokio::test]
async fn the_document_is_found_by_both_its_names() {
    let world = World::new();
    let one = world.get("/.well-known/openid-configuration").await;
    let other = world.get("/.well-known/oauth-authorization-server").await;
    assert_eq!((other.status().as_u16(), other.body()), (200, one.body()));
}

#[tokio::test]
async fn the_addresses_come_from_the_settings_whatever_the_request_says() {
    let world = World::new();
    let request = super::world::request("GET", "/.well-known/openid-configuration");
    let request = request
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example");
    assert!(!text_of(&world.send(request).await).contains("evil"));
}

#[tokio::test]
async fn the_key_set_holds_the_key_that_signs() {
    let world = World::new();
    let keys = json_of(&world.get("/api/token/keys").await);
    let key = &keys["keys"][0];
    assert_eq!(key["kid"], world.keys.key_id());
    for member in ["n", "e", "x5c", "x5t", "x5t#S256"] {
        assert!(!key[member].is_null(), "{member}");
    }
    assert!(key.get("d").is_none());
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_their_own_address() {
    let world = World::new();
    for asset in assets::ALL {
        let answer = world.get(&asset.path()).await;
        assert_eq!(answer.status(), 200);
        assert!(header(&answer, "cache-control").contains("immutable"));
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
        assert_eq!(header(&answer, "content-type"), asset.media_type);
    }
    let answer = world.get("/api/verify/assets/0.css").await;
    assert_eq!((answer.status().as_u16(), answer.body().len()), (404, 0));
}
