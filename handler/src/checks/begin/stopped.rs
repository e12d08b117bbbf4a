//! Sign-ins that ended before there was a check: no attempts were left, the vendor could not be asked, or the person left.
//!
//! That is said of one authorization and not of the verification: an approval that other sign-ins rest on is none the worse
//! for it, and a later sign-in, or another press of *try again*, may well be checked. What is checked then counts.

use time::OffsetDateTime;
use tracing::info;

use crate::checks::fact_store::Created;
use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{Stopped, V2};
use crate::checks::history::History;
use crate::checks::history::attempt::Attempt;
use crate::checks::outcome::{
    ATTEMPTS_EXHAUSTED, CANCELLED, CLOSED, LIMIT_REACHED, MISCONFIGURED, Matched, Reason, Status,
    VENDOR_UNAVAILABLE,
};
use crate::checks::vendor::VendorError;
use crate::checks::{Checks, Entry, Error, Outcome};
use crate::ids::{FactHash, VerificationId};

/// Maximum number of failed beginnings recorded for one authorization; from then on the last one stands.
const MAX_STOPS: u32 = 20;

/// What a sign-in rests on.
pub(in crate::checks) enum Footing<'a> {
    /// An attempt that is good enough for it, and was begun or decided.
    Attempt(&'a Attempt),
    /// There is no such attempt, because of this, and the person has left.
    Stopped(Stopped),
    /// There is no such attempt yet.
    Nothing,
}

/// Hands on how a check was begun. Where it could not be begun, why not is recorded first: the client is told when the
/// person leaves.
pub(in crate::checks) async fn noted<T>(
    checks: &Checks,
    entry: &Entry,
    begun: Result<T, Error>,
) -> Result<T, Error> {
    if let Some(why) = begun.as_ref().err().and_then(unchecked) {
        let last = last_of(entry.seen.names(entry.id).await?.into_iter(), entry.key);
        stop(entry, last, &stopped(checks, why, false)).await?;
    }
    begun
}

/// The person leaves. Where there is no check that this sign-in could rest on, and something stopped it or what is there
/// is another sign-in's, that is recorded and tells true.
pub(in crate::checks) async fn left_unchecked(
    checks: &Checks,
    history: &History,
    entry: &Entry,
) -> Result<bool, Error> {
    if matches!(footing(history, entry).await?, Footing::Attempt(_)) {
        return Ok(false);
    }
    let last = last_of(history.names.iter().copied(), entry.key);
    let why = match stop_of(&entry.seen, history.id, entry.key, last).await? {
        Some(stopped) if stopped.left => return Ok(true),
        Some(stopped) => (stopped.status, stopped.reason),
        None if history
            .current()
            .is_none_or(|attempt| entry.is_satisfied_by(attempt)) =>
        {
            return Ok(false);
        }
        None => (Status::Cancelled, CANCELLED),
    };
    stop(entry, last, &stopped(checks, why, true)).await?;
    Ok(true)
}

/// The person leaves a check that was begun behind their back: what they were told is that it could not be. That is what
/// the client is told too.
pub(in crate::checks) async fn left_stopped(
    checks: &Checks,
    history: &History,
    entry: &Entry,
) -> Result<(), Error> {
    let last = last_of(history.names.iter().copied(), entry.key);
    let before = stop_of(&entry.seen, history.id, entry.key, last).await?;
    let Some(before) = before.filter(|before| !before.left) else {
        return Ok(());
    };
    let given_up = Stopped {
        attempt: history.current().map(|attempt| attempt.number),
        ..stopped(checks, (before.status, before.reason), true)
    };
    // Another tab that fails to begin at the same moment may have taken a number.
    let mut number = last;
    while stop(entry, number, &given_up).await? == Created::Existed && number < MAX_STOPS {
        number += 1;
    }
    Ok(())
}

/// That a sign-in has no check as of now, and why.
fn stopped(checks: &Checks, (status, reason): (Status, Reason), left: bool) -> Stopped {
    Stopped {
        version: V2,
        at: checks.deps.clock.now(),
        status,
        reason,
        left,
        attempt: None,
    }
}

/// Records why this sign-in has no check, as the next after number `last`.
async fn stop(entry: &Entry, last: u32, stopped: &Stopped) -> Result<Created, Error> {
    if last >= MAX_STOPS && !stopped.left {
        return Ok(Created::Existed);
    }
    info!(verification.id = %entry.id, status = stopped.status.as_str(), reason = stopped.reason.as_str(),
        left = stopped.left, code = "check.stopped", "sign-in has no check");
    let name = FactName::Stopped(entry.key, last + 1);
    entry.seen.create(entry.id, name, stopped).await
}

/// What a sign-in rests on.
pub(in crate::checks) async fn footing<'a>(
    history: &'a History,
    entry: &Entry,
) -> Result<Footing<'a>, Error> {
    let is_begun = |attempt: &&Attempt| attempt.has_transaction || attempt.decision.is_some();
    let attempt = history.current().filter(|attempt| entry.is_satisfied_by(attempt));
    let attempt = attempt.filter(is_begun);
    if let Some(attempt) = attempt.filter(|attempt| !attempt.is_left()) {
        return Ok(Footing::Attempt(attempt));
    }
    let stopped = last_left(&entry.seen, history, entry.key).await?;
    Ok(match (stopped, attempt) {
        // They knew nothing of it, and left for another cause.
        (Some(stopped), Some(attempt)) if stopped.attempt == Some(attempt.number) => {
            Footing::Stopped(stopped)
        }
        (_, Some(attempt)) => Footing::Attempt(attempt),
        (Some(stopped), None) => Footing::Stopped(stopped),
        (None, None) => Footing::Nothing,
    })
}

