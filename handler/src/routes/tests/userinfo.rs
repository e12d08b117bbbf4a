//! `/api/token/userinfo`.

use super::world::{Answer, Browser, World, form, header, json_of, request, sent};
use crate::grants::tests::vendor::{approved, doubtful, rejected};

async fn access_token(world: &World) -> String {
    let browser = Browser::default();
    let ticket = world.ticket("c1").await;
    browser.authorize(world, &ticket, "").await;
    world.vendor.set(0, approved());
    let code = sent(&browser.come_back(world, 0).await, "code").unwrap();
    json_of(&world.redeem(&code).await)["access_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn refused(answer: &Answer) {
    assert_eq!(
        (answer.status().as_u16(), &json_of(answer)["error"]),
        (401, &"invalid_token".into()),
        "{answer:?}"
    );
    assert!(
        header(answer, "www-authenticate").starts_with("Bearer "),
        "{answer:?}"
    );
}

#[tokio::test]
async fn an_access_token_tells_the_outcome_by_get_and_post() {
    let world = World::new();
    let token = access_token(&world).await;
    for method in ["GET", "POST"] {
        let request =
            request(method, "/api/token/userinfo").header("authorization", format!("Bearer {token}"));
        let answer = world.send(request).await;
        assert_eq!(json_of(&answer)["idv_status"], "approved");
        assert_eq!(header(&answer, "cache-control"), "no-store");
    }
}

#[tokio::test]
async fn no_token_is_refused() {
    refused(&World::new().get("/api/token/userinfo").await);
}

#[tokio::test]
async fn a_forged_token_is_refused() {
    let world = World::new();
    let token = access_token(&world).await;
    for forged in [format!("{token}A"), "x".into(), String::new()] {
        let request =
            request("GET", "/api/token/userinfo").header("authorization", format!("Bearer {forged}"));
        refused(&world.send(request).await);
    }
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let world = World::new();
    let token = access_token(&world).await;
    world.advance_s(3601);
    let request = request("GET", "/api/token/userinfo").header("authorization", format!("Bearer {token}"));
    refused(&world.send(request).await);
}

#[tokio::test]
async fn a_token_in_a_query_is_not_looked_at() {
    let world = World::new();
    let token = access_token(&world).await;
    refused(
        &world
            .get(&format!("/api/token/userinfo?access_token={token}"))
            .await,
    );
}

/// RFC 6750 section 2.2: what pyoidc does by default.
#[tokio::test]
async fn a_token_in_the_form_is_as_good_as_one_in_the_header() {
    let world = World::new();
    let token = access_token(&world).await;
    let in_form = || form("/api/token/userinfo", &[("access_token", &token)]);
    let answer = world.send(in_form()).await;
    assert_eq!(json_of(&answer)["idv_status"], "approved");
    refused(
        &world
            .send(form("/api/token/userinfo", &[("access_token", "x")]))
            .await,
    );
    refused(
        &world
            .send(form("/api/token/userinfo", &[("access_token", "")]))
            .await,
    );
}

#[tokio::test]
async fn a_token_sent_in_two_ways_is_refused() {
    let world = World::new();
    let token = access_token(&world).await;
    let twice = [("access_token", token.as_str()), ("access_token", &token)];
    let in_form = form("/api/token/userinfo", &[("access_token", &token)]);
    for request in [
        in_form.header("authorization", format!("Bearer {token}")),
        form("/api/token/userinfo", &twice),
    ] {
        let answer = world.send(request).await;
        assert_eq!(
            (answer.status().as_u16(), &json_of(&answer)["error"]),
            (400, &"invalid_request".into())
        );
        assert_eq!(header(&answer, "cache-control"), "no-store");
    }
}

async fn told(world: &World, token: &str) -> String {
    let request = request("GET", "/api/token/userinfo").header("authorization", format!("Bearer {token}"));
    let answer = world.send(request).await;
    json_of(&answer)["idv_status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_reversal_that_cannot_be_read_is_told_as_pending_by_userinfo_and_register() {
    let world = World::new();
    let token = access_token(&world).await;
    world.vendor.set(0, rejected());
    world.vendor.set_down(true);
    let noticed = world
        .send(super::callback::callback(&world, 0, "PROCESSED"))
        .await;
    assert_eq!(noticed.status(), 200, "acknowledged");
    world.calm().await;
    assert_eq!(told(&world, &token).await, "pending");
    assert_eq!(world.register("c2").await["status"], "pending");
    world.vendor.set_down(false);
    assert_eq!(told(&world, &token).await, "rejected");
    assert_eq!(world.register("c2").await["status"], "rejected");
}

#[tokio::test]
async fn who_comes_back_during_a_review_sees_it_and_pays_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, doubtful());
    browser.come_back(&world, 0).await;
    assert_eq!(world.register("c2").await["status"], "review");
    let ticket = world.ticket("c2").await;
    let answer = browser.authorize(&world, &ticket, "").await;
    let page = header(&answer, "location").to_owned();
    let status = browser.get(&world, &format!("{page}/status")).await;
    assert_eq!(json_of(&status)["state"], "review");
    assert_eq!(world.vendor.starts(), 1);
}
