//! Codes: one access token each, and the rightful client is served.

use handler::testing::Limits;

use super::play::{Walk, plan, play, play_within, prefer, rule, script, sign_in, wait_ms};
use crate::journey::Plan;
use crate::oracle::Story;
use crate::points::{Act, Op, Rule, Side};

fn by(client: &'static str) -> Plan {
    let plan = plan();
    Plan {
        story: Story { client, ..plan.story },
        ..plan
    }
}

/// The token endpoint writes its redemption; then this happens.
fn after_the_redemption_is_written(client: &'static str, then: Act) {
    play("redemption", async |world| {
        script(&world, &[rule(Op::Create, Side::After, "redeemed-", then)]);
        let left = sign_in(&world, by(client)).await;
        if left.tokens.is_none() {
            world.violated("redemption", "the rightful client got nothing");
        }
    });
}

#[test]
fn a_kill_just_after_the_redemption_is_written_loses_no_sign_in() {
    after_the_redemption_is_written("b2c", Act::Kill);
}

#[test]
fn a_kill_just_after_the_redemption_is_written_loses_no_sign_in_with_pkce() {
    after_the_redemption_is_written("okta", Act::Kill);
}

#[test]
fn a_client_may_repeat_its_assertion_byte_for_byte_after_a_kill() {
    after_the_redemption_is_written("keys", Act::Kill);
}

#[test]
fn a_store_that_fails_just_after_the_redemption_is_written_loses_no_sign_in() {
    after_the_redemption_is_written("b2c", Act::Fail);
}

#[test]
fn a_client_may_repeat_its_assertion_when_the_store_failed() {
    play("redemption", async |world| {
        let mut walk = Walk::new(&world, by("keys"));
        let opens = walk.journey.requested().await.unwrap();
        let mut tab = walk.tab.clone();
        tab.open(&opens).await;
        let answer = walk.journey.walk(&mut tab, true).await.unwrap();
        script(&world, &[rule(Op::Create, Side::After, "assertions/", Act::Fail)]);
        if world.redeem(walk.journey.n, &answer["code"]).await.is_none() {
            world.violated("redemption", "the rightful client got nothing");
        }
    });
}

#[test]
fn any_one_failure_of_the_store_while_a_code_is_redeemed_loses_no_sign_in() {
    for op in [Op::Create, Op::Read, Op::List] {
        for side in [Side::Before, Side::After] {
            for after in 0..8 {
                play("redemption", async |world| {
                    let mut walk = Walk::new(&world, plan());
                    let opens = walk.journey.requested().await.unwrap();
                    let mut tab = walk.tab.clone();
                    tab.open(&opens).await;
                    let answer = walk.journey.walk(&mut tab, true).await.unwrap();
                    script(
                        &world,
                        &[Rule {
                            after,
                            ..rule(op, side, "", Act::Fail)
                        }],
                    );
                    if world.redeem(walk.journey.n, &answer["code"]).await.is_none() {
                        world.violated(
                            "redemption",
                            &format!("nothing was got when {op:?} {after} failed {side:?}"),
                        );
                    }
                });
            }
        }
    }
}

#[test]
fn a_request_that_its_client_gave_up_does_not_revoke_what_the_next_one_got() {
    play("lost", async |world| {
        let mut walk = Walk::new(&world, plan());
        let opens = walk.journey.requested().await.unwrap();
        let mut tab = walk.tab.clone();
        tab.open(&opens).await;
        let answer = walk.journey.walk(&mut tab, true).await.unwrap();
        // The first request is held up; its client leaves, asks again, and is served.
        script(&world, &[rule(Op::Read, Side::After, "code-", Act::Delay(4000))]);
        crate::world::lock(&world.weather).clients_leave = 10_000;
        let first = tokio::spawn({
            let (world, code, n) = (
                std::sync::Arc::clone(&world),
                answer["code"].clone(),
                walk.journey.n,
            );
            async move { world.redeem(n, &code).await }
        });
        wait_ms(3500).await;
        crate::world::lock(&world.weather).clients_leave = 0;
        let tokens = first.await.unwrap().expect("tokens");
        wait_ms(10_000).await;
        let told = world.userinfo(walk.journey.n, &tokens.access).await;
        if told.as_ref().is_none_or(|(status, _)| *status != 200) {
            world.violated("lost", &format!("{told:?}"));
        }
    });
}

#[test]
fn a_code_presented_again_revokes_its_token_whatever_the_clocks_say() {
    play_within(
        "revocation",
        Limits::default(),
        &[(2000, 0), (-2000, 0)],
        async |world| {
            let mut walk = Walk::new(&world, plan());
            let opens = walk.journey.requested().await.unwrap();
            let mut tab = walk.tab.clone();
            tab.open(&opens).await;
            let answer = walk.journey.walk(&mut tab, true).await.unwrap();
            prefer(&world, 0);
            let tokens = world.redeem(walk.journey.n, &answer["code"]).await.unwrap();
            wait_ms(1000).await;
            prefer(&world, 1);
            world.replay(walk.journey.n, &answer["code"], &tokens).await;
        },
    );
}
