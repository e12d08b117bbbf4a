//! Discovery, keys, the contact and assets: public and cached.

use super::world::{ISSUER, ORIGIN, World, header, json_of, published, request, text_of};
use crate::fact_store::Place;
use crate::openid::answer::metadata::Published;
use crate::pages::assets;

const SECURITY: &str = "/.well-known/security.txt";

fn publishing(published: Published) -> World {
    World::publishing(published, crate::fact_store::open(&Place::Memory).unwrap())
}

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
    let request = request("GET", "/.well-known/openid-configuration");
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

/// A key that was taken back must not be believed for long; the document changes with the settings alone.
#[tokio::test]
async fn keys_are_kept_for_a_shorter_time_than_the_document() {
    let world = World::new();
    let keys = world.get("/api/token/keys").await;
    assert_eq!(header(&keys, "cache-control"), "public, max-age=900");
    assert_eq!(header(&keys, "content-type"), "application/json");
}

#[tokio::test]
async fn answers_that_may_be_kept_are_the_same_each_time() {
    let world = World::new();
    for path in ["/.well-known/openid-configuration", "/api/token/keys", SECURITY] {
        let one = world.get(path).await;
        world.advance_s(60);
        world.rebuild();
        let other = world.get(path).await;
        assert_eq!(
            (other.status().as_u16(), other.body()),
            (200, one.body()),
            "{path}"
        );
    }
}

/// RFC 9116: a contact, how long the file holds, and where it is.
#[tokio::test]
async fn a_contact_is_told_for_less_than_a_year() {
    let world = World::new();
    let answer = world.get(SECURITY).await;
    let expected = "Contact: mailto:security@idv.example\nExpires: 2027-02-03T00:00:00Z\n\
                    Canonical: https://idv.example/.well-known/security.txt\n";
    assert_eq!((answer.status().as_u16(), text_of(&answer)), (200, expected));
    assert_eq!(header(&answer, "content-type"), "text/plain; charset=utf-8");
    world.advance_s(24 * 3600);
    let answer = world.get(SECURITY).await;
    assert!(
        text_of(&answer).contains("Expires: 2027-02-04T00:00:00Z\n"),
        "{answer:?}"
    );
}

/// `*` and no credentials, on errors too: a page that may not read an answer sees a network error.
#[tokio::test(start_paused = true)]
async fn pages_of_any_origin_read_the_document_and_the_keys_where_that_is_on_us() {
    let world = publishing(published(Some(ORIGIN), None).for_pages(true));
    let ask = |method: &str, path: &str| request(method, path).header("origin", "https://spa.example");
    for path in ["/.well-known/openid-configuration", "/api/token/keys"] {
        let question = world.send(ask("OPTIONS", path)).await;
        assert_eq!(
            (question.status().as_u16(), header(&question, "allow")),
            (204, "GET, HEAD, OPTIONS")
        );
        assert_eq!(header(&question, "access-control-allow-methods"), "GET");
        assert_eq!(header(&question, "access-control-allow-headers"), "*");
        for method in ["GET", "HEAD", "OPTIONS", "DELETE"] {
            let answer = world.send(ask(method, path)).await;
            assert_eq!(
                header(&answer, "access-control-allow-origin"),
                "*",
                "{method} {path}"
            );
            assert_eq!(header(&answer, "access-control-allow-credentials"), "");
            assert_eq!(header(&answer, "vary"), "", "it is the same for everybody");
        }
    }
    // Its services never come.
    assert_eq!(world.send(ask("GET", "/api/token/keys")).await.status(), 503);
    for path in ["/api/verify/par", "/.well-known/security.txt"] {
        let answer = world.send(ask("OPTIONS", path)).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), "", "{path}");
    }
}

/// Two headers of one kind are none to a browser.
#[tokio::test]
async fn where_the_platform_tells_browsers_we_do_not() {
    let world = World::new();
    for path in ["/.well-known/openid-configuration", "/api/token/keys"] {
        for method in ["GET", "OPTIONS"] {
            let answer = world
                .send(request(method, path).header("origin", "https://spa.example"))
                .await;
            assert_eq!(
                header(&answer, "access-control-allow-origin"),
                "",
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn without_a_contact_there_is_no_file() {
    let world = publishing(published(Some(ORIGIN), None));
    let answer = world.get(SECURITY).await;
    assert_eq!((answer.status().as_u16(), answer.body().len()), (404, 0));
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
