//! A connection of the host, byte by byte.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::BytesMut;
use openssl::sha::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// So much of a body is shown.
const SHOWN: usize = 4000;

pub(crate) struct Wire {
    stream: TcpStream,
    buffer: BytesMut,
}

/// A head. Bytes are shown as the letters of Latin-1.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Names in lower case, in their order.
    pub(crate) headers: Vec<(String, String)>,
}

/// What came of a body.
#[derive(Default)]
pub(crate) struct Body {
    pub(crate) length: u64,
    pub(crate) sha256: String,
    pub(crate) begin: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
        Some(Self {
            method,
            target,
            headers: headers.collect(),
        })
    }
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            buffer: BytesMut::new(),
        }
    }

    /// The next request; none when the host has gone.
    pub(crate) async fn request(&mut self) -> io::Result<Option<Request>> {
        loop {
            let end = self.buffer.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head = self.buffer.split_to(end + 4);
                let head = latin1(head.get(..end).unwrap_or_default());
                return Ok(Request::parse(&head));
            }
            if self.more().await? == 0 {
                return Ok(None);
            }
        }
    }

    /// Reads a body to its end.
    pub(crate) async fn body(&mut self, request: &Request) -> io::Result<Body> {
        if request.header("expect").is_some() {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let (mut body, mut hash, mut begin) = (Body::default(), Sha256::new(), Vec::new());
        let mut put = |bytes: &[u8]| {
            hash.update(bytes);
            body.length += bytes.len() as u64;
            begin.extend(bytes.iter().take(SHOWN.saturating_sub(begin.len())));
        };
        if request.header("transfer-encoding").is_some() {
            while let Some(size) = self.chunk().await? {
                self.exactly(size, &mut put).await?;
                self.line().await?;
            }
        } else if let Some(length) = request.header("content-length") {
            self.exactly(length.parse().map_err(io::Error::other)?, &mut put)
                .await?;
        }
        body.begin = latin1(&begin);
        body.sha256 = STANDARD.encode(hash.finish());
        Ok(body)
    }

    /// The size of the next chunk; none for the last one, whose trailers are read, too.
    async fn chunk(&mut self) -> io::Result<Option<usize>> {
        let size = usize::from_str_radix(&self.line().await?, 16).map_err(io::Error::other)?;
        if size > 0 {
            return Ok(Some(size));
        }
        while !self.line().await?.is_empty() {}
        Ok(None)
    }

    async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|two| two == b"\r\n") {
                let line = self.buffer.split_to(end + 2);
                return Ok(latin1(line.get(..end).unwrap_or_default()));
            }
            self.needed().await?;
        }
    }

    async fn exactly(&mut self, mut length: usize, put: &mut impl FnMut(&[u8])) -> io::Result<()> {
        while length > 0 {
            if self.buffer.is_empty() {
                self.needed().await?;
            }
            let taken = self.buffer.split_to(length.min(self.buffer.len()));
            length -= taken.len();
            put(&taken);
        }
        Ok(())
    }

    async fn needed(&mut self) -> io::Result<()> {
        match self.more().await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    async fn more(&mut self) -> io::Result<usize> {
        self.buffer.reserve(256 * 1024);
        self.stream.read_buf(&mut self.buffer).await
    }

    /// Returns when the host has closed the connection.
    pub(crate) async fn closed(&mut self) {
        while matches!(self.more().await, Ok(1..)) {}
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Waits for a byte of another protocol and sends it back.
    pub(crate) async fn mirror(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            self.needed().await?;
        }
        let bytes = std::mem::take(&mut self.buffer);
        self.write(&bytes).await
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
