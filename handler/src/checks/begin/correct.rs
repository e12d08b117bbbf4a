//! Details that were registered wrongly are corrected without another payment: the finished transaction, in which the document
//! named somebody else than was registered, is read again and compared with what is registered now.
//!
//! Once a transaction, and soon: a person mends a slip of the pen in the sign-in in which they made it. Whoever could compare a
//! finished transaction with one name after another would learn what stands on the document. Who asks what was compared so
//! already, in a later sign-in, learns nothing new, and pays nothing either.

use std::time::Duration;

use crate::checks::facts::names::{FactName, StartMark};
use crate::checks::facts::{AttemptOf, Corrected, Request, V2};
use crate::checks::history::History;
use crate::checks::history::attempt::{Asks, Attempt};
use crate::checks::history::starts::Starts;
use crate::checks::outcome::{MISMATCHES, Status};
use crate::checks::{Checks, Entry, Error};
use crate::ids::VerificationId;

/// How long after the vendor has checked the person.
const CORRECTABLE_FOR: Duration = Duration::from_secs(3600);

impl Checks {
    /// The subject's last transaction, where this sign-in corrects what was registered for it. Only one of a start after
    /// number `after` is.
    pub(super) async fn correctable(
        &self,
        entry: &Entry,
        starts: &Starts,
        after: u32,
    ) -> Result<Option<AttemptOf>, Error> {
        let last = starts.all.first().filter(|last| last.says(StartMark::Ended));
        let Some(of) = last
            .map(|last| last.of)
            .filter(|of| of.id != entry.id && of.attempt > after)
        else {
            return Ok(None);
        };
        let home = match entry.seen.own_history(of.id).await {
            Err(Error::NotFound) => return Ok(None), // erased
            home => home?,
        };
        let refused = home.attempts.get(&of.attempt);
        let Some(refused) = refused.filter(|attempt| names_somebody_else(attempt)) else {
            return Ok(None);
        };
        let checked = refused
            .checked()
            .filter(|checked| *checked >= entry.approved_since);
        let is_soon = checked.is_some_and(|checked| checked + CORRECTABLE_FOR > self.deps.clock.now());
        let may = checked.is_some()
            && may_correct(entry, of, refused).await?
            && is_free_for(entry, of, is_soon).await?;
        Ok(may.then_some(of))
    }

    /// Takes the one correction of a transaction, and shares it. Does nothing where somebody was faster with other details: the
    /// facts have to be looked at again.
    pub(super) async fn correct(&self, of: AttemptOf, entry: &Entry, history: &History) -> Result<(), Error> {
        let corrected = Corrected {
            version: V2,
            at: self.deps.clock.now(),
            by: entry.id,
        };
        let name = FactName::Corrected(of.attempt);
        let first = entry.seen.create_or_read(of.id, name, corrected).await?;
        if is_theirs(entry, first.by).await? {
            return self.join(of, entry, history).await;
        }
        // Perhaps by somebody who was not listed yet.
        entry.seen.refresh().await
    }
}

/// The vendor alone has said so, of this very transaction.
fn names_somebody_else(attempt: &Attempt) -> bool {
    let is_mismatch = attempt.decision.as_ref().is_some_and(|told| {
        let reason = told.conclusion.reason.as_ref();
        told.conclusion.status == Status::Rejected && reason.is_some_and(|reason| MISMATCHES.contains(reason))
    });
    let is_judged = attempt.decisions.last_human().is_some() || attempt.is_refused_elsewhere;
    is_mismatch && !is_judged
}

/// Whoever registered it has registered other details now.
async fn may_correct(entry: &Entry, of: AttemptOf, refused: &Attempt) -> Result<bool, Error> {
    let seen = &entry.seen;
    let (ours, theirs) = (seen.request(entry.id).await?, seen.request(of.id).await?);
    let compared = refused.decisions.last_reading();
    let is_corrected = compared.is_some_and(|(_, told)| {
        ours.asked.asks_as_much_as(&told.asked) && Asks::of(&ours.asked, &told.asked) == Asks::Other
    });
    Ok(is_corrected && is_by_the_same(&ours, &theirs) && entry.word().is_met_by(seen.confirmed(of).await?))
}

/// One client says something else of its own user. What another one says is no correction, and nobody registers those whom
/// nobody names.
fn is_by_the_same(ours: &Request, theirs: &Request) -> bool {
    ours.is_from(theirs) && !ours.walk_in && !theirs.walk_in
}

/// Nobody has corrected it and it is soon enough, or somebody has with the very same details.
async fn is_free_for(entry: &Entry, of: AttemptOf, is_soon: bool) -> Result<bool, Error> {
    match entry.seen.corrected_by(of).await? {
        Some(by) => is_theirs(entry, by).await,
        None => Ok(is_soon),
    }
}

/// Whether what a verification asks is what this sign-in asks.
async fn is_theirs(entry: &Entry, by: VerificationId) -> Result<bool, Error> {
    if by == entry.id {
        return Ok(true);
    }
    let seen = &entry.seen;
    let ours = seen.request(entry.id).await?.asked;
    match seen.request(by).await {
        Ok(theirs) => Ok(Asks::of(&ours, &theirs.asked) == Asks::TheSame),
        Err(Error::NotFound) => Ok(false), // erased
        Err(error) => Err(error),
    }
}
