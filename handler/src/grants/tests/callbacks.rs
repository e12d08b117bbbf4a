//! Callbacks: before, after, twice, never, in any order, and about something else.

use super::vendor::{approved, rejected};
use super::world::{World, callback};
use crate::checks::{Callback, CallbackReceipt, Error, Status};
use crate::seal::SealError;

#[tokio::test]
async fn a_callback_makes_reading_due() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.advance_s(1);
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.status,
        Status::Pending
    );
    assert_eq!(world.vendor.fetches(), 0);
    world.vendor.set(0, approved());
    let credential = world.vendor.credential_of(0);
    let noticed = world
        .process()
        .callback(&credential, callback(&world, 0, "PROCESSED"))
        .await
        .unwrap();
    assert_eq!(noticed, CallbackReceipt::Recorded);
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.status,
        Status::Approved
    );
}

#[tokio::test]
async fn what_a_callback_says_is_never_believed() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, rejected());
    let credential = world.vendor.credential_of(0);
    ada.process
        .callback(&credential, callback(&world, 0, "APPROVED_VERIFIED"))
        .await
        .unwrap();
    assert_eq!(ada.settle().await.status, Status::Rejected);
}

#[tokio::test]
async fn the_same_callback_twice_is_one() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let credential = world.vendor.credential_of(0);
    let first = callback(&world, 0, "PROCESSED");
    ada.process.callback(&credential, first.clone()).await.unwrap();
    world.advance_s(30);
    assert_eq!(
        ada.process.callback(&credential, first).await.unwrap(),
        CallbackReceipt::Duplicate
    );
    let later = callback(&world, 0, "PROCESSED");
    assert_eq!(
        ada.process.callback(&credential, later).await.unwrap(),
        CallbackReceipt::Recorded
    );
}

#[tokio::test]
async fn a_late_interim_callback_moves_nothing_back() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    let credential = world.vendor.credential_of(0);
    ada.process
        .callback(&credential, callback(&world, 0, "ACQUISITION_STARTED"))
        .await
        .unwrap();
    assert_eq!(ada.settle().await.status, Status::Approved);
}

#[tokio::test]
async fn a_callback_with_foreign_ids_is_flagged_and_ignored() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let credential = world.vendor.credential_of(0);
    let genuine = callback(&world, 0, "PROCESSED");
    for foreign in [
        Callback {
            execution: Some("other".to_owned()),
            ..genuine.clone()
        },
        Callback {
            account: Some("other".to_owned()),
            ..genuine.clone()
        },
    ] {
        world.advance_s(1);
        assert_eq!(
            ada.process.callback(&credential, foreign).await.unwrap(),
            CallbackReceipt::Foreign
        );
        ada.process.poll(&ada.visit).await.unwrap();
        assert_eq!(world.vendor.fetches(), 0);
    }
}

#[tokio::test]
async fn a_callback_about_an_earlier_attempt_is_about_that_one() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, rejected());
    ada.settle().await;
    ada.process.retry(&ada.visit).await.unwrap();
    world.advance_s(1);
    world.vendor.set(0, approved());
    let credential = world.vendor.credential_of(0);
    let noticed = ada
        .process
        .callback(&credential, callback(&world, 0, "PROCESSED"))
        .await
        .unwrap();
    assert_eq!(noticed, CallbackReceipt::Recorded);
    assert_eq!(
        ada.settle().await.status,
        Status::Pending,
        "the present attempt counts"
    );
}

#[tokio::test]
async fn a_forged_or_old_credential_is_refused() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let credential = world.vendor.credential_of(0);
    for wrong in [&ada.visit.entry.handle, "", "x", &format!("{credential}A")] {
        assert!(ada.process.addressee(wrong).is_err(), "{wrong}");
        assert!(matches!(
            ada.process.callback(wrong, Callback::default()).await,
            Err(Error::Handle(_))
        ));
    }
    world.advance_s(7 * 86_400);
    let late = ada.process.addressee(&credential);
    assert!(matches!(late, Err(SealError::Expired)));
}

#[tokio::test]
async fn a_result_announced_before_it_can_be_read_is_read_soon() {
    tokio::time::pause();
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    world.vendor.not_ready(2);
    assert_eq!(ada.settle().await.status, Status::Approved);
}

#[tokio::test]
async fn a_result_that_stays_unreadable_is_asked_for_again() {
    tokio::time::pause();
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    world.vendor.not_ready(3);
    assert_eq!(ada.settle().await.status, Status::Pending);
    world.advance_s(5);
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.status,
        Status::Approved
    );
}

#[tokio::test]
async fn a_vendor_that_is_down_leaves_things_pending_and_is_asked_again() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    world.vendor.set_down(true);
    ada.process.returned(&ada.visit).await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            ada.process.poll(&ada.visit).await.unwrap().outcome.status,
            Status::Pending
        );
    }
    assert_eq!(world.vendor.fetches(), 1, "not hammered");
    assert!(matches!(
        ada.process.settle(ada.visit.entry.id).await,
        Err(Error::Vendor(_))
    ));
    world.vendor.set_down(false);
    world.advance_s(5);
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.status,
        Status::Approved
    );
}

#[tokio::test]
async fn without_any_callback_the_vendor_is_asked_at_the_marks() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let mut asked_at = Vec::new();
    for second in 1..=1000 {
        world.advance_s(1);
        let before = world.vendor.fetches();
        ada.process.poll(&ada.visit).await.unwrap();
        if world.vendor.fetches() > before {
            asked_at.push(second);
        }
    }
    assert_eq!(asked_at, [40, 60, 100, 160, 240, 340, 460, 600, 760, 940]);
}

#[tokio::test]
async fn a_browser_that_hangs_up_while_the_vendor_is_asked_does_not_stop_the_asking() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    world.advance_s(40);
    let mut standing = Box::pin(ada.process.poll(&ada.visit));
    while world.vendor.asked() == 0 {
        assert!(
            futures::poll!(&mut standing).is_pending(),
            "the vendor has not answered yet"
        );
        tokio::task::yield_now().await;
    }
    drop(standing);
    world.idle().await;
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.status,
        Status::Approved
    );
}

/// As many callbacks as are stored, read already.
async fn flood(world: &World, ada: &super::world::SignIn) -> String {
    let credential = world.vendor.credential_of(0);
    for n in 0..200 {
        let told = callback(world, 0, &format!("WORD_{n}"));
        let noticed = ada.process.callback(&credential, told).await.unwrap();
        assert_eq!(noticed, CallbackReceipt::Recorded);
    }
    ada.settle().await;
    credential
}

#[tokio::test]
async fn a_callback_more_than_is_stored_is_read_before_it_is_acknowledged() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    let credential = flood(&world, &ada).await;
    world.vendor.set(0, rejected());
    let noticed = ada
        .process
        .callback(&credential, callback(&world, 0, "MORE"))
        .await;
    assert_eq!(noticed.unwrap(), CallbackReceipt::Read);
    assert_eq!(ada.grant().await.outcome.status, Status::Rejected);
    let again = ada
        .process
        .callback(&credential, callback(&world, 0, "WORD_7"))
        .await;
    assert_eq!(again.unwrap(), CallbackReceipt::Duplicate);
}

#[tokio::test]
async fn a_callback_that_is_neither_stored_nor_read_is_not_acknowledged() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let credential = flood(&world, &ada).await;
    world.vendor.set_down(true);
    let noticed = ada
        .process
        .callback(&credential, callback(&world, 0, "MORE"))
        .await;
    assert!(matches!(noticed, Err(Error::Vendor(_))));
}
