//! The sample front: whole sign-ins as the sample's policies and pages make them, and each way to be wrong.

mod attack;
mod budget;
mod faults;
mod pages;
mod rotated;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sign::Verifier;
use serde_json::{Value, json};
use warp::test::RequestBuilder;

use super::world::{
    Answer, BASE_SECRET, Browser, ORIGIN, POLICY, PREVIOUS_BASE_SECRET, World, basic, form, header, json_of,
    location, request, sent, text_of,
};
use crate::grants::tests::vendor::{approved, doubtful, rejected};

const AT_VENDOR: &str = "https://vendor.example/go/";
const B2C: &str = "https://contoso.b2clogin.example/contoso.onmicrosoft.example/";
const ACCOUNT: &str = "6f2d1c1e-1111-4222-8333-444455556666";

/// A call to an action below the base address of the policies.
fn call(action: &str) -> RequestBuilder {
    request("POST", &format!("/api/jumio/{BASE_SECRET}/api/Jumio/{action}"))
}

/// A call as the page makes it.
fn poll(token: &Value) -> RequestBuilder {
    request("POST", "/api/Jumio/VerifyTransactionStatus")
        .header("origin", "https://contoso.b2clogin.example")
        .json(&json!({ "VerificationToken": token }))
}

fn transaction(correlation: &str) -> Value {
    json!({
        "ObjectId": ACCOUNT, "CorrelationId": correlation, "ClientId": "app-1",
        "RedirectUri": "https://jwt.example", "Scope": "openid offline_access", "Policy": POLICY,
    })
}

async fn begun(world: &World, correlation: &str) -> Value {
    let answer = world
        .send(call("InitializeTransaction").json(&transaction(correlation)))
        .await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)
}

/// Path and query of the address that the first policy sends the person to.
fn start_of(begun: &Value) -> String {
    let address = begun["redirectUrl"].as_str().unwrap();
    address.strip_prefix(ORIGIN).unwrap().to_owned()
}

/// Opens the link and agrees; gives the answer that leads to the vendor.
async fn agreed(world: &World, browser: &Browser, begun: &Value) -> Answer {
    let answer = browser.enter(world, &start_of(begun)).await;
    let page = location(&answer).split('?').next().unwrap().to_owned();
    assert!(page.ends_with("/consent"), "{answer:?}");
    let answer = browser.say(world, &page, &[("action", "begin")]).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let next = page.replace("/consent", "/continue?at=vendor");
    assert!(text_of(&answer).contains(&next), "{answer:?}");
    browser.get(world, &next).await
}

async fn to_vendor(world: &World, browser: &Browser, begun: &Value) {
    let answer = agreed(world, browser, begun).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
}

async fn token(world: &World, reference: &Value) -> Value {
    let body = json!({ "ObjectId": ACCOUNT, "TransactionReference": reference });
    let answer = world.send(call("InitializeVerification").json(&body)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)["verificationToken"].clone()
}

async fn polled(world: &World, token: &Value) -> Value {
    let answer = world.send(poll(token)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)
}

async fn validated(world: &World, reference: &Value, token: &Value) -> Answer {
    let body = json!({ "ObjectId": ACCOUNT, "TransactionReference": reference, "VerificationToken": token });
    world.send(call("ValidateVerificationToken").json(&body)).await
}

/// Claims of a hint that the published keys verify.
async fn believed(world: &World, hint: &str) -> Value {
    let keys = json_of(&world.get("/api/Oidc/.well-known/keys").await);
    let (signed, signature) = hint.rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let head: Value = serde_json::from_slice(&decoded(head)).unwrap();
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == head["kid"])
        .unwrap();
    let number = |name: &str| BigNum::from_slice(&decoded(key[name].as_str().unwrap())).unwrap();
    let key = PKey::from_rsa(Rsa::from_public_components(number("n"), number("e")).unwrap()).unwrap();
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
    assert!(
        verifier
            .verify_oneshot(&decoded(signature), signed.as_bytes())
            .unwrap()
    );
    serde_json::from_slice(&decoded(claims)).unwrap()
}

