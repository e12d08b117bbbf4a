//! The host's connection to the handler: always `http://127.0.0.1:<port>`, HTTP/1.1, one connection per request.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// Why a body or a call broke.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;
/// A body of either direction.
pub(crate) type Body = UnsyncBoxBody<Bytes, Fault>;

/// A body that is known.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(Into::into).boxed_unsync()
}

/// An answer of the host itself, without a body.
pub(crate) fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// A new GUID, as .NET prints it.
pub(crate) fn new_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness the id would only be dull: nothing depends on it.
    let _dull = getrandom::fill(&mut bytes);
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [0..8, 8..12, 12..16, 16..20, 20..32]
        .map(|range| hex.get(range).unwrap_or_default())
        .join("-")
}

/// `GET /` without any header but Host; any answer at all is a sign of life.
pub(crate) async fn ping(port: u16) -> Result<StatusCode, Fault> {
    let request = Request::get("/")
        .header(http::header::HOST, format!("127.0.0.1:{port}"))
        .body(empty())?;
    Ok(send(connect(port).await?, request).await?.status())
}

fn empty() -> Body {
    Empty::new().map_err(Into::into).boxed_unsync()
}

/// One attempt to connect.
pub(crate) async fn connect(port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Up to 10 repeats, 50 to 250 ms apart, as the reverse proxy does it for every method.
pub(crate) async fn connect_patiently(port: u16) -> std::io::Result<TcpStream> {
    let mut pause = Duration::from_millis(50);
    for _ in 0..10 {
        match connect(port).await {
            Ok(stream) => return Ok(stream),
            Err(_refused) => tokio::time::sleep(pause).await,
        }
        pause = (pause + Duration::from_millis(50)).min(Duration::from_millis(250));
    }
    connect(port).await
}

/// Sends one request. Dropping the future or the answer's body drops the connection, which the handler notices.
pub(crate) async fn send(stream: TcpStream, request: Request<Body>) -> Result<Response<Body>, Fault> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = Connection(tokio::spawn(async move {
        // The failure also reaches whoever waits for the answer.
        let _told_there = connection.await;
    }));
    let response = sender.send_request(request).await?;
    Ok(response.map(|body| {
        Tied {
            body,
            _connection: connection,
        }
        .boxed_unsync()
    }))
}

struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A body that keeps its connection open while it is read.
struct Tied {
    body: Incoming,
    _connection: Connection,
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

#[cfg(test)]
mod tests {
    use super::new_id;

    #[test]
    fn an_id_looks_like_a_guid() {
        let id = new_id();
        assert_eq!(id.len(), 36);
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_ne!(id, new_id());
    }
}
