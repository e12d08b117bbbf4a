//! The vendor changes its mind: nobody is told an older answer than the last callback that was acknowledged.

use super::vendor::{approved, rejected};
use std::time::Duration;

use super::vendor::doubtful;
use super::world::{SignIn, World, ada as person, authorization, registration};
use crate::checks::vendor::Progress;
use crate::checks::{Begun, Error, ManualDecision, Registration, Status, Step};
use crate::grants::Grant;
use crate::person::{Person, Personal};

/// Approved by the vendor, and read.
async fn approved_sign_in(world: &World) -> SignIn {
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    assert_eq!(ada.settle().await.status, Status::Approved);
    ada
}

async fn told_to_the_holder_of(grant: &Grant, world: &World) -> Status {
    let told = world.process().userinfo(&grant.access_token).await.unwrap();
    told.outcome.status
}

#[tokio::test]
async fn an_acknowledged_reversal_whose_one_reading_failed_is_not_told_as_approved() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    world.vendor.set(0, rejected());
    ada.callback(&world, 0).await;
    world.vendor.set_down(true);
    assert!(ada.process.settle(ada.visit.entry.id).await.is_err());
    let grant = ada.redeem(&code).await.unwrap();
    assert_eq!(grant.outcome.status, Status::Pending);
    assert_eq!(told_to_the_holder_of(&grant, &world).await, Status::Pending);
    world.vendor.set_down(false);
    assert_eq!(told_to_the_holder_of(&grant, &world).await, Status::Rejected);
}

#[tokio::test]
async fn an_acknowledged_reversal_that_nobody_read_is_read_by_whoever_redeems() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    world.vendor.set(0, rejected());
    ada.callback(&world, 0).await;
    assert_eq!(ada.redeem(&code).await.unwrap().outcome.status, Status::Rejected);
}

#[tokio::test]
async fn a_clock_that_is_two_seconds_ahead_drops_no_reversal() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    let ahead = world.process_ahead_s(2);
    assert_eq!(
        ahead.settle(ada.visit.entry.id).await.unwrap().status,
        Status::Approved
    );
    world.vendor.set(0, rejected());
    ada.callback(&world, 0).await;
    assert_eq!(ada.settle().await.status, Status::Rejected);
    assert_eq!(ada.grant().await.outcome.status, Status::Rejected);
}

#[tokio::test]
async fn registering_tells_pending_while_a_callback_is_unread_and_has_it_read() {
    let world = World::new();
    approved_sign_in(&world).await.callback(&world, 0).await;
    world.vendor.set(0, rejected());
    let asked = world.vendor.asked();
    let process = world.process();
    let registered = process.register(registration("c2")).await.unwrap();
    assert_eq!(registered.earlier.unwrap().status, Status::Pending);
    assert_eq!(world.vendor.asked(), asked, "registering itself asks nobody");
    world.idle().await;
    let registered = process.register(registration("c2")).await.unwrap();
    assert_eq!(registered.earlier.unwrap().status, Status::Rejected);
}

#[tokio::test]
async fn an_approval_that_was_reused_and_then_taken_back_is_told_as_taken_back() {
    let world = World::new();
    let first = approved_sign_in(&world).await;
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin_settled().await.status, Status::Approved);
    let grant = second.grant().await;
    assert_eq!(grant.outcome.status, Status::Approved);
    world.vendor.set(0, rejected());
    first.callback(&world, 0).await;
    assert_eq!(told_to_the_holder_of(&grant, &world).await, Status::Rejected);
}

#[tokio::test]
async fn coming_back_during_a_review_pays_nothing() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.vendor.set(0, doubtful());
    assert_eq!(first.settle().await.status, Status::Review);
    let again = world.sign_in("c2").await;
    assert_eq!(again.begin_settled().await.status, Status::Review);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn an_interim_callback_is_read_once() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, Progress::Captured);
    ada.callback(&world, 0).await;
    for _ in 0..3 {
        ada.process.poll(&ada.visit).await.unwrap();
    }
    assert_eq!(world.vendor.fetches(), 1);
}

#[tokio::test]
async fn an_approval_with_an_unread_callback_is_not_reused() {
    let world = World::new();
    let first = approved_sign_in(&world).await;
    world.vendor.set(0, rejected());
    first.callback(&world, 0).await;
    world.vendor.set_down(true);
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin_settled().await.status, Status::Pending);
    assert_eq!(world.vendor.starts(), 1, "nor is it paid for again");
    world.vendor.set_down(false);
    assert_eq!(second.grant().await.outcome.status, Status::Rejected);
}

