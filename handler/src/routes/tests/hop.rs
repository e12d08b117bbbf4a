//! The way from `/api/verify/authorize` to the vendor: a browser is bound by the cookie that came back, and by nothing else.

use std::sync::Arc;
use std::time::Duration;

use super::world::{
    Answer, Browser, REDIRECT, World, authorize_path, encoded, form, header, json_of, location, request,
    sent, text_of,
};
use crate::grants::tests::far::far;
use crate::grants::tests::vendor::{approved, rejected};

const AT_VENDOR: &str = "https://vendor.example/go/";

/// A request by POST.
fn posted(ticket: &str, more: &str) -> warp::test::RequestBuilder {
    let fields = authorize_path(ticket, more).split_once('?').unwrap().1.to_owned();
    request("POST", "/api/verify/authorize")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(fields)
}

fn is_at_vendor(answer: &Answer) {
    assert!(location(answer).starts_with(AT_VENDOR), "{answer:?}");
}

/// Comes back from the vendor's first transaction with an approval, and gets a code.
async fn ends_well(world: &World, browser: &Browser) {
    world.vendor.set(0, approved());
    let answer = browser.come_back(world, 0).await;
    assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    let code = sent(&answer, "code").unwrap();
    let answer = world.redeem(&code).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
}

/// An approval that the next sign-in of the subject may use.
async fn approved_before(world: &World) {
    let browser = Browser::default();
    let ticket = world.ticket("before").await;
    browser.authorize(world, &ticket, "").await;
    ends_well(world, &browser).await;
}

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

