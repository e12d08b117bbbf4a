//! Where requests come in: the front end of Azure and, behind it, the host's listener until it ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Response, StatusCode};
use loopback::serve::{Abort, Socket};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::front_end::FrontEnd;
use super::instance::Instance;
use super::kestrel::{Arrival, Connection, Site};
use super::message::{Body, bare, new_id};
use super::times::Times;

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
    pub(crate) instances: Vec<Arc<Instance>>,
    times: Times,
    turn: AtomicUsize,
    phase: watch::Sender<Phase>,
}

/// How far the end of the host has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Open,
    /// Connections are refused; requests that are open go on.
    Closing,
    Drained,
}

impl Front {
    pub(crate) fn new(settings: FrontEnd, instances: Vec<Arc<Instance>>, times: Times) -> Self {
        Self {
            settings,
            instances,
            times,
            turn: AtomicUsize::new(0),
            phase: watch::Sender::new(Phase::Open),
        }
    }

    /// Accepts connections until the front is closed or no instance is left, then waits for open requests. Connections live
    /// in this task, so they end with it.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        let (ended, mut phase) = (self.ended(), self.phase.subscribe());
        tokio::pin!(ended);
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        connections.spawn(self.clone().accept(stream, peer));
                    }
                    // Out of file descriptors, for example: wait rather than spin.
                    Err(_busy) => tokio::time::sleep(Duration::from_millis(20)).await,
                },
                () = &mut ended => break,
                () = reached(&mut phase, Phase::Closing) => break,
            }
            while connections.try_join_next().is_some() {}
        }
        drop(listener);
        self.phase.send_replace(Phase::Closing);
        while connections.join_next().await.is_some() {}
        self.phase.send_replace(Phase::Drained);
    }

    /// Refuses connections from now on, and returns when every open request is answered.
    pub(crate) async fn drain(&self) {
        self.phase
            .send_modify(|phase| *phase = (*phase).max(Phase::Closing));
        let mut phase = self.phase.subscribe();
        reached(&mut phase, Phase::Drained).await;
    }

    /// Returns when every instance has shut itself down.
    async fn ended(&self) {
        join_all(self.instances.iter().map(|instance| instance.worker.stopped())).await;
    }

    async fn accept(self: Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        // Only slower without.
        let _slower = stream.set_nodelay(true);
        let (stream, abort) = Socket::new(stream);
        let mut visitor = Visitor {
            peer,
            scheme: "http",
            certificate: self.settings.shown_certificate.clone(),
        };
        let Some(tls) = self.settings.tls.clone() else {
            return self.converse(stream, abort, visitor).await;
        };
        let Ok(stream) = TlsAcceptor::from(tls).accept(stream).await else {
            return;
        };
        let chain = stream.get_ref().1.peer_certificates();
        let shown = chain.and_then(|chain| Some(chain.first()?.to_vec()));
        visitor.certificate = shown.or(visitor.certificate);
        visitor.scheme = "https";
        self.converse(stream, abort, visitor).await;
    }

    async fn converse(
        self: Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send,
        abort: Abort,
        visitor: Visitor,
    ) {
        let mut phase = self.phase.subscribe();
        let times = self.times;
        let entrance = Entrance { front: self, visitor };
        let closing = async move { reached(&mut phase, Phase::Closing).await };
        Box::pin(Connection { stream, abort, times }.serve(&entrance, closing)).await;
    }

    async fn answer(&self, arrival: Arrival, visitor: &Visitor) -> Response<Body> {
        let cors = &self.settings.cors;
        if let Some(answered) = cors.preflight(&arrival) {
            return answered;
        }
        let origin = arrival.headers.get(header::ORIGIN).cloned();
        let mut response = self.pass_on(arrival, visitor).await;
        cors.allow(origin.as_ref(), response.headers_mut());
        response
    }

    async fn pass_on(&self, mut arrival: Arrival, visitor: &Visitor) -> Response<Body> {
        self.add_headers(&mut arrival.headers, visitor);
        let Some(instance) = self.next() else {
            return bare(StatusCode::SERVICE_UNAVAILABLE);
        };
        let answer = instance.answer(arrival, visitor.clone());
        match tokio::time::timeout(self.settings.answer_limit, answer).await {
            Ok(response) => response,
            Err(_elapsed) => bare(StatusCode::GATEWAY_TIMEOUT),
        }
    }

    /// The next instance in turn that is still there; any when none is.
    fn next(&self) -> Option<&Arc<Instance>> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.instances.len().max(1);
        let mut in_turn = self
            .instances
            .iter()
            .cycle()
            .skip(turn)
            .take(self.instances.len());
        in_turn
            .clone()
            .find(|instance| !instance.worker.has_stopped())
            .or_else(|| in_turn.next())
    }

    fn add_headers(&self, headers: &mut HeaderMap, visitor: &Visitor) {
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        if self.settings.adds_headers {
            set("x-arr-log-id", new_id());
            set("x-forwarded-for", visitor.peer.to_string());
            set("x-forwarded-proto", visitor.scheme.to_owned());
        }
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

/// Waits until the end has come this far; without a sender there is no front either.
async fn reached(phase: &mut watch::Receiver<Phase>, wanted: Phase) {
    let _either_way = phase.wait_for(|phase| *phase >= wanted).await;
}

/// The front as one caller sees it.
struct Entrance {
    front: Arc<Front>,
    visitor: Visitor,
}

impl Site for Entrance {
    async fn answer(&self, arrival: Arrival) -> Response<Body> {
        self.front.answer(arrival, &self.visitor).await
    }
}