#[tokio::test]
async fn a_rejection_that_is_taken_back_is_told_as_approved() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, rejected());
    assert_eq!(ada.settle().await.status, Status::Rejected);
    world.vendor.set(0, approved());
    ada.callback(&world, 0).await;
    assert_eq!(ada.grant().await.outcome.status, Status::Approved);
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_is_slow_is_waited_for_two_seconds_and_not_cut_short() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let code = ada.process.code(&ada.visit).await.unwrap();
    world.vendor.set(0, rejected());
    ada.callback(&world, 0).await;
    world.vendor.answer_takes(Duration::from_secs(6));
    let began = tokio::time::Instant::now();
    let grant = ada.redeem(&code).await.unwrap();
    assert_eq!(grant.outcome.status, Status::Pending);
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    world.idle().await;
    world.vendor.set_down(true);
    assert_eq!(told_to_the_holder_of(&grant, &world).await, Status::Rejected);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_began_before_a_callback_does_not_answer_it() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    ada.callback(&world, 0).await;
    world.vendor.answer_takes(Duration::from_secs(5));
    let (slow, id) = (world.process(), ada.visit.entry.id);
    let slow = tokio::spawn(async move { slow.settle(id).await });
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.vendor.answer_takes(Duration::ZERO);
    world.vendor.set(0, rejected());
    ada.callback(&world, 0).await;
    slow.await.unwrap().unwrap();
    assert_eq!(ada.grant().await.outcome.status, Status::Rejected);
}

#[tokio::test]
async fn a_callback_after_which_nothing_changed_is_read_and_says_when_it_was_concluded() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let concluded = ada.settle().await.at;
    ada.callback(&world, 0).await;
    let before = world.vendor.fetches();
    assert_eq!(
        ada.settle().await.at,
        concluded,
        "reading again makes nothing younger"
    );
    for _ in 0..3 {
        ada.settle().await;
    }
    assert_eq!(
        decisions(&world, &ada).await,
        2,
        "and settling again writes nothing"
    );
    let standing = ada.process.poll(&ada.visit).await.unwrap();
    assert_eq!(standing.outcome.status, Status::Approved);
    assert_eq!(world.vendor.fetches(), before + 4);
}

async fn decisions(world: &World, ada: &SignIn) -> usize {
    let folder = super::world::folder_of(ada.visit.entry.id);
    let names = world.store.list(&folder).await.unwrap();
    names.iter().filter(|name| name.starts_with("decision-")).count()
}

#[tokio::test]
async fn whoever_cancels_takes_no_unread_result_away() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    ada.callback(&world, 0).await;
    world.vendor.set_down(true);
    ada.process.cancel(&ada.visit).await.unwrap();
    let standing = ada.process.poll(&ada.visit).await.unwrap();
    assert_eq!(
        (standing.step, standing.outcome.status, standing.can_retry),
        (Step::Checking, Status::Pending, false)
    );
    world.vendor.set_down(false);
    assert_eq!(ada.grant().await.outcome.status, Status::Approved);
}

#[tokio::test]
async fn a_foreign_callback_is_not_unread() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let foreign = crate::checks::Callback {
        execution: Some("other".to_owned()),
        ..super::world::callback(&world, 0, "PROCESSED")
    };
    let credential = world.vendor.credential_of(0);
    ada.process.callback(&credential, foreign).await.unwrap();
    world.vendor.set_down(true);
    assert_eq!(ada.grant().await.outcome.status, Status::Approved);
}

// --- Review -----------------------------------------------------------------------------------------------------------

async fn in_review(world: &World) -> SignIn {
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, doubtful());
    assert_eq!(ada.settle().await.status, Status::Review);
    ada
}

fn manual(accepts: bool) -> ManualDecision {
    ManualDecision {
        who: "operator-7".to_owned(),
        why: "ticket 4711".to_owned(),
        accepts,
    }
}

async fn status_of(ada: &SignIn) -> Status {
    let standing = ada.process.poll(&ada.visit).await.unwrap();
    standing.outcome.status
}

/// Ada's registration under another name.
fn renamed(correlation_id: &str, family_name: &str) -> Registration {
    Registration {
        person: Person {
            family_name: Some(Personal::new(family_name)),
            ..person()
        },
        ..registration(correlation_id)
    }
}

