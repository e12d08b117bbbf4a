//! That nobody pays twice without being told, and that the person is never left before a blank page.

use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use super::attempts::dying_process;
use super::far::far;
use super::vendor::rejected;
use super::world::{SignIn, World, authorization, registration};
use crate::checks::history::timeline::Event;
use crate::checks::{Begun, Error, Registration, Step, Waiting};
use crate::clock::MockClock;
use crate::fact_store::StoreError;
use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation};
use crate::grants::Authorization;
use crate::person::Personal;

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
    world.vendor.can_be_asked();
    let _dying = dying_process(&world, &ada).await;
    world.vendor.start_hangs(false);
    world.advance_s(20);
    assert_eq!(ada.begin().await, "https://vendor.example/go/secret-0");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_whose_answer_was_lost_is_found_again_at_once() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.can_be_asked();
    world.vendor.start_hangs(true);
    assert_eq!(ada.begin().await, "https://vendor.example/go/secret-0");
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn what_may_have_been_paid_is_told_in_the_timeline_and_counted() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let _dying = dying_process(&world, &ada).await;
    world.vendor.start_hangs(false);
    world.advance_s(20);
    ada.begin().await;
    let told: Vec<_> = ada
        .process
        .timeline(ada.visit.entry.id)
        .await
        .unwrap()
        .into_iter()
        .map(|moment| (moment.attempt, moment.event))
        .collect();
    let pid = |event: &Event| matches!(event, Event::StartLeased { .. });
    let leased: Vec<_> = told.iter().filter(|(_, event)| pid(event)).collect();
    assert_eq!(leased.len(), 2, "{told:?}");
    assert!(told.contains(&(Some(1), Event::MayHaveBeenPaid)), "{told:?}");
    assert!(told.contains(&(Some(2), Event::TransactionStarted)), "{told:?}");
    assert_eq!(told.first(), Some(&(None, Event::Registered)));
}

#[tokio::test(start_paused = true)]
async fn who_is_stopped_only_by_failed_starts_is_told_so() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.start_hangs(true);
    for _ in 0..10 {
        let begun = ada.process.begin(&ada.visit).await;
        assert!(matches!(begun, Err(Error::Vendor(_))), "{begun:?}");
    }
    let begun = ada.process.begin(&ada.visit).await;
    assert!(matches!(begun, Err(Error::StartsExhausted)), "{begun:?}");
}

#[tokio::test]
async fn a_start_that_was_certainly_not_sent_counts_for_nothing() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    world.vendor.set_unreachable(true);
    for _ in 0..15 {
        assert!(ada.process.begin(&ada.visit).await.is_err());
    }
    world.vendor.set_unreachable(false);
    ada.begin().await;
    let standing = ada.process.poll(&ada.visit).await.unwrap();
    assert_eq!(standing.outcome.attempts_left, 2);
}

