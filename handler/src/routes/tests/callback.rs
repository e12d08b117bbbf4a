//! `POST /api/callback/{credential}`.

use serde_json::json;
use warp::test::RequestBuilder;

use super::world::{Answer, Browser, World, form, request};
use crate::grants::tests::vendor::approved;

/// A callback of the vendor about its n-th transaction.
pub(super) fn callback(world: &World, n: usize, status: &str) -> RequestBuilder {
    let ids = world.vendor.ids_of(n);
    let body = json!({
        "callbackSentAt": "2026-02-03T10:12:21.004Z",
        "account": {"id": ids.account},
        "workflowExecution": {"id": ids.execution, "status": status},
    });
    request("POST", world.vendor.start_of(n).callback_url.path()).json(&body)
}

async fn begun() -> World {
    let world = World::new();
    let ticket = world.ticket("c1").await;
    Browser::default().authorize(&world, &ticket, "").await;
    world
}

/// The status alone: nobody reads a body there.
fn empty(answer: &Answer, status: u16) {
    assert_eq!(
        (answer.status().as_u16(), answer.body().len()),
        (status, 0),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_callback_settles_without_any_browser() {
    let world = begun().await;
    world.vendor.set(0, approved());
    empty(&world.send(callback(&world, 0, "PROCESSED")).await, 200);
    world.calm().await;
    assert_eq!(world.register("c2").await["status"], "approved");
}

#[tokio::test]
async fn a_duplicate_is_acknowledged_and_asks_the_vendor_once() {
    let world = begun().await;
    world.vendor.set(0, approved());
    empty(&world.send(callback(&world, 0, "PROCESSED")).await, 200);
    world.calm().await;
    let fetches = world.vendor.fetches();
    empty(&world.send(callback(&world, 0, "PROCESSED")).await, 200);
    world.calm().await;
    assert_eq!(world.vendor.fetches(), fetches);
}

#[tokio::test]
async fn a_duplicate_makes_up_for_a_reading_that_failed() {
    let world = begun().await;
    world.vendor.set(0, approved());
    world.vendor.set_down(true);
    empty(&world.send(callback(&world, 0, "PROCESSED")).await, 200);
    world.calm().await;
    world.vendor.set_down(false);
    world.advance_s(6);
    empty(&world.send(callback(&world, 0, "PROCESSED")).await, 200);
    world.calm().await;
    let fetches = world.vendor.fetches();
    assert_eq!(world.register("c2").await["status"], "approved");
    assert_eq!(world.vendor.fetches(), fetches);
}

#[tokio::test]
async fn a_callback_that_beats_the_result_is_not_lost() {
    let world = begun().await;
    world.vendor.set(0, approved());
    world.vendor.not_ready(1);
    empty(&world.send(callback(&world, 0, "PROCESSED")).await, 200);
    world.calm().await;
    world.advance_s(120);
    assert_eq!(world.register("c2").await["status"], "approved");
}

#[tokio::test]
async fn a_callback_about_ids_that_are_not_ours_is_acknowledged_and_ignored() {
    let world = begun().await;
    let body =
        json!({"workflowExecution": {"id": "0b6d0f0e-3f5c-4b8c-9a51-0d6f6c1e7a11", "status": "PROCESSED"}});
    let request = request("POST", world.vendor.start_of(0).callback_url.path()).json(&body);
    empty(&world.send(request).await, 200);
    world.calm().await;
    assert_eq!(world.vendor.fetches(), 0);
}

#[tokio::test]
async fn the_portals_test_message_is_acknowledged() {
    let world = begun().await;
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    empty(
        &world
            .send(request("POST", &path).json(&json!({"message": "Test callback"})))
            .await,
        200,
    );
}

#[tokio::test]
async fn a_forged_credential_is_refused_whatever_the_body() {
    let world = begun().await;
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    for forged in [
        format!("{path}A"),
        "/api/callback/x".into(),
        format!("{}B", &path[..path.len() - 1]),
    ] {
        if forged == path {
            continue;
        }
        empty(
            &world
                .send(request("POST", &forged).body("x".repeat(100_000)))
                .await,
            404,
        );
    }
}

#[tokio::test]
async fn an_expired_credential_is_refused() {
    let world = begun().await;
    world.advance_s(8 * 24 * 3600);
    empty(&world.send(callback(&world, 0, "PROCESSED")).await, 410);
}

#[tokio::test]
async fn a_handle_is_no_credential() {
    let world = begun().await;
    let handle = world
        .vendor
        .start_of(0)
        .return_url
        .path()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    empty(
        &world
            .send(request("POST", &format!("/api/callback/{handle}")).body("{}"))
            .await,
        404,
    );
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let world = begun().await;
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    let request = request("POST", &path)
        .header("content-type", "application/json")
        .body(" ".repeat(64 * 1024 + 1));
    empty(&world.send(request).await, 413);
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let world = begun().await;
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    empty(
        &world
            .send(
                request("POST", &path)
                    .header("content-type", "text/xml")
                    .body("<a/>"),
            )
            .await,
        415,
    );
    empty(&world.send(request("POST", &path).body("{}")).await, 415);
}

#[tokio::test]
async fn a_malformed_body_is_refused() {
    let world = begun().await;
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    empty(
        &world
            .send(
                request("POST", &path)
                    .header("content-type", "application/json")
                    .body("{\"a\":"),
            )
            .await,
        400,
    );
    empty(&world.send(form(&path, &[("nothing", "known")])).await, 400);
}

#[tokio::test]
async fn another_method_is_refused() {
    let world = begun().await;
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    empty(&world.get(&path).await, 405);
}
