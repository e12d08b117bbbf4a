//! Accepts connections and serves them: what warp's own loop does, with limits that it does not have.
//!
//! - The head of a request arrives within 10 s, or its connection is closed: whoever sends a byte a minute holds nothing.
//!   Also when its first bytes came with the request before, or while that was served.
//! - The host pools its connections, and one that is closed while it sends makes it send again. So idle connections are
//!   closed only when there are too many, the oldest first, and never before they were idle for three minutes.
//!
//! # Layout
//! - `watched`: a connection that knows what it is doing

mod watched;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use warp::filters::BoxedFilter;
use warp::http::{HeaderValue, Request, header};
use warp::reply::Response;

use watched::{Phase, Watched, Watcher};

/// How long the head of a request may take from its first byte.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// Connections that are kept however long they are idle: more than the host ever opens in normal traffic.
const KEPT: usize = 512;
/// No connection that was used within this time is closed: the host may be about to send on it.
const POOLED: Duration = Duration::from_secs(180);
/// How often connections are looked at.
const ROUND: Duration = Duration::from_secs(1);
/// Pause after a connection could not be accepted, which means that this process has too many files open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The open connections of one listener.
#[derive(Clone, Default)]
struct Open(Arc<Mutex<Connections>>);

#[derive(Default)]
struct Connections {
    accepted: u64,
    watchers: BTreeMap<u64, Watcher>,
}

impl Open {
    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, watcher: Watcher) -> Entry {
        let mut connections = self.lock();
        connections.accepted += 1;
        let number = connections.accepted;
        connections.watchers.insert(number, watcher);
        Entry {
            open: self.clone(),
            number,
        }
    }

    /// Closes what is overdue and, of too many, what was idle longest.
    fn tidy(&self, now: Instant) {
        let connections = self.lock();
        let mut idle = Vec::new();
        for watcher in connections.watchers.values() {
            match watcher.phase() {
                Phase::Head(since) if since + HEAD_TIME <= now => watcher.close(),
                Phase::Idle(since) if since + POOLED <= now => idle.push((since, watcher)),
                _ => {}
            }
        }
        idle.sort_by_key(|(since, _)| *since);
        let too_many = connections.watchers.len().saturating_sub(KEPT);
        for (_, watcher) in idle.into_iter().take(too_many) {
            watcher.close();
        }
    }
}

/// An open connection is counted until this is dropped.
struct Entry {
    open: Open,
    number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.open.lock().watchers.remove(&self.number);
    }
}

/// Serves until `shutdown`, then until the last request is answered.
pub(super) async fn serve(
    listener: TcpListener,
    filter: BoxedFilter<(Response,)>,
    shutdown: impl Future<Output = ()>,
) {
    let open = Open::default();
    let (end, ended) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => start(&open, stream, filter.clone(), ended.clone()),
                Err(error) => {
                    tracing::error!(code = "connection.not_accepted", cause = %error, "a connection cannot be accepted");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            now = round.tick() => open.tidy(now),
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    drop(ended);
    end.send_replace(());
    // Each connection holds a receiver: when the last one is gone, all requests are answered.
    end.closed().await;
}

fn start(open: &Open, stream: TcpStream, filter: BoxedFilter<(Response,)>, ended: watch::Receiver<()>) {
    // An answer is written whole; waiting for more to send only delays it.
    let _refused = stream.set_nodelay(true);
    let (stream, watcher) = Watched::new(stream);
    let entry = open.add(watcher.clone());
    tokio::spawn(async move {
        let _entry = entry;
        connection(stream, watcher, filter, ended).await;
    });
}

async fn connection(
    stream: Watched<TcpStream>,
    watcher: Watcher,
    filter: BoxedFilter<(Response,)>,
    mut ended: watch::Receiver<()>,
) {
    let routes = TowerToHyperService::new(warp::service(filter));
    let served = watcher.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let (routes, served) = (routes.clone(), served.clone());
        async move {
            let body = request.body().size_hint().exact();
            served.begin(body.unwrap_or(u64::MAX));
            let mut answer = hyper::service::Service::call(&routes, request).await;
            if let (None, Ok(answer)) = (body, &mut answer) {
                // In chunks: where they end, and another head begins, nobody tells us, so there is no other head.
                let close = HeaderValue::from_static("close");
                answer.headers_mut().insert(header::CONNECTION, close);
            }
            served.end();
            answer
        }
    });
    let mut connection = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    let mut is_ending = false;
    loop {
        tokio::select! {
            // What breaks a connection is the client's doing; a request that was begun has its own record.
            _over = connection.as_mut() => return,
            () = watcher.closed() => return,
            _ = ended.changed(), if !is_ending => {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

#[cfg(test)]
mod tests;
