//! How every simulator listens: loopback only, whole requests, faults and history in one place.
//!
//! A simulator is a [`Service`]: it names the operation a request asks for and answers it. Everything a real network
//! does wrong happens here, outside it.

mod delivery;

use std::io;
use std::sync::Arc;

use futures::future::BoxFuture;
use loopback::clock::Clock;
pub use loopback::serve::{Answer, Listen, Request, Server};
use loopback::serve::{Body, Connection, Incoming, Respond};

use crate::faults::Faults;
use crate::history::History;
use crate::manners::{Manners, Throttle};

/// What the control port sees of every simulator; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Backstage {
    /// The simulators' time.
    pub clock: Clock,
    /// The failures to inject.
    pub faults: Faults,
    /// What happens where no failure is injected.
    pub manners: Manners,
    /// The requests so far.
    pub history: History,
}

/// One simulated host.
pub trait Service: Send + Sync + 'static {
    /// The simulator's name in faults and history.
    fn name(&self) -> &'static str;

    /// What the request asks for, as faults and history name it; `unknown` when nothing here answers it.
    fn operation(&self, request: &Request) -> &'static str;

    /// Does what is asked.
    fn answer(&self, request: Request) -> BoxFuture<'_, Answer>;

    /// A failure in this simulator's own error shape.
    fn failure(&self, status: u16) -> Answer;

    /// How the operation may be refused out of the blue: documented by the vendor, and repeated by every caller.
    fn throttle(&self, operation: &str) -> Option<Throttle> {
        let _ = operation;
        None
    }
}

/// Starts a simulated host; needs a tokio runtime.
///
/// # Errors
/// When the port cannot be bound.
pub async fn start(listen: Listen, service: Arc<dyn Service>, backstage: Backstage) -> io::Result<Server> {
    Server::start(listen, Arc::new(Host { service, backstage })).await
}

/// A simulated host, as the network sees it.
struct Host {
    service: Arc<dyn Service>,
    backstage: Backstage,
}

impl Respond for Host {
    fn respond<'a>(
        &'a self,
        incoming: Incoming,
        connection: &'a Connection,
    ) -> BoxFuture<'a, hyper::Response<Body>> {
        Box::pin(self.deliver(incoming, &connection.abort))
    }

    fn has_title_case(&self) -> bool {
        self.backstage.manners.has_title_case()
    }
}
