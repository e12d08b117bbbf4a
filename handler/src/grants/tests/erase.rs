//! Erasure: nothing of a person is told, gone on with, or left, whatever happens while they are erased; and what limits them
//! outlives it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;

use super::vendor::{approved, rejected};
use super::world::{CLIENT, SignIn, World, registration};
use crate::checks::decide::Operator;
use crate::checks::erase::Erasure;
use crate::checks::{Error, RedeemError};
use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation, failure};
use crate::fact_store::{Place, StoreError, open};

fn operator() -> Operator {
    Operator {
        who: "op-7".to_owned(),
        why: "request 12".to_owned(),
    }
}

async fn approved_sign_in(world: &World) -> SignIn {
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    ada
}

async fn use_up_attempts(world: &World) {
    for n in 0..3 {
        let ada = world.sign_in(&format!("c{n}")).await;
        ada.begin().await;
        world.vendor.set(n, rejected());
        ada.settle().await;
    }
}

async fn left(world: &World) -> Vec<String> {
    let mut all = world.store.list("facts/2/subjects").await.unwrap();
    all.retain(|file| !file.contains("/starts/"));
    all.extend(world.store.list("facts/2/transactions").await.unwrap());
    all
}

#[tokio::test]
async fn an_erased_person_is_gone_here_and_at_the_vendor() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let grant = ada.grant().await;
    let second = world.sign_in("c2").await;
    second.begin_settled().await;
    let id = ada.visit.entry.id;
    assert_eq!(ada.process.erase(id, &operator()).await.unwrap(), Erasure::Done);
    assert_eq!(world.vendor.forgotten(), [world.vendor.ids_of(0)]);
    let left = left(&world).await;
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.iter().all(|file| file.ends_with("/erased.json")), "{left:?}");
    let told = ada.process.userinfo(&grant.access_token).await;
    assert!(matches!(told, Err(RedeemError::Unknown)), "{told:?}");
    assert!(ada.process.poll(&ada.visit).await.is_err());
    let moments = ada.process.timeline(id).await.unwrap();
    assert_eq!(moments.len(), 1);
    assert_eq!(moments[0].event.to_string(), "erased by op-7: request 12");
}

/// It keeps documents that it has read; another process erases.
#[tokio::test]
async fn a_process_that_has_read_everything_tells_nothing_of_whom_another_has_erased() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let grant = ada.grant().await;
    let keeping = world.process();
    assert!(keeping.userinfo(&grant.access_token).await.is_ok());
    assert!(keeping.poll(&ada.visit).await.is_ok());
    let second = world.sign_in("c2").await;
    second.begin_settled().await;
    let code = second.process.code(&second.visit).await.unwrap();
    let another = world.process();
    another.erase(ada.visit.entry.id, &operator()).await.unwrap();
    assert!(keeping.userinfo(&grant.access_token).await.is_err());
    assert!(keeping.poll(&ada.visit).await.is_err());
    assert!(keeping.code(&ada.visit).await.is_err());
    assert!(
        second.redeem(&code).await.is_err(),
        "a code that was issued before is worth nothing"
    );
    let again = keeping.register(registration("c1")).await.unwrap();
    assert_eq!(again.earlier, None);
}

#[tokio::test]
async fn who_registers_again_begins_anew() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let process = world.process();
    let before = process.register(registration("c1")).await.unwrap();
    process.erase(ada.visit.entry.id, &operator()).await.unwrap();
    let after = process.register(registration("c1")).await.unwrap();
    assert_ne!(after.id, before.id);
    assert_eq!(after.earlier, None);
    let old = process.resolve_ticket(&before.ticket, CLIENT).await;
    assert!(matches!(old, Err(Error::NotFound)), "{old:?}");
    world.sign_in("c1").await.begin().await;
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn how_often_one_has_tried_outlives_an_erasure() {
    let world = World::new();
    use_up_attempts(&world).await;
    let process = world.process();
    let id = world.sign_in("c0").await.visit.entry.id;
    process.erase(id, &operator()).await.unwrap();
    let again = process.register(registration("c9")).await.unwrap();
    assert_eq!(again.attempts_left, 0);
}

#[tokio::test]
async fn a_vendor_that_is_down_is_asked_again_by_a_sweep() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    let id = ada.visit.entry.id;
    world.vendor.set_down(true);
    assert_eq!(
        ada.process.erase(id, &operator()).await.unwrap(),
        Erasure::WaitsForVendor
    );
    assert!(
        ada.process.poll(&ada.visit).await.is_err(),
        "nothing is told meanwhile"
    );
    world.vendor.set_down(false);
    world.process().sweep().await.unwrap();
    assert_eq!(world.vendor.forgotten(), [world.vendor.ids_of(0)]);
    assert_eq!(left(&world).await.len(), 1);
}