/// Both first requests were handed a cookie. The one that is served first comes back with both of them, and the browser
/// has named the later one first; the other one left with the earlier one alone.
#[tokio::test]
async fn a_double_click_on_a_pushed_request_whose_answers_cross_leads_to_no_dead_page() {
    let (world, browser) = (World::new(), Browser::default());
    let uri = super::push::pushed(&world).await;
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
    let uri = super::push::pushed(&world).await;
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

/// Posted or pushed: its address lives for a minute.
async fn brought(world: &World, browser: &Browser, is_posted: bool) -> (String, Answer) {
    let answer = if is_posted {
        browser
            .send(world, posted(&world.ticket("c1").await, "&ui_locales=de"))
            .await
    } else {
        let uri = super::push::pushed(world).await;
        let query = encoded(&[("client_id", "okta"), ("request_uri", &uri)]);
        browser
            .get(world, &format!("/api/verify/authorize?{query}"))
            .await
    };
    browser.arrive(world, answer).await
}

/// The page of trouble stands at an address that lives as long as the sign-in, and not only as long as the pushed request.
#[tokio::test]
async fn a_reload_of_the_page_of_trouble_is_no_dead_page() {
    for is_posted in [false, true] {
        let (world, browser) = (World::new(), Browser::default());
        world.vendor.set_down(true);
        let (at, answer) = brought(&world, &browser, is_posted).await;
        assert_eq!(answer.status(), 503, "{answer:?}");
        world.advance_s(70);
        let again = browser.get(&world, &at).await;
        assert_eq!(again.status(), 503, "{again:?}");
        assert_eq!(text_of(&again), text_of(&answer), "another page");
        assert!(text_of(&again).contains("data-state=\"trouble\""), "{again:?}");
        assert_eq!(text_of(&again).contains("lang=\"de\""), is_posted);
        world.vendor.set_down(false);
        let page = at.split('?').next().unwrap();
        assert_eq!(browser.act(&world, page, "begin").await.status(), 200);
        is_at_vendor(&browser.get(&world, &format!("{page}/continue?at=vendor")).await);
        // What was told is told no longer than it is true.
        let later = browser.get(&world, &at).await;
        assert!(text_of(&later).contains("data-state=\"at_vendor\""), "{later:?}");
        assert_eq!(later.status(), 200);
    }
}

#[tokio::test]
async fn a_reload_of_the_page_without_attempts_is_no_dead_page() {
    let (world, browser) = (World::new(), Browser::default());
    for n in 0..3 {
        let ticket = world.ticket(&format!("c{n}")).await;
        browser.authorize(&world, &ticket, "&prompt=login").await;
        world.vendor.set(n, rejected());
        browser.come_back(&world, n).await;
    }
    let ticket = world.ticket("c3").await;
    let answer = browser.send(&world, posted(&ticket, "&prompt=login")).await;
    let (at, answer) = browser.arrive(&world, answer).await;
    assert_eq!(answer.status(), 429, "{answer:?}");
    world.advance_s(70);
    let again = browser.get(&world, &at).await;
    assert_eq!(again.status(), 429, "{again:?}");
    assert!(text_of(&again).contains("data-state=\"exhausted\""), "{again:?}");
}

/// The page goes on by itself, but its address is where the browser's way back leads.
#[tokio::test(start_paused = true)]
async fn a_reload_of_the_page_in_line_is_no_dead_page() {
    let world = World::new();
    world.vendor.allows_one_in(Duration::from_secs(60));
    let first = json_of(
        &world
            .send(super::world::register().json(&serde_json::json!({
                "objectId": "somebody-else", "correlationId": "c", "clientId": "b2c",
            })))
            .await,
    );
    Browser::default()
        .authorize(&world, first["ticket"].as_str().unwrap(), "")
        .await;
    let browser = Browser::default();
    let (at, answer) = brought(&world, &browser, true).await;
    assert!(text_of(&answer).contains("data-state=\"in_line\""), "{answer:?}");
    world.advance_s(70);
    tokio::time::advance(Duration::from_secs(70)).await;
    let again = browser.get(&world, &at).await;
    assert_eq!(again.status(), 200, "{again:?}");
    let text = text_of(&again);
    assert!(text.contains("data-state=\"in_line\""), "{text}");
    let on = format!("url={}/continue?at=vendor", at.split('?').next().unwrap());
    assert!(text.contains(&on), "{text}");
}

/// Nobody puts words on our pages by an address.
#[tokio::test]
async fn what_nobody_told_is_not_shown() {
    let (world, browser) = (World::new(), Browser::default());
    world.vendor.set_down(true);
    let (at, _) = brought(&world, &browser, true).await;
    let page = at.split('?').next().unwrap();
    for told in ["approved", "200", "404", "", "503x"] {
        let answer = browser.get(&world, &format!("{page}?told={told}")).await;
        assert_eq!(answer.status(), 200, "{told}");
        assert!(
            text_of(&answer).contains("data-state=\"ready\""),
            "{told} {answer:?}"
        );
    }
}

#[tokio::test]
async fn a_pushed_request_may_be_posted() {
    let world = World::new();
    let uri = super::push::pushed(&world).await;
    let fields = [("client_id", "okta"), ("request_uri", uri.as_str())];
    let browser = Browser::default();
    let answer = browser.send(&world, form("/api/verify/authorize", &fields)).await;
    assert_eq!(header(&answer, "set-cookie"), "");
    assert_eq!(world.vendor.starts(), 0);
    is_at_vendor(&browser.follow(&world, answer).await);
}

#[tokio::test]
async fn a_hundred_requests_do_not_lock_a_browser_out_of_its_own_sign_in() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    for n in 0..120 {
        let path = authorize_path(&ticket, "").replace("state-1", &format!("state-{n}"));
        let answer = browser.get(&world, &path).await;
        is_at_vendor(&browser.follow(&world, answer).await);
    }
    assert_eq!(world.vendor.starts(), 1);
    ends_well(&world, &browser).await;
}

/// What a stranger's browser brings with the same ticket is not stored, so there is room for whom it serves.
#[tokio::test]
async fn whoever_holds_a_ticket_cannot_use_up_the_requests_of_the_rightful_browser() {
    let (world, rightful) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    is_at_vendor(&rightful.authorize(&world, &ticket, "").await);
    let path = |n: u32| authorize_path(&ticket, "").replace("state-1", &format!("state-{n}"));
    for n in 0..600 {
        let stranger = Browser::default();
        let answer = stranger.get(&world, &path(n)).await;
        if n < 3 {
            let answer = stranger.follow(&world, answer).await;
            assert_eq!(answer.status(), 410, "{answer:?}");
            assert!(
                text_of(&answer).contains("belongs to another browser"),
                "{answer:?}"
            );
        }
    }
    let facts = world.store.list("facts/2/subjects").await.unwrap();
    assert_eq!(
        facts
            .iter()
            .filter(|file| file.contains("authorization-"))
            .count(),
        1
    );
    let answer = rightful.get(&world, &path(601)).await;
    is_at_vendor(&rightful.follow(&world, answer).await);
    ends_well(&world, &rightful).await;
}

