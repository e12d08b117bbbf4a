//! What comes in on a connection: heads, and bodies in pieces.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::{Instant, timeout};

use super::body::{Feed, Piece};
use super::frames::{Frames, Step};
use super::head::{self, Head};
use crate::host::times::Times;

/// `MinRequestBodyDataRate`, in bytes a second.
const RATE: f64 = 240.0;
/// What a caller may send ahead while it waits for an answer.
const AHEAD: usize = 64 * 1024;

/// What comes next on a connection.
pub(super) enum Next {
    Head(Box<Head>),
    /// Answered by Kestrel itself, and the end.
    Refused(StatusCode),
    /// Nothing any more.
    Over,
}

/// The reading half of a connection. Every method may be dropped while it waits, and called again.
pub(super) struct Intake<R> {
    stream: R,
    frames: Frames,
}

impl<R: AsyncRead + Unpin> Intake<R> {
    pub(super) fn new(stream: R) -> Self {
        Self {
            stream,
            frames: Frames::default(),
        }
    }

    /// Waits for the next request.
    pub(super) async fn head(&mut self, times: &Times) -> Next {
        if self.frames.buffer.is_empty()
            && !matches!(timeout(times.keep_alive, self.more()).await, Ok(Ok(1..)))
        {
            return Next::Over;
        }
        match timeout(times.head, self.whole_head()).await {
            Ok(next) => next,
            Err(_elapsed) => Next::Refused(StatusCode::REQUEST_TIMEOUT),
        }
    }

    async fn whole_head(&mut self) -> Next {
        loop {
            match head::length(&self.frames.buffer) {
                Err(status) => return Next::Refused(status),
                Ok(Some(length)) => {
                    return match head::parse(&self.frames.buffer.split_to(length)) {
                        Ok(head) => {
                            self.frames.begin(head.framing);
                            Next::Head(Box::new(head))
                        }
                        Err(status) => Next::Refused(status),
                    };
                }
                Ok(None) if matches!(self.more().await, Ok(1..)) => {}
                Ok(None) => return Next::Over,
            }
        }
    }

    /// Reads once; 0 at the end.
    async fn more(&mut self) -> io::Result<usize> {
        self.frames.buffer.reserve(16 * 1024);
        self.stream.read_buf(&mut self.frames.buffer).await
    }

    /// Hands the body over as fast as it is wanted, then returns when the caller has left.
    pub(super) async fn attend(&mut self, feed: &mut Feed, waited: &mut Waited, times: &Times) {
        if !self.frames.is_done() {
            if !feed.wanted().await {
                return std::future::pending().await;
            }
            self.feed(feed, waited, times).await;
        }
        self.left().await;
    }

    async fn feed(&mut self, feed: &Feed, waited: &mut Waited, times: &Times) {
        loop {
            let Some(room) = feed.room().await else {
                return std::future::pending().await;
            };
            match self.piece(waited, times).await {
                Ok(Some(bytes)) => room.send(Ok(Piece::Data(bytes))),
                Ok(None) => return room.send(Ok(Piece::End)),
                Err(failure) if failure.kind() == io::ErrorKind::UnexpectedEof => return,
                Err(failure) => {
                    room.send(Err(failure.into()));
                    return std::future::pending().await;
                }
            }
        }
    }

    /// The next piece of the body; none at its end.
    async fn piece(&mut self, waited: &mut Waited, times: &Times) -> io::Result<Option<Bytes>> {
        loop {
            match self.frames.step()? {
                Step::Data(bytes) => {
                    waited.bytes += bytes.len();
                    return Ok(Some(bytes));
                }
                Step::End => return Ok(None),
                Step::NeedsMore => {}
            }
            let begin = Instant::now();
            let read = timeout(waited.rest(times.body_grace), self.more()).await;
            waited.time += begin.elapsed();
            match read {
                Ok(Ok(1..)) => {}
                Ok(read) => return Err(read.err().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into())),
                Err(_elapsed) => {
                    return Err(io::Error::new(
                        io::ErrorKind::TimedOut,
                        "the body arrives too slowly",
                    ));
                }
            }
        }
    }

    /// Returns when the caller has left. What it sends ahead is kept, up to a limit.
    async fn left(&mut self) {
        while self.frames.buffer.len() < AHEAD {
            if !matches!(self.more().await, Ok(1..)) {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    /// Reads what is left of the body, so that the next request can be found; false when that takes too long.
    pub(super) async fn drain(&mut self, limit: Duration) -> bool {
        let all = async {
            loop {
                match self.frames.step() {
                    Ok(Step::End) => return true,
                    Ok(Step::Data(_)) => {}
                    Ok(Step::NeedsMore) if matches!(self.more().await, Ok(1..)) => {}
                    Ok(Step::NeedsMore) | Err(_) => return false,
                }
            }
        };
        timeout(limit, all).await.unwrap_or(false)
    }

    /// Reads on and throws away, so that a caller who still sends gets to hear the answer.
    pub(super) async fn linger(&mut self, limit: Duration) {
        let all = async {
            while matches!(self.more().await, Ok(1..)) {
                self.frames.buffer.clear();
            }
        };
        let _either_way = timeout(limit, all).await;
    }

    /// Bytes that came ahead, and the stream, for another protocol.
    pub(super) fn into_parts(self) -> (BytesMut, R) {
        (self.frames.buffer, self.stream)
    }
}

/// How long the body of one request was waited for, and what came.
#[derive(Default)]
pub(super) struct Waited {
    time: Duration,
    bytes: usize,
}

impl Waited {
    /// How much longer it may take until more is there.
    fn rest(&self, grace: Duration) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
        let earned = Duration::from_secs_f64(self.bytes as f64 / RATE);
        grace.max(earned).saturating_sub(self.time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::kestrel::Framing;

    #[tokio::test]
    async fn a_body_that_breaks_off_is_noticed() {
        let mut intake = Intake::new(&b"hell"[..]);
        intake.frames.begin(Framing::Length(5));
        let mut waited = Waited::default();
        let mut piece = async || intake.piece(&mut waited, &Times::default()).await;
        assert_eq!(piece().await.unwrap().unwrap(), "hell");
        assert_eq!(piece().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn what_came_fast_earns_time() {
        let waited = |time, bytes| Waited {
            time: Duration::from_secs(time),
            bytes,
        };
        let grace = Duration::from_secs(5);
        assert_eq!(waited(0, 0).rest(grace), grace);
        assert_eq!(waited(4, 240).rest(grace), Duration::from_secs(1));
        assert_eq!(waited(6, 2400).rest(grace), Duration::from_secs(4));
        assert_eq!(waited(6, 240).rest(grace), Duration::ZERO);
    }
}
