//! Details that were registered wrongly are corrected once, and nothing is paid for it.

use super::vendor::{approved, rejected, rejected_for};
use super::world::{SignIn, World, authorization, registration};
use crate::checks::history::timeline::Event;
use crate::checks::{Begun, Error, ManualDecision, Outcome, Registration, Status};
use crate::grants::Authorization;
use crate::person::{Person, Personal};

/// Ada, as somebody has typed her family name.
fn typed(correlation_id: &str, family_name: &str) -> Registration {
    let mut typed = registration(correlation_id);
    typed.person.family_name = Some(Personal::new(family_name));
    typed
}

async fn sign_in(world: &World, correlation_id: &str, family_name: &str) -> SignIn {
    world
        .sign_in_as(typed(correlation_id, family_name), authorization())
        .await
}

/// Rejected, because her name was typed wrongly.
async fn mistyped(world: &World) -> SignIn {
    let n = world.vendor.starts();
    let ada = sign_in(world, &format!("typed-{n}"), "Lovelcae").await;
    ada.begin().await;
    world.vendor.set(n, approved());
    is_mismatch(&ada.settle().await);
    ada
}

fn is_mismatch(outcome: &Outcome) {
    assert_eq!(outcome.status, Status::Rejected);
    assert_eq!(outcome.reason.as_ref().unwrap().as_str(), "name_mismatch");
}

/// A check of its own, which is paid.
async fn pays(world: &World, sign_in: &SignIn) {
    let before = world.vendor.starts();
    let begun = sign_in.process.begin(&sign_in.visit).await.unwrap();
    assert!(matches!(begun, Begun::Redirect(_)), "{begun:?}");
    assert_eq!(world.vendor.starts(), before + 1);
}

