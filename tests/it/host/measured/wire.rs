//! A caller who sees every byte.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::case::Case;
use crate::host::Running;

/// What the caller got.
#[derive(Default)]
pub(super) struct Got {
    /// `200 OK`.
    pub(super) status: String,
    /// Names in lower case; without the server's name and date.
    pub(super) headers: Vec<String>,
    pub(super) body: Vec<u8>,
    /// The connection was reset in the middle.
    pub(super) reset: bool,
}

/// Sends the request of a case and hears the answer.
pub(super) async fn exchange(app: &Running, case: &Case) -> Got {
    let (mut read, mut write) = TcpStream::connect(app.address()).await.unwrap().into_split();
    let sent = case.sent();
    let sending = async move {
        // A host that has heard enough closes the connection.
        let _enough = write.write_all(&sent).await;
        std::future::pending::<()>().await;
    };
    let answer = tokio::time::timeout(Duration::from_secs(60), answer(&mut read, case.is_head()));
    tokio::select! {
        got = answer => got.unwrap_or_default(),
        () = sending => Got::default(),
    }
}

async fn answer(stream: &mut (impl AsyncRead + Unpin), is_head: bool) -> Got {
    let mut got = Got::default();
    let mut buffer = Vec::new();
    let Some(end) = head_end(stream, &mut buffer).await else {
        return got;
    };
    let body = buffer.split_off(end);
    let head = String::from_utf8_lossy(&buffer).into_owned();
    let mut lines = head.trim_end().split("\r\n");
    got.status = lines.next().unwrap().replace("HTTP/1.1 ", "");
    let lines = lines.map(|line| line.split_once(':').unwrap());
    got.headers = lines
        .map(|(name, value)| format!("{}:{value}", name.to_lowercase()))
        .collect();
    let length = got
        .headers
        .iter()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length = length.and_then(|length| length.parse().ok());
    let is_chunked = got
        .headers
        .iter()
        .any(|line| line == "transfer-encoding: chunked");
    got.headers
        .retain(|line| line != "server: Kestrel" && !line.starts_with("date:"));
    got.body = body;
    let has_none = is_head
        || ["101", "204", "304"]
            .iter()
            .any(|code| got.status.starts_with(code));
    if has_none {
        return got;
    }
    while !is_whole(&got.body, length, is_chunked) {
        match stream.read_buf(&mut got.body).await {
            Ok(0) => break,
            Ok(_) => {}
            Err(failure) => {
                got.reset = failure.kind() == std::io::ErrorKind::ConnectionReset;
                break;
            }
        }
    }
    if is_chunked {
        got.body = unchunked(&got.body);
    }
    got
}

/// Where the head of the answer ends; interim answers are skipped.
async fn head_end(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            if !buffer.starts_with(b"HTTP/1.1 100 ") {
                return Some(end + 4);
            }
            buffer.drain(..end + 4);
        } else if !matches!(stream.read_buf(buffer).await, Ok(1..)) {
            return None;
        }
    }
}

fn is_whole(body: &[u8], length: Option<usize>, is_chunked: bool) -> bool {
    length.is_some_and(|length| body.len() >= length) || is_chunked && body.ends_with(b"0\r\n\r\n")
}

fn unchunked(mut wire: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = wire.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&wire[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&wire[end + 2..end + 2 + size]);
        wire = &wire[end + 2 + size + 2..];
        if size == 0 {
            break;
        }
    }
    body
}
