//! What a rejected person is told on their page, and what of it reaches the client.

use super::outcomes::{WEB, path, ticket};
use super::world::{
    Browser, REDIRECT, World, encoded, json_of, location, register, registration, sent, text_of,
};
use crate::clients::{Client, Outcomes};
use crate::grants::tests::vendor::{approved, rejected, rejected_for};

/// Reasons, and how the page begins to explain them.
const REASONS: [(&str, &str); 8] = [
    ("image_glare", "could not be read well enough"),
    ("document_photocopy", "Show the original"),
    ("face_mismatch", "Your face could not be compared"),
    (
        "document_country_unsupported",
        "we do not accept its kind or its country",
    ),
    ("document_expires_soon", "not valid any more"),
    ("document_manipulated_photo", "cannot say more about the reason"),
    ("rejected_in_review", "cannot say more about the reason"),
    ("never_heard_of", "The document or the photo was not accepted"),
];

/// Has the n-th transaction end in a rejection for this reason, and gives the page.
async fn page_after(world: &World, browser: &Browser, n: usize, reason: &'static str) -> (String, String) {
    world.vendor.set(n, rejected_for(reason));
    let answer = browser.come_back(world, n).await;
    let address = location(&answer).to_owned();
    let answer = browser.get(world, &address).await;
    (address, text_of(&answer).to_owned())
}

#[tokio::test]
async fn each_reason_has_the_words_of_its_family_and_none_of_the_rules() {
    for (reason, words) in REASONS {
        let (world, browser) = (World::new(), Browser::default());
        let ticket = world.ticket("c1").await;
        browser.authorize(&world, &ticket, "").await;
        let (_, page) = page_after(&world, &browser, 0, reason).await;
        assert!(page.contains(words) && !page.contains(reason), "{reason}: {page}");
    }
}

#[tokio::test]
async fn a_client_that_is_told_by_errors_hears_nothing_of_the_reason() {
    for (reason, _) in REASONS {
        let (world, browser) = (World::new(), Browser::default());
        let ticket = ticket(&world, WEB, "c1").await;
        browser.enter(&world, &path(&ticket, &[])).await;
        let (page, _) = page_after(&world, &browser, 0, reason).await;
        let answer = browser.get(&world, &format!("{page}/continue")).await;
        assert_eq!(sent(&answer, "error").as_deref(), Some("access_denied"));
        let described = sent(&answer, "error_description").unwrap();
        assert!(
            described.starts_with("rejected. The identity check was not accepted (reference "),
            "{described}"
        );
        assert!(!location(&answer).contains(reason), "{answer:?}");
    }
}

/// Registers another name than the document has.
async fn ticket_of_grace(world: &World, client: &str) -> String {
    let mut body = registration("c1");
    body["givenName"] = "Grace".into();
    body["clientId"] = client.into();
    let registered = json_of(&world.send(register().json(&body)).await);
    registered["ticket"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whose_details_differ_goes_back_with_the_reason_where_they_were_registered_by_a_ticket() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = ticket_of_grace(&world, "b2c").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, approved());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let answer = browser.get(&world, &page).await;
    let text = text_of(&answer);
    assert!(
        text.contains("go back and correct it") && text.contains("data-state=\"rejected\""),
        "{text}"
    );
    assert!(
        text.find("value=\"leave\"") < text.find("value=\"retry\""),
        "{text}"
    );
    browser.act(&world, &page, "leave").await;
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    let token = json_of(&world.redeem(&sent(&answer, "code").unwrap()).await);
    let claims = world.believe(&token, "b2c");
    assert_eq!(
        (&claims["idv_status"], &claims["idv_reason"]),
        (&"rejected".into(), &"name_mismatch".into())
    );
    assert_eq!(world.vendor.starts(), 1);
}

