//! What strangers may cost, as clients and browsers see it.

use super::super::world::token_on;
use super::*;
use crate::routes;
use crate::routes::traffic::Allowed;

/// A world whose client takes every outcome but an approval for an error.
fn strict() -> World {
    let mut world = world_of(vec![Client {
        outcomes: Outcomes::Errors,
        ..client("rp")
    }]);
    world.limits.spend.unknown.a_day = 1;
    world.limits.spend.per_browser = 10;
    world.rebuild();
    world
}

/// Presses a button of the page at this address.
async fn press(world: &World, browser: &Browser, page: &str, action: &str) -> Answer {
    let shown = browser.get(world, page).await;
    let token = token_on(&shown);
    let path = page.split('?').next().unwrap();
    let form = form(path, &[("action", action), ("token", token)]);
    browser.send(world, form).await
}

#[tokio::test]
async fn a_client_whose_person_finds_the_purse_empty_is_told_to_try_again() {
    let world = strict();
    is_at_vendor(&Browser::default().enter(&world, &plain("s1", "")).await);
    let browser = Browser::default();
    let answer = browser.get(&world, &plain("s2", "")).await;
    let (at, answer) = browser.arrive(&world, answer).await;
    assert_eq!(answer.status(), 503, "{answer:?}");
    assert!(text_of(&answer).contains("data-state=\"full\""), "{answer:?}");
    assert_eq!(press(&world, &browser, &at, "leave").await.status(), 200);
    let page = at.split('?').next().unwrap();
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    is_error(&answer, "temporarily_unavailable");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn one_address_starts_no_more_than_its_share_whatever_browsers_it_has() {
    let mut world = world();
    world.limits.spend.per_address = 2;
    world.rebuild();
    let allowed = Allowed {
        client_address: Some("client-ip".parse().unwrap()),
        ..Allowed::default()
    };
    world.filter = routes::all(&world.gate.clone().allowing(allowed));
    let come = async |n: u32, address: &str| {
        let browser = Browser::default();
        let path = plain(&format!("s{n}"), "");
        let first = request("GET", &path).header("client-ip", address);
        let sent_back = browser.send(&world, first).await;
        let back = location(&sent_back).to_owned();
        browser
            .send(&world, request("GET", &back).header("client-ip", address))
            .await
    };
    for n in 0..2 {
        is_at_vendor(&come(n, "203.0.113.7").await);
    }
    let refused = come(2, "203.0.113.7:4000").await;
    assert!(location(&refused).contains("told=full"), "{refused:?}");
    is_at_vendor(&come(3, "203.0.113.8").await);
    assert_eq!(world.vendor.starts(), 3);
}

/// At the waiting page of the browser that began, and that nobody has come back to from the vendor.
async fn unconfirmed(world: &World, browser: &Browser) -> String {
    is_at_vendor(&browser.enter(world, &plain("s1", "")).await);
    world.vendor.set(0, approved());
    let page = world.waiting_page(0);
    world.advance_s(60);
    let shown = browser.get(world, &page).await;
    assert!(
        text_of(&shown).contains("data-state=\"unconfirmed\""),
        "{}",
        text_of(&shown)
    );
    page
}

#[tokio::test]
async fn who_says_that_they_began_it_goes_back_approved() {
    let (world, browser) = (world(), Browser::default());
    let page = unconfirmed(&world, &browser).await;
    assert_eq!(press(&world, &browser, &page, "own").await.status(), 200);
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    assert_eq!(told(&world, &answer).await["idv_status"], "approved");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn who_says_that_they_did_not_begin_it_has_cancelled_for_good() {
    let world = strict();
    let browser = Browser::default();
    let page = unconfirmed(&world, &browser).await;
    assert_eq!(press(&world, &browser, &page, "not_own").await.status(), 303);
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    is_error(&answer, "access_denied");
    let silent = browser.enter(&world, &plain("s2", "&prompt=none")).await;
    is_error(&silent, "interaction_required");
}
