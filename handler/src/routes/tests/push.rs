//! `POST /api/verify/par`.

use std::sync::Arc;

use super::redeem::Tripped;
use super::world::{
    Answer, Browser, CHALLENGE, REDIRECT, SECRET, World, basic, encoded, form, header, json_of, location,
    request, sent, text_of,
};
use crate::fact_store::tests::hooked::Hooked;
use crate::grants::tests::vendor::approved;

const GOOD: [(&str, &str); 7] = [
    ("response_type", "code"),
    ("redirect_uri", REDIRECT),
    ("scope", "openid"),
    ("state", "s"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
    ("login_hint", "00u1"),
];

/// Pushes a good request as the client `okta` and gives its address.
pub(super) async fn pushed(world: &World) -> String {
    let answer = push(world, &GOOD).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    json_of(&answer)["request_uri"].as_str().unwrap().to_owned()
}

async fn push(world: &World, fields: &[(&str, &str)]) -> Answer {
    world
        .send(form("/api/verify/par", fields).header("authorization", basic("okta", SECRET)))
        .await
}

async fn refused(fields: &[(&str, &str)], status: u16, error: &str) {
    let answer = push(&World::new(), fields).await;
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["error"]),
        (status, &error.into()),
        "{answer:?}"
    );
    assert_eq!(header(&answer, "cache-control"), "no-store");
}

fn without(name: &str) -> Vec<(&'static str, &'static str)> {
    GOOD.into_iter().filter(|(found, _)| *found != name).collect()
}

fn and(more: (&'static str, &'static str)) -> Vec<(&'static str, &'static str)> {
    GOOD.into_iter()
        .filter(|(name, _)| *name != more.0)
        .chain([more])
        .collect()
}

#[tokio::test]
async fn the_same_request_pushed_again_is_the_same_verification() {
    let world = World::new();
    pushed(&world).await;
    pushed(&world).await;
    let facts = world.store.list("facts/2/subjects").await.unwrap();
    let registered = facts.iter().filter(|name| name.ends_with("/request.json"));
    assert_eq!(registered.count(), 1);
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn a_client_that_does_not_prove_itself_is_refused() {
    let answer = World::new().send(form("/api/verify/par", &GOOD)).await;
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["error"]),
        (401, &"invalid_client".into())
    );
    assert!(header(&answer, "www-authenticate").starts_with("Basic "));
}

#[tokio::test]
async fn another_redirect_address_is_refused() {
    refused(
        &and(("redirect_uri", "https://contoso.b2clogin.example/authres")),
        400,
        "invalid_request",
    )
    .await;
    refused(&without("redirect_uri"), 400, "invalid_request").await;
}

#[tokio::test]
async fn another_client_id_is_refused() {
    refused(&and(("client_id", "b2c")), 401, "invalid_client").await;
}

#[tokio::test]
async fn a_pushed_request_uri_is_refused() {
    refused(
        &and(("request_uri", "urn:ietf:params:oauth:request_uri:x")),
        400,
        "invalid_request",
    )
    .await;
}

#[tokio::test]
async fn a_client_that_must_use_pkce_is_refused_without() {
    let fields: Vec<_> = GOOD
        .into_iter()
        .filter(|(name, _)| !name.starts_with("code_"))
        .collect();
    refused(&fields, 400, "invalid_request").await;
}

#[tokio::test]
async fn a_missing_subject_is_refused() {
    refused(&without("login_hint"), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_repeated_parameter_is_refused() {
    let fields: Vec<_> = GOOD.into_iter().chain([("state", "t")]).collect();
    refused(&fields, 400, "invalid_request").await;
}

#[tokio::test]
async fn prompt_none_is_refused() {
    refused(&and(("prompt", "none")), 400, "interaction_required").await;
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let request = request("POST", "/api/verify/par").header("authorization", basic("okta", SECRET));
    let answer = World::new()
        .send(request.json(&serde_json::json!({"response_type": "code"})))
        .await;
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["error"]),
        (415, &"invalid_request".into())
    );
}

