//! A TCP stream that can be told to end with a reset instead of a goodbye.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Tells the socket of a connection to reset it when it closes.
#[derive(Clone, Debug, Default)]
pub struct Abort(Arc<AtomicBool>);

impl Abort {
    /// From now on nothing reaches the wire, and the connection ends with a reset.
    pub fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was told so.
    #[must_use]
    pub fn is_reset(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The stream, plain or below TLS.
pub struct Socket {
    stream: TcpStream,
    abort: Abort,
}

impl Socket {
    /// The stream, and what resets it.
    #[must_use]
    pub fn new(stream: TcpStream) -> (Self, Abort) {
        let abort = Abort::default();
        (
            Self {
                stream,
                abort: abort.clone(),
            },
            abort,
        )
    }

    /// Once reset, nothing more reaches the wire.
    fn still_open(&self) -> io::Result<()> {
        if self.abort.is_reset() {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.abort.is_reset() {
            let _ = self.stream.set_zero_linger(); // then the client sees an ordinary close
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.still_open()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.still_open()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.still_open()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
