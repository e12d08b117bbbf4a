//! The link that the person opens: what it opens, and for whom.

use serde_json::json;

use super::{begun, polled, start_of, to_vendor, token};
use crate::grants::tests::vendor::approved;
use crate::routes::tests::world::{Browser, World, form, location, sent, text_of};

#[tokio::test]
async fn an_account_that_is_approved_already_goes_back_without_consent_and_without_another_check() {
    let (world, browser) = (World::new(), Browser::default());
    to_vendor(&world, &browser, &begun(&world, "c1").await).await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    let second = begun(&world, "c2").await;
    let other = Browser::default();
    let answer = other.enter(&world, &start_of(&second)).await;
    assert_eq!(
        json!(sent(&answer, "transactionReference").unwrap()),
        second["transactionReference"]
    );
    assert_eq!(world.vendor.starts(), 1);
    let token = token(&world, &second["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "SUCCESS");
}

#[tokio::test]
async fn who_does_not_agree_starts_nothing_and_may_begin_again() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = browser.enter(&world, &start_of(&begun(&world, "c1").await)).await;
    let consent = location(&answer).to_owned();
    let shown = browser.get(&world, &consent).await;
    assert!(
        text_of(&shown).contains("Nothing is sent before you agree"),
        "{shown:?}"
    );
    let page = consent.split("/consent").next().unwrap().to_owned();
    browser.act(&world, &page, "cancel").await;
    assert_eq!(world.vendor.starts(), 0);
    let shown = browser.get(&world, &page).await;
    assert!(text_of(&shown).contains("value=\"retry\""), "{shown:?}");
    let answer = browser.act(&world, &page, "retry").await;
    assert!(location(&answer).contains("/consent?for=retry"), "{answer:?}");
    assert_eq!(world.vendor.starts(), 0);
}

/// The settings may change while it is read.
#[tokio::test]
async fn who_has_read_another_text_is_shown_the_one_in_force_and_agrees_to_that() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = browser.enter(&world, &start_of(&begun(&world, "c1").await)).await;
    let consent = location(&answer).split('?').next().unwrap().to_owned();
    let stale = [
        ("action", "begin"),
        ("text_version", "handler-2-0000000000000000"),
    ];
    let answer = browser.say(&world, &consent, &stale).await;
    assert!(location(&answer).contains("/consent?for=begin"), "{answer:?}");
    let next = consent.replace("/consent", "/continue?at=vendor");
    browser.get(&world, &next).await;
    assert_eq!(world.vendor.starts(), 0);
    let shown = browser.get(&world, &consent).await;
    let version = text_of(&shown)
        .split("name=\"text_version\" value=\"")
        .nth(1)
        .unwrap();
    let version = version.split('"').next().unwrap().to_owned();
    let read = [("action", "begin"), ("text_version", version.as_str())];
    browser.say(&world, &consent, &read).await;
    browser.get(&world, &next).await;
    assert_eq!(world.vendor.start_of(0).consent.unwrap().text_version, version);
}

#[tokio::test]
async fn a_link_serves_one_browser() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    let other = Browser::default();
    let answer = other.enter(&world, &start_of(&begun)).await;
    assert_eq!(answer.status(), 410, "{answer:?}");
}

#[tokio::test]
async fn a_forged_link_an_expired_one_and_one_of_another_kind_open_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let link = start_of(&begun(&world, "c1").await);
    let forged = format!("{}AAAA", link.get(..link.len() - 4).unwrap());
    assert_eq!(browser.enter(&world, &forged).await.status(), 404);
    let ticket = world.ticket("c1").await;
    let other = format!(
        "/api/verify/authorize?idv_link={}",
        ticket.trim_start_matches("idvt_")
    );
    assert_eq!(browser.enter(&world, &other).await.status(), 404);
    assert_eq!(
        browser
            .send(
                &world,
                form(
                    "/api/verify/authorize",
                    &[("idv_link", link.split('=').nth(1).unwrap())]
                )
            )
            .await
            .status(),
        404
    );
    world.advance_s(24 * 3600 + 1);
    assert_eq!(browser.enter(&world, &link).await.status(), 410);
}
