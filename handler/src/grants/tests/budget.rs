//! How often the store is asked for each step of a sign-in. Each request lists its subject once; what is read once, or was
//! written by the same process, is not read again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::process::Process;
use super::vendor::{approved, rejected};
use super::world::{
    BROWSER, CLIENT, World, authorization, callback, presented, redeem_in_vain, registration,
};
use crate::fact_store::tests::hooked::{Counting, Hooked};

/// A world that counts, and how each request gets its process.
struct Counted {
    world: World,
    operations: Arc<AtomicUsize>,
    /// The one process; none where each request meets one that was just started.
    one: Option<Process>,
    steps: Vec<(&'static str, usize)>,
}

impl Counted {
    fn new(is_one_process: bool) -> Self {
        let operations = Arc::new(AtomicUsize::new(0));
        let world = World::over(Hooked::memory(Counting(Arc::clone(&operations))));
        Self {
            one: is_one_process.then(|| world.process()),
            world,
            operations,
            steps: Vec::new(),
        }
    }

    fn process(&self) -> Process {
        self.one.clone().unwrap_or_else(|| self.world.process())
    }

    /// What was asked of the store since the last step.
    fn step(&mut self, name: &'static str) -> usize {
        let count = self.operations.swap(0, Ordering::Relaxed);
        self.steps.push((name, count));
        count
    }

    fn total(&self) -> usize {
        self.steps.iter().map(|(_, count)| count).sum()
    }

    /// The steps of a sign-in as routes take them; `n` is the transaction, where one is made.
    async fn sign_in(&mut self, correlation_id: &str, n: Option<usize>) {
        self.steps.clear();
        self.operations.store(0, Ordering::Relaxed);
        let asked = registration(correlation_id);
        let ticket = self.process().register(asked).await;
        let ticket = ticket.unwrap().ticket;
        self.step("register");
        let process = self.process();
        let verification = process.grants.checks().resolve_ticket(&ticket, CLIENT).await;
        let reused = process
            .grants
            .reuse(&verification.unwrap(), authorization())
            .await;
        let reused = reused.unwrap();
        let code = match (reused, n) {
            (Some(visit), None) => process.grants.code(&visit).await.unwrap(),
            (None, Some(n)) => {
                self.step("authorize");
                self.walk(&ticket, n).await
            }
            other => panic!("not as expected: {other:?}"),
        };
        self.step("continue");
        let process = self.process();
        let (_, receipt) = redeem_in_vain(&process, &presented(&code)).await.unwrap();
        process.record_answered(receipt).await;
        self.step("token");
    }

    async fn walk(&mut self, ticket: &str, n: usize) -> String {
        let process = self.process();
        let verification = process.grants.checks().resolve_ticket(ticket, CLIENT).await;
        let verification = verification.unwrap();
        process.grants.use_ticket(&verification, BROWSER).await.unwrap();
        let visit = process
            .grants
            .authorize_by_ticket(&verification, authorization(), BROWSER)
            .await
            .unwrap();
        process.grants.checks().begin(&visit.entry).await.unwrap();
        let handle = visit.handle().to_owned();
        self.step("authorize with the cookie");
        self.world.vendor.set(n, approved());
        let process = self.process();
        let checks = process.grants.checks();
        let told = callback(&self.world, n, "PROCESSED");
        let to = checks.addressee(&self.world.vendor.credential_of(n)).unwrap();
        let received = checks.callback(&to, told).await;
        checks.settle_received(&received.unwrap()).await.unwrap();
        self.step("callback");
        let process = self.process();
        let held = |_| vec![BROWSER.to_owned()];
        let visit = process.grants.returned_visit(&handle, &held).await.unwrap();
        process.grants.checks().returned(&visit.entry).await.unwrap();
        process.grants.checks().poll(&visit.entry).await.unwrap();
        self.step("return");
        for name in ["waiting page", "poll"] {
            let process = self.process();
            let visit = process.grants.visit(&handle, Some(BROWSER)).await.unwrap();
            process.grants.checks().poll(&visit.entry).await.unwrap();
            self.step(name);
        }
        let process = self.process();
        let visit = process.grants.visit(&handle, Some(BROWSER)).await.unwrap();
        process.grants.checks().poll(&visit.entry).await.unwrap();
        process.grants.code(&visit).await.unwrap()
    }
}

#[tokio::test]
async fn a_first_and_a_second_sign_in_on_one_process() {
    let mut counted = Counted::new(true);
    counted.sign_in("c1", Some(0)).await;
    assert!(counted.total() <= 29, "{:?}", counted.steps);
    let poll = counted.steps.iter().find(|(name, _)| *name == "poll").unwrap();
    assert!(poll.1 <= 1, "{:?}", counted.steps);
    counted.sign_in("c2", None).await;
    assert!(counted.total() <= 10, "{:?}", counted.steps);
}

#[tokio::test]
async fn a_first_and_a_second_sign_in_when_each_request_meets_a_process_just_started() {
    let mut counted = Counted::new(false);
    counted.sign_in("c1", Some(0)).await;
    assert!(counted.total() <= 40, "{:?}", counted.steps);
    counted.sign_in("c2", None).await;
    assert!(counted.total() <= 16, "{:?}", counted.steps);
}

#[tokio::test]
async fn userinfo() {
    let mut counted = Counted::new(false);
    counted.sign_in("c1", Some(0)).await;
    let ada = counted.world.sign_in("c2").await;
    ada.begin_settled().await;
    let grant = ada.grant().await;
    counted.step("before");
    counted.process().userinfo(&grant.access_token).await.unwrap();
    let count = counted.step("userinfo");
    assert!(count <= 5, "{count}");
}

/// A subject with many checks that were not approved: what they cost does not grow with their number.
#[tokio::test]
async fn many_earlier_checks_cost_no_more_than_one() {
    let mut counted = Counted::new(false);
    counted.world.limits.max_attempts = 100;
    counted.world.limits.max_starts = 100;
    let mut costs = Vec::new();
    for n in 0..12 {
        let ada = counted.world.sign_in(&format!("c{n}")).await;
        ada.begin().await;
        counted.world.vendor.set(n, rejected());
        ada.settle().await;
        counted.step("before");
        counted
            .process()
            .register(registration(&format!("again-{n}")))
            .await
            .unwrap();
        costs.push(counted.step("register"));
    }
    assert_eq!(costs.first(), costs.last(), "{costs:?}");
}
