//! How often a subject may try, and that nothing of ours or the vendor's uses an attempt up.

use std::sync::Arc;
use std::time::Duration;

use super::vendor::{abandoned, approved, doubtful, rejected};
use super::world::{SignIn, World, address, registration};
use crate::checks::vendor::VendorError;
use crate::checks::{Begun, Error, ManualDecision, Status};
use crate::grants::Authorization;

async fn fail_once(world: &World, n: usize) {
    let ada = world.sign_in(&format!("c{n}")).await;
    ada.begin().await;
    world.vendor.set(n, rejected());
    ada.settle().await;
}

#[tokio::test]
async fn three_attempts_and_no_more() {
    let world = World::new();
    for n in 0..3 {
        fail_once(&world, n).await;
    }
    let ada = world.sign_in("c9").await;
    assert!(matches!(
        ada.process.begin(&ada.visit).await,
        Err(Error::AttemptsExhausted)
    ));
    let earlier = world.sign_in("c2").await;
    assert!(!earlier.process.poll(&earlier.visit).await.unwrap().can_retry);
    assert!(matches!(
        earlier.process.retry(&earlier.visit).await,
        Err(Error::AttemptsExhausted)
    ));
    assert_eq!(world.vendor.starts(), 3);
}

#[tokio::test]
async fn a_refused_attempt_leaves_no_trail_behind_it() {
    let world = World::new();
    for n in 0..3 {
        fail_once(&world, n).await;
    }
    let ada = world.sign_in("c9").await;
    for _ in 0..5 {
        assert!(ada.process.begin(&ada.visit).await.is_err());
    }
    let names = world
        .store
        .list(&super::world::folder_of(ada.visit.entry.id))
        .await
        .unwrap();
    let is_start = |name: &String| name.starts_with("joined") || name.starts_with("transaction");
    assert!(!names.iter().any(is_start), "{names:?}");
    assert_eq!(world.vendor.starts(), 3);
}

#[tokio::test]
async fn attempts_come_back_as_the_window_moves_on() {
    let world = World::new();
    for n in 0..3 {
        fail_once(&world, n).await;
        world.advance_s(3600);
    }
    world.advance_s(86_400 - 3 * 3600);
    let ada = world.sign_in("c9").await;
    ada.begin().await;
    world.vendor.set(3, rejected());
    assert_eq!(ada.settle().await.attempts_left, 0);
}

#[tokio::test]
async fn another_subject_has_its_own_attempts() {
    let world = World::new();
    for n in 0..3 {
        fail_once(&world, n).await;
    }
    let other = crate::checks::Registration {
        subject: "grace".to_owned(),
        ..registration("c1")
    };
    let grace = world.sign_in_as(other, super::world::authorization()).await;
    grace.begin().await;
}

/// A client that sends `prompt=login` at each sign-in.
#[tokio::test]
async fn who_is_approved_each_time_is_not_locked_out_by_attempts() {
    let world = World::new();
    for n in 0..10 {
        let again = Authorization {
            fresh: true,
            ..super::world::authorization()
        };
        let ada = world.sign_in_as(registration(&format!("c{n}")), again).await;
        ada.begin().await;
        world.vendor.set(n, approved());
        ada.settle().await;
        world.advance_s(60);
        let told = ada.grant().await.outcome;
        assert_eq!(told.status, Status::Approved);
        let left = u32::try_from(9 - n).unwrap().min(3);
        assert_eq!(
            told.attempts_left, left,
            "an approval is a paid start and no attempt"
        );
    }
    let again = Authorization {
        fresh: true,
        ..super::world::authorization()
    };
    let ada = world.sign_in_as(registration("c10"), again).await;
    let begun = ada.process.begin(&ada.visit).await;
    assert!(
        matches!(begun, Err(Error::StartsExhausted)),
        "nobody was refused: {begun:?}"
    );
    assert_eq!(world.vendor.starts(), 10);
}

#[tokio::test]
async fn an_approval_that_is_reused_counts_for_nothing() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    for n in 2..9 {
        let again = world.sign_in(&format!("c{n}")).await;
        assert_eq!(again.begin_settled().await.status, Status::Approved);
        assert_eq!(again.grant().await.outcome.attempts_left, 3);
    }
}

#[tokio::test]
async fn an_approval_that_is_taken_back_is_an_attempt() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    assert_eq!(ada.settle().await.attempts_left, 3);
    world.vendor.set(0, rejected());
    ada.callback(&world, 0).await;
    world.idle().await;
    assert_eq!(ada.settle().await.attempts_left, 2);
}

#[tokio::test]
async fn what_a_human_has_yet_to_look_at_is_no_attempt_before_it_is_refused() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, doubtful());
    assert_eq!(ada.settle().await.attempts_left, 3);
    let refusal = ManualDecision {
        who: "op-7".to_owned(),
        why: "ticket 12".to_owned(),
        accepts: false,
    };
    let told = ada.process.decide(ada.visit.entry.id, &refusal).await.unwrap();
    assert_eq!((told.status, told.attempts_left), (Status::Rejected, 2));
}

