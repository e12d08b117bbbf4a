//! `/api/verify/authorize`: what is refused with a page, what with a redirect, and what is bound to the browser.

use super::world::{
    Answer, Browser, ISSUER, REDIRECT, World, authorize_path, encoded, form, header, location, request, sent,
    text_of,
};
use crate::grants::tests::vendor::approved;

/// Sent back to the client with an error.
fn sent_back(answer: &Answer, error: &str) {
    assert!(location(answer).starts_with(REDIRECT), "{answer:?}");
    assert_eq!(sent(answer, "error").as_deref(), Some(error));
    assert_eq!(sent(answer, "iss").as_deref(), Some(ISSUER));
    assert!(sent(answer, "error_description").is_some() && sent(answer, "code").is_none());
}

/// A page, and no redirect.
fn page(answer: &Answer, status: u16) {
    assert_eq!(answer.status(), status, "{answer:?}");
    assert_eq!(header(answer, "location"), "");
    assert!(text_of(answer).starts_with("<!DOCTYPE html>"), "{answer:?}");
}

async fn with(more: &str) -> Answer {
    let world = World::new();
    let ticket = world.ticket("c1").await;
    Browser::default().authorize(&world, &ticket, more).await
}

async fn instead(from: &str, to: &str) -> Answer {
    let world = World::new();
    let ticket = world.ticket("c1").await;
    let path = authorize_path(&ticket, "").replace(from, to);
    assert_ne!(path, authorize_path(&ticket, ""));
    Browser::default().get(&world, &path).await
}

#[tokio::test]
async fn the_browser_gets_a_cookie_nobody_else_can_set_or_read() {
    let world = World::new();
    let ticket = world.ticket("c1").await;
    let answer = Browser::default().get(&world, &authorize_path(&ticket, "")).await;
    let cookie = header(&answer, "set-cookie");
    assert!(cookie.starts_with("__Host-idv-"), "{cookie}");
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn a_request_by_post_is_as_good() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let fields = authorize_path(&ticket, "").split_once('?').unwrap().1.to_owned();
    let request =
        request("POST", "/api/verify/authorize").header("content-type", "application/x-www-form-urlencoded");
    let answer = browser.send(&world, request.body(fields)).await;
    let answer = browser.follow(&world, answer).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
}

#[tokio::test]
async fn an_unknown_client_gets_a_page() {
    page(&instead("client_id=b2c", "client_id=x").await, 400);
}

#[tokio::test]
async fn a_redirect_address_that_differs_by_one_character_gets_a_page() {
    page(&instead("authresp", "authresq").await, 400);
    page(&instead("authresp", "authresp%2F").await, 400);
}

#[tokio::test]
async fn a_repeated_redirect_address_gets_a_page() {
    page(&with(&format!("&redirect_uri={REDIRECT}")).await, 400);
}

#[tokio::test]
async fn a_repeated_parameter_is_sent_back() {
    sent_back(&with("&nonce=other").await, "invalid_request");
}

#[tokio::test]
async fn the_state_of_a_refused_request_is_returned() {
    let answer = instead("response_type=code", "response_type=token").await;
    sent_back(&answer, "unsupported_response_type");
    assert_eq!(sent(&answer, "state").as_deref(), Some("state-1"));
}

#[tokio::test]
async fn a_request_object_is_sent_back() {
    sent_back(
        &with("&request=eyJhbGciOiJub25lIn0.e30.").await,
        "request_not_supported",
    );
}

#[tokio::test]
async fn a_request_uri_that_was_not_pushed_is_sent_back() {
    sent_back(
        &with("&request_uri=https%3A%2F%2Fevil.example").await,
        "request_uri_not_supported",
    );
}

#[tokio::test]
async fn prompt_none_is_sent_back() {
    sent_back(&with("&prompt=none").await, "interaction_required");
    sent_back(&instead("login_hint=", "prompt=none&x=").await, "login_required");
}

#[tokio::test]
async fn a_missing_ticket_is_sent_back() {
    sent_back(&instead("login_hint=", "x=").await, "invalid_request");
}

#[tokio::test]
async fn a_forged_ticket_is_sent_back() {
    sent_back(&instead("login_hint=", "login_hint=A").await, "invalid_request");
}

