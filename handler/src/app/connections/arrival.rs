//! Waits until the head of a request has come whole, without taking a byte of it: until then a connection costs hardly
//! anything, and whoever sends half a head takes no place from anybody.

use std::future::poll_fn;
use std::io::{self, ErrorKind, Read as _};

use futures::FutureExt as _;
use tokio::io::{Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::unconstrained;

use super::watched::{HeadEnd, Watcher};

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

/// The next request on a connection. Nothing when there will be none.
pub(super) async fn arrival(stream: &TcpStream, watcher: &Watcher) -> Option<Arrival> {
    loop {
        let ready = stream.ready(Interest::READABLE).await.ok()?;
        // Looked at in there, so that what comes between the look and the next wait is noticed.
        match stream.try_io(Interest::READABLE, || look(stream, watcher)) {
            Ok(arrival) => return arrival,
            Err(error) if error.kind() != ErrorKind::WouldBlock => return None,
            Err(_not_whole) if ready.is_read_closed() => return None,
            Err(_not_whole) => {}
        }
    }
}

fn look(stream: &TcpStream, watcher: &Watcher) -> io::Result<Option<Arrival>> {
    let mut bytes = Vec::with_capacity(LOOKED_AT);
    let mut buffer = ReadBuf::uninit(bytes.spare_capacity_mut());
    let looked = unconstrained(poll_fn(|context| stream.poll_peek(context, &mut buffer)));
    looked.now_or_never().ok_or(ErrorKind::WouldBlock)??;
    let head = buffer.filled();
    if head.is_empty() {
        return Ok(None);
    }
    watcher.is_heard();
    if head.len() < LOOKED_AT && !HeadEnd::is_in(head) {
        return Err(ErrorKind::WouldBlock.into());
    }
    let is_ping = head.starts_with(b"GET / ") || head.starts_with(b"HEAD / ");
    Ok(Some(if is_ping { Arrival::Ping } else { Arrival::Request }))
}

/// Closes a connection. What has come on it is thrown away before: left there, it would reset the connection.
pub(super) fn close(stream: TcpStream) {
    let mut buffer = [0; 1024];
    if let Ok(mut stream) = stream.into_std() {
        while stream.read(&mut buffer).is_ok_and(|length| length > 0) {}
    }
}
