//! Back to the policy: when, and with what.

use serde_json::json;

use super::{ACCOUNT, B2C, begun, believed, polled, start_of, to_vendor, token, validated};
use crate::grants::tests::vendor::{approved, doubtful};
use crate::routes::tests::world::{Browser, POLICY, World, json_of, location, sent, text_of};

#[tokio::test]
async fn a_person_is_checked_and_comes_back_by_the_second_policy() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    let reference = &begun["transactionReference"];
    assert_eq!(
        world.vendor.starts(),
        0,
        "nobody is called before the person comes"
    );
    to_vendor(&world, &browser, &begun).await;
    let version = world.vendor.start_of(0).consent.unwrap().text_version;
    assert!(version.starts_with("handler-2-"), "{version}");
    let first = token(&world, reference).await;
    assert_eq!(polled(&world, &first).await["status"], "RETRY");
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    let address = location(&answer);
    assert!(
        address.starts_with(&format!("{B2C}{POLICY}/oauth2/v2.0/authorize?")),
        "{address}"
    );
    let told = |name| sent(&answer, name).unwrap();
    assert_eq!(told("client_id"), "app-1");
    assert_eq!(told("redirect_uri"), "https://jwt.example");
    assert_eq!(told("scope"), "openid offline_access");
    assert_eq!(told("response_type"), "id_token");
    assert_eq!(told("transactionStatus"), "SUCCESS");
    assert_eq!(told("customerInternalReference"), "c1");
    assert_eq!(json!(told("transactionReference")), *reference);
    let claims = believed(&world, &told("id_token_hint")).await;
    assert_eq!(
        (&claims["ObjectId"], &claims["iss"], &claims["aud"]),
        (&json!(ACCOUNT), &json!("issuer-1"), &json!("audience-1"))
    );
    let life = claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap();
    assert_eq!(life, 300);
    let last = polled(&world, &first).await;
    assert_eq!(last["status"], "SUCCESS");
    let answer = validated(&world, reference, &last["verificationToken"]).await;
    assert_eq!(json_of(&answer), json!({ "success": true }));
}

/// Whoever finds the address in the history of a shared machine gets nothing for it.
#[tokio::test]
async fn the_way_back_is_the_same_for_five_minutes_and_then_none() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, approved());
    let hint = sent(&browser.come_back(&world, 0).await, "id_token_hint").unwrap();
    world.advance_s(299);
    assert_eq!(
        sent(&browser.come_back(&world, 0).await, "id_token_hint").unwrap(),
        hint
    );
    world.advance_s(1);
    assert_eq!(browser.come_back(&world, 0).await.status(), 410);
    assert_eq!(browser.enter(&world, &start_of(&begun)).await.status(), 410);
    world.advance_s(4000);
    assert_eq!(
        browser.enter(&world, &start_of(&begun)).await.status(),
        410,
        "another authorization, the same link"
    );
}

#[tokio::test]
async fn who_comes_back_from_a_second_attempt_late_is_waited_for_again() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    world.advance_s(900);
    let answer = browser.come_back(&world, 0).await;
    let page = location(&answer).to_owned();
    assert_eq!(browser.get(&world, &page).await.status(), 200);
    world.advance_s(841);
    assert!(location(&browser.get(&world, &page).await).starts_with(B2C));
}

#[tokio::test]
async fn who_was_not_checked_is_offered_no_way_back() {
    let (world, browser) = (World::new(), Browser::default());
    let answer = browser.enter(&world, &start_of(&begun(&world, "c1").await)).await;
    let page = location(&answer).split("/consent").next().unwrap().to_owned();
    world.advance_s(1000);
    let shown = browser.get(&world, &page).await;
    assert!(
        !text_of(&shown).contains("value=\"leave\"") && !text_of(&shown).contains("/continue\""),
        "{shown:?}"
    );
}

#[tokio::test]
async fn who_waits_too_long_goes_back_without_an_outcome() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    let answer = browser.come_back(&world, 0).await;
    let page = location(&answer).to_owned();
    assert_eq!(browser.get(&world, &page).await.status(), 200);
    let status = format!("{page}/status");
    let told = json_of(&browser.get(&world, &status).await);
    assert_eq!(told["state"], "checking");
    world.advance_s(841);
    let told = json_of(&browser.get(&world, &status).await);
    assert_eq!(told["state"], "due", "the page's script renews the page");
    let answer = browser.get(&world, &page).await;
    assert!(location(&answer).starts_with(B2C), "{answer:?}");
    let token = token(&world, &begun["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "RETRY");
}

#[tokio::test]
async fn who_is_reviewed_waits_on_our_page_first() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, doubtful());
    let answer = browser.come_back(&world, 0).await;
    let page = location(&answer).to_owned();
    let shown = browser.get(&world, &page).await;
    assert!(!text_of(&shown).contains("/continue"), "{shown:?}");
    let poll = format!("data-poll=\"{page}/status\"");
    assert!(
        text_of(&shown).contains(&poll),
        "it learns when there is a way back: {shown:?}"
    );
    world.advance_s(841);
    let told = json_of(&browser.get(&world, &format!("{page}/status")).await);
    assert_eq!(told["state"], "due");
    let shown = browser.get(&world, &page).await;
    assert!(text_of(&shown).contains("/continue"), "{shown:?}");
    assert!(!text_of(&shown).contains(&poll), "{shown:?}");
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert!(location(&answer).starts_with(B2C), "{answer:?}");
}
