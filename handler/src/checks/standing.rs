//! How a subject stands, for whoever only asks: registers nothing, and asks the vendor only about what it has called back.

use crate::checks::confirm::Word;
use crate::checks::history::attempt::Attempt;
use crate::checks::history::earlier::{self, Earlier, Wanted};
use crate::checks::register::{Scope, subject_of};
use crate::checks::{Checks, Error, Outcome, Status};
use crate::ids::VerificationId;

/// A subject, as its registration named it.
#[derive(Clone, Copy)]
pub(crate) struct Named<'a> {
    /// The caller that registered it.
    pub caller: &'a str,
    /// The client that was named.
    pub client_id: Option<&'a str>,
    /// The caller's reference of its user.
    pub subject: &'a str,
}

impl Checks {
    /// How a verification of this subject stands now: by its own check, however long ago (who keeps its id decides how long
    /// that counts); else by an approval of the subject that is reused; else, where it has no check yet, by the subject's last
    /// one. What is unread is read first, two seconds at most, and is *pending* where the vendor does not answer. Nothing where it was erased, or is older
    /// than facts are kept.
    ///
    /// # Errors
    /// There is no such verification, or it is another subject's; the store.
    pub(crate) async fn status(&self, of: &Named<'_>, id: VerificationId) -> Result<Option<Outcome>, Error> {
        let scope = of.client_id.map_or(Scope::Caller(of.caller), Scope::Client);
        let subject = subject_of(&self.deps, scope, of.subject);
        // Before anything is read: whoever guesses an id must not make us list other folders.
        if id.subject() != subject.key() {
            return Err(Error::NotFound);
        }
        let seen = self.snapshot(subject.key());
        let request = match seen.request(id).await {
            Err(Error::NotFound) => return Ok(None),
            request => request?,
        };
        if request.subject != subject {
            return Err(Error::NotFound);
        }
        let history = seen.history(id).await?;
        let now = self.deps.clock.now();
        let is_readable = |attempt: &Attempt| {
            attempt.has_transaction && attempt.is_unread() && !self.readings.was_in_vain(attempt.home, now)
        };
        let history = if history.attempts.values().any(is_readable) {
            self.read_soon(&seen, id, false).await?
        } else {
            history
        };
        let own = self.outcome(&seen, &history).await?;
        if own.status == Status::Approved {
            return Ok(Some(own));
        }
        let wanted = Wanted {
            by: id,
            asked: &request.asked,
            approved_since: now - self.deps.limits.approval_valid,
            word: Word::Unneeded,
        };
        let starts = seen.known_starts().await?;
        let earlier = earlier::best(&self.deps, &seen, &starts, &wanted).await?;
        Ok(Some(match earlier {
            Some(approved @ Earlier::Approved(..)) => approved.outcome(now, own.attempts_left),
            Some(earlier) if history.current().is_none() => earlier.outcome(now, own.attempts_left),
            _ => own,
        }))
    }
}
