//! Before settings and secrets are loaded.

use std::sync::Arc;
use std::time::Duration;

use super::world::{World, form, header, json_of, published, register, registration, request, text_of};
use crate::fact_store::Place;

const DOCUMENTS: [&str; 2] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
];

fn starting() -> World {
    World::starting(crate::fact_store::open(&Place::Memory).unwrap())
}

#[tokio::test(start_paused = true)]
async fn health_is_answered_at_once() {
    let world = starting();
    let began = tokio::time::Instant::now();
    assert_eq!(world.get("/").await.status(), 200);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn every_other_route_waits_five_seconds_and_then_asks_to_come_again() {
    let world = starting();
    let began = tokio::time::Instant::now();
    let answer = world.send(form("/api/token", &[])).await;
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "retry-after")),
        (503, "2")
    );
    assert_eq!(json_of(&answer)["error"], "temporarily_unavailable");
    let answer = world.send(register().json(&registration("c"))).await;
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "retry-after")),
        (503, "2")
    );
    assert_eq!(json_of(&answer)["code"], "handler.starting");
    let answer = world.get("/api/verify/authorize").await;
    assert_eq!(answer.status(), 503);
    assert!(text_of(&answer).contains("try again in a moment"), "{answer:?}");
    let answer = world.send(request("POST", "/api/callback/x")).await;
    assert_eq!((answer.status().as_u16(), answer.body().len()), (503, 0));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_waits_is_answered_when_the_services_come() {
    let world = starting();
    let waiting = world.get("/api/token/keys");
    let loading = async {
        tokio::time::sleep(Duration::from_secs(4)).await;
        world.services.send_replace(Some(Arc::new(world.build())));
    };
    let (answer, ()) = tokio::join!(waiting, loading);
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn services_are_replaced_as_a_whole_while_requests_go_on() {
    let world = World::new();
    let mut renewed = world.build();
    renewed.key_set.document = r#"{"keys":["renewed"]}"#.into();
    world.services.send_replace(Some(Arc::new(renewed)));
    let document = json_of(&world.get("/api/token/keys").await);
    assert_eq!(document["keys"][0], "renewed");
}

/// Popular servers end when they cannot read the document at their own start.
#[tokio::test(start_paused = true)]
async fn the_document_waits_for_no_secret_and_is_the_same_afterwards() {
    for path in DOCUMENTS {
        let world = starting();
        let began = tokio::time::Instant::now();
        let before = world.get(path).await;
        let head = world.send(request("HEAD", path)).await;
        let asked = world.send(request("OPTIONS", path)).await;
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert_eq!(
            (before.status(), head.status()),
            (200.try_into().unwrap(), 200.try_into().unwrap())
        );
        assert_eq!(
            (asked.status().as_u16(), header(&asked, "allow")),
            (204, "GET, HEAD, OPTIONS")
        );
        world.rebuild();
        let after = world.get(path).await;
        assert_eq!(after.body(), before.body());
        for name in ["cache-control", "content-type"] {
            assert_eq!(header(&after, name), header(&before, name));
        }
    }
}

/// A document without our address, or with a wrong one, would be kept for an hour.
#[tokio::test(start_paused = true)]
async fn without_our_own_address_there_is_no_document_and_nothing_is_named() {
    for path in DOCUMENTS {
        let store = crate::fact_store::open(&Place::Memory).unwrap();
        let world = World::publishing(published(None, None), store);
        let answer = world.get(path).await;
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "retry-after")),
            (503, "2")
        );
        assert_eq!(json_of(&answer)["error"], "temporarily_unavailable");
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert!(!text_of(&answer).contains("Public"), "{answer:?}");
    }
}
