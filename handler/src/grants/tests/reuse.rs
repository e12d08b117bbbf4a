//! Earlier checks of the same subject: reused when they are good enough, taken over when they are under way.

use super::vendor::{approved, rejected};
use super::world::{BROWSER, World, ada, authorization, registration};
use crate::checks::vendor::Progress;
use crate::checks::{Registration, Status};
use crate::grants::Authorization;
use crate::person::{Person, Personal};

async fn approve(world: &World, correlation_id: &str) {
    let first = world.sign_in(correlation_id).await;
    first.begin().await;
    world.vendor.set(0, approved());
    first.settle().await;
}

#[tokio::test]
async fn a_valid_approval_is_not_repeated() {
    let world = World::new();
    approve(&world, "c1").await;
    let approved_at = world.now();
    world.advance_s(86_400 * 30);
    let second = world.sign_in("c2").await;
    let outcome = second.begin_settled().await;
    assert_eq!(
        (outcome.status, outcome.id),
        (Status::Approved, second.visit.entry.id)
    );
    let grant = second.grant().await;
    assert_eq!(grant.auth_time, Some(approved_at));
    assert_eq!(grant.outcome.matched.given_name, Some(true));
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn an_approval_that_is_too_old_is_repeated() {
    let world = World::new();
    approve(&world, "c1").await;
    world.advance_s(86_400 * 365 + 1);
    world.sign_in("c2").await.begin().await;
    assert_eq!(world.vendor.starts(), 2);
}

/// With a validity of nothing every sign-in has its own check, and that one serves it.
#[tokio::test]
async fn an_approval_that_is_never_reused_still_serves_its_own_sign_in() {
    let mut world = World::new();
    world.limits.approval_valid = std::time::Duration::ZERO;
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.advance_s(30);
    world.vendor.set(0, approved());
    first.settle().await;
    world.advance_s(45);
    assert_eq!(first.grant().await.outcome.status, Status::Approved);
    let second = world.sign_in("c2").await;
    second.begin().await;
    assert_eq!(world.vendor.starts(), 2);
}

/// An approval that is about to end is good to the end of the sign-in that it was good for.
#[tokio::test]
async fn an_approval_that_ends_during_a_sign_in_serves_it() {
    let world = World::new();
    approve(&world, "c1").await;
    world.advance_s(86_400 * 365 - 10);
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin_settled().await.status, Status::Approved);
    world.advance_s(60);
    assert_eq!(second.grant().await.outcome.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn prompt_login_demands_a_fresh_check_but_only_one() {
    let world = World::new();
    approve(&world, "c1").await;
    world.advance_s(60);
    let fresh = Authorization {
        fresh: true,
        ..authorization()
    };
    let second = world.sign_in_as(registration("c2"), fresh.clone()).await;
    second.begin().await;
    assert_eq!(world.vendor.starts(), 2);
    world.vendor.set(1, approved());
    second.settle().await;
    world.advance_s(60);
    let reload = world.sign_in_as(registration("c2"), fresh.clone()).await;
    assert_eq!(reload.begin_settled().await.status, Status::Approved);
    let anew = Authorization {
        state: Some("another".to_owned()),
        ..fresh
    };
    let third = world.sign_in_as(registration("c2"), anew).await;
    assert!(
        third.process.code(&third.visit).await.is_err(),
        "the old result is no answer to a fresh demand"
    );
    third.begin().await;
    assert_eq!(world.vendor.starts(), 3);
}

#[tokio::test]
async fn max_age_is_kept() {
    let world = World::new();
    approve(&world, "c1").await;
    world.advance_s(100);
    let within = |max_age_s| Authorization {
        max_age_s: Some(max_age_s),
        ..authorization()
    };
    let young = world.sign_in_as(registration("c2"), within(100)).await;
    assert_eq!(young.begin_settled().await.status, Status::Approved);
    world
        .sign_in_as(registration("c3"), within(99))
        .await
        .begin()
        .await;
    world
        .sign_in_as(registration("c1"), within(99))
        .await
        .begin()
        .await;
    assert_eq!(world.vendor.starts(), 2, "c1 takes over what c3 has begun");
}

#[tokio::test]
async fn an_approval_of_other_values_is_not_reused() {
    let world = World::new();
    approve(&world, "c1").await;
    let other = Person {
        family_name: Some(Personal::new("Byron")),
        ..ada()
    };
    let renamed = Registration {
        person: other,
        ..registration("c2")
    };
    world.sign_in_as(renamed, authorization()).await.begin().await;
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn an_approval_without_matching_is_not_reused_where_matching_is_asked() {
    let world = World::new();
    let unmatched = Registration {
        person: Person::default(),
        ..registration("c1")
    };
    let first = world.sign_in_as(unmatched, authorization()).await;
    first.begin().await;
    world.vendor.set(0, approved());
    first.settle().await;
    world.sign_in("c2").await.begin().await;
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn an_approval_that_was_taken_back_is_not_reused() {
    let world = World::new();
    approve(&world, "c1").await;
    world.advance_s(60);
    world.vendor.set(0, rejected());
    world.sign_in("c1").await.settle().await;
    world.sign_in("c2").await.begin().await;
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn another_subject_s_approval_is_not_reused() {
    let world = World::new();
    approve(&world, "c1").await;
    let grace = Registration {
        subject: "grace".to_owned(),
        ..registration("c2")
    };
    world.sign_in_as(grace, authorization()).await.begin().await;
    let elsewhere = Registration {
        client_id: None,
        ..registration("c3")
    };
    world.sign_in_as(elsewhere, authorization()).await.begin().await;
    assert_eq!(world.vendor.starts(), 3);
}

#[tokio::test]
async fn a_check_under_way_is_taken_over() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    let href = first.begin().await;
    world.advance_s(10);
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin().await, href);
    assert_eq!(world.vendor.starts(), 1);
    world.vendor.set(0, approved());
    second.process.returned(&second.visit).await.unwrap();
    let standing = second.process.poll(&second.visit).await.unwrap();
    assert_eq!(standing.outcome.status, Status::Approved);
    assert_eq!(second.grant().await.outcome.status, Status::Approved);
    assert_eq!(
        first.process.poll(&first.visit).await.unwrap().outcome.status,
        Status::Approved
    );
}

#[tokio::test]
async fn the_vendor_s_return_leads_on_to_the_later_sign_in() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    assert!(
        first
            .process
            .continued(first.visit.entry.id)
            .await
            .unwrap()
            .is_empty()
    );
    let second = world.sign_in("c2").await;
    second.begin().await;
    let handles = first.process.continued(first.visit.entry.id).await.unwrap();
    let visit = first.process.visit(&handles[0], Some(BROWSER)).await.unwrap();
    assert_eq!(visit.entry.id, second.visit.entry.id);
    world.advance_s(3600);
    let ended = first.process.continued(first.visit.entry.id).await.unwrap();
    assert!(ended.is_empty(), "{ended:?}");
}

#[tokio::test]
async fn a_check_that_ended_unnoticed_is_not_taken_over_but_used() {
    let world = World::new();
    world.sign_in("c1").await.begin().await;
    world.vendor.set(0, approved());
    world.advance_s(50);
    assert_eq!(
        world.sign_in("c2").await.begin_settled().await.status,
        Status::Approved
    );
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_callback_for_the_taken_over_check_settles_the_later_sign_in() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    let second = world.sign_in("c2").await;
    second.begin().await;
    world.advance_s(5);
    world.vendor.set(0, rejected());
    let credential = world.vendor.credential_of(0);
    world
        .process()
        .callback(&credential, super::world::callback(&world, 0, "PROCESSED"))
        .await
        .unwrap();
    let standing = second.process.poll(&second.visit).await.unwrap();
    assert_eq!(
        (standing.outcome.status, standing.can_retry),
        (Status::Rejected, true)
    );
    second.process.retry(&second.visit).await.unwrap();
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn giving_up_the_later_sign_in_leaves_the_first_alone() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    let second = world.sign_in("c2").await;
    second.begin().await;
    second.process.cancel(&second.visit).await.unwrap();
    assert_eq!(second.grant().await.outcome.status, Status::Cancelled);
    world.vendor.set(0, approved());
    assert_eq!(first.settle().await.status, Status::Approved);
}

#[tokio::test]
async fn a_check_that_is_being_judged_is_waited_for() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    first.begin().await;
    world.vendor.set(0, Progress::Captured);
    first.settle().await;
    world.advance_s(4000);
    assert_eq!(
        world.sign_in("c2").await.begin_settled().await.status,
        Status::Pending
    );
    assert_eq!(world.vendor.starts(), 1);
}
