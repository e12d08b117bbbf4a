//! What an attacker tried: each test says what holds.

use std::time::Duration;

use super::vendor::{approved, rejected};
use super::world::{BROWSER, CLIENT, SignIn, World, address, authorization, presented, redeem, registration};
use crate::checks::decision::rules::OnMissing;
use crate::checks::{Begun, Error, RedeemError, Registration, Status, Waiting};
use crate::grants::{About, Authorization};
use crate::person::{Person, Personal};

/// What a pushed request with the ticket adds is passed over when the vendor has forgotten the transaction.
#[tokio::test]
async fn what_is_added_is_compared_or_nothing_is_approved() {
    let world = World::new();
    let process = world.process();
    let asked = Registration {
        person: Person::default(),
        ..registration("c1")
    };
    let registered = process.register(asked).await.unwrap();
    let id = process.resolve_ticket(&registered.ticket, CLIENT).await.unwrap();
    let handle = process.authorize(id, authorization(), BROWSER).await.unwrap();
    let visit = process.visit(&handle, Some(BROWSER)).await.unwrap();
    let ada = SignIn { process, visit };
    ada.begin().await;
    world.vendor.set(0, approved());
    assert_eq!(ada.settle().await.status, Status::Approved);
    // The tenant's retention is over: Jumio answers 404, or `wipedOutAt`.
    world.advance_s(2 * 3600);
    world.vendor.set(0, crate::checks::vendor::Progress::Unknown);
    let person = Person {
        family_name: Some(Personal::new("Hopper")),
        ..Person::default()
    };
    let about = About::Ticket {
        ticket: registered.ticket.clone(),
        person,
        by_anybody: false,
    };
    let request = Authorization {
        state: Some("state-2".into()),
        ..authorization()
    };
    let pushed = ada.process.push(about, request.clone()).await.unwrap();
    let (id, request) = ada
        .process
        .resolve_pushed(&pushed.request_uri_value, CLIENT, BROWSER)
        .await
        .unwrap();
    let handle = ada.process.authorize(id, request, BROWSER).await.unwrap();
    let visit = ada.process.visit(&handle, Some(BROWSER)).await.unwrap();
    let second = SignIn {
        process: world.process(),
        visit,
    };
    match second.process.begin(&second.visit).await.unwrap() {
        Begun::Settled(outcome) => assert_ne!(
            outcome.status,
            Status::Approved,
            "Hopper was never compared: {outcome:?}"
        ),
        other => drop(other),
    }
    let told = second.grant().await.outcome;
    assert_ne!(
        told.status,
        Status::Approved,
        "Hopper was never compared: {told:?}"
    );
}

/// Press cancel, finish at the vendor all the same: no attempt is ever used up.
#[tokio::test]
async fn an_attempt_that_was_finished_after_all_counts() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let mut checked = 0;
    for n in 0..10 {
        ada.process.cancel(&ada.visit).await.unwrap();
        // The vendor's page is still open in the other tab.
        world.vendor.set(n, rejected());
        ada.callback(&world, n).await;
        assert_eq!(ada.settle().await.status, Status::Rejected);
        checked += 1;
        if ada.process.retry(&ada.visit).await.is_err() {
            break;
        }
    }
    assert!(
        checked <= 3,
        "{checked} documents were checked and rejected where 3 attempts are allowed"
    );
}

/// One sign-in gives up a transaction that another one is at: a third pays for a second one.
#[tokio::test]
async fn giving_up_in_one_tab_does_not_pay_again_while_another_is_at_the_vendor() {
    let world = World::new();
    let a = world.sign_in("c1").await;
    let b = world.sign_in("c2").await;
    let first = a.begin().await;
    assert_eq!(b.begin().await, first);
    a.process.cancel(&a.visit).await.unwrap();
    assert_eq!(b.begin().await, first, "b is still there");
    let c = world.sign_in("c3").await;
    let begun = address(c.process.begin(&c.visit).await.unwrap());
    assert_eq!(
        (begun, world.vendor.starts()),
        (first, 1),
        "two transactions of one subject are under way"
    );
}

