//! An approval of a sign-in that nobody answers for is told only to whoever began it.

use super::vendor::approved;
use super::world::{SignIn, World, authorization, registration, settled};
use crate::checks::history::timeline::Event;
use crate::checks::{Begun, Error, Status, Step};
use crate::grants::Authorization;

async fn came(world: &World, correlation_id: &str, stranger: bool) -> SignIn {
    let request = Authorization {
        stranger,
        ..authorization()
    };
    world.sign_in_as(registration(correlation_id), request).await
}

/// A stranger whose check is finished on another device: the vendor calls back, and no browser has come.
async fn approved_elsewhere(world: &World) -> SignIn {
    let sign_in = came(world, "c1", true).await;
    sign_in.begin().await;
    world.vendor.set(0, approved());
    sign_in.callback(world, 0).await;
    sign_in.settle().await;
    sign_in
}

async fn status(sign_in: &SignIn) -> Status {
    sign_in.grant().await.outcome.status
}

async fn step(sign_in: &SignIn) -> (Step, Status) {
    let standing = sign_in.process.poll(&sign_in.visit).await.unwrap();
    (standing.step, standing.outcome.status)
}

async fn say(sign_in: &SignIn, is_own: bool) {
    let entry = sign_in.visit.entry.again();
    sign_in.process.confirm(&entry, is_own).await.unwrap();
}

#[tokio::test]
async fn what_was_finished_elsewhere_is_asked_about_and_then_told() {
    let world = World::new();
    let one = approved_elsewhere(&world).await;
    assert_eq!(step(&one).await, (Step::Unconfirmed, Status::Pending));
    let begun = one.process.begin(&one.visit).await.unwrap();
    assert_eq!(settled(begun).status, Status::Pending);
    let code = one.process.code(&one.visit).await;
    assert!(matches!(code, Err(Error::NotReady)), "{code:?}");
    say(&one, true).await;
    assert_eq!(step(&one).await, (Step::Done, Status::Approved));
    let grant = one.grant().await;
    assert_eq!(grant.outcome.status, Status::Approved);
    assert!(grant.auth_time.is_some());
}

#[tokio::test]
async fn who_says_no_has_cancelled_for_good() {
    let world = World::new();
    let one = approved_elsewhere(&world).await;
    say(&one, false).await;
    say(&one, true).await;
    assert_eq!(step(&one).await, (Step::Done, Status::Cancelled));
    let grant = one.grant().await;
    assert_eq!((grant.outcome.status, grant.auth_time), (Status::Cancelled, None));
    let moments = one.process.timeline(one.visit.entry.id).await.unwrap();
    let is_no = |event: &Event| matches!(event, Event::Confirmed { is_own: false });
    assert!(moments.iter().any(|moment| is_no(&moment.event)), "{moments:?}");
}

#[tokio::test]
async fn a_browser_that_came_back_itself_is_asked_nothing() {
    let world = World::new();
    let one = came(&world, "c1", true).await;
    one.begin().await;
    one.process.came_back(&one.visit.entry.again()).await.unwrap();
    world.vendor.set(0, approved());
    one.settle().await;
    assert_eq!(step(&one).await, (Step::Done, Status::Approved));
    assert_eq!(status(&one).await, Status::Approved);
}

#[tokio::test]
async fn who_is_answered_for_is_asked_nothing() {
    let world = World::new();
    let ada = came(&world, "c1", false).await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    say(&ada, false).await;
    assert_eq!(status(&ada).await, Status::Approved);
}

/// Before there is an approval nothing can be said about it.
#[tokio::test]
async fn nothing_is_said_of_what_is_not_approved() {
    let world = World::new();
    let one = came(&world, "c1", true).await;
    one.begin().await;
    say(&one, true).await;
    world.vendor.set(0, approved());
    one.settle().await;
    assert_eq!(step(&one).await.0, Step::Unconfirmed);
}

#[tokio::test]
async fn an_approval_that_somebody_else_began_is_not_reused() {
    let world = World::new();
    say(&approved_elsewhere(&world).await, false).await;
    let again = came(&world, "c2", true).await;
    let begun = again.process.begin(&again.visit).await.unwrap();
    assert!(matches!(begun, Begun::Redirect(_)), "{begun:?}");
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn an_approval_that_nobody_was_asked_about_answers_nobody_unasked() {
    let world = World::new();
    approved_elsewhere(&world).await;
    let again = came(&world, "c2", true).await;
    let request = again.visit.authorization.clone();
    let reused = again.process.reuse(again.visit.entry.id, request).await.unwrap();
    assert!(reused.is_none());
    // Whoever is there may still be asked: nobody pays again.
    let begun = again.process.begin(&again.visit).await.unwrap();
    assert_eq!(settled(begun).status, Status::Pending);
    assert_eq!(step(&again).await.0, Step::Unconfirmed);
    say(&again, true).await;
    assert_eq!(status(&again).await, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}
