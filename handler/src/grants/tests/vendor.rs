//! A vendor with state: transactions that are created, captured and judged, and that can be late, down or forgetful.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::checks::outcome::Reason;
use crate::checks::vendor::id::VendorId;
use crate::checks::vendor::{
    Check, Document, End, Finding, Found, Mark, Need, Place, Progress, Start, Started, TransactionIds,
    Vendor, VendorError,
};
use crate::checks::{Announced, Unreadable};
use crate::person::{Person, Personal};

/// The checks that it makes, likeness last.
pub(crate) const CHECKS: [&str; 6] = [
    "usability",
    "imageChecks",
    "extraction",
    "dataChecks",
    "liveness",
    "similarity",
];

#[derive(Default)]
pub(crate) struct FakeVendor(Mutex<State>);

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
struct State {
    name: &'static str,
    transactions: Vec<Transaction>,
    forgotten: Vec<TransactionIds>,
    refuse_starts: u32,
    down: bool,
    not_ready: u32,
    start_takes: Duration,
    answer_takes: Duration,
    start_hangs: bool,
    one_in: Duration,
    last_start: Option<tokio::time::Instant>,
    throttled: u32,
    can_be_asked: bool,
    unreachable: bool,
    asked: u32,
    fetches: u32,
    needs_place: bool,
    has_no_accounts: bool,
}

#[derive(Clone)]
struct Transaction {
    start: Start,
    ids: TransactionIds,
    progress: Progress,
}

impl State {
    fn fetch(&mut self, ids: &TransactionIds) -> Result<Progress, VendorError> {
        self.fetches += 1;
        if self.down {
            return Err(VendorError::unavailable("for the test"));
        }
        if self.not_ready > 0 {
            self.not_ready -= 1;
            return Ok(Progress::Unknown);
        }
        let found = self.transactions.iter().find(|tx| tx.ids == *ids);
        Ok(found.map_or(Progress::Unknown, |tx| tx.progress.clone()))
    }
}

impl FakeVendor {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    /// The next so many starts are refused.
    pub(crate) fn refuse_starts(&self, times: u32) {
        self.with(|state| state.refuse_starts = times);
    }

    /// It has to be told the country before it starts, and in the USA the state.
    pub(crate) fn needs_place(&self) {
        self.with(|state| state.needs_place = true);
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.with(|state| state.down = down);
    }

    /// The next so many readings find nothing.
    pub(crate) fn not_ready(&self, times: u32) {
        self.with(|state| state.not_ready = times);
    }

    pub(crate) fn start_takes(&self, time: Duration) {
        self.with(|state| state.start_takes = time);
    }

    /// Readings see what is there at once, but tell it so much later.
    pub(super) fn answer_takes(&self, time: Duration) {
        self.with(|state| state.answer_takes = time);
    }

    /// Starts create a transaction but are never answered.
    pub(crate) fn start_hangs(&self, hangs: bool) {
        self.with(|state| state.start_hangs = hangs);
    }

    /// Transactions can be looked up by our reference.
    pub(crate) fn can_be_asked(&self) {
        self.with(|state| state.can_be_asked = true);
    }

    /// Starts find nobody to connect to.
    pub(crate) fn set_unreachable(&self, unreachable: bool) {
        self.with(|state| state.unreachable = unreachable);
    }

    /// Number of starts that came too soon.
    pub(crate) fn throttled(&self) -> u32 {
        self.with(|state| state.throttled)
    }

    /// Allows one start in so much time; those that come sooner are throttled.
    pub(crate) fn allows_one_in(&self, time: Duration) {
        self.with(|state| state.one_in = time);
    }

    pub(crate) fn call_it(&self, name: &'static str) {
        self.with(|state| state.name = name);
    }

    /// Everybody who comes is new to it: its transactions have no account.
    pub(super) fn has_no_accounts(&self) {
        self.with(|state| state.has_no_accounts = true);
    }

    /// What it was asked to delete.
    pub(crate) fn forgotten(&self) -> Vec<TransactionIds> {
        self.with(|state| state.forgotten.clone())
    }

    pub(crate) fn starts(&self) -> usize {
        self.with(|state| state.transactions.len())
    }

    pub(crate) fn fetches(&self) -> u32 {
        self.with(|state| state.fetches)
    }

    /// Readings that were begun, whether or not they were answered.
    pub(super) fn asked(&self) -> u32 {
        self.with(|state| state.asked)
    }

    /// What was asked at the n-th start, counted from 0.
    pub(crate) fn start_of(&self, n: usize) -> Start {
        self.with(|state| state.transactions[n].start.clone())
    }

    pub(crate) fn ids_of(&self, n: usize) -> TransactionIds {
        self.with(|state| state.transactions[n].ids.clone())
    }

    pub(crate) fn references(&self) -> Vec<String> {
        self.with(|state| {
            state
                .transactions
                .iter()
                .map(|tx| tx.start.reference.clone())
                .collect()
        })
    }

    pub(crate) fn set(&self, n: usize, progress: Progress) {
        self.with(|state| state.transactions[n].progress = progress);
    }

    /// The last credential in the address for callbacks of the n-th start.
    pub(crate) fn credential_of(&self, n: usize) -> String {
        self.start_of(n)
            .callback_url
            .path()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned()
    }
}

#[async_trait]
impl Vendor for FakeVendor {
    fn id(&self) -> VendorId {
        let name = self.with(|state| state.name);
        VendorId::of(if name.is_empty() { "fake" } else { name })
    }