/// Also before it has come a second time.
#[tokio::test]
async fn a_ticket_that_came_once_answers_no_other_browser() {
    let (world, rightful) = (World::new(), Browser::default());
    approved_before(&world).await;
    let ticket = world.ticket("c1").await;
    let first = authorize_path(&ticket, "&prompt=login");
    is_at_vendor(&rightful.enter(&world, &first).await);
    let other = authorize_path(&ticket, "").replace("state-1", "state-2");
    let stranger = Browser::default();
    assert_eq!(stranger.enter(&world, &other).await.status(), 410);
    let answer = rightful.enter(&world, &other).await;
    assert_eq!(answer.status(), 303, "{answer:?}");
}

/// A posted request is kept and come for by GET; that is no way round.
#[tokio::test]
async fn a_ticket_that_is_posted_answers_no_other_browser_either() {
    let (world, rightful) = (World::new(), Browser::default());
    approved_before(&world).await;
    let ticket = world.ticket("c1").await;
    let first = authorize_path(&ticket, "&prompt=login");
    is_at_vendor(&rightful.enter(&world, &first).await);
    let fields = authorize_path(&ticket, "").replace("state-1", "state-2");
    let (path, query) = fields.split_once('?').unwrap();
    let stranger = Browser::default();
    let posted = request("POST", path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(query);
    let held = stranger.send(&world, posted).await;
    assert_eq!(stranger.enter(&world, location(&held)).await.status(), 410);
}

/// An approval answers whoever holds a ticket, but not so often that its own browser could not come any more; once that came,
/// it answers nobody else.
#[tokio::test]
async fn an_approval_leaves_room_for_the_browser_of_a_ticket() {
    let world = World::new();
    approved_before(&world).await;
    let ticket = world.ticket("c1").await;
    let path = |n: u32| authorize_path(&ticket, "").replace("state-1", &format!("state-{n}"));
    let mut answered = 0;
    for n in 0..300 {
        let answer = Browser::default().get(&world, &path(n)).await;
        answered += u32::from(location(&answer).starts_with(REDIRECT));
    }
    assert_eq!(answered, 250);
    let rightful = Browser::default();
    let answer = rightful.enter(&world, &path(1_000)).await;
    assert!(location(&answer).starts_with(REDIRECT), "{answer:?}");
    assert!(sent(&answer, "code").is_some(), "{answer:?}");
    let stranger = Browser::default();
    assert_eq!(stranger.enter(&world, &path(1)).await.status(), 410);
}

#[tokio::test]
async fn the_same_request_may_be_repeated_for_days() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    for _ in 0..23 {
        let answer = browser.authorize(&world, &ticket, "").await;
        assert!(answer.status() == 303, "{answer:?}");
        world.advance_s(3_601);
    }
}

#[tokio::test]
async fn a_browser_that_only_fetches_ahead_begins_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let first = browser.get(&world, &authorize_path(&ticket, "")).await;
    for path in [authorize_path(&ticket, ""), location(&first).to_owned()] {
        for purpose in ["prefetch", "prefetch;prerender"] {
            let ahead = request("GET", &path).header("sec-purpose", purpose);
            let answer = browser.send(&world, ahead).await;
            assert_eq!(answer.status(), 503, "{answer:?}");
            assert_eq!(header(&answer, "cache-control"), "no-store");
        }
    }
    assert_eq!(world.vendor.starts(), 0);
}

