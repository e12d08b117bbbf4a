//! What a check is: a registration, its attempts with at most one transaction each at a vendor, callbacks, decisions. Knows
//! no HTTP, no front, no JSON of others, no vendor.
//!
//! A verification is a folder of facts: small documents that are created once and never changed. Its state is what they
//! add up to, so any number of processes may work on it at once, and one that dies leaves nothing half done that the next
//! cannot take up. Every operation first reads, then *creates if absent*, then believes what is there.
//!
//! # Layout
//! - what is asked of others: `vendor`, of whoever checks documents and faces (`vendors` has several); `fact_store`, of a store
//! - `outcome`: what is concluded, and what a client is told; `error`: why an operation was not done
//! - `facts`: what is stored, under which names, and what one request has read of it
//! - `history`: what the facts add up to
//! - `decision`: from what the vendor found to a conclusion
//! - `purse`: how many starts are paid, all subjects together
//! - operations of [`Checks`], each in its file: `register`, `walk_in`, `begin`, `restart`, `settle`, `callback`, `cancel`, `confirm`, `status`, `standing`, `holder`; of operators:
//!   `decide` (which allows further attempts, too), `erase`; of a timer: `sweep`. What one of them needs for itself is a
//!   function in that file or in its folder

pub(crate) mod begin;
pub(crate) mod callback;
pub(crate) mod cancel;
pub(crate) mod confirm;
pub(crate) mod decide;
pub(crate) mod decision;
pub(crate) mod erase;
pub(crate) mod error;
pub(crate) mod fact_store;
pub(crate) mod facts;
pub(crate) mod history;
pub(crate) mod holder;
pub(crate) mod outcome;
pub(crate) mod purse;
pub(crate) mod register;
pub(crate) mod restart;
pub(crate) mod settle;
pub(crate) mod standing;
pub(crate) mod status;
pub(crate) mod sweep;
pub(crate) mod vendor;
pub(crate) mod vendors;
pub(crate) mod walk_in;

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use url::Url;

use crate::background::Spawner;
use crate::clock::Clock;
use crate::ids::{FactHash, PersonReference, SubjectKey, VerificationId};
use crate::owners::Owners;
use crate::random::Random;
use crate::seal::Seal;
use begin::line::Line;
pub(crate) use begin::{Begun, Waiting};
pub(crate) use callback::{CallbackReceipt, Received};
pub use decide::ManualDecision;
pub use decision::rules::Rules;
pub(crate) use error::{Error, RedeemError};
use fact_store::FactStore;
use facts::cache::Cache;
#[cfg(any(test, feature = "testing"))]
pub use facts::names::fact_path;
use facts::names::{self, FactName};
use facts::snapshot::Snapshot;
use facts::{Continued, Happened};
use history::timeline::{self, Moment};
pub(crate) use holder::Holder;
pub(crate) use outcome::{Matched, Outcome};
pub use outcome::{Reason, Status};
pub(crate) use purse::Purse;
pub(crate) use purse::{Allowance, Spend};
pub(crate) use register::{Registered, Registration};
use settle::polling::Readings;
pub(crate) use status::{CheckStatus, Step};
pub use vendor::callback::{Announced, Unreadable};
pub(crate) use vendor::callback::{CALLBACK_MAX, Callback};
use vendors::Vendors;
pub(crate) use walk_in::{Newcomer, Remembered};

/// Maximum number of sign-ins that are looked at as going on with one transaction.
const MAX_CONTINUED: usize = 50;

/// What the core works with.
pub(crate) struct Deps {
    /// Where facts are kept.
    pub store: Arc<dyn FactStore>,
    /// Who checks documents and faces.
    pub vendors: Vendors,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Who of those that began something is dead.
    pub owners: Arc<dyn Owners>,
    /// Runs what must be finished although whoever asked for it has gone.
    pub background: Spawner,
    /// Our own sealed values.
    pub seal: Arc<Seal>,
    /// How a finding becomes a decision.
    pub rules: Rules,
    /// How long and how often.
    pub limits: Limits,
    /// Our own addresses, as the vendor is told them.
    pub addresses: Addresses,
}

/// Our own addresses, as the vendor is told them; each ends with a slash and one sealed value is appended.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// Where callbacks go, such as `https://host/api/callback/`.
    pub callback_base: Url,
    /// Where browsers come back to, such as `https://host/api/callback/return/`.
    pub return_base: Url,
}

