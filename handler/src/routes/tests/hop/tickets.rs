//! Whom a ticket serves, and how often.

use super::*;

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