/// Each poll of a page asks the vendor anew while a callback is unread and the vendor is slow.
#[tokio::test(start_paused = true)]
async fn polls_do_not_pile_up_questions_to_a_slow_vendor() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    world.vendor.answer_takes(Duration::from_secs(8));
    ada.callback(&world, 0).await;
    let polls = (0..100).map(|_| ada.process.poll(&ada.visit));
    for standing in futures::future::join_all(polls).await {
        standing.unwrap();
    }
    assert!(
        world.vendor.asked() <= 2,
        "{} questions about one transaction at once",
        world.vendor.asked()
    );
}

/// A replay at a process whose clock is behind revokes nothing.
#[tokio::test]
async fn a_replay_at_a_process_whose_clock_is_behind_revokes_too() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    let ahead = world.process_ahead_s(2);
    let grant = redeem(&ahead, &presented(&code)).await.unwrap();
    world.advance_s(1);
    let again = redeem(&world.process(), &presented(&code)).await;
    assert!(matches!(again, Err(RedeemError::Replayed)), "{again:?}");
    let told = world.process().userinfo(&grant.access_token).await;
    assert!(
        matches!(told, Err(RedeemError::Replayed)),
        "a whole second later, and the token lives"
    );
}

/// A person whose account's name cannot be compared, by their own choice.
#[tokio::test]
async fn a_name_that_cannot_be_compared_is_not_one_that_the_document_lacks() {
    for name in ["-", "N/A", "Аda"] {
        let mut world = World::new();
        world.rules.match_missing = OnMissing::Approve;
        let person = Person {
            given_name: Some(Personal::new(name)),
            family_name: Some(Personal::new(name)),
            ..Person::default()
        };
        let asked = Registration {
            person,
            ..registration("c1")
        };
        let ada = world.sign_in_as(asked, authorization()).await;
        ada.begin().await;
        world.vendor.set(0, approved());
        assert_ne!(
            ada.settle().await.status,
            Status::Approved,
            "{name} is approved with any document"
        );
    }
}

/// A client that always says prompt=login, and a person who clicks four times and shows nothing.
#[tokio::test]
async fn four_fresh_clicks_use_no_attempt_up() {
    let world = World::new();
    let mut last = None;
    for n in 0..4 {
        world.advance_s(5);
        let request = Authorization {
            fresh: true,
            state: Some(format!("state-{n}")),
            ..authorization()
        };
        let ada = world.sign_in_as(registration(&format!("c{n}")), request).await;
        last = Some(ada.process.begin(&ada.visit).await);
    }
    assert!(
        !matches!(last, Some(Err(Error::AttemptsExhausted))),
        "locked out of their own sign-in, having shown nothing"
    );
}

/// How long a page is blank while the vendor is slow and a callback unread.
#[tokio::test(start_paused = true)]
async fn a_page_is_not_blank_for_longer_than_two_seconds_while_the_vendor_is_slow() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.vendor.set(0, approved());
    first.settle().await;
    first.callback(&world, 0).await;
    world.vendor.answer_takes(Duration::from_secs(7));
    let second = world.sign_in("c2").await;
    let began = tokio::time::Instant::now();
    let _ = second.process.begin(&second.visit).await;
    let authorizing = began.elapsed();
    first.callback(&world, 0).await;
    let began = tokio::time::Instant::now();
    let _ = first.process.cancel(&first.visit).await;
    let leaving = began.elapsed();
    assert!(
        authorizing <= Duration::from_secs(3) && leaving <= Duration::from_secs(3),
        "authorize {authorizing:?}, leave {leaving:?}"
    );
}

