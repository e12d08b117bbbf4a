//! Requests by POST.

use super::*;

#[tokio::test]
async fn a_post_sets_no_cookie_and_starts_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let answer = browser.send(&world, posted(&ticket, "")).await;
    assert!(
        location(&answer).starts_with("/api/verify/authorize"),
        "{answer:?}"
    );
    assert_eq!(header(&answer, "set-cookie"), "");
    assert_eq!(world.vendor.starts(), 0);
    is_at_vendor(&browser.follow(&world, answer).await);
    ends_well(&world, &browser).await;
}

#[tokio::test]
async fn what_was_posted_comes_back_as_it_was_asked() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let odd = encoded(&[("response_mode", "form_post"), ("ui_locales", "de")]);
    let answer = browser.send(&world, posted(&ticket, &format!("&{odd}"))).await;
    assert!(!location(&answer).contains("state-1"), "{answer:?}");
    is_at_vendor(&browser.follow(&world, answer).await);
    world.vendor.set(0, approved());
    let page = browser.come_back(&world, 0).await;
    let page = text_of(&page);
    assert!(page.contains("name=\"state\" value=\"state-1\""), "{page}");
    assert!(page.contains("lang=\"de\"") && page.contains(REDIRECT), "{page}");
}

/// The address by GET names no language: it lies in the store with the rest.
#[tokio::test]
async fn what_was_posted_is_answered_in_its_language() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let answer = browser.send(&world, posted(&ticket, "&ui_locales=fr")).await;
    let back = location(&answer).replace("/authorize?", "/authorize/back?");
    let answer = browser.get(&world, &back).await;
    assert!(text_of(&answer).contains("lang=\"fr\""), "{answer:?}");
}

#[tokio::test]
async fn a_faulty_post_is_sent_back_to_the_client_at_once() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let answer = browser.send(&world, posted(&ticket, "&max_age=x")).await;
    assert_eq!(sent(&answer, "error").as_deref(), Some("invalid_request"));
    assert_eq!(sent(&answer, "state").as_deref(), Some("state-1"));
}

#[tokio::test]
async fn a_post_with_the_ticket_of_another_client_is_sent_back_to_the_client() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let fields = authorize_path(&ticket, "").replace("client_id=b2c", "client_id=keys");
    let fields = fields.split_once('?').unwrap().1.to_owned();
    let post = request("POST", "/api/verify/authorize")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields);
    let answer = browser.send(&world, post).await;
    assert_eq!(
        sent(&answer, "error").as_deref(),
        Some("invalid_request"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_pushed_request_may_be_posted() {
    let world = World::new();
    let uri = super::super::push::pushed(&world).await;
    let fields = [("client_id", "okta"), ("request_uri", uri.as_str())];
    let browser = Browser::default();
    let answer = browser.send(&world, form("/api/verify/authorize", &fields)).await;
    assert_eq!(header(&answer, "set-cookie"), "");
    assert_eq!(world.vendor.starts(), 0);
    is_at_vendor(&browser.follow(&world, answer).await);
}
