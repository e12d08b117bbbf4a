//! What ASP.NET Core 10 sends with the least that a developer writes: it pushes by itself, whatever stands in `LoginHint`.
//! The parameters and their order are those of its `OpenIdConnectHandler` (`client_secret_post`, `form_post`, PKCE).

use serde_json::{Value, json};

use super::world::{
    Answer, Browser, CHALLENGE, REDIRECT, SECRET, VERIFIER, World, encoded, form, header, json_of, register,
    registration, text_of,
};
use crate::grants::tests::vendor::approved;

const PAR: &str = "/api/verify/par";

/// What the handler pushes; `more` is what an application adds.
async fn challenge(world: &World, login_hint: &str, more: &[(&str, &str)]) -> Answer {
    let fields = [
        ("client_id", "b2c"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("response_mode", "form_post"),
        (
            "nonce",
            "639000000000000000.NzM2ZTM4YjQtZDA5Ny00NzY0LThkZjgtMGU2ZTQ0ODQ3YjQ1",
        ),
        ("login_hint", login_hint),
        (
            "state",
            "CfDJ8EYlH4zKv0tGkFQb2dX1T7y0p9mYb0rHn3Vf6s8Kq1WcZxLJ5uQ2eA",
        ),
        ("x-client-SKU", "ID_NET9_0"),
        ("x-client-ver", "8.0.1.0"),
        ("client_secret", SECRET),
    ];
    let fields: Vec<_> = fields.into_iter().chain(more.iter().copied()).collect();
    world.send(form(PAR, &fields)).await
}

/// `claims` as the application of `push.cs` writes it.
fn claims(given: &str, family: &str, birth: &str) -> String {
    let asked = |value: &str| json!({ "value": value });
    json!({ "id_token": { "verified_claims": {
        "verification": { "trust_framework": null },
        "claims": { "given_name": asked(given), "family_name": asked(family), "birthdate": asked(birth) },
    } } })
    .to_string()
}

/// The browser goes where the pushed request says, to the vendor and back; the client redeems what the form brings.
async fn sign_in(world: &World, pushed: &Answer) -> Value {
    assert_eq!(pushed.status(), 201, "{pushed:?}");
    let uri = json_of(pushed)["request_uri"].as_str().unwrap().to_owned();
    let fields = [("client_id", "b2c"), ("request_uri", uri.as_str())];
    let browser = Browser::default();
    let path = format!("/api/verify/authorize?{}", encoded(&fields));
    let mut answer = browser.get(world, &path).await;
    for _ in 0..4 {
        if answer.status() == 303 && header(&answer, "location").starts_with('/') {
            let next = header(&answer, "location").to_owned();
            answer = browser.get(world, &next).await;
        }
    }
    let n = world.vendor.starts() - 1;
    world.vendor.set(n, approved());
    answer = browser.come_back(world, n).await;
    if answer.status() == 303 {
        let wait = header(&answer, "location").to_owned();
        answer = browser.get(world, &format!("{wait}/continue")).await;
    }
    let token = redeem(world, &field(&answer, "code")).await;
    world.believe(&token, "b2c")
}

async fn redeem(world: &World, code: &str) -> Value {
    let fields = [
        ("client_id", "b2c"),
        ("client_secret", SECRET),
        ("code", code),
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let answer = world.post_form("/api/token", &fields).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)
}

/// The value of a field of the form that the browser posts to the client.
fn field(answer: &Answer, name: &str) -> String {
    let page = text_of(answer);
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name}: {answer:?}"));
    rest.split_once('"').unwrap().0.to_owned()
}

/// `ticket.cs`: names are registered server to server.
async fn registered(world: &World, given: &str) -> Value {
    registered_as(world, given, "0HNH1K2M3N4O5:00000001").await
}

