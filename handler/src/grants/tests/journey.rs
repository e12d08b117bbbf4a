//! A person's way from the ticket to the grant.

use std::time::Duration;

use super::vendor::{abandoned, approved, rejected};
use super::world::{World, address, callback};
use crate::checks::vendor::Progress;
use crate::checks::{Error, Status, Step};
use crate::ids::PersonReference;

/// The person reads it from their page, and whoever helps them finds the verification by it.
#[tokio::test]
async fn a_verification_is_found_by_the_reference_of_its_person() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let id = ada.visit.entry.id;
    let heard = PersonReference::of(id)
        .to_string()
        .to_lowercase()
        .replace('-', " ");
    let process = world.process();
    assert_eq!(process.referred(heard.parse().unwrap()).await.unwrap(), [id]);
    let other = "0000-0000".parse().unwrap();
    assert!(process.referred(other).await.unwrap().is_empty());
    let operator = crate::checks::decide::Operator {
        who: "op-7".to_owned(),
        why: "request 12".to_owned(),
    };
    process.erase(id, &operator).await.unwrap();
    assert!(process.referred(heard.parse().unwrap()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_approved_person_gets_a_grant() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    assert_eq!(ada.process.poll(&ada.visit).await.unwrap().step, Step::NotBegun);
    assert_eq!(ada.begin().await, "https://vendor.example/go/secret-0");
    assert_eq!(ada.process.poll(&ada.visit).await.unwrap().step, Step::AtVendor);
    world.vendor.set(0, approved());
    ada.process.returned(&ada.visit).await.unwrap();
    let standing = ada.process.poll(&ada.visit).await.unwrap();
    assert_eq!(
        (standing.step, standing.outcome.status),
        (Step::Done, Status::Approved)
    );
    assert!(!standing.can_retry);
    let grant = ada.grant().await;
    assert_eq!(grant.outcome.status, Status::Approved);
    assert_eq!(grant.outcome.reason, None);
    assert_eq!(grant.outcome.matched.family_name, Some(true));
    assert_eq!(grant.authorization.nonce.as_deref(), Some("nonce-1"));
    assert_eq!(grant.auth_time, Some(world.now()));
}

#[tokio::test]
async fn the_vendor_is_told_what_it_needs_and_no_more() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let start = world.vendor.start_of(0);
    assert_eq!(start.reference, format!("{}-1", ada.visit.entry.id));
    assert_eq!(start.locale.as_deref(), Some("de"));
    assert_eq!(start.ip.as_deref(), Some("203.0.113.7"));
    assert_eq!(start.account, None);
    for url in [&start.callback_url, &start.return_url] {
        assert!(url.as_str().len() <= 255 && url.query().is_none(), "{url}");
    }
    assert!(start.return_url.path().ends_with(&ada.visit.entry.handle));
    assert_eq!(
        ada.process.addressee(&world.vendor.credential_of(0)).unwrap().id,
        ada.visit.entry.id
    );
}

#[tokio::test]
async fn a_rejected_person_may_try_again() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, rejected());
    assert_eq!(ada.settle().await.status, Status::Rejected);
    let standing = ada.process.poll(&ada.visit).await.unwrap();
    assert!(standing.can_retry && standing.may_leave);
    assert_eq!(standing.outcome.reason.unwrap().as_str(), "no_match");
    assert_eq!(standing.outcome.attempts_left, 2);
    assert_eq!(
        address(ada.process.retry(&ada.visit).await.unwrap()),
        "https://vendor.example/go/secret-1"
    );
    assert_eq!(world.vendor.start_of(1).account.as_deref(), Some("account-0"));
    world.vendor.set(1, approved());
    assert_eq!(ada.settle().await.status, Status::Approved);
    assert_eq!(
        ada.grant().await.outcome.attempts_left,
        2,
        "an approval is no attempt"
    );
}

#[tokio::test]
async fn an_abandoned_check_is_expired_and_may_be_repeated() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, abandoned());
    let outcome = ada.settle().await;
    assert_eq!((outcome.status, outcome.attempts_left), (Status::Expired, 3));
    ada.process.retry(&ada.visit).await.unwrap();
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn an_approval_is_not_retried() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    assert!(matches!(
        ada.process.retry(&ada.visit).await,
        Err(Error::NotRetryable)
    ));
    assert_eq!(ada.begin_settled().await.status, Status::Approved);
}

#[tokio::test]
async fn a_reload_goes_back_to_the_same_transaction() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let first = ada.begin().await;
    let again = world.sign_in("c1").await;
    assert_eq!(again.visit.entry.handle, ada.visit.entry.handle);
    assert_eq!(again.begin().await, first);
    assert_eq!(address(ada.process.retry(&ada.visit).await.unwrap()), first);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_person_whose_photos_are_taken_is_not_sent_back() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, Progress::Captured);
    assert_eq!(ada.settle().await.status, Status::Pending);
    assert_eq!(ada.begin_settled().await.status, Status::Pending);
    assert_eq!(ada.process.poll(&ada.visit).await.unwrap().step, Step::Checking);
}

