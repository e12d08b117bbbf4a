//! How everything here listens: one loop over hyper, whose connections end with it.
//!
//! What is served is a [`Respond`]; [`answering`] makes one of a function that needs no more than the whole request.

mod answer;
mod request;
mod socket;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

pub use answer::Answer;
pub use request::{LIMIT_BYTES, Request, Unreadable};
pub use socket::{Abort, Socket};

/// A body on its way out.
pub type Body = BoxBody<Bytes, io::Error>;

/// A request whose body has not been read.
pub type Incoming = hyper::Request<hyper::body::Incoming>;

/// A body that is there already.
#[must_use]
pub fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed()
}

/// Answers the requests of a server.
pub trait Respond: Send + Sync + 'static {
    /// Answers one request of a connection.
    fn respond<'a>(
        &'a self,
        incoming: Incoming,
        connection: &'a Connection,
    ) -> BoxFuture<'a, hyper::Response<Body>>;

    /// Whether the next connection writes `Content-Type` rather than `content-type`, as many servers do.
    fn has_title_case(&self) -> bool {
        false
    }
}

/// What is known of a connection.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Who called.
    pub peer: SocketAddr,
    /// Resets it.
    pub abort: Abort,
}

/// Where and how to listen.
#[derive(Clone, Default)]
pub struct Listen {
    /// The port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// TLS with this certificate; plain HTTP without.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// A simulated round trip in milliseconds, waited for once for the connection, once for TLS and once for each
    /// request. Shared, so that it can be changed while running.
    pub round_trip_ms: Arc<AtomicU64>,
}

impl Listen {
    /// Plain HTTP on this port of 127.0.0.1; 0 lets the system choose.
    #[must_use]
    pub fn at(port: u16) -> Self {
        Self {
            port,
            ..Self::default()
        }
    }
}

/// A listening service; dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Binds an address of this machine's loopback and no other: a simulator hands out working secrets to anybody who
/// asks, so it must never be reachable from outside.
///
/// # Errors
/// [`io::ErrorKind::PermissionDenied`] for an address that is not loopback; otherwise what the system says.
pub async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    if !address.ip().is_loopback() {
        let refusal = format!("{} is not a loopback address", address.ip());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, refusal));
    }
    TcpListener::bind(address).await
}

impl Server {
    /// Starts listening on loopback; needs a tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start(listen: Listen, respond: Arc<dyn Respond>) -> io::Result<Self> {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], listen.port))).await?;
        Self::over(listener, listen, respond)
    }

    /// Serves at a listener that is bound already; the port of `listen` does not matter.
    ///
    /// # Errors
    /// The listener has no address.
    pub fn over(listener: TcpListener, listen: Listen, respond: Arc<dyn Respond>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let host = Arc::new(Host { listen, respond });
        let accepted = Arc::<AtomicUsize>::default();
        Ok(Self {
            address,
            accepted: Arc::clone(&accepted),
            accepting: tokio::spawn(accept(listener, host, accepted)),
        })
    }

    /// How many connections there were.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    /// The bound address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// What each connection needs.
struct Host {
    listen: Listen,
    respond: Arc<dyn Respond>,
}

impl Host {
    async fn round_trip(&self) {
        let ms = self.listen.round_trip_ms.load(Ordering::Relaxed);
        if ms > 0 {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
    }
}

/// Connections live in a set of the accepting task, so they end with it.
async fn accept(listener: TcpListener, host: Arc<Host>, accepted: Arc<AtomicUsize>) {
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, peer)) = listener.accept().await {
            accepted.fetch_add(1, Ordering::Relaxed);
            connections.spawn(connect(stream, peer, Arc::clone(&host)));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connect(stream: TcpStream, peer: SocketAddr, host: Arc<Host>) {
    let _ = stream.set_nodelay(true); // only slower without
    let (socket, abort) = Socket::new(stream);
    let connection = Connection { peer, abort };
    host.round_trip().await;
    let Some(config) = host.listen.tls.clone() else {
        return converse(socket, connection, host).await;
    };
    host.round_trip().await;
    // A handshake that fails is the client's to report.
    if let Ok(secured) = TlsAcceptor::from(config).accept(socket).await {
        converse(secured, connection, host).await;
    }
}

async fn converse<S>(stream: S, connection: Connection, host: Arc<Host>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let has_title_case = host.respond.has_title_case();
    let service = service_fn(|incoming| {
        let (host, connection) = (Arc::clone(&host), connection.clone());
        async move {
            host.round_trip().await;
            Ok::<_, Infallible>(host.respond.respond(incoming, &connection).await)
        }
    });
    // How a connection ended is the client's to notice.
    let _ = http1::Builder::new()
        .title_case_headers(has_title_case)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Answers by a function of the whole request: 413 when its body is over 1 MiB, 400 when it breaks off.
pub fn answering<F, A>(answer: F) -> Arc<dyn Respond>
where
    F: Fn(Request) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    Arc::new(Answering(answer))
}

struct Answering<F>(F);

impl<F, A> Respond for Answering<F>
where
    F: Fn(Request) -> A + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    fn respond<'a>(&'a self, incoming: Incoming, _: &'a Connection) -> BoxFuture<'a, hyper::Response<Body>> {
        Box::pin(async move {
            let answer = match Request::read(incoming, LIMIT_BYTES).await {
                Ok(request) => (self.0)(request).await,
                Err(unreadable) => Answer::empty(unreadable.status()),
            };
            answer.whole()
        })
    }
}

#[cfg(test)]
mod tests;
