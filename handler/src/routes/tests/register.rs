//! `POST /api/verify`: who may, what is answered, and how refusals are worded for B2C.

use serde_json::{Value, json};

use super::world::{Answer, Browser, World, basic, header, json_of, register, registration, request};

async fn body(body: &str) -> Answer {
    let request = register().header("content-type", "application/json").body(body);
    World::new().send(request).await
}

/// B2C's error contract.
fn refused(answer: &Answer, code: &str) -> Value {
    assert_eq!(answer.status(), 409, "{answer:?}");
    let body = json_of(answer);
    assert_eq!(
        (&body["version"], &body["status"], &body["code"]),
        (&json!("1.0.0"), &json!(409), &json!(code))
    );
    assert!(
        body["userMessage"].as_str().is_some_and(|text| !text.is_empty()),
        "{body}"
    );
    assert!(
        body["requestId"].is_string() && body["developerMessage"].is_string(),
        "{body}"
    );
    body
}

#[tokio::test]
async fn the_answer_is_flat_and_never_null() {
    let world = World::new();
    let first = world.register("c1").await;
    assert!(
        first
            .as_object()
            .unwrap()
            .values()
            .all(|v| v.is_string() || v.is_number()),
        "{first}"
    );
    assert_eq!(
        (&first["status"], &first["attemptsLeft"]),
        (&json!("none"), &json!(3))
    );
    assert_eq!(first["expiresIn"], 86400);
}

