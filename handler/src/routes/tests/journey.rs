//! Whole sign-ins, as a browser and a client make them.

use serde_json::{Value, json};

use super::world::{
    ASSERTION_TYPE, Answer, Browser, CHALLENGE, ISSUER, ORIGIN, REDIRECT, SECRET, VERIFIER, World, basic,
    encoded, form, header, json_of, location, request, sent, text_of,
};
use crate::checks::vendor::Progress;
use crate::clock::Clock as _;
use crate::grants::tests::vendor::{abandoned, approved, rejected};
use crate::tokens::test_keys;

/// Path of an address of ours.
fn path(address: &str) -> &str {
    address.strip_prefix(ORIGIN).unwrap_or(address)
}

/// Goes to the vendor, which ends as told, and comes back.
async fn there_and_back(world: &World, browser: &Browser, ending: Progress) -> Answer {
    let ticket = world.ticket("journey-1").await;
    let answer = browser.authorize(world, &ticket, "").await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
    world.vendor.set(0, ending);
    browser.come_back(world, 0).await
}

async fn token(world: &World, answer: &Answer) -> Value {
    let code = sent(answer, "code").unwrap();
    let answer = world.redeem(&code).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)
}

#[tokio::test]
async fn approved_goes_straight_back_to_the_client() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = there_and_back(&world, &browser, approved()).await;
    assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    assert_eq!(sent(&answer, "state").as_deref(), Some("state-1"));
    assert_eq!(sent(&answer, "iss").as_deref(), Some(ISSUER));
    let token = token(&world, &answer).await;
    assert_eq!(
        (&token["token_type"], &token["scope"]),
        (&json!("Bearer"), &json!("openid"))
    );
    let claims = world.believe(&token, "b2c");
    assert_eq!(
        (&claims["idv_status"], &claims["nonce"]),
        (&json!("approved"), &json!("nonce-1"))
    );
    let access_token = token["access_token"].as_str().unwrap();
    assert_eq!(claims["at_hash"], crate::tokens::at_hash(access_token));
}

#[tokio::test]
async fn what_the_vendor_adds_to_the_return_address_is_not_believed() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("journey-1").await;
    browser.authorize(&world, &ticket, "").await;
    let back = world.vendor.start_of(0).return_url.path().to_owned();
    let answer = browser
        .get(&world, &format!("{back}?workflowExecutionStatus=PASSED&code=x"))
        .await;
    assert!(location(&answer).starts_with("/api/verify/wait/"), "{answer:?}");
}

#[tokio::test]
async fn rejected_may_be_tried_again_and_then_approved() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = there_and_back(&world, &browser, rejected()).await;
    let page = location(&answer).to_owned();
    let answer = browser.get(&world, &page).await;
    assert!(text_of(&answer).contains("Attempts left: 2"), "{answer:?}");
    let answer = browser.act(&world, &page, "retry").await;
    assert!(
        text_of(&answer).contains(&format!("0; url={page}/continue")),
        "{answer:?}"
    );
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-1");
    world.vendor.set(1, approved());
    let answer = browser.come_back(&world, 1).await;
    let claims = world.believe(&token(&world, &answer).await, "b2c");
    assert_eq!(claims["idv_status"], "approved");
}

#[tokio::test]
async fn rejected_may_leave_and_the_client_is_told() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = there_and_back(&world, &browser, rejected()).await;
    let page = location(&answer).to_owned();
    let answer = browser.act(&world, &page, "leave").await;
    assert_eq!(answer.status(), 200);
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    let claims = world.believe(&token(&world, &answer).await, "b2c");
    assert_eq!(
        (&claims["idv_status"], &claims["idv_attempts_left"]),
        (&json!("rejected"), &json!(2))
    );
}

#[tokio::test]
async fn expired_is_not_rejected_and_costs_no_attempt() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = there_and_back(&world, &browser, abandoned()).await;
    let page = location(&answer).to_owned();
    let answer = browser.get(&world, &page).await;
    assert!(text_of(&answer).contains("data-state=\"expired\""), "{answer:?}");
    browser.act(&world, &page, "leave").await;
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    let claims = world.believe(&token(&world, &answer).await, "b2c");
    assert_eq!(
        (&claims["idv_status"], &claims["idv_attempts_left"]),
        (&json!("expired"), &json!(3))
    );
}

#[tokio::test]
async fn cancelled_by_the_person_is_told_in_a_claim() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = there_and_back(&world, &browser, Progress::Started).await;
    let page = location(&answer).to_owned();
    let answer = browser.act(&world, &page, "cancel").await;
    assert_eq!(location(&answer), page);
    let answer = browser.get(&world, &page).await;
    assert!(
        text_of(&answer).contains("data-state=\"cancelled\""),
        "{answer:?}"
    );
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    let claims = world.believe(&token(&world, &answer).await, "b2c");
    assert_eq!(claims["idv_status"], "cancelled");
}

#[tokio::test]
async fn while_it_is_judged_the_person_may_leave_and_the_outcome_is_pending() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = there_and_back(&world, &browser, Progress::Captured).await;
    let page = location(&answer).to_owned();
    let answer = browser.get(&world, &page).await;
    assert!(text_of(&answer).contains("data-state=\"checking\""), "{answer:?}");
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    let claims = world.believe(&token(&world, &answer).await, "b2c");
    assert_eq!(claims["idv_status"], "pending");
}

