//! Where the person is: asked before the vendor is, when it has to know and nobody has said so.

use serde_json::json;

use super::world::{
    Answer, Browser, REDIRECT, World, encoded, json_of, location, register, registration, sent, text_of,
};
use crate::checks::vendor::Place;
use crate::grants::tests::vendor::{approved, rejected};

const AT_VENDOR: &str = "https://vendor.example/go/";

fn needing() -> (World, Browser) {
    let world = World::new();
    world.vendor.needs_place();
    (world, Browser::default())
}

/// Authorizes, and is asked.
async fn asked(world: &World, browser: &Browser) -> String {
    let ticket = world.ticket("c1").await;
    let answer = browser.authorize(world, &ticket, "").await;
    assert!(location(&answer).contains("/country"), "{answer:?}");
    assert_eq!(world.vendor.starts(), 0);
    location(&answer).split('?').next().unwrap().to_owned()
}

async fn say(world: &World, browser: &Browser, page: &str, fields: &[(&str, &str)]) -> Answer {
    browser.say(world, page, fields).await
}

/// Goes on as the page says.
async fn on(world: &World, browser: &Browser, page: &str, answer: &Answer) {
    let next = format!("{}/continue?at=vendor", page.strip_suffix("/country").unwrap());
    assert!(text_of(answer).contains(&next), "{answer:?}");
    let answer = browser.get(world, &next).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
}

