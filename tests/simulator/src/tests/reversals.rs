//! The vendor changes its mind.

use handler::testing::Limits;

use super::play::{Walk, another, plan, play, play_within, prefer, reverse, rule, script, sign_in, wait_ms};
use crate::browser::At;
use crate::callbacks::Callbacks;
use crate::journey::{Journey, Left};
use crate::jumio::Says;
use crate::points::{Act, Op, Rule, Side};
use crate::world::World;

async fn ask(world: &std::sync::Arc<World>, left: &Left) {
    let tokens = left.tokens.as_ref().expect("tokens");
    world.userinfo(left.story, &tokens.access).await;
}

/// The one reading after the callback fails, with all its repeats.
fn the_reading_fails() -> Rule {
    Rule {
        times: 3,
        ..rule(Op::Fetch, Side::After, "", Act::Fail)
    }
}

#[test]
fn a_reversal_whose_reading_failed_is_not_told_as_it_was() {
    play("truth", async |world| {
        let left = sign_in(&world, plan()).await;
        wait_ms(60_000).await;
        script(&world, &[the_reading_fails()]);
        reverse(&world, 0, Says::Fraud).await;
        wait_ms(10_000).await;
        ask(&world, &left).await;
    });
}

#[test]
fn a_registration_after_an_unread_reversal_does_not_tell_it_as_it_was() {
    play("truth", async |world| {
        sign_in(&world, plan()).await;
        wait_ms(60_000).await;
        script(&world, &[the_reading_fails()]);
        reverse(&world, 0, Says::Fraud).await;
        wait_ms(10_000).await;
        let next = Journey::new(&world, another(1));
        world.register(next.n, "correlation-1").await;
    });
}

#[test]
fn a_sign_in_after_an_unread_reversal_is_not_approved() {
    play("truth", async |world| {
        sign_in(&world, plan()).await;
        wait_ms(60_000).await;
        script(&world, &[the_reading_fails()]);
        reverse(&world, 0, Says::Fraud).await;
        wait_ms(10_000).await;
        sign_in(&world, another(1)).await;
    });
}

#[test]
fn a_kill_after_a_reversal_is_acknowledged_does_not_hide_it() {
    play("truth", async |world| {
        let left = sign_in(&world, plan()).await;
        wait_ms(60_000).await;
        script(&world, &[rule(Op::Fetch, Side::Before, "", Act::Kill)]);
        reverse(&world, 0, Says::Fraud).await;
        wait_ms(10_000).await;
        ask(&world, &left).await;
    });
}

#[test]
fn a_clock_two_seconds_ahead_hides_no_reversal() {
    play_within("truth", Limits::default(), &[(2000, 0), (0, 0)], async |world| {
        prefer(&world, 0);
        let mut walk = Walk::new(&world, plan());
        let At::Vendor(n) = walk.open().await else {
            panic!("not at the vendor")
        };
        world.visited(walk.journey.n, n);
        let back = world.back(n);
        world.says(n, Says::Passed, Callbacks::Never);
        // By the clock that is ahead, the approval is read two seconds from now.
        let At::Client(answer) = walk.tab.open(&back).await else {
            panic!("not approved")
        };
        let tokens = world.redeem(walk.journey.n, &answer["code"]).await.unwrap();
        prefer(&world, 1);
        reverse(&world, n, Says::Fraud).await;
        wait_ms(1000).await;
        world.userinfo(walk.journey.n, &tokens.access).await;
    });
}

#[test]
fn an_older_reading_that_ends_later_does_not_stand_over_a_newer_one() {
    play("truth", async |world| {
        let left = sign_in(&world, plan()).await;
        wait_ms(60_000).await;
        // A reading sees the approval and is slow; meanwhile the reversal comes and is read.
        script(
            &world,
            &[rule(Op::Fetch, Side::After, "version", Act::Delay(3000))],
        );
        world.callback(0, world.body(0, Says::Passed), 0);
        wait_ms(200).await;
        reverse(&world, 0, Says::Fraud).await;
        wait_ms(10_000).await;
        ask(&world, &left).await;
    });
}

#[test]
fn a_reversal_to_the_good_is_told_in_the_end() {
    play("liveness", async |world| {
        let mut doubtful = plan();
        doubtful.verdict = Says::Warning;
        let mut walk = Walk::new(&world, doubtful);
        let opens = walk.journey.requested().await.unwrap();
        let mut tab = walk.tab.clone();
        tab.open(&opens).await;
        let answer = walk.journey.walk(&mut tab, true).await.unwrap();
        let story = walk.journey.n;
        let tokens = world.redeem(story, &answer["code"]).await.expect("tokens");
        world.says(0, Says::Passed, Callbacks::Once);
        wait_ms(60_000).await;
        let told = world.userinfo(story, &tokens.access).await;
        if told.as_ref().is_none_or(|(_, status)| status != "approved") {
            world.violated("liveness", &format!("told {told:?}"));
        }
    });
}
