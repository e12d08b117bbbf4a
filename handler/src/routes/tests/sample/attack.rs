//! Attacks on the sample front. Each test states what must hold; those that fail are findings.

use super::*;
use crate::checks::decide::Operator;
use crate::grants::tests::vendor::abandoned;
use crate::ids::VerificationId;

fn of_app_2(correlation: &str) -> Value {
    let mut body = transaction(correlation);
    body["ClientId"] = json!("app-2");
    body["RedirectUri"] = json!("https://other.example");
    body
}

async fn begun_by(world: &World, body: Value) -> Value {
    let answer = world.send(call("InitializeTransaction").json(&body)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)
}

async fn done(world: &World, browser: &Browser) -> Value {
    let begun = begun(world, "c1").await;
    to_vendor(world, browser, &begun).await;
    world.vendor.set(0, approved());
    let answer = browser.come_back(world, 0).await;
    assert!(sent(&answer, "id_token_hint").is_some(), "{answer:?}");
    begun
}

/// A: the hint lives five minutes, but the address in the history of the browser makes a new one the whole day.
#[tokio::test]
async fn a_link_that_was_answered_signs_nobody_in_a_day_later() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = done(&world, &browser).await;
    world.advance_s(23 * 3600);
    let answer = browser.enter(&world, &start_of(&begun)).await;
    assert!(
        sent_or_none(&answer, "id_token_hint").is_none(),
        "signed in without a password: {answer:?}"
    );
}

/// A: the same of the address that leads back from the vendor, as long as its handle lives.
#[tokio::test]
async fn the_way_back_signs_nobody_in_when_the_first_hint_is_over() {
    let (world, browser) = (World::new(), Browser::default());
    done(&world, &browser).await;
    world.advance_s(3000);
    let answer = browser.come_back(&world, 0).await;
    assert!(
        sent_or_none(&answer, "id_token_hint").is_none(),
        "signed in without a password: {answer:?}"
    );
}

/// B: one browser, two applications: the person who signs in to the second is sent to the first.
#[tokio::test]
async fn a_sign_in_to_another_application_ends_there() {
    let (world, browser) = (World::new(), Browser::default());
    to_vendor(&world, &browser, &begun(&world, "c1").await).await;
    let second = begun_by(&world, of_app_2("c2")).await;
    let answer = browser.enter(&world, &start_of(&second)).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    assert_eq!(
        sent_or_none(&answer, "client_id").as_deref(),
        Some("app-2"),
        "{answer:?}"
    );
}

/// B: a second sign-in, in another browser, that goes on with the open transaction comes back to an error.
#[tokio::test]
async fn a_second_sign_in_in_another_browser_comes_back_too() {
    let (world, laptop, phone) = (World::new(), Browser::default(), Browser::default());
    to_vendor(&world, &laptop, &begun(&world, "c1").await).await;
    let second = begun(&world, "c2").await;
    let answer = phone.enter(&world, &start_of(&second)).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    world.vendor.set(0, approved());
    let answer = phone.come_back(&world, 0).await;
    assert!(answer.status().is_redirection(), "{answer:?}");
    assert!(sent_or_none(&answer, "id_token_hint").is_some(), "{answer:?}");
}

/// C: the page reloads only when its state changes, and being overdue changes nothing of it.
#[tokio::test]
async fn the_script_of_the_page_learns_that_the_person_has_waited_too_long() {
    let (world, browser) = (World::new(), Browser::default());
    to_vendor(&world, &browser, &begun(&world, "c1").await).await;
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let shown = text_of(&browser.get(&world, &page).await).to_owned();
    assert!(shown.contains("data-state=\"checking\""), "{shown}");
    world.advance_s(841);
    let told = json_of(&browser.get(&world, &format!("{page}/status")).await);
    assert_ne!(told["state"], "checking", "the page is never reloaded: {told}");
}

/// C: a reviewed person has a page without any way on, and nothing looks again.
#[tokio::test]
async fn the_page_of_a_review_finds_its_way_back_by_itself() {
    let (world, browser) = (World::new(), Browser::default());
    to_vendor(&world, &browser, &begun(&world, "c1").await).await;
    world.vendor.set(0, doubtful());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let shown = text_of(&browser.get(&world, &page).await).to_owned();
    assert!(
        shown.contains("data-poll")
            || shown.contains("http-equiv=\"refresh\"")
            || shown.contains("class=\"button"),
        "nothing to press, and nothing that asks again: {shown}"
    );
}

