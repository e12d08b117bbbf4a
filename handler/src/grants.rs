//! What an authorization is: a request, pushed or brought by a browser, the code that answers it, and what the code is
//! redeemed for (RFC 6749, 7636, 9126). Knows no HTTP and no vendor.
//!
//! # Layout
//! - `authorization`: what a client asks for
//! - `visit`: binds a request to a browser; `reuse` answers it by an approval; `by_ticket` only to the
//!   first; `push` keeps one for later, `link` one that a
//!   caller starts by a link
//! - `held`: a request that waits for a person whom nobody has named; `sub`: who the person is towards the client; `naming`: what the
//!   person is shown before values of the document are told
//! - `code`, `redeem`: the code and what it is exchanged for; `answered`: which of those answers have arrived; `at_once`: what is
//!   told in the place of a code
//! - `minute`: how often anybody does what costs us
//! - `facts`: what is stored of all that, beside the facts of the verification

mod answered;
pub(crate) mod assertions;
mod at_once;
mod authorization;
mod by_ticket;
mod code;
mod facts;
mod held;
mod link;
mod minute;
mod naming;
pub(crate) mod push;
mod redeem;
mod reuse;
mod sub;
mod visit;

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use crate::checks::facts::snapshot::Snapshot;
use crate::checks::{Checks, Verification};
use crate::clock::Clock;
use crate::ids::{FactHash, VerificationId};
use crate::random::Random;
use crate::seal::Seal;
use answered::Answered;
pub(crate) use answered::Receipt;
pub(crate) use authorization::{Authorization, PolicyLink, ResponseMode, WalkIn, WayBack};
pub(crate) use held::HeldFor;
pub(crate) use link::LinkRequest;
use minute::Minute;
pub(crate) use push::About;
pub(crate) use redeem::{Assertion, Grant, Presented};
pub(crate) use visit::Visit;

/// How long grants live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lives {
    /// From a pushed request until its `request_uri` is refused (RFC 9126 section 2.2 suggests 5 to 600 s).
    pub request_uri: Duration,
    /// From an authorize request until its handle is refused.
    pub authorization: Duration,
    /// From issue until a code is refused.
    pub code: Duration,
    /// From redemption until the access token is refused.
    pub access_token: Duration,
}

impl Default for Lives {
    fn default() -> Self {
        Self {
            request_uri: Duration::from_secs(60),
            authorization: Duration::from_secs(3600),
            code: Duration::from_secs(60),
            access_token: Duration::from_secs(3600),
        }
    }
}

/// What one process remembers whatever its settings and secrets become: which redemptions it has answered, and how much it
/// keeps for anybody. Clones are the same memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    answered: Arc<Answered>,
    /// Requests that are kept for anybody.
    by_anybody: Arc<Minute<()>>,
    /// Readings of values at the vendor.
    readings: Arc<Minute<VerificationId>>,
}

/// The operations on authorizations. Cheap to clone; clones share everything.
#[derive(Clone)]
pub(crate) struct Grants {
    checks: Checks,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    seal: Arc<Seal>,
    lives: Lives,
    memory: Memory,
}

impl Grants {
    /// Authorizations of these checks, by the same clock, keys and randomness, of a process that remembers nothing yet.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub(crate) fn new(checks: Checks, lives: Lives) -> Self {
        Self::remembering(checks, lives, Memory::default())
    }

    /// The same with what the process remembers.
    #[must_use]
    pub(crate) fn remembering(checks: Checks, lives: Lives, memory: Memory) -> Self {
        let deps = checks.deps();
        Self {
            clock: Arc::clone(&deps.clock),
            random: Arc::clone(&deps.random),
            seal: Arc::clone(&deps.seal),
            checks,
            lives,
            memory,
        }
    }

    /// The checks that these authorizations rest on.
    #[cfg(test)]
    #[must_use]
    pub(crate) const fn checks(&self) -> &Checks {
        &self.checks
    }

    /// The present moment.
    #[must_use]
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    fn verification(&self, id: VerificationId, seen: Option<&Arc<Snapshot>>) -> Verification {
        match seen {
            Some(seen) if seen.is_of(id) => Verification {
                id,
                seen: Arc::clone(seen),
            },
            _ => self.checks.open(id),
        }
    }

    /// Something random by which a writer recognises its own fact.
    fn nonce(&self) -> FactHash {
        FactHash(self.random.bytes())
    }
}

impl std::fmt::Debug for Grants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Grants")
    }
}

#[cfg(test)]
pub(crate) mod tests;
