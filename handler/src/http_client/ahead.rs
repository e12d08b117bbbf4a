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

use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::Client;
use tokio::task::{JoinError, JoinHandle};
use tower_layer::Layer;
use tower_service::Service;
use url::Url;

thread_local! {
    /// What is asked for now is a connection, and no request will follow.
    static IS_OPENING: Cell<bool> = const { Cell::new(false) };
}

/// A [`Connecting`] of the types that reqwest does not name.
type Opened = Box<dyn Any + Send>;

/// Connections that nobody has asked for yet. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Ahead(Arc<Mutex<Vec<Opened>>>);

impl Ahead {
    /// Begins to open connections to the host that `client` is for, and waits for none of them: whether they come about the
    /// requests are told that use them. What was opened before and never used is closed.
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

/// A connection on its way.
type Connecting<C, E> = JoinHandle<Result<C, E>>;

impl<S, R> Service<R> for Connector<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
    S::Error: From<JoinError> + Send + 'static,
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
            ahead.push(Box::new(tokio::spawn(self.inner.call(to))));
            return Box::pin(pending());
        }
        let opened = ahead.pop().map(<Opened>::downcast::<Connecting<_, _>>);
        match opened {
            Some(Ok(opened)) => Box::pin(async move { opened.await? }),
            _ => Box::pin(self.inner.call(to)),
        }
    }
}