/// What another page merely loads begins nothing, and no cookie of it counts.
#[tokio::test]
async fn a_page_that_loads_us_begins_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let path = authorize_path(&ticket, "");
    let loaded = |method: &str, path: &str, dest: &str| request(method, path).header("sec-fetch-dest", dest);
    for dest in [
        "image",
        "iframe",
        "frame",
        "empty",
        "script",
        "",
        "document, image",
    ] {
        let answer = browser.send(&world, loaded("GET", &path, dest)).await;
        assert_eq!(answer.status(), 403, "{dest} {answer:?}");
        assert_eq!(header(&answer, "set-cookie"), "", "{dest}");
        let answer = browser
            .send(&world, posted(&ticket, "").header("sec-fetch-dest", dest))
            .await;
        assert_eq!(answer.status(), 403, "{dest} {answer:?}");
    }
    // The browser has a cookie by now.
    let first = browser.send(&world, loaded("GET", &path, "document")).await;
    let back = location(&first).to_owned();
    let answer = browser.send(&world, loaded("GET", &back, "image")).await;
    assert_eq!(answer.status(), 403, "{answer:?}");
    assert_eq!(world.vendor.starts(), 0);
    is_at_vendor(&browser.send(&world, loaded("GET", &back, "document")).await);
    assert_eq!(world.vendor.starts(), 1);
}

/// Nor does it start another attempt, or take the answer away.
#[tokio::test]
async fn a_page_that_loads_the_waiting_page_s_ways_on_does_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    browser.authorize(&world, &ticket, "").await;
    world.vendor.set(0, rejected());
    let page = location(&browser.come_back(&world, 0).await).to_owned();
    let loaded = |request: warp::test::RequestBuilder| request.header("sec-fetch-dest", "iframe");
    let back = world.vendor.start_of(0).return_url.path().to_owned();
    for request in [
        loaded(request("GET", &format!("{page}/continue"))),
        loaded(request("GET", &format!("{page}/continue?at=vendor&after=1"))),
        loaded(request("GET", &back)),
        loaded(form(&page, &[("action", "retry")])),
        loaded(form(&format!("{page}/consent"), &[("action", "retry")])),
        loaded(form(
            &format!("{page}/country"),
            &[("action", "retry"), ("country", "DEU")],
        )),
        request("GET", &format!("{page}/continue?at=vendor&after=1")).header("purpose", "prefetch"),
    ] {
        let answer = browser.send(&world, request).await;
        assert!(matches!(answer.status().as_u16(), 403 | 503), "{answer:?}");
    }
    assert_eq!(world.vendor.starts(), 1);
}

/// What is kept says itself how it was asked; an address that says otherwise is not believed.
#[tokio::test]
async fn a_frame_that_loads_a_pushed_request_begins_nothing_whatever_prompt_it_adds() {
    let (world, browser) = (World::new(), Browser::default());
    let uri = super::push::pushed(&world).await;
    let query = encoded(&[("client_id", "okta"), ("request_uri", &uri), ("prompt", "none")]);
    let first = browser
        .get(&world, &format!("/api/verify/authorize?{query}"))
        .await;
    let back = location(&first).to_owned();
    let framed = request("GET", &back).header("sec-fetch-dest", "iframe");
    assert_eq!(browser.send(&world, framed).await.status(), 403);
    assert_eq!(world.vendor.starts(), 0);
    is_at_vendor(&browser.get(&world, &back).await);
}

/// A frame may ask what is known: a library renews its sign-in so.
#[tokio::test]
async fn a_frame_that_asks_without_a_prompt_is_answered() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let asks = request("GET", &authorize_path(&ticket, "&prompt=none")).header("sec-fetch-dest", "iframe");
    let answer = browser.send(&world, asks).await;
    assert_eq!(sent(&answer, "error").as_deref(), Some("interaction_required"));
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn head_begins_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let ticket = world.ticket("c1").await;
    let first = browser.get(&world, &authorize_path(&ticket, "")).await;
    for path in [authorize_path(&ticket, ""), location(&first).to_owned()] {
        assert_eq!(browser.send(&world, request("HEAD", &path)).await.status(), 405);
    }
    assert_eq!(world.vendor.starts(), 0);
}
