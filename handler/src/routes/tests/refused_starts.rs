//! What people see when no check may be begun: nothing is left in the purse, or an operator has closed.

use super::world::{Browser, World, authorize_path, json_of, sent, text_of};

/// Comes with a ticket, is told so, and goes back.
async fn told(change: impl Fn(&mut World), state: &str, reason: &str) {
    let mut world = World::new();
    change(&mut world);
    world.rebuild();
    let browser = Browser::default();
    let ticket = world.ticket("c1").await;
    let answer = browser
        .get(&world, &authorize_path(&ticket, "&ui_locales=de"))
        .await;
    let (at, answer) = browser.arrive(&world, answer).await;
    assert_eq!(answer.status(), 503, "{answer:?}");
    let says = format!("data-state=\"{state}\"");
    let text = text_of(&answer).to_owned();
    assert!(text.contains(&says) && text.contains("lang=\"de\""), "{text}");
    let again = browser.get(&world, &at).await;
    assert_eq!((again.status().as_u16(), text_of(&again)), (503, text.as_str()));
    let page = at.split('?').next().unwrap();
    // Whoever tries again is told the same.
    assert_eq!(browser.act(&world, page, "begin").await.status(), 200);
    let answer = browser.get(&world, &format!("{page}/continue?at=vendor")).await;
    assert!(text_of(&answer).contains(&says), "{answer:?}");
    assert_eq!(browser.act(&world, page, "leave").await.status(), 200);
    let answer = browser.get(&world, &format!("{page}/continue")).await;
    let code = sent(&answer, "code").unwrap();
    let token = json_of(&world.redeem(&code).await);
    let claims = world.believe(&token, "b2c");
    assert_eq!(
        (&claims["idv_status"], &claims["idv_reason"]),
        (&"error".into(), &reason.into())
    );
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn who_finds_the_purse_empty_is_told_so_and_may_go_back() {
    told(
        |world| world.limits.spend.known.a_day = 0,
        "full",
        "limit_reached",
    )
    .await;
}

#[tokio::test]
async fn who_comes_while_nothing_is_begun_is_told_so_and_may_go_back() {
    told(|world| world.limits.closed = true, "closed", "closed").await;
}
