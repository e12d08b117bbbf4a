//! How every simulator listens: loopback only, whole requests, faults and history in one place.
//!
//! A simulator is a [`Service`]: it names the operation a request asks for and answers it. Everything a real network
//! does wrong happens here, outside it.

mod answer;
mod delivery;
mod request;
mod socket;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::BoxFuture;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

pub use answer::Answer;
use loopback::clock::Clock;
pub use request::Request;
pub(crate) use socket::{Abort, Socket};

use crate::faults::Faults;
use crate::history::History;

/// What the control port sees of every simulator; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Backstage {
    /// The simulators' time.
    pub clock: Clock,
    /// The failures to inject.
    pub faults: Faults,
    /// The requests so far.
    pub history: History,
}

/// One simulated host.
pub trait Service: Send + Sync + 'static {
    /// The simulator's name in faults and history.
    fn name(&self) -> &'static str;

    /// What the request asks for, as faults and history name it; `unknown` when nothing here answers it.
    fn operation(&self, request: &Request) -> &'static str;

    /// Does what is asked.
    fn answer(&self, request: Request) -> BoxFuture<'_, Answer>;

    /// An injected failure in this simulator's own error shape.
    fn failure(&self, status: u16) -> Answer;
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
    /// Starts listening; needs a tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start(listen: Listen, service: Arc<dyn Service>, backstage: Backstage) -> io::Result<Self> {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], listen.port))).await?;
        let address = listener.local_addr()?;
        let host = Arc::new(Host {
            listen,
            service,
            backstage,
        });
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
}

/// What each connection needs.
struct Host {
    listen: Listen,
    service: Arc<dyn Service>,
    backstage: Backstage,
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
        if let Ok((stream, _)) = listener.accept().await {
            accepted.fetch_add(1, Ordering::Relaxed);
            connections.spawn(connect(stream, Arc::clone(&host)));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connect(stream: TcpStream, host: Arc<Host>) {
    let _ = stream.set_nodelay(true); // only slower without
    let (socket, abort) = Socket::new(stream);
    host.round_trip().await;
    let Some(config) = host.listen.tls.clone() else {
        return converse(socket, abort, host).await;
    };
    host.round_trip().await;
    // A handshake that fails is the client's to report.
    if let Ok(secured) = TlsAcceptor::from(config).accept(socket).await {
        converse(secured, abort, host).await;
    }
}

async fn converse<S>(stream: S, abort: Abort, host: Arc<Host>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|incoming: hyper::Request<hyper::body::Incoming>| {
        let (host, abort) = (Arc::clone(&host), abort.clone());
        async move {
            host.round_trip().await;
            Ok::<_, Infallible>(delivery::deliver(incoming, &host, &abort).await)
        }
    });
    // How a connection ended is the client's to notice.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    struct Echo;

    impl Service for Echo {
        fn name(&self) -> &'static str {
            "echo"
        }

        fn operation(&self, _: &Request) -> &'static str {
            "echo"
        }

        fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
            Box::pin(async move { Answer::body(200, "text/plain", request.body) })
        }

        fn failure(&self, status: u16) -> Answer {
            Answer::empty(status)
        }
    }

    async fn exchange(stream: &mut TcpStream, request: &[u8]) -> String {
        stream.write_all(request).await.unwrap();
        let mut answer = vec![0; 4096];
        let read = stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_refused_before_it_is_sent() {
        let server = Server::start(Listen::default(), Arc::new(Echo), Backstage::default())
            .await
            .unwrap();
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let mut request = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1048577\r\n\r\n".to_vec();
        request.extend(vec![b'x'; (1 << 20) + 1]);
        assert!(exchange(&mut stream, &request).await.starts_with("HTTP/1.1 413 "));
    }

    #[tokio::test]
    async fn dropping_the_server_ends_its_connections() {
        let server = Server::start(Listen::default(), Arc::new(Echo), Backstage::default())
            .await
            .unwrap();
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let request = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi";
        assert!(exchange(&mut stream, request).await.ends_with("hi"));
        drop(server);
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty());
    }

    #[tokio::test]
    async fn an_address_others_can_reach_is_refused() {
        let refused = bind("0.0.0.0:0".parse().unwrap()).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    }
}