/// A request that listed before the erasure writes behind the tombstone.
#[tokio::test]
async fn what_is_written_behind_a_tombstone_goes_too() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let visit = ada.visit.clone();
    // It has listed, and goes on after the erasure.
    assert!(visit.entry.seen.last_recorded().await.is_ok());
    ada.process.erase(visit.entry.id, &operator()).await.unwrap();
    let begun = ada.process.grants.checks().begin(&visit.entry).await;
    assert!(begun.is_ok(), "{begun:?}");
    assert!(ada.process.poll(&ada.visit).await.is_err());
    world.advance_s(61);
    world.process().sweep().await.unwrap();
    assert_eq!(world.vendor.forgotten(), [world.vendor.ids_of(0)]);
    assert_eq!(left(&world).await.len(), 1);
}

#[tokio::test]
async fn an_operator_and_a_reason_are_needed() {
    let world = World::new();
    let ada = approved_sign_in(&world).await;
    for who in ["", "Jane Doe", "jane@example.com", "jäne"] {
        let nobody = Operator {
            who: who.to_owned(),
            ..operator()
        };
        let refused = ada.process.erase(ada.visit.entry.id, &nobody).await;
        assert!(
            matches!(refused, Err(Error::ManualDecision)),
            "{who}: {refused:?}"
        );
    }
    let other = World::new().sign_in("c2").await.visit.entry.id;
    let mut unknown = other;
    unknown.0[15] ^= 1;
    let refused = ada.process.erase(unknown, &operator()).await;
    assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
}

/// Deletions and creations fail from one moment on, as after a kill.
struct Dying {
    writes_left: AtomicU32,
}

#[async_trait]
impl Hooks for Dying {
    async fn before(&self, operation: Operation<'_>, _: &str) -> Result<(), StoreError> {
        let less = |left: u32| left.checked_sub(1);
        let left = &self.writes_left;
        if operation.is_write()
            && left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
                .is_err()
        {
            return Err(failure());
        }
        Ok(())
    }
}

#[tokio::test]
async fn an_erasure_that_is_killed_anywhere_is_completed_by_a_sweep() {
    for writes in 1..20 {
        let mut world = World::over(open(&Place::Memory).unwrap());
        let ada = approved_sign_in(&world).await;
        world.sign_in("c2").await.begin_settled().await;
        let id = ada.visit.entry.id;
        let whole = Arc::clone(&world.store);
        let writes_left = AtomicU32::new(writes);
        world.store = Hooked::over(Arc::clone(&whole), Dying { writes_left });
        let killed = world.process().erase(id, &operator()).await.is_err();
        world.store = whole;
        world.process().sweep().await.unwrap();
        let buried = world.store.list("facts/2/subjects").await.unwrap();
        let buried = buried
            .iter()
            .filter(|file| file.ends_with("/erased.json"))
            .count();
        // Only what has a tombstone goes; the note alone, before the first of them, buries nobody.
        let left = left(&world).await;
        let expected_gone = left.iter().filter(|file| !file.ends_with("/erased.json")).count();
        assert!(buried < 2 || expected_gone == 0, "{writes}: {left:?}");
        if !killed {
            assert_eq!(buried, 2);
            return;
        }
        // Whoever demanded it repeats it.
        world.process().erase(id, &operator()).await.unwrap();
        assert!(
            self::left(&world)
                .await
                .iter()
                .all(|file| file.ends_with("/erased.json"))
        );
    }
    panic!("never completed");
}

#[tokio::test]
async fn an_operator_allows_further_attempts() {
    let world = World::new();
    use_up_attempts(&world).await;
    let ada = world.sign_in("c9").await;
    assert!(matches!(
        ada.process.begin(&ada.visit).await,
        Err(Error::AttemptsExhausted)
    ));
    for _ in 0..2 {
        assert_eq!(
            ada.process.allow(ada.visit.entry.id, &operator()).await.unwrap(),
            3
        );
    }
    let moments = ada
        .process
        .timeline(world.sign_in("c2").await.visit.entry.id)
        .await
        .unwrap();
    let allowed = moments
        .iter()
        .filter(|moment| matches!(moment.event, crate::checks::history::timeline::Event::Allowed(_)));
    assert_eq!(allowed.count(), 1);
    ada.begin().await;
}
