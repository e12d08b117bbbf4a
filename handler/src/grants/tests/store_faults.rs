//! A store that is down, loses answers, or reports our own write as somebody else's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use super::vendor::approved;
use super::world::{World, callback};
use crate::checks::{Error, RedeemError, Status};
use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation, failure};
use crate::fact_store::{FactStore, Place, StoreError, open};

/// What goes wrong with the next writes.
#[derive(Clone, Copy)]
enum Fault {
    /// Nothing is written.
    Lost,
    /// Written, but the answer is lost.
    Unanswered,
    /// Written, and the store's own repetition finds it there.
    Repeated,
}

/// Spoils some creations.
struct Faulty {
    /// What is behind it.
    inner: Arc<dyn FactStore>,
    kind: Fault,
    /// Only documents whose path holds this are affected.
    of: &'static str,
    left: AtomicU32,
}

impl Faulty {
    fn strikes(&self, path: &str) -> bool {
        let less = |left: u32| left.checked_sub(1);
        path.contains(self.of)
            && self
                .left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
                .is_ok()
    }
}

#[async_trait]
impl Hooks for Faulty {
    async fn before(&self, operation: Operation<'_>, path: &str) -> Result<(), StoreError> {
        let Operation::Create(document) = operation else {
            return Ok(());
        };
        if !self.strikes(path) {
            return Ok(());
        }
        match self.kind {
            Fault::Lost => {}
            Fault::Unanswered => {
                self.inner.create(path, document.clone()).await?;
            }
            Fault::Repeated => return self.inner.create(path, document.clone()).await.map(drop),
        }
        Err(failure())
    }
}

fn world(kind: Fault, of: &'static str, times: u32) -> World {
    let inner = open(&Place::Memory).unwrap();
    let faulty = Faulty {
        inner: Arc::clone(&inner),
        kind,
        of,
        left: AtomicU32::new(times),
    };
    World::over(Hooked::over(inner, faulty))
}

#[tokio::test]
async fn a_write_that_the_store_repeated_is_still_ours() {
    let world = world(Fault::Repeated, "/", u32::MAX);
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    assert_eq!(ada.settle().await.status, Status::Approved);
    assert_eq!(ada.grant().await.outcome.status, Status::Approved);
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_is_recorded_in_spite_of_some_lost_writes() {
    for kind in [Fault::Lost, Fault::Unanswered] {
        let world = world(kind, "/transaction-", 3);
        let ada = world.sign_in("c1").await;
        assert_eq!(ada.begin().await, "https://vendor.example/go/secret-0");
        assert_eq!(ada.begin().await, "https://vendor.example/go/secret-0");
        assert_eq!(world.vendor.starts(), 1);
    }
}

#[tokio::test]
async fn a_store_that_is_down_is_said_so_and_nothing_is_started() {
    let world = world(Fault::Lost, "/starts/", 1);
    let ada = world.sign_in("c1").await;
    assert!(matches!(
        ada.process.begin(&ada.visit).await,
        Err(Error::Store(_))
    ));
    assert_eq!(world.vendor.starts(), 0);
    ada.begin().await;
}

#[tokio::test]
async fn a_callback_is_not_acknowledged_before_it_is_stored() {
    let world = world(Fault::Lost, "/callback-", 1);
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let (credential, genuine) = (world.vendor.credential_of(0), callback(&world, 0, "PROCESSED"));
    assert!(matches!(
        ada.process.callback(&credential, genuine.clone()).await,
        Err(Error::Store(_))
    ));
    assert!(ada.process.callback(&credential, genuine).await.is_ok());
}

#[tokio::test]
async fn a_code_is_not_given_away_when_its_use_cannot_be_recorded() {
    let world = world(Fault::Lost, "/redeemed-", 1);
    let ada = world.sign_in("c1").await;
    ada.process.cancel(&ada.visit).await.unwrap();
    let code = ada.process.code(&ada.visit).await.unwrap();
    assert!(matches!(
        ada.redeem(&code).await,
        Err(RedeemError::Unavailable(_))
    ));
    assert!(ada.redeem(&code).await.is_ok());
    assert!(matches!(ada.redeem(&code).await, Err(RedeemError::Replayed)));
}

#[tokio::test]
async fn a_fact_that_cannot_be_understood_is_named_and_never_guessed() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let path = format!("{}/decision-1.json", super::world::folder_of(ada.visit.entry.id));
    for document in ["{\"version\":3}", "{", ""] {
        let world = World::new();
        let ada = world.sign_in("c1").await;
        world
            .store
            .create(&path, Bytes::from_static(document.as_bytes()))
            .await
            .unwrap();
        let error = ada.process.begin(&ada.visit).await.unwrap_err();
        assert!(
            matches!(&error, Error::Corrupt(named) if *named == path),
            "{error}"
        );
        assert_eq!(world.vendor.starts(), 0);
    }
}