/// A `claims` parameter that asks for one claim.
fn asks(claim: &str, constraint: &str) -> String {
    format!(
        r#"{{"id_token":{{"verified_claims":{{"verification":{{"trust_framework":null}},"claims":{{"{claim}":{constraint}}}}}}}}}"#
    )
}

async fn push_asking(world: &World, claims: &str) -> Answer {
    let fields: Vec<_> = GOOD.into_iter().chain([("claims", claims)]).collect();
    push(world, &fields).await
}

async fn refused_asking(claim: &str, value: &str) {
    let answer = push_asking(&World::new(), &asks(claim, &format!(r#"{{"value":"{value}"}}"#))).await;
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["error"]),
        (400, &"invalid_request".into()),
        "{value}"
    );
}

#[tokio::test]
async fn a_pushed_name_with_digits_or_markup_is_refused() {
    for name in ["Ada2", "<b>Ada</b>", "A\u{200b}da"] {
        refused_asking("given_name", name).await;
        refused_asking("family_name", name).await;
    }
}

#[tokio::test]
async fn a_pushed_birth_date_that_nobody_has_is_refused() {
    for day in ["2026-02-05", "1896-02-02"] {
        refused_asking("birthdate", day).await;
    }
}

/// A ticket in `login_hint` opens the other road, and no other gate.
#[tokio::test]
async fn what_nobody_is_called_is_refused_beside_a_ticket_too() {
    let world = World::new();
    let ticket = world.ticket("c1").await;
    for (claim, value) in [
        ("given_name", "Ada2"),
        ("family_name", "<b>Lovelace</b>"),
        ("birthdate", "2026-02-05"),
    ] {
        let claims = asks(claim, &format!(r#"{{"value":"{value}"}}"#));
        let fields = [
            ("client_id", "b2c"),
            ("client_secret", SECRET),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid"),
            ("login_hint", &ticket),
            ("claims", &claims),
        ];
        let answer = world.send(form("/api/verify/par", &fields)).await;
        assert_eq!(
            (answer.status().as_u16(), &json_of(&answer)["error"]),
            (400, &"invalid_request".into()),
            "{value}"
        );
    }
}

/// How it ends for a document of "ADA AUGUSTA LOVELACE" when a client asks so for the given name.
async fn ends(constraint: &str) -> Answer {
    let (world, browser) = (World::new(), Browser::default());
    let answer = push_asking(&world, &asks("given_name", constraint)).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    let uri = json_of(&answer)["request_uri"].as_str().unwrap().to_owned();
    let query = encoded(&[("client_id", "okta"), ("request_uri", &uri)]);
    browser
        .enter(&world, &format!("/api/verify/authorize?{query}"))
        .await;
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    let to = location(&answer).to_owned();
    if to.starts_with("/api/verify/wait/") {
        browser.get(&world, &to).await
    } else {
        answer
    }
}

#[tokio::test]
async fn a_name_that_must_not_be_fuzzy_must_be_equal() {
    for name in ["Ada", "Ada Augústa", "Augusta Ada", "A. Augusta", "Ada-Augusta"] {
        let answer = ends(&format!(r#"{{"value":"{name}","fuzzy":false}}"#)).await;
        assert!(
            text_of(&answer).contains("data-state=\"rejected\""),
            "{name} {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_name_that_must_not_be_fuzzy_is_equal_in_any_case() {
    for name in ["ADA AUGUSTA", "Ada Augusta", "ada  augusta"] {
        let answer = ends(&format!(r#"{{"value":"{name}","fuzzy":false}}"#)).await;
        assert!(location(&answer).starts_with(REDIRECT), "{name} {answer:?}");
    }
}

#[tokio::test]
async fn a_name_may_be_fuzzy_unless_the_client_says_otherwise() {
    for constraint in [r#"{"value":"Ada"}"#, r#"{"value":"Ada","fuzzy":true}"#] {
        let answer = ends(constraint).await;
        assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    }
}

#[tokio::test]
async fn a_fuzzy_that_is_no_boolean_is_refused() {
    let answer = push_asking(
        &World::new(),
        &asks("given_name", r#"{"value":"Ada","fuzzy":"no"}"#),
    )
    .await;
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["error"]),
        (400, &"invalid_request".into())
    );
}

/// ASP.NET seals the properties of a sign-in in its state. Pushed or posted it may be longer than a host takes in an address.
#[tokio::test]
async fn a_long_state_is_taken_and_one_that_is_too_long_is_named() {
    let long = "s".repeat(16_384);
    let with =
        |state| -> Vec<(&str, &str)> { without("state").into_iter().chain([("state", state)]).collect() };
    assert_eq!(push(&World::new(), &with(&long)).await.status(), 201);
    let answer = push(&World::new(), &with(&format!("{long}s"))).await;
    assert_eq!(answer.status(), 400, "{answer:?}");
    assert!(
        text_of(&answer).contains("state is longer than 16384 bytes"),
        "{answer:?}"
    );
}

/// A good request of the public client `app`, at a port that it got.
fn of_public(hint: &str) -> Vec<(&'static str, String)> {
    let fields = and(("redirect_uri", "http://127.0.0.1:49152/cb"));
    let fields = fields.into_iter().filter(|(name, _)| *name != "login_hint");
    let mut fields: Vec<_> = fields.map(|(name, value)| (name, value.to_owned())).collect();
    fields.extend([("client_id", "app".to_owned()), ("login_hint", hint.to_owned())]);
    fields
}

fn borrowed<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

#[tokio::test]
async fn whom_a_public_client_names_is_not_believed() {
    let world = World::new();
    let fields = of_public("00u1");
    let answer = world.post_form("/api/verify/par", &borrowed(&fields)).await;
    assert_eq!(answer.status(), 400, "{answer:?}");
    let said = json_of(&answer)["error_description"].clone();
    assert!(
        said.as_str().unwrap().starts_with("login_hint must be a ticket"),
        "{said}"
    );
}

#[tokio::test]
async fn a_public_client_pushes_a_ticket_with_a_challenge() {
    let world = World::new();
    let mut registration = super::world::registration("c1");
    registration["clientId"] = "app".into();
    let registered = world.send(super::world::register().json(&registration)).await;
    let ticket = json_of(&registered)["ticket"].as_str().unwrap().to_owned();
    let fields = of_public(&ticket);
    let answer = world.post_form("/api/verify/par", &borrowed(&fields)).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    let without: Vec<_> = fields
        .into_iter()
        .filter(|(name, _)| !name.starts_with("code_"))
        .collect();
    let answer = world.post_form("/api/verify/par", &borrowed(&without)).await;
    assert_eq!(json_of(&answer)["error_description"], "code challenge required");
}

/// ASP.NET seals a whole sign-in in `state`; encoded, both at their longest are larger than any query may be.
fn with_values<'a>(state: &'a str, nonce: &'a str) -> Vec<(&'static str, &'a str)> {
    let others = without("state").into_iter();
    others.chain([("state", state), ("nonce", nonce)]).collect()
}

#[tokio::test]
async fn state_and_nonce_have_sixteen_kibibytes_each() {
    let world = World::new();
    let longest = "s".repeat(16 * 1024);
    let answer = push(&world, &with_values(&longest, &longest)).await;
    assert_eq!(answer.status(), 201, "{answer:?}");
    let longer = format!("{longest}s");
    for (state, nonce, said) in [
        (&longer, &longest, "state is longer than 16384 bytes"),
        (&longest, &longer, "nonce is longer than 16384 bytes"),
    ] {
        let answer = push(&world, &with_values(state, nonce)).await;
        assert_eq!(json_of(&answer)["error_description"], said);
    }
}

#[tokio::test]
async fn once_it_is_known_whose_request_it_is_a_store_that_is_away_is_told_to_the_client() {
    let store = Hooked::memory(Tripped::of("/authorization-"));
    let world = World::over(Arc::clone(&store) as _);
    let uri = pushed(&world).await;
    let query = encoded(&[("client_id", "okta"), ("request_uri", uri.as_str())]);
    store.hooks.arm();
    let browser = Browser::default();
    let answer = browser
        .enter(&world, &format!("/api/verify/authorize?{query}"))
        .await;
    assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    assert_eq!(sent(&answer, "error").as_deref(), Some("temporarily_unavailable"));
    assert!(sent(&answer, "iss").is_some());
}
