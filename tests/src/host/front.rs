//! Imitates what stands before the Functions host in Azure: ends TLS, passes the client certificate on, answers CORS
//! preflights itself, and cuts answers that take longer than 230 s.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{self, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::instance::Instance;
use super::upstream::{Body, bare, new_id};

/// Switches of the front end.
#[derive(Clone, Debug)]
pub struct FrontEnd {
    /// Ends TLS with this; plain HTTP without.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// `clientCertEnabled`: `X-ARR-ClientCert` is what the front end saw, never what the caller sent. When off, a
    /// caller's own header goes through, because nobody promises that it does not.
    pub client_certificates: bool,
    /// The DER certificate every caller is taken to have shown; for tests without mutual TLS.
    pub shown_certificate: Option<Vec<u8>>,
    /// Linux Consumption and Flex answer preflights themselves.
    pub answers_preflights: bool,
    /// Longest time until an answer begins.
    pub answer_limit: Duration,
}

impl Default for FrontEnd {
    fn default() -> Self {
        Self {
            tls: None,
            client_certificates: false,
            shown_certificate: None,
            answers_preflights: true,
            answer_limit: Duration::from_secs(230),
        }
    }
}

/// Who is calling, as the host can know it.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) peer: SocketAddr,
    pub(crate) scheme: &'static str,
    certificate: Option<Vec<u8>>,
}

/// A front end with the instances behind it.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) settings: FrontEnd,
    pub(crate) instances: Vec<Instance>,
    turn: AtomicUsize,
}

impl Front {
    pub(crate) fn new(settings: FrontEnd, instances: Vec<Instance>) -> Self {
        Self {
            settings,
            instances,
            turn: AtomicUsize::new(0),
        }
    }

    /// Accepts connections until the task is aborted.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => {
                    tokio::spawn(self.clone().accept(stream, peer));
                }
                // Out of file descriptors, for example: wait rather than spin.
                Err(_busy) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    async fn accept(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let Some(tls) = self.settings.tls.clone() else {
            let certificate = self.settings.shown_certificate.clone();
            return self
                .converse(
                    stream,
                    Visitor {
                        peer,
                        scheme: "http",
                        certificate,
                    },
                )
                .await;
        };
        let Ok(stream) = TlsAcceptor::from(tls).accept(stream).await else {
            return;
        };
        let shown = stream
            .get_ref()
            .1
            .peer_certificates()
            .and_then(|chain| Some(chain.first()?.to_vec()));
        let certificate = shown.or_else(|| self.settings.shown_certificate.clone());
        self.converse(
            stream,
            Visitor {
                peer,
                scheme: "https",
                certificate,
            },
        )
        .await;
    }

    async fn converse(self: Arc<Self>, stream: impl AsyncRead + AsyncWrite + Unpin, visitor: Visitor) {
        let service = service_fn(|request| {
            let (front, visitor) = (self.clone(), visitor.clone());
            async move { Ok::<_, Infallible>(front.answer(request, visitor).await) }
        });
        let mut server = hyper::server::conn::http1::Builder::new();
        // Keep-alive connections of a stopped rig end with their task; broken ones are the caller's business.
        let _closed = server
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    async fn answer(&self, mut request: Request<Incoming>, visitor: Visitor) -> Response<Body> {
        if self.settings.answers_preflights && is_preflight(&request) {
            return bare(StatusCode::NO_CONTENT);
        }
        self.add_headers(&mut request, &visitor);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let Some(instance) = self.instances.get(turn % self.instances.len().max(1)) else {
            return bare(StatusCode::SERVICE_UNAVAILABLE);
        };
        let answer = instance.answer(request, &visitor);
        match tokio::time::timeout(self.settings.answer_limit, answer).await {
            Ok(response) => response,
            Err(_elapsed) => bare(StatusCode::GATEWAY_TIMEOUT),
        }
    }

    fn add_headers(&self, request: &mut Request<Incoming>, visitor: &Visitor) {
        let headers = request.headers_mut();
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        set("x-arr-log-id", new_id());
        set("x-forwarded-for", visitor.peer.to_string());
        set("x-forwarded-proto", visitor.scheme.to_owned());
        if self.settings.client_certificates {
            headers.remove("x-arr-clientcert");
            if let Some(value) = visitor
                .certificate
                .as_ref()
                .and_then(|der| STANDARD.encode(der).try_into().ok())
            {
                headers.insert("x-arr-clientcert", value);
            }
        }
    }
}

fn is_preflight(request: &Request<Incoming>) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
