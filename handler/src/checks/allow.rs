//! Further attempts for a subject whose attempts or starts are used up, by an operator.

use tracing::info;

use crate::checks::decide::Operator;
use crate::checks::facts::names::StartMark;
use crate::checks::facts::{Operated, V2};
use crate::checks::{Checks, Deps, Error};
use crate::ids::VerificationId;

impl Checks {
    /// Allows the subject of a verification as many further attempts and starts as the limits give anew. Repeating it before
    /// another start changes nothing.
    ///
    /// # Errors
    /// No such verification; [`Error::ManualDecision`], where who or why is not as it must be; the store.
    #[tracing::instrument(name = "verification.allow", skip_all, fields(verification.id = %id))]
    pub(crate) async fn allow(&self, id: VerificationId, operator: &Operator) -> Result<u32, Error> {
        operator.check()?;
        let seen = self.snapshot(id.subject());
        seen.request(id).await?;
        let starts = seen.known_starts().await?;
        if let Some(last) = starts.last() {
            let allowed = self.deps.operated(operator);
            seen.mark(last.of.attempt, StartMark::Allowed, &allowed).await?;
            info!(verification.id = %id, who = operator.who, code = "attempts.allowed", "further attempts allowed");
        }
        let starts = seen.known_starts().await?;
        Ok(starts.left(&self.deps.limits, self.deps.clock.now()))
    }
}

impl Deps {
    pub(super) fn operated(&self, operator: &Operator) -> Operated {
        Operated {
            version: V2,
            at: self.clock.now(),
            who: operator.who.clone(),
            why: operator.why.clone(),
        }
    }
}
