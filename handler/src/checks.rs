//! The core: what may happen to a verification, and in which order. Knows no HTTP, no JSON of others, no vendor.
//!
//! A verification is a folder of facts: small documents that are created once and never changed. Its state is what they
//! add up to, so any number of processes may work on it at once, and one that dies leaves nothing half done that the next
//! cannot take up. Every operation first reads, then *creates if absent*, then believes what is there.
//!
//! # Layout
//! - `vendor`: what is asked of whoever checks documents and faces
//! - `records`: what is asked of a store
//! - `outcome`: what is concluded, and what a client is told
//! - `error`: why an operation was not done
//! - operations, one file each: `register`, `push`, `authorize`, `reuse`, `begin`, `locate`, `cancel`, `callback`, `settle`,
//!   `status`, `decide`, `code`, `redeem`, `timeline`; `reading` is one question to the vendor
//! - what `begin` is made of: `next` decides, `line` waits for the vendor's rate, `start` calls the vendor, `starts` counts
//! - `history`: what the facts add up to; `decisions`: what the decisions about one attempt do

mod answered;
pub mod authorize;
pub mod begin;
pub mod callback;
pub mod cancel;
pub mod code;
pub mod decide;
mod decision;
mod decisions;
mod earlier;
pub mod error;
mod faces;
pub mod fact_store;
mod facts;
mod history;
mod line;
mod locate;
mod matching;
mod names;
mod next;
pub mod outcome;
mod polling;
pub mod push;
mod reading;
pub mod redeem;
pub mod register;
mod reuse;
pub mod rules;
pub mod settle;
mod start;
mod starts;
pub mod status;
mod stopped;
mod store;
mod subject;
pub mod timeline;
pub mod vendor;

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::background::Spawner;
use crate::clock::Clock;
use crate::owners::Owners;
use crate::random::Random;
use crate::seal::Seal;
use answered::Answered;
pub use answered::Receipt;
pub use authorize::{Authorization, ResponseMode, Visit};
pub use begin::{Begun, Waiting};
pub use callback::{Callback, CallbackReceipt};
pub use decide::ManualDecision;
pub use error::{Error, RedeemError};
use fact_store::FactStore;
use line::Line;
#[cfg(any(test, feature = "testing"))]
pub use names::fact_path;
pub use outcome::{Matched, Outcome, Reason, Status};
use polling::Readings;
pub use push::{About, Pushed};
pub use redeem::{Assertion, Grant, Presented};
pub use register::{Registered, Registration};
pub use rules::{OnMismatch, OnMissing, OnWarning, Rules};
pub use status::{CheckStatus, Step};
pub use timeline::{Event, Moment};
use vendor::Vendor;

/// What the core works with.
pub struct Deps {
    /// Where facts are kept.
    pub store: Arc<dyn FactStore>,
    /// Who checks documents and faces.
    pub vendor: Arc<dyn Vendor>,
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
pub struct Addresses {
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
    /// From a pushed request until its `request_uri` is refused (RFC 9126 section 2.2 suggests 5 to 600 s).
    pub request_uri_life: Duration,
    /// From an authorize request until its handle is refused.
    pub authorization_life: Duration,
    /// From issue until a code is refused.
    pub code_life: Duration,
    /// From redemption until the access token is refused.
    pub access_token_life: Duration,
    /// From the start at the vendor until callbacks are refused.
    pub callback_life: Duration,
    /// How long a process that is starting a transaction is waited for before another may take over. Longer than
    /// `vendor_budget` by what the store and clocks that differ may take.
    pub claim_lease: Duration,
    /// The longest that starting a transaction takes at the vendor.
    pub vendor_budget: Duration,
    /// How far apart two starts of this process are, all subjects together: the vendor's rate.
    pub start_pace: Duration,
    /// How long a person stays in line for a start before they are told that it does not work.
    pub line_patience: Duration,
    /// Attempts of one subject within the window; those that expired or were cancelled do not count.
    pub max_attempts: u32,
    /// Starts of one subject within the window, however they ended.
    pub max_starts: u32,
    /// The window of both.
    pub attempts_window: Duration,
    /// From an approval until it is not reused any more.
    pub approval_valid: Duration,
    /// When the vendor is asked without having told us anything, counted from start and from the browser's return.
    pub poll_marks: Vec<Duration>,
    /// How long the vendor keeps a transaction that nobody finishes.
    pub transaction_life: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        const HOUR: u64 = 3600;
        Self {
            ticket_life: Duration::from_secs(24 * HOUR),
            request_uri_life: Duration::from_secs(60),
            authorization_life: Duration::from_secs(HOUR),
            code_life: Duration::from_secs(60),
            access_token_life: Duration::from_secs(HOUR),
            callback_life: Duration::from_secs(7 * 24 * HOUR),
            claim_lease: Duration::from_secs(20),
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
        }
    }
}

/// The operations on verifications. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Checks {
    deps: Arc<Deps>,
    readings: Arc<Readings>,
    answered: Arc<Answered>,
    line: Arc<Line>,
}

impl Checks {
    /// Puts the core together. Does nothing yet.
    #[must_use]
    pub fn new(deps: Deps) -> Self {
        Self {
            deps: Arc::new(deps),
            readings: Arc::default(),
            answered: Arc::default(),
            line: Arc::default(),
        }
    }
}

impl std::fmt::Debug for Checks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Checks")
    }
}

#[cfg(test)]
pub(crate) mod tests;