#[tokio::test]
async fn a_corrected_name_is_compared_with_the_document_that_was_shown() {
    let world = World::new();
    let wrong = mistyped(&world).await;
    let right = sign_in(&world, "c2", "Lovelace").await;
    assert_eq!(right.begin_settled().await.status, Status::Approved);
    assert_eq!(right.grant().await.outcome.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
    // What was wrong stays wrong.
    is_mismatch(&wrong.process.poll(&wrong.visit).await.unwrap().outcome);
    let timeline = wrong.process.timeline(wrong.visit.entry.id).await.unwrap();
    let corrected = Event::CorrectedBy(right.visit.entry.id);
    assert!(
        timeline.iter().any(|moment| moment.event == corrected),
        "{timeline:?}"
    );
}

#[tokio::test]
async fn a_corrected_birth_date_is_compared_too() {
    let world = World::new();
    let mut wrong = registration("c1");
    wrong.person.birthdate = Some(Personal::new("1985-10-12"));
    let wrong = world.sign_in_as(wrong, authorization()).await;
    wrong.begin().await;
    world.vendor.set(0, approved());
    assert_eq!(
        wrong.settle().await.reason.unwrap().as_str(),
        "birthdate_mismatch"
    );
    let right = world.sign_in("c2").await;
    assert_eq!(right.begin_settled().await.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_second_mismatch_is_a_rejection_and_what_comes_after_it_pays() {
    let world = World::new();
    mistyped(&world).await;
    let second = sign_in(&world, "c2", "Lavelace").await;
    is_mismatch(&second.begin_settled().await);
    assert_eq!(world.vendor.starts(), 1);
    let third = sign_in(&world, "c3", "Lovelace").await;
    pays(&world, &third).await;
    // Who has corrected in vain may try again, like everybody who was refused.
    is_mismatch(&second.process.poll(&second.visit).await.unwrap().outcome);
}

#[tokio::test]
async fn a_correction_counts_as_no_attempt() {
    let world = World::new();
    for _ in 0..3 {
        mistyped(&world).await;
    }
    let last = world.sign_in("c9").await;
    let told = last.begin_settled().await;
    assert_eq!((told.status, told.attempts_left), (Status::Approved, 0));
    assert_eq!(world.vendor.starts(), 3);
}

#[tokio::test]
async fn repeating_a_correction_changes_nothing() {
    let world = World::new();
    mistyped(&world).await;
    for _ in 0..3 {
        let right = sign_in(&world, "c2", "Lovelace").await;
        assert_eq!(right.begin_settled().await.status, Status::Approved);
    }
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn of_two_corrections_at_once_one_is_free() {
    let world = World::new();
    mistyped(&world).await;
    let (one, other) = (
        sign_in(&world, "c2", "Lavelace").await,
        sign_in(&world, "c3", "Loveless").await,
    );
    let (first, second) = tokio::join!(one.process.begin(&one.visit), other.process.begin(&other.visit));
    let paid = [first.unwrap(), second.unwrap()]
        .iter()
        .filter(|begun| matches!(begun, Begun::Redirect(_)))
        .count();
    assert_eq!((paid, world.vendor.starts()), (1, 2));
}

#[tokio::test]
async fn what_the_vendor_cannot_be_asked_again_waits_and_pays_nothing() {
    let world = World::new();
    mistyped(&world).await;
    world.vendor.set_down(true);
    let right = sign_in(&world, "c2", "Lovelace").await;
    assert_eq!(right.begin_settled().await.status, Status::Pending);
    world.vendor.set_down(false);
    assert_eq!(right.begin_settled().await.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn what_the_vendor_takes_back_is_taken_back_here_too() {
    let world = World::new();
    let wrong = mistyped(&world).await;
    let right = sign_in(&world, "c2", "Lovelace").await;
    right.begin_settled().await;
    world.vendor.set(0, rejected());
    wrong.callback(&world, 0).await;
    wrong.settle().await;
    // It was read for both.
    world.vendor.set_down(true);
    let told = right.process.poll(&right.visit).await.unwrap().outcome;
    assert_eq!(told.status, Status::Rejected);
}

#[tokio::test]
async fn only_a_mismatch_can_be_corrected() {
    for progress in [rejected(), rejected_for("document_manipulated")] {
        let world = World::new();
        let wrong = sign_in(&world, "c1", "Lovelcae").await;
        wrong.begin().await;
        world.vendor.set(0, progress);
        assert_eq!(wrong.settle().await.status, Status::Rejected);
        pays(&world, &world.sign_in("c2").await).await;
    }
}

#[tokio::test]
async fn the_same_details_are_no_correction() {
    let world = World::new();
    mistyped(&world).await;
    pays(&world, &sign_in(&world, "c2", "Lovelcae").await).await;
}

#[tokio::test]
async fn asking_less_is_no_correction() {
    let world = World::new();
    mistyped(&world).await;
    let mut less = registration("c2");
    less.person = Person::default();
    pays(&world, &world.sign_in_as(less, authorization()).await).await;
}

#[tokio::test]
async fn after_an_hour_it_is_too_late() {
    let world = World::new();
    mistyped(&world).await;
    world.advance_s(3600);
    pays(&world, &sign_in(&world, "c2", "Lovelace").await).await;
}

#[tokio::test]
async fn who_demands_a_fresh_check_gets_one() {
    let world = World::new();
    mistyped(&world).await;
    let fresh = Authorization {
        fresh: true,
        ..authorization()
    };
    pays(&world, &world.sign_in_as(registration("c2"), fresh).await).await;
}

#[tokio::test]
async fn what_another_caller_says_is_no_correction() {
    let world = World::new();
    mistyped(&world).await;
    let other = Registration {
        caller: "another".to_owned(),
        ..registration("c2")
    };
    pays(&world, &world.sign_in_as(other, authorization()).await).await;
}

#[tokio::test]
async fn what_a_human_has_refused_is_not_corrected() {
    let world = World::new();
    let wrong = mistyped(&world).await;
    let refused = ManualDecision {
        who: "operator-7".to_owned(),
        why: "ticket 12".to_owned(),
        accepts: false,
    };
    wrong
        .process
        .decide(wrong.visit.entry.id, &refused)
        .await
        .unwrap();
    pays(&world, &sign_in(&world, "c2", "Lovelace").await).await;
}

#[tokio::test]
async fn only_the_last_transaction_can_be_corrected() {
    let world = World::new();
    mistyped(&world).await;
    let again = sign_in(&world, "c2", "Lovelcae").await;
    again.begin().await;
    world.vendor.set(1, rejected());
    again.settle().await;
    pays(&world, &sign_in(&world, "c3", "Lovelace").await).await;
}

/// A new journey has a new reference.
#[tokio::test]
async fn a_later_sign_in_finds_what_the_correction_yielded() {
    let world = World::new();
    mistyped(&world).await;
    let right = sign_in(&world, "c2", "Lovelace").await;
    right.begin_settled().await;
    // Also when the time for corrections is over, and where the vendor cannot be asked.
    world.advance_s(7200);
    world.vendor.set_down(true);
    for n in 3..6 {
        let later = sign_in(&world, &format!("c{n}"), "Lovelace").await;
        assert_eq!(later.begin_settled().await.status, Status::Approved);
        assert_eq!(later.grant().await.outcome.status, Status::Approved);
    }
    assert_eq!(world.vendor.starts(), 1);
    let registered = world.process().register(typed("c6", "Lovelace")).await.unwrap();
    assert_eq!(registered.earlier.unwrap().status, Status::Approved);
}

#[tokio::test]
async fn a_correction_that_waits_is_found_by_the_next_sign_in() {
    let world = World::new();
    mistyped(&world).await;
    world.vendor.set_down(true);
    let right = sign_in(&world, "c2", "Lovelace").await;
    assert_eq!(right.begin_settled().await.status, Status::Pending);
    let later = sign_in(&world, "c3", "Lovelace").await;
    assert_eq!(later.begin_settled().await.status, Status::Pending);
    world.vendor.set_down(false);
    assert_eq!(later.begin_settled().await.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}

/// Corrected while the vendor has come to doubt; a human accepts, and no attempt is left.
async fn reviewed(world: &World, accepts: bool) -> Outcome {
    for _ in 0..3 {
        mistyped(world).await;
    }
    world.vendor.set(2, super::vendor::doubtful());
    let right = sign_in(world, "c2", "Lovelace").await;
    assert_eq!(right.begin_settled().await.status, Status::Review);
    let later = sign_in(world, "c3", "Lovelace").await;
    assert_eq!(later.begin_settled().await.status, Status::Review);
    let said = ManualDecision {
        who: "operator-7".to_owned(),
        why: "ticket 12".to_owned(),
        accepts,
    };
    right.process.decide(right.visit.entry.id, &said).await.unwrap();
    let told = later.process.poll(&later.visit).await.unwrap().outcome;
    let last = sign_in(world, "c4", "Lovelace").await;
    if accepts {
        assert_eq!(last.begin_settled().await.status, Status::Approved);
    } else {
        assert!(last.process.begin(&last.visit).await.is_err());
    }
    assert_eq!(world.vendor.starts(), 3);
    told
}

#[tokio::test]
async fn a_human_s_word_on_a_correction_holds_for_every_later_sign_in() {
    assert_eq!(reviewed(&World::new(), true).await.status, Status::Approved);
    assert_eq!(reviewed(&World::new(), false).await.status, Status::Rejected);
}

/// What was approved under the corrected name says nothing of another one.
#[tokio::test]
async fn another_name_after_a_correction_pays() {
    let world = World::new();
    mistyped(&world).await;
    sign_in(&world, "c2", "Lovelace").await.begin_settled().await;
    pays(&world, &sign_in(&world, "c3", "Byron").await).await;
}

#[tokio::test]
async fn leaving_out_what_did_not_match_is_no_correction() {
    let world = World::new();
    let mut wrong = registration("c1");
    wrong.person.birthdate = Some(Personal::new("1985-10-12"));
    let wrong = world.sign_in_as(wrong, authorization()).await;
    wrong.begin().await;
    world.vendor.set(0, approved());
    wrong.settle().await;
    let mut less = registration("c2");
    less.person.birthdate = None;
    less.person.given_name = Some(Personal::new("Ada Augusta"));
    pays(&world, &world.sign_in_as(less, authorization()).await).await;
}

/// Given up from a page of before, while the vendor cannot be asked.
#[tokio::test]
async fn a_correction_that_was_given_up_hinders_nobody() {
    let world = World::new();
    mistyped(&world).await;
    world.vendor.set_down(true);
    let first = sign_in(&world, "c2", "Lovelace").await;
    assert_eq!(first.begin_settled().await.status, Status::Pending);
    first.process.cancel(&first.visit).await.unwrap();
    world.vendor.set_down(false);
    let second = sign_in(&world, "c3", "Lovelace").await;
    assert_eq!(second.begin_settled().await.status, Status::Approved);
    // Who gave up takes it up again: there is nothing to begin, and the page says what came of it.
    let again = first.process.retry(&first.visit).await;
    assert!(matches!(again, Err(Error::NotRetryable)), "{again:?}");
    let told = first.process.poll(&first.visit).await.unwrap().outcome;
    assert_eq!(told.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}

/// Whoever corrected in vain has begun anew; a late word of the vendor about the first check still reaches the others.
#[tokio::test]
async fn who_shares_a_correction_reads_for_themselves_when_it_is_out_of_date() {
    let world = World::new();
    let wrong = mistyped(&world).await;
    let first = sign_in(&world, "c2", "Lavelace").await;
    is_mismatch(&first.begin_settled().await);
    let second = sign_in(&world, "c3", "Lavelace").await;
    is_mismatch(&second.begin_settled().await);
    let begun = first.process.retry(&first.visit).await.unwrap();
    assert!(matches!(begun, Begun::Redirect(_)), "{begun:?}");
    world.vendor.set(0, rejected_for("document_manipulated"));
    wrong.callback(&world, 0).await;
    let told = second.process.poll(&second.visit).await.unwrap().outcome;
    assert_eq!(told.status, Status::Rejected);
    assert_eq!(told.reason.unwrap().as_str(), "document_manipulated");
}

#[tokio::test]
async fn a_correction_that_could_not_be_read_for_hours_is_paid_by_nobody() {
    let world = World::new();
    mistyped(&world).await;
    world.vendor.set_down(true);
    let first = sign_in(&world, "c2", "Lovelace").await;
    assert_eq!(first.begin_settled().await.status, Status::Pending);
    world.advance_s(7200);
    world.vendor.set_down(false);
    let later = sign_in(&world, "c3", "Lovelace").await;
    assert_eq!(later.begin_settled().await.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}

/// An answer that is too old for the sign-in uses up nobody's correction.
#[tokio::test]
async fn who_wants_a_younger_check_than_the_one_to_correct_gets_one() {
    let world = World::new();
    mistyped(&world).await;
    world.advance_s(600);
    let young = Authorization {
        max_age_s: Some(300),
        ..authorization()
    };
    pays(&world, &world.sign_in_as(registration("c2"), young).await).await;
}

#[tokio::test]
async fn who_asks_less_than_was_corrected_is_told_its_approval() {
    let world = World::new();
    mistyped(&world).await;
    sign_in(&world, "c2", "Lovelace").await.begin_settled().await;
    world.vendor.set_down(true);
    let mut less = registration("c3");
    less.person = Person {
        given_name: less.person.given_name,
        ..Person::default()
    };
    let less = world.sign_in_as(less, authorization()).await;
    assert_eq!(less.begin_settled().await.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}