async fn registered_as(world: &World, given: &str, correlation: &str) -> Value {
    let body = json!({
        "subject": "user-1", "correlationId": correlation, "clientId": "b2c",
        "given_name": given, "family_name": "Lovelace", "birthdate": "1985-12-10", "locale": "en",
    });
    let answer = world.send(register().json(&body)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_else(|| panic!("no {name}: {of}"))
}

fn refused(answer: &Answer, says: &str) {
    let told = json_of(answer);
    assert_eq!(
        (answer.status().as_u16(), &told["error"]),
        (400, &"invalid_request".into()),
        "{answer:?}"
    );
    assert!(text(&told, "error_description").contains(says), "{told}");
}

#[tokio::test]
async fn a_pushed_account_id_with_names_is_a_check_of_its_own() {
    let world = World::new();
    let claims = claims("Ada", "Lovelace", "1985-12-10");
    let pushed = challenge(&world, "user-1", &[("claims", &claims)]).await;
    let told = sign_in(&world, &pushed).await;
    assert_eq!(told["idv_status"], "approved", "{told}");
}

#[tokio::test]
async fn a_pushed_account_id_with_other_names_is_not_approved() {
    let world = World::new();
    let claims = claims("Grace", "Hopper", "1906-12-09");
    let pushed = challenge(&world, "user-1", &[("claims", &claims)]).await;
    let told = sign_in(&world, &pushed).await;
    assert_eq!(told["idv_status"], "rejected", "{told}");
}

#[tokio::test]
async fn a_pushed_ticket_is_the_verification_that_was_registered() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    let pushed = challenge(&world, text(&known, "ticket"), &[]).await;
    let told = sign_in(&world, &pushed).await;
    assert_eq!(told["idv_status"], "approved", "{told}");
    assert_eq!(told["idv_reference"], known["verificationId"]);
    let again = registered_as(&world, "Ada", "0HNH1K2M3N4O5:00000002").await;
    assert_eq!(
        again["status"], "approved",
        "a check of the subject that was registered"
    );
}

#[tokio::test]
async fn a_pushed_ticket_of_another_name_is_not_approved() {
    let world = World::new();
    let known = registered(&world, "Grace").await;
    let pushed = challenge(&world, text(&known, "ticket"), &[]).await;
    let told = sign_in(&world, &pushed).await;
    assert_eq!(
        (&told["idv_status"], &told["idv_reason"]),
        (&"rejected".into(), &"name_mismatch".into()),
        "{told}"
    );
}

#[tokio::test]
async fn an_expired_ticket_that_is_pushed_is_refused() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    world.advance_s(86_401);
    let pushed = challenge(&world, text(&known, "ticket"), &[]).await;
    refused(&pushed, "expired");
}

#[tokio::test]
async fn a_damaged_ticket_that_is_pushed_is_refused() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    let ticket = text(&known, "ticket");
    let cut = &ticket[..ticket.len() - 1];
    for damaged in [cut.to_owned(), format!(" {ticket}"), ticket.to_uppercase()] {
        refused(&challenge(&world, &damaged, &[]).await, "ticket");
    }
}

#[tokio::test]
async fn a_ticket_of_another_client_that_is_pushed_is_refused() {
    let world = World::new();
    let mut body = registration("c1");
    body["clientId"] = "okta".into();
    let known = json_of(&world.send(register().json(&body)).await);
    let pushed = challenge(&world, text(&known, "ticket"), &[]).await;
    refused(&pushed, "another client");
}

#[tokio::test]
async fn a_value_of_ours_that_is_no_ticket_is_no_subject_either() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    let pushed = challenge(&world, text(&known, "ticket"), &[]).await;
    let uri = json_of(&pushed)["request_uri"].as_str().unwrap().to_owned();
    let value = uri.rsplit(':').next().unwrap();
    refused(&challenge(&world, value, &[]).await, "subject");
}

