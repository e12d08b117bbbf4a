//! What a client is told that takes every code for an approval: a code for one, and an error for everything else.

use std::time::Duration;

use serde_json::{Value, json};

use super::callback::callback;
use super::world::{
    Answer, Browser, ISSUER, REDIRECT, SECRET, World, encoded, header, json_of, location, register,
    registration, request, sent, text_of,
};
use crate::checks::Status;
use crate::checks::vendor::Progress;
use crate::clients::{Client, Outcomes};
use crate::grants::tests::vendor::{abandoned, approved, doubtful, rejected};
use crate::pages::Language;
use crate::person::release;
use crate::routes::browser::respond;

/// The client of the settings that is told outcomes as errors.
pub(super) const WEB: &str = "web";

/// Registers for this client.
pub(super) async fn ticket(world: &World, client: &str, correlation: &str) -> String {
    let mut body = registration(correlation);
    body["clientId"] = client.into();
    let answer = world.send(register().json(&body)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)["ticket"].as_str().unwrap().to_owned()
}

/// The authorize request of the client `web`, with these parameters more.
pub(super) fn path(ticket: &str, more: &[(&str, &str)]) -> String {
    let fields = [
        ("client_id", WEB),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "state-1"),
        ("login_hint", ticket),
    ];
    format!("/api/verify/authorize?{}&{}", encoded(&fields), encoded(more))
}

/// Begins a check for the client `web`; gives the address of the waiting page.
pub(super) async fn begun(world: &World, browser: &Browser, more: &[(&str, &str)]) -> String {
    let ticket = ticket(world, WEB, "c1").await;
    let answer = browser.enter(world, &path(&ticket, more)).await;
    assert!(
        location(&answer).starts_with("https://vendor.example/"),
        "{answer:?}"
    );
    let back = world.vendor.start_of(0).return_url;
    format!("/api/verify/wait/{}", back.path().rsplit('/').next().unwrap())
}

/// Goes there, has it end so, comes back and goes on to the client.
async fn ended(world: &World, browser: &Browser, ending: Progress, more: &[(&str, &str)]) -> Answer {
    let page = begun(world, browser, more).await;
    world.vendor.set(0, ending);
    let answer = browser.come_back(world, 0).await;
    if location(&answer).starts_with("https://") {
        return answer;
    }
    browser.get(world, &format!("{page}/continue")).await
}

/// The error that a browser carries, whose description begins with the status and tells no reason.
fn denied(answer: &Answer, error: &str, status: &str) {
    assert!(location(answer).starts_with(REDIRECT), "{answer:?}");
    assert_eq!(sent(answer, "error").as_deref(), Some(error), "{answer:?}");
    assert_eq!(sent(answer, "state").as_deref(), Some("state-1"));
    assert_eq!(sent(answer, "iss").as_deref(), Some(ISSUER));
    assert_eq!(sent(answer, "code"), None);
    let description = sent(answer, "error_description").unwrap();
    assert!(description.starts_with(&format!("{status}. ")), "{description}");
    assert!(description.contains("(reference "), "{description}");
}

pub(super) async fn redeem(world: &World, code: &str) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", WEB),
        ("client_secret", SECRET),
    ];
    world.post_form("/api/token", &fields).await
}

async fn userinfo(world: &World, token: &Value) -> Answer {
    let token = token["access_token"].as_str().unwrap();
    let request = request("GET", "/api/token/userinfo").header("authorization", format!("Bearer {token}"));
    world.send(request).await
}

/// A code for an approval.
async fn approved_code(world: &World) -> String {
    let answer = ended(world, &Browser::default(), approved(), &[]).await;
    sent(&answer, "code").unwrap()
}

/// The vendor takes its approval back; `read` says whether that can be read.
async fn reversed(world: &World, read: bool) {
    world.vendor.set(0, rejected());
    world.vendor.set_down(!read);
    let noticed = world.send(callback(world, 0, "PROCESSED")).await;
    assert_eq!(noticed.status(), 200);
    world.calm().await;
}

#[tokio::test]
async fn an_approval_gives_a_code_and_claims_say_nothing_of_checks_unasked() {
    let world = World::new();
    let code = approved_code(&world).await;
    let token = json_of(&redeem(&world, &code).await);
    let claims = world.believe(&token, WEB);
    assert!(claims.get("auth_time").is_some(), "{claims}");
    let info = json_of(&userinfo(&world, &token).await);
    for told in [&claims, &info] {
        let names = told.as_object().unwrap().keys();
        assert_eq!(names.filter(|name| name.starts_with("idv_")).count(), 0, "{told}");
    }
}

