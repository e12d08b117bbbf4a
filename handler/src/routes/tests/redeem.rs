//! `POST /api/token` when an answer is lost on its way: the client that asks again is served, and nobody else is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use serde_json::{Value, json};
use warp::test::RequestBuilder;

use super::world::{
    ASSERTION_TYPE, Answer, Browser, CHALLENGE, ISSUER, REDIRECT, SECRET, VERIFIER, World, authorize_path,
    basic, form, json_of, redemption, register, registration, request, sent,
};
use crate::clock::Clock as _;
use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation, failure};
use crate::fact_store::{Place, StoreError, open};
use crate::grants::tests::vendor::approved;
use crate::tokens::test_keys;

/// A code of the client that waits to be redeemed, with a challenge.
pub(super) async fn code_of(world: &World, client: &str) -> String {
    let mut body = registration("c1");
    body["clientId"] = client.into();
    let ticket = json_of(&world.send(register().json(&body)).await);
    let challenge = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    let path = authorize_path(ticket["ticket"].as_str().unwrap(), &challenge)
        .replace("client_id=b2c", &format!("client_id={client}"));
    let browser = Browser::default();
    browser.enter(world, &path).await;
    world.vendor.set(0, approved());
    let back = browser.come_back(world, 0).await;
    sent(&back, "code").unwrap()
}

fn fields<'a>(code: &'a str, verifier: &'a str) -> Vec<(&'a str, &'a str)> {
    let more = [("code_verifier", verifier)];
    redemption(code).into_iter().chain(more).collect()
}

/// The redemption of the client `b2c`.
fn redeem(code: &str) -> RequestBuilder {
    form("/api/token", &fields(code, VERIFIER))
}

async fn good(world: &World, request: RequestBuilder) -> Value {
    let answer = world.send(request).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)
}

async fn refused(world: &World, request: RequestBuilder, error: &str) {
    let answer = world.send(request).await;
    assert_eq!(json_of(&answer)["error"], error, "{answer:?}");
}

async fn userinfo(world: &World, token: &Value) -> Answer {
    let token = token["access_token"].as_str().unwrap();
    let request = request("GET", "/api/token/userinfo").header("authorization", format!("Bearer {token}"));
    world.send(request).await
}

/// Code of a world whose first answer to its redemption was lost.
async fn lost(world: &World) -> String {
    let code = code_of(world, "b2c").await;
    world.lose(redeem(&code)).await;
    code
}

#[tokio::test]
async fn a_lost_answer_is_given_again() {
    let world = World::new();
    let code = lost(&world).await;
    world.advance_s(10);
    let token = good(&world, redeem(&code)).await;
    assert_eq!(world.believe(&token, "b2c")["idv_status"], "approved");
    assert_eq!(userinfo(&world, &token).await.status(), 200);
}

#[tokio::test]
async fn an_answer_that_is_lost_twice_is_given_with_one_access_token() {
    let world = World::new();
    let code = lost(&world).await;
    world.lose(redeem(&code)).await;
    let token = good(&world, redeem(&code)).await;
    assert_eq!(userinfo(&world, &token).await.status(), 200);
}

#[tokio::test]
async fn a_lost_answer_is_not_given_again_later() {
    let world = World::new();
    let code = lost(&world).await;
    world.advance_s(11);
    refused(&world, redeem(&code), "invalid_grant").await;
    refused(&world, redeem(&code), "invalid_grant").await;
}

#[tokio::test]
async fn an_answer_that_was_read_is_not_given_again() {
    let world = World::new();
    let code = code_of(&world, "b2c").await;
    let token = good(&world, redeem(&code)).await;
    refused(&world, redeem(&code), "invalid_grant").await;
    assert_eq!(userinfo(&world, &token).await.status(), 401, "revoked");
}

#[tokio::test]
async fn an_answer_that_was_read_is_not_given_again_by_another_process() {
    let store = open(&Place::Memory).unwrap();
    let (world, other) = (World::over(Arc::clone(&store)), World::over(store));
    let code = code_of(&world, "b2c").await;
    good(&world, redeem(&code)).await;
    world.calm().await;
    refused(&other, redeem(&code), "invalid_grant").await;
}

#[tokio::test]
async fn a_lost_answer_is_given_again_by_another_process() {
    let store = open(&Place::Memory).unwrap();
    let (world, other) = (World::over(Arc::clone(&store)), World::over(store));
    let code = lost(&world).await;
    world.calm().await;
    let token = good(&other, redeem(&code)).await;
    assert_eq!(userinfo(&world, &token).await.status(), 200);
}

#[tokio::test]
async fn a_repeat_with_another_verifier_is_refused_and_revokes() {
    let world = World::new();
    let code = lost(&world).await;
    let other = "x".repeat(43);
    refused(
        &world,
        form("/api/token", &fields(&code, &other)),
        "invalid_grant",
    )
    .await;
    refused(&world, redeem(&code), "invalid_grant").await;
}

#[tokio::test]
async fn a_repeat_without_verifier_is_refused_and_revokes() {
    let world = World::new();
    let code = lost(&world).await;
    refused(&world, form("/api/token", &redemption(&code)), "invalid_grant").await;
    refused(&world, redeem(&code), "invalid_grant").await;
}

#[tokio::test]
async fn a_repeat_with_another_redirect_address_is_refused_and_revokes() {
    let world = World::new();
    let code = lost(&world).await;
    let mut other = fields(&code, VERIFIER);
    for (name, value) in &mut other {
        if *name == "redirect_uri" {
            *value = "com.example.app:/cb";
        }
    }
    refused(&world, form("/api/token", &other), "invalid_grant").await;
    refused(&world, redeem(&code), "invalid_grant").await;
}

