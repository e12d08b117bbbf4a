//! How many starts are paid: never more than the limits allow, whoever races; and nobody who empties the purse of strangers keeps
//! the others from signing in.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::future::join_all;

use super::far::far;
use super::world::{SignIn, World, authorization, registration};
use crate::checks::{Allowance, Begun, Error, Purse, Registration, Status};
use crate::fact_store::StoreError;
use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation};
use crate::grants::Authorization;
use crate::seal::{KeyMaterial, Seal, StateKeys, SubjectKey};

const PLENTY: Allowance = Allowance {
    a_day: 1_000,
    a_minute: 1_000,
};

/// So many a day, and whatever comes in a minute.
fn a_day(a_day: u32) -> Allowance {
    Allowance { a_day, ..PLENTY }
}

fn world(unknown: Allowance) -> World {
    let mut world = World::new();
    world.limits.spend.unknown = unknown;
    world
}

/// A browser that came by itself.
async fn stranger(world: &World, name: &str) -> SignIn {
    as_subject(world, name, true).await
}

async fn as_subject(world: &World, name: &str, stranger: bool) -> SignIn {
    let who = Registration {
        subject: name.to_owned(),
        ..registration("c1")
    };
    let request = Authorization {
        stranger,
        ..authorization()
    };
    world.sign_in_as(who, request).await
}

