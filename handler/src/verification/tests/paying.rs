//! That nobody pays twice without being told, and that the person is never left before a blank page.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use super::attempts::dying_process;
use super::world::{World, authorization, registration};
use crate::clock::MockClock;
use crate::person::Personal;
use crate::records::{Created, Place, Records, RecordsError, open};
use crate::verification::{Authorization, Registration};

/// Sign-ins of one subject, each with its own reference and its own name to match.
fn renamed(n: usize) -> Registration {
    let mut asked = registration(&format!("c{n}"));
    asked.person.given_name = Some(Personal::new(format!("Ada{n}")));
    asked
}

#[tokio::test(start_paused = true)]
async fn a_start_that_may_have_reached_the_vendor_counts_for_ever() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.start_hangs(true);
    for _ in 0..25 {
        assert!(ada.process.begin(&ada.visit).await.is_err());
    }
    assert_eq!(world.vendor.starts(), 10, "as many as the limit allows");
}

#[tokio::test]
async fn a_transaction_whose_record_was_lost_by_a_kill_is_found_again() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let _dying = dying_process(&world, &ada).await;
    world.vendor.start_hangs(false);
    world.advance_s(20);
    ada.begin().await;
    assert_eq!(world.vendor.starts(), 1);
}

async fn at_once(world: &World, request: &Authorization) {
    world.vendor.start_takes(Duration::from_millis(500));
    let mut sign_ins = Vec::new();
    for n in 0..8 {
        sign_ins.push(world.sign_in_as(renamed(n), request.clone()).await);
    }
    let begun = join_all(sign_ins.iter().map(super::world::SignIn::begin_patiently)).await;
    assert!(begun.iter().all(|href| *href == begun[0]), "{begun:?}");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn sign_ins_of_one_subject_at_once_share_one_transaction() {
    at_once(&World::new(), &authorization()).await;
}

#[tokio::test(start_paused = true)]
async fn fresh_sign_ins_at_once_share_one_transaction() {
    let request = Authorization {
        fresh: true,
        ..authorization()
    };
    at_once(&World::new(), &request).await;
}

/// A store whose creation of one kind of document takes long, by everybody's clock.
struct Slow {
    inner: Arc<dyn Records>,
    clock: MockClock,
    of: &'static str,
    takes: Duration,
}

#[async_trait]
impl Records for Slow {
    async fn create(&self, path: &str, document: Bytes) -> Result<Created, RecordsError> {
        let created = self.inner.create(path, document).await;
        if path.contains(self.of) {
            sleep(self.takes).await;
            self.clock.advance(self.takes);
        }
        created
    }

    async fn read(&self, path: &str) -> Result<Option<Bytes>, RecordsError> {
        self.inner.read(path).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, RecordsError> {
        self.inner.list(folder).await
    }
}

fn slow(takes: Duration) -> World {
    let mut world = World::new();
    world.records = Arc::new(Slow {
        inner: open(&Place::Memory).unwrap(),
        clock: world.clock.clone(),
        of: "/attempts/",
        takes,
    });
    world
}

#[tokio::test(start_paused = true)]
async fn the_vendor_is_not_called_with_less_than_its_budget_left_of_the_lease() {
    let world = slow(Duration::from_secs(13));
    let ada = world.sign_in("c1").await;
    let _ = ada.process.begin(&ada.visit).await;
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn after_a_kill_nobody_looks_at_a_blank_page() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let _dying = dying_process(&world, &ada).await;
    tokio::time::pause();
    let begun = timeout(Duration::from_secs(1), ada.process.begin(&ada.visit)).await;
    assert!(begun.is_ok(), "still blank after a second");
}

/// Forty people within ten seconds, and a vendor that takes one a second.
#[tokio::test(start_paused = true)]
async fn a_crowd_sees_no_error_page() {
    let world = Arc::new(World::new());
    world.vendor.allows_one_in(Duration::from_secs(1));
    let began = Instant::now();
    let people = (0..40).map(|n| {
        let world = Arc::clone(&world);
        async move {
            sleep(Duration::from_millis(250) * n).await;
            let asked = Registration {
                subject: format!("person-{n}"),
                ..registration("c1")
            };
            world
                .sign_in_as(asked, authorization())
                .await
                .begin_patiently()
                .await
        }
    });
    join_all(people).await;
    assert_eq!(world.vendor.starts(), 40);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