/// How long things live and how often they may be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From registration until its ticket is refused.
    pub ticket_life: Duration,
    /// From the start at the vendor until callbacks are refused.
    pub callback_life: Duration,
    /// How long a process that is starting a transaction is waited for before another may take over. Longer than
    /// `vendor_budget` by what the store and clocks that differ may take.
    pub start_lease: Duration,
    /// The longest that starting a transaction takes at the vendor.
    pub vendor_budget: Duration,
    /// How far apart two starts of this process are, all subjects together: the vendor's rate.
    pub start_pace: Duration,
    /// How long a person stays in line for a start before they are told that it does not work.
    pub line_patience: Duration,
    /// Checks of one subject within the window in which it was refused, or may be yet.
    pub max_attempts: u32,
    /// Starts of one subject within the window that may have been paid, however they ended.
    pub max_starts: u32,
    /// The window of both.
    pub attempts_window: Duration,
    /// From an approval until it is not reused any more.
    pub approval_valid: Duration,
    /// When the vendor is asked without having told us anything, counted from start and from the browser's return.
    pub poll_marks: Vec<Duration>,
    /// How long the vendor keeps a transaction that nobody finishes.
    pub transaction_life: Duration,
    /// How long the facts of a verification are kept, from its registration. Longer than anything that rests on them.
    pub keep_facts: Duration,
    /// How many starts are paid, all subjects together.
    pub spend: Spend,
    /// No check is begun, whoever asks. Those that were begun go on, and approvals answer.
    pub closed: bool,
}

impl Default for Limits {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        Self {
            ticket_life: Duration::from_secs(24 * HOUR),
            callback_life: Duration::from_secs(7 * 24 * HOUR),
            start_lease: Duration::from_secs(20),
            vendor_budget: Duration::from_secs(8),
            start_pace: Duration::from_secs(1),
            line_patience: Duration::from_secs(120),
            max_attempts: 3,
            max_starts: 10,
            attempts_window: Duration::from_secs(24 * HOUR),
            approval_valid: Duration::from_secs(365 * 24 * HOUR),
            poll_marks: [40, 60, 100, 160, 240, 340, 460, 600, 760, 940]
                .map(Duration::from_secs)
                .to_vec(),
            transaction_life: Duration::from_secs(HOUR / 2),
            keep_facts: Duration::from_secs(400 * 24 * HOUR),
            spend: Spend::default(),
            closed: false,
        }
    }
}

/// A verification, and what the present request knows of its subject.
#[derive(Clone)]
pub(crate) struct Verification {
    /// Its id.
    pub id: VerificationId,
    pub(crate) seen: Arc<Snapshot>,
}

/// What a check is begun for, and looked at by: one sign-in of a verification. Whoever makes one has made sure that the
/// browser may act on it.
#[derive(Clone)]
pub(crate) struct Entry {
    /// The verification.
    pub id: VerificationId,
    /// Tells this sign-in from others of the verification.
    pub(crate) key: FactHash,
    /// What the vendor appends to the return address. A credential.
    pub(crate) handle: String,
    /// When it ends.
    pub(crate) expires_at: OffsetDateTime,
    /// Starts up to this number are no fresh check for it; 0 when it does not demand one.
    pub(crate) stale: u32,
    /// An approval must not be older.
    pub(crate) approved_since: OffsetDateTime,
    /// Language of the person (BCP 47).
    pub(crate) locale: Option<String>,
    /// Nothing is sent to the vendor before a consent is recorded: where no client has done so, a page of ours asks.
    pub(crate) asks_consent: bool,
    /// Values of the document are told to whoever asked, or may be by a later request.
    pub(crate) tells_values: bool,
    /// What a start is paid from.
    pub(crate) purse: Purse,
    pub(crate) seen: Arc<Snapshot>,
}

/// What one process remembers whatever its settings and secrets become: when it asked the vendor, and who stands in line.
/// Documents that were read are none of it, since another store may hold others. Clones are the same memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    readings: Arc<Readings>,
    line: Arc<Line>,
    told: Arc<purse::Told>,
}

/// The operations on verifications. Cheap to clone; clones share everything.
#[derive(Clone)]
pub(crate) struct Checks {
    deps: Arc<Deps>,
    cache: Arc<Cache>,
    readings: Arc<Readings>,
    line: Arc<Line>,
    ledgers: Arc<purse::Ledgers>,
    told: Arc<purse::Told>,
}