#[tokio::test]
async fn a_person_may_leave_while_it_is_judged_but_not_before() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    assert!(matches!(ada.process.code(&ada.visit).await, Err(Error::NotReady)));
    ada.begin().await;
    assert!(matches!(ada.process.code(&ada.visit).await, Err(Error::NotReady)));
    ada.process.returned(&ada.visit).await.unwrap();
    assert!(ada.process.poll(&ada.visit).await.unwrap().may_leave);
    assert_eq!(ada.grant().await.outcome.status, Status::Pending);
}

#[tokio::test]
async fn a_person_who_cancels_is_cancelled_and_may_come_back() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    ada.process.cancel(&ada.visit).await.unwrap();
    let standing = ada.process.poll(&ada.visit).await.unwrap();
    assert_eq!(
        (standing.outcome.status, standing.can_retry),
        (Status::Cancelled, true)
    );
    assert_eq!(standing.outcome.attempts_left, 3);
    assert_eq!(ada.grant().await.outcome.status, Status::Cancelled);
}

#[tokio::test]
async fn cancelling_before_it_began_cancels_and_after_it_ended_does_nothing() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.process.cancel(&ada.visit).await.unwrap();
    assert_eq!(ada.begin_settled().await.status, Status::Cancelled);
    ada.process.retry(&ada.visit).await.unwrap();
    world.vendor.set(0, approved());
    ada.process.cancel(&ada.visit).await.unwrap();
    assert_eq!(ada.begin_settled().await.status, Status::Approved);
}

#[tokio::test]
async fn cancelling_with_the_photos_taken_uses_up_the_attempt() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, Progress::Captured);
    ada.process.cancel(&ada.visit).await.unwrap();
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.attempts_left,
        2
    );
}

#[tokio::test]
async fn a_late_reversal_is_a_new_decision() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    world.advance_s(86_400 * 3);
    world.vendor.set(0, rejected());
    let credential = world.vendor.credential_of(0);
    ada.process
        .callback(&credential, callback(&world, 0, "PROCESSED"))
        .await
        .unwrap();
    assert_eq!(ada.settle().await.status, Status::Rejected);
    let names = world
        .store
        .list(&super::world::folder_of(ada.visit.entry.id))
        .await
        .unwrap();
    assert!(names.contains(&"decision-1.json".to_owned()) && names.contains(&"decision-2.json".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_was_overtaken_changes_nothing() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    world.vendor.answer_takes(Duration::from_secs(5));
    let (slow, id) = (world.process(), ada.visit.entry.id);
    let slow = tokio::spawn(async move { slow.settle(id).await.unwrap() });
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.advance_s(1);
    world.vendor.set(0, rejected());
    world.vendor.answer_takes(Duration::ZERO);
    assert_eq!(ada.settle().await.status, Status::Rejected);
    assert_eq!(slow.await.unwrap().status, Status::Rejected);
}

#[tokio::test]
async fn a_vendor_that_forgets_or_expires_takes_no_result_back() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    for progress in [Progress::Unknown, abandoned(), Progress::Started] {
        world.advance_s(86_400);
        world.vendor.set(0, progress);
        assert_eq!(ada.settle().await.status, Status::Approved);
    }
}

#[tokio::test]
async fn a_transaction_nobody_finishes_expires_even_if_the_vendor_never_says_so() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.advance_s(1800);
    assert_eq!(ada.settle().await.status, Status::Pending);
    world.advance_s(3600);
    let outcome = ada.settle().await;
    assert_eq!(
        (outcome.status, outcome.reason.unwrap().as_str()),
        (Status::Expired, "never_finished")
    );
}

#[tokio::test]
async fn a_journey_survives_a_new_process_at_every_step() {
    let world = World::new();
    let mut ada = world.sign_in("c1").await;
    let href = ada.begin().await;
    ada.process = world.process();
    assert_eq!(ada.begin().await, href);
    world.vendor.set(0, approved());
    ada.process = world.process();
    ada.process.returned(&ada.visit).await.unwrap();
    ada.process = world.process();
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.status,
        Status::Approved
    );
    ada.process = world.process();
    let code = ada.process.code(&ada.visit).await.unwrap();
    ada.process = world.process();
    assert_eq!(ada.process.code(&ada.visit).await.unwrap(), code);
    let grant = ada.redeem(&code).await.unwrap();
    ada.process = world.process();
    assert_eq!(
        ada.process.userinfo(&grant.access_token).await.unwrap().subject,
        grant.subject
    );
    assert_eq!(world.vendor.starts(), 1);
}
