//! `/api/token/userinfo`.

use super::world::{Answer, Browser, World, form, header, json_of, request, sent};
use crate::verification::tests::vendor::approved;

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
async fn a_token_in_query_or_form_is_not_looked_at() {
    let world = World::new();
    let token = access_token(&world).await;
    refused(
        &world
            .get(&format!("/api/token/userinfo?access_token={token}"))
            .await,
    );
    refused(
        &world
            .send(form("/api/token/userinfo", &[("access_token", &token)]))
            .await,
    );
}
