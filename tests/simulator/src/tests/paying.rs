//! What is paid, and who is told.

use handler::testing::Limits;

use super::play::{
    Walk, another, at_once, begun, page, plan, play, play_within, prefer, rule, script, sign_in, wait_ms,
};
use crate::browser::At;
use crate::journey::Plan;
use crate::jumio::Document;
use crate::oracle::Story;
use crate::points::{Act, Op, Rule, Side};

/// Three starts, as few as the settings allow to be seen.
fn few() -> Limits {
    Limits {
        max_attempts: 3,
        max_starts: 3,
        ..Limits::default()
    }
}

fn fresh(n: usize) -> Plan {
    let plan = another(n);
    Plan {
        story: Story {
            is_fresh: true,
            ..plan.story
        },
        ..plan
    }
}

#[test]
fn starts_whose_answers_are_lost_count_as_starts() {
    play_within("payments:", few(), &[(0, 0), (0, 0)], async |world| {
        let lost = rule(Op::Start, Side::After, "", Act::Fail);
        script(&world, &[Rule { times: 100, ..lost }]);
        let mut walk = Walk::new(&world, plan());
        let mut at = walk.open().await;
        for _ in 0..6 {
            let shown = page(at);
            if !shown.offers.iter().any(|offer| offer.name == "begin") {
                return;
            }
            at = walk.press(&shown, "begin").await;
        }
    });
}

#[test]
fn a_kill_between_the_vendors_answer_and_our_record_is_told() {
    play("payments told", async |world| {
        script(&world, &[rule(Op::Start, Side::After, "", Act::Kill)]);
        sign_in(&world, plan()).await;
    });
}

#[test]
fn a_lost_answer_of_the_vendor_is_told() {
    play("payments told", async |world| {
        script(&world, &[rule(Op::Start, Side::After, "", Act::Fail)]);
        sign_in(&world, plan()).await;
    });
}

#[test]
fn nobody_looks_at_a_blank_page_while_a_dead_process_holds_the_lease() {
    play("patience", async |world| {
        script(&world, &[rule(Op::Start, Side::After, "", Act::Kill)]);
        sign_in(&world, plan()).await;
    });
}

#[test]
fn a_dead_process_of_another_machine_leaves_no_blank_page_either() {
    play_within("patience", Limits::default(), &[(0, 0), (0, 1)], async |world| {
        prefer(&world, 0);
        script(&world, &[rule(Op::Start, Side::After, "", Act::Kill)]);
        let signing_in = tokio::spawn({
            let world = std::sync::Arc::clone(&world);
            async move { sign_in(&world, plan()).await }
        });
        wait_ms(50).await;
        prefer(&world, 1);
        signing_in.await.unwrap();
    });
}

#[test]
fn sign_ins_at_once_share_one_transaction() {
    play("payments:", async |world| {
        at_once(&world, (0..4).map(another).collect()).await;
    });
}

#[test]
fn sign_ins_at_once_with_other_names_share_one_transaction() {
    play("payments:", async |world| {
        let grace = Plan {
            story: Story {
                expects: Some(Document::Grace),
                ..plan().story
            },
            ..another(1)
        };
        at_once(&world, vec![plan(), grace]).await;
    });
}

#[test]
fn who_joins_a_transaction_is_judged_by_their_own_names() {
    play("truth", async |world| {
        let grace = Plan {
            story: Story {
                expects: Some(Document::Grace),
                ..plan().story
            },
            ..another(1)
        };
        at_once(&world, vec![plan(), grace]).await;
    });
}

#[test]
fn fresh_requests_at_once_share_one_transaction() {
    play("payments:", async |world| {
        at_once(&world, (0..3).map(fresh).collect()).await;
    });
}

/// Two places whose clocks are four seconds apart.
const APART: [(i64, u64); 2] = [(-2000, 0), (2000, 0)];

#[test]
fn a_fresh_request_joins_what_was_begun_after_it_whatever_the_clocks_say() {
    play_within("payments:", Limits::default(), &APART, async |world| {
        prefer(&world, 0);
        script(&world, &[rule(Op::Start, Side::Before, "", Act::Delay(1000))]);
        let first = begun(&world, plan());
        wait_ms(500).await;
        prefer(&world, 1);
        let second = begun(&world, fresh(1));
        first.await.unwrap();
        second.await.unwrap();
    });
}

#[test]
fn a_fresh_request_does_not_join_what_was_begun_before_it_whatever_the_clocks_say() {
    let ahead = [(2000, 0), (-2000, 0)];
    play_within("", Limits::default(), &ahead, async |world| {
        prefer(&world, 0);
        let mut first = Walk::new(&world, plan());
        assert!(matches!(first.open().await, At::Vendor(0)));
        wait_ms(1000).await;
        prefer(&world, 1);
        let mut second = Walk::new(&world, fresh(1));
        assert!(matches!(second.open().await, At::Vendor(1)));
    });
}

#[test]
fn a_kill_just_after_a_lost_start_is_written_down_is_told() {
    play("payments told", async |world| {
        script(
            &world,
            &[
                rule(Op::Start, Side::After, "", Act::Fail),
                rule(Op::Create, Side::After, "-unconfirmed", Act::Kill),
            ],
        );
        sign_in(&world, plan()).await;
    });
}

#[test]
fn a_lost_start_is_told_when_writing_it_down_seems_to_fail() {
    play("payments told", async |world| {
        script(
            &world,
            &[
                rule(Op::Start, Side::After, "", Act::Fail),
                rule(Op::Create, Side::After, "-unconfirmed", Act::Fail),
            ],
        );
        sign_in(&world, plan()).await;
        sign_in(&world, another(1)).await;
    });
}

#[test]
fn what_its_person_gave_up_is_under_way_for_nobody() {
    play("payments", async |world| {
        let mut first = Walk::new(&world, plan());
        let At::Vendor(n) = first.open().await else {
            panic!("not at the vendor")
        };
        let back = world.back(n);
        let shown = page(first.tab.open(&back).await);
        first.give_up(&shown).await;
        // The process that started it has met a fault of the store since.
        script(&world, &[rule(Op::List, Side::Before, "", Act::Fail)]);
        sign_in(&world, another(1)).await;
    });
}

#[test]
fn a_start_that_has_become_slow_does_not_call_the_vendor_when_its_lease_may_end() {
    play("payments:", async |world| {
        let slow = |op, about, ms| Rule {
            slot: Some(0),
            ..rule(op, Side::After, about, Act::Delay(ms))
        };
        prefer(&world, 0);
        let mut first = Walk::new(&world, plan());
        let opens = first.journey.requested().await.unwrap();
        // The first authorize gets as far as its lease; what comes then is slow, and so is the vendor.
        script(
            &world,
            &[slow(Op::Create, "starts/", 13_000), slow(Op::Start, "", 7500)],
        );
        let walking = tokio::spawn(async move { first.tab.open(&opens).await });
        wait_ms(3000).await;
        prefer(&world, 1);
        sign_in(&world, plan()).await;
        walking.await.unwrap();
    });
}
