//! How often the store is asked for a sign-in of a person whom nobody has named.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::fact_store::tests::hooked::{Counting, Hooked};

/// A world that counts.
struct Counted {
    world: World,
    operations: Arc<AtomicUsize>,
    /// Whether one process answers all requests; else each step meets one that has just started.
    is_one_process: bool,
    steps: Vec<(&'static str, usize)>,
}

impl Counted {
    fn new(is_one_process: bool) -> Self {
        let operations = Arc::new(AtomicUsize::new(0));
        let mut world = World::over(Hooked::memory(Counting(Arc::clone(&operations))));
        world.more_clients = vec![client("rp")];
        world.rebuild();
        Self {
            world,
            operations,
            is_one_process,
            steps: Vec::new(),
        }
    }

    /// What was asked of the store since the last step, also in the background.
    async fn step(&mut self, name: &'static str) {
        assert!(self.world.background.idle(Duration::from_secs(600)).await);
        self.steps
            .push((name, self.operations.swap(0, Ordering::Relaxed)));
        if !self.is_one_process {
            self.world.rebuild();
        }
    }

    fn total(&self) -> usize {
        self.steps.iter().map(|(_, count)| count).sum()
    }

    async fn first(&mut self) -> Browser {
        let browser = Browser::default();
        let answer = browser.get(&self.world, &plain("s1", "")).await;
        self.step("authorize").await;
        is_at_vendor(&browser.follow(&self.world, answer).await);
        self.step("authorize with the cookie").await;
        self.world.vendor.set(0, approved());
        let told = super::super::callback::callback(&self.world, 0, "PROCESSED");
        assert_eq!(self.world.send(told).await.status(), 200);
        self.step("callback").await;
        let page = self
            .world
            .vendor
            .start_of(0)
            .return_url
            .path()
            .replace("callback/return", "verify/wait");
        for name in ["waiting page", "poll"] {
            browser.get(&self.world, &format!("{page}/status")).await;
            self.step(name).await;
        }
        let answer = browser.come_back(&self.world, 0).await;
        self.step("return").await;
        told_to(&self.world, "rp", &answer).await;
        self.step("token").await;
        browser
    }

    async fn second(&mut self, browser: &Browser) {
        self.steps.clear();
        let answer = browser.get(&self.world, &plain("s2", "&prompt=none")).await;
        self.step("authorize").await;
        told_to(&self.world, "rp", &answer).await;
        self.step("token").await;
    }
}

/// Two operations are left for counting what is spent.
#[tokio::test]
async fn a_first_and_a_second_sign_in_on_one_process() {
    let mut counted = Counted::new(true);
    let browser = counted.first().await;
    assert!(counted.total() <= 29 - 2, "{:?}", counted.steps);
    counted.second(&browser).await;
    assert!(counted.total() <= 10, "{:?}", counted.steps);
}

#[tokio::test]
async fn a_first_and_a_second_sign_in_when_each_request_meets_a_process_just_started() {
    let mut counted = Counted::new(false);
    let browser = counted.first().await;
    assert!(counted.total() <= 40 - 2, "{:?}", counted.steps);
    counted.second(&browser).await;
    assert!(counted.total() <= 16, "{:?}", counted.steps);
}
