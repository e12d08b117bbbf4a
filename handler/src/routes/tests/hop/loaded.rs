//! Requests that no person has made: fetched ahead, framed, or loaded by another page.

use super::*;

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
    let uri = super::super::push::pushed(&world).await;
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
