//! Browsers: whoever presses what the page offers gets on.

use super::play::{plan, play, rule, script, sign_in};
use crate::journey::Plan;
use crate::points::{Act, Op, Side};

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
fn a_kill_while_the_vendor_answers_leads_to_no_dead_page() {
    play("dead page", async |world| {
        script(&world, &[rule(Op::Start, Side::After, "", Act::Kill)]);
        sign_in(&world, plan()).await;
    });
}
