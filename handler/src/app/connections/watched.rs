//! A connection that knows whether it is idle, receives the head of a request, or serves one.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing, since then.
    Idle(Instant),
    /// The first byte of a request came then, its head is not complete.
    Head(Instant),
    /// A request is being answered.
    Busy,
}

/// Tells what a connection is doing, and ends it. Clones are about the same one.
#[derive(Clone)]
pub(super) struct Watcher(Arc<Shared>);

struct Shared {
    phase: Mutex<Phase>,
    close: Notify,
}

impl Watcher {
    pub(super) fn phase(&self) -> Phase {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Phase> {
        self.0.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The head of a request is complete.
    pub(super) fn begin(&self) {
        *self.lock() = Phase::Busy;
    }

    /// It is answered.
    pub(super) fn end(&self) {
        *self.lock() = Phase::Idle(Instant::now());
    }

    fn received(&self) {
        let mut phase = self.lock();
        if matches!(*phase, Phase::Idle(_)) {
            *phase = Phase::Head(Instant::now());
        }
    }

    /// Ends the connection where it stands.
    pub(super) fn close(&self) {
        self.0.close.notify_one();
    }

    pub(super) async fn closed(&self) {
        self.0.close.notified().await;
    }
}

/// A stream whose reads are noticed.
pub(super) struct Watched<S> {
    stream: S,
    watcher: Watcher,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S) -> (Self, Watcher) {
        let watcher = Watcher(Arc::new(Shared {
            phase: Mutex::new(Phase::Idle(Instant::now())),
            close: Notify::new(),
        }));
        let this = Self {
            stream,
            watcher: watcher.clone(),
        };
        (this, watcher)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.watcher.received();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
