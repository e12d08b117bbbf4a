//! Puts everything together: settings and secrets into services, services behind routes, routes on a listener.
//!
//! # Layout
//! - `services`: from what was loaded to what routes work with; with `jumio` and `sample` the only readers of settings besides the
//!   loader
//! - `connections`: accepts and serves them, with limits
//! - `memory`: gives memory back after a burst
//! - `jumio`: the clients of Jumio's APIs
//! - `credentials`: what Jumio is shown, read again when it refuses it
//! - `stores`: the fact store that the settings name
//! - `key_versions`: which versions of the signing certificate there were
//! - `subject_key`: the key of the hashes of subjects, which outlives all state keys
//! - `sweeper`: does what has to be done when nobody asks
//! - `once`: the same services for a command
//! - `late`: tells what a start waits for that does not come to its end
//! - `keeper`: replaces the services whenever something new was loaded

mod connections;
pub(crate) mod credentials;
mod jumio;
mod keeper;
mod key_versions;
mod late;
mod memory;
mod once;
mod sample;
mod services;
mod stores;
mod subject_key;
mod sweeper;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use warp::http::HeaderName;

use crate::background::Background;
use crate::clock::Clock;
use crate::openid::answer::metadata::{Addresses, Offers, Published};
use crate::owners::Owners;
use crate::pages::Language;
use crate::random::Random;
use crate::routes;
use crate::routes::exchange::gate::Gate;
use crate::routes::traffic::Allowed;
use crate::secrets::{Loader, Telling};
use crate::settings::{Early, Public, Source};
use keeper::Keeper;
use late::Late;
pub(crate) use once::services_once;
use stores::Stores;
use sweeper::Sweeper;

/// How long requests and started work may go on after the end was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// What the process is started with.
pub(crate) struct Deps {
    /// Where settings come from.
    pub source: Arc<dyn Source>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Who of those that began something is dead.
    pub owners: Arc<dyn Owners>,
}

impl Deps {
    /// Begins to load settings and secrets.
    fn loader(&self, stores: &Arc<Stores>, telling: Telling) -> Loader {
        Loader::start(
            Arc::clone(&self.source),
            Arc::clone(&self.clock),
            Arc::clone(&self.random),
            Arc::<Stores>::clone(stores),
            telling,
        )
    }
}

/// The handler. It answers from the first moment; what needs settings or secrets waits for them a little.
pub(crate) struct App {
    gate: Gate,
    background: Background,
    _keeper: Keeper,
    _late: Late,
    _sweeper: Sweeper,
}

impl App {
    /// Puts the handler together and begins to load settings and secrets on the present runtime.
    #[must_use]
    pub(crate) fn build(deps: &Deps) -> Self {
        let background = Background::default();
        let (clock, random) = (Arc::clone(&deps.clock), Arc::clone(&deps.random));
        let (services, gate) = Gate::new(clock, random, background.spawner());
        let gate = gate
            .allowing(allowed(&*deps.source))
            .polled_from(Early::page_origin(&*deps.source).as_deref())
            .publishing(published(&*deps.source));
        let stores = Arc::new(Stores::new(Arc::clone(&deps.source)));
        let loader = deps.loader(&stores, Telling::Log);
        let builder = services::Builder::new(deps, background.spawner(), &loader.refresher(), stores);
        let sweeper = Sweeper::start(services.subscribe());
        let progress = loader.progress();
        let late = Late::start(services.subscribe(), move || progress.waits_for());
        Self {
            gate,
            background,
            _sweeper: sweeper,
            _late: late,
            _keeper: Keeper::start(loader, builder, services),
        }
    }

    /// Serves until `shutdown`, then ends what was begun, at most 10 s long.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) {
        let (begin_end, mut end_begun) = watch::channel(false);
        let shutdown = async move {
            shutdown.await;
            begin_end.send_replace(true);
        };
        let server = connections::serve(listener, routes::all(&self.gate), self.gate.work(), shutdown);
        let overdue = async {
            let _ = end_begun.wait_for(|begun| *begun).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            () = server => {}
            () = overdue => tracing::warn!(code = "shutdown.requests_aborted", "shutdown grace period expired; requests aborted"),
        }
        if !self.background.idle(GRACE).await {
            tracing::warn!(
                code = "shutdown.work_aborted",
                "shutdown grace period expired; background work aborted"
            );
        }
    }
}

fn allowed(source: &dyn Source) -> Allowed {
    let traffic = Early::traffic(source);
    let name = traffic.client_address_header;
    Allowed {
        requests: usize::try_from(traffic.max_requests).unwrap_or(usize::MAX),
        client_address: name.and_then(|name| HeaderName::from_bytes(name.as_bytes()).ok()),
    }
}

fn published(source: &dyn Source) -> Published {
    let public = Public::load(source);
    let addresses = public.url.map(Addresses::of);
    let languages = Language::ALL.map(Language::tag);
    let offers = Offers {
        es256: public.signs_by_ec,
        id_token_response: public.answers_by_id_token,
        released: public.released,
    };
    let published = Published::new(addresses.as_ref(), &languages, offers, public.security_contact);
    published.for_pages(public.tells_browsers)
}

#[cfg(test)]
mod tests;
