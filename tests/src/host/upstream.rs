//! The host's way to the handler: always `http://127.0.0.1:<port>`, HTTP/1.1, connections that are kept and used again
//! (`SocketsHttpHandler`).

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::loan::Loan;
use super::message::{Body, Fault, full};

/// A request without content is tried as often when its connection closes before the answer.
const TRIES: usize = 4;

/// `GET /` without any header but Host; any answer at all is a sign of life.
pub(crate) async fn ping(port: u16) -> Result<StatusCode, Fault> {
    let outgoing = Outgoing {
        method: Method::GET,
        target: "/".to_owned(),
        headers: HeaderMap::from_iter([(http::header::HOST, own_host(port))]),
        content: None,
    };
    Ok(Arc::new(Upstream::new(port, watch::channel(None).1))
        .send(&outgoing)
        .await?
        .status())
}

/// What Host says when nobody says otherwise.
pub(crate) fn own_host(port: u16) -> HeaderValue {
    HeaderValue::try_from(format!("127.0.0.1:{port}")).unwrap_or(HeaderValue::from_static("127.0.0.1"))
}

/// A request that may be sent several times.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    /// None where .NET attaches no content at all, not even an empty one.
    pub(crate) content: Option<Loan>,
}

impl Outgoing {
    /// Whether there is no content, or nothing of it was sent yet.
    fn is_unsent(&self) -> bool {
        self.content.as_ref().is_none_or(Loan::is_untouched)
    }

    /// The request, once more.
    ///
    /// # Errors
    /// Its body was sent before.
    fn again(&self) -> Result<Request<Body>, Fault> {
        let body = match &self.content {
            Some(loan) => loan.lend()?.boxed_unsync(),
            None => Empty::new().map_err(Into::into).boxed_unsync(),
        };
        let mut request = Request::builder()
            .method(&self.method)
            .uri(&self.target)
            .body(body)?;
        *request.headers_mut() = self.headers.clone();
        Ok(request)
    }
}

/// The connections to one handler.
#[derive(Debug)]
pub(crate) struct Upstream {
    pub(crate) port: u16,
    process: watch::Receiver<Option<u32>>,
    idle: Mutex<Vec<Connection>>,
}

#[derive(Debug)]
struct Connection {
    sender: SendRequest<Body>,
    task: Task,
}

/// Ends with its owner.
#[derive(Debug)]
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Upstream {
    /// To whatever listens there, which is this process for the time being.
    pub(crate) fn new(port: u16, process: watch::Receiver<Option<u32>>) -> Self {
        Self {
            port,
            process,
            idle: Mutex::default(),
        }
    }

    /// Sends a request; without content, up to four times. Dropping the future or the body of the answer drops the
    /// connection, which the handler notices.
    ///
    /// # Errors
    /// No connection, or one that broke before the head of an answer.
    pub(crate) async fn send(self: &Arc<Self>, outgoing: &Outgoing) -> Result<Response<Body>, Fault> {
        let process = *self.process.borrow();
        let mut attempt = 0;
        loop {
            attempt += 1;
            // The tries follow each other too fast for another process to listen in between.
            let may_repeat = || attempt < TRIES && *self.process.borrow() == process && outgoing.is_unsent();
            let request = outgoing.again()?;
            let mut connection = self.connection().await?;
            match connection.sender.send_request(request).await {
                Ok(response) => return Ok(self.tied(response, connection)),
                Err(failure) if closed_silently(&failure) && may_repeat() => {}
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    async fn connection(&self) -> Result<Connection, Fault> {
        while let Some(connection) = self.pop() {
            if connection.sender.is_ready() {
                return Ok(connection);
            }
        }
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let task = Task(tokio::spawn(async move {
            // The failure also reaches whoever waits for the answer.
            let _told_there = connection.with_upgrades().await;
        }));
        Ok(Connection { sender, task })
    }

    /// Keeps a connection for the next request, once it is ready for one.
    async fn keep(self: Arc<Self>, mut connection: Connection) {
        if connection.sender.ready().await.is_ok() {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
        }
    }

    fn pop(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn tied(self: &Arc<Self>, response: Response<Incoming>, connection: Connection) -> Response<Body> {
        let is_switch = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        response.map(|body| {
            if is_switch {
                // From now on the connection belongs to whoever takes the other protocol.
                std::mem::forget(connection.task);
                return full(Bytes::new());
            }
            Tied {
                body,
                connection: Some(connection),
                home: Arc::clone(self),
            }
            .boxed_unsync()
        })
    }
}

/// Whether the connection was closed or reset before a byte of the answer came.
fn closed_silently(failure: &hyper::Error) -> bool {
    let cause = std::error::Error::source(failure).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    failure.is_incomplete_message() || failure.is_canceled() || cause.is_some()
}

/// A body that gives its connection back when it was read to its end, and ends it otherwise.
struct Tied {
    body: Incoming,
    connection: Option<Connection>,
    home: Arc<Upstream>,
}

impl HttpBody for Tied {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        Pin::new(&mut self.body).poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Tied {
    fn drop(&mut self) {
        let connection = self.connection.take().filter(|_| self.body.is_end_stream());
        if let (Some(connection), Ok(runtime)) = (connection, Handle::try_current()) {
            runtime.spawn(Arc::clone(&self.home).keep(connection));
        }
    }
}
