//! Earlier checks of the same subject: a valid approval need not be repeated, and one under way need not be paid twice.

use time::OffsetDateTime;

use super::facts::{AttemptOf, Decision};
use super::history::{Attempt, History};
use super::matching::Asked;
use super::outcome::Status;
use super::starts::Starts;
use super::{Authorization, Deps, Error};
use crate::ids::VerificationId;

/// What is asked of an earlier check.
pub(super) struct Wanted<'a> {
    /// The verification that looks, which does not find itself.
    pub(super) by: VerificationId,
    /// What has to be matched there as well.
    pub(super) asked: &'a Asked,
    /// An approval must not be older.
    pub(super) approved_since: OffsetDateTime,
}

/// An earlier check.
#[derive(Clone, Debug)]
pub(super) enum Earlier {
    /// Approved, and good enough.
    Approved(AttemptOf, Decision),
    /// Still under way. Whoever joins it compares the document with its own registration, so it need not ask the same.
    UnderWay(AttemptOf),
    /// Waits for a human, or for another word of the vendor.
    InReview(AttemptOf, Decision),
    /// Ended in another way, or asked something else.
    Other(AttemptOf, Decision),
}

/// Earlier checks that save another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reusable {
    /// The latest approval that is good enough.
    pub(super) approval: Option<AttemptOf>,
    /// The latest that waits for a human.
    pub(super) review: Option<AttemptOf>,
}

impl Deps {
    /// The best earlier check of a subject: the latest good approval, else the latest under way, else the latest in
    /// review, else the latest.
    pub(super) async fn earlier(
        &self,
        starts: &Starts,
        wanted: &Wanted<'_>,
    ) -> Result<Option<Earlier>, Error> {
        let mut best: Option<Earlier> = None;
        for taken in &starts.taken {
            let of = taken.start.of;
            if of.id == wanted.by {
                continue;
            }
            let Some(history) = self.present(of.id).await? else {
                continue;
            };
            let Some(attempt) = history.attempts.get(&of.attempt) else {
                continue;
            };
            match self.weigh(&history, attempt, wanted) {
                Some(approved @ Earlier::Approved(..)) => return Ok(Some(approved)),
                Some(under_way @ Earlier::UnderWay(_)) if !matches!(best, Some(Earlier::UnderWay(_))) => {
                    best = Some(under_way);
                }
                Some(waiting @ Earlier::InReview(..)) if matches!(best, None | Some(Earlier::Other(..))) => {
                    best = Some(waiting);
                }
                other => best = best.or(other),
            }
        }
        Ok(best)
    }

    /// What elsewhere is as good as a check of one's own, of a start after number `after`.
    pub(super) async fn reusable(
        &self,
        starts: &Starts,
        wanted: &Wanted<'_>,
        after: u32,
    ) -> Result<Reusable, Error> {
        let mut reusable = Reusable::default();
        for taken in starts.taken.iter().take_while(|taken| taken.number > after) {
            let of = taken.start.of;
            let elsewhere = (of.id != wanted.by).then_some(of.id);
            let history = match elsewhere {
                Some(id) => self.present(id).await?,
                None => None,
            };
            let weighed = history.as_ref().and_then(|history| {
                let attempt = history.attempts.get(&of.attempt)?;
                self.weigh(history, attempt, wanted)
            });
            match weighed {
                Some(Earlier::Approved(of, _)) => {
                    reusable.approval = Some(of);
                    break;
                }
                Some(Earlier::InReview(of, _)) => reusable.review = reusable.review.or(Some(of)),
                _ => {}
            }
        }
        Ok(reusable)
    }

    /// A verification, unless it has been erased.
    async fn present(&self, id: VerificationId) -> Result<Option<History>, Error> {
        match self.own_history(id).await {
            Ok(history) => Ok(Some(history)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What an earlier attempt is worth; nothing when it came to nothing.
    fn weigh(&self, history: &History, attempt: &Attempt, wanted: &Wanted<'_>) -> Option<Earlier> {
        let of = AttemptOf {
            id: history.id,
            attempt: attempt.number,
        };
        let same_asked = wanted.asked.is_covered_by(&history.request.asked);
        let Some(decision) = attempt.decision.clone() else {
            return self.is_under_way(attempt).then_some(Earlier::UnderWay(of));
        };
        let is_recent = attempt.checked().unwrap_or(decision.at) >= wanted.approved_since;
        Some(match decision.conclusion.status {
            Status::Approved if same_asked && is_recent => Earlier::Approved(of, decision),
            // Of somebody else's names, or too long ago: nothing that may be told here as an approval.
            Status::Approved => return None,
            Status::Review => Earlier::InReview(of, decision),
            _ => Earlier::Other(of, decision),
        })
    }

    /// Somebody can still finish it, or has: its address is valid and can be decrypted, or the vendor judges.
    pub(super) fn is_under_way(&self, attempt: &Attempt) -> bool {
        let Some(transaction) = &attempt.transaction else {
            return false;
        };
        let is_open = transaction.at + self.limits.transaction_life > self.clock.now();
        attempt.captured || is_open && self.href(attempt.home, transaction).is_ok()
    }

    /// From when on an approval is recent enough for an authorization made then. Counted from there and not from now: what
    /// was good enough when the sign-in began must not end in the middle of it, and a check made for it always is.
    pub(super) fn approved_since(
        &self,
        authorization: &Authorization,
        authorized_at: OffsetDateTime,
    ) -> OffsetDateTime {
        let valid = authorized_at - self.limits.approval_valid;
        let max_age = authorization
            .max_age_s
            .and_then(|s| i64::try_from(s).ok())
            .map(time::Duration::seconds);
        let young = max_age.and_then(|age| authorized_at.checked_sub(age));
        young.map_or(valid, |young| valid.max(young))
    }
}