#[tokio::test]
async fn a_person_is_checked_and_comes_back_by_the_second_policy() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    let reference = &begun["transactionReference"];
    assert_eq!(
        world.vendor.starts(),
        0,
        "nobody is called before the person comes"
    );
    to_vendor(&world, &browser, &begun).await;
    assert_eq!(
        world.vendor.start_of(0).consent.unwrap().text_version,
        "handler-1"
    );
    let first = token(&world, reference).await;
    assert_eq!(polled(&world, &first).await["status"], "RETRY");
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    let address = location(&answer);
    assert!(
        address.starts_with(&format!("{B2C}{POLICY}/oauth2/v2.0/authorize?")),
        "{address}"
    );
    let told = |name| sent(&answer, name).unwrap();
    assert_eq!(told("client_id"), "app-1");
    assert_eq!(told("redirect_uri"), "https://jwt.example");
    assert_eq!(told("scope"), "openid offline_access");
    assert_eq!(told("response_type"), "id_token");
    assert_eq!(told("transactionStatus"), "SUCCESS");
    assert_eq!(told("customerInternalReference"), "c1");
    assert_eq!(json!(told("transactionReference")), *reference);
    let claims = believed(&world, &told("id_token_hint")).await;
    assert_eq!(
        (&claims["ObjectId"], &claims["iss"], &claims["aud"]),
        (&json!(ACCOUNT), &json!("issuer-1"), &json!("audience-1"))
    );
    let life = claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap();
    assert_eq!(life, 300);
    let last = polled(&world, &first).await;
    assert_eq!(last["status"], "SUCCESS");
    let answer = validated(&world, reference, &last["verificationToken"]).await;
    assert_eq!(json_of(&answer), json!({ "success": true }));
}

#[tokio::test]
async fn the_same_call_again_is_the_same_transaction_and_the_same_link() {
    let world = World::new();
    let first = begun(&world, "c1").await;
    world.advance_s(12);
    assert_eq!(begun(&world, "c1").await, first);
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn a_sign_in_while_a_check_is_open_keeps_its_reference_and_pays_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let first = begun(&world, "c1").await;
    to_vendor(&world, &browser, &first).await;
    let second = begun(&world, "c2").await;
    assert_eq!(second["transactionReference"], first["transactionReference"]);
    assert_ne!(second["redirectUrl"], first["redirectUrl"]);
    let other = Browser::default();
    let answer = other.enter(&world, &start_of(&second)).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

/// In the sample a second sign-in overwrites the reference, and the link of the first is then *broken*.
#[tokio::test]
async fn sign_ins_before_the_person_has_come_share_one_reference() {
    let world = World::new();
    let first = begun(&world, "c1").await;
    let second = begun(&world, "c2").await;
    assert_eq!(second["transactionReference"], first["transactionReference"]);
    // The clock says 10:00; the period of a day ends at midnight.
    world.advance_s(15 * 3600);
    let third = begun(&world, "c3").await;
    assert_eq!(third["transactionReference"], first["transactionReference"]);
    world.advance_s(10 * 3600);
    let fourth = begun(&world, "c4").await;
    assert_eq!(
        fourth["transactionReference"], first["transactionReference"],
        "the third link lives"
    );
    world.advance_s(24 * 3600);
    let fifth = begun(&world, "c5").await;
    assert_ne!(
        fifth["transactionReference"], first["transactionReference"],
        "no link lives"
    );
}

/// Whoever finds the address in the history of a shared machine gets nothing for it.
#[tokio::test]
async fn the_way_back_is_the_same_for_five_minutes_and_then_none() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, approved());
    let hint = sent(&browser.come_back(&world, 0).await, "id_token_hint").unwrap();
    world.advance_s(299);
    assert_eq!(
        sent(&browser.come_back(&world, 0).await, "id_token_hint").unwrap(),
        hint
    );
    world.advance_s(1);
    assert_eq!(browser.come_back(&world, 0).await.status(), 410);
    assert_eq!(browser.enter(&world, &start_of(&begun)).await.status(), 410);
    world.advance_s(4000);
    assert_eq!(
        browser.enter(&world, &start_of(&begun)).await.status(),
        410,
        "another authorization, the same link"
    );
}

#[tokio::test]
async fn who_comes_back_from_a_second_attempt_late_is_waited_for_again() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    world.advance_s(900);
    let answer = browser.come_back(&world, 0).await;
    let page = location(&answer).to_owned();
    assert_eq!(browser.get(&world, &page).await.status(), 200);
    world.advance_s(841);
    assert!(location(&browser.get(&world, &page).await).starts_with(B2C));
}

#[tokio::test]
async fn who_was_not_checked_is_offered_no_way_back() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = browser.enter(&world, &start_of(&begun(&world, "c1").await)).await;
    let page = location(&answer).split("/consent").next().unwrap().to_owned();
    world.advance_s(1000);
    let shown = browser.get(&world, &page).await;
    assert!(
        !text_of(&shown).contains("value=\"leave\"") && !text_of(&shown).contains("/continue\""),
        "{shown:?}"
    );
}