async fn at_once(world: &World, request: &Authorization) {
    world.vendor.start_takes(Duration::from_millis(500));
    let mut sign_ins = Vec::new();
    for n in 0..8 {
        sign_ins.push(world.sign_in_as(renamed(n), request.clone()).await);
    }
    let begun = join_all(sign_ins.iter().map(SignIn::begin_patiently)).await;
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

/// The creation of one kind of document takes long, by everybody's clock.
struct Slow {
    clock: MockClock,
    of: &'static str,
    takes: Duration,
}

#[async_trait]
impl Hooks for Slow {
    async fn after(&self, operation: Operation<'_>, path: &str) -> Result<(), StoreError> {
        if operation.is_create() && path.contains(self.of) {
            sleep(self.takes).await;
            self.clock.advance(self.takes);
        }
        Ok(())
    }
}

fn slow(takes: Duration) -> World {
    let mut world = World::new();
    world.store = Hooked::memory(Slow {
        clock: world.clock.clone(),
        of: "/starts/",
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

/// What the owner's call can last to is still its lease for somebody whose clock is ahead.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_ahead_does_not_take_over_while_the_vendor_is_called() {
    let world = slow(Duration::from_millis(9_900));
    let ada = world.sign_in("c1").await;
    world.vendor.start_takes(Duration::from_secs(8));
    let (process, visit) = (ada.process.clone(), ada.visit.clone());
    let slow = tokio::spawn(async move { process.begin(&visit).await.unwrap() });
    sleep(Duration::from_secs(10)).await;
    let ahead = world.ahead_by(Duration::from_secs(8 + 2));
    let begun = ahead.process().begin(&ada.visit).await.unwrap();
    assert!(matches!(begun, Begun::Waiting { .. }), "{begun:?}");
    super::world::address(slow.await.unwrap());
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test]
async fn a_lease_whose_owner_is_known_to_be_dead_is_not_waited_for() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let _dying = dying_process(&world, &ada).await;
    world.vendor.start_hangs(false);
    world.kin.all_died();
    let next = world.process();
    let begun = next.begin(&ada.visit).await.unwrap();
    assert_eq!(super::world::address(begun), "https://vendor.example/go/secret-1");
}

/// A clock that was far ahead wrote a lease from the future and died: nobody waits for that day.
#[tokio::test]
async fn a_lease_from_the_future_is_not_waited_for() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let ahead = world.ahead_by(Duration::from_secs(3600));
    let _dying = dying_process(&ahead, &ada).await;
    world.vendor.start_hangs(false);
    ada.begin().await;
}

#[tokio::test]
async fn a_fresh_demand_is_not_answered_by_what_was_begun_before() {
    let world = World::new();
    let first = world.sign_in("c1").await;
    let href = first.begin().await;
    world.advance_s(10);
    let request = Authorization {
        fresh: true,
        ..authorization()
    };
    let second = world.sign_in_as(registration("c2"), request.clone()).await;
    assert_ne!(second.begin().await, href);
    world.advance_s(10);
    let third = world.sign_in("c3").await;
    assert_eq!(third.begin().await, second.begin().await, "the latest is joined");
    assert_eq!(first.begin().await, href, "who is at the vendor stays there");
    assert_eq!(world.vendor.starts(), 2);
}

/// What was begun after the demand is fresh for it, also when another fresh sign-in has passed it over meanwhile.
#[tokio::test(start_paused = true)]
async fn a_fresh_demand_joins_what_another_fresh_one_has_passed_over() {
    let world = World::new();
    let request = Authorization {
        fresh: true,
        ..authorization()
    };
    let first = world.sign_in_as(registration("c1"), request.clone()).await;
    let other = world.sign_in("c2").await;
    let href = other.begin().await;
    let last = world.sign_in_as(registration("c3"), request).await;
    world.vendor.start_hangs(true);
    assert!(last.process.begin(&last.visit).await.is_err());
    world.vendor.start_hangs(false);
    assert_eq!(first.begin().await, href, "begun after it was asked for");
    assert_eq!(world.vendor.starts(), 2);
}

/// Who meets a start whose owner has died looks again before it is written down as lost: the owner may have recorded its
/// transaction just before.
#[tokio::test(start_paused = true)]
async fn a_start_that_was_recorded_just_before_its_owner_died_is_not_lost() {
    for head_start in 0..40 {
        let world = World::over(far());
        let ada = world.sign_in("c1").await;
        let second = world.sign_in("c2").await;
        world.vendor.start_takes(Duration::from_millis(20));
        let dies = async {
            let href = ada.begin_patiently().await;
            world.kin.all_died();
            href
        };
        let joins = async {
            sleep(Duration::from_millis(head_start)).await;
            second.begin_patiently().await
        };
        let (first, joined) = tokio::join!(dies, joins);
        assert_eq!(first, joined, "after {head_start} ms");
    }
}

/// One sign-in gives the transaction up, another goes on with it; the first tries again and comes to an end.
#[tokio::test]
async fn what_one_gave_up_and_another_goes_on_with_is_joined_by_a_third() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let href = ada.begin().await;
    let second = world.sign_in("c2").await;
    assert_eq!(second.begin().await, href);
    ada.process.cancel(&ada.visit).await.unwrap();
    super::world::address(ada.process.retry(&ada.visit).await.unwrap());
    world.vendor.set(1, rejected());
    ada.settle().await;
    let third = world.sign_in("c3").await;
    assert_eq!(third.begin().await, href);
    assert_eq!(world.vendor.starts(), 2);
}