#[tokio::test]
async fn an_expired_ticket_is_sent_back() {
    let world = World::new();
    let ticket = world.ticket("c1").await;
    world.advance_s(86_401);
    sent_back(
        &Browser::default().authorize(&world, &ticket, "").await,
        "invalid_request",
    );
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn the_ticket_of_another_client_is_sent_back() {
    let world = World::new();
    let ticket = world.ticket("c1").await;
    let path = authorize_path(&ticket, "").replace("client_id=b2c", "client_id=keys");
    sent_back(&Browser::default().get(&world, &path).await, "invalid_request");
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn values_to_compare_that_come_through_the_browser_are_sent_back() {
    let claims = r#"{"id_token":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"given_name":{"value":"Eve"}}}}}"#;
    sent_back(
        &with(&format!("&{}", encoded(&[("claims", claims)]))).await,
        "invalid_request",
    );
}

#[tokio::test]
async fn an_error_in_form_post_comes_in_a_form() {
    let answer = with("&response_mode=form_post&max_age=x").await;
    assert_eq!(answer.status(), 200);
    assert!(
        text_of(&answer).contains("name=\"error\" value=\"invalid_request\""),
        "{answer:?}"
    );
}

#[tokio::test]
async fn parameters_that_are_not_text_get_a_page() {
    page(&with("&x=%FF").await, 400);
}

#[tokio::test]
async fn a_query_that_is_too_long_gets_a_page() {
    page(&with(&format!("&x={}", "y".repeat(33 * 1024))).await, 413);
}

#[tokio::test]
async fn a_form_of_another_media_type_gets_a_page() {
    let answer = World::new()
        .send(request("POST", "/api/verify/authorize").body("client_id=b2c"))
        .await;
    page(&answer, 415);
}

#[tokio::test]
async fn a_vendor_that_is_down_is_told_on_a_page_that_can_try_again() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    world.vendor.set_down(true);
    let answer = browser.authorize(&world, &ticket, "").await;
    page(&answer, 503);
    let text = text_of(&answer);
    assert!(
        text.contains("data-state=\"trouble\"") && text.contains("value=\"begin\""),
        "{text}"
    );
    let wait = text
        .split("action=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    world.vendor.set_down(false);
    world.advance_s(60);
    assert_eq!(browser.act(&world, &wait, "begin").await.status(), 200);
    let answer = browser.get(&world, &format!("{wait}/continue")).await;
    assert!(
        location(&answer).starts_with("https://vendor.example/go/"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn no_attempts_left_is_told_on_a_page_that_leads_back() {
    let (world, browser) = (World::new(), Browser::default());
    for n in 0..3 {
        let ticket = world.ticket(&format!("c{n}")).await;
        browser.authorize(&world, &ticket, "&prompt=login").await;
        world.vendor.set(n, crate::grants::tests::vendor::rejected());
        browser.come_back(&world, n).await;
    }
    let ticket = world.ticket("c3").await;
    let answer = browser.authorize(&world, &ticket, "&prompt=login").await;
    assert_eq!(world.vendor.starts(), 3, "{answer:?}");
    assert!(
        !header(&answer, "location").starts_with("https://vendor"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn two_tabs_of_one_browser_lead_to_one_check() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let (one, two) = tokio::join!(
        browser.authorize(&world, &ticket, ""),
        browser.authorize(&world, &ticket, "&x=1")
    );
    assert_eq!(world.vendor.starts(), 1);
    for answer in [one, two] {
        assert!(answer.status() == 303 || answer.status() == 503, "{answer:?}");
    }
}

#[tokio::test]
async fn a_browser_that_leaves_does_not_stop_the_start() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    world.vendor.start_takes(std::time::Duration::from_millis(50));
    let leaving = browser.authorize(&world, &ticket, "");
    assert!(
        tokio::time::timeout(std::time::Duration::from_millis(5), leaving)
            .await
            .is_err()
    );
    world.calm().await;
    world.vendor.set(0, approved());
    // Its transaction is recorded: the next visit goes on with it instead of paying for another.
    browser.authorize(&world, &ticket, "").await;
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_pushed_request_serves_one_browser() {
    let world = World::new();
    let uri = super::push::pushed(&world).await;
    let query = encoded(&[("client_id", "okta"), ("request_uri", &uri)]);
    let path = format!("/api/verify/authorize?{query}");
    let first = Browser::default();
    for _ in 0..2 {
        let answer = first.get(&world, &path).await;
        let answer = first.follow(&world, answer).await;
        assert!(
            location(&answer).starts_with("https://vendor.example/go/"),
            "{answer:?}"
        );
    }
    let second = Browser::default();
    let answer = second.get(&world, &path).await;
    page(&second.follow(&world, answer).await, 410);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_pushed_request_of_another_client_gets_a_page() {
    let world = World::new();
    let uri = super::push::pushed(&world).await;
    let query = encoded(&[("client_id", "b2c"), ("request_uri", &uri)]);
    page(
        &Browser::default()
            .get(&world, &format!("/api/verify/authorize?{query}"))
            .await,
        403,
    );
}

#[tokio::test]
async fn an_expired_or_forged_pushed_request_gets_a_page() {
    let world = World::new();
    let uri = super::push::pushed(&world).await;
    let forged = encoded(&[("client_id", "okta"), ("request_uri", &format!("{uri}x"))]);
    page(
        &Browser::default()
            .get(&world, &format!("/api/verify/authorize?{forged}"))
            .await,
        404,
    );
    world.advance_s(61);
    let late = encoded(&[("client_id", "okta"), ("request_uri", &uri)]);
    page(
        &Browser::default()
            .get(&world, &format!("/api/verify/authorize?{late}"))
            .await,
        410,
    );
}

#[tokio::test]
async fn what_stands_beside_a_pushed_request_is_not_looked_at() {
    let world = World::new();
    let uri = super::push::pushed(&world).await;
    let fields = [
        ("client_id", "okta"),
        ("request_uri", &uri),
        ("redirect_uri", "https://evil.example"),
    ];
    let browser = Browser::default();
    let answer = browser.send(&world, form("/api/verify/authorize", &fields)).await;
    let answer = browser.follow(&world, answer).await;
    assert!(
        location(&answer).starts_with("https://vendor.example/go/"),
        "{answer:?}"
    );
}
