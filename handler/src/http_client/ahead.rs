//! Connections that are opened before there is a request for them, while what the request has to show is still being got.
//!
//! reqwest opens a connection for a request and for nothing else. So requests are begun and given up at once, and what each
//! has begun to open is kept for the next one. A client that does this has one host only: which of several a connection leads
//! to nobody is told here.

use std::any::Any;
use std::cell::Cell;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::Client;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::error::Elapsed;
use tokio::time::timeout;
use tower_layer::Layer;
use tower_service::Service;
use url::Url;

use super::CONNECT_TIMEOUT;

thread_local! {
    /// What is asked for now is a connection, and no request will follow.
    static IS_OPENING: Cell<bool> = const { Cell::new(false) };
}

/// A server closes what is idle for long: what has waited longer than this is not used.
const FRESH: Duration = Duration::from_secs(10);

/// A connection on its way, whose types reqwest does not name, and since when. Given up when it is dropped.
struct Opened {
    connecting: Box<dyn Any + Send>,
    task: AbortHandle,
    since: Instant,
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connections that nobody has asked for yet. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Ahead(Arc<Mutex<Vec<Opened>>>);

impl Ahead {
    /// Begins to open connections to the host that `client` is for, and waits for none of them: whether they come about the
    /// requests are told that use them.
    pub(crate) fn open(&self, client: &Client, host: &Url, count: usize) {
        self.lock().clear();
        IS_OPENING.set(true);
        for _ in 0..count {
            let _given_up = client.get(host.clone()).send().now_or_never();
        }
        IS_OPENING.set(false);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Opened>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Layer<S> for Ahead {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        let ahead = self.clone();
        Connector { inner, ahead }
    }
}

/// Connects, or gives what was connected before.
#[derive(Clone)]
pub(crate) struct Connector<S> {
    inner: S,
    ahead: Ahead,
}

/// A connection on its way; nothing of it where it takes too long.
type Connecting<C, E> = JoinHandle<Result<Result<C, E>, Elapsed>>;

impl<S, R> Service<R> for Connector<S>
where
    S: Service<R> + Clone + Send + 'static,
    R: Send + 'static,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, to: R) -> Self::Future {
        let mut ahead = self.ahead.lock();
        if IS_OPENING.get() {
            let task = tokio::spawn(timeout(CONNECT_TIMEOUT, self.inner.call(to)));
            ahead.push(Opened {
                task: task.abort_handle(),
                connecting: Box::new(task),
                since: Instant::now(),
            });
            return Box::pin(pending());
        }
        ahead.retain(|opened| opened.since.elapsed() < FRESH);
        let Some(mut opened) = ahead.pop() else {
            return Box::pin(self.inner.call(to));
        };
        let mut inner = self.inner.clone();
        Box::pin(async move {
            let task = opened
                .connecting
                .downcast_mut::<Connecting<S::Response, S::Error>>();
            let connected = match task {
                Some(task) => task.await.ok().and_then(Result::ok),
                None => None,
            };
            match connected {
                Some(connected) => connected,
                None => inner.call(to).await,
            }
        })
    }
}