#[tokio::test]
async fn who_was_rejected_signs_in_again_and_tries_again_under_the_same_reference() {
    let (world, browser) = (World::new(), Browser::default());
    let first = begun(&world, "c1").await;
    to_vendor(&world, &browser, &first).await;
    world.vendor.set(0, rejected());
    browser.come_back(&world, 0).await;
    let second = begun(&world, "c2").await;
    assert_eq!(second["transactionReference"], first["transactionReference"]);
    let other = Browser::default();
    let answer = other.enter(&world, &start_of(&second)).await;
    let page = location(&answer).to_owned();
    assert!(text_of(&other.get(&world, &page).await).contains("value=\"retry\""));
    other.act(&world, &page, "retry").await;
    let answer = other.get(&world, &format!("{page}/continue")).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    world.vendor.set(1, approved());
    let answer = other.come_back(&world, 1).await;
    assert_eq!(
        json!(sent(&answer, "transactionReference").unwrap()),
        first["transactionReference"]
    );
}

#[tokio::test]
async fn an_account_that_is_approved_already_goes_back_without_consent_and_without_another_check() {
    let (world, browser) = (World::new(), Browser::default());
    to_vendor(&world, &browser, &begun(&world, "c1").await).await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    let second = begun(&world, "c2").await;
    let other = Browser::default();
    let answer = other.enter(&world, &start_of(&second)).await;
    assert_eq!(
        json!(sent(&answer, "transactionReference").unwrap()),
        second["transactionReference"]
    );
    assert_eq!(world.vendor.starts(), 1);
    let token = token(&world, &second["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "SUCCESS");
}

/// In the sample one rejection ends the account: its policy marks the upload as done at the link.
#[tokio::test]
async fn who_is_rejected_tries_again_on_our_page_and_never_goes_back_in_between() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    for attempt in 0..2 {
        world.vendor.set(attempt, rejected());
        let answer = browser.come_back(&world, attempt).await;
        let page = location(&answer).to_owned();
        assert!(page.starts_with("/api/verify/wait/"), "{answer:?}");
        let shown = browser.get(&world, &page).await;
        assert!(!text_of(&shown).contains("value=\"leave\""), "{shown:?}");
        let answer = browser.get(&world, &format!("{page}/continue")).await;
        assert_eq!(location(&answer), page, "no way back yet");
        browser.act(&world, &page, "retry").await;
        let answer = browser.get(&world, &format!("{page}/continue")).await;
        assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    }
    world.vendor.set(2, rejected());
    let answer = browser.come_back(&world, 2).await;
    let page = location(&answer).to_owned();
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert!(
        location(&answer).starts_with(B2C),
        "no attempts are left: {answer:?}"
    );
    let token = token(&world, &begun["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "FAILED");
    let answer = json_of(&validated(&world, &begun["transactionReference"], &token).await);
    assert_eq!(answer["success"], false);
    assert!(
        answer["message"].as_str().unwrap().contains("could not confirm"),
        "{answer}"
    );
}

#[tokio::test]
async fn who_waits_too_long_goes_back_without_an_outcome() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    let answer = browser.come_back(&world, 0).await;
    let page = location(&answer).to_owned();
    assert_eq!(browser.get(&world, &page).await.status(), 200);
    let status = format!("{page}/status");
    let told = json_of(&browser.get(&world, &status).await);
    assert_eq!(told["state"], "checking");
    world.advance_s(841);
    let told = json_of(&browser.get(&world, &status).await);
    assert_eq!(told["state"], "due", "the page's script renews the page");
    let answer = browser.get(&world, &page).await;
    assert!(location(&answer).starts_with(B2C), "{answer:?}");
    let token = token(&world, &begun["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "RETRY");
}

#[tokio::test]
async fn who_is_reviewed_waits_on_our_page_first() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, doubtful());
    let answer = browser.come_back(&world, 0).await;
    let page = location(&answer).to_owned();
    let shown = browser.get(&world, &page).await;
    assert!(!text_of(&shown).contains("/continue"), "{shown:?}");
    let poll = format!("data-poll=\"{page}/status\"");
    assert!(
        text_of(&shown).contains(&poll),
        "it learns when there is a way back: {shown:?}"
    );
    world.advance_s(841);
    let told = json_of(&browser.get(&world, &format!("{page}/status")).await);
    assert_eq!(told["state"], "due");
    let shown = browser.get(&world, &page).await;
    assert!(text_of(&shown).contains("/continue"), "{shown:?}");
    assert!(!text_of(&shown).contains(&poll), "{shown:?}");
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert!(location(&answer).starts_with(B2C), "{answer:?}");
}

#[tokio::test]
async fn who_does_not_agree_starts_nothing_and_may_begin_again() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = browser.enter(&world, &start_of(&begun(&world, "c1").await)).await;
    let consent = location(&answer).to_owned();
    let shown = browser.get(&world, &consent).await;
    assert!(
        text_of(&shown).contains("Nothing is sent before you agree"),
        "{shown:?}"
    );
    let page = consent.split("/consent").next().unwrap().to_owned();
    browser.act(&world, &page, "cancel").await;
    assert_eq!(world.vendor.starts(), 0);
    let shown = browser.get(&world, &page).await;
    assert!(text_of(&shown).contains("value=\"retry\""), "{shown:?}");
    let answer = browser.act(&world, &page, "retry").await;
    assert!(location(&answer).contains("/consent?for=retry"), "{answer:?}");
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn a_link_serves_one_browser() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    let other = Browser::default();
    let answer = other.enter(&world, &start_of(&begun)).await;
    assert_eq!(answer.status(), 410, "{answer:?}");
}

#[tokio::test]
async fn a_forged_link_an_expired_one_and_one_of_another_kind_open_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let link = start_of(&begun(&world, "c1").await);
    let forged = format!("{}AAAA", link.get(..link.len() - 4).unwrap());
    assert_eq!(browser.enter(&world, &forged).await.status(), 404);
    let ticket = world.ticket("c1").await;
    let other = format!(
        "/api/verify/authorize?idv_link={}",
        ticket.trim_start_matches("idvt_")
    );
    assert_eq!(browser.enter(&world, &other).await.status(), 404);
    assert_eq!(
        browser
            .send(
                &world,
                form(
                    "/api/verify/authorize",
                    &[("idv_link", link.split('=').nth(1).unwrap())]
                )
            )
            .await
            .status(),
        404
    );
    world.advance_s(24 * 3600 + 1);
    assert_eq!(browser.enter(&world, &link).await.status(), 410);
}