    fn needs(&self, place: &Place) -> Option<Need> {
        if !self.with(|state| state.needs_place) {
            return None;
        }
        match place.country.as_deref() {
            None => Some(Need::Country),
            Some("USA") if place.state.is_none() => Some(Need::State),
            Some(_) => None,
        }
    }

    async fn start(&self, start: &Start) -> Result<Started, VendorError> {
        if self.needs(&start.place).is_some() {
            return Err(VendorError::Invalid("place".to_owned()));
        }
        let (takes, hangs) = self.with(|state| (state.start_takes, state.start_hangs));
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        let started = self.with(|state| {
            if state.refuse_starts > 0 {
                state.refuse_starts -= 1;
                return Err(VendorError::Refused("for the test".to_owned()));
            }
            if state.down {
                return Err(VendorError::unavailable("for the test"));
            }
            if state.unreachable {
                return Err(VendorError::unsent("for the test"));
            }
            let now = tokio::time::Instant::now();
            if state.last_start.is_some_and(|last| now < last + state.one_in) {
                state.throttled += 1;
                return Err(VendorError::Throttled {
                    retry_after: Some(state.one_in),
                });
            }
            state.last_start = Some(now);
            let n = state.transactions.len();
            let account = start.account.clone().unwrap_or_else(|| format!("account-{n}"));
            let account = if state.has_no_accounts {
                String::new()
            } else {
                account
            };
            let ids = TransactionIds {
                account,
                execution: format!("execution-{n}"),
            };
            let start = start.clone();
            state.transactions.push(Transaction {
                start,
                ids: ids.clone(),
                progress: Progress::Started,
            });
            Ok(Started {
                ids,
                href: SecretString::from(format!("https://vendor.example/go/secret-{n}")),
            })
        });
        if hangs {
            std::future::pending::<()>().await;
        }
        started
    }

    async fn find(&self, reference: &str) -> Result<Found, VendorError> {
        self.with(|state| {
            if !state.can_be_asked {
                return Ok(Found::CannotBeAsked);
            }
            if state.down {
                return Err(VendorError::unavailable("down"));
            }
            let found = state
                .transactions
                .iter()
                .enumerate()
                .find(|(_, tx)| tx.start.reference == reference);
            Ok(found.map_or(Found::Nothing, |(n, tx)| {
                Found::Started(Started {
                    ids: tx.ids.clone(),
                    href: SecretString::from(format!("https://vendor.example/go/secret-{n}")),
                })
            }))
        })
    }

    async fn fetch(&self, ids: &TransactionIds) -> Result<Progress, VendorError> {
        self.with(|state| state.asked += 1);
        tokio::task::yield_now().await;
        let (answer, takes) = self.with(|state| (state.fetch(ids), state.answer_takes));
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        answer
    }

    fn callback(&self, media_type: &str, body: &[u8]) -> Result<Announced, Unreadable> {
        crate::jumio::callback::parse(media_type, body)
    }

    async fn forget(&self, ids: &TransactionIds) -> Result<(), VendorError> {
        if self.with(|state| state.down) {
            return Err(VendorError::unavailable("down"));
        }
        self.with(|state| state.forgotten.push(ids.clone()));
        Ok(())
    }
}

/// Ada's document, in order.
pub(crate) fn approved() -> Progress {
    ended(End::Processed, Some(Mark::Passed), Mark::Passed, "ok")
}

/// Another face on the selfie.
pub(crate) fn rejected() -> Progress {
    ended(End::Processed, Some(Mark::Rejected), Mark::Rejected, "no_match")
}

/// The same for another reason.
pub(crate) fn rejected_for(reason: &'static str) -> Progress {
    ended(End::Processed, Some(Mark::Rejected), Mark::Rejected, reason)
}

/// A face that may be another one.
pub(crate) fn doubtful() -> Progress {
    ended(End::Processed, Some(Mark::Warning), Mark::Warning, "doubtful")
}

pub(crate) fn abandoned() -> Progress {
    ended(
        End::Abandoned,
        Some(Mark::Rejected),
        Mark::NotExecuted,
        "not_executed",
    )
}

/// The passport that everybody shows who does not say otherwise.
pub(crate) fn passport(number: &str) -> Document {
    Document {
        kind: "PASSPORT".to_owned(),
        country: "GBR".to_owned(),
        state: String::new(),
        number: Personal::new(number),
        birthdate: Personal::new("1985-12-10"),
    }
}

/// The same end with another document, or with none that says enough.
pub(crate) fn showing(progress: Progress, document: Option<Document>) -> Progress {
    match progress {
        Progress::Ended(finding) => Progress::Ended(Box::new(Finding { document, ..*finding })),
        other => other,
    }
}

fn ended(end: End, vendor_decision: Option<Mark>, similarity: Mark, reason: &'static str) -> Progress {
    let check = |name: &str| Check {
        name: name.to_owned(),
        mark: Mark::Passed,
        reason: Reason::of("ok"),
    };
    let mut checks = CHECKS.map(check).to_vec();
    if let Some(last) = checks.last_mut() {
        last.mark = similarity;
        last.reason = Reason::of(reason);
    }
    let person = Person {
        given_name: Some(Personal::new("ADA AUGUSTA")),
        family_name: Some(Personal::new("LOVELACE")),
        birthdate: Some(Personal::new("1985-12-10")),
        ..Person::default()
    };
    Progress::Ended(Box::new(Finding {
        end,
        vendor_decision,
        has_own_cause: false,
        makes: &CHECKS,
        rests_on: &CHECKS,
        checks,
        person,
        document: Some(passport("P1234567")),
        repeated_face: None,
    }))
}
