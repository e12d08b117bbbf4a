//! The vendor, with state: transactions that are created, captured and judged, that end in their own ways, and whose
//! judgement may be reversed later. Written from the vendor's manual, not from the handler.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use handler::testing::{
    Announced, Check, End, Finding, Found, Mark, Person, Personal, Progress, Reason, Start, Started,
    TransactionIds, Unreadable, Vendor, VendorError, VendorId, parsers,
};
use secrecy::SecretString;

use crate::points::{Failed, Op, Side, Who};
use crate::world::{World, lock};

/// The checks that it makes.
const CHECKS: [&str; 6] = [
    "usability",
    "imageChecks",
    "extraction",
    "dataChecks",
    "liveness",
    "similarity",
];
/// Where a browser is sent.
pub(crate) const PAGE: &str = "https://vendor.example/go/";
/// The vendor ends a transaction that nobody finishes after this.
pub(crate) const LIFE_MS: u64 = 30 * 60 * 1000;

/// How long the handler's client of the vendor waits for an answer.
const BUDGET: Duration = Duration::from_secs(8);

/// Whose document a person shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// Ada Lovelace.
    Ada,
    /// Grace Hopper.
    Grace,
}

/// What the vendor says of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// Nothing was shown yet.
    Started,
    /// It has all it needs, and judges.
    Captured,
    /// All in order.
    Passed,
    /// Another face than in the document.
    OtherFace,
    /// A forgery.
    Fraud,
    /// Doubtful.
    Warning,
    /// Left by the person.
    Abandoned,
    /// Never opened.
    NeverOpened,
}

impl Says {
    pub(crate) const fn is_end(self) -> bool {
        !matches!(self, Self::Started | Self::Captured)
    }
}

/// What it said from a moment on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Version {
    pub(crate) says: Says,
}

/// One transaction.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is known or not, independent of the others"
)]
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub(crate) start: Start,
    pub(crate) ids: TransactionIds,
    pub(crate) versions: Vec<Version>,
    pub(crate) document: Document,
    pub(crate) created_ms: u64,
    /// Whose start it was, and whether the answer reached that process.
    pub(crate) by: Who,
    pub(crate) is_answered: bool,
    /// Whoever started it was told that it failed.
    pub(crate) is_lost: bool,
    /// The latest version that an acknowledged callback told of, with the tick of its acknowledgement.
    pub(crate) acknowledged: Vec<(usize, u64)>,
    /// A browser was sent to its page.
    pub(crate) is_visited: bool,
    /// It was told to delete it.
    pub(crate) is_forgotten: bool,
    /// The number of callbacks under way, or still to come.
    pub(crate) callbacks_open: u32,
}

impl Transaction {
    pub(crate) fn says(&self) -> Says {
        self.versions.last().map_or(Says::Started, |version| version.says)
    }
}

/// A reading that was answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) ms: u64,
    pub(crate) says: Says,
}

/// All it knows.
#[derive(Debug, Default)]
pub(crate) struct Jumio {
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) readings: Vec<Reading>,
}

/// The vendor, as one process reaches it.
pub(crate) struct Line {
    pub(crate) world: Arc<World>,
    pub(crate) who: Who,
}

impl Line {
    async fn point(&self, op: Op, side: Side, about: &str) -> Result<(), VendorError> {
        let passed = self.world.point(self.who, op, side, about).await;
        // A request that was not executed may have been sent all the same.
        let sent = side == Side::After || self.world.dice.chance(5000);
        passed.map_err(|Failed| VendorError::Unavailable {
            why: "for the schedule".to_owned(),
            sent,
        })
    }
}

#[async_trait]
impl Vendor for Line {
    fn id(&self) -> VendorId {
        VendorId::of("simulated")
    }

    fn callback(&self, media_type: &str, body: &[u8]) -> Result<Announced, Unreadable> {
        parsers::callback(media_type, body)
    }

    /// No answer within the budget is an answer that is lost.
    async fn start(&self, start: &Start) -> Result<Started, VendorError> {
        let started = tokio::time::timeout(BUDGET, self.create(start)).await;
        let started = started.unwrap_or_else(|_| Err(self.world.too_late()));
        let mut jumio = lock(&self.world.jumio);
        let ours = jumio.transactions.iter_mut().filter(|ours| {
            ours.by == self.who && ours.start.reference == start.reference && !ours.is_answered
        });
        for transaction in ours {
            transaction.is_answered = started.is_ok();
            transaction.is_lost = started.is_err();
        }
        started
    }

    async fn fetch(&self, ids: &TransactionIds) -> Result<Progress, VendorError> {
        let read = tokio::time::timeout(BUDGET, self.read(ids)).await;
        read.unwrap_or_else(|_| Err(self.world.too_late()))
    }

    async fn find(&self, reference: &str) -> Result<Found, VendorError> {
        if !self.world.answers_searches {
            return Ok(Found::CannotBeAsked);
        }
        self.point(Op::Find, Side::Before, reference).await?;
        let found = self.world.found(reference);
        self.point(Op::Find, Side::After, reference).await?;
        Ok(found)
    }

    async fn forget(&self, ids: &TransactionIds) -> Result<(), VendorError> {
        self.point(Op::Forget, Side::Before, &ids.execution).await?;
        if let Some(transaction) = lock(&self.world.jumio)
            .transactions
            .iter_mut()
            .find(|one| one.ids == *ids)
        {
            transaction.is_forgotten = true;
        }
        self.point(Op::Forget, Side::After, &ids.execution).await
    }
}

