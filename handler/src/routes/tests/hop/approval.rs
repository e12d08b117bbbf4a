//! An approval that is there already.

use super::*;

#[tokio::test]
async fn an_approval_that_is_there_needs_no_hop_and_no_cookie() {
    let world = World::new();
    approved_before(&world).await;
    let browser = Browser::default();
    let ticket = world.ticket("c1").await;
    for path in [
        authorize_path(&ticket, ""),
        authorize_path(&ticket, "&ui_locales=de"),
    ] {
        let answer = browser.lose(&world, request("GET", &path)).await;
        assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
        assert_eq!(header(&answer, "set-cookie"), "");
        let code = sent(&answer, "code").unwrap();
        let token = json_of(&world.redeem(&code).await);
        assert_eq!(world.believe(&token, "b2c")["idv_status"], "approved");
    }
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn an_approval_is_no_short_cut_for_a_fresh_check() {
    let world = World::new();
    approved_before(&world).await;
    let browser = Browser::default();
    let ticket = world.ticket("c1").await;
    is_at_vendor(&browser.authorize(&world, &ticket, "&prompt=login").await);
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn what_is_no_approval_is_told_only_to_the_browser_that_came_back() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, rejected());
    browser.come_back(&world, 0).await;
    let answer = Browser::default().get(&world, &authorize_path(&ticket, "")).await;
    assert!(
        location(&answer).starts_with("/api/verify/authorize"),
        "{answer:?}"
    );
}
