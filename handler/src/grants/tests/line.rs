//! Several requests of one person in the line before the vendor: a double click, two tabs, two sign-ins.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::far::far;
use super::world::{SignIn, World, address, authorization, registration, settled};
use crate::checks::{Begun, Registration, Status};

const PACE: Duration = Duration::from_secs(1);

/// A vendor that takes one start a second, and so long for each.
fn paced(takes: Duration) -> World {
    let mut world = World::over(far());
    world.limits.start_pace = PACE;
    world.vendor.allows_one_in(PACE);
    world.vendor.start_takes(takes);
    world
}

async fn grace(world: &World) -> SignIn {
    let subject = "subject-of-grace".to_owned();
    let asked = Registration {
        subject,
        ..registration("c1")
    };
    world.sign_in_as(asked, authorization()).await
}

/// Both find nothing begun; one has to wait for its turn, and the other is served meanwhile.
#[tokio::test(start_paused = true)]
async fn two_requests_of_one_sign_in_both_arrive() {
    let world = paced(Duration::from_millis(300));
    let ada = world.sign_in("c1").await;
    let (one, two) = tokio::join!(ada.process.begin(&ada.visit), ada.process.begin(&ada.visit));
    assert_eq!(address(one.unwrap()), address(two.unwrap()));
    assert_eq!(world.vendor.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_another_of_their_own_requests_takes_no_turn() {
    let world = paced(Duration::from_secs(5));
    let (ada, grace) = (world.sign_in("c1").await, grace(&world).await);
    let process = &ada.process;
    let began = Instant::now();
    let later = async {
        sleep(Duration::from_millis(100)).await;
        address(process.begin(&grace.visit).await.unwrap());
        began.elapsed()
    };
    let (_, _, grace_after) = tokio::join!(process.begin(&ada.visit), process.begin(&ada.visit), later);
    assert!(grace_after < PACE * 6 + PACE / 2, "{grace_after:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_another_sign_in_of_theirs_takes_no_turn() {
    let world = paced(Duration::from_millis(300));
    let (ada, grace) = (world.sign_in("c1").await, grace(&world).await);
    let second = world.sign_in("c2").await.visit;
    let process = &ada.process;
    let began = Instant::now();
    let later = async {
        sleep(Duration::from_millis(100)).await;
        address(process.begin(&grace.visit).await.unwrap());
        began.elapsed()
    };
    let (_, joined, grace_after) = tokio::join!(process.begin(&ada.visit), process.begin(&second), later);
    address(joined.unwrap());
    assert!(grace_after < PACE * 2, "{grace_after:?}");
}

/// What failed was said to the tab in which it failed; the other one tries.
#[tokio::test(start_paused = true)]
async fn a_start_that_failed_leaves_the_turn_to_the_other_tab() {
    let world = paced(Duration::from_millis(300));
    world.vendor.refuse_starts(1);
    let ada = world.sign_in("c1").await;
    let (one, two) = tokio::join!(ada.process.begin(&ada.visit), ada.process.begin(&ada.visit));
    assert_eq!([&one, &two].iter().filter(|begun| begun.is_err()).count(), 1);
    address(one.or(two).unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_tab_that_waits_is_told_when_another_gives_up() {
    let world = paced(Duration::ZERO);
    let (ada, grace) = (world.sign_in("c1").await, grace(&world).await);
    let process = &ada.process;
    process.begin(&grace.visit).await.unwrap();
    let gives_up = async {
        sleep(Duration::from_millis(500)).await;
        process.cancel(&ada.visit).await.unwrap();
    };
    let (begun, ()) = tokio::join!(process.begin(&ada.visit), gives_up);
    assert_eq!(settled(begun.unwrap()).status, Status::Cancelled);
    assert!(matches!(process.begin(&ada.visit).await, Ok(Begun::Settled(_))));
}

/// New secrets replace the services as a whole; who stands in line keeps their place, and the vendor's pause its length.
#[tokio::test(start_paused = true)]
async fn the_line_outlives_services_that_are_built_anew() {
    let mut world = World::new();
    world.limits.start_pace = Duration::from_secs(3600);
    let memory = crate::checks::Memory::default();
    let before = world.process_remembering(&memory);
    let ada = world.sign_in("c1").await;
    address(before.begin(&ada.visit).await.unwrap());
    let grace = grace(&world).await;
    let after = world.process_remembering(&memory);
    let begun = after.begin(&grace.visit).await.unwrap();
    assert!(matches!(begun, Begun::Waiting { .. }), "{begun:?}");
    assert_eq!(world.vendor.starts(), 1);
}