impl Line {
    async fn create(&self, start: &Start) -> Result<Started, VendorError> {
        self.point(Op::Start, Side::Before, "").await?;
        let (n, started) = self.world.create(self.who, start);
        self.point(Op::Start, Side::After, &format!("transaction {n}"))
            .await?;
        Ok(started)
    }

    async fn read(&self, ids: &TransactionIds) -> Result<Progress, VendorError> {
        self.point(Op::Fetch, Side::Before, &ids.execution).await?;
        let seen = self.world.seen(ids);
        let about = seen.map_or_else(
            || "nothing".to_owned(),
            |(n, version, says, _)| format!("transaction {n}, version {version}: {says:?}"),
        );
        self.point(Op::Fetch, Side::After, &about).await?;
        let Some((_, _, says, document)) = seen else {
            return Ok(Progress::Unknown);
        };
        lock(&self.world.jumio).readings.push(Reading {
            ms: self.world.ms(),
            says,
        });
        Ok(progress(says, document))
    }
}

impl World {
    /// The handler's client of the vendor has waited long enough.
    fn too_late(&self) -> VendorError {
        self.may_be_in_trouble.store(true, Ordering::Relaxed);
        VendorError::Unavailable {
            why: "no answer in time".to_owned(),
            sent: true,
        }
    }

    fn create(self: &Arc<Self>, who: Who, start: &Start) -> (usize, Started) {
        let mut jumio = lock(&self.jumio);
        let n = jumio.transactions.len();
        let account = start
            .account
            .clone()
            .unwrap_or_else(|| format!("acc00000-0000-4000-8000-{n:012}"));
        let ids = TransactionIds {
            account,
            execution: format!("e0000000-0000-4000-8000-{n:012}"),
        };
        jumio.transactions.push(Transaction {
            start: start.clone(),
            ids: ids.clone(),
            versions: vec![Version { says: Says::Started }],
            document: Document::Ada,
            created_ms: self.ms(),
            by: who,
            is_answered: false,
            is_lost: false,
            acknowledged: Vec::new(),
            is_visited: false,
            is_forgotten: false,
            callbacks_open: 0,
        });
        drop(jumio);
        self.paid(n);
        let href = SecretString::from(format!("{PAGE}{n}"));
        (n, Started { ids, href })
    }

    /// What was created under a reference.
    fn found(&self, reference: &str) -> Found {
        let jumio = lock(&self.jumio);
        let mut all = jumio.transactions.iter().enumerate();
        let found = all.find(|(_, transaction)| transaction.start.reference == reference);
        found.map_or(Found::Nothing, |(n, transaction)| {
            Found::Started(Started {
                ids: transaction.ids.clone(),
                href: SecretString::from(format!("{PAGE}{n}")),
            })
        })
    }

    /// What a reading sees now; nothing when it is not ready to be read.
    fn seen(&self, ids: &TransactionIds) -> Option<(usize, usize, Says, Document)> {
        let is_ready = !self.dice.chance(lock(&self.weather).not_ready);
        self.end_what_is_over();
        let jumio = lock(&self.jumio);
        let mut all = jumio.transactions.iter().enumerate();
        let (n, transaction) = all.find(|(_, transaction)| transaction.ids == *ids)?;
        let version = transaction.versions.len() - 1;
        is_ready.then(|| (n, version, transaction.says(), transaction.document))
    }

    /// Nobody can finish a transaction after half an hour.
    fn end_what_is_over(&self) {
        let now = self.ms();
        let mut jumio = lock(&self.jumio);
        for transaction in &mut jumio.transactions {
            if transaction.says() == Says::Started && transaction.created_ms + LIFE_MS <= now {
                let says = if transaction.is_visited {
                    Says::Abandoned
                } else {
                    Says::NeverOpened
                };
                transaction.versions.push(Version { says });
            }
        }
    }
}

fn progress(says: Says, document: Document) -> Progress {
    let (end, verdict, similarity, reason) = match says {
        Says::Started => return Progress::Started,
        Says::Captured => return Progress::Captured,
        Says::Passed => (End::Processed, Mark::Passed, Mark::Passed, "ok"),
        Says::OtherFace => (End::Processed, Mark::Rejected, Mark::Rejected, "no_match"),
        Says::Fraud => (
            End::Processed,
            Mark::Rejected,
            Mark::Rejected,
            "manipulated_document",
        ),
        Says::Warning => (
            End::Processed,
            Mark::Warning,
            Mark::Warning,
            "similarity_uncertain",
        ),
        Says::Abandoned => (End::Abandoned, Mark::Rejected, Mark::NotExecuted, "not_executed"),
        Says::NeverOpened => (
            End::NeverOpened,
            Mark::Rejected,
            Mark::NotExecuted,
            "not_executed",
        ),
    };
    let check = |name: &str| match name {
        "similarity" => (similarity, reason),
        _ => (Mark::Passed, "ok"),
    };
    let checks = CHECKS.map(|name| Check {
        name: name.to_owned(),
        mark: check(name).0,
        reason: Reason::of(check(name).1),
    });
    Progress::Ended(Box::new(Finding {
        end,
        vendor_decision: Some(verdict),
        has_own_cause: false,
        makes: &CHECKS,
        rests_on: &CHECKS,
        checks: checks.to_vec(),
        person: person(document),
        document: None,
        repeated_face: None,
    }))
}

fn person(document: Document) -> Person {
    let (given, family, birthdate) = match document {
        Document::Ada => ("ADA", "LOVELACE", "1985-12-10"),
        Document::Grace => ("GRACE", "HOPPER", "1986-12-09"),
    };
    Person {
        given_name: Some(Personal::new(given)),
        family_name: Some(Personal::new(family)),
        birthdate: Some(Personal::new(birthdate)),
        ..Person::default()
    }
}
