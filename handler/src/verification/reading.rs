//! One question to the vendor, and what is to be written of its answer.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::sleep;

use super::decide::decide;
use super::facts::{AttemptOf, Conclusion, Decision, Happened};
use super::history::{Attempt, History};
use super::matching::Hasher;
use super::outcome::Status;
use super::paths::Name;
use super::settle::Why;
use super::vendor::{End, Progress, TransactionIds, VendorError};
use super::{Error, Verifications};

/// A result may be announced a moment before it can be read.
const UNKNOWN_PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(750)];
/// Nobody finishes a transaction any more that is so much older than the vendor keeps it; and a result that was announced
/// so long ago and is not known to the vendor will not be any more.
const GRACE: Duration = Duration::from_secs(3600);

impl Verifications {
    /// Asks the vendor about an attempt that was just listed. The decision to be written, if there is anything to write: a
    /// callback that is unread, or a conclusion that is not known yet.
    pub(super) async fn ask_vendor(
        &self,
        history: &History,
        attempt: &Attempt,
        why: Why,
    ) -> Result<Option<Decision>, Error> {
        let Some(transaction) = &attempt.transaction else {
            return no_answer(why);
        };
        let now = self.deps.clock.now();
        let reading = self.readings.begin(attempt.home, now);
        let progress = self.fetch(&transaction.ids).await;
        if matches!(
            progress,
            Ok(Progress::Started | Progress::Captured | Progress::Ended(_))
        ) {
            reading.answered();
        }
        let Some(found) = self.found(history, attempt, progress?, now).await? else {
            return no_answer(why);
        };
        self.news(history, attempt, found, why).await
    }

    /// What an answer means; nothing when it is no answer.
    async fn found(
        &self,
        history: &History,
        attempt: &Attempt,
        progress: Progress,
        now: OffsetDateTime,
    ) -> Result<Option<Conclusion>, Error> {
        let is_overdue = self.is_overdue(attempt, now);
        Ok(Some(match progress {
            Progress::Ended(finding) => {
                let hasher = Hasher {
                    seal: &self.deps.seal,
                    id: history.id,
                    subject: history.request.subject,
                };
                let finding = self.deps.placed(*finding, hasher.subject).await?;
                decide(&self.deps.rules, &finding, &history.request.asked, &hasher)
            }
            Progress::Captured => {
                self.note_captured(attempt.home).await?;
                nothing_yet()
            }
            Progress::Started if is_overdue => Conclusion::plain(Status::Expired, "never_finished"),
            Progress::Started => nothing_yet(),
            Progress::Unknown if is_overdue && !is_announced(attempt, now) => {
                Conclusion::plain(Status::Error, "lost_by_vendor")
            }
            Progress::Unknown => return Ok(None),
        }))
    }

    /// What is to be written. An end without a result never takes a conclusion back, but it has answered the callbacks.
    async fn news(
        &self,
        history: &History,
        attempt: &Attempt,
        found: Conclusion,
        why: Why,
    ) -> Result<Option<Decision>, Error> {
        // That somebody gave it up says nothing of it: those who share it may go on.
        let known = attempt.decisions.of_the_transaction();
        let known = known.last_reading().map(|(_, known)| known);
        let conclusion = match known {
            Some(known) if found.end != Some(End::Processed) => known.clone(),
            _ => found,
        };
        let callbacks = attempt.unread();
        let is_known = known.map_or(conclusion.status == Status::Pending, |known| *known == conclusion);
        if is_known && callbacks.is_empty() && why != Why::NotStored {
            return Ok(None);
        }
        if !is_known && conclusion.is_uncounted() {
            let subject = history.request.subject;
            self.deps.discount(subject, attempt.home).await?;
        }
        let at = self.deps.clock.now();
        Ok(Some(Decision {
            callbacks,
            ..Decision::unread(attempt.number, at, conclusion)
        }))
    }

    fn is_overdue(&self, attempt: &Attempt, now: OffsetDateTime) -> bool {
        let ends = |at: OffsetDateTime| at + self.deps.limits.transaction_life + GRACE;
        attempt
            .transaction
            .as_ref()
            .is_some_and(|transaction| ends(transaction.at) <= now)
    }

    async fn fetch(&self, ids: &TransactionIds) -> Result<Progress, Error> {
        for pause in UNKNOWN_PAUSES {
            match self.deps.vendor.fetch(ids).await? {
                Progress::Unknown => sleep(pause).await,
                progress => return Ok(progress),
            }
        }
        Ok(self.deps.vendor.fetch(ids).await?)
    }

    async fn note_captured(&self, of: AttemptOf) -> Result<(), Error> {
        let captured = Happened::at(self.deps.clock.now());
        self.deps
            .create(&Name::Captured(of.attempt).path(of.id), &captured)
            .await
            .map(|_| ())
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

/// The vendor has told of it lately, so there is something to be read soon.
fn is_announced(attempt: &Attempt, now: OffsetDateTime) -> bool {
    let unread = attempt.unread();
    let mut came = unread.iter().filter_map(|hash| attempt.callbacks.get(hash));
    came.any(|at| *at + GRACE > now)
}