async fn is_refused(sign_in: &SignIn) -> bool {
    match sign_in.process.begin(&sign_in.visit).await {
        Err(Error::PurseEmpty) => true,
        Ok(Begun::Redirect(_)) => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_empty_purse_of_strangers_keeps_nobody_else_from_signing_in() {
    let world = world(a_day(2));
    for name in ["one", "two"] {
        assert!(!is_refused(&stranger(&world, name).await).await, "{name}");
    }
    assert!(is_refused(&stranger(&world, "three").await).await);
    assert_eq!(world.vendor.starts(), 2);
    let ada = as_subject(&world, "ada", false).await;
    assert!(!is_refused(&ada).await);
    assert_eq!(world.vendor.starts(), 3);
}

#[tokio::test]
async fn whoever_is_answered_for_has_a_limit_too() {
    let mut world = world(PLENTY);
    world.limits.spend.known = a_day(1);
    assert!(!is_refused(&as_subject(&world, "ada", false).await).await);
    assert!(is_refused(&as_subject(&world, "grace", false).await).await);
    assert!(!is_refused(&stranger(&world, "one").await).await);
}

/// A start that is refused leaves nothing that another would have to wait for.
#[tokio::test]
async fn who_was_refused_begins_when_there_is_something_in_the_purse_again() {
    let world = world(a_day(1));
    assert!(!is_refused(&stranger(&world, "one").await).await);
    let two = stranger(&world, "two").await;
    assert!(is_refused(&two).await);
    assert!(is_refused(&two).await);
    let standing = two.process.poll(&two.visit).await.unwrap();
    assert_eq!(standing.outcome.attempts_left, 3);
    world.advance_s(14 * 3600);
    let again = stranger(&world, "two").await;
    assert!(!is_refused(&again).await);
    assert_eq!(world.vendor.starts(), 2);
}

#[tokio::test]
async fn the_client_of_who_was_refused_is_told_that_it_could_not_be_checked() {
    let world = world(a_day(0));
    let one = stranger(&world, "one").await;
    assert!(is_refused(&one).await);
    one.process.leave(&one.visit).await.unwrap();
    let told = one.grant().await.outcome;
    let reason = told.reason.as_ref().map(crate::checks::Reason::as_str);
    assert_eq!((told.status, reason), (Status::Error, Some("limit_reached")));
}

#[tokio::test]
async fn a_minute_has_its_limit_and_the_next_one_its_own() {
    let world = world(Allowance {
        a_minute: 2,
        ..PLENTY
    });
    for name in ["one", "two"] {
        assert!(!is_refused(&stranger(&world, name).await).await, "{name}");
    }
    let three = stranger(&world, "three").await;
    assert!(is_refused(&three).await);
    world.advance_s(60);
    assert!(!is_refused(&three).await);
}

/// Whatever the hour, and although each process knows only what it has listed.
#[tokio::test]
async fn many_who_race_are_never_paid_beyond_the_limit() {
    let mut world = World::over(far());
    world.limits.spend.unknown = a_day(7);
    let mut all = Vec::new();
    for n in 0..40 {
        all.push(stranger(&world, &format!("s{n}")).await);
    }
    let refused = join_all(all.iter().map(is_refused)).await;
    let paid = refused.iter().filter(|is_refused| !**is_refused).count();
    assert_eq!(world.vendor.starts(), paid);
    assert!(paid <= 7, "{paid}");
    // Where all were refused for one another's sake, nothing is lost.
    world.advance_s(61);
    for sign_in in &all {
        is_refused(sign_in).await;
    }
    let mut paid = world.vendor.starts();
    for n in 0..8 {
        if !is_refused(&stranger(&world, &format!("later{n}")).await).await {
            paid += 1;
        }
    }
    assert_eq!((paid, world.vendor.starts()), (7, 7));
}

#[tokio::test]
async fn an_hour_that_is_over_still_counts() {
    let world = world(a_day(3));
    let process = world.process();
    for name in ["one", "two", "three"] {
        let sign_in = SignIn {
            process: process.clone(),
            ..stranger(&world, name).await
        };
        assert!(!is_refused(&sign_in).await, "{name}");
        // Every few minutes of an hour are different: see what is listed when.
        world.advance_s(1_790);
    }
    assert!(is_refused(&stranger(&world, "four").await).await);
    let four = SignIn {
        process,
        ..stranger(&world, "five").await
    };
    assert!(is_refused(&four).await);
}

#[tokio::test]
async fn what_certainly_was_not_started_is_not_spent() {
    let world = world(a_day(1));
    let one = stranger(&world, "one").await;
    world.vendor.set_unreachable(true);
    for _ in 0..5 {
        let begun = one.process.begin(&one.visit).await;
        assert!(matches!(begun, Err(Error::Vendor(_))), "{begun:?}");
    }
    world.vendor.set_unreachable(false);
    assert!(!is_refused(&one).await);
    assert!(is_refused(&stranger(&world, "two").await).await);
}

/// Of one browser or client as many as it may, and others go on.
#[tokio::test]
async fn a_browser_a_client_and_an_address_have_limits_of_their_own() {
    let mut world = world(PLENTY);
    world.limits.spend.per_client = Some(3);
    world.limits.spend.per_browser = 1;
    world.limits.spend.per_address = 2;
    let key = || KeyMaterial::new(vec![1; 32]).unwrap();
    let seal = Seal::new(StateKeys::new(&key(), None), SubjectKey::new(&key()));
    let spends = [
        ("c1", "b1", "203.0.113.1", true),
        ("c1", "b1", "203.0.113.2", false),
        ("c1", "b2", "203.0.113.1", true),
        ("c1", "b3", "203.0.113.1", false),
        ("c1", "b4", "203.0.113.2", true),
        ("c1", "b5", "203.0.113.3", false),
        ("c2", "b6", "203.0.113.3", true),
    ];
    for (n, (client, browser, address, may)) in spends.into_iter().enumerate() {
        let mut sign_in = stranger(&world, &format!("s{n}")).await;
        let purse = Purse::of_browser(&seal, client, browser);
        let address = Some(address.parse().unwrap());
        sign_in.visit.entry.purse = purse.at_address(&seal, address, world.now());
        assert_eq!(is_refused(&sign_in).await, !may, "{client} {browser} {address:?}");
    }
}

/// What was asked of the store about purses, in its order.
#[derive(Clone, Default)]
struct Noting(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Hooks for Noting {
    async fn before(&self, operation: Operation<'_>, path: &str) -> Result<(), StoreError> {
        if let Some((_, of)) = path.split_once("/spend/") {
            let parts: Vec<&str> = of.split('/').take(3).collect();
            let word = if operation.is_create() { "write" } else { "list" };
            self.0.lock().unwrap().push(format!("{word} {}", parts.join("/")));
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_start_costs_a_write_and_a_listing_of_its_hour() {
    let noting = Noting::default();
    let mut world = World::over(Hooked::memory(noting.clone()));
    world.limits.spend.unknown = a_day(3);
    world.advance_s(600);
    let process = world.process();
    for n in 0..5 {
        let sign_in = SignIn {
            process: process.clone(),
            ..stranger(&world, &format!("s{n}")).await
        };
        assert_eq!(is_refused(&sign_in).await, n > 2);
    }
    let noted = noting.0.lock().unwrap().clone();
    let (write, hour) = ("write 2026-02-03/unknown/10", "list 2026-02-03/unknown/10");
    let day = "list 2026-02-03/unknown";
    // Who is known to be refused asks nobody.
    assert_eq!(noted, [write, day, write, hour, write, hour]);
}

#[tokio::test]
async fn a_sweep_removes_the_days_that_are_over() {
    let world = world(PLENTY);
    let days = || async { world.store.list("facts/2/spend").await.unwrap() };
    is_refused(&stranger(&world, "one").await).await;
    world.advance_s(24 * 3600);
    is_refused(&stranger(&world, "two").await).await;
    assert_eq!(days().await.len(), 2);
    world.process().sweep().await.unwrap();
    let left = days().await;
    assert!(left.len() == 1 && left[0].starts_with("2026-02-04"), "{left:?}");
    world.advance_s(24 * 3600);
    world.process().sweep().await.unwrap();
    assert!(days().await.is_empty());
}

/// Nothing that was hashed is there to be read.
#[tokio::test]
async fn marks_name_nobody() {
    let world = world(PLENTY);
    let mut one = stranger(&world, "one").await;
    let key = KeyMaterial::new(vec![1; 32]).unwrap();
    let seal = Seal::new(StateKeys::new(&key, None), SubjectKey::new(&key));
    let address = "203.0.113.7".parse().unwrap();
    one.visit.entry.purse = one
        .visit
        .entry
        .purse
        .at_address(&seal, Some(address), world.now());
    is_refused(&one).await;
    for file in world.store.list("facts/2/spend").await.unwrap() {
        for personal in ["203", "b2c", "one"] {
            assert!(!file.split(['.', '/']).any(|part| part == personal), "{file}");
        }
    }
}

/// Those who are refused do not keep the others waiting for their turns.
#[tokio::test(start_paused = true)]
async fn who_is_known_to_be_refused_stands_in_nobodys_way() {
    let mut world = world(a_day(1));
    world.limits.start_pace = std::time::Duration::from_secs(1);
    assert!(!is_refused(&stranger(&world, "one").await).await);
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    let process = world.process();
    let begin = async |name: &str, stranger| {
        let sign_in = as_subject(&world, name, stranger).await;
        process.begin(&sign_in.visit).await
    };
    // This process has listed nothing yet: one has to be counted.
    assert!(matches!(begin("two", true).await, Err(Error::PurseEmpty)));
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    let before = tokio::time::Instant::now();
    for name in ["three", "four", "five"] {
        assert!(
            matches!(begin(name, true).await, Err(Error::PurseEmpty)),
            "{name}"
        );
    }
    assert!(matches!(begin("ada", false).await, Ok(Begun::Redirect(_))));
    assert!(
        before.elapsed() < std::time::Duration::from_secs(1),
        "{:?}",
        before.elapsed()
    );
}
