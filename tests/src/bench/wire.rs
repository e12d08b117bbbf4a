//! The least HTTP/1.1 client there can be, so that the client is not what is measured: requests are bytes made
//! beforehand, answers must have a `Content-Length`, connections stay open.

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Answers of the app are a few kilobytes; more is a fault.
const LONGEST: usize = 256 * 1024;

/// A request without a body.
#[must_use]
pub fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    request("GET", path, headers, "")
}

/// A request with a body.
#[must_use]
pub fn post(path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    request("POST", path, headers, body)
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    if method != "GET" {
        text.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// An answer, complete.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    head: &'a str,
    body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Reads an answer; `None` while some of it is still missing.
    ///
    /// # Errors
    /// Bytes that are no answer, or one whose length is not given.
    pub fn read(bytes: &'a [u8]) -> Result<Option<Self>> {
        ensure!(bytes.len() <= LONGEST, "the answer does not end");
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let (head, rest) = bytes.split_at(end);
        let head = std::str::from_utf8(head).context("a head that is no text")?;
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("no status: {head}"))?;
        let length: usize = value(head, "content-length")
            .and_then(|length| length.parse().ok())
            .with_context(|| format!("no length: {head}"))?;
        Ok(rest.get(4..4 + length).map(|body| Self { status, head, body }))
    }

    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        value(self.head, name)
    }

    /// The body as text; empty when it is none.
    #[must_use]
    pub fn text(&self) -> &'a str {
        std::str::from_utf8(self.body).unwrap_or_default()
    }

    /// The answer if it has this status.
    ///
    /// # Errors
    /// It has another one.
    pub fn expect(self, status: u16) -> Result<Self> {
        ensure!(
            self.status == status,
            "{} instead of {status}: {}",
            self.status,
            self.text()
        );
        Ok(self)
    }
}

fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// An open connection; one request at a time.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects to a port of this machine.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(8 * 1024),
        })
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    /// The connection breaks, or what comes is no answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        while Answer::read(&self.buffer)?.is_none() {
            let read = self.stream.read_buf(&mut self.buffer).await?;
            ensure!(read > 0, "the connection was closed instead of an answer");
        }
        Answer::read(&self.buffer)?.context("read a moment ago")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] = b"HTTP/1.1 303 See Other\r\nLocation: /there\r\nCONTENT-LENGTH: 2\r\n\r\nok";

    #[test]
    fn an_answer_is_read_when_it_is_whole_and_not_before() {
        for end in 0..WHOLE.len() {
            assert!(Answer::read(&WHOLE[..end]).unwrap().is_none(), "{end}");
        }
        let answer = Answer::read(WHOLE).unwrap().unwrap();
        assert_eq!((answer.status, answer.text()), (303, "ok"));
        assert_eq!(answer.header("location"), Some("/there"));
    }

    #[test]
    fn an_answer_without_length_or_status_is_refused() {
        assert!(Answer::read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(Answer::read(b"HTTP/1.1 many\r\ncontent-length: 0\r\n\r\n").is_err());
    }

    #[test]
    fn another_status_than_expected_is_an_error() {
        let answer = Answer::read(WHOLE).unwrap().unwrap();
        assert!(answer.expect(303).is_ok() && answer.expect(200).is_err());
    }

    #[test]
    fn a_request_says_how_long_its_body_is() {
        let text = String::from_utf8(post("/a", &[("x", "y")], "body")).unwrap();
        assert!(text.starts_with("POST /a HTTP/1.1\r\n") && text.contains("\r\nx: y\r\n"));
        assert!(text.ends_with("content-length: 4\r\n\r\nbody"));
    }
}
