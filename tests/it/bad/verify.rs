//! `POST /api/verify`: who may call, and what they may say.

use rig::client::proof::basic;
use rig::entra::mint::{Ask, Flaw};
use rig::host::Mode;
use rig::rig::Cast;
use serde_json::{Value, json};

use super::{Said, said};
use crate::journey::{World, options, registration};

fn good() -> Value {
    registration("rig-post", "subject", &json!({}))
}

async fn send(world: &World, authorization: &str, body: impl Into<reqwest::Body>) -> Said {
    let request = world.post("/api/verify").header("authorization", authorization);
    said(request.header("content-type", "application/json").body(body)).await
}

fn known(world: &World) -> String {
    basic(Cast::USER, &world.rig.cast.password)
}

/// Refused with 409 in B2C's own words, and this code.
async fn refused_for(body: &str, code: &str) {
    let world = World::new().await;
    let said = send(&world, &known(&world), body.to_owned()).await;
    assert_eq!(
        (said.status, said.json()["code"].as_str().unwrap()),
        (409, code),
        "{}",
        said.body
    );
    let told = said.json();
    assert_eq!(told["status"], 409);
    assert_eq!(told["version"], "1.0.0");
    assert!(
        told["userMessage"]
            .as_str()
            .is_some_and(|message| !message.is_empty())
    );
    assert!(told.as_object().unwrap().values().all(|value| !value.is_null()));
    world.nothing_broke();
}

async fn unproven(world: &World, authorization: Option<&str>) {
    let mut request = world.post("/api/verify").json(&good());
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    let said = said(request).await;
    assert_eq!(said.status, 401, "{authorization:?}: {}", said.body);
    assert!(!said.header("www-authenticate").is_empty());
    assert!(!said.body.contains("ticket"));
}

#[tokio::test]
async fn without_a_proof() {
    unproven(&World::new().await, None).await;
}

/// Who has not proved itself is not listened to, and hears so all the same, in whichever mode the host runs.
#[tokio::test]
async fn without_a_proof_and_with_a_body_that_is_too_large() {
    for mode in [Mode::Proxying, Mode::Forwarding] {
        let world = World::with(options().in_mode(mode)).await;
        for length in [100_000, 3_000_000] {
            let request = world
                .post("/api/verify")
                .header("content-type", "application/json");
            let said = said(request.body("x".repeat(length))).await;
            assert_eq!(said.status, 401, "{mode:?} {length}: {}", said.body);
            assert_eq!(said.json()["code"], "caller.refused");
        }
        world.nothing_broke();
    }
}

#[tokio::test]
async fn with_a_wrong_password_or_user() {
    let world = World::new().await;
    let password = &world.rig.cast.password;
    unproven(&world, Some(&basic(Cast::USER, "wrong"))).await;
    unproven(&world, Some(&basic(Cast::USER, ""))).await;
    unproven(&world, Some(&basic("somebody", password))).await;
    unproven(&world, Some(&basic(Cast::USER, &password[..password.len() - 1]))).await;
    unproven(&world, Some("Basic !!!")).await;
}

#[tokio::test]
async fn with_a_client_certificate_that_nobody_said_to_believe() {
    let world = World::new().await;
    let said = said(
        world
            .post("/api/verify")
            .header("x-arr-clientcert", "MIIB")
            .json(&good()),
    )
    .await;
    assert_eq!(said.status, 401);
}

#[tokio::test]
async fn with_nothing_configured_nobody_gets_in() {
    let mut options = options();
    for name in ["BasicUsername", "EntraIssuer", "EntraAudience", "EntraAppIds"] {
        options = options.with(&format!("VerifyAuth:{name}"), "");
    }
    let rig = rig::rig::Rig::start(options).await.unwrap();
    rig.simulators
        .vault
        .vault
        .store
        .with(|store| store.remove("VerifyAuth--BasicPassword"));
    let answer = rig::client::registration::register_raw(
        &rig.wire().unwrap(),
        &rig.registration().unwrap(),
        &rig.caller(),
        &good(),
    )
    .await
    .unwrap();
    assert!(
        matches!(answer.status, 401 | 503),
        "{} {}",
        answer.status,
        answer.body
    );
    assert!(!answer.body.contains("ticket"));
}