/// D: the last attempt ran out of time: no attempt is left and no way back either.
#[tokio::test]
async fn who_has_used_up_the_attempts_without_an_outcome_is_not_kept_for_ever() {
    let mut world = World::new();
    world.limits.max_starts = 1;
    world.rebuild();
    let browser = Browser::default();
    to_vendor(&world, &browser, &begun(&world, "c1").await).await;
    world.vendor.set(0, abandoned());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let shown = text_of(&browser.get(&world, &page).await).to_owned();
    let has_button = shown.contains("class=\"button");
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert!(
        has_button || location(&answer).starts_with(B2C),
        "no button, and {answer:?}: {shown}"
    );
}

/// E: what could not be checked is told as a refusal.
#[tokio::test]
async fn a_check_that_came_to_nothing_is_not_told_as_a_refusal() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, abandoned());
    browser.come_back(&world, 0).await;
    let token = token(&world, &begun["transactionReference"]).await;
    let answer = json_of(&validated(&world, &begun["transactionReference"], &token).await);
    assert_eq!(answer["success"], false);
    let said = answer["message"].as_str().unwrap_or_default();
    assert!(!said.contains("could not confirm"), "told as rejected: {said}");
}

/// F: after erasure (or retention) the account's own reference is an error of the journey, not "not verified".
#[tokio::test]
async fn an_erased_reference_is_not_verified_and_no_error() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = done(&world, &browser).await;
    let reference = &begun["transactionReference"];
    let id: VerificationId = reference.as_str().unwrap().parse().unwrap();
    let operator = Operator {
        who: "op".into(),
        why: "asked".into(),
    };
    world.build().checks.erase(id, &operator).await.unwrap();
    let body = json!({ "ObjectId": ACCOUNT, "TransactionReference": reference });
    let answer = world.send(call("InitializeVerification").json(&body)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
}

