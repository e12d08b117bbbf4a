//! `POST /api/token`: one good way, and each way to be refused.

use std::sync::Arc;

use async_trait::async_trait;

use super::world::{
    Answer, Browser, REDIRECT, SECRET, VERIFIER, World, basic, form, header, json_of, redemption, request,
    sent,
};
use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation, failure};
use crate::fact_store::{Place, StoreError};
use crate::grants::tests::vendor::approved;

/// A code that waits to be redeemed.
async fn code(world: &World, more: &str) -> String {
    let browser = Browser::default();
    let ticket = world.ticket("c1").await;
    browser.authorize(world, &ticket, more).await;
    world.vendor.set(0, approved());
    sent(&browser.come_back(world, 0).await, "code").unwrap()
}

fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(
        (answer.status().as_u16(), &json_of(answer)["error"]),
        (status, &error.into()),
        "{answer:?}"
    );
    assert_eq!(
        (header(answer, "cache-control"), header(answer, "pragma")),
        ("no-store", "no-cache")
    );
}

/// Redeems a good code with one field changed (or, when empty, left out); it must stay good.
async fn with(field: (&str, &str), status: u16, error: &str) {
    let world = World::new();
    let code = code(&world, "").await;
    let fields: Vec<_> = redemption(&code)
        .into_iter()
        .map(|(name, value)| {
            if name == field.0 {
                (name, field.1)
            } else {
                (name, value)
            }
        })
        .collect();
    refused(&world.post_form("/api/token", &fields).await, status, error);
    assert_eq!(world.redeem(&code).await.status(), 200, "the code is used up");
}

#[tokio::test]
async fn nothing_of_the_answer_is_cached() {
    let world = World::new();
    let answer = world.redeem(&code(&world, "").await).await;
    assert_eq!(
        (header(&answer, "cache-control"), header(&answer, "pragma")),
        ("no-store", "no-cache")
    );
    assert_eq!(header(&answer, "content-type"), "application/json; charset=utf-8");
}

#[tokio::test]
async fn the_previous_secret_is_accepted() {
    let world = World::new();
    let code = code(&world, "").await;
    let fields = redemption(&code).map(|(name, value)| {
        if name == "client_secret" {
            (name, "secret-before-it")
        } else {
            (name, value)
        }
    });
    assert_eq!(world.post_form("/api/token", &fields).await.status(), 200);
}

#[tokio::test]
async fn a_replayed_code_is_refused_and_revokes_the_access_token() {
    let world = World::new();
    let code = code(&world, "").await;
    let token = json_of(&world.redeem(&code).await);
    refused(&world.redeem(&code).await, 400, "invalid_grant");
    let userinfo = request("GET", "/api/token/userinfo").header(
        "authorization",
        format!("Bearer {}", token["access_token"].as_str().unwrap()),
    );
    assert_eq!(world.send(userinfo).await.status(), 401);
}

#[tokio::test]
async fn two_redemptions_at_once_have_one_access_token() {
    let world = World::new();
    let code = code(&world, "").await;
    let (one, two) = tokio::join!(world.redeem(&code), world.redeem(&code));
    let good = [&one, &two].into_iter().filter(|answer| answer.status() == 200);
    let tokens: Vec<_> = good
        .map(|answer| json_of(answer)["access_token"].clone())
        .collect();
    assert!(!tokens.is_empty(), "{one:?} {two:?}");
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{one:?} {two:?}");
}

#[tokio::test]
async fn an_expired_code_is_refused() {
    let world = World::new();
    let code = code(&world, "").await;
    world.advance_s(61);
    refused(&world.redeem(&code).await, 400, "invalid_grant");
}

#[tokio::test]
async fn a_code_that_differs_by_one_character_is_refused() {
    let world = World::new();
    let code = code(&world, "").await;
    let last = if code.ends_with('A') { 'B' } else { 'A' };
    let forged = format!("{}{last}", &code[..code.len() - 1]);
    refused(&world.redeem(&forged).await, 400, "invalid_grant");
    refused(&world.redeem("nonsense").await, 400, "invalid_grant");
}