#[tokio::test]
async fn a_repeat_after_the_code_has_expired_revokes() {
    let world = World::new();
    let code = code_of(&world, "b2c").await;
    let token = good(&world, redeem(&code)).await;
    world.advance_s(61);
    refused(&world, redeem(&code), "invalid_grant").await;
    assert_eq!(userinfo(&world, &token).await.status(), 401, "revoked");
}

#[tokio::test]
async fn an_answer_lost_at_the_end_of_the_code_is_given_again() {
    let world = World::new();
    let code = code_of(&world, "b2c").await;
    world.advance_s(58);
    world.lose(redeem(&code)).await;
    world.advance_s(5);
    good(&world, redeem(&code)).await;
}

#[tokio::test]
async fn another_client_that_repeats_is_refused_and_revokes_nothing() {
    let world = World::new();
    let code = lost(&world).await;
    let foreign = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let foreign = form("/api/token", &foreign).header("authorization", basic("okta", SECRET));
    refused(&world, foreign, "invalid_grant").await;
    let token = good(&world, redeem(&code)).await;
    assert_eq!(userinfo(&world, &token).await.status(), 200);
}

fn assertion(world: &World, jti: &str) -> String {
    let now = world.clock.now().unix_timestamp();
    let claims =
        json!({"iss": "keys", "sub": "keys", "aud": ISSUER, "jti": jti, "iat": now, "exp": now + 60});
    let header = json!({"alg": "RS256", "kid": "k1"});
    test_keys::jws(&header, &claims, test_keys::rs256(&test_keys::OTHER_RSA))
}

fn by_assertion(code: &str, assertion: &str) -> RequestBuilder {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    form("/api/token", &fields)
}

#[tokio::test]
async fn a_lost_answer_is_given_again_to_the_same_assertion() {
    let world = World::new();
    let code = code_of(&world, "keys").await;
    let proof = assertion(&world, "j1");
    world.lose(by_assertion(&code, &proof)).await;
    world.advance_s(9);
    let token = good(&world, by_assertion(&code, &proof)).await;
    assert_eq!(world.believe(&token, "keys")["idv_status"], "approved");
}

#[tokio::test]
async fn a_lost_answer_is_not_given_to_another_assertion() {
    let world = World::new();
    let code = code_of(&world, "keys").await;
    let proof = assertion(&world, "j1");
    world.lose(by_assertion(&code, &proof)).await;
    let other = by_assertion(&code, &assertion(&world, "j2"));
    refused(&world, other, "invalid_grant").await;
    refused(&world, by_assertion(&code, &proof), "invalid_grant").await;
}

#[tokio::test]
async fn an_assertion_that_was_used_does_not_serve_for_another_code() {
    let world = World::new();
    let code = code_of(&world, "keys").await;
    let proof = assertion(&world, "j1");
    refused(&world, by_assertion("another code", &proof), "invalid_grant").await;
    refused(&world, by_assertion(&code, &proof), "invalid_client").await;
    good(&world, by_assertion(&code, &assertion(&world, "j2"))).await;
}

#[tokio::test]
async fn an_assertion_whose_redemption_came_to_nothing_serves_again_for_a_moment() {
    let store = Hooked::memory(Tripped::of("/redeemed-"));
    let world = World::over(Arc::clone(&store) as _);
    let code = code_of(&world, "keys").await;
    let proof = assertion(&world, "j1");
    store.hooks.arm();
    refused(&world, by_assertion(&code, &proof), "temporarily_unavailable").await;
    good(&world, by_assertion(&code, &proof)).await;
}

#[tokio::test]
async fn an_assertion_whose_redemption_came_to_nothing_does_not_serve_later() {
    let store = Hooked::memory(Tripped::of("/redeemed-"));
    let world = World::over(Arc::clone(&store) as _);
    let code = code_of(&world, "keys").await;
    let proof = assertion(&world, "j1");
    store.hooks.arm();
    refused(&world, by_assertion(&code, &proof), "temporarily_unavailable").await;
    world.advance_s(11);
    refused(&world, by_assertion(&code, &proof), "invalid_client").await;
    good(&world, by_assertion(&code, &assertion(&world, "j2"))).await;
}

/// Once the redemption is written nothing may fail any more: what is told was read, and signed, before.
#[tokio::test]
async fn nothing_is_read_once_the_code_is_used_up() {
    let store = Hooked::memory(Tripped::of("/redeemed-"));
    let world = World::over(Arc::clone(&store) as _);
    let code = code_of(&world, "b2c").await;
    store.hooks.after.store(true, Ordering::SeqCst);
    store.hooks.arm();
    good(&world, redeem(&code)).await;
}

/// The write to a certain kind of document is lost once, or all is down from then on.
pub(super) struct Tripped {
    of: &'static str,
    armed: AtomicBool,
    /// The write is done, and everything after it fails.
    after: AtomicBool,
    down: AtomicBool,
}

impl Tripped {
    pub(super) fn of(of: &'static str) -> Self {
        Self {
            of,
            armed: AtomicBool::new(false),
            after: AtomicBool::new(false),
            down: AtomicBool::new(false),
        }
    }

    pub(super) fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl Hooks for Tripped {
    async fn before(&self, operation: Operation<'_>, path: &str) -> Result<(), StoreError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(failure());
        }
        let is_meant = operation.is_create() && path.contains(self.of);
        if !is_meant || !self.armed.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        if !self.after.load(Ordering::SeqCst) {
            return Err(failure());
        }
        self.down.store(true, Ordering::SeqCst);
        Ok(())
    }
}
