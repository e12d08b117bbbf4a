//! Which redemptions were answered: a client that asks again after that is not the one whose answer was lost.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Duration, OffsetDateTime};
use tracing::warn;

use super::Grants;
use crate::checks::facts::names::FactName;
use crate::checks::{RedeemError, Verification};
use crate::ids::{FactHash, VerificationId};

/// How long after a redemption a client may ask again for an answer that was lost: as long as a client library waits for
/// an answer before it repeats its request.
pub(super) const REPEAT: Duration = Duration::seconds(10);

/// Names one redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Receipt {
    /// The verification.
    pub id: VerificationId,
    /// Names the authorization.
    pub(super) key: FactHash,
}

impl Receipt {
    pub(super) const fn of(id: VerificationId, key: FactHash) -> Self {
        Self { id, key }
    }
}

/// Redemptions that this process has answered, and when: known at once, where the fact takes a moment. Those that are too
/// old to be asked about are forgotten.
#[derive(Debug, Default)]
pub(super) struct Answered(Mutex<HashMap<Receipt, OffsetDateTime>>);

impl Answered {
    fn lock(&self) -> MutexGuard<'_, HashMap<Receipt, OffsetDateTime>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grants {
    /// The answer to a redemption was written to the socket. Known to this process from now on; others learn it by
    /// [`Grants::record_answered`].
    pub(crate) fn answered(&self, receipt: Receipt) {
        let now = self.clock.now();
        let mut answered = self.memory.answered.lock();
        answered.retain(|_, at| (now - *at).abs() <= REPEAT * 2);
        answered.insert(receipt, now);
    }

    /// Records that a redemption was answered, for other processes. One that cannot be recorded is known to this process
    /// alone: for the rest of ten seconds another one would answer the same client once more.
    pub(crate) async fn record_answered(&self, receipt: Receipt) {
        let name = FactName::Answered(receipt.key);
        let verification = self.checks.open(receipt.id);
        let written = verification.write(name, &self.happened()).await;
        if let Err(error) = written {
            warn!(verification.id = %receipt.id, cause = %error, code = "token.answer_unrecorded",
                "recording that the token response was sent failed");
        }
    }

    /// Whether some record says that a redemption was answered.
    pub(super) async fn is_answered(
        &self,
        verification: &Verification,
        receipt: Receipt,
    ) -> Result<bool, RedeemError> {
        if self.memory.answered.lock().contains_key(&receipt) {
            return Ok(true);
        }
        let name = FactName::Answered(receipt.key);
        Ok(verification.seen.has(receipt.id, name).await?)
    }
}