/// G: a link of a person who was erased begins nothing.
#[tokio::test]
async fn the_link_of_an_erased_person_signs_nobody_in() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = done(&world, &browser).await;
    let id: VerificationId = begun["transactionReference"].as_str().unwrap().parse().unwrap();
    let operator = Operator {
        who: "op".into(),
        why: "asked".into(),
    };
    world.build().checks.erase(id, &operator).await.unwrap();
    let answer = browser.enter(&world, &start_of(&begun)).await;
    assert!(sent_or_none(&answer, "id_token_hint").is_none(), "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

/// H: a visit whose page was open while its sign-in was cancelled in another browser.
#[tokio::test]
async fn one_browser_gives_up_and_the_other_goes_on() {
    let (world, laptop, phone) = (World::new(), Browser::default(), Browser::default());
    let first = begun(&world, "c1").await;
    let answer = agreed(&world, &laptop, &first).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    let second = begun(&world, "c2").await;
    phone.enter(&world, &start_of(&second)).await;
    // The laptop gives up.
    let answer = laptop.enter(&world, &start_of(&first)).await;
    let _ = answer;
    let handle = world
        .vendor
        .start_of(0)
        .return_url
        .path()
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    laptop
        .act(&world, &format!("/api/verify/wait/{handle}"), "cancel")
        .await;
    world.vendor.set(0, approved());
    let ids = world.vendor.ids_of(0);
    let body = json!({
        "callbackSentAt": "2026-02-03T10:05:00.000Z", "account": { "id": ids.account },
        "workflowExecution": { "id": ids.execution, "status": "PROCESSED" },
    });
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    assert_eq!(world.send(request("POST", &path).json(&body)).await.status(), 200);
    world.calm().await;
    let token = token(&world, &second["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "SUCCESS");
}

/// I: consent cannot be passed by any address of the visit.
#[tokio::test]
async fn nothing_but_the_consent_starts_anything() {
    let world = World::new();
    let browser = Browser::default();
    let answer = browser.enter(&world, &start_of(&begun(&world, "c1").await)).await;
    let page = location(&answer).split("/consent").next().unwrap().to_owned();
    for path in [
        "/continue",
        "/continue?at=vendor",
        "/continue?at=vendor&after=0",
        "/continue?after=1",
        "/status",
        "/country",
        "?told=starting",
    ] {
        let answer = browser.get(&world, &format!("{page}{path}")).await;
        assert!(
            !location_or_none(&answer).starts_with(AT_VENDOR),
            "{path}: {answer:?}"
        );
        assert!(!location_or_none(&answer).starts_with(B2C), "{path}: {answer:?}");
    }
    for action in ["begin", "retry", "cancel", "leave", "begin", "retry"] {
        browser.act(&world, &page, action).await;
        browser.get(&world, &format!("{page}/continue?at=vendor")).await;
        browser.get(&world, &format!("{page}/continue")).await;
    }
    browser
        .send(
            &world,
            form(
                &format!("{page}/country"),
                &[("country", "AUT"), ("action", "retry")],
            ),
        )
        .await;
    let stranger = Browser::default();
    let answer = stranger
        .send(&world, form(&format!("{page}/consent"), &[("action", "begin")]))
        .await;
    assert!(answer.status().is_client_error(), "{answer:?}");
    assert_eq!(world.vendor.starts(), 0);
}

fn location_or_none(answer: &Answer) -> &str {
    header(answer, "location")
}

/// J: a person whose sign-in waits before consent for so long is not sent back as pending.
#[tokio::test]
async fn who_never_agreed_is_not_sent_back_however_long_they_wait() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = browser.enter(&world, &start_of(&begun(&world, "c1").await)).await;
    let page = location(&answer).split("/consent").next().unwrap().to_owned();
    world.advance_s(900);
    for path in ["", "/continue", "/continue?at=vendor"] {
        let answer = browser.get(&world, &format!("{page}{path}")).await;
        assert!(
            sent_or_none(&answer, "id_token_hint").is_none(),
            "{path}: {answer:?}"
        );
    }
    browser.act(&world, &page, "leave").await;
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert!(sent_or_none(&answer, "id_token_hint").is_none(), "{answer:?}");
}

fn sent_or_none(answer: &Answer, name: &str) -> Option<String> {
    let address = header(answer, "location");
    let address = url::Url::parse(address).ok()?;
    let found = address.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// K: another's cookie, handle and link do not mix.
#[tokio::test]
async fn a_handle_of_one_browser_opens_nothing_for_another_of_the_same_account() {
    let (world, laptop, phone) = (World::new(), Browser::default(), Browser::default());
    let first = begun(&world, "c1").await;
    let answer = laptop.enter(&world, &start_of(&first)).await;
    let page = location(&answer).split("/consent").next().unwrap().to_owned();
    phone.enter(&world, &start_of(&begun(&world, "c2").await)).await;
    for path in ["", "/status", "/consent", "/country", "/continue"] {
        let answer = phone.get(&world, &format!("{page}{path}")).await;
        assert!(answer.status().is_client_error(), "{path}: {answer:?}");
    }
}

/// L: questions about one transaction do not silence another's.
#[tokio::test]
async fn one_account_cannot_use_up_anothers_questions() {
    let world = World::new();
    let mine = token(&world, &begun(&world, "c1").await["transactionReference"]).await;
    for _ in 0..40 {
        world.send(poll(&mine)).await;
    }
    let mut other = transaction("c9");
    other["ObjectId"] = json!("other-account");
    let other = begun_by(&world, other).await;
    let body = json!({ "ObjectId": "other-account", "TransactionReference": other["transactionReference"] });
    let answer = world.send(call("InitializeVerification").json(&body)).await;
    let theirs = json_of(&answer)["verificationToken"].clone();
    assert_eq!(world.send(poll(&theirs)).await.status(), 200);
}

/// N: a sign-in with a changed name is another verification that joins the open transaction; the person comes back to that one,
/// also in a browser that holds the first one's cookie. (Held before `latest_by_link` came before `continued`.)
#[tokio::test]
async fn who_changed_their_name_comes_back_to_the_sign_in_of_the_new_name() {
    let (world, browser) = (World::new(), Browser::default());
    let named = |mut body: Value, name: &str| {
        body["GivenName"] = json!(name);
        body["Surname"] = json!("Lovelace");
        body
    };
    to_vendor(
        &world,
        &browser,
        &begun_by(&world, named(transaction("c1"), "Bob")).await,
    )
    .await;
    let second = begun_by(&world, named(of_app_2("c2"), "Ada")).await;
    let answer = browser.enter(&world, &start_of(&second)).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    assert_eq!(
        sent_or_none(&answer, "transactionReference").as_deref(),
        second["transactionReference"].as_str(),
        "{answer:?}"
    );
}
