//! Which redemptions were answered: a client that asks again after that is not the one whose answer was lost.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;
use tracing::warn;

use super::facts::Happened;
use super::names::Name;
use super::redeem::REPEAT;
use super::{Checks, RedeemError};
use crate::ids::{FactHash, VerificationId};

/// Names one redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// The verification.
    pub id: VerificationId,
    /// Names the code's fact.
    pub(super) code: FactHash,
}

impl Receipt {
    pub(super) const fn of(id: VerificationId, code: FactHash) -> Self {
        Self { id, code }
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

impl Checks {
    /// The answer to a redemption was written to the socket. Known to this process from now on; others learn it by
    /// [`Checks::record_answered`].
    pub fn answered(&self, receipt: Receipt) {
        let now = self.deps.clock.now();
        let mut answered = self.answered.lock();
        answered.retain(|_, at| (now - *at).abs() <= REPEAT * 2);
        answered.insert(receipt, now);
    }

    /// Records that a redemption was answered, for other processes. One that cannot be recorded is known to this process
    /// alone: for the rest of [`REPEAT`] another one would answer the same client once more.
    pub async fn record_answered(&self, receipt: Receipt) {
        let path = Name::Answered(receipt.code).path(receipt.id);
        let fact = Happened::at(self.deps.clock.now());
        if let Err(error) = self.deps.create(&path, &fact).await {
            warn!(verification.id = %receipt.id, cause = %error, "that a code was answered cannot be recorded");
        }
    }

    /// Whether some record says that a redemption was answered.
    pub(super) async fn is_answered(&self, receipt: Receipt) -> Result<bool, RedeemError> {
        if self.answered.lock().contains_key(&receipt) {
            return Ok(true);
        }
        let path = Name::Answered(receipt.code).path(receipt.id);
        Ok(self.deps.read::<Happened>(&path).await?.is_some())
    }
}
