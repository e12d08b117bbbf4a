//! Runs seeds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use handler::testing::Limits;
use http::StatusCode;

pub(crate) use crate::journey::Left;
use crate::journey::{Journey, LIVENESS_MS, Plan};
use crate::logs;
use crate::weather::Weather;
use crate::world::{Outside, World, lock};

/// What became of a seed.
#[derive(Clone, Debug)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// What did not hold; empty when all did.
    pub violations: Vec<String>,
    /// The schedule, step by step, when it was asked for.
    pub schedule: String,
}

/// Runs one seed. The same seed gives the same schedule.
///
/// # Panics
/// When no runtime can be made.
#[must_use]
pub fn seed(seed: u64, is_traced: bool) -> Report {
    play(async move {
        let world = drawn(seed, is_traced);
        storm(&world).await;
        report(&world)
    })
}

/// Plays inside a runtime of its own whose time is paused.
///
/// # Panics
/// When no runtime can be made.
#[expect(clippy::expect_used, reason = "without a runtime nothing can be run")]
pub(crate) fn play<T>(work: impl Future<Output = T>) -> T {
    logs::begin();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(work)
}

pub(crate) fn report(world: &Arc<World>) -> Report {
    world.judge_the_end();
    world.end();
    let mut schedule = world.trace.text();
    if !schedule.is_empty() {
        for record in logs::told() {
            schedule.push_str("log: ");
            schedule.push_str(&record);
            schedule.push('\n');
        }
    }
    Report {
        seed: world.seed,
        violations: lock(&world.oracle).violations.clone(),
        schedule,
    }
}

fn drawn(seed: u64, is_traced: bool) -> Arc<World> {
    let dice = loopback::dice::Dice::of(seed ^ 0x5eed);
    let (max_attempts, max_starts) = dice.one((3, 10), &[(2, 3), (3, 4)]);
    let limits = Limits {
        max_attempts,
        max_starts,
        ..Limits::default()
    };
    let world = World::new(seed, Weather::of(&dice), limits, is_traced);
    let offset = |dice: &loopback::dice::Dice| dice.one(0, &[0, 0, 2000, -2000]);
    let processes = dice.between(2, 3);
    let places: Vec<_> = (0..processes).map(|_| (offset(&dice), dice.below(2))).collect();
    world.populate(&places);
    world.step(&Outside("seed"), || {
        format!(
            "{seed}: {:?}, {max_attempts} attempts, {max_starts} starts",
            lock(&world.weather)
        )
    });
    world
}

/// Sign-ins under faults, then without, until each has its outcome.
async fn storm(world: &Arc<World>) {
    let count = world.dice.one(1, &[1, 2, 2, 3]);
    let mut journeys = Vec::new();
    for n in 0..count {
        let plan = Plan::drawn(world, n);
        world.step(&Outside("seed"), || format!("sign-in {n}: {plan:?}"));
        journeys.push(tokio::spawn(signs_in(Arc::clone(world), plan)));
    }
    if world.dice.chance(5000) {
        world.begin_to_sweep();
    }
    let lasts_ms = world.dice.one(20_000, &[60_000, 180_000]);
    tokio::time::sleep(Duration::from_millis(lasts_ms)).await;
    world.calm_down();
    let mut left = Vec::new();
    for journey in journeys {
        match journey.await {
            Ok(all) => left.extend(all),
            Err(error) => world.violated("simulator", &format!("a journey panicked: {error}")),
        }
    }
    finish(world, &left).await;
    if world.dice.chance(3000) {
        world.erased(&left).await;
    }
}

/// One sign-in; and where the person's document says something else than was registered, mostly another with what it says.
async fn signs_in(world: Arc<World>, plan: Plan) -> Vec<Left> {
    let mut left = vec![Journey::new(&world, plan.clone()).run().await];
    if let Some(corrected) = plan.corrected().filter(|_| world.dice.chance(7000)) {
        world.step(&Outside("client"), || {
            "registers what the document says".to_owned()
        });
        left.push(Journey::new(&world, corrected).run().await);
    }
    left
}

/// When all callbacks have come, everybody is told what is true.
async fn finish(world: &Arc<World>, left: &[Left]) {
    let open = || {
        lock(&world.jumio).transactions.iter().any(|transaction| {
            transaction.callbacks_open > 0 || transaction.says() == crate::jumio::Says::Captured
        })
    };
    let since = world.ms();
    while open() && world.ms() < since + LIVENESS_MS {
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    for one in left {
        let Some(tokens) = &one.tokens else { continue };
        let since = world.ms();
        loop {
            let told = world.userinfo(one.story, &tokens.access).await;
            match told {
                Some((StatusCode::OK, status)) if status != "pending" => break,
                // The person left before the end, and the transaction was never finished.
                Some((StatusCode::OK, _)) if world.waits_for_nobody(one.story) => break,
                Some((status, _)) if status.is_client_error() => {
                    world.violated(
                        "lost",
                        &format!("userinfo of sign-in {} answers {status}", one.story),
                    );
                    break;
                }
                _ => {}
            }
            if world.ms() > since + LIVENESS_MS {
                world.violated(
                    "liveness",
                    &format!(
                        "sign-in {} is pending ten minutes after the vendor's last word",
                        one.story
                    ),
                );
                break;
            }
            tokio::time::sleep(Duration::from_secs(10)).await;
        }
    }
}

impl World {
    /// From now on nothing fails and nobody dies.
    pub(crate) fn calm_down(&self) {
        *lock(&self.weather) = Weather::calm();
        self.calm_since.store(self.ms(), Ordering::Relaxed);
        self.step(&Outside("seed"), || "faults end".to_owned());
    }

    /// For how long there were no faults; 0 while there are.
    pub(crate) fn calm_for_ms(&self) -> u64 {
        match self.calm_since.load(Ordering::Relaxed) {
            0 => 0,
            since => (self.ms() - since).max(1),
        }
    }

    /// No acknowledged callback has told the end of a sign-in's transactions: nobody is obliged to know it.
    fn waits_for_nobody(&self, story: usize) -> bool {
        let Some(story) = self.story(story, |story| story.clone()) else {
            return true;
        };
        let all = self.tellable(&story, u64::MAX);
        all.iter().any(|all| all.says.iter().any(|says| !says.is_end()))
    }
}

/// The outcome of many seeds.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// How many were run.
    pub seeds: u64,
    /// Those that failed, in order, at most a thousand.
    pub failed: Vec<Report>,
    /// How long it took.
    pub took: Duration,
}

impl Summary {
    /// Seeds a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a rate for the reader")]
        let seeds = self.seeds as f64;
        seeds / self.took.as_secs_f64().max(0.001)
    }
}

/// Runs seeds from `first` on, on as many threads as there are cores.
#[must_use]
pub fn seeds(first: u64, count: u64, tell: impl Fn(u64, &Report) + Sync) -> Summary {
    const KEPT: usize = 1000;
    let began = Instant::now();
    let next = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let failed = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    let report = seed(first + n, false);
                    tell(n, &report);
                    let mut failed = lock(&failed);
                    if !report.violations.is_empty() && failed.len() < KEPT {
                        failed.push(report);
                    }
                }
            });
        }
    });
    let mut failed = lock(&failed).clone();
    failed.sort_by_key(|report: &Report| report.seed);
    Summary {
        seeds: count,
        failed,
        took: began.elapsed(),
    }
}