#[tokio::test]
async fn the_address_of_the_check_is_found_again_after_the_tab_was_closed() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("journey-1").await;
    browser.authorize(&world, &ticket, "").await;
    let answer = browser.authorize(&world, &ticket, "").await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn an_earlier_approval_needs_no_second_check() {
    let (world, browser) = (World::new(), Browser::default());
    there_and_back(&world, &browser, approved()).await;
    let registered = world.register("journey-2").await;
    assert_eq!(registered["status"], "approved");
    let answer = Browser::default()
        .authorize(&world, registered["ticket"].as_str().unwrap(), "")
        .await;
    let claims = world.believe(&token(&world, &answer).await, "b2c");
    assert_eq!(
        (&claims["idv_status"], world.vendor.starts()),
        (&json!("approved"), 1)
    );
}

#[tokio::test]
async fn prompt_login_asks_for_a_fresh_check() {
    let (world, browser) = (World::new(), Browser::default());
    there_and_back(&world, &browser, approved()).await;
    let ticket = world.ticket("journey-2").await;
    let answer = browser.authorize(&world, &ticket, "&prompt=login").await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-1");
}

#[tokio::test]
async fn form_post_brings_the_answer_in_a_form() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("journey-1").await;
    browser
        .authorize(&world, &ticket, "&response_mode=form_post")
        .await;
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    let page = text_of(&answer);
    assert!(
        page.contains(&format!("<form method=\"post\" action=\"{REDIRECT}\"")),
        "{page}"
    );
    assert!(
        page.contains("name=\"state\" value=\"state-1\"") && page.contains("type=\"submit\""),
        "{page}"
    );
    assert!(!header(&answer, "content-security-policy").contains("form-action"));
    let code = page
        .split("name=\"code\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(world.redeem(code).await.status(), 200);
}

#[tokio::test]
async fn a_pushed_request_with_pkce_ends_in_verified_claims() {
    let (world, browser) = (World::new(), Browser::default());
    let asked = json!({"id_token": {"verified_claims": [{
        "verification": {"trust_framework": {"value": "IDV-DELEGATED"}},
        "claims": {"given_name": {"value": "Ada", "fuzzy": true}, "family_name": {"value": "Lovelace"}},
    }]}})
    .to_string();
    let fields = [
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile identity_assurance idv_flow_1"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("login_hint", "00u1"),
        ("claims", &asked),
    ];
    let pushed = form("/api/verify/par", &fields).header("authorization", basic("okta", SECRET));
    let pushed = world.send(pushed).await;
    assert_eq!(pushed.status(), 201, "{pushed:?}");
    let pushed = json_of(&pushed);
    assert_eq!(pushed["expires_in"], 60);
    let query = encoded(&[
        ("client_id", "okta"),
        ("request_uri", pushed["request_uri"].as_str().unwrap()),
    ]);
    let answer = browser
        .get(&world, &format!("/api/verify/authorize?{query}"))
        .await;
    let answer = browser.follow(&world, answer).await;
    assert_eq!(location(&answer), "https://vendor.example/go/secret-0");
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    let code = sent(&answer, "code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let answer = world
        .send(form("/api/token", &fields).header("authorization", basic("okta", SECRET)))
        .await;
    let claims = world.believe(&json_of(&answer), "okta");
    let verified = &claims["verified_claims"][0];
    assert_eq!(verified["verification"]["assurance_level"], "VERIFIED");
    assert_eq!(
        verified["claims"],
        json!({"given_name": "MATCHED", "family_name": "MATCHED"})
    );
}

#[tokio::test]
async fn a_client_may_prove_itself_with_a_signed_assertion_once() {
    let (world, browser) = (World::new(), Browser::default());
    let body = json!({"objectId": "o", "correlationId": "c", "clientId": "keys"});
    let ticket = json_of(&world.send(super::world::register().json(&body)).await);
    let path = super::world::authorize_path(ticket["ticket"].as_str().unwrap(), "")
        .replace("client_id=b2c", "client_id=keys");
    let answer = browser.get(&world, &path).await;
    browser.follow(&world, answer).await;
    world.vendor.set(0, approved());
    let code = sent(&browser.come_back(&world, 0).await, "code").unwrap();
    let now = world.clock.now().unix_timestamp();
    let claims =
        json!({"iss": "keys", "sub": "keys", "aud": ISSUER, "jti": "j1", "iat": now, "exp": now + 60});
    let header = json!({"alg": "RS256", "kid": "k1"});
    let assertion = test_keys::jws(&header, &claims, test_keys::rs256(&test_keys::OTHER_RSA));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &assertion),
    ];
    let answer = world.post_form("/api/token", &fields).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let again = world.post_form("/api/token", &fields).await;
    assert_eq!(
        (again.status().as_u16(), &json_of(&again)["error"]),
        (400, &json!("invalid_grant"))
    );
    let other: Vec<_> = fields
        .into_iter()
        .map(|(name, value)| (name, if name == "code" { "another" } else { value }))
        .collect();
    let again = world.post_form("/api/token", &other).await;
    assert_eq!(
        (again.status().as_u16(), &json_of(&again)["error"]),
        (401, &json!("invalid_client"))
    );
}

#[tokio::test]
async fn a_callback_before_the_return_settles_in_the_background() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("journey-1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, approved());
    let answer = world
        .send(super::callback::callback(&world, 0, "PROCESSED"))
        .await;
    assert_eq!((answer.status().as_u16(), answer.body().len()), (200, 0));
    world.calm().await;
    let answer = browser.come_back(&world, 0).await;
    assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    assert_eq!(
        path(world.vendor.start_of(0).return_url.as_str()),
        world.vendor.start_of(0).return_url.path()
    );
}

#[tokio::test]
async fn the_page_speaks_the_language_the_client_asked_for() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("journey-1").await;
    browser.authorize(&world, &ticket, "&ui_locales=ar").await;
    let answer = browser.come_back(&world, 0).await;
    let page = request("GET", location(&answer)).header("accept-language", "de");
    let answer = browser.send(&world, page).await;
    assert!(text_of(&answer).contains("lang=\"ar\" dir=\"rtl\""), "{answer:?}");
}