#[tokio::test]
async fn another_redirect_address_is_refused() {
    with(("redirect_uri", "com.example.app:/cb"), 400, "invalid_grant").await;
    with(("redirect_uri", ""), 400, "invalid_request").await;
}

#[tokio::test]
async fn another_client_is_refused() {
    let world = World::new();
    let code = code(&world, "").await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let answer = world
        .send(form("/api/token", &fields).header("authorization", basic("okta", SECRET)))
        .await;
    refused(&answer, 400, "invalid_grant");
    assert_eq!(world.redeem(&code).await.status(), 200);
}

#[tokio::test]
async fn a_missing_or_wrong_verifier_is_refused_and_the_code_stays_good() {
    let world = World::new();
    let challenge = format!(
        "&code_challenge={}&code_challenge_method=S256",
        super::world::CHALLENGE
    );
    let code = code(&world, &challenge).await;
    refused(&world.redeem(&code).await, 400, "invalid_grant");
    let other = "x".repeat(43);
    for verifier in [other.as_str(), "short", "ümlaut"] {
        let fields: Vec<_> = redemption(&code)
            .into_iter()
            .chain([("code_verifier", verifier)])
            .collect();
        refused(
            &world.post_form("/api/token", &fields).await,
            400,
            "invalid_grant",
        );
    }
    let fields: Vec<_> = redemption(&code)
        .into_iter()
        .chain([("code_verifier", VERIFIER)])
        .collect();
    assert_eq!(world.post_form("/api/token", &fields).await.status(), 200);
}

#[tokio::test]
async fn a_verifier_without_challenge_is_refused() {
    let world = World::new();
    let code = code(&world, "").await;
    let fields: Vec<_> = redemption(&code)
        .into_iter()
        .chain([("code_verifier", VERIFIER)])
        .collect();
    refused(
        &world.post_form("/api/token", &fields).await,
        400,
        "invalid_grant",
    );
}

#[tokio::test]
async fn a_wrong_secret_is_refused() {
    with(("client_secret", "secret-of-the-clienu"), 401, "invalid_client").await;
    with(("client_secret", ""), 401, "invalid_client").await;
}

#[tokio::test]
async fn an_unknown_client_is_refused() {
    with(("client_id", "nobody"), 401, "invalid_client").await;
}

