//! Who is rejected tries again.

use serde_json::json;

use super::{AT_VENDOR, B2C, begun, polled, start_of, to_vendor, token, validated};
use crate::grants::tests::vendor::{approved, rejected};
use crate::routes::tests::world::{Browser, World, json_of, location, sent, text_of};

#[tokio::test]
async fn who_was_rejected_signs_in_again_and_tries_again_under_the_same_reference() {
    let (world, browser) = (World::new(), Browser::default());
    let first = begun(&world, "c1").await;
    to_vendor(&world, &browser, &first).await;
    world.vendor.set(0, rejected());
    browser.come_back(&world, 0).await;
    let second = begun(&world, "c2").await;
    assert_eq!(second["transactionReference"], first["transactionReference"]);
    let other = Browser::default();
    let answer = other.enter(&world, &start_of(&second)).await;
    let page = location(&answer).to_owned();
    assert!(text_of(&other.get(&world, &page).await).contains("value=\"retry\""));
    other.act(&world, &page, "retry").await;
    let answer = other.get(&world, &format!("{page}/continue")).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    world.vendor.set(1, approved());
    let answer = other.come_back(&world, 1).await;
    assert_eq!(
        json!(sent(&answer, "transactionReference").unwrap()),
        first["transactionReference"]
    );
}

/// In the sample one rejection ends the account: its policy marks the upload as done at the link.
#[tokio::test]
async fn who_is_rejected_tries_again_on_our_page_and_never_goes_back_in_between() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    for attempt in 0..2 {
        world.vendor.set(attempt, rejected());
        let answer = browser.come_back(&world, attempt).await;
        let page = location(&answer).to_owned();
        assert!(page.starts_with("/api/verify/wait/"), "{answer:?}");
        let shown = browser.get(&world, &page).await;
        assert!(!text_of(&shown).contains("value=\"leave\""), "{shown:?}");
        let answer = browser.get(&world, &format!("{page}/continue")).await;
        assert_eq!(location(&answer), page, "no way back yet");
        browser.act(&world, &page, "retry").await;
        let answer = browser.get(&world, &format!("{page}/continue")).await;
        assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    }
    world.vendor.set(2, rejected());
    let answer = browser.come_back(&world, 2).await;
    let page = location(&answer).to_owned();
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert!(
        location(&answer).starts_with(B2C),
        "no attempts are left: {answer:?}"
    );
    let token = token(&world, &begun["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "FAILED");
    let answer = json_of(&validated(&world, &begun["transactionReference"], &token).await);
    assert_eq!(answer["success"], false);
    assert!(
        answer["message"].as_str().unwrap().contains("could not confirm"),
        "{answer}"
    );
}