/// Giving up lists who shares the transaction, and waits for the vendor; meanwhile another sign-in joins it.
#[tokio::test(start_paused = true)]
async fn who_joins_while_another_gives_up_is_joined_by_a_third() {
    let world = World::new();
    let ada = world.sign_in("c1").await;
    let href = ada.begin().await;
    let second = world.sign_in("c2").await;
    world.vendor.answer_takes(Duration::from_secs(1));
    let (given_up, joined) = tokio::join!(ada.process.cancel(&ada.visit), async {
        sleep(Duration::from_millis(500)).await;
        second.begin().await
    });
    given_up.unwrap();
    let third = world.sign_in("c3").await;
    assert_eq!(joined, href);
    assert_eq!(third.begin().await, href);
    assert_eq!(world.vendor.starts(), 1);
}

/// The other way round: who gives up is alone by what was listed, and another is about to join.
#[tokio::test(start_paused = true)]
async fn who_is_about_to_join_what_is_given_up_begins_anew() {
    let world = World::over(far());
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    let second = world.sign_in("c2").await;
    let (begun, given_up) = tokio::join!(
        second.process.begin(&second.visit),
        ada.process.cancel(&ada.visit)
    );
    given_up.unwrap();
    let begun = super::world::address(begun.unwrap());
    let third = world.sign_in("c3").await;
    assert_eq!(third.begin().await, begun, "one transaction is under way");
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
async fn crowd(processes: usize) -> (World, Duration) {
    let mut world = World::new();
    world.limits.start_pace = Duration::from_secs(1);
    world.vendor.allows_one_in(Duration::from_secs(1));
    let processes: Vec<_> = (0..processes).map(|_| world.process()).collect();
    let began = Instant::now();
    let people = (0..40_usize).map(|n| {
        let (world, process) = (&world, processes[n % processes.len()].clone());
        async move {
            sleep(Duration::from_millis(250) * u32::try_from(n).unwrap()).await;
            let asked = Registration {
                subject: format!("person-{n}"),
                ..registration("c1")
            };
            let visit = world.sign_in_as(asked, authorization()).await.visit;
            SignIn { process, visit }.begin_patiently().await
        }
    });
    join_all(people).await;
    assert_eq!(world.vendor.starts(), 40);
    (world, began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_crowd_sees_no_error_page() {
    let (world, took) = crowd(1).await;
    assert_eq!(world.vendor.throttled(), 0);
    assert!(took < Duration::from_secs(60), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_crowd_before_two_processes_sees_no_error_page_either() {
    let (world, _) = crowd(2).await;
    assert!(world.vendor.throttled() > 0, "each learns the rate by itself");
}

#[tokio::test(start_paused = true)]
async fn who_is_in_line_has_nothing_counted_and_is_told() {
    let mut world = World::new();
    world.limits.start_pace = Duration::from_secs(1);
    world.vendor.allows_one_in(Duration::from_secs(3600));
    let process = world.process();
    let people = ["ada", "grace"].map(|name| Registration {
        subject: name.to_owned(),
        ..registration("c1")
    });
    let [ada, grace] = people.map(|asked| world.sign_in_as(asked, authorization()));
    let (ada, grace) = (ada.await.visit, grace.await.visit);
    process.begin(&ada).await.unwrap();
    let begun = process.begin(&grace).await.unwrap();
    let in_line = Waiting::InLine(0);
    assert!(
        matches!(begun, Begun::Waiting { what, after: None } if what == in_line),
        "{begun:?}"
    );
    let standing = process.poll(&grace).await.unwrap();
    assert_eq!(
        (standing.step, standing.outcome.attempts_left),
        (Step::InLine(0), 3)
    );
    for _ in 0..5 {
        sleep(Duration::from_secs(20)).await;
        assert!(process.begin(&grace).await.is_ok());
    }
    sleep(Duration::from_secs(20)).await;
    assert!(matches!(process.begin(&grace).await, Err(Error::LineTooLong)));
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_had_to_wait_stays_a_retry() {
    let mut world = World::new();
    world.limits.start_pace = Duration::from_secs(1);
    world.vendor.allows_one_in(Duration::from_secs(30));
    let ada = world.sign_in("c1").await;
    ada.begin().await;
    world.vendor.set(0, rejected());
    ada.settle().await;
    let begun = ada.process.retry(&ada.visit).await.unwrap();
    assert!(
        matches!(begun, Begun::Waiting { after: Some(1), .. }),
        "{begun:?}"
    );
    sleep(Duration::from_secs(29)).await;
    let begun = ada.process.retry_after(&ada.visit, 1).await.unwrap();
    assert_eq!(super::world::address(begun), "https://vendor.example/go/secret-1");
}
