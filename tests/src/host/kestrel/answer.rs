//! An answer on its way out, framed as Kestrel frames it.

use std::io;

use bytes::{BufMut as _, Bytes, BytesMut};
use futures::FutureExt as _;
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use hyper::ext::ReasonPhrase;
use time::OffsetDateTime;
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::fields::has_option;
use crate::host::message::{Body, Fault};

/// RFC 9110, 5.6.7, in UTC.
const HTTP_DATE: StaticFormatDescription =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// What the answer must know of its request.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) is_old: bool,
    pub(super) keeps_alive: bool,
}

/// Why an answer did not arrive whole.
#[derive(Debug)]
pub(super) enum Broken {
    /// The caller has left.
    Connection,
    /// Whoever answered did not go on.
    Source(Fault),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    Nothing,
    Plain,
    Chunks,
}

impl From<io::Error> for Broken {
    fn from(_caller: io::Error) -> Self {
        Self::Connection
    }
}

/// Sends it all; true when the connection may be used again.
pub(super) async fn send(
    stream: &mut (impl AsyncWrite + Unpin),
    response: Response<Body>,
    asked: &Asked,
) -> Result<bool, Broken> {
    let (mut parts, mut body) = response.into_parts();
    let length = body.size_hint().exact();
    let framing = framed(&mut parts.headers, parts.status, length, asked);
    let is_endless = framing == Framing::Plain && !parts.headers.contains_key(header::CONTENT_LENGTH);
    let keeps_alive = asked.keeps_alive && !is_endless && !has_option(&parts.headers, "close");
    if !keeps_alive {
        parts
            .headers
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    } else if asked.is_old {
        parts
            .headers
            .insert(header::CONNECTION, HeaderValue::from_static("keep-alive"));
    }
    let mut wire = head(parts.status, parts.extensions.get(), &parts.headers);
    if framing == Framing::Nothing {
        stream.write_all(&wire).await?;
        return Ok(keeps_alive);
    }
    // What is there already goes out with the head; what is not must not hold it back.
    let mut first = body.frame().now_or_never();
    loop {
        let frame = if let Some(frame) = first.take() {
            frame
        } else {
            stream.write_all(&wire.split()).await?;
            body.frame().await
        };
        match frame {
            None => break,
            Some(Err(fault)) => {
                stream.write_all(&wire).await?;
                return Err(Broken::Source(fault));
            }
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    put(&mut wire, &data, framing);
                }
            }
        }
    }
    if framing == Framing::Chunks {
        wire.put_slice(b"0\r\n\r\n");
    }
    stream.write_all(&wire).await?;
    Ok(keeps_alive)
}

/// Chooses how the body is framed, and says so in the headers.
fn framed(headers: &mut HeaderMap, status: StatusCode, length: Option<u64>, asked: &Asked) -> Framing {
    headers.remove(header::TRANSFER_ENCODING);
    if asked.method == Method::HEAD || matches!(status.as_u16(), 100..=199 | 204 | 304) {
        return Framing::Nothing;
    }
    if headers.contains_key(header::CONTENT_LENGTH) {
        return Framing::Plain;
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
        return Framing::Plain;
    }
    if asked.is_old {
        return Framing::Plain;
    }
    headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    Framing::Chunks
}

fn put(wire: &mut BytesMut, data: &Bytes, framing: Framing) {
    if framing == Framing::Plain {
        wire.put_slice(data);
    } else if !data.is_empty() {
        wire.put_slice(format!("{:x}\r\n", data.len()).as_bytes());
        wire.put_slice(data);
        wire.put_slice(b"\r\n");
    }
}

fn head(status: StatusCode, reason: Option<&ReasonPhrase>, headers: &HeaderMap) -> BytesMut {
    let mut wire = BytesMut::with_capacity(512);
    let usual = status.canonical_reason().unwrap_or_default().as_bytes();
    wire.put_slice(format!("HTTP/1.1 {} ", status.as_str()).as_bytes());
    wire.put_slice(reason.map_or(usual, ReasonPhrase::as_bytes));
    wire.put_slice(b"\r\n");
    for (name, value) in headers {
        line(&mut wire, name.as_str(), value.as_bytes());
    }
    if !headers.contains_key(header::SERVER) {
        line(&mut wire, "server", b"Kestrel");
    }
    if !headers.contains_key(header::DATE) {
        line(&mut wire, "date", now().as_bytes());
    }
    wire.put_slice(b"\r\n");
    wire
}

fn line(wire: &mut BytesMut, name: &str, value: &[u8]) {
    wire.put_slice(name.as_bytes());
    wire.put_slice(b": ");
    wire.put_slice(value);
    wire.put_slice(b"\r\n");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the host's date is today's, whatever the simulators' clock says"
)]
fn now() -> String {
    OffsetDateTime::now_utc().format(&HTTP_DATE).unwrap_or_default()
}
