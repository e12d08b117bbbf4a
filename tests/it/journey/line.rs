//! Many people at once before a vendor that takes so many a second and no more.

use futures::future::join_all;
use loopback::browser::{Arrival, Page};
use loopback::html::refresh;
use loopback::random;
use rig::client::walk::Walk;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::{World, options, state};

const PEOPLE: usize = 40;
/// Creates a second that Jumio allows.
const RATE: u32 = 20;

/// A browser would take the seconds that the page names.
const REFRESH: std::time::Duration = std::time::Duration::from_millis(150);

/// Whose patience no machine is too slow for.
async fn paced() -> World {
    let mut options = options()
        .with("JumioSettings:CreatesPerSecond", &RATE.to_string())
        .with("Verification:LineSeconds", "3600");
    options.jumio.rate_limits = true;
    options.jumio.accounts_per_second = RATE as usize;
    World::with(options).await
}

/// Opens the link, and lets each page lead on by itself; every page on the way is one that waits.
async fn patiently_at_jumio(walk: &Walk) -> Page {
    let mut arrival = walk.enter().await.unwrap();
    loop {
        let Arrival::Page(page) = arrival else {
            panic!("back at the client: {arrival:?}")
        };
        assert_eq!(page.status, 200, "{}\n{}", page.address, page.html);
        if page.html.contains("SIMULATOR") {
            return page;
        }
        let next = match state(&page).as_str() {
            "in_line" | "starting" => refresh(&page.html).expect("a page that leads on").1.unwrap(),
            // The other click was served between the answer that led here and this page: its button leads on.
            "at_vendor" => format!("{}/continue?at=vendor", page.address.path()),
            _ => panic!("{}", page.html),
        };
        tokio::time::sleep(REFRESH).await;
        arrival = walk.open(&page.address.join(&next).unwrap()).await.unwrap();
    }
}

/// When Jumio was asked for a transaction, whatever it answered.
fn creates(world: &World) -> Vec<OffsetDateTime> {
    let entries = world.rig.backstage.history.of(Some("jumio"));
    let creates = entries.iter().filter(|entry| entry.operation == "create");
    let mut times: Vec<_> = creates
        .map(|entry| OffsetDateTime::parse(&entry.at, &Rfc3339).unwrap())
        .collect();
    times.sort();
    times
}

#[tokio::test]
async fn forty_people_who_come_at_once_all_reach_jumio() {
    let world = paced().await;
    let mut walks = Vec::new();
    for _ in 0..PEOPLE {
        walks.push(world.walk_of(&random::hex::<8>()).await);
    }
    let began = world.rig.backstage.clock.now();
    let pages = join_all(walks.iter().map(patiently_at_jumio)).await;
    assert_eq!(pages.len(), PEOPLE);
    assert_eq!(world.transactions(), PEOPLE);
    // However late a create reaches Jumio on a busy machine, none comes sooner than the rate allows. What is left out of
    // a hundredth is for clocks, one of which shows whole milliseconds.
    let pace = Duration::SECOND / RATE * 0.99;
    for (n, at) in (0_i32..).zip(creates(&world)) {
        let earliest = began + pace * n - Duration::MILLISECOND;
        assert!(at >= earliest, "create {n} came {} too soon", earliest - at);
    }
    assert_eq!(world.told("vendor.line"), 0);
    world.no_errors();
}

/// A double click of everybody: twice as many requests, and not one transaction or page of trouble more.
#[tokio::test]
async fn people_who_click_twice_before_a_slow_vendor_all_reach_jumio_once() {
    let world = paced().await;
    let mut registered = Vec::new();
    for _ in 0..8 {
        registered.push(world.register(&random::hex::<8>(), &serde_json::json!({})).await);
    }
    let walks = registered.iter().map(|registered| world.walk_by(registered));
    let arrivals = walks.map(|walk| async move {
        let (one, two) = tokio::join!(patiently_at_jumio(&walk), patiently_at_jumio(&walk));
        assert_eq!(one.address, two.address);
    });
    join_all(arrivals).await;
    assert_eq!(world.transactions(), 8);
    assert_eq!(world.told("vendor.line"), 0);
    world.no_errors();
}
