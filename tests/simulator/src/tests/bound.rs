//! Browsers: whoever presses what the page offers gets on.

use super::play::{Walk, another, at_once, plan, play, rule, script, sign_in};
use crate::browser::{At, Tab};
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

#[test]
fn two_browsers_that_share_a_transaction_both_come_back() {
    play("dead page", async |world| {
        at_once(&world, vec![plan(), another(1)]).await;
    });
}

#[test]
fn one_link_opened_in_two_browsers_leads_to_no_dead_page() {
    play("dead page", async |world| {
        let mut first = Walk::new(&world, plan());
        let opens = first.journey.requested().await.unwrap();
        first.tab.open(&opens).await;
        let mut second = Tab::of(&world, "another browser");
        let At::Vendor(n) = second.open(&opens).await else {
            panic!("not at the vendor")
        };
        let back = world.back(n);
        let At::Page(shown) = second.open(&back).await else {
            panic!("no page")
        };
        if shown.offers.is_empty() {
            world.violated("dead page", &format!("{shown:?}"));
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
