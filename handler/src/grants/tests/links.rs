//! Links of one account: which verification a sign-in of the next day goes on with, and how much is read to know it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::world::{World, ada, registration};
use crate::checks::Registration;
use crate::fact_store::tests::hooked::{Counting, Hooked};
use crate::grants::LinkRequest;
use crate::ids::VerificationId;

/// All links of a verification that are ever looked at, what else is read of it, and what is written.
const MOST: usize = 20 + 10;
const DAY_S: u64 = 24 * 3600;

/// A world that counts what is asked of its store.
struct Counted {
    world: World,
    operations: Arc<AtomicUsize>,
}

impl Counted {
    fn new() -> Self {
        let operations = Arc::new(AtomicUsize::new(0));
        Self {
            world: World::over(Hooked::memory(Counting(Arc::clone(&operations)))),
            operations,
        }
    }

    /// A sign-in at a process that has just started; and how often that one has asked the store.
    async fn sign_in(&self, correlation_id: &str) -> (VerificationId, usize) {
        self.operations.store(0, Ordering::Relaxed);
        let asked = LinkRequest {
            registration: Registration {
                client_id: None,
                person: ada(),
                ..registration("unused")
            },
            correlation_id: correlation_id.to_owned(),
            client_id: "app-1".to_owned(),
            redirect_uri: "https://app.example/signin-oidc".to_owned(),
            scope: "openid".to_owned(),
            policy: "B2C_1A_back".to_owned(),
        };
        let registered = self.world.process().grants.register_link(asked).await.unwrap();
        (registered.id, self.operations.load(Ordering::Relaxed))
    }

    /// So many sign-ins of the first day.
    async fn signed_in(&self, count: usize) -> VerificationId {
        let (first, _) = self.sign_in("c0").await;
        for n in 1..count {
            assert_eq!(self.sign_in(&format!("c{n}")).await.0, first);
        }
        first
    }
}

#[tokio::test]
async fn while_one_of_many_links_lives_few_are_read() {
    let counted = Counted::new();
    let first = counted.signed_in(100).await;
    counted.world.advance_s(DAY_S - 1);
    let (id, asked) = counted.sign_in("later").await;
    assert_eq!(id, first);
    assert!(asked < 10, "{asked}: the first that is read lives");
}

#[tokio::test]
async fn of_many_links_that_have_ended_a_bounded_number_is_read() {
    let counted = Counted::new();
    let first = counted.signed_in(100).await;
    counted.world.advance_s(DAY_S);
    let (id, asked) = counted.sign_in("later").await;
    assert_eq!(id, first, "too many to know that none lives");
    assert!(asked < MOST, "{asked}");
}

#[tokio::test]
async fn when_all_of_a_few_links_have_ended_the_verification_is_another() {
    let counted = Counted::new();
    let first = counted.signed_in(20).await;
    counted.world.advance_s(DAY_S);
    let (id, asked) = counted.sign_in("later").await;
    assert_ne!(id, first);
    assert!(asked < MOST, "{asked}");
}

#[tokio::test]
async fn no_number_of_links_keeps_a_verification_for_ever() {
    let counted = Counted::new();
    let first = counted.signed_in(100).await;
    counted.world.advance_s(DAY_S);
    assert_eq!(counted.sign_in("later").await.0, first);
    counted.world.advance_s(DAY_S);
    assert_ne!(counted.sign_in("latest").await.0, first);
}