/// One person's sign-ins fill the line, and everybody else is told at once that it does not work.
#[tokio::test(start_paused = true)]
async fn one_subject_takes_one_place_in_line() {
    let mut world = World::new();
    world.limits.start_pace = Duration::from_secs(1);
    world.vendor.allows_one_in(Duration::from_secs(60));
    let process = world.process();
    let one = world
        .sign_in_as(
            Registration {
                subject: "one".into(),
                ..registration("c1")
            },
            authorization(),
        )
        .await;
    let _ = process.begin(&one.visit).await;
    let two = world
        .sign_in_as(
            Registration {
                subject: "two".into(),
                ..registration("c1")
            },
            authorization(),
        )
        .await;
    let _ = process.begin(&two.visit).await; // throttled: everybody waits a minute
    for n in 0..20 {
        let tab = world.sign_in(&format!("tab-{n}")).await;
        let _ = process.begin(&tab.visit).await;
    }
    let grace = world
        .sign_in_as(
            Registration {
                subject: "grace".into(),
                ..registration("c1")
            },
            authorization(),
        )
        .await;
    let begun = process.begin(&grace.visit).await;
    assert!(
        matches!(
            begun,
            Ok(Begun::Waiting {
                what: Waiting::InLine(0..=2),
                ..
            })
        ),
        "{begun:?}: before her are the one that was told to wait and the one with many sign-ins"
    );
}

/// After a cancellation in one tab and an approval in another, `try again` uses the approval.
#[tokio::test]
async fn try_again_after_giving_up_does_not_pay_for_what_is_approved() {
    let world = World::new();
    let a = world.sign_in("c1").await;
    let b = world.sign_in("c2").await;
    a.begin().await;
    b.begin().await;
    b.process.cancel(&b.visit).await.unwrap();
    world.vendor.set(0, approved());
    assert_eq!(a.settle().await.status, Status::Approved);
    let _ = b.process.retry(&b.visit).await;
    assert_eq!(
        world.vendor.starts(),
        1,
        "the subject is approved, and pays again"
    );
}

/// An acknowledged reversal that the vendor never answers is told as approved again after an hour.
#[tokio::test(start_paused = true)]
async fn an_acknowledged_reversal_that_is_never_read_is_not_told_as_approved() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    world.advance_s(86_400);
    ada.callback(&world, 0).await;
    world.vendor.set(0, crate::checks::vendor::Progress::Unknown);
    assert_eq!(ada.settle().await.status, Status::Pending);
    world.advance_s(3_601);
    let again = world.sign_in("c2").await;
    let begun = again.process.begin(&again.visit).await.unwrap();
    assert!(
        !matches!(&begun, Begun::Settled(told) if told.status == Status::Approved),
        "{begun:?}"
    );
}

/// Registered without names, which are pushed: what is added has another name in each registration.
#[tokio::test]
async fn what_is_pushed_again_is_answered_by_the_approval_that_is_there() {
    let world = World::new();
    for n in 0..2 {
        let ada = pushed(&world, &format!("c{n}")).await;
        if n == 0 {
            ada.begin().await;
            world.vendor.set(0, approved());
            ada.settle().await;
        }
        let told = super::world::settled(ada.process.begin(&ada.visit).await.unwrap());
        assert_eq!(told.status, Status::Approved, "{n}");
        assert_eq!(ada.grant().await.outcome.status, Status::Approved, "{n}");
    }
    assert_eq!(world.vendor.starts(), 1);
}

/// A sign-in whose names were pushed with a ticket that names nobody.
async fn pushed(world: &World, correlation_id: &str) -> SignIn {
    let process = world.process();
    let asked = Registration {
        person: Person::default(),
        ..registration(correlation_id)
    };
    let about = About::Ticket {
        ticket: process.register(asked).await.unwrap().ticket,
        person: super::world::ada(),
        by_anybody: false,
    };
    let request = process.push(about, authorization()).await.unwrap();
    let (id, request) = process
        .resolve_pushed(&request.request_uri_value, CLIENT, BROWSER)
        .await
        .unwrap();
    let handle = process.authorize(id, request, BROWSER).await.unwrap();
    let visit = process.visit(&handle, Some(BROWSER)).await.unwrap();
    SignIn { process, visit }
}