#[tokio::test]
async fn another_grant_type_is_refused() {
    with(("grant_type", "refresh_token"), 400, "unsupported_grant_type").await;
    with(("grant_type", ""), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_missing_code_is_refused() {
    with(("code", ""), 400, "invalid_request").await;
}

#[tokio::test]
async fn two_ways_of_authentication_are_refused() {
    let world = World::new();
    let code = code(&world, "").await;
    let request = form("/api/token", &redemption(&code)).header("authorization", basic("b2c", SECRET));
    refused(&world.send(request).await, 400, "invalid_request");
}

#[tokio::test]
async fn a_secret_redeems_in_the_header_and_in_the_form_alike() {
    for in_header in [true, false] {
        let world = World::new();
        let code = code(&world, "").await;
        let fields = redemption(&code);
        let request = if in_header {
            form("/api/token", &fields[..3]).header("authorization", basic("b2c", SECRET))
        } else {
            form("/api/token", &fields)
        };
        let answer = world.send(request).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
    }
}

/// Nobody learns how a client proves itself.
#[tokio::test]
async fn every_wrong_proof_is_answered_alike() {
    let world = World::new();
    for request in [
        form("/api/token", &[]).header("authorization", basic("b2c", "wrong")),
        form("/api/token", &[("client_id", "okta"), ("client_secret", "wrong")]),
        form("/api/token", &[("client_id", "keys"), ("client_secret", SECRET)]),
        form("/api/token", &[("client_id", "app"), ("client_secret", SECRET)]),
        form("/api/token", &[("client_id", "okta")]),
        form("/api/token", &[("client_id", "nobody")]),
    ] {
        let answer = world.send(request).await;
        refused(&answer, 401, "invalid_client");
        let told = json_of(&answer)["error_description"].clone();
        assert_eq!(told, "client authentication failed");
        assert!(header(&answer, "www-authenticate").starts_with("Basic "));
    }
}

#[tokio::test]
async fn a_repeated_parameter_is_refused() {
    let world = World::new();
    let code = code(&world, "").await;
    let fields: Vec<_> = redemption(&code)
        .into_iter()
        .chain([("code", code.as_str())])
        .collect();
    refused(
        &world.post_form("/api/token", &fields).await,
        400,
        "invalid_request",
    );
}

#[tokio::test]
async fn parameters_in_the_query_are_not_looked_at() {
    let world = World::new();
    let query = super::world::encoded(&redemption("x"));
    let request = form(&format!("/api/token?{query}"), &[]);
    refused(&world.send(request).await, 401, "invalid_client");
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let request =
        request("POST", "/api/token").json(&serde_json::json!({"grant_type": "authorization_code"}));
    refused(&World::new().send(request).await, 415, "invalid_request");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let long = "x".repeat(65 * 1024);
    refused(
        &World::new().post_form("/api/token", &[("code", &long)]).await,
        413,
        "invalid_request",
    );
}

/// Down when told so.
#[derive(Default)]
pub(super) struct Fragile(std::sync::atomic::AtomicBool);

impl Fragile {
    pub(super) fn set_down(&self, is_down: bool) {
        self.0.store(is_down, std::sync::atomic::Ordering::Relaxed);
    }
}

#[async_trait]
impl Hooks for Fragile {
    async fn before(&self, _: Operation<'_>, _: &str) -> Result<(), StoreError> {
        if self.0.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(failure());
        }
        Ok(())
    }
}

/// Lets everybody wait.
struct Slow;

#[async_trait]
impl Hooks for Slow {
    async fn before(&self, operation: Operation<'_>, _: &str) -> Result<(), StoreError> {
        let seconds = match operation {
            Operation::Create(_) => 11,
            Operation::Read => 5,
            Operation::List | Operation::Folders | Operation::Delete => 0,
        };
        tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
        Ok(())
    }
}

/// B2C waits 10 s and asks once more: it must hear something before, and find what was begun.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_slow_is_said_so_in_time_and_loses_nothing() {
    let memory = crate::fact_store::open(&Place::Memory).unwrap();
    let world = World::over(Hooked::over(Arc::clone(&memory), Slow));
    let ask = || super::world::register().json(&super::world::registration("c1"));
    let began = tokio::time::Instant::now();
    let answer = world.send(ask()).await;
    assert!(began.elapsed() < std::time::Duration::from_secs(10));
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["code"]),
        (409, &"handler.too_slow".into())
    );
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    world.calm().await;
    let id = World::over(Arc::clone(&memory)).register("c1").await["verificationId"].clone();
    let id: crate::ids::VerificationId = id.as_str().unwrap().parse().unwrap();
    let request = format!("facts/2/subjects/{}/{}/request.json", id.subject(), id.folder());
    let kept = memory.read(&request).await.unwrap().unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(kept["client_id"], "b2c");
}

#[tokio::test]
async fn a_store_that_is_down_is_no_refusal_and_uses_nothing_up() {
    let store = Hooked::memory(Fragile::default());
    let world = World::over(Arc::clone(&store) as _);
    let code = code(&world, "").await;
    store.hooks.set_down(true);
    let answer = world.redeem(&code).await;
    refused(&answer, 503, "temporarily_unavailable");
    assert_eq!(header(&answer, "retry-after"), "2");
    let registered = world
        .send(super::world::register().json(&super::world::registration("c9")))
        .await;
    assert_eq!(
        (registered.status().as_u16(), &json_of(&registered)["code"]),
        (409, &"store.unavailable".into())
    );
    store.hooks.set_down(false);
    assert_eq!(world.redeem(&code).await.status(), 200);
}