#[tokio::test]
async fn paths_and_names_are_read_in_any_case() {
    let world = World::new();
    let body = json!({
        "objectid": ACCOUNT, "CORRELATIONID": "c1", "clientId": "app-1", "RedirectURI": "https://jwt.example",
        "scope": "openid", "policy": POLICY, "unknown": [1],
    });
    let path = format!("/API/JUMIO/{BASE_SECRET}/Api/jUmIo/INITIALIZETRANSACTION/");
    let answer = world.send(request("POST", &path).json(&body)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    for path in [
        "/api/oidc/.WELL-KNOWN/openid-configuration",
        "/API/Oidc/.well-known/KEYS",
    ] {
        assert_eq!(world.get(path).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn metadata_is_there_below_the_secret_and_names_keys_outside_it() {
    let world = World::new();
    for base in [
        String::new(),
        format!("/api/jumio/{BASE_SECRET}"),
        "/api/jumio/anything".to_owned(),
    ] {
        let answer = world
            .get(&format!("{base}/api/Oidc/.well-known/openid-configuration"))
            .await;
        let body = json_of(&answer);
        assert_eq!(body["issuer"], "issuer-1");
        assert_eq!(body["jwks_uri"], format!("{ORIGIN}/api/Oidc/.well-known/keys"));
        assert_eq!(header(&answer, "content-type"), "application/json");
    }
}

/// Everything but the secret, and why it is refused.
#[tokio::test]
async fn who_does_not_prove_themselves_gets_nothing() {
    let world = World::new();
    let body = transaction("c1");
    for path in [
        "/api/Jumio/InitializeTransaction".to_owned(),
        format!("/api/jumio/{BASE_SECRET}x/api/Jumio/InitializeTransaction"),
        format!(
            "/api/jumio/{}/api/Jumio/InitializeTransaction",
            BASE_SECRET.to_uppercase()
        ),
    ] {
        let answer = world.send(request("POST", &path).json(&body)).await;
        assert_eq!(
            (answer.status().as_u16(), answer.body().len()),
            (401, 0),
            "{path}"
        );
    }
    let previous = format!("/api/jumio/{PREVIOUS_BASE_SECRET}/api/Jumio/InitializeTransaction");
    assert_eq!(
        world.send(request("POST", &previous).json(&body)).await.status(),
        200
    );
    let proven = request("POST", "/api/Jumio/InitializeTransaction")
        .header("authorization", basic("b2c", "password-of-the-caller"));
    assert_eq!(world.send(proven.json(&body)).await.status(), 200);
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn anybody_may_call_only_where_a_setting_says_so() {
    let world = World {
        allows_anonymous: true,
        ..World::new()
    };
    world.rebuild();
    let path = "/api/Jumio/InitializeTransaction";
    let answer = world.send(request("POST", path).json(&transaction("c1"))).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let wrong = request("POST", path).header("authorization", basic("b2c", "wrong"));
    assert_eq!(world.send(wrong.json(&transaction("c1"))).await.status(), 401);
}

#[tokio::test]
async fn a_secret_that_comes_from_a_page_is_refused_on_every_action() {
    let world = World::new();
    let actions = [
        "InitializeTransaction",
        "InitializeVerification",
        "VerifyTransactionStatus",
        "ValidateVerificationToken",
    ];
    for action in actions {
        let from_page = call(action).header("origin", "https://contoso.b2clogin.example");
        assert_eq!(
            world.send(from_page.json(&transaction("c1"))).await.status(),
            401,
            "{action}"
        );
    }
    let unasked = call("VerifyTransactionStatus").json(&json!({ "VerificationToken": "t" }));
    assert_eq!(world.send(unasked).await.status(), 404);
}

#[tokio::test]
async fn what_is_not_registered_is_refused_and_nothing_is_kept() {
    let world = World::new();
    for (name, value) in [
        ("ClientId", "app-2"),
        ("RedirectUri", "https://jwt.example/"),
        ("Policy", "B2C_1A_other"),
        ("Policy", "../B2C_1A_x"),
    ] {
        let mut body = transaction("c1");
        body[name] = json!(value);
        let answer = world.send(call("InitializeTransaction").json(&body)).await;
        assert_eq!(answer.status(), 409, "{name}");
        let said = json_of(&answer);
        assert_eq!(
            (&said["version"], &said["status"]),
            (&json!("1.0.0.0"), &json!(409))
        );
        assert!(!said["userMessage"].as_str().unwrap().contains(value), "{said}");
    }
    assert!(world.store.list("facts").await.unwrap().is_empty());
}

#[tokio::test]
async fn bodies_that_the_sample_refuses_are_refused_as_it_does() {
    let world = World::new();
    let plain = |body: &str| {
        call("InitializeTransaction")
            .header("content-type", "application/json; charset=utf-8")
            .body(body)
    };
    for body in ["", "null", "[]", "{", "{\"ObjectId\":1}", "{\"ObjectId\":\"a\",}"] {
        let answer = world.send(plain(body)).await;
        assert_eq!(answer.status(), 400, "{body}");
        assert!(
            header(&answer, "content-type").starts_with("application/problem+json"),
            "{body}"
        );
    }
    for name in [
        "ObjectId",
        "CorrelationId",
        "ClientId",
        "RedirectUri",
        "Scope",
        "Policy",
    ] {
        for value in [Value::Null, json!("")] {
            let mut body = transaction("c1");
            body[name] = value;
            assert_eq!(
                world
                    .send(call("InitializeTransaction").json(&body))
                    .await
                    .status(),
                409,
                "{name}"
            );
        }
    }
    let text = call("InitializeTransaction")
        .header("content-type", "text/plain")
        .body("{}");
    assert_eq!(world.send(text).await.status(), 415);
    let long = "x".repeat(2 * 1024 * 1024);
    let mut body = transaction("c1");
    body["ObjectId"] = json!(long);
    assert_eq!(
        world
            .send(call("InitializeTransaction").json(&body))
            .await
            .status(),
        409
    );
    let answer = world
        .send(request(
            "GET",
            &format!("/api/jumio/{BASE_SECRET}/api/Jumio/InitializeTransaction"),
        ))
        .await;
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "allow")),
        (405, "POST, OPTIONS")
    );
    assert!(world.store.list("facts").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_name_that_nobody_has_is_refused_before_anything_is_paid() {
    let world = World::new();
    let mut body = transaction("c1");
    body["GivenName"] = json!("Ada2");
    let answer = world.send(call("InitializeTransaction").json(&body)).await;
    assert_eq!(answer.status(), 409);
    assert!(
        json_of(&answer)["userMessage"]
            .as_str()
            .unwrap()
            .contains("A name has letters"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn names_that_the_policy_sends_are_compared_with_the_document() {
    let (world, browser) = (World::new(), Browser::default());
    let mut body = transaction("c1");
    (body["GivenName"], body["Surname"]) = (json!("Grace"), json!("Hopper"));
    let begun = json_of(&world.send(call("InitializeTransaction").json(&body)).await);
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    assert!(
        location(&answer).starts_with("/api/verify/wait/"),
        "another's document: {answer:?}"
    );
    let token = token(&world, &begun["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "FAILED");
}

#[tokio::test]
async fn another_accounts_reference_tells_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    let reference = &begun["transactionReference"];
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    let body = json!({ "ObjectId": "somebody-else", "TransactionReference": reference });
    let answer = world.send(call("InitializeVerification").json(&body)).await;
    assert_eq!(answer.status(), 409, "{answer:?}");
    let token = token(&world, reference).await;
    let body =
        json!({ "ObjectId": "somebody-else", "TransactionReference": reference, "VerificationToken": token });
    assert_eq!(
        world
            .send(call("ValidateVerificationToken").json(&body))
            .await
            .status(),
        409
    );
    let body = json!({ "ObjectId": ACCOUNT, "TransactionReference": "another", "VerificationToken": token });
    assert_eq!(
        world
            .send(call("ValidateVerificationToken").json(&body))
            .await
            .status(),
        409
    );
}

#[tokio::test]
async fn a_reference_of_before_the_change_is_not_verified_and_says_so() {
    let world = World::new();
    let reference = json!("db591e23-5572-499b-8530-489fb15a4af7");
    let token = token(&world, &reference).await;
    assert_eq!(polled(&world, &token).await["status"], "FAILED");
    let answer = json_of(&validated(&world, &reference, &token).await);
    assert_eq!(answer["success"], false);
}

/// In the sample a verified token stays one, whatever Jumio says later.
#[tokio::test]
async fn a_reversal_is_told_although_the_token_says_verified() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    let reference = &begun["transactionReference"];
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    let verified = polled(&world, &token(&world, reference).await).await["verificationToken"].clone();
    world.vendor.set(0, rejected());
    let ids = world.vendor.ids_of(0);
    let body = json!({
        "callbackSentAt": "2026-02-03T10:05:00.000Z", "account": { "id": ids.account },
        "workflowExecution": { "id": ids.execution, "status": "PROCESSED" },
    });
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    assert_eq!(world.send(request("POST", &path).json(&body)).await.status(), 200);
    world.calm().await;
    assert_eq!(polled(&world, &verified).await["status"], "FAILED");
    assert_eq!(
        json_of(&validated(&world, reference, &verified).await)["success"],
        false
    );
}

#[tokio::test]
async fn tokens_that_are_not_good_are_409_with_a_sentence() {
    let world = World::new();
    let begun = begun(&world, "c1").await;
    let token = token(&world, &begun["transactionReference"]).await;
    let text = token.as_str().unwrap();
    let cut = text.get(..text.len() - 3).unwrap();
    for bad in ["x", cut, &format!("{text}a"), "a.b.c", "e30..AAAA.AAAA.AAAA"] {
        let answer = world.send(poll(&json!(bad))).await;
        assert_eq!(answer.status(), 409, "{bad}");
        assert!(!json_of(&answer)["userMessage"].as_str().unwrap().is_empty());
    }
    world.advance_s(24 * 3600 + 120);
    assert_eq!(world.send(poll(&token)).await.status(), 409, "expired");
}

#[tokio::test]
async fn one_transaction_is_asked_about_so_often_and_not_more_often() {
    let world = World::new();
    let begun = begun(&world, "c1").await;
    let token = token(&world, &begun["transactionReference"]).await;
    let mut answered = 0;
    for _ in 0..40 {
        answered += u32::from(world.send(poll(&token)).await.status() == 200);
    }
    assert_eq!(answered, 30);
}

#[tokio::test]
async fn without_its_settings_the_front_is_not_there() {
    let world = World {
        has_sample: false,
        ..World::new()
    };
    world.rebuild();
    for path in [
        "/api/Jumio/InitializeTransaction",
        "/api/Jumio/VerifyTransactionStatus",
    ] {
        assert_eq!(
            world
                .send(request("POST", path).json(&transaction("c1")))
                .await
                .status(),
            404,
            "{path}"
        );
    }
    assert_eq!(world.get("/api/Oidc/.well-known/keys").await.status(), 404);
    assert_eq!(world.get("/api/verify/authorize?idv_link=x").await.status(), 404);
}
