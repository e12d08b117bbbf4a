//! Plays a schedule that is written down: nothing fails but by its rules.

use std::sync::Arc;
use std::time::Duration;

use handler::testing::Limits;
use tokio::task::JoinHandle;

use crate::browser::{At, Tab};
use crate::callbacks::Callbacks;
use crate::client::Tokens;
use crate::journey::{Journey, Left, Plan, Road};
use crate::jumio::{Document, Says};
use crate::oracle::Story;
use crate::page::Page;
use crate::points::{Act, Op, Rule, Side};
use crate::run;
use crate::weather::Weather;
use crate::world::{World, lock};

/// Plays over two processes, and tells what did not hold of one rule.
pub(super) fn play(rule: &str, work: impl AsyncFnOnce(Arc<World>)) {
    play_within(rule, Limits::default(), &[(0, 0), (0, 0)], work);
}

/// The same, with other limits, and with other clocks (ms ahead, and the machine each is on).
pub(super) fn play_within(
    rule: &str,
    limits: Limits,
    places: &[(i64, u64)],
    work: impl AsyncFnOnce(Arc<World>),
) {
    let report = run::play(async move {
        let weather = Weather {
            store_ms: 1,
            vendor_ms: 5,
            ..Weather::default()
        };
        let world = World::new(1, weather, limits, true);
        world.populate(places);
        wait_ms(1).await;
        world.calm_down();
        *lock(&world.weather) = Weather {
            store_ms: 1,
            vendor_ms: 5,
            ..Weather::default()
        };
        work(Arc::clone(&world)).await;
        run::report(&world)
    });
    let broken: Vec<_> = report
        .violations
        .iter()
        .filter(|violation| violation.starts_with(rule))
        .collect();
    println!("{}", report.schedule);
    assert!(broken.is_empty(), "{broken:#?}");
    let strange: Vec<_> = report
        .violations
        .iter()
        .filter(|violation| violation.starts_with("simulator"))
        .collect();
    assert!(strange.is_empty(), "{strange:#?}");
}

/// Ada signs in by a ticket, with her own document, which is in order.
pub(super) fn plan() -> Plan {
    Plan {
        story: Story {
            client: "b2c",
            subject: "subject-of-ada",
            expects: Some(Document::Ada),
            ..Story::default()
        },
        correlation: "correlation-0".to_owned(),
        browser: "browser-0".to_owned(),
        road: Road::Ticket,
        shows: Document::Ada,
        verdict: Says::Passed,
        begins_ms: 0,
        clicks_twice: false,
        has_two_tabs: false,
    }
}

/// The n-th sign-in of the same subject.
pub(super) fn another(n: usize) -> Plan {
    Plan {
        correlation: format!("correlation-{n}"),
        browser: format!("browser-{n}"),
        ..plan()
    }
}

pub(super) fn rule(op: Op, side: Side, about: &'static str, then: Act) -> Rule {
    Rule {
        op,
        side,
        slot: None,
        about,
        after: 0,
        times: 1,
        then,
    }
}

pub(super) fn script(world: &World, rules: &[Rule]) {
    *lock(&world.script) = rules.to_vec();
}

/// All requests go to the process at this place.
pub(super) fn prefer(world: &World, slot: usize) {
    *lock(&world.preferred) = Some(slot);
}

pub(super) async fn wait_ms(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

pub(super) async fn sign_in(world: &Arc<World>, plan: Plan) -> Left {
    Journey::new(world, plan).run().await
}

/// A sign-in that goes on by itself.
pub(super) fn begun(world: &Arc<World>, plan: Plan) -> JoinHandle<Left> {
    tokio::spawn(Journey::new(world, plan).run())
}

/// Several sign-ins at once, until all have ended.
pub(super) async fn at_once(world: &Arc<World>, plans: Vec<Plan>) -> Vec<Left> {
    let running: Vec<_> = plans.into_iter().map(|plan| begun(world, plan)).collect();
    let mut left = Vec::new();
    for one in running {
        left.push(one.await.unwrap());
    }
    left
}

/// A sign-in whose person presses what the schedule says.
pub(super) struct Walk {
    pub(super) journey: Journey,
    pub(super) tab: Tab,
}

impl Walk {
    pub(super) fn new(world: &Arc<World>, plan: Plan) -> Self {
        Self {
            tab: Tab::of(world, &plan.browser),
            journey: Journey::new(world, plan),
        }
    }

    /// From the client to the first answer that is no redirect of ours.
    pub(super) async fn open(&mut self) -> At {
        let opens = self.journey.requested().await.unwrap();
        self.journey.requests_now();
        let at = self.tab.open(&opens).await;
        if let At::Vendor(n) = at {
            self.journey.world.visited(self.journey.n, n);
        }
        at
    }

    /// The person does not want to go on.
    pub(super) async fn give_up(&mut self, page: &Page) -> At {
        self.journey.world.gives_up(self.journey.n);
        self.press(page, "cancel").await
    }

    pub(super) async fn press(&mut self, page: &Page, name: &str) -> At {
        let offer = page.offers.iter().find(|offer| offer.name == name);
        let mut at = self
            .tab
            .press(offer.unwrap_or_else(|| panic!("{name} is not offered: {page:?}")))
            .await;
        // A page that leads on at once.
        while let At::Page(Page {
            refresh: Some((0, to)),
            ..
        }) = &at
        {
            at = self.tab.open(&to.clone()).await;
        }
        at
    }

    /// Back at the client, which redeems the code.
    pub(super) async fn redeem(&self, at: &At) -> Tokens {
        let At::Client(answer) = at else {
            panic!("not back at the client: {at:?}")
        };
        self.journey.back_at_client(answer).await.expect("tokens")
    }
}

pub(super) fn page(at: At) -> Page {
    match at {
        At::Page(page) => page,
        other => panic!("not on a page: {other:?}"),
    }
}

/// The vendor changes its mind; its callback is acknowledged.
pub(super) async fn reverse(world: &Arc<World>, n: usize, says: Says) {
    world.says(n, says, Callbacks::Never);
    let body = world.body(n, says);
    assert!(world.call_back(n, body).await);
}
