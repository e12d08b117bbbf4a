//! `POST /api/verify/par`.

use super::world::{Answer, CHALLENGE, REDIRECT, SECRET, World, basic, form, header, json_of, request};

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
    assert_eq!(
        world.records.list("verifications").await.unwrap().len(),
        0,
        "folders only"
    );
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