#[tokio::test]
async fn the_same_request_gets_the_same_ticket() {
    let world = World::new();
    let (first, second) = (world.register("c1").await, world.register("c1").await);
    assert_eq!(
        (&first["ticket"], &first["verificationId"]),
        (&second["ticket"], &second["verificationId"])
    );
    assert_ne!(first["ticket"], world.register("c2").await["ticket"]);
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn the_previous_password_is_accepted() {
    let request = request("POST", "/api/verify").header("authorization", basic("b2c", "password-before-it"));
    assert_eq!(
        World::new().send(request.json(&registration("c"))).await.status(),
        200
    );
}

#[tokio::test]
async fn a_caller_without_proof_is_refused() {
    let answer = World::new()
        .send(request("POST", "/api/verify").json(&registration("c")))
        .await;
    assert_eq!(answer.status(), 401);
    assert!(
        header(&answer, "www-authenticate").starts_with("Basic "),
        "{answer:?}"
    );
    assert_eq!(json_of(&answer)["code"], "caller.refused");
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let request =
        request("POST", "/api/verify").header("authorization", basic("b2c", "password-of-the-callex"));
    assert_eq!(
        World::new().send(request.json(&registration("c"))).await.status(),
        401
    );
}

#[tokio::test]
async fn a_certificate_header_is_not_trusted_unless_a_setting_says_so() {
    let request = request("POST", "/api/verify")
        .header("x-arr-clientcert", "QUJD")
        .json(&registration("c"));
    assert_eq!(World::new().send(request).await.status(), 401);
}

#[tokio::test]
async fn a_body_of_another_media_type_is_refused() {
    let request = register().header("content-type", "text/plain").body("{}");
    refused(&World::new().send(request).await, "body.media_type");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    refused(&body(&" ".repeat(16 * 1024 + 1)).await, "body.too_large");
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    refused(&body("objectId=1").await, "registration.not_flat");
    refused(&body("").await, "registration.not_flat");
    refused(&body("{\"objectId\":\"o\"").await, "registration.not_flat");
}

#[tokio::test]
async fn a_repeated_member_is_refused() {
    refused(
        &body(r#"{"objectId":"a","objectid":"b","correlationId":"c"}"#).await,
        "registration.repeated",
    );
}

#[tokio::test]
async fn a_missing_subject_is_refused() {
    refused(&body(r#"{"correlationId":"c"}"#).await, "registration.subject");
}

#[tokio::test]
async fn a_missing_correlation_id_is_refused() {
    refused(&body(r#"{"objectId":"o"}"#).await, "registration.correlation_id");
}

#[tokio::test]
async fn an_unknown_client_is_refused() {
    refused(
        &body(r#"{"objectId":"o","correlationId":"c","clientId":"x"}"#).await,
        "registration.client_id",
    );
}

/// Whose people would it be?
#[tokio::test]
async fn a_registration_for_one_of_several_clients_names_it() {
    let answer = body(r#"{"objectId":"o","correlationId":"c"}"#).await;
    let told = refused(&answer, "registration.which_client");
    assert!(
        told["developerMessage"].as_str().unwrap().contains("clientId"),
        "{told}"
    );
}

#[tokio::test]
async fn a_refusal_speaks_the_language_that_was_sent() {
    let german = refused(
        &body(r#"{"correlationId":"c","locale":"de-AT"}"#).await,
        "registration.subject",
    );
    assert!(
        german["userMessage"].as_str().unwrap().contains("Bitte"),
        "{german}"
    );
}

#[tokio::test]
async fn a_refusal_repeats_nothing_that_was_sent() {
    let answer = body(r#"{"objectId":"o","correlationId":"c","birthdate":"Zebedee"}"#).await;
    assert!(
        !refused(&answer, "registration.birthdate")
            .to_string()
            .contains("Zebedee")
    );
}

#[tokio::test]
async fn a_later_registration_tells_how_the_last_one_ended() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, crate::grants::tests::vendor::rejected());
    browser.come_back(&world, 0).await;
    let next = world.register("c2").await;
    assert_eq!(
        (&next["status"], &next["attemptsLeft"]),
        (&json!("rejected"), &json!(2))
    );
    assert!(
        next["idvTime"].is_string() && next["idvReason"].is_string(),
        "{next}"
    );
}

/// What is answered when one member of a good registration is another.
async fn with(member: &str, value: &str) -> Answer {
    let mut body = registration("c");
    body[member] = value.into();
    World::new().send(register().json(&body)).await
}

/// The refusal speaks to the person, of what they can change.
async fn refused_to_the_person(member: &str, value: &str, code: &str) {
    let body = refused(&with(member, value).await, code);
    let text = body["userMessage"].as_str().unwrap();
    assert!(!text.starts_with("Your request could not be completed"), "{text}");
    assert!(!body.to_string().contains(value), "{body}");
}

#[tokio::test]
async fn a_name_with_digits_is_refused_before_anything_is_paid() {
    for name in ["Ada2", "X Æ A-12", "٣ Ada", "Ada²"] {
        refused_to_the_person("givenName", name, "registration.name_characters").await;
    }
}

#[tokio::test]
async fn a_name_with_markup_is_refused_before_anything_is_paid() {
    for name in [
        "<b>Ada</b>",
        "Ada &amp; Eve",
        "{{name}}",
        "Ada;",
        "Ada\\n",
        "https://a.example",
    ] {
        refused_to_the_person("surname", name, "registration.name_characters").await;
    }
}

#[tokio::test]
async fn a_name_with_invisible_characters_is_refused_before_anything_is_paid() {
    for name in [
        "A\u{200b}da",
        "\u{202e}adA",
        "Ada\u{feff}",
        "A\u{200d}da",
        "A\u{ad}da",
        "Ada\u{2028}Eve",
    ] {
        refused_to_the_person("surname", name, "registration.name_characters").await;
    }
}

#[tokio::test]
async fn a_birth_date_in_the_future_is_refused_before_anything_is_paid() {
    for day in ["2026-02-05", "2999-01-01"] {
        refused_to_the_person("birthdate", day, "registration.birthdate_range").await;
    }
}

#[tokio::test]
async fn a_birth_date_more_than_130_years_back_is_refused_before_anything_is_paid() {
    for day in ["1896-02-02", "0001-01-01"] {
        refused_to_the_person("birthdate", day, "registration.birthdate_range").await;
    }
}

#[tokio::test]
async fn today_and_130_years_back_are_birth_dates() {
    // In the farthest east it is tomorrow already.
    for day in ["1896-02-03", "2026-02-03", "2026-02-04"] {
        assert_eq!(with("birthdate", day).await.status(), 200, "{day}");
    }
}

#[tokio::test]
async fn the_sentence_about_a_name_is_in_the_person_s_language() {
    let mut said = std::collections::BTreeSet::new();
    for language in ["en", "de", "fr", "es", "ar"] {
        let mut body = registration("c");
        body["givenName"] = "4da".into();
        body["locale"] = language.into();
        let answer = World::new().send(register().json(&body)).await;
        said.insert(json_of(&answer)["userMessage"].to_string());
    }
    assert_eq!(said.len(), 5, "{said:?}");
}