/// What is told of a sign-in now, and when the person was last checked for it, if they were.
pub(in crate::checks) async fn told_of(
    checks: &Checks,
    history: &History,
    entry: &Entry,
) -> Result<(Outcome, Option<OffsetDateTime>), Error> {
    let (mut outcome, checked) = told_by(checks, history, entry).await?;
    if outcome.attempts_left == 0 && outcome.status != Status::Approved {
        outcome.next_at = checks.next_at(entry).await?;
    }
    Ok((outcome, checked))
}

async fn told_by(
    checks: &Checks,
    history: &History,
    entry: &Entry,
) -> Result<(Outcome, Option<OffsetDateTime>), Error> {
    let outcome = checks.outcome(&entry.seen, history).await?;
    let left = outcome.attempts_left;
    let footing = footing(history, entry).await?;
    if matches!(footing, Footing::Attempt(_)) && outcome.status == Status::Approved {
        let (tellable, _) = checks.tellable(entry, history, outcome.clone()).await?;
        if tellable.status != Status::Approved {
            return Ok((tellable, None));
        }
    }
    Ok(match footing {
        Footing::Attempt(attempt) if attempt.is_joined => {
            // Of what a transaction of several registrations has confirmed, what this one asked.
            let asked = entry.seen.request(entry.id).await?.asked;
            let matched = outcome.matched.only(&asked);
            (Outcome { matched, ..outcome }, attempt.checked())
        }
        Footing::Attempt(attempt) => (outcome, attempt.checked()),
        Footing::Stopped(stopped) => (stopped.outcome(history.id, left), None),
        Footing::Nothing => (Outcome::pending(history.id, checks.deps.clock.now(), left), None),
    })
}

/// Why an authorization has no check, once the person has left.
pub(in crate::checks) async fn last_stop(
    seen: &Snapshot,
    history: &History,
    authorization: FactHash,
) -> Result<Option<Stopped>, Error> {
    let last = last_of(history.names.iter().copied(), authorization);
    let stopped = stop_of(seen, history.id, authorization, last).await?;
    Ok(stopped.filter(|stopped| stopped.left))
}

/// Why an authorization had no check when the person left last. What a client was told then stays told, also when another tab
/// fails to begin afterwards: *pending* would never end.
async fn last_left(
    seen: &Snapshot,
    history: &History,
    authorization: FactHash,
) -> Result<Option<Stopped>, Error> {
    let last = last_of(history.names.iter().copied(), authorization);
    for number in (1..=last).rev() {
        let stopped = stop_of(seen, history.id, authorization, number).await?;
        if stopped.as_ref().is_some_and(|stopped| stopped.left) {
            return Ok(stopped);
        }
    }
    Ok(None)
}

async fn stop_of(
    seen: &Snapshot,
    id: VerificationId,
    authorization: FactHash,
    number: u32,
) -> Result<Option<Stopped>, Error> {
    match number {
        0 => Ok(None),
        number => seen
            .fact(id, FactName::Stopped(authorization, number))
            .await
            .map(Some),
    }
}

impl Stopped {
    pub(in crate::checks) fn outcome(&self, id: VerificationId, attempts_left: u32) -> Outcome {
        Outcome {
            id,
            status: self.status,
            reason: Some(self.reason.clone()),
            at: self.at,
            attempts_left,
            next_at: None,
            matched: Matched::default(),
            document: None,
        }
    }
}

/// Number of the last stop of an authorization; 0 when there is none.
fn last_of(names: impl Iterator<Item = FactName>, authorization: FactHash) -> u32 {
    let number = |name| match name {
        FactName::Stopped(of, number) if of == authorization => Some(number),
        _ => None,
    };
    names.filter_map(number).max().unwrap_or(0)
}

/// What a failed beginning means for the client; nothing when it says nothing of the person, and trying again helps.
fn unchecked(error: &Error) -> Option<(Status, Reason)> {
    match error {
        Error::AttemptsExhausted => Some((Status::Rejected, ATTEMPTS_EXHAUSTED)),
        Error::Vendor(VendorError::Unavailable { .. } | VendorError::Throttled { .. })
        | Error::LineTooLong => Some((Status::Error, VENDOR_UNAVAILABLE)),
        Error::PurseEmpty | Error::StartsExhausted => Some((Status::Error, LIMIT_REACHED)),
        Error::Closed => Some((Status::Error, CLOSED)),
        Error::Vendor(VendorError::Unusable(_) | VendorError::Refused(_) | VendorError::Invalid(_)) => {
            Some((Status::Error, MISCONFIGURED))
        }
        Error::Store(_)
        | Error::Corrupt(_)
        | Error::Handle(_)
        | Error::NotFound
        | Error::WrongBrowser
        | Error::WrongClient
        | Error::OurOwnValue
        | Error::Used
        | Error::Finished
        | Error::OtherPerson
        | Error::TooMany
        | Error::NotReady
        | Error::NotRetryable
        | Error::NotDecidable
        | Error::ManualDecision
        | Error::Busy => None,
    }
}
