//! How often the store is asked for each step of a sign-in of the sample, by the calls themselves: B2C waits for some of them, and
//! its page makes one every few seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::super::world::{Browser, World, form, location, text_of};
use super::{ACCOUNT, AT_VENDOR, B2C, approved, begun, polled, start_of, token, validated};
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
        Self {
            world: World::over(Hooked::memory(Counting(Arc::clone(&operations)))),
            operations,
            is_one_process,
            steps: Vec::new(),
        }
    }

    /// What was asked of the store since the last step, also in the background.
    async fn step(&mut self, name: &'static str) {
        assert!(self.world.background.idle(Duration::from_secs(600)).await);
        let count = self.operations.swap(0, Ordering::Relaxed);
        self.steps.push((name, count));
        if !self.is_one_process {
            self.world.rebuild();
        }
    }

    fn of(&self, name: &str) -> usize {
        let step = self.steps.iter().find(|(known, _)| *known == name);
        step.unwrap_or_else(|| panic!("no step {name}")).1
    }

    fn total(&self) -> usize {
        self.steps.iter().map(|(_, count)| count).sum()
    }

    /// From the first call to what B2C is told in the end.
    async fn sign_in(&mut self) {
        let browser = Browser::default();
        let started = begun(&self.world, "c1").await;
        self.step("InitializeTransaction").await;
        let again = begun(&self.world, "c1").await;
        assert_eq!(again["transactionReference"], started["transactionReference"]);
        self.step("InitializeTransaction, repeated").await;
        self.away(&browser, &start_of(&started)).await;
        let reference = &started["transactionReference"];
        let first = token(&self.world, reference).await;
        self.step("InitializeVerification").await;
        assert_eq!(polled(&self.world, &first).await["status"], "RETRY");
        self.step("VerifyTransactionStatus, undecided").await;
        self.world.vendor.set(0, approved());
        let answer = browser.come_back(&self.world, 0).await;
        assert!(location(&answer).starts_with(B2C), "{answer:?}");
        self.step("return").await;
        let last = polled(&self.world, &first).await;
        assert_eq!(last["status"], "SUCCESS");
        self.step("VerifyTransactionStatus, decided").await;
        let answer = validated(&self.world, reference, &last["verificationToken"]).await;
        assert_eq!(answer.status(), 200, "{ACCOUNT}: {answer:?}");
        self.step("ValidateVerificationToken").await;
    }

    /// From the link to the vendor.
    async fn away(&mut self, browser: &Browser, start: &str) {
        let answer = browser.enter(&self.world, start).await;
        let page = location(&answer).split('?').next().unwrap().to_owned();
        self.step("link").await;
        let notice = browser.get(&self.world, &page).await;
        self.step("notice").await;
        let token = text_of(&notice).split("name=\"token\" value=\"").nth(1).unwrap();
        let token = token.split('"').next().unwrap();
        let fields = [("action", "begin"), ("token", token)];
        browser.send(&self.world, form(&page, &fields)).await;
        self.step("consent").await;
        let next = page.replace("/consent", "/continue?at=vendor");
        let answer = browser.get(&self.world, &next).await;
        assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
        self.step("start").await;
    }
}

#[tokio::test]
async fn a_sign_in_on_one_process() {
    let mut counted = Counted::new(true);
    counted.sign_in().await;
    assert!(counted.total() <= 29, "{:?}", counted.steps);
    for question in [
        "VerifyTransactionStatus, undecided",
        "VerifyTransactionStatus, decided",
    ] {
        assert!(counted.of(question) <= 1, "{:?}", counted.steps);
    }
    assert!(
        counted.of("InitializeTransaction, repeated") <= 1,
        "{:?}",
        counted.steps
    );
}

#[tokio::test]
async fn a_sign_in_when_each_step_meets_a_process_just_started() {
    let mut counted = Counted::new(false);
    counted.sign_in().await;
    assert!(counted.total() <= 54, "{:?}", counted.steps);
    assert!(
        counted.of("VerifyTransactionStatus, undecided") <= 5,
        "{:?}",
        counted.steps
    );
}