#[tokio::test]
async fn a_review_is_settled_by_a_human_for_all_who_wait_for_it() {
    for (accepts, status) in [(true, Status::Approved), (false, Status::Rejected)] {
        let world = World::new();
        let first = in_review(&world).await;
        let again = world.sign_in("c2").await;
        assert_eq!(again.begin_settled().await.status, Status::Review);
        let outcome = again.process.decide(again.visit.entry.id, &manual(accepts)).await;
        assert_eq!(outcome.unwrap().status, status);
        assert_eq!(
            (status_of(&first).await, status_of(&again).await),
            (status, status)
        );
        assert_eq!(first.grant().await.outcome.status, status);
    }
}

#[tokio::test]
async fn a_review_offers_no_retry_and_is_told_by_register() {
    let world = World::new();
    let ada = in_review(&world).await;
    let standing = ada.process.poll(&ada.visit).await.unwrap();
    assert!(!standing.can_retry && standing.may_leave);
    assert!(matches!(
        ada.process.retry(&ada.visit).await,
        Err(Error::NotRetryable)
    ));
    let registered = ada.process.register(registration("c2")).await.unwrap();
    assert_eq!(registered.earlier.unwrap().status, Status::Review);
}

#[tokio::test]
async fn a_human_s_approval_is_reused_and_a_human_s_reversal_ends_that() {
    let world = World::new();
    let first = in_review(&world).await;
    first
        .process
        .decide(first.visit.entry.id, &manual(true))
        .await
        .unwrap();
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin_settled().await.status, Status::Approved);
    let grant = second.grant().await;
    first
        .process
        .decide(first.visit.entry.id, &manual(false))
        .await
        .unwrap();
    assert_eq!(told_to_the_holder_of(&grant, &world).await, Status::Rejected);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_human_takes_an_approval_back() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let grant = ada.grant().await;
    ada.process
        .decide(ada.visit.entry.id, &manual(false))
        .await
        .unwrap();
    assert_eq!(told_to_the_holder_of(&grant, &world).await, Status::Rejected);
    ada.callback(&world, 0).await;
    assert_eq!(
        told_to_the_holder_of(&grant, &world).await,
        Status::Rejected,
        "the vendor still says what the human knew"
    );
}

#[tokio::test]
async fn the_vendor_settles_a_review_itself() {
    let world = World::new();
    let ada = in_review(&world).await;
    world.vendor.set(0, approved());
    ada.callback(&world, 0).await;
    assert_eq!(status_of(&ada).await, Status::Approved);
}

#[tokio::test]
async fn a_later_change_by_the_vendor_reopens_the_review() {
    let world = World::new();
    let ada = in_review(&world).await;
    ada.process
        .decide(ada.visit.entry.id, &manual(true))
        .await
        .unwrap();
    ada.callback(&world, 0).await;
    assert_eq!(status_of(&ada).await, Status::Approved, "nothing changed");
    world.vendor.set(0, rejected());
    ada.callback(&world, 0).await;
    assert_eq!(status_of(&ada).await, Status::Review);
}

#[tokio::test]
async fn the_vendor_never_turns_a_human_s_no_into_an_approval() {
    let world = World::new();
    let ada = in_review(&world).await;
    ada.process
        .decide(ada.visit.entry.id, &manual(false))
        .await
        .unwrap();
    for (progress, status) in [
        (approved(), Status::Review),
        (rejected(), Status::Rejected),
        (approved(), Status::Review),
    ] {
        world.vendor.set(0, progress);
        ada.callback(&world, 0).await;
        assert_eq!(status_of(&ada).await, status);
    }
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin_settled().await.status, Status::Review);
}

#[tokio::test]
async fn deciding_twice_is_deciding_once() {
    let world = World::new();
    let ada = in_review(&world).await;
    for _ in 0..3 {
        ada.process
            .decide(ada.visit.entry.id, &manual(true))
            .await
            .unwrap();
    }
    assert_eq!(decisions(&world, &ada).await, 2);
}

#[tokio::test]
async fn a_human_decides_only_what_the_vendor_has_judged() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let yes = manual(true);
    let decide = || ada.process.decide(ada.visit.entry.id, &yes);
    assert!(matches!(decide().await, Err(Error::NotDecidable)));
    ada.begin().await;
    assert!(matches!(decide().await, Err(Error::NotDecidable)));
    world.vendor.set(0, super::vendor::abandoned());
    ada.settle().await;
    assert!(matches!(decide().await, Err(Error::NotDecidable)));
}

