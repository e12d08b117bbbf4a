//! The sample front: whole sign-ins as the sample's policies and pages make them, and each way to be wrong.

mod attack;
mod attempts;
mod budget;
mod callers;
mod faults;
mod initialize_transaction;
mod initialize_verification;
mod link;
mod pages;
mod rotated;
mod validate_verification_token;
mod verify_transaction_status;
mod way_back;

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
    Answer, BASE_SECRET, Browser, ORIGIN, POLICY, World, form, header, json_of, location, request, sent,
    text_of,
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
    let notice = browser.get(world, &page).await;
    let (_, rest) = text_of(&notice)
        .split_once("name=\"text_version\" value=\"")
        .unwrap();
    let version = rest.split('"').next().unwrap();
    let form = [("action", "begin"), ("text_version", version)];
    let answer = browser.say(world, &page, &form).await;
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