#[tokio::test]
async fn whoever_asks_for_it_by_scope_is_told_about_the_check() {
    let world = World::new();
    let answer = ended(&world, &Browser::default(), approved(), &[]).await;
    drop(answer);
    let ticket = ticket(&world, WEB, "c2").await;
    let wanted = path(&ticket, &[]).replace("scope=openid", "scope=openid+idv");
    let answer = Browser::default().enter(&world, &wanted).await;
    let token = json_of(&redeem(&world, &sent(&answer, "code").unwrap()).await);
    assert_eq!(token["scope"], "openid idv");
    assert_eq!(world.believe(&token, WEB)["idv_status"], "approved");
    assert_eq!(json_of(&userinfo(&world, &token).await)["idv_status"], "approved");
}

#[tokio::test]
async fn a_refused_person_is_access_denied() {
    let world = World::new();
    denied(
        &ended(&world, &Browser::default(), rejected(), &[]).await,
        "access_denied",
        "rejected",
    );
}

#[tokio::test]
async fn a_person_in_review_is_access_denied() {
    let world = World::new();
    denied(
        &ended(&world, &Browser::default(), doubtful(), &[]).await,
        "access_denied",
        "review",
    );
}

#[tokio::test]
async fn who_did_not_finish_in_time_is_access_denied() {
    let world = World::new();
    denied(
        &ended(&world, &Browser::default(), abandoned(), &[]).await,
        "access_denied",
        "expired",
    );
}

#[tokio::test]
async fn who_gives_up_is_access_denied() {
    let (world, browser) = (World::new(), Browser::default());
    let page = begun(&world, &browser, &[]).await;
    browser.act(&world, &page, "cancel").await;
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    denied(&answer, "access_denied", "cancelled");
}

