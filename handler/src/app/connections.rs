//! Accepts connections and serves them: what warp's own loop does, with limits that it does not have.
//!
//! - The head of a request arrives within 10 s, or its connection is closed: whoever sends a byte a minute holds nothing.
//! - The host pools its connections, and one that is closed while it sends makes it send again. So idle connections are
//!   closed only when there are too many, the oldest first, and never before they were idle for three minutes.
//! - A request is served when there is a place among those that are worked on. Until then, and between its requests, a
//!   connection is a socket and a kilobyte, and two more once a head has begun to arrive. The host's ping never waits:
//!   unanswered, it takes us for dead.
//!
//! # Layout
//! - `arrival`: waits for a head; `exchange`: one request and its answer
//! - `watched`: what a connection is doing

mod arrival;
mod exchange;
mod watched;

use std::collections::BTreeMap;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use warp::filters::BoxedFilter;
use warp::reply::Response;

use super::memory;
use crate::routes::traffic::{Admission, Work};
use arrival::{Arrival, arrival};
use exchange::exchange;
use watched::{Phase, Watcher};

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
    work: Arc<Work>,
    shutdown: impl Future<Output = ()>,
) {
    let open = Open::default();
    let (end, ended) = watch::channel(());
    let served = Served { filter, work, ended };
    let mut shutdown = pin!(shutdown);
    let mut round = interval(ROUND);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut give_back = interval(memory::OFTEN);
    give_back.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => start(&open, stream, served.clone()),
                Err(error) if has_left(&error) => {}
                Err(error) => {
                    tracing::error!(code = "connection.not_accepted", cause = %error, "accepting a connection failed");
                    sleep(ACCEPT_PAUSE).await;
                }
            },
            now = round.tick() => open.tidy(now),
            _ = give_back.tick() => memory::give_back(),
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    drop(served);
    end.send_replace(());
    // Each connection holds a receiver: when the last one is gone, all requests are answered.
    end.closed().await;
}

/// Whoever connected has gone before anybody listened: nothing of ours is wrong, and the next one need not wait.
fn has_left(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    )
}

fn start(open: &Open, stream: TcpStream, served: Served) {
    // An answer is written whole; waiting for more to send only delays it.
    let _refused = stream.set_nodelay(true);
    let watcher = Watcher::new();
    let entry = open.add(watcher.clone());
    tokio::spawn(async move {
        let _entry = entry;
        connection(stream, watcher, served).await;
    });
}

/// What the connections of one listener have in common.
#[derive(Clone)]
struct Served {
    filter: BoxedFilter<(Response,)>,
    work: Arc<Work>,
    ended: watch::Receiver<()>,
}

async fn connection(mut stream: TcpStream, watcher: Watcher, mut served: Served) {
    loop {
        let arrived = tokio::select! {
            biased;
            arrived = arrival(&mut stream, &watcher) => arrived,
            () = watcher.closed() => None,
            _ = served.ended.changed() => None,
        };
        let Some(begun) = arrived else {
            return arrival::close(stream);
        };
        watcher.wait();
        let admission = match begun.arrival() {
            Arrival::Ping => Admission::default(),
            Arrival::Request => Admission::of(served.work.enter().await),
        };
        let (filter, ended) = (served.filter.clone(), &mut served.ended);
        // In a box of its own: thousands may wait above.
        let came = (stream, begun.taken.into());
        let exchange = Box::pin(exchange(came, &watcher, filter, admission, ended));
        match exchange.await {
            Some(rested) => stream = rested,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests;
