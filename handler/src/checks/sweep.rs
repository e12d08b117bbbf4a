//! What has to be done when nobody asks: results whose callbacks were lost, erasures that wait for the vendor, facts that have
//! been kept for long enough. Called by a timer, however often and by however many: one of them does it.
//!
//! # Layout
//! - `retention`: facts that have been kept for long enough

mod retention;

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;
use tracing::{info, warn};

use crate::checks::begin::next_step::Latest;
use crate::checks::begin::start;
use crate::checks::erase::{self, Erasure};
use crate::checks::facts::names::{self, StartMark};
use crate::checks::facts::{AttemptOf, Happened, SweepLease, V2};
use crate::checks::walk_in::held;
use crate::checks::{Checks, Error};
use crate::ids::SubjectKey;

/// Minimum number of seconds between two sweeps.
const PERIOD_S: i64 = 60;
/// How long a sweep goes on with each of its parts; the next one takes up what is left.
const PATIENCE: Duration = Duration::from_secs(20);
/// A request that began before an erasure may still write behind it for so long.
const TRAILING: Duration = Duration::from_secs(600);

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Another process does it.
    pub by_another: bool,
    /// Starts that are looked after no more: they have come to an end.
    pub ended: u32,
    /// Erasures that nothing is left of.
    pub erased: u32,
    /// Verifications whose facts were kept for long enough.
    pub removed: u32,
}

impl Checks {
    /// Does what has to be done now. Safe to repeat and to race.
    ///
    /// # Errors
    /// The store.
    #[tracing::instrument(name = "verification.sweep", skip_all)]
    pub(crate) async fn sweep(&self) -> Result<Swept, Error> {
        let now = self.deps.clock.now();
        let period = now.unix_timestamp().div_euclid(PERIOD_S);
        let lease = SweepLease {
            version: V2,
            at: now,
            nonce: self.deps.nonce(),
        };
        if !self.deps.write_exclusive(&names::sweep(period), &lease).await? {
            return Ok(Swept {
                by_another: true,
                ..Swept::default()
            });
        }
        let swept = Swept {
            by_another: false,
            ended: sweep_open(self).await?,
            erased: sweep_erasures(self, now).await?,
            removed: retention::sweep_retention(self, period).await?,
        };
        self.sweep_spend(now, Instant::now() + PATIENCE).await?;
        // Last: anybody makes what lies there, and nothing else waits for it.
        held::sweep(&self.deps, now, Instant::now() + PATIENCE).await?;
        info!(
            ended = swept.ended,
            erased = swept.erased,
            removed = swept.removed,
            code = "sweep.done",
            "sweep completed"
        );
        Ok(swept)
    }
}

/// Asks the vendor about whatever may not have come to an end, at the times at which it is asked without callbacks.
async fn sweep_open(checks: &Checks) -> Result<u32, Error> {
    let until = Instant::now() + PATIENCE;
    let mut ended = 0;
    for file in checks.deps.store.list(names::OPEN).await? {
        if Instant::now() >= until {
            break;
        }
        let Some(of) = names::parse_open(&file) else {
            continue;
        };
        match has_ended(checks, of).await {
            Ok(true) => {
                checks.deps.store.delete(&names::open(of)).await?;
                ended += 1;
            }
            Ok(false) => {}
            // One that cannot be looked at hides no other.
            Err(cause) => {
                warn!(verification.id = %of.id, %cause, code = "sweep.skipped", "start skipped by the sweep; retried later");
            }
        }
    }
    Ok(ended)
}

async fn has_ended(checks: &Checks, of: AttemptOf) -> Result<bool, Error> {
    let seen = checks.snapshot(of.id.subject());
    let history = match checks.settle_due(&seen, of.id).await {
        Err(Error::NotFound) => return Ok(true), // erased
        history => history?,
    };
    if let Some(attempt) = history
        .attempts
        .get(&of.attempt)
        .filter(|attempt| attempt.has_transaction)
    {
        return Ok(attempt.decisions.has_result() && !attempt.is_unread());
    }
    let starts = seen.known_starts().await?;
    let last = starts.last().map_or(0, |last| last.of.attempt);
    if last < of.attempt {
        return was_never_begun(checks, of).await;
    }
    let known = starts.all.iter().find(|start| start.of == of);
    let Some(known) = known else {
        return Ok(true); // freed, or somebody else took the number
    };
    match checks.latest(&seen, &starts).await? {
        Latest::Abandoned(start) if start == of => {
            start::recover(checks, &seen, of).await?;
            Ok(false)
        }
        Latest::Leased => Ok(false),
        _ => Ok(known.says(StartMark::Unconfirmed)),
    }
}

/// The process was killed between the note and the lease. Whoever wrote the note has long taken the lease otherwise.
async fn was_never_begun(checks: &Checks, of: AttemptOf) -> Result<bool, Error> {
    let noted = checks.deps.read::<Happened>(&names::open(of)).await?;
    Ok(noted.is_none_or(|noted| noted.at + TRAILING <= checks.deps.clock.now()))
}

async fn sweep_erasures(checks: &Checks, now: OffsetDateTime) -> Result<u32, Error> {
    let until = Instant::now() + PATIENCE;
    let mut erased = 0;
    for file in checks.deps.store.list(names::ERASURES).await? {
        if Instant::now() >= until {
            break;
        }
        let subject = file
            .strip_suffix(".json")
            .and_then(|subject| subject.parse::<SubjectKey>().ok());
        let Some(subject) = subject else { continue };
        let path = names::erasure(subject);
        let begun = checks.deps.read::<Happened>(&path).await?;
        let is_done = erase::go_on_erasing(&checks.deps, subject).await? == Erasure::Done;
        if is_done && begun.is_some_and(|begun| begun.at + TRAILING <= now) {
            checks.deps.store.delete(&path).await?;
            erased += 1;
        }
    }
    Ok(erased)
}
