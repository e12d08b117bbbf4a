//! `response_type=id_token`: the answer is an ID token, where a client's settings say so.

use serde_json::{Value, json};

use super::world::{
    Answer, Browser, ISSUER, REDIRECT, World, encoded, header, json_of, location, register, registration,
    text_of,
};
use crate::checks::vendor::Progress;
use crate::grants::tests::vendor::{approved, rejected};

/// An address of the authorize route, as express-openid-connect makes it by default.
async fn path(world: &World, more: &[(&str, &str)]) -> String {
    let mut body = registration("c1");
    body["clientId"] = "express".into();
    let registered = world.send(register().json(&body)).await;
    let ticket = json_of(&registered)["ticket"].as_str().unwrap().to_owned();
    let given = [
        ("client_id", "express"),
        ("redirect_uri", REDIRECT),
        ("response_type", "id_token"),
        ("response_mode", "form_post"),
        ("scope", "openid profile email"),
        ("state", "state-1"),
        ("nonce", "nonce-1"),
        ("login_hint", &ticket),
    ];
    let is_changed = |name: &str| more.iter().any(|(changed, _)| *changed == name);
    let fields = given.into_iter().filter(|(name, _)| !is_changed(name));
    let fields: Vec<_> = fields.chain(more.iter().copied()).collect();
    format!("/api/verify/authorize?{}", encoded(&fields))
}

/// What the page would post under this name.
pub(super) fn posted(answer: &Answer, name: &str) -> Option<String> {
    let page = text_of(answer);
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

async fn token(world: &World, more: &[(&str, &str)]) -> Value {
    let browser = Browser::default();
    browser.enter(world, &path(world, more).await).await;
    world.vendor.set(0, approved());
    let answer = browser.come_back(world, 0).await;
    assert_eq!(posted(&answer, "state").as_deref(), Some("state-1"));
    assert_eq!(posted(&answer, "code"), None);
    let token = json!({ "id_token": posted(&answer, "id_token").unwrap() });
    world.believe(&token, "express")
}

#[tokio::test]
async fn the_answer_is_a_token_with_the_nonce_as_the_client_wants_it_signed() {
    let world = World::new();
    let claims = token(&world, &[]).await;
    assert_eq!(
        (&claims["nonce"], &claims["iss"]),
        (&json!("nonce-1"), &json!(ISSUER))
    );
    assert_eq!(claims.get("at_hash"), None, "there is no access token");
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 3600, "as the client's settings say");
}

#[tokio::test]
async fn a_form_is_how_it_goes_unless_something_else_is_asked() {
    let world = World::new();
    token(&world, &[("response_mode", "")]).await;
}

#[tokio::test]
async fn what_could_be_misused_is_refused() {
    let world = World::new();
    for (more, said) in [
        ([("nonce", "")], "response_type id_token needs a nonce"),
        (
            [("response_mode", "query")],
            "response_type id_token needs response_mode form_post",
        ),
        (
            [("response_mode", "fragment")],
            "response_mode is neither query nor form_post",
        ),
        (
            [("response_type", "code id_token")],
            "only response_type code is supported",
        ),
    ] {
        let answer = world.get(&path(&world, &more).await).await;
        let told = format!(
            "{}{}",
            header(&answer, "location"),
            String::from_utf8_lossy(answer.body())
        );
        let told = told.replace('+', " ");
        assert!(told.contains(said), "{said}: {told}");
    }
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn a_client_whose_settings_do_not_say_so_gets_none() {
    let world = World::new();
    let answer = world.get(&path(&world, &[("client_id", "app")]).await).await;
    assert!(
        text_of(&answer).contains("unsupported_response_type"),
        "{answer:?}"
    );
}

/// A client that knows nothing of identity checks must not take what came of one for a sign-in.
#[tokio::test]
async fn whoever_is_not_approved_is_an_error_and_no_token() {
    let world = World::new();
    let browser = Browser::default();
    browser.enter(&world, &path(&world, &[]).await).await;
    world.vendor.set(0, rejected());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert_eq!(
        posted(&answer, "error").as_deref(),
        Some("access_denied"),
        "{answer:?}"
    );
    assert_eq!(
        (posted(&answer, "id_token"), posted(&answer, "code")),
        (None, None)
    );
}

#[tokio::test]
async fn whoever_leaves_without_a_result_is_an_error_and_no_token() {
    let world = World::new();
    let browser = Browser::default();
    browser.enter(&world, &path(&world, &[]).await).await;
    world.vendor.set(0, Progress::Captured);
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert_eq!(
        posted(&answer, "error").as_deref(),
        Some("access_denied"),
        "{answer:?}"
    );
    let said = posted(&answer, "error_description").unwrap();
    assert!(said.starts_with("pending. "), "{said}");
    assert_eq!(posted(&answer, "id_token"), None);
}
