//! An operator lets nothing be begun: what was begun goes on, and what is known is told.

use super::vendor::approved;
use super::world::{CLIENT, SignIn, World, authorization, registration, settled};
use crate::checks::{Error, Registration, Status};

fn closed(world: &mut World) {
    world.limits.closed = true;
}

fn of(name: &str, correlation_id: &str) -> Registration {
    Registration {
        subject: name.to_owned(),
        ..registration(correlation_id)
    }
}

#[tokio::test]
async fn nothing_is_begun_whoever_asks() {
    let mut world = World::new();
    closed(&mut world);
    for stranger in [false, true] {
        let request = crate::grants::Authorization {
            stranger,
            ..authorization()
        };
        let sign_in = world.sign_in_as(registration("c1"), request).await;
        let begun = sign_in.process.begin(&sign_in.visit).await;
        assert!(matches!(begun, Err(Error::Closed)), "{begun:?}");
        sign_in.process.leave(&sign_in.visit).await.unwrap();
        let told = sign_in.grant().await.outcome;
        let reason = told.reason.as_ref().map(crate::checks::Reason::as_str);
        assert_eq!((told.status, reason), (Status::Error, Some("closed")));
    }
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn what_was_begun_goes_on_and_its_result_is_read() {
    let mut world = World::new();
    let ada = world.sign_in("c1").await;
    let address = ada.begin().await;
    closed(&mut world);
    let later = SignIn {
        process: world.process(),
        visit: ada.visit.clone(),
    };
    assert_eq!(later.begin().await, address);
    world.vendor.set(0, approved());
    assert_eq!(later.settle().await.status, Status::Approved);
    assert_eq!(later.grant().await.outcome.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn an_approval_that_is_there_answers() {
    let mut world = World::new();
    let ada = world.sign_in_as(of("ada", "c1"), authorization()).await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    closed(&mut world);
    let again = world.sign_in_as(of("ada", "c2"), authorization()).await;
    let begun = again.process.begin(&again.visit).await.unwrap();
    assert_eq!(settled(begun).status, Status::Approved);
    assert_eq!(again.visit.authorization.client_id, CLIENT);
}

#[tokio::test]
async fn who_was_rejected_cannot_try_again_meanwhile() {
    let mut world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, super::vendor::rejected());
    ada.settle().await;
    closed(&mut world);
    let begun = world.process().retry(&ada.visit).await;
    assert!(matches!(begun, Err(Error::Closed)), "{begun:?}");
    let told = SignIn {
        process: world.process(),
        visit: ada.visit.clone(),
    };
    assert_eq!(told.grant().await.outcome.status, Status::Rejected);
}