fn token(world: &World, change: impl FnOnce(&mut Ask)) -> String {
    let mut ask: Ask =
        serde_json::from_value(json!({"audience": Cast::AUDIENCE, "app_id": Cast::APP_ID})).unwrap();
    change(&mut ask);
    format!(
        "Bearer {}",
        world.rig.simulators.entra.directory.mint(&ask).unwrap()
    )
}

#[tokio::test]
async fn an_entra_token_opens() {
    let world = World::new().await;
    let said = send(&world, &token(&world, |_| {}), good().to_string()).await;
    assert_eq!(said.status, 200, "{}", said.body);
}

#[tokio::test]
async fn with_a_flawed_entra_token() {
    let world = World::new().await;
    for flaw in ["unknown-kid", "foreign-key", "none", "hs256"] {
        let Ok(flaw) = serde_json::from_value::<Flaw>(json!(flaw)) else {
            panic!("no flaw is named {flaw}")
        };
        unproven(&world, Some(&token(&world, |ask| ask.flaw = Some(flaw)))).await;
    }
}

#[tokio::test]
async fn with_an_entra_token_for_somebody_else() {
    let world = World::new().await;
    unproven(
        &world,
        Some(&token(&world, |ask| ask.audience = "api://other".into())),
    )
    .await;
    unproven(
        &world,
        Some(&token(&world, |ask| ask.app_id = loopback::random::uuid())),
    )
    .await;
    unproven(&world, Some("Bearer not.a.token")).await;
}

#[tokio::test]
async fn an_entra_that_cannot_be_asked_is_no_refusal() {
    let world = World::new().await;
    world.rig.backstage.faults.add(rig::faults::Fault::new(
        "entra",
        "*",
        rig::faults::Effect::Status(503),
    ));
    let said = send(&world, &token(&world, |_| {}), good().to_string()).await;
    assert!(matches!(said.status, 409 | 503), "{} {}", said.status, said.body);
    assert_eq!(said.json()["code"], "caller.could_not_check");
}

#[tokio::test]
async fn a_body_that_is_too_large() {
    let padding = "x".repeat(200_000);
    refused_for(&format!("{{\"objectId\":\"{padding}\"}}"), "body.too_large").await;
}

#[tokio::test]
async fn a_chunked_body_that_is_too_large() {
    let world = World::new().await;
    let mut bytes = format!(
        "POST /api/verify HTTP/1.1\r\nHost: h\r\nAuthorization: {}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        known(&world)
    );
    bytes.push_str(&["2000\r\n", &" ".repeat(0x2000), "\r\n"].concat().repeat(40));
    bytes.push_str("0\r\n\r\n");
    let answer = world.raw(bytes.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    world.nothing_broke();
}

#[tokio::test]
async fn another_media_type() {
    let world = World::new().await;
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
    ] {
        let request = world.post("/api/verify").header("authorization", known(&world));
        let said = said(
            request
                .header("content-type", media_type)
                .body(good().to_string()),
        )
        .await;
        assert_eq!(
            (said.status, said.json()["code"].as_str().unwrap()),
            (409, "body.media_type")
        );
    }
}

#[tokio::test]
async fn malformed_json() {
    refused_for("{\"objectId\":", "registration.not_flat").await;
}

#[tokio::test]
async fn json_that_is_no_object() {
    refused_for("[]", "registration.not_flat").await;
}

#[tokio::test]
async fn a_nested_object() {
    refused_for(
        r#"{"objectId":"s","correlationId":"c","givenName":{"a":1}}"#,
        "registration.not_flat",
    )
    .await;
}

#[tokio::test]
async fn a_member_twice() {
    refused_for(
        r#"{"objectId":"s","objectId":"t","correlationId":"c"}"#,
        "registration.repeated",
    )
    .await;
}