#[tokio::test]
async fn a_judgement_without_a_name_or_a_reason_or_too_long_is_refused() {
    let world = World::new();
    let ada = in_review(&world).await;
    for (who, why) in [
        ("", "ticket"),
        ("operator-7", " "),
        ("operator-7", "a\nb"),
        (&"x".repeat(65), "ticket"),
        ("operator-7", &"x".repeat(201)),
    ] {
        let manual = ManualDecision {
            who: who.to_owned(),
            why: why.to_owned(),
            accepts: true,
        };
        let decided = ada.process.decide(ada.visit.entry.id, &manual).await;
        assert!(matches!(decided, Err(Error::ManualDecision)), "{who} {why}");
    }
    assert_eq!(status_of(&ada).await, Status::Review);
}

#[tokio::test]
async fn who_comes_back_under_another_name_is_compared_with_that_name() {
    let world = World::new();
    let first = in_review(&world).await;
    let other = world.sign_in_as(renamed("c2", "Byron"), authorization()).await;
    let outcome = other.begin_settled().await;
    assert_eq!(outcome.status, Status::Rejected);
    assert_eq!(outcome.reason.unwrap().as_str(), "name_mismatch");
    assert_eq!(status_of(&first).await, Status::Review);
    assert_eq!(world.vendor.starts(), 1);
    // A human's yes to the one is no yes to the other, and the other may be checked anew.
    first
        .process
        .decide(first.visit.entry.id, &manual(true))
        .await
        .unwrap();
    assert_eq!(status_of(&other).await, Status::Rejected);
    let begun = other.process.retry(&other.visit).await.unwrap();
    assert!(matches!(begun, Begun::Redirect(_)));
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn a_human_s_no_keeps_who_joined_under_another_name_from_being_approved() {
    let mut world = World::new();
    world.rules.mismatch = crate::checks::decision::rules::OnMismatch::Review;
    let byron = world.sign_in_as(renamed("c1", "Byron"), authorization()).await;
    byron.begin().await;
    world.vendor.set(0, approved());
    assert_eq!(byron.settle().await.status, Status::Review);
    let ada = world.sign_in("c2").await;
    assert_eq!(ada.begin_settled().await.status, Status::Approved);
    byron
        .process
        .decide(byron.visit.entry.id, &manual(false))
        .await
        .unwrap();
    assert_eq!(status_of(&ada).await, Status::Review);
    ada.process
        .decide(ada.visit.entry.id, &manual(true))
        .await
        .unwrap();
    assert_eq!(status_of(&ada).await, Status::Approved);
    assert_eq!(status_of(&byron).await, Status::Rejected);
}

#[tokio::test]
async fn a_callback_settles_those_who_joined_under_another_name() {
    let mut world = World::new();
    world.rules.mismatch = crate::checks::decision::rules::OnMismatch::Review;
    let byron = world.sign_in_as(renamed("c1", "Byron"), authorization()).await;
    byron.begin().await;
    world.vendor.set(0, approved());
    byron.settle().await;
    let ada = world.sign_in("c2").await;
    ada.begin_settled().await;
    let grant = ada.grant().await;
    world.vendor.set(0, rejected());
    byron.callback(&world, 0).await;
    world.vendor.set_down(true);
    assert_eq!(told_to_the_holder_of(&grant, &world).await, Status::Pending);
    world.vendor.set_down(false);
    byron.settle().await;
    world.vendor.set_down(true);
    assert_eq!(told_to_the_holder_of(&grant, &world).await, Status::Rejected);
}

/// The vendor need not say when a callback was sent: the second one looks like the first.
#[tokio::test]
async fn a_reversal_whose_callback_looks_like_the_first_one_is_read() {
    for sent_at in [None, Some("yesterday".to_owned())] {
        let world = World::new();
        let ada = world.sign_in("c1").await;
        ada.begin().await;
        world.vendor.set(0, approved());
        let told = || crate::checks::Callback {
            sent_at: sent_at.clone(),
            ..super::world::callback(&world, 0, "PROCESSED")
        };
        let credential = world.vendor.credential_of(0);
        ada.process.callback(&credential, told()).await.unwrap();
        assert_eq!(ada.settle().await.status, Status::Approved);
        world.vendor.set(0, rejected());
        ada.process.callback(&credential, told()).await.unwrap();
        ada.process.catch_up(ada.visit.entry.id).await.unwrap();
        assert_eq!(ada.grant().await.outcome.status, Status::Rejected);
    }
}
