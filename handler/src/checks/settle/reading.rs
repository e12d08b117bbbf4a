//! One question to the vendor, and what is to be written of its answer.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::sleep;

use crate::checks::decision::decide;
use crate::checks::decision::document;
use crate::checks::decision::faces::{self, Whose};
use crate::checks::decision::matching::Hasher;
use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, CallbackFact, Conclusion, Decision, Happened, Transaction};
use crate::checks::history::History;
use crate::checks::history::attempt::Attempt;
use crate::checks::history::starts;
use crate::checks::outcome::Status;
use crate::checks::settle::Why;
use crate::checks::vendor::{End, Progress, VendorError};
use crate::checks::{Checks, Error};

/// A result may be announced a moment before it can be read.
const UNKNOWN_PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];
/// Nobody finishes a transaction any more that is so much older than the vendor keeps it; and a result that was announced
/// so long ago and is not known to the vendor will not be any more.
const GRACE: Duration = Duration::from_secs(3600);

/// Asks the vendor about an attempt that was just listed. The decision to be written, if there is anything to write: a
/// callback that is unread, or a conclusion that is not known yet.
pub(in crate::checks) async fn ask_vendor(
    checks: &Checks,
    seen: &Snapshot,
    history: &History,
    attempt: &Attempt,
    why: Why,
) -> Result<Option<Decision>, Error> {
    let name = FactName::Transaction(attempt.number);
    let Some(transaction) = seen.find::<Transaction>(attempt.home.id, name).await? else {
        return no_answer(why);
    };
    let now = checks.deps.clock.now();
    let reading = checks.readings.begin(attempt.home, now);
    let progress = fetch(checks, &transaction).await;
    if matches!(
        progress,
        Ok(Progress::Started | Progress::Captured | Progress::Ended(_))
    ) {
        reading.answered();
    }
    let read = Read {
        seen,
        history,
        attempt,
        began_at: transaction.at,
        now,
    };
    let Some(found) = found(checks, &read, progress?).await? else {
        return no_answer(why);
    };
    news(checks, &read, found, why).await
}

/// What an answer means; nothing when it is no answer.
async fn found(checks: &Checks, read: &Read<'_>, progress: Progress) -> Result<Option<Conclusion>, Error> {
    let is_overdue = read.began_at + checks.deps.limits.transaction_life + GRACE <= read.now;
    Ok(Some(match progress {
        Progress::Ended(finding) => {
            let request = read.seen.request(read.history.id).await?;
            let hasher = Hasher {
                seal: &checks.deps.seal,
                id: read.history.id,
                subject: request.subject,
            };
            let shown = document::hash(&checks.deps.seal, &finding, Status::Review);
            let whose = Whose {
                subject: request.subject,
                document: shown.filter(|_| request.walk_in),
            };
            let finding = faces::placed(&checks.deps, *finding, whose).await?;
            let conclusion = decide(&checks.deps.rules, &finding, &request.asked, &hasher);
            // Where somebody has named the person, nobody asks whose document it is.
            let document = request
                .walk_in
                .then(|| document::hash(&checks.deps.seal, &finding, conclusion.status));
            Conclusion {
                document: document.flatten(),
                ..conclusion
            }
        }
        Progress::Captured => {
            note_captured(checks, read.seen, read.attempt.home).await?;
            nothing_yet()
        }
        Progress::Started if is_overdue => Conclusion::plain(Status::Expired, "never_finished"),
        Progress::Started => nothing_yet(),
        Progress::Unknown if is_overdue && !read.is_announced().await? => {
            Conclusion::plain(Status::Error, "lost_by_vendor")
        }
        Progress::Unknown => return Ok(None),
    }))
}

/// What is to be written. An end without a result never takes a conclusion back, but it has answered the callbacks. A
/// transaction that the vendor has lost answers nothing: what is unread can then never be read, and what was told before
/// it is not told any more.
async fn news(
    checks: &Checks,
    read: &Read<'_>,
    found: Conclusion,
    why: Why,
) -> Result<Option<Decision>, Error> {
    let attempt = read.attempt;
    // That somebody gave it up says nothing of it: those who share it may go on.
    let known = attempt.decisions.of_the_transaction();
    let known = known.last_reading().map(|(_, known)| known);
    let callbacks = attempt.unread();
    let is_answer = found.end == Some(End::Processed);
    let is_lost = found.status == Status::Error && found.end.is_none();
    let conclusion = match known {
        Some(known) if !is_answer && (!is_lost || callbacks.is_empty()) => known.clone(),
        _ => found,
    };
    let is_known = known.map_or(conclusion.status == Status::Pending, |known| *known == conclusion);
    if is_known && callbacks.is_empty() && why != Why::NotStored {
        return Ok(None);
    }
    if !is_known && conclusion.is_uncounted() {
        starts::discount(&checks.deps, read.seen, attempt.home).await?;
    }
    if !is_known && conclusion.is_check() && conclusion.status != Status::Error {
        // Given up in one tab, and finished in another all the same: it counts.
        starts::count(&checks.deps, read.seen, attempt.home).await?;
    }
    let at = checks.deps.clock.now();
    Ok(Some(Decision {
        callbacks,
        ..Decision::unread(attempt.number, at, conclusion)
    }))
}

async fn fetch(checks: &Checks, transaction: &Transaction) -> Result<Progress, Error> {
    let (vendor, ids) = (checks.deps.vendors.of(&transaction.vendor)?, &transaction.ids);
    for pause in UNKNOWN_PAUSES {
        match vendor.fetch(ids).await? {
            Progress::Unknown => sleep(pause).await,
            progress => return Ok(progress),
        }
    }
    Ok(vendor.fetch(ids).await?)
}

async fn note_captured(checks: &Checks, seen: &Snapshot, of: AttemptOf) -> Result<(), Error> {
    let captured = Happened::at(checks.deps.clock.now());
    let name = FactName::Captured(of.attempt);
    seen.create(of.id, name, &captured).await.map(|_| ())
}

/// One question to the vendor, and who asks.
struct Read<'a> {
    seen: &'a Snapshot,
    /// Of the registration that the document is compared with.
    history: &'a History,
    attempt: &'a Attempt,
    /// When the transaction was created.
    began_at: OffsetDateTime,
    now: OffsetDateTime,
}

impl Read<'_> {
    /// The vendor has told of it lately, so there is something to be read soon.
    async fn is_announced(&self) -> Result<bool, Error> {
        let home = self.attempt.home;
        for hash in self.attempt.unread() {
            let name = FactName::Callback(home.attempt, hash);
            let callback = self.seen.find::<CallbackFact>(home.id, name).await?;
            if callback.is_some_and(|callback| callback.at + GRACE > self.now) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Nothing to write; but a callback that is not stored has not been read so.
fn no_answer(why: Why) -> Result<Option<Decision>, Error> {
    match why {
        Why::Unread | Why::Asked => Ok(None),
        Why::NotStored => Err(VendorError::unavailable("no result yet").into()),
    }
}

/// A reading that found the transaction under way.
fn nothing_yet() -> Conclusion {
    Conclusion {
        reason: None,
        ..Conclusion::plain(Status::Pending, "")
    }
}