fn place(country: &str, state: Option<&str>) -> Place {
    Place {
        country: Some(country.into()),
        state: state.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_country_that_nobody_named_is_asked_for_and_told_to_the_vendor() {
    let (world, browser) = needing();
    let page = asked(&world, &browser).await;
    let shown = browser.get(&world, &page).await;
    let text = text_of(&shown);
    assert!(text.contains("<option value=\"DEU\">Germany</option>"), "{text}");
    assert!(!text.contains("aria-invalid"), "{text}");
    let answer = say(
        &world,
        &browser,
        &page,
        &[("country", "AUT"), ("action", "begin")],
    )
    .await;
    on(&world, &browser, &page, &answer).await;
    assert_eq!(world.vendor.start_of(0).place, place("AUT", None));
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    assert!(sent(&answer, "code").is_some());
}

#[tokio::test]
async fn in_the_usa_the_state_is_asked_for_in_a_second_step() {
    let (world, browser) = needing();
    let page = asked(&world, &browser).await;
    let answer = say(&world, &browser, &page, &[("country", "USA")]).await;
    let text = text_of(&answer);
    assert!(text.contains("<option value=\"IL\">Illinois</option>"), "{text}");
    assert!(text.contains("name=\"country\" value=\"USA\""), "{text}");
    assert_eq!(world.vendor.starts(), 0);
    let answer = say(&world, &browser, &page, &[("country", "USA"), ("state", "IL")]).await;
    on(&world, &browser, &page, &answer).await;
    assert_eq!(world.vendor.start_of(0).place, place("USA", Some("IL")));
}

/// A client that records consents knows the country, and need not know the state: the person is asked for that alone.
#[tokio::test]
async fn a_client_may_name_the_usa_and_leave_the_state_to_the_person() {
    let (world, browser) = needing();
    let mut body = registration("c1");
    body["consentVersion"] = json!("v1");
    body["consentTime"] = json!(1_770_112_800);
    body["consentCountry"] = json!("usa");
    let registered = world.send(register().json(&body)).await;
    assert_eq!(registered.status(), 200, "{registered:?}");
    let ticket = json_of(&registered)["ticket"].as_str().unwrap().to_owned();
    let answer = browser.authorize(&world, &ticket, "").await;
    let page = location(&answer).split('?').next().unwrap().to_owned();
    let shown = browser.get(&world, &page).await;
    let text = text_of(&shown);
    assert!(text.contains("name=\"country\" value=\"USA\""), "{text}");
    let answer = say(&world, &browser, &page, &[("country", "USA"), ("state", "IL")]).await;
    on(&world, &browser, &page, &answer).await;
    assert_eq!(world.vendor.start_of(0).place, place("USA", Some("IL")));
}

#[tokio::test]
async fn an_answer_that_is_not_in_the_list_is_asked_for_again() {
    let (world, browser) = needing();
    let page = asked(&world, &browser).await;
    for fields in [
        &[][..],
        &[("country", "")],
        &[("country", "XXX")],
        &[("country", "deu")],
        &[("country", "USA"), ("state", "")],
        &[("country", "USA"), ("state", "Illinois")],
    ] {
        let answer = say(&world, &browser, &page, fields).await;
        assert_eq!(answer.status(), 400, "{fields:?}");
        let text = text_of(&answer);
        assert!(
            text.contains("aria-invalid=\"true\"") && text.contains("from the list"),
            "{text}"
        );
    }
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn a_country_that_the_client_names_is_not_asked_for() {
    let (world, browser) = needing();
    let mut body = registration("c1");
    body["consentVersion"] = json!("7");
    body["consentTime"] = json!("2026-02-03T09:59:00Z");
    body["consentCountry"] = json!("AUT");
    let registered = json_of(&world.send(register().json(&body)).await);
    let ticket = registered["ticket"].as_str().unwrap();
    let answer = browser.authorize(&world, ticket, "").await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    assert_eq!(world.vendor.start_of(0).place, place("AUT", None));
}

#[tokio::test]
async fn a_pushed_request_asks_as_well() {
    let (world, browser) = needing();
    let uri = super::push::pushed(&world).await;
    let query = encoded(&[("client_id", "okta"), ("request_uri", &uri)]);
    let answer = browser
        .enter(&world, &format!("/api/verify/authorize?{query}"))
        .await;
    let page = location(&answer).split('?').next().unwrap().to_owned();
    let answer = say(&world, &browser, &page, &[("country", "FRA")]).await;
    on(&world, &browser, &page, &answer).await;
}

#[tokio::test]
async fn what_was_said_holds_for_later_attempts_and_other_tabs() {
    let (world, browser) = needing();
    let page = asked(&world, &browser).await;
    let answer = say(&world, &browser, &page, &[("country", "AUT")]).await;
    on(&world, &browser, &page, &answer).await;
    // Another tab still shows the question: the first answer stays.
    say(&world, &browser, &page, &[("country", "FRA")]).await;
    let answer = browser.get(&world, &page).await;
    assert!(location(&answer).ends_with("/continue?at=vendor"), "{answer:?}");
    world.vendor.set(0, rejected());
    let answer = browser.come_back(&world, 0).await;
    let wait = location(&answer).to_owned();
    assert_eq!(browser.act(&world, &wait, "retry").await.status(), 200);
    let answer = browser.get(&world, &format!("{wait}/continue")).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    assert_eq!(world.vendor.start_of(1).place, place("AUT", None));
}

#[tokio::test]
async fn an_attempt_that_was_joined_and_rejected_asks_before_the_next_one() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, rejected());
    let answer = browser.come_back(&world, 0).await;
    let wait = location(&answer).to_owned();
    // The settings no longer name a default.
    world.vendor.needs_place();
    let answer = browser.act(&world, &wait, "retry").await;
    assert!(location(&answer).ends_with("/country?for=retry"), "{answer:?}");
    let page = format!("{wait}/country");
    let shown = browser.get(&world, location(&answer)).await;
    assert!(
        text_of(&shown).contains("name=\"action\" value=\"retry\""),
        "{shown:?}"
    );
    let answer = say(
        &world,
        &browser,
        &page,
        &[("country", "AUT"), ("action", "retry")],
    )
    .await;
    on(&world, &browser, &page, &answer).await;
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn another_browser_neither_sees_the_question_nor_answers_it() {
    let (world, browser) = needing();
    let page = asked(&world, &browser).await;
    let stranger = Browser::default();
    assert_eq!(stranger.get(&world, &page).await.status(), 403);
    let answer = say(&world, &stranger, &page, &[("country", "AUT")]).await;
    assert_eq!(answer.status(), 403);
    assert_eq!(browser.get(&world, &page).await.status(), 200);
}
