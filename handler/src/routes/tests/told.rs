//! What a client is told of a person who could not be checked, and of when they were.

use serde_json::Value;

use super::world::{Answer, Browser, World, header, json_of, location, request, sent, text_of};
use crate::clock::Clock as _;
use crate::grants::tests::vendor::{approved, rejected};

/// The page of this sign-in, from the address in a form or link on a page, or from where a browser is sent.
fn page_of(answer: &Answer) -> String {
    if answer.status() == 303 {
        return location(answer).to_owned();
    }
    let text = text_of(answer);
    let (_, rest) = text
        .split_once("action=\"")
        .unwrap_or_else(|| panic!("{answer:?}"));
    rest.split_once('"').unwrap().0.to_owned()
}

/// Presses *leave* on a page, follows to the client, and gives what the client is told.
async fn leave(world: &World, browser: &Browser, page: &str) -> Value {
    browser.act(world, page, "leave").await;
    let answer = browser.get(world, &format!("{page}/continue")).await;
    told(world, &answer).await
}

async fn told(world: &World, answer: &Answer) -> Value {
    let code = sent(answer, "code").unwrap_or_else(|| panic!("no code: {answer:?}"));
    world.believe(&token(world, &code).await, "b2c")
}

async fn token(world: &World, code: &str) -> Value {
    let answer = world.redeem(code).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    json_of(&answer)
}

fn is(told: &Value, status: &str, reason: &str) {
    assert_eq!(
        (&told["idv_status"], &told["idv_reason"]),
        (&status.into(), &reason.into()),
        "{told}"
    );
}

/// Three rejections: nothing is left.
async fn use_up(world: &World, browser: &Browser) {
    for n in 0..3 {
        let ticket = world.ticket(&format!("used-{n}")).await;
        browser.authorize(world, &ticket, "&prompt=login").await;
        world.vendor.set(n, rejected());
        browser.come_back(world, n).await;
    }
    assert_eq!(world.vendor.starts(), 3);
}

#[tokio::test]
async fn no_attempts_left_is_a_rejection_of_its_own_and_nobody_was_checked() {
    let (world, browser) = (World::new(), Browser::default());
    use_up(&world, &browser).await;
    let ticket = world.ticket("c1").await;
    let answer = browser.authorize(&world, &ticket, "&prompt=login").await;
    let told = leave(&world, &browser, &page_of(&answer)).await;
    is(&told, "rejected", "attempts_exhausted");
    assert_eq!(told.get("auth_time"), None, "{told}");
    // The first of three ends its day then, and nobody comes in vain.
    assert_eq!(told["idv_next_attempt"], "2026-02-04T10:00:01Z", "{told}");
}

#[tokio::test]
async fn a_vendor_that_is_down_is_an_error_and_nobody_was_checked() {
    let (world, browser) = (World::new(), Browser::default());
    world.vendor.set_down(true);
    let ticket = world.ticket("c1").await;
    let answer = browser.authorize(&world, &ticket, "").await;
    let told = leave(&world, &browser, &page_of(&answer)).await;
    is(&told, "error", "vendor_unavailable");
    assert_eq!(told.get("auth_time"), None, "{told}");
}

#[tokio::test]
async fn a_sign_in_after_the_vendor_was_down_is_checked() {
    let (world, browser) = (World::new(), Browser::default());
    world.vendor.set_down(true);
    let ticket = world.ticket("c1").await;
    let answer = browser.authorize(&world, &ticket, "").await;
    leave(&world, &browser, &page_of(&answer)).await;
    world.vendor.set_down(false);
    for (ticket, more) in [(ticket, "&x=2"), (world.ticket("c2").await, "")] {
        let path = super::world::authorize_path(&ticket, more).replace("state-1", "state-2");
        let mut answer = browser.enter(&world, &path).await;
        if location(&answer).starts_with('/') {
            let next = format!("{}/continue?at=vendor", location(&answer));
            answer = browser.get(&world, &next).await;
        }
        assert!(
            location(&answer).starts_with("https://vendor.example/"),
            "{answer:?}"
        );
    }
}

/// The person was approved before; asked for a fresh check, nothing is left to make one. That ends this sign-in alone.
#[tokio::test]
async fn a_fresh_check_that_cannot_be_made_tells_neither_approved_nor_now() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, approved());
    let code = sent(&browser.come_back(&world, 0).await, "code").unwrap();
    let before = token(&world, &code).await;
    for n in 1..4 {
        let used = world.ticket(&format!("used-{n}")).await;
        browser.authorize(&world, &used, "&prompt=login").await;
        world.vendor.set(n, rejected());
        browser.come_back(&world, n).await;
    }
    world.advance_s(60);
    let fresh = super::world::authorize_path(&ticket, "&prompt=login").replace("state-1", "state-2");
    let answer = browser.enter(&world, &fresh).await;
    let told = leave(&world, &browser, &page_of(&answer)).await;
    is(&told, "rejected", "attempts_exhausted");
    assert_eq!(told.get("auth_time"), None, "{told}");
    let bearer = format!("Bearer {}", before["access_token"].as_str().unwrap());
    let userinfo = request("GET", "/api/token/userinfo").header("authorization", bearer);
    assert_eq!(json_of(&world.send(userinfo).await)["idv_status"], "approved");
}

#[tokio::test]
async fn a_person_who_cancels_was_not_checked() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    browser
        .act(&world, &page_of(&browser.come_back(&world, 0).await), "cancel")
        .await;
    let told = leave(&world, &browser, &page_of(&browser.come_back(&world, 0).await)).await;
    is(&told, "cancelled", "cancelled");
    assert_eq!(told.get("auth_time"), None, "{told}");
}

#[tokio::test]
async fn a_reused_approval_was_made_when_it_was_made() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, approved());
    let checked = world.clock.now().unix_timestamp();
    let first = told(&world, &browser.come_back(&world, 0).await).await;
    assert_eq!(first["auth_time"], checked);
    world.advance_s(1000);
    let ticket = world.ticket("c2").await;
    let answer = browser.authorize(&world, &ticket, "").await;
    let again = told(&world, &answer).await;
    assert_eq!(
        (&again["idv_status"], &again["auth_time"]),
        (&"approved".into(), &checked.into())
    );
    assert_eq!(header(&answer, "cache-control"), "no-store");
}

#[tokio::test]
async fn an_older_check_than_max_age_is_not_good_enough_however_often_it_was_read() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    world.advance_s(1000);
    // The vendor says more about it, which makes another reading, but no other check.
    world.vendor.set(0, rejected());
    world.send(super::callback::callback(&world, 0, "REJECTED")).await;
    world.calm().await;
    world.vendor.set(0, approved());
    world.advance_s(1);
    world
        .send(super::callback::callback(&world, 0, "PROCESSED"))
        .await;
    world.calm().await;
    let path = super::world::authorize_path(&ticket, "&max_age=500").replace("state-1", "state-2");
    browser.enter(&world, &path).await;
    assert_eq!(world.vendor.starts(), 2, "another check");
}
