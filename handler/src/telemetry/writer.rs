//! Lines on their way out: a bounded queue, and one thread that writes.
//!
//! A pipe takes 64 KiB, and whoever writes to one that nobody reads stands still. So nobody but that thread writes. Lines of
//! records at `info` and below are dropped and counted when the queue is full. Those of `warn` and above have room of their
//! own; whoever made one waits until it is written, so that it outlives a SIGKILL that follows, but never for long, and not
//! again before the queue was written to its end.
//!
//! `tracing-appender` has a queue and a thread, too. Its queue counts lines instead of bytes and knows no levels: when it is
//! full it drops a warning like anything else, or makes everybody wait for ever; and it tells nobody that a line is written.

use std::cell::Cell;
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes that may wait, some two thousand records. As many again are being written at most.
const ROOM: usize = 1 << 20;
/// Bytes beyond them, for urgent lines alone.
const RESERVE: usize = 1 << 18;
/// Bytes given to the system at once, as many as a pipe takes. A buffer that has grown larger is not kept.
const PIECE: usize = 1 << 16;
/// How long an urgent line holds up whoever made it: once for room, once until it is written.
const PATIENCE: Duration = Duration::from_millis(250);
/// Between two writes, so that a busy process makes few of them; an urgent line ends it.
const PAUSE: Duration = Duration::from_millis(2);
/// Before a pipe in non-blocking mode is tried again.
const NOT_YET: Duration = Duration::from_millis(5);

thread_local! {
    /// What this thread itself logs must not wait for it.
    static IS_WRITER: Cell<bool> = const { Cell::new(false) };
}

/// Takes lines and writes them in this order. Clones share the queue.
#[derive(Clone, Default)]
pub(super) struct Writer(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// There is something to write.
    filled: Condvar,
    /// Something was written.
    written: Condvar,
}

/// Lines that were dropped since this was last told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    /// All of them.
    pub(super) lines: u64,
    /// The urgent ones among them.
    pub(super) urgent: u64,
}

#[derive(Default)]
struct Queue {
    lines: Vec<u8>,
    /// Bytes that were ever queued, and ever written.
    queued: u64,
    written: u64,
    dropped: Dropped,
    has_urgent: bool,
    /// The thread has nothing to do, and hears only if it is told.
    is_idle: bool,
    /// Somebody has waited in vain. Nobody waits until all is written.
    is_stuck: bool,
}

impl Writer {
    /// Starts the thread, which writes to `to` as long as the process lives. It calls `tell` when there is room again after
    /// lines were dropped.
    ///
    /// # Errors
    /// There can be no such thread.
    pub(super) fn start(
        to: impl Write + Send + 'static,
        tell: impl Fn(Dropped) + Send + 'static,
    ) -> io::Result<Self> {
        let writer = Self::default();
        let shared = Arc::clone(&writer.0);
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || shared.write_for_ever(to, tell))?;
        Ok(writer)
    }

    /// Queues a line. An urgent one is written when this returns, or as soon as somebody reads.
    pub(super) fn push(&self, line: &[u8], is_urgent: bool) {
        if is_urgent && !IS_WRITER.get() {
            self.0.push_and_wait(line);
        } else {
            self.0.lock().push(line, is_urgent, &self.0.filled);
        }
    }

    /// Waits until everything is written, at most so long. Tells whether that came true.
    pub(super) fn flush(&self, at_most: Duration) -> bool {
        let mut queue = self.0.lock();
        queue.has_urgent = true;
        self.0.filled.notify_one();
        let is_left = |queue: &mut Queue| !queue.is_written();
        !wait(&self.0.written, queue, at_most, is_left).1
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push_and_wait(&self, line: &[u8]) {
        let is_cramped = |queue: &mut Queue| !queue.is_stuck && !queue.has_room(line, true);
        let (mut queue, _) = wait(&self.written, self.lock(), PATIENCE, is_cramped);
        queue.is_stuck |= !queue.push(line, true, &self.filled);
        let end = queue.queued;
        let is_waiting = |queue: &mut Queue| !queue.is_stuck && queue.written < end;
        let (mut queue, is_late) = wait(&self.written, queue, PATIENCE, is_waiting);
        queue.is_stuck |= is_late;
    }

    fn write_for_ever(&self, mut to: impl Write, tell: impl Fn(Dropped)) {
        IS_WRITER.set(true);
        let mut lines = Vec::new();
        loop {
            let dropped = self.take(&mut lines);
            if dropped.lines > 0 {
                tell(dropped); // the first line after the gap
            }
            for piece in lines.chunks(PIECE) {
                write_whole(&mut to, piece);
                self.note_written(piece.len());
            }
            if lines.capacity() > PIECE {
                lines = Vec::new();
            }
            lines.clear();
            self.pause();
        }
    }

    /// Waits for lines and takes them all, into a buffer that is empty.
    fn take(&self, lines: &mut Vec<u8>) -> Dropped {
        let mut queue = self.lock();
        queue.is_idle = true;
        let is_empty = |queue: &mut Queue| queue.lines.is_empty() && queue.dropped.lines == 0;
        let mut queue = self
            .filled
            .wait_while(queue, is_empty)
            .unwrap_or_else(PoisonError::into_inner);
        queue.is_idle = false;
        queue.has_urgent = false;
        std::mem::swap(lines, &mut queue.lines);
        std::mem::take(&mut queue.dropped)
    }

    fn note_written(&self, bytes: usize) {
        let mut queue = self.lock();
        queue.written += bytes as u64;
        queue.is_stuck &= !queue.is_written();
        self.written.notify_all();
    }

    fn pause(&self) {
        let is_early = |queue: &mut Queue| !queue.has_urgent && queue.lines.len() < PIECE;
        drop(wait(&self.filled, self.lock(), PAUSE, is_early));
    }
}

impl Queue {
    /// Whether it was taken; if not, it is counted.
    fn push(&mut self, line: &[u8], is_urgent: bool, filled: &Condvar) -> bool {
        let (before, is_taken) = (self.lines.len(), self.has_room(line, is_urgent));
        if is_taken {
            self.lines.extend_from_slice(line);
            self.queued += line.len() as u64;
            self.has_urgent |= is_urgent;
        } else {
            self.dropped.lines += 1;
            self.dropped.urgent += u64::from(is_urgent);
        }
        // Waking it is a call to the system, so only when it would not look by itself at once.
        let is_much = before < PIECE && self.lines.len() >= PIECE;
        if std::mem::take(&mut self.is_idle) || (is_taken && is_urgent) || is_much {
            filled.notify_one();
        }
        is_taken
    }

    fn has_room(&self, line: &[u8], is_urgent: bool) -> bool {
        let room = ROOM + if is_urgent { RESERVE } else { 0 };
        self.lines.len() + line.len() <= room
    }

    fn is_written(&self) -> bool {
        self.written == self.queued && self.dropped.lines == 0
    }
}

/// Waits while something is so, and tells whether that took too long.
fn wait<'a>(
    changed: &Condvar,
    queue: MutexGuard<'a, Queue>,
    at_most: Duration,
    is_so: impl FnMut(&mut Queue) -> bool,
) -> (MutexGuard<'a, Queue>, bool) {
    let (queue, late) = changed
        .wait_timeout_while(queue, at_most, is_so)
        .unwrap_or_else(PoisonError::into_inner);
    (queue, late.timed_out())
}

/// What cannot be written is lost: a log must not end what it reports on.
fn write_whole(to: &mut impl Write, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(written) if written > 0 => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(NOT_YET),
            Ok(_) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests;
