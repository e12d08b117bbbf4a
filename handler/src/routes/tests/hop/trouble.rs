//! Pages of trouble, and what a reload of them shows.

use super::*;

/// Posted or pushed: its address lives for a minute.
async fn brought(world: &World, browser: &Browser, is_posted: bool) -> (String, Answer) {
    let answer = if is_posted {
        browser
            .send(world, posted(&world.ticket("c1").await, "&ui_locales=de"))
            .await
    } else {
        let uri = super::super::push::pushed(world).await;
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
            .send(super::super::world::register().json(&serde_json::json!({
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
