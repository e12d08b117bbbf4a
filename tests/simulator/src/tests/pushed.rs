//! Roads around what was registered.

use super::play::{plan, play, sign_in};
use crate::journey::{Plan, Road};
use crate::jumio::Document;
use crate::oracle::Story;

/// A ticket says Grace; Ada's document must not pass for her.
fn of_grace(road: Road, client: &'static str) -> Plan {
    let plan = plan();
    Plan {
        story: Story {
            expects: Some(Document::Grace),
            client,
            ..plan.story
        },
        road,
        ..plan
    }
}

#[test]
fn a_ticket_through_the_browser_carries_its_names() {
    play("truth", async |world| {
        sign_in(&world, of_grace(Road::Ticket, "b2c")).await;
    });
}

#[test]
fn a_pushed_ticket_carries_its_names() {
    play("truth", async |world| {
        sign_in(&world, of_grace(Road::PushedTicket, "b2c")).await;
    });
}

#[test]
fn a_ticket_pushed_by_a_client_with_pkce_carries_its_names() {
    play("truth", async |world| {
        sign_in(&world, of_grace(Road::PushedTicket, "okta")).await;
    });
}