#[tokio::test]
async fn a_ticket_is_no_subject_of_a_registration() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    for ticket in [
        text(&known, "ticket").to_owned(),
        format!("{}x", text(&known, "ticket")),
    ] {
        let mut body = registration("c2");
        body["objectId"] = ticket.into();
        let answer = world.send(register().json(&body)).await;
        assert_eq!(
            (answer.status().as_u16(), &json_of(&answer)["code"]),
            (409, &"subject.ticket".into()),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn claims_that_say_what_was_registered_with_the_ticket_change_nothing() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    let claims = claims("Ada", "Lovelace", "1985-12-10");
    let pushed = challenge(&world, text(&known, "ticket"), &[("claims", &claims)]).await;
    let told = sign_in(&world, &pushed).await;
    assert_eq!(told["idv_status"], "approved", "{told}");
    assert_eq!(told["idv_reference"], known["verificationId"]);
    assert_eq!(told["verified_claims"]["claims"]["given_name"], "MATCHED");
}

#[tokio::test]
async fn claims_beside_a_ticket_never_replace_what_was_registered() {
    let world = World::new();
    let known = registered(&world, "Grace").await;
    let claims = claims("Ada", "Lovelace", "1985-12-10");
    let pushed = challenge(&world, text(&known, "ticket"), &[("claims", &claims)]).await;
    let told = sign_in(&world, &pushed).await;
    assert_eq!(told["idv_status"], "rejected", "{told}");
    assert_eq!(told["idv_reference"], known["verificationId"]);
    assert_eq!(
        told["verified_claims"]["claims"].get("given_name"),
        None,
        "{told}"
    );
}

#[tokio::test]
async fn claims_beside_a_ticket_add_to_what_must_match() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    let claims = claims("Grace", "Lovelace", "1985-12-10");
    let pushed = challenge(&world, text(&known, "ticket"), &[("claims", &claims)]).await;
    let told = sign_in(&world, &pushed).await;
    assert_eq!(
        (&told["idv_status"], &told["idv_reason"]),
        (&"rejected".into(), &"name_mismatch".into()),
        "{told}"
    );
    assert_eq!(told["idv_reference"], known["verificationId"]);
}

/// An approval does not speak for what was added after it: the vendor is read again, and nothing is paid.
#[tokio::test]
async fn claims_beside_a_ticket_that_was_approved_are_compared_too() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    let pushed = challenge(&world, text(&known, "ticket"), &[]).await;
    assert_eq!(sign_in(&world, &pushed).await["idv_status"], "approved");
    let claims = claims("Grace", "Lovelace", "1985-12-10");
    let pushed = challenge(&world, text(&known, "ticket"), &[("claims", &claims)]).await;
    let uri = json_of(&pushed)["request_uri"].as_str().unwrap().to_owned();
    let browser = Browser::default();
    let query = encoded(&[("client_id", "b2c"), ("request_uri", uri.as_str())]);
    let mut answer = browser
        .get(&world, &format!("/api/verify/authorize?{query}"))
        .await;
    for _ in 0..4 {
        if answer.status() != 303 {
            break;
        }
        let next = header(&answer, "location").to_owned();
        assert!(next.starts_with('/'), "{answer:?}");
        answer = browser.get(&world, &next).await;
    }
    assert!(text_of(&answer).contains("data-state=\"rejected\""), "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn additions_to_one_registration_come_to_an_end() {
    let world = World::new();
    let known = registered(&world, "Ada").await;
    for n in 0..20u8 {
        let claims = claims(&format!("Ada{}", char::from(b'a' + n)), "Lovelace", "1985-12-10");
        let pushed = challenge(&world, text(&known, "ticket"), &[("claims", &claims)]).await;
        assert_eq!(pushed.status(), 201, "{pushed:?}");
    }
    let claims = claims("Adaz", "Lovelace", "1985-12-10");
    let pushed = challenge(&world, text(&known, "ticket"), &[("claims", &claims)]).await;
    assert_eq!(pushed.status(), 429, "{pushed:?}");
}
