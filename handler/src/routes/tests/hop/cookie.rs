//! The cookie that comes back, twice, late, or not at all.

use super::*;

#[tokio::test]
async fn nothing_begins_before_the_cookie_came_back() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let answer = browser.get(&world, &authorize_path(&ticket, "")).await;
    assert!(
        location(&answer).starts_with("/api/verify/authorize"),
        "{answer:?}"
    );
    assert!(
        header(&answer, "set-cookie").starts_with("__Host-idv-"),
        "{answer:?}"
    );
    assert_eq!(world.vendor.starts(), 0);
    is_at_vendor(&browser.follow(&world, answer).await);
}

#[tokio::test]
async fn a_cookie_that_came_is_not_replaced() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    let answer = browser.get(&world, &authorize_path(&ticket, "")).await;
    assert_eq!(header(&answer, "set-cookie"), "", "{answer:?}");
    is_at_vendor(&browser.follow(&world, answer).await);
    assert_eq!(world.vendor.starts(), 1);
}

/// A reload, or the host that sends a request again: the browser never saw the first answer.
#[tokio::test]
async fn a_lost_first_answer_does_not_end_on_a_dead_page() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser
        .lose(&world, request("GET", &authorize_path(&ticket, "")))
        .await;
    is_at_vendor(&browser.authorize(&world, &ticket, "").await);
    ends_well(&world, &browser).await;
}

#[tokio::test]
async fn a_lost_answer_of_the_hop_does_not_end_on_a_dead_page() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let answer = browser.get(&world, &authorize_path(&ticket, "")).await;
    let next = location(&answer).to_owned();
    browser.lose(&world, request("GET", &next)).await;
    is_at_vendor(&browser.authorize(&world, &ticket, "").await);
    assert_eq!(world.vendor.starts(), 1);
    ends_well(&world, &browser).await;
}

#[tokio::test]
async fn a_double_click_leads_to_one_transaction_and_back() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let path = authorize_path(&ticket, "");
    // Both requests leave before either answer is there.
    let one = browser.lose(&world, request("GET", &path)).await;
    let two = browser.lose(&world, request("GET", &path)).await;
    browser.keep(&one);
    browser.keep(&two);
    let (one, two) = tokio::join!(browser.follow(&world, one), browser.follow(&world, two));
    is_at_vendor(&one);
    is_at_vendor(&two);
    assert_eq!(world.vendor.starts(), 1);
    ends_well(&world, &browser).await;
}

/// Both find nothing begun. One of them waits for its turn in the line, and the other is served meanwhile.
#[tokio::test(start_paused = true)]
async fn two_tabs_that_open_one_link_at_once_both_arrive() {
    let mut world = World::over(far());
    world.limits.start_pace = Duration::from_secs(1);
    world.services.send_replace(Some(Arc::new(world.build())));
    let browser = Browser::default();
    let ticket = world.ticket("c1").await;
    let path = authorize_path(&ticket, "");
    let (one, two) = tokio::join!(browser.get(&world, &path), browser.get(&world, &path));
    let (one, two) = tokio::join!(browser.follow(&world, one), browser.follow(&world, two));
    is_at_vendor(&one);
    is_at_vendor(&two);
    assert_eq!(world.vendor.starts(), 1);
    ends_well(&world, &browser).await;
}

/// The second answer arrives when the first has already been acted upon: its cookie must not take the place of the other.
#[tokio::test]
async fn a_late_second_cookie_does_not_lock_the_first_tab_out() {
    for more in ["", "&prompt=login"] {
        let (world, browser) = (World::new(), Browser::default());
        let ticket = world.ticket("c1").await;
        let path = authorize_path(&ticket, more);
        let one = browser.lose(&world, request("GET", &path)).await;
        let two = browser.lose(&world, request("GET", &path)).await;
        browser.keep(&one);
        is_at_vendor(&browser.follow(&world, one).await);
        browser.keep(&two);
        is_at_vendor(&browser.follow(&world, two).await);
        assert_eq!(world.vendor.starts(), 1, "{more}");
        ends_well(&world, &browser).await;
    }
}

#[tokio::test]
async fn two_tabs_with_requests_of_their_own_both_come_through() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let other = authorize_path(&ticket, "").replace("state-1", "state-2");
    is_at_vendor(&browser.authorize(&world, &ticket, "").await);
    let answer = browser.get(&world, &other).await;
    is_at_vendor(&browser.follow(&world, answer).await);
    world.vendor.set(0, approved());
    let first = browser.come_back(&world, 0).await;
    assert_eq!(sent(&first, "state").as_deref(), Some("state-1"));
    let answer = browser.get(&world, &other).await;
    let second = browser.follow(&world, answer).await;
    assert_eq!(sent(&second, "state").as_deref(), Some("state-2"));
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_and_sent_nowhere() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let path = authorize_path(&ticket, "");
    let answer = browser.lose(&world, request("GET", &path)).await;
    let next = location(&answer).to_owned();
    let answer = browser.lose(&world, request("GET", &next)).await;
    assert_eq!(answer.status(), 403, "{answer:?}");
    assert_eq!(header(&answer, "set-cookie"), "");
    let page = text_of(&answer);
    assert!(page.contains("Cookies are needed"), "{page}");
    // The way on begins anew.
    let again = format!("href=\"{}\"", path.replace('&', "&amp;"));
    assert!(page.contains(&again), "{page}");
    assert_eq!(world.vendor.starts(), 0);
    is_at_vendor(&browser.authorize(&world, &ticket, "").await);
}

/// Both first requests were handed a cookie. The one that is served first comes back with both of them, and the browser
/// has named the later one first; the other one left with the earlier one alone.
#[tokio::test]
async fn a_double_click_on_a_pushed_request_whose_answers_cross_leads_to_no_dead_page() {
    let (world, browser) = (World::new(), Browser::default());
    let uri = super::super::push::pushed(&world).await;
    let query = encoded(&[("client_id", "okta"), ("request_uri", &uri)]);
    let path = format!("/api/verify/authorize?{query}");
    let one = browser.lose(&world, request("GET", &path)).await;
    let two = browser.lose(&world, request("GET", &path)).await;
    let (only_one, only_two) = (Browser::default(), Browser::default());
    only_one.keep(&one);
    only_two.keep(&two);
    let answer = only_two.get(&world, location(&two)).await;
    is_at_vendor(&answer);
    let back = location(&one).to_owned();
    let answer = only_one.lose(&world, request("GET", &back)).await;
    // By now the browser holds both.
    browser.keep(&one);
    browser.keep(&two);
    is_at_vendor(&browser.follow(&world, answer).await);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_pushed_request_is_bound_by_the_cookie_that_came_back() {
    let world = World::new();
    let uri = super::super::push::pushed(&world).await;
    let query = encoded(&[("client_id", "okta"), ("request_uri", &uri)]);
    let path = format!("/api/verify/authorize?{query}");
    let browser = Browser::default();
    // The answer to the first one is lost, and its cookie with it.
    browser.lose(&world, request("GET", &path)).await;
    let answer = browser.get(&world, &path).await;
    is_at_vendor(&browser.follow(&world, answer).await);
    let stranger = Browser::default();
    let answer = stranger.get(&world, &path).await;
    assert_eq!(stranger.follow(&world, answer).await.status(), 410);
    assert_eq!(world.vendor.starts(), 1);
}