#[tokio::test]
async fn who_does_not_wait_for_the_result_is_access_denied_and_the_next_sign_in_has_it() {
    let (world, browser) = (World::new(), Browser::default());
    denied(
        &ended(&world, &browser, Progress::Captured, &[]).await,
        "access_denied",
        "pending",
    );
    world.vendor.set(0, approved());
    world.advance_s(60);
    let ticket = ticket(&world, WEB, "c2").await;
    let answer = browser.enter(&world, &path(&ticket, &[])).await;
    let (_, answer) = browser.arrive(&world, answer).await;
    assert!(sent(&answer, "code").is_some(), "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_vendor_that_is_away_is_no_word_about_the_person() {
    let (world, browser) = (World::new(), Browser::default());
    world.vendor.set_unreachable(true);
    let ticket = ticket(&world, WEB, "c1").await;
    let answer = browser.enter(&world, &path(&ticket, &[])).await;
    assert_eq!(answer.status(), 503, "{answer:?}");
    let text = text_of(&answer);
    let at = text.find("action=\"/api/verify/wait/").unwrap() + 8;
    let page = text[at..].split('"').next().unwrap().to_owned();
    browser.act(&world, &page, "leave").await;
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    denied(&answer, "temporarily_unavailable", "error");
}

#[tokio::test]
async fn who_has_used_up_their_attempts_is_access_denied() {
    let (mut world, browser) = (World::new(), Browser::default());
    world.limits.max_attempts = 1;
    world.rebuild();
    ended(&world, &browser, rejected(), &[]).await;
    let ticket = ticket(&world, WEB, "c2").await;
    let answer = browser.enter(&world, &path(&ticket, &[])).await;
    let text = text_of(&answer);
    let at = text.find("action=\"/api/verify/wait/").unwrap() + 8;
    let page = text[at..].split('"').next().unwrap().to_owned();
    browser.act(&world, &page, "leave").await;
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    denied(&answer, "access_denied", "rejected");
}

#[tokio::test]
async fn errors_travel_by_the_response_mode_that_was_asked_for() {
    let world = World::new();
    let answer = ended(
        &world,
        &Browser::default(),
        rejected(),
        &[("response_mode", "form_post")],
    )
    .await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let page = text_of(&answer);
    for part in [
        REDIRECT,
        "name=\"error\" value=\"access_denied\"",
        "value=\"state-1\"",
        ISSUER,
        "rejected. ",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("name=\"code\""), "{page}");
}

/// RFC 9207 section 2, and those who take an `iss` beside an error for somebody else's.
#[tokio::test]
async fn the_issuer_is_left_out_of_errors_for_those_who_cannot_take_it() {
    let world = World::new();
    world.serve(|client| Client {
        iss_in_errors: false,
        ..client
    });
    let answer = ended(&world, &Browser::default(), rejected(), &[]).await;
    assert_eq!(sent(&answer, "error").as_deref(), Some("access_denied"));
    assert_eq!(sent(&answer, "iss"), None);
    let answer = world.get(&path("", &[("prompt", "none")])).await;
    assert_eq!(
        (sent(&answer, "error").is_some(), sent(&answer, "iss")),
        (true, None),
        "{answer:?}"
    );
    let again = World::new();
    again.serve(|client| Client {
        iss_in_errors: false,
        ..client
    });
    let answer = ended(&again, &Browser::default(), approved(), &[]).await;
    assert_eq!(sent(&answer, "iss").as_deref(), Some(ISSUER));
}

/// A callback came after it was found to be over, and cannot be read: the waiting page says how things stand.
#[tokio::test]
async fn an_outcome_with_an_unread_callback_is_not_told() {
    let (world, browser) = (World::new(), Browser::default());
    let page = begun(&world, &browser, &[]).await;
    world.vendor.set(0, rejected());
    browser.come_back(&world, 0).await;
    reversed(&world, false).await;
    let answer = browser.get(&world, &page).await;
    assert!(text_of(&answer).contains("data-state=\"checking\""), "{answer:?}");
}

/// The same between the look that found it over, and the answer.
#[tokio::test]
async fn what_was_shown_as_over_is_not_told_as_pending() {
    let (world, browser) = (World::new(), Browser::default());
    let page = begun(&world, &browser, &[]).await;
    world.vendor.set(0, rejected());
    browser.come_back(&world, 0).await;
    reversed(&world, false).await;
    let services = world.services.borrow().clone().unwrap();
    let cookies = browser.cookies();
    let cookie = cookies.split_once('=').map(|(_, value)| value);
    let visit = services
        .grants
        .visit(page.rsplit('/').next().unwrap(), cookie)
        .await
        .unwrap();
    let answer = respond::answer(&services, &visit, Status::Rejected, Language::English);
    let answer = answer.await.unwrap();
    assert_eq!(answer.headers()["location"], page.as_str());
}

#[tokio::test]
async fn a_code_whose_approval_was_taken_back_is_refused_and_not_used_up() {
    let world = World::new();
    let code = approved_code(&world).await;
    reversed(&world, true).await;
    let answer = redeem(&world, &code).await;
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["error"]),
        (400, &json!("invalid_grant")),
        "{answer:?}"
    );
    world.vendor.set(0, approved());
    let mut again = callback(&world, 0, "PROCESSED");
    again = again.json(&json!({
        "callbackSentAt": "2026-02-03T10:13:21.004Z",
        "account": {"id": world.vendor.ids_of(0).account},
        "workflowExecution": {"id": world.vendor.ids_of(0).execution, "status": "PROCESSED"},
    }));
    assert_eq!(world.send(again).await.status(), 200);
    world.calm().await;
    let answer = redeem(&world, &code).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
}

#[tokio::test]
async fn a_code_whose_approval_cannot_be_read_now_is_good_later() {
    let world = World::new();
    let code = approved_code(&world).await;
    reversed(&world, false).await;
    let answer = redeem(&world, &code).await;
    assert_eq!(answer.status(), 503, "{answer:?}");
    assert_eq!(json_of(&answer)["error"], "temporarily_unavailable");
    assert!(!header(&answer, "retry-after").is_empty(), "{answer:?}");
    world.vendor.set(0, approved());
    world.vendor.set_down(false);
    world.advance_s(6);
    assert_eq!(redeem(&world, &code).await.status(), 200);
}

#[tokio::test]
async fn an_access_token_whose_approval_was_taken_back_is_invalid() {
    let world = World::new();
    let code = approved_code(&world).await;
    let token = json_of(&redeem(&world, &code).await);
    assert_eq!(userinfo(&world, &token).await.status(), 200);
    reversed(&world, false).await;
    let answer = userinfo(&world, &token).await;
    assert_eq!(answer.status(), 503, "{answer:?}");
    assert!(!header(&answer, "retry-after").is_empty(), "{answer:?}");
    world.vendor.set_down(false);
    world.advance_s(6);
    let answer = userinfo(&world, &token).await;
    assert_eq!(answer.status(), 401, "{answer:?}");
    assert_eq!(json_of(&answer)["error"], "invalid_token");
}

