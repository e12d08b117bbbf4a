//! What a connection is doing, and a stream that knows how far the one request that is served on it has come.
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

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::Instant;

pub(super) use head::HeadEnd;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing, since then.
    Idle(Instant),
    /// The first byte of a request came then, its head is not complete.
    Head(Instant),
    /// A request waits for its turn or is being answered.
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
    /// It is to be closed, unless a request comes before that happens.
    is_unwanted: bool,
    request: Progress,
}

/// How far the present request has come.
#[derive(Default)]
struct Progress {
    head: HeadEnd,
    /// Bytes behind its head.
    behind: u64,
    /// Length of the body that goes with it.
    body: u64,
    /// Its answer was handed over to be written.
    is_answered: bool,
    /// And is written.
    is_written: bool,
    /// All that belongs to it was read, and still more is asked for.
    is_asked: bool,
}

impl Progress {
    /// Bytes that are still to come of the body.
    fn owed(&self) -> u64 {
        self.body.saturating_sub(self.behind)
    }
}

impl Watcher {
    pub(super) fn new() -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State {
                phase: Phase::Idle(Instant::now()),
                is_unwanted: false,
                request: Progress::default(),
            }),
            close: Notify::new(),
        }))
    }

    pub(super) fn phase(&self) -> Phase {
        self.lock().phase
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something of a head has come.
    pub(super) fn is_heard(&self) {
        let mut state = self.lock();
        if matches!(state.phase, Phase::Idle(_)) {
            state.phase = Phase::Head(Instant::now());
        }
    }

    /// A whole head has come, and waits for its turn.
    pub(super) fn wait(&self) {
        let mut state = self.lock();
        (state.phase, state.is_unwanted) = (Phase::Busy, false);
    }

    /// The head of a request is complete, and announces a body of this many bytes.
    pub(super) fn begin(&self, body: u64) {
        let mut state = self.lock();
        (state.phase, state.request.body) = (Phase::Busy, body);
    }

    /// More was sent than the request that is being served.
    pub(super) fn is_ahead(&self) -> bool {
        let request = &self.lock().request;
        request.behind > request.body
    }

    /// Its answer was handed over to be written.
    pub(super) fn answered(&self) {
        self.lock().request.is_answered = true;
    }

    /// Its answer is written and its body read.
    pub(super) fn is_written(&self) -> bool {
        let request = &self.lock().request;
        request.is_written && request.owed() == 0
    }

    /// And nobody needs anything more of it.
    pub(super) fn is_over(&self) -> bool {
        self.is_written() && self.lock().request.is_asked
    }

    /// Ends the connection where it stands.
    pub(super) fn close(&self) {
        self.lock().is_unwanted = true;
        self.0.close.notify_one();
    }

    pub(super) async fn closed(&self) {
        loop {
            self.0.close.notified().await;
            if self.lock().is_unwanted {
                return;
            }
        }
    }
}

/// The stream while one request is served on it.
pub(super) struct Watched<S> {
    stream: S,
    /// What was taken from the stream before, and is to be read first.
    taken: Bytes,
    watcher: Watcher,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, taken: Bytes, watcher: Watcher) -> Self {
        let mut state = watcher.lock();
        (state.phase, state.request) = (Phase::Head(Instant::now()), Progress::default());
        drop(state);
        Self {
            stream,
            taken,
            watcher,
        }
    }

    pub(super) fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    /// What belongs to the next request is left where it is.
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let request = &mut this.watcher.lock().request;
        if request.is_answered && request.owed() == 0 {
            request.is_asked = true;
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let read = if this.taken.is_empty() {
            Pin::new(&mut this.stream).poll_read(context, buffer)
        } else {
            let length = this.taken.len().min(buffer.remaining());
            buffer.put_slice(&this.taken.split_to(length));
            Poll::Ready(Ok(()))
        };
        if let Some(bytes) = buffer.filled().get(before..) {
            request.behind += request.head.take(bytes) as u64;
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

    /// Asked for when all that was to be written is.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        let mut state = self.watcher.lock();
        if flushed.is_ready() && state.request.is_answered && !state.request.is_written {
            state.request.is_written = true;
            state.phase = Phase::Idle(Instant::now());
        }
        drop(state);
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