/// A code of the public client `app`, which came back to a port of its own.
async fn code_of_public(world: &World) -> String {
    let mut registration = super::world::registration("c1");
    registration["clientId"] = "app".into();
    let registered = world.send(super::world::register().json(&registration)).await;
    let ticket = json_of(&registered)["ticket"].as_str().unwrap().to_owned();
    let fields = [
        ("client_id", "app"),
        ("redirect_uri", PORT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", super::world::CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", &ticket),
    ];
    let browser = Browser::default();
    let path = format!("/api/verify/authorize?{}", super::world::encoded(&fields));
    browser.enter(world, &path).await;
    world.vendor.set(0, approved());
    sent(&browser.come_back(world, 0).await, "code").unwrap()
}

const PORT: &str = "http://127.0.0.1:49152/cb";

fn redemption_by_public<'a>(code: &'a str, verifier: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", PORT),
        ("client_id", "app"),
        ("code_verifier", verifier),
    ]
}

#[tokio::test]
async fn a_public_client_redeems_by_its_verifier_alone() {
    let world = World::new();
    let code = code_of_public(&world).await;
    let without = &redemption_by_public(&code, "")[..];
    refused(
        &world.post_form("/api/token", without).await,
        400,
        "invalid_grant",
    );
    let wrong = "a".repeat(43);
    let wrong = world
        .post_form("/api/token", &redemption_by_public(&code, &wrong))
        .await;
    refused(&wrong, 400, "invalid_grant");
    let answer = world
        .post_form("/api/token", &redemption_by_public(&code, VERIFIER))
        .await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    world.believe(&json_of(&answer), "app");
}

#[tokio::test]
async fn neither_a_public_client_nor_one_with_a_secret_redeems_a_code_of_the_other() {
    let world = World::new();
    let code = code_of_public(&world).await;
    let theirs = world.redeem(&code).await;
    refused(&theirs, 400, "invalid_grant");
    let world = World::new();
    let code = self::code(&world, "").await;
    let ours = redemption_by_public(&code, VERIFIER).map(|(name, value)| match name {
        "redirect_uri" => (name, REDIRECT),
        _ => (name, value),
    });
    refused(&world.post_form("/api/token", &ours).await, 400, "invalid_grant");
    assert_eq!(world.redeem(&code).await.status(), 200, "the code is used up");
}

#[tokio::test]
async fn a_page_of_a_public_client_reads_answers_and_errors_and_no_other_page_does() {
    let mut world = World::new();
    let ask = |method: &str, path: &str, origin: &'static str| request(method, path).header("origin", origin);
    let asked = ask("OPTIONS", "/api/token", "http://127.0.0.1:5173");
    let unset = world.send(asked).await;
    assert_eq!(
        header(&unset, "access-control-allow-origin"),
        "",
        "the platform adds it"
    );
    world.answers_preflight = true;
    world.rebuild();
    let page = "http://127.0.0.1:5173";
    for (path, methods) in [("/api/token", "POST"), ("/api/token/userinfo", "GET")] {
        let answer = world.send(ask("OPTIONS", path, page)).await;
        assert_eq!(answer.status(), 204);
        assert_eq!(header(&answer, "access-control-allow-origin"), page);
        assert!(header(&answer, "access-control-allow-methods").contains(methods));
        let headers = header(&answer, "access-control-allow-headers");
        assert_eq!(headers, "authorization, content-type");
        let refused = world.send(ask(methods, path, page)).await;
        assert!(refused.status().is_client_error(), "{refused:?}");
        for answer in [&answer, &refused] {
            assert_eq!(header(answer, "access-control-allow-origin"), page);
            assert_eq!(header(answer, "vary"), "Origin");
            assert_eq!(header(answer, "access-control-allow-credentials"), "");
        }
        let stranger = world.send(ask(methods, path, "https://evil.example")).await;
        assert_eq!(header(&stranger, "access-control-allow-origin"), "");
    }
    let par = world.send(ask("OPTIONS", "/api/verify/par", page)).await;
    assert_eq!(header(&par, "access-control-allow-origin"), "");
}