impl Checks {
    /// Puts the core of a process together that remembers nothing yet. Does nothing yet.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub(crate) fn new(deps: Deps) -> Self {
        Self::remembering(deps, Memory::default())
    }

    /// The same with what the process remembers.
    #[must_use]
    pub(crate) fn remembering(deps: Deps, memory: Memory) -> Self {
        Self {
            deps: Arc::new(deps),
            cache: Arc::default(),
            readings: memory.readings,
            line: memory.line,
            ledgers: Arc::default(),
            told: memory.told,
        }
    }

    pub(crate) fn deps(&self) -> &Deps {
        &self.deps
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.deps.limits
    }

    /// What one request is going to know of a subject. Nothing is read yet.
    fn snapshot(&self, subject: SubjectKey) -> Arc<Snapshot> {
        let store = Arc::clone(&self.deps.store);
        Arc::new(Snapshot::new(store, Arc::clone(&self.cache), subject))
    }

    /// The verifications of a reference that a person has read out: mostly one. Some may have been erased since.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn referred(&self, reference: PersonReference) -> Result<Vec<VerificationId>, Error> {
        let files = self.deps.store.list(&names::references(reference)).await?;
        let ids = files
            .iter()
            .filter_map(|file| file.strip_suffix(".json")?.parse().ok());
        Ok(ids.collect())
    }

    /// A verification for one request. Whether it exists shows when its facts are asked for.
    pub(crate) fn open(&self, id: VerificationId) -> Verification {
        Verification {
            id,
            seen: self.snapshot(id.subject()),
        }
    }

    /// From when on an approval is recent enough for a sign-in that began then. Counted from there and not from now: what
    /// was good enough when the sign-in began must not end in the middle of it, and a check made for it always is.
    pub(crate) fn approved_since(&self, max_age_s: Option<u64>, began_at: OffsetDateTime) -> OffsetDateTime {
        let valid = began_at - self.deps.limits.approval_valid;
        let max_age = max_age_s
            .and_then(|s| i64::try_from(s).ok())
            .map(time::Duration::seconds);
        let young = max_age.and_then(|age| began_at.checked_sub(age));
        young.map_or(valid, |young| valid.max(young))
    }

    /// What happened to a verification, oldest first; of one that was erased, that alone. Reads facts only.
    ///
    /// # Errors
    /// No such verification; the store.
    pub(crate) async fn timeline(&self, id: VerificationId) -> Result<Vec<Moment>, Error> {
        timeline::of(&self.deps, &self.open(id)).await
    }
}

#[cfg(test)]
impl Entry {
    /// The same for another request: nothing is known yet.
    pub(crate) fn again(&self) -> Self {
        Self {
            seen: Arc::new(self.seen.again()),
            ..self.clone()
        }
    }
}

impl Verification {
    /// How many facts have a name of this kind.
    pub(crate) async fn count(&self, is_meant: impl Fn(&FactName) -> bool) -> Result<usize, Error> {
        Ok(self.names(is_meant).await?.len())
    }

    /// Names of its facts of one kind.
    pub(crate) async fn names(&self, is_meant: impl Fn(&FactName) -> bool) -> Result<Vec<FactName>, Error> {
        let names = self.seen.names(self.id).await?;
        Ok(names.into_iter().filter(is_meant).collect())
    }

    /// Other sign-ins that use a transaction of this verification, some of them where they are very many.
    pub(crate) async fn continued(&self) -> Result<Vec<Continued>, Error> {
        let history = self.seen.own_history(self.id).await?;
        self.seen.continued(&history, MAX_CONTINUED).await
    }

    /// Lets the verification be found by the reference that its person may read out.
    pub(crate) async fn make_known(&self, at: OffsetDateTime) -> Result<(), Error> {
        self.seen
            .note(&names::reference(self.id), &Happened::at(at))
            .await
    }

    /// Creates a fact without a look at what is there.
    pub(crate) async fn write<T: serde::Serialize + Sync>(
        &self,
        name: FactName,
        fact: &T,
    ) -> Result<(), Error> {
        self.seen.write_unseen(self.id, name, fact).await
    }
}

impl Deps {
    /// Something random by which a writer recognises its own fact.
    fn nonce(&self) -> FactHash {
        FactHash(self.random.bytes())
    }
}

impl std::fmt::Debug for Checks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Checks")
    }
}
