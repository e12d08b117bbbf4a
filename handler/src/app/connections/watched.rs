//! A connection that knows whether it is idle, receives the head of a request, or serves one.
//!
//! What hyper has read and not yet needed nobody is told, so bytes are counted here: those behind a head, less the body that
//! the head announces, are the next head's.
//!
//! # Layout
//! - `head`: finds where a head ends

mod head;

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

use head::HeadEnd;

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
    state: Mutex<State>,
    close: Notify,
}

struct State {
    phase: Phase,
    head: HeadEnd,
    /// Bytes behind the present head.
    behind: u64,
    /// Length of the body that goes with it.
    body: u64,
    /// Bytes of the last body that are still to come.
    owed: u64,
    /// It has sent the beginning of a request before the one before was answered. Nobody who pools connections does so, and
    /// where its heads end is known no more: from then on it is never idle.
    is_ahead: bool,
}

impl State {
    fn received(&mut self, bytes: &[u8]) {
        let owed = usize::try_from(self.owed).unwrap_or(usize::MAX).min(bytes.len());
        self.owed -= owed as u64;
        let Some(bytes) = bytes.get(owed..).filter(|bytes| !bytes.is_empty()) else {
            return;
        };
        if matches!(self.phase, Phase::Idle(_)) {
            self.phase = Phase::Head(Instant::now());
        }
        self.behind += self.head.take(bytes) as u64;
    }

    fn end(&mut self, now: Instant) {
        self.is_ahead |= self.behind > self.body;
        if self.is_ahead {
            self.phase = Phase::Head(now);
            return;
        }
        self.owed = self.body - self.behind;
        (self.head, self.behind) = (HeadEnd::default(), 0);
        self.phase = Phase::Idle(now);
    }
}

impl Watcher {
    pub(super) fn phase(&self) -> Phase {
        self.lock().phase
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The head of a request is complete, and announces a body of so many bytes.
    pub(super) fn begin(&self, body: u64) {
        let mut state = self.lock();
        (state.phase, state.body) = (Phase::Busy, body);
    }

    /// It is answered.
    pub(super) fn end(&self) {
        self.lock().end(Instant::now());
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
            state: Mutex::new(State {
                phase: Phase::Idle(Instant::now()),
                head: HeadEnd::default(),
                behind: 0,
                body: 0,
                owed: 0,
                is_ahead: false,
            }),
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
        if let Some(bytes) = buffer.filled().get(before..) {
            self.watcher.lock().received(bytes);
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
