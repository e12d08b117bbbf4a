//! The vendor changes its mind: nobody is told an older answer than the last callback that was acknowledged.

use super::vendor::{approved, rejected};
use super::world::{SignIn, World, registration};
use crate::verification::vendor::Progress;
use crate::verification::{Grant, Status};

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
    assert!(ada.process.settle(ada.visit.id).await.is_err());
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
    assert_eq!(ahead.settle(ada.visit.id).await.unwrap().status, Status::Approved);
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
    world.vendor.set(0, super::vendor::doubtful());
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
        ada.process.standing(&ada.visit).await.unwrap();
    }
    assert_eq!(world.vendor.fetches(), 1);
}
