//! The services of the routes, and waiting for them: the port is open before Key Vault has answered.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::problem::NotReady;
use super::traffic::{Allowed, Traffic};
use crate::background::Spawner;
use crate::checks::Checks;
use crate::clock::Clock;
use crate::grants::Grants;
use crate::openid::caller::Callers;
use crate::openid::client_auth::ClientAuth;
use crate::openid::metadata::Addresses;
use crate::pages::Language;
use crate::random::Random;
use crate::seal::Seal;
use crate::tokens::SigningKeys;

/// How long a request waits for the services.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything routes work with, as the settings and secrets make it. Replaced as a whole, never changed.
pub struct Services {
    /// The checks.
    pub checks: Checks,
    /// The authorizations that rest on them.
    pub grants: Grants,
    /// Who may register.
    pub callers: Callers,
    /// Who may authorize and redeem.
    pub client_auth: ClientAuth,
    /// What signs.
    pub keys: Arc<SigningKeys>,
    /// How long an ID token is valid.
    pub id_token_life: Duration,
    /// Our own addresses.
    pub addresses: Addresses,
    /// Our own sealed values: tells which cookie belongs to a handle.
    pub seal: Arc<Seal>,
    /// Language of pages when none of the browser's fits.
    pub default_language: Language,
}

/// What every route is given.
#[derive(Clone)]
pub struct Gate {
    services: watch::Receiver<Option<Arc<Services>>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Work that outlives its request.
    pub background: Spawner,
    /// How much at once.
    pub(super) traffic: Arc<Traffic>,
    /// The request that this gate was cloned for found no place in time.
    pub(super) is_full: bool,
}

impl Gate {
    /// A gate that is closed until the first services are sent.
    pub fn new(
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        background: Spawner,
    ) -> (watch::Sender<Option<Arc<Services>>>, Self) {
        let (sender, services) = watch::channel(None);
        (
            sender,
            Self {
                services,
                clock,
                random,
                traffic: Arc::new(Traffic::new(Allowed::default(), background.clone())),
                background,
                is_full: false,
            },
        )
    }

    /// The same with limits that an operator has set.
    #[must_use]
    pub fn allowing(mut self, allowed: Allowed) -> Self {
        self.traffic = Arc::new(Traffic::new(allowed, self.background.clone()));
        self
    }

    /// The services in force; waits at most 5 s for the first ones.
    ///
    /// # Errors
    /// They are not there in time.
    pub async fn services(&self) -> Result<Arc<Services>, NotReady> {
        let mut services = self.services.clone();
        let ready = tokio::time::timeout(PATIENCE, services.wait_for(Option::is_some)).await;
        ready
            .ok()
            .and_then(Result::ok)
            .and_then(|services| services.clone())
            .ok_or(NotReady)
    }

    /// The services, if they are there already.
    #[must_use]
    pub fn services_now(&self) -> Option<Arc<Services>> {
        self.services.borrow().clone()
    }
}