/// Policies ask whoever signs up, and nobody who has an account.
#[tokio::test]
async fn whose_details_differ_is_promised_nothing_on_the_way_back_to_b2c() {
    const TENANT: &str = "https://contoso.b2clogin.example/contoso.onmicrosoft.com/oauth2/authresp";
    let (world, browser) = (World::new(), Browser::default());
    world.serve(|client| Client {
        redirect_uris: vec![TENANT.into()],
        outcomes: Outcomes::Claims,
        ..client
    });
    let ticket = ticket_of_grace(&world, WEB).await;
    let there = encoded(&[("redirect_uri", TENANT)]);
    let address = path(&ticket, &[]).replace(&encoded(&[("redirect_uri", REDIRECT)]), &there);
    browser.enter(&world, &address).await;
    world.vendor.set(0, approved());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let answer = browser.get(&world, &page).await;
    let text = text_of(&answer);
    assert!(
        text.contains("may be asked there to check your details"),
        "{text}"
    );
    assert!(
        text.find("value=\"leave\"") < text.find("value=\"retry\""),
        "{text}"
    );
}

/// The correction was compared with the same document: there is nothing to go back for.
#[tokio::test]
async fn who_corrected_their_details_in_vain_is_not_sent_back_to_correct_them() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = ticket_of_grace(&world, "b2c").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    let mut body = registration("c2");
    body["givenName"] = "Gracie".into();
    body["clientId"] = "b2c".into();
    let registered = json_of(&world.send(register().json(&body)).await);
    let second = registered["ticket"].as_str().unwrap().to_owned();
    let answer = browser.authorize(&world, &second, "").await;
    let answer = browser.get(&world, location(&answer)).await;
    let text = text_of(&answer);
    assert!(
        text.contains("still not what was given for you") && !text.contains("go back and correct it"),
        "{text}"
    );
    assert!(
        text.find("value=\"retry\"") < text.find("value=\"leave\""),
        "{text}"
    );
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn whose_client_hears_no_reason_may_only_try_with_another_document() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = ticket_of_grace(&world, WEB).await;
    browser.enter(&world, &path(&ticket, &[])).await;
    world.vendor.set(0, approved());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let answer = browser.get(&world, &page).await;
    let text = text_of(&answer);
    assert!(text.contains("is not that of your account"), "{text}");
    assert!(
        text.find("value=\"retry\"") < text.find("value=\"leave\""),
        "{text}"
    );
}

/// Three attempts in a day, counted from the first.
#[tokio::test]
async fn the_last_attempt_says_so_and_after_it_when_there_is_another() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    let (at, page) = page_after(&world, &browser, 0, "image_glare").await;
    assert!(
        page.contains("Attempts left: 2") && !page.contains("<time"),
        "{page}"
    );
    for n in 1..3 {
        world.advance_s(600);
        browser.act(&world, &at, "retry").await;
        browser.get(&world, &format!("{at}/continue?at=vendor")).await;
        let (_, page) = page_after(&world, &browser, n, "image_glare").await;
        assert_eq!(page.contains("This is your last attempt"), n == 1, "{page}");
        assert_eq!(page.contains("No attempts are left"), n == 2, "{page}");
        assert_eq!(page.contains("2026-02-04 10:00 UTC"), n == 2, "{page}");
        assert_eq!(page.contains("value=\"retry\""), n == 1, "{page}");
    }
    world.advance_s(24 * 3600 - 1199);
    let again = world.ticket("c2").await;
    let answer = browser.authorize(&world, &again, "&prompt=login").await;
    assert!(
        location(&answer).starts_with("https://vendor.example/"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn who_comes_when_no_attempt_is_left_is_told_when_there_is_one() {
    let (world, browser) = (World::new(), Browser::default());
    for n in 0..3 {
        let ticket = world.ticket(&format!("used-{n}")).await;
        browser.authorize(&world, &ticket, "&prompt=login").await;
        world.vendor.set(n, rejected());
        browser.come_back(&world, n).await;
    }
    let ticket = world.ticket("c9").await;
    let answer = browser.authorize(&world, &ticket, "&prompt=login").await;
    let page = text_of(&answer);
    assert!(
        page.contains("data-state=\"exhausted\"") && page.contains("2026-02-04 10:00 UTC"),
        "{page}"
    );
    assert!(
        !page.contains("tomorrow") && !page.contains("start again"),
        "{page}"
    );
}
