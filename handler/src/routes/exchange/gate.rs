//! Waiting for the services: the port is open before Key Vault has answered.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use warp::http::HeaderValue;

use crate::background::Spawner;
use crate::clock::Clock;
use crate::openid::answer::metadata::Published;
use crate::random::Random;
use crate::routes::problem::NotReady;
use crate::routes::traffic::{Allowed, Traffic, Work};
use crate::services::Services;

/// How long a request waits for the services.
const PATIENCE: Duration = Duration::from_secs(5);

/// What every route is given.
#[derive(Clone)]
pub(crate) struct Gate {
    services: watch::Receiver<Option<Arc<Services>>>,
    /// What anybody may read before the services are there.
    pub(in crate::routes) published: Arc<Published>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Work that outlives its request.
    pub background: Spawner,
    /// How much at once.
    pub(in crate::routes) traffic: Arc<Traffic>,
    /// The origin whose page may poll, as far as it is known before the services are there.
    pub(in crate::routes) page_origin: Option<HeaderValue>,
    /// The request that this gate was cloned for found no place in time.
    pub(in crate::routes) is_full: bool,
}

impl Gate {
    /// A gate that is closed until the first services are sent.
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        background: Spawner,
    ) -> (watch::Sender<Option<Arc<Services>>>, Self) {
        let (sender, services) = watch::channel(None);
        (
            sender,
            Self {
                services,
                published: Arc::default(),
                clock,
                random,
                traffic: Arc::new(Traffic::new(Allowed::default(), background.clone())),
                background,
                page_origin: None,
                is_full: false,
            },
        )
    }

    /// The same with limits that an operator has set.
    #[must_use]
    pub(crate) fn allowing(mut self, allowed: Allowed) -> Self {
        self.traffic = Arc::new(Traffic::new(allowed, self.background.clone()));
        self
    }

    /// The same, telling a page of this origin what happens while the services are not there yet.
    #[must_use]
    pub(crate) fn polled_from(mut self, origin: Option<&str>) -> Self {
        self.page_origin = origin.and_then(|origin| HeaderValue::from_str(origin).ok());
        self
    }

    /// The same with what anybody may read from the first moment on.
    #[must_use]
    pub(crate) fn publishing(mut self, published: Published) -> Self {
        self.published = Arc::new(published);
        self
    }

    /// Where a connection asks for a place before it reads a request.
    pub(crate) fn work(&self) -> Arc<Work> {
        Arc::clone(&self.traffic.work)
    }

    /// The services in force; waits at most 5 s for the first ones.
    ///
    /// # Errors
    /// They are not there in time.
    pub(crate) async fn services(&self) -> Result<Arc<Services>, NotReady> {
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
    pub(crate) fn services_now(&self) -> Option<Arc<Services>> {
        self.services.borrow().clone()
    }
}
