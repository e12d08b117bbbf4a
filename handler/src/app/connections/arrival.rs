//! Waits until the head of a request has come whole: until then a connection costs hardly anything, and whoever sends half a
//! head takes no place from anybody.
//!
//! A head of usual length is taken from the socket, which the exchange then need not do again. Of a longer one the rest is
//! left where it is until it is whole: thousands may send one.

use std::future::poll_fn;
use std::io::{self, ErrorKind, Read as _};

use futures::FutureExt as _;
use tokio::io::{AsyncReadExt as _, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::unconstrained;

use super::watched::{HeadEnd, Watcher};

/// As much is taken at once: what the host makes of an ordinary request is shorter.
const TAKEN: usize = 2 * 1024;
/// As much of a head as is looked at: the host lets through 8 KiB of request line and 32 KiB of headers. A longer one is
/// read as it comes.
const LOOKED_AT: usize = 40 * 1024;

/// What has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The host's question whether we are there.
    Ping,
    /// Anything else.
    Request,
}

/// A request whose head has come.
#[derive(Debug, Default)]
pub(super) struct Begun {
    /// What was taken of it, from its first byte on.
    pub(super) taken: Vec<u8>,
    head: HeadEnd,
}

impl Begun {
    pub(super) fn arrival(&self) -> Arrival {
        let is_ping = self.taken.starts_with(b"GET / ") || self.taken.starts_with(b"HEAD / ");
        if is_ping { Arrival::Ping } else { Arrival::Request }
    }

    /// Takes what has come. Nothing at the end of the connection.
    async fn take(&mut self, stream: &mut TcpStream) -> Option<()> {
        let before = self.taken.len();
        self.taken.reserve_exact(TAKEN - before);
        let length = stream
            .read_buf(&mut self.taken)
            .await
            .ok()
            .filter(|length| *length > 0)?;
        self.head.take(self.taken.get(before..before + length)?);
        Some(())
    }

    /// Whether the head is whole together with these bytes behind what was taken, or too long to be waited for.
    fn is_whole_with(&self, bytes: &[u8]) -> bool {
        let mut head = self.head.clone();
        head.take(bytes);
        head.is_over() || self.taken.len() + bytes.len() >= LOOKED_AT
    }
}

/// The next request on a connection. Nothing when there will be none.
pub(super) async fn arrival(stream: &mut TcpStream, watcher: &Watcher) -> Option<Begun> {
    // Nothing is held for one that never comes.
    stream.readable().await.ok()?;
    let mut begun = Begun::default();
    while begun.taken.len() < TAKEN {
        begun.take(stream).await?;
        watcher.is_heard();
        if begun.head.is_over() {
            return Some(begun);
        }
    }
    rest(stream, &begun).await.then_some(begun)
}

/// Waits for the rest of a long head. False when it will not come.
async fn rest(stream: &TcpStream, begun: &Begun) -> bool {
    loop {
        let Ok(ready) = stream.ready(Interest::READABLE).await else {
            return false;
        };
        // Looked at in there, so that what comes between the look and the next wait is noticed.
        match stream.try_io(Interest::READABLE, || look(stream, begun)) {
            Ok(is_whole) => return is_whole,
            Err(error) if error.kind() != ErrorKind::WouldBlock => return false,
            Err(_not_whole) if ready.is_read_closed() => return false,
            Err(_not_whole) => {}
        }
    }
}

fn look(stream: &TcpStream, begun: &Begun) -> io::Result<bool> {
    let mut bytes = Vec::with_capacity(LOOKED_AT);
    let mut buffer = ReadBuf::uninit(bytes.spare_capacity_mut());
    let looked = unconstrained(poll_fn(|context| stream.poll_peek(context, &mut buffer)));
    looked.now_or_never().ok_or(ErrorKind::WouldBlock)??;
    if buffer.filled().is_empty() {
        return Ok(false);
    }
    if begun.is_whole_with(buffer.filled()) {
        return Ok(true);
    }
    Err(ErrorKind::WouldBlock.into())
}

/// Closes a connection. What has come on it is thrown away before: left there, it would reset the connection.
pub(super) fn close(stream: TcpStream) {
    let mut buffer = [0; 1024];
    if let Ok(mut stream) = stream.into_std() {
        while stream.read(&mut buffer).is_ok_and(|length| length > 0) {}
    }
}