#[tokio::test]
async fn a_member_twice_in_another_case() {
    refused_for(
        r#"{"objectId":"s","OBJECTID":"t","correlationId":"c"}"#,
        "registration.repeated",
    )
    .await;
}

#[tokio::test]
async fn no_subject() {
    refused_for(r#"{"correlationId":"c"}"#, "registration.subject").await;
}

#[tokio::test]
async fn no_correlation_id() {
    refused_for(r#"{"objectId":"s"}"#, "registration.correlation_id").await;
}

#[tokio::test]
async fn an_unknown_client() {
    refused_for(
        r#"{"objectId":"s","correlationId":"c","clientId":"nobody"}"#,
        "registration.client_id",
    )
    .await;
}

#[tokio::test]
async fn a_birth_date_that_is_none() {
    refused_for(
        r#"{"objectId":"s","correlationId":"c","birthdate":"2001-02-30"}"#,
        "registration.birthdate",
    )
    .await;
}

#[tokio::test]
async fn a_name_with_markup() {
    refused_for(
        r#"{"objectId":"s","correlationId":"c","surname":"<b>Talvik</b>"}"#,
        "registration.name_characters",
    )
    .await;
}

#[tokio::test]
async fn a_birth_date_in_the_future() {
    refused_for(
        r#"{"objectId":"s","correlationId":"c","birthdate":"2999-01-01"}"#,
        "registration.birthdate_range",
    )
    .await;
}

#[tokio::test]
async fn half_a_consent() {
    refused_for(
        r#"{"objectId":"s","correlationId":"c","consentVersion":"1"}"#,
        "registration.consent",
    )
    .await;
}

#[tokio::test]
async fn bytes_that_are_no_text() {
    let world = World::new().await;
    let said = send(&world, &known(&world), vec![b'{', 0xff, b'}']).await;
    assert_eq!(said.status, 409, "{}", said.body);
    world.nothing_broke();
}

#[tokio::test]
async fn the_message_is_in_the_language_that_was_sent() {
    let world = World::new().await;
    let mut messages = std::collections::BTreeSet::new();
    for locale in ["en", "de", "fr", "es", "ar"] {
        let said = send(&world, &known(&world), json!({"locale": locale}).to_string()).await;
        messages.insert(said.json()["userMessage"].as_str().unwrap().to_owned());
    }
    assert_eq!(messages.len(), 5, "{messages:?}");
}

#[tokio::test]
async fn names_in_any_case_and_values_of_any_scalar_type_are_taken() {
    let world = World::new().await;
    let body = json!({"OBJECTID": 4711, "correlationID": true, "ClientId": "rig-post", "givenName": null});
    let said = send(&world, &known(&world), body.to_string()).await;
    assert_eq!(said.status, 200, "{}", said.body);
}

#[tokio::test]
async fn the_same_registration_gives_the_same_ticket_for_ever() {
    let world = World::new().await;
    let body = good().to_string();
    let first = send(&world, &known(&world), body.clone()).await.json();
    world.rig.host.kill_handlers().await;
    let second = send(&world, &known(&world), body).await.json();
    assert_eq!(first["ticket"], second["ticket"]);
    assert_eq!(first["verificationId"], second["verificationId"]);
    assert_eq!(world.transactions(), 0, "a registration asked Jumio");
}

#[tokio::test]
async fn unknown_routes_and_methods() {
    let world = World::new().await;
    for path in [
        "/api/verify/nothing",
        "/api/callback",
        "/api/token/nothing",
        "/api/verify/wait",
    ] {
        let status = said(world.get(path)).await.status;
        assert!(matches!(status, 404 | 405), "{path}: {status}");
    }
    assert_eq!(said(world.get("/api/verify")).await.status, 405);
    assert_eq!(said(world.get("/api/token")).await.status, 405);
    assert_eq!(said(world.post("/api/token/keys")).await.status, 405);
    assert_eq!(
        said(http_put(&world)).await.status,
        404,
        "the host lets no other methods through than those of the function"
    );
    world.nothing_broke();
}

fn http_put(world: &World) -> reqwest::RequestBuilder {
    super::http().put(world.rig.at("/api/verify").unwrap())
}
