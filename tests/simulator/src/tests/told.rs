//! What is told when there is no result.

use handler::testing::Limits;

use super::play::{Walk, another, page, plan, play, play_within, rule, script, sign_in};
use crate::browser::At;
use crate::callbacks::Callbacks;
use crate::journey::Journey;
use crate::jumio::{Document, Says};
use crate::points::{Act, Op, Rule, Side};

#[test]
fn no_attempts_left_is_not_told_as_cancelled() {
    let one = Limits {
        max_attempts: 1,
        max_starts: 3,
        ..Limits::default()
    };
    play_within("truth", one, &[(0, 0)], async |world| {
        let mut first = plan();
        first.verdict = Says::OtherFace;
        sign_in(&world, first).await;
        sign_in(&world, another(1)).await;
    });
}

#[test]
fn a_vendor_that_is_down_is_not_told_as_cancelled() {
    play("truth", async |world| {
        let down = rule(Op::Start, Side::Before, "", Act::Fail);
        script(&world, &[Rule { times: 100, ..down }]);
        let mut walk = Walk::new(&world, plan());
        let shown = page(walk.open().await);
        let at = walk.press(&shown, "leave").await;
        assert!(matches!(at, At::Client(_)), "{at:?}");
        walk.redeem(&at).await;
    });
}

#[test]
fn a_pending_sign_in_tells_no_time_of_a_check() {
    play("auth_time", async |world| {
        let mut walk = Walk::new(&world, plan());
        let At::Vendor(n) = walk.open().await else {
            panic!("not at the vendor")
        };
        world.visited(walk.journey.n, n);
        world.captured(n, walk.journey.plan.shows, Says::Passed, 500_000);
        let back = world.back(n);
        let shown = page(walk.tab.open(&back).await);
        let at = walk.press(&shown, "link").await;
        walk.redeem(&at).await;
    });
}

#[test]
fn a_cancelled_sign_in_tells_no_time_of_a_check() {
    play("auth_time", async |world| {
        let mut walk = Walk::new(&world, plan());
        let At::Vendor(n) = walk.open().await else {
            panic!("not at the vendor")
        };
        world.visited(walk.journey.n, n);
        let back = world.back(n);
        let shown = page(walk.tab.open(&back).await);
        let shown = page(walk.give_up(&shown).await);
        let can_leave = shown.offers.iter().any(|offer| offer.name == "leave");
        let at = walk.press(&shown, if can_leave { "leave" } else { "link" }).await;
        walk.redeem(&at).await;
    });
}

#[test]
fn a_registration_of_other_names_is_not_told_of_an_approval() {
    play("truth", async |world| {
        sign_in(&world, plan()).await;
        let mut grace = another(1);
        grace.story.expects = Some(Document::Grace);
        let next = Journey::new(&world, grace);
        world.register(next.n, "correlation-1").await;
    });
}

#[test]
fn a_human_s_no_holds_for_whoever_shares_the_transaction() {
    play("truth", async |world| {
        let mut grace = plan();
        grace.story.expects = Some(Document::Grace);
        let mut walks = [grace, another(1), another(2)].map(|plan| Walk::new(&world, plan));
        for walk in &mut walks {
            assert!(matches!(walk.open().await, At::Vendor(0)));
        }
        world.says(0, Says::Passed, Callbacks::Never);
        let back = world.back(0);
        let [_, refused, other] = &mut walks;
        let At::Client(answer) = refused.tab.open(&back).await else {
            panic!("not back at the client")
        };
        world.redeem(refused.journey.n, &answer["code"]).await;
        world.review(refused.journey.n, false).await;
        match other.tab.open(&back).await {
            At::Client(answer) => drop(world.redeem(other.journey.n, &answer["code"]).await),
            at => assert_eq!(page(at).state, "review"),
        }
    });
}
