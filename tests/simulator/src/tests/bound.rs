//! Browsers: whoever presses what the page offers gets on.

use std::sync::Arc;

use super::play::{Walk, another, at_once, page, plan, play, prefer, rule, script, sign_in, wait_ms};
use crate::browser::{At, Tab};
use crate::callbacks::Callbacks;
use crate::journey::Plan;
use crate::jumio::Says;
use crate::points::{Act, Op, Side};
use crate::world::World;

#[test]
fn a_double_click_leads_to_no_dead_page() {
    play("dead page", async |world| {
        sign_in(
            &world,
            Plan {
                clicks_twice: true,
                ..plan()
            },
        )
        .await;
    });
}

#[test]
fn two_tabs_lead_to_no_dead_page() {
    play("dead page", async |world| {
        sign_in(
            &world,
            Plan {
                has_two_tabs: true,
                ..plan()
            },
        )
        .await;
    });
}

#[test]
fn two_tabs_that_open_one_link_at_once_both_arrive() {
    play("dead page", async |world| {
        let mut one = Walk::new(&world, plan());
        let opens = one.journey.requested().await.unwrap();
        let mut two = one.tab.clone();
        // The second one finds nothing begun, waits for its turn, and the first one is served meanwhile.
        prefer(&world, 0);
        let slow = Act::Delay(100);
        script(&world, &[rule(Op::Create, Side::Before, "starts/", slow)]);
        let (one, two) = tokio::join!(one.tab.open(&opens), two.open(&opens));
        for at in [one, two] {
            if !matches!(at, At::Vendor(0)) {
                world.violated("dead page", &format!("{at:?}"));
            }
        }
    });
}

#[test]
fn a_kill_while_the_vendor_answers_leads_to_no_dead_page() {
    play("dead page", async |world| {
        script(&world, &[rule(Op::Start, Side::After, "", Act::Kill)]);
        sign_in(&world, plan()).await;
    });
}

#[test]
fn two_browsers_that_share_a_transaction_both_come_back() {
    play("dead page", async |world| {
        at_once(&world, vec![plan(), another(1)]).await;
    });
}

#[test]
fn one_link_opened_in_two_browsers_serves_the_first() {
    play("dead page", async |world| {
        let mut first = Walk::new(&world, plan());
        let opens = first.journey.requested().await.unwrap();
        let mut tab = first.tab.clone();
        tab.open(&opens).await;
        let mut second = Tab::of(&world, "another browser");
        if let At::Vendor(n) = second.open(&opens).await {
            world.violated(
                "one browser",
                &format!("another one is at the vendor with transaction {n}"),
            );
        }
        let answer = first.journey.walk(&mut tab, true).await.unwrap();
        if world.redeem(first.journey.n, &answer["code"]).await.is_none() {
            world.violated("dead page", "the first one is led nowhere");
        }
    });
}

#[test]
fn a_kill_while_a_transaction_is_joined_leads_to_no_dead_page() {
    for about in ["joined-", "continued-"] {
        play("dead page", async |world| {
            script(&world, &[rule(Op::Create, Side::After, about, Act::Kill)]);
            at_once(&world, vec![plan(), another(1)]).await;
        });
    }
}

/// Two sign-ins share a transaction; one of them comes back and gives up. What the other is shown then.
async fn one_gives_up(world: &Arc<World>, first_gives_up: bool) -> (Walk, At) {
    let mut first = Walk::new(world, plan());
    let At::Vendor(n) = first.open().await else {
        panic!("not at the vendor")
    };
    let mut second = Walk::new(world, another(1));
    let At::Vendor(shared) = second.open().await else {
        panic!("not at the vendor")
    };
    assert_eq!(n, shared, "they share it");
    let (mut gives_up, mut goes_on) = if first_gives_up {
        (first, second)
    } else {
        (second, first)
    };
    let back = world.back(n);
    let shown = page(gives_up.tab.open(&back).await);
    let told = page(gives_up.give_up(&shown).await);
    assert_eq!(told.state, "cancelled");
    let at = goes_on.tab.open(&back).await;
    (goes_on, at)
}

#[test]
fn who_shares_a_transaction_goes_on_when_another_gives_up() {
    for first_gives_up in [true, false] {
        play("truth", async |world| {
            let (mut walk, at) = one_gives_up(&world, first_gives_up).await;
            let shown = page(at);
            let resumes = shown.offers.iter().find(|offer| offer.to.contains("at=vendor"));
            let Some(resumes) = resumes else {
                return world.violated("truth", &format!("cannot go on: {shown:?}"));
            };
            let At::Vendor(n) = walk.tab.press(resumes).await else {
                panic!("not at the vendor")
            };
            world.visited(walk.journey.n, n);
            world.says(n, Says::Passed, Callbacks::Never);
            let back = world.back(n);
            let at = walk.tab.open(&back).await;
            walk.redeem(&at).await;
        });
    }
}

/// The vendor says something, and its callback is acknowledged.
async fn told(world: &Arc<World>, says: Says) {
    world.says(0, says, Callbacks::Never);
    let body = world.body(0, says);
    assert!(world.call_back(0, body).await);
    wait_ms(5000).await;
}

#[test]
fn what_was_read_after_one_gave_up_is_read_for_those_who_share_the_transaction() {
    for first_gives_up in [true, false] {
        play("liveness", async |world| {
            let (mut walk, _) = one_gives_up(&world, first_gives_up).await;
            told(&world, Says::Captured).await;
            told(&world, Says::Passed).await;
            let back = world.back(0);
            let at = walk.tab.open(&back).await;
            if !matches!(at, At::Client(_)) {
                world.violated("liveness", &format!("{at:?}"));
            }
        });
    }
}

#[test]
fn what_was_abandoned_after_one_gave_up_has_expired_for_those_who_share_it() {
    for first_gives_up in [true, false] {
        play("liveness", async |world| {
            let (mut walk, _) = one_gives_up(&world, first_gives_up).await;
            told(&world, Says::Abandoned).await;
            let back = world.back(0);
            let shown = page(walk.tab.open(&back).await);
            if shown.state != "expired" {
                world.violated("liveness", &format!("{shown:?}"));
            }
        });
    }
}