/// Its setting was changed while a code of a refused person was on its way.
#[tokio::test]
async fn a_code_of_the_time_before_is_an_approval_or_nothing() {
    let world = World::new();
    world.serve(|client| Client {
        outcomes: Outcomes::Claims,
        ..client
    });
    let answer = ended(&world, &Browser::default(), rejected(), &[]).await;
    let code = sent(&answer, "code").unwrap();
    world.serve(|client| client);
    let answer = redeem(&world, &code).await;
    assert_eq!(
        (answer.status().as_u16(), &json_of(&answer)["error"]),
        (400, &json!("invalid_grant")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn who_waits_longer_than_their_client_is_led_back_by_themselves() {
    let (world, browser) = (World::new(), Browser::default());
    world.serve(|client| Client {
        return_within: Some(Duration::from_secs(840)),
        ..client
    });
    let page = begun(&world, &browser, &[]).await;
    world.vendor.set(0, Progress::Captured);
    browser.come_back(&world, 0).await;
    world.advance_s(830);
    let status = browser.get(&world, &format!("{page}/status")).await;
    assert_eq!(json_of(&status)["state"], "checking");
    world.advance_s(15);
    let status = browser.get(&world, &format!("{page}/status")).await;
    assert_eq!(json_of(&status)["state"], "due");
    denied(&browser.get(&world, &page).await, "access_denied", "pending");
}

#[tokio::test]
async fn with_claims_who_waits_too_long_is_led_back_with_a_code() {
    let (world, browser) = (World::new(), Browser::default());
    world.serve(|client| Client {
        return_within: Some(Duration::from_secs(840)),
        outcomes: Outcomes::Claims,
        ..client
    });
    let page = begun(&world, &browser, &[]).await;
    world.vendor.set(0, Progress::Captured);
    browser.come_back(&world, 0).await;
    world.advance_s(845);
    let code = sent(&browser.get(&world, &page).await, "code").unwrap();
    let token = json_of(&redeem(&world, &code).await);
    assert_eq!(world.believe(&token, WEB)["idv_status"], "pending");
}

/// Approved, and asked whether they began: the page led to itself for ever.
#[tokio::test]
async fn who_does_not_say_whether_they_began_is_led_back_without_an_outcome() {
    for outcomes in [Outcomes::Claims, Outcomes::Errors] {
        let (world, browser) = (World::new(), Browser::default());
        world.serve(|client| Client {
            return_within: Some(Duration::from_secs(840)),
            release: [release::Value::GivenName].into_iter().collect(),
            outcomes,
            ..client
        });
        let page = begun(&world, &browser, &[]).await;
        world.vendor.set(0, approved());
        world.advance_s(700);
        let shown = browser.get(&world, &page).await;
        assert!(
            text_of(&shown).contains("data-state=\"unconfirmed\""),
            "{shown:?}"
        );
        world.advance_s(145);
        let answer = browser.get(&world, &page).await;
        match outcomes {
            Outcomes::Errors => denied(&answer, "access_denied", "pending"),
            Outcomes::Claims => {
                let token = json_of(&redeem(&world, &sent(&answer, "code").unwrap()).await);
                assert_eq!(world.believe(&token, WEB)["idv_status"], "pending");
            }
        }
    }
}

#[tokio::test]
async fn whose_client_waits_for_ever_is_not_led_back() {
    let (world, browser) = (World::new(), Browser::default());
    world.serve(|client| Client {
        return_within: None,
        ..client
    });
    let page = begun(&world, &browser, &[]).await;
    world.vendor.set(0, Progress::Captured);
    browser.come_back(&world, 0).await;
    world.advance_s(3000);
    let answer = browser.get(&world, &page).await;
    assert!(text_of(&answer).contains("data-state=\"checking\""), "{answer:?}");
}

/// "The result follows" is a promise that only a client can keep that hears of it.
#[tokio::test]
async fn who_is_told_nothing_later_is_sent_to_sign_in_again() {
    for (outcomes, says) in [
        (Outcomes::Errors, "Sign in again later for the result."),
        (Outcomes::Claims, "the result follows later"),
    ] {
        let (world, browser) = (World::new(), Browser::default());
        world.serve(|client| Client { outcomes, ..client });
        let page = begun(&world, &browser, &[]).await;
        world.vendor.set(0, Progress::Captured);
        browser.come_back(&world, 0).await;
        let answer = browser.get(&world, &page).await;
        assert!(text_of(&answer).contains(says), "{outcomes:?}: {answer:?}");
    }
}