/// The person leaves the page that says that no attempts are left: what is told of a sign-in without a check has no time of one,
/// and least of all that of the moment.
#[tokio::test]
async fn who_could_not_be_checked_again_was_not_checked_now() {
    let mut world = World::new();
    (world.limits.max_attempts, world.limits.max_starts) = (1, 1);
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, approved());
    ada.settle().await;
    let checked_at = world.now();
    assert_eq!(ada.grant().await.auth_time, Some(checked_at));
    world.advance_s(600);
    let demands = [
        Authorization {
            fresh: true,
            ..super::world::authorization()
        },
        Authorization {
            max_age_s: Some(1),
            ..super::world::authorization()
        },
    ];
    for (n, demand) in demands.into_iter().enumerate() {
        for correlation in ["c1".to_owned(), format!("fresh-{n}")] {
            let again = world.sign_in_as(registration(&correlation), demand.clone()).await;
            let begun = again.process.begin(&again.visit).await;
            assert!(matches!(begun, Err(Error::StartsExhausted)), "{begun:?}");
            again.process.leave(&again.visit).await.unwrap();
            let told = again.grant().await;
            assert_eq!((told.outcome.status, told.auth_time), (Status::Error, None));
        }
    }
}

#[tokio::test]
async fn expired_checks_are_starts_but_no_attempts() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    for n in 0..9 {
        world.vendor.set(n, abandoned());
        assert_eq!(ada.settle().await.status, Status::Expired);
        ada.process.retry(&ada.visit).await.unwrap();
    }
    world.vendor.set(9, abandoned());
    assert_eq!(ada.settle().await.attempts_left, 0);
    assert!(matches!(
        ada.process.retry(&ada.visit).await,
        Err(Error::StartsExhausted)
    ));
    assert_eq!(world.vendor.starts(), 10);
}

#[tokio::test]
async fn checks_that_expired_unnoticed_do_not_block() {
    let world = World::new();
    for n in 0..3 {
        world.sign_in(&format!("c{n}")).await.begin().await;
        world.vendor.set(n, abandoned());
        world.advance_s(1800); // so that it is not joined
    }
    let ada = world.sign_in("c9").await;
    ada.begin().await;
    assert_eq!(world.vendor.starts(), 4);
}

#[tokio::test]
async fn a_vendor_that_refuses_uses_nothing_up() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.refuse_starts(20);
    for _ in 0..20 {
        let refused = ada.process.begin(&ada.visit).await;
        assert!(matches!(refused, Err(Error::Vendor(VendorError::Refused(_)))));
    }
    let href = ada.begin().await;
    assert_eq!(href, "https://vendor.example/go/secret-0");
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.attempts_left,
        2
    );
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_does_not_answer_is_given_up_within_the_lease() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.start_hangs(true);
    let begun = tokio::time::timeout(world.limits.start_lease, ada.process.begin(&ada.visit))
        .await
        .unwrap();
    assert!(matches!(
        begun,
        Err(Error::Vendor(VendorError::Unavailable { sent: true, .. }))
    ));
    world.vendor.start_hangs(false);
    ada.begin().await;
}

#[tokio::test]
async fn a_lease_of_a_dead_process_passes_on_after_its_time() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let dying = dying_process(&world, &ada).await;
    tokio::time::pause();
    let begun = ada.process.begin(&ada.visit).await.unwrap();
    assert!(
        matches!(begun, Begun::Waiting { .. }),
        "within the lease nobody takes over: {begun:?}"
    );
    world.advance_s(20);
    world.vendor.start_hangs(false);
    let href = ada.begin().await;
    drop(dying);
    assert_eq!(href, "https://vendor.example/go/secret-1");
    let outcome = ada.process.poll(&ada.visit).await.unwrap().outcome;
    assert_eq!(outcome.attempts_left, 2, "the dead one's start is no attempt");
}

#[tokio::test]
async fn the_last_attempt_survives_the_death_of_its_process() {
    let world = World::new();
    for n in 0..2 {
        fail_once(&world, n).await;
    }
    let ada = world.sign_in("c9").await;
    let _dying = dying_process(&world, &ada).await;
    world.vendor.start_hangs(false);
    world.advance_s(20);
    ada.begin().await;
    assert_eq!(
        ada.process.poll(&ada.visit).await.unwrap().outcome.attempts_left,
        0
    );
}

#[tokio::test]
async fn keys_that_changed_twice_end_in_a_new_attempt_and_not_in_a_circle() {
    let mut world = World::new();
    let href = world.sign_in("c1").await.begin().await;
    world.keys = (2, Some(1));
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin().await, href, "taken over");
    world.keys = (3, Some(2));
    assert_ne!(address(world.process().begin(&second.visit).await.unwrap()), href);
    assert_eq!(world.vendor.starts(), 2);
}

/// A process that is killed while the vendor creates the transaction.
pub(super) async fn dying_process(world: &World, ada: &SignIn) -> Arc<()> {
    world.vendor.start_hangs(true);
    let alive = Arc::new(());
    let (process, visit, held) = (world.process(), ada.visit.clone(), Arc::clone(&alive));
    let runtime = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let begun = runtime.block_on(async {
            tokio::time::timeout(Duration::from_millis(300), process.begin(&visit)).await
        });
        assert!(begun.is_err(), "still in the vendor's hands");
        runtime.shutdown_background();
        drop(held);
    });
    runtime.await.unwrap();
    alive
}

#[tokio::test]
async fn a_browser_that_hangs_up_loses_no_transaction() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.start_takes(Duration::from_millis(50));
    let hung_up = tokio::time::timeout(Duration::from_millis(10), ada.process.begin(&ada.visit)).await;
    assert!(hung_up.is_err());
    assert_eq!(ada.begin_patiently().await, "https://vendor.example/go/secret-0");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn the_present_attempt_goes_on_when_none_are_left() {
    let world = World::new();
    for n in 0..2 {
        fail_once(&world, n).await;
    }
    let ada = world.sign_in("c9").await;
    let href = ada.begin().await;
    assert_eq!(ada.begin().await, href);
    assert_eq!(address(ada.process.retry(&ada.visit).await.unwrap()), href);
}
