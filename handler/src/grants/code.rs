//! Authorization codes: sealed values, of which nothing is stored before one is redeemed.

use super::{Grants, Visit};
use crate::checks::Error;
use crate::checks::facts::names::FactName;
use crate::seal::Purpose;

impl Grants {
    /// A code of this authorization. It may be issued again as often as it expires unused.
    ///
    /// # Errors
    /// [`Error::NotReady`] while the person is at the vendor; [`Error::Finished`] once a code was redeemed; [`Error::OtherPerson`]; the store.
    pub(crate) async fn code(&self, visit: &Visit) -> Result<String, Error> {
        if !self.checks.may_leave(&visit.entry).await? {
            return Err(Error::NotReady);
        }
        self.issued(visit).await
    }

    /// The same for a person who has not answered whether they began the check, once there is no more time to wait for that: until
    /// they have, what is told for it is that the check is pending.
    ///
    /// # Errors
    /// As [`Grants::code`].
    pub(crate) async fn overdue_code(&self, visit: &Visit) -> Result<String, Error> {
        if !self.checks.may_leave_unconfirmed(&visit.entry).await? {
            return Err(Error::NotReady);
        }
        self.issued(visit).await
    }

    async fn issued(&self, visit: &Visit) -> Result<String, Error> {
        let entry = &visit.entry;
        if entry.seen.has(entry.id, FactName::Redeemed(entry.key)).await? {
            return Err(Error::Finished);
        }
        self.check_hint(visit).await?;
        let expires_at = self.clock.now() + self.lives.code;
        Ok(self.seal.seal(Purpose::Code, entry.id, expires_at, entry.key.0))
    }
}
