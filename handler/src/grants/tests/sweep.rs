//! Sweeps: what has to be done when nobody asks.

use std::time::Duration;

use super::attempts::dying_process;
use super::vendor::{approved, doubtful};
use super::world::{World, registration};
use crate::checks::history::timeline::Event;
use crate::checks::sweep::Swept;
use crate::checks::{Error, Status};

#[tokio::test]
async fn a_result_whose_callback_was_lost_is_found_by_a_sweep() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    world.advance_s(41);
    let swept = world.process().sweep().await.unwrap();
    assert_eq!(swept.ended, 1);
    let earlier = world
        .process()
        .register(registration("c2"))
        .await
        .unwrap()
        .earlier;
    assert_eq!(earlier.unwrap().status, Status::Approved);
    world.advance_s(61);
    assert_eq!(
        world.process().sweep().await.unwrap(),
        Swept::default(),
        "nothing is left to do"
    );
}

#[tokio::test]
async fn what_the_vendor_has_not_concluded_stays_open() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    for _ in 0..3 {
        world.advance_s(61);
        assert_eq!(world.process().sweep().await.unwrap().ended, 0);
    }
    world.vendor.set(0, doubtful());
    world.advance_s(200);
    assert_eq!(
        world.process().sweep().await.unwrap().ended,
        1,
        "a review waits for a human"
    );
}

/// Killed while the vendor answered, and nobody has come back since.
#[tokio::test]
async fn a_lost_start_is_told_by_a_sweep() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let _dying = dying_process(&world, &ada).await;
    world.vendor.start_hangs(false);
    world.advance_s(61);
    let process = world.process();
    process.sweep().await.unwrap();
    let moments = process.timeline(ada.visit.entry.id).await.unwrap();
    assert!(
        moments
            .iter()
            .any(|moment| moment.event == Event::MayHaveBeenPaid),
        "{moments:?}"
    );
    world.advance_s(61);
    assert_eq!(process.sweep().await.unwrap().ended, 1);
}

/// Killed between the note that a start may be open and the lease on it.
#[tokio::test]
async fn a_note_of_a_start_that_was_never_begun_goes() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let path = format!("facts/2/open/{}-1.json", ada.visit.entry.id);
    let at = world
        .now()
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let note = serde_json::json!({ "version": 2, "at": at }).to_string();
    world.store.create(&path, note.into()).await.unwrap();
    assert_eq!(
        world.process().sweep().await.unwrap().ended,
        0,
        "it may be about to begin"
    );
    world.advance_s(601);
    assert_eq!(world.process().sweep().await.unwrap().ended, 1);
    ada.begin().await;
}

#[tokio::test]
async fn twenty_callers_sweep_once() {
    let world = World::new();
    let processes: Vec<_> = (0..20).map(|_| world.process()).collect();
    let swept = futures::future::join_all(processes.iter().map(|process| process.sweep())).await;
    let did = swept.iter().filter(|swept| !swept.as_ref().unwrap().by_another);
    assert_eq!(did.count(), 1);
}

#[tokio::test]
async fn a_vendor_that_is_down_leaves_everything_to_the_next_sweep() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set_down(true);
    world.advance_s(61);
    assert_eq!(world.process().sweep().await.unwrap().ended, 0);
    world.vendor.set_down(false);
    world.vendor.set(0, approved());
    world.advance_s(61);
    assert_eq!(world.process().sweep().await.unwrap().ended, 1);
}

#[tokio::test]
async fn facts_are_kept_for_as_long_as_the_setting_says() {
    let mut world = World::new();
    world.limits.keep_facts = Duration::from_secs(1000);
    world.limits.approval_valid = Duration::from_secs(500);
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    world.advance_s(900);
    world.sign_in("c2").await;
    assert_eq!(world.process().sweep().await.unwrap().removed, 0);
    world.advance_s(101);
    assert_eq!(
        world.process().sweep().await.unwrap().removed,
        0,
        "once a day is enough"
    );
    world.advance_s(86_400);
    assert_eq!(world.process().sweep().await.unwrap().removed, 2);
    let told = world.process().timeline(ada.visit.entry.id).await;
    assert!(matches!(told, Err(Error::NotFound)), "{told:?}");
    let whereabouts = world.store.list("facts/2/transactions").await.unwrap();
    assert!(whereabouts.is_empty(), "{whereabouts:?}");
    let again = world.process().register(registration("c1")).await.unwrap();
    assert_eq!(again.earlier, None);
    world.advance_s(61);
    world.process().sweep().await.unwrap();
    let sweeps = world.store.list("facts/2/sweeps").await.unwrap();
    assert_eq!(sweeps.len(), 2, "notes of older sweeps are gone: {sweeps:?}");
}
