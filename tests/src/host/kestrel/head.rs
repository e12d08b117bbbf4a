//! The head of a request, by Kestrel's rules and limits.

use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, StatusCode};

use super::fields::{Framing, field, framing, host, keeps_alive};
use super::target::Target;

/// `MaxRequestLineSize`.
const LINE: usize = 8192;
/// `MaxRequestHeadersTotalSize`.
const HEADERS: usize = 32 * 1024;
/// `MaxRequestHeaderCount`.
const COUNT: usize = 100;

/// What a head says.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) headers: HeaderMap,
    pub(crate) framing: Framing,
    /// HTTP/1.0.
    pub(crate) is_old: bool,
    /// Whether another request may follow on this connection.
    pub(crate) keeps_alive: bool,
}

impl Head {
    /// Whether the caller waits for `100 Continue`.
    pub(crate) fn waits(&self) -> bool {
        let expected = self.headers.get(header::EXPECT).map(HeaderValue::as_bytes);
        !self.is_old && expected.is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"))
    }
}

/// How many of these bytes are a head, once all of it is there.
///
/// # Errors
/// 414 and 431 when it is longer than Kestrel reads.
pub(crate) fn length(bytes: &[u8]) -> Result<Option<usize>, StatusCode> {
    let line = line_end(bytes, 0);
    if line.unwrap_or(bytes.len()) > LINE {
        return Err(StatusCode::URI_TOO_LONG);
    }
    let Some(begin) = line else {
        return Ok(None);
    };
    let (mut at, mut count) = (begin, 0);
    while let Some(end) = line_end(bytes, at) {
        if is_blank(bytes.get(at..end)) {
            return Ok(Some(end));
        }
        (at, count) = (end, count + 1);
        if count > COUNT || at - begin > HEADERS {
            return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        }
    }
    if bytes.len() - begin > HEADERS {
        return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    Ok(None)
}

/// Where the line that begins at `from` ends, its line feed included. A line feed alone ends a line.
fn line_end(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    Some(from + rest.iter().position(|byte| *byte == b'\n')? + 1)
}

fn is_blank(line: Option<&[u8]>) -> bool {
    matches!(line, Some(b"\r\n" | b"\n"))
}

/// Reads a whole head.
///
/// # Errors
/// 400 for what Kestrel does not read, 505 for a version it does not speak.
pub(crate) fn parse(bytes: &[u8]) -> Result<Head, StatusCode> {
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut words = lines.next().unwrap_or_default().splitn(3, |byte| *byte == b' ');
    let (method, target, version) = (words.next(), words.next(), words.next());
    let method = method
        .and_then(|word| Method::from_bytes(word).ok())
        .ok_or(StatusCode::BAD_REQUEST)?;
    let is_old = is_old(version.ok_or(StatusCode::BAD_REQUEST)?)?;
    let mut headers = HeaderMap::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = field(line).ok_or(StatusCode::BAD_REQUEST)?;
        headers.append(name, value);
    }
    let host = host(&headers, is_old)?;
    let target = Target::parse(target.unwrap_or_default(), host.as_deref())?;
    let is_ambiguous =
        headers.contains_key(header::TRANSFER_ENCODING) && headers.contains_key(header::CONTENT_LENGTH);
    let framing = framing(&mut headers, is_old)?;
    let keeps_alive = !is_ambiguous && keeps_alive(&headers, is_old);
    Ok(Head {
        method,
        target,
        headers,
        framing,
        is_old,
        keeps_alive,
    })
}

fn is_old(version: &[u8]) -> Result<bool, StatusCode> {
    match version {
        b"HTTP/1.1" => Ok(false),
        b"HTTP/1.0" => Ok(true),
        other if other.starts_with(b"HTTP/") => Err(StatusCode::HTTP_VERSION_NOT_SUPPORTED),
        _ => Err(StatusCode::BAD_REQUEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Head, StatusCode> {
        parse(text.as_bytes())
    }

    #[test]
    fn a_head_ends_with_a_blank_line() {
        for text in ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n"] {
            assert_eq!(length(text.as_bytes()), Ok(Some(text.len())));
            for shorter in 0..text.len() {
                assert_eq!(length(&text.as_bytes()[..shorter]), Ok(None), "{shorter}");
            }
            assert_eq!(length(format!("{text}rest").as_bytes()), Ok(Some(text.len())));
        }
    }

    #[test]
    fn a_request_line_may_have_8192_bytes() {
        let line = |size: usize| format!("GET /{} HTTP/1.1\r\n", "a".repeat(size - 16)).into_bytes();
        assert_eq!(line(LINE).len(), LINE);
        assert_eq!(length(&line(LINE)), Ok(None));
        assert_eq!(length(&line(LINE + 1)), Err(StatusCode::URI_TOO_LONG));
        assert_eq!(length(&[b'a'; LINE + 1]), Err(StatusCode::URI_TOO_LONG));
    }

    #[test]
    fn headers_have_limits_in_number_and_size() {
        let headers = |lines: &str| format!("GET / HTTP/1.1\r\n{lines}\r\n").into_bytes();
        let too_large = Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        assert!(length(&headers(&"a: b\r\n".repeat(100))).unwrap().is_some());
        assert_eq!(length(&headers(&"a: b\r\n".repeat(101))), too_large);
        assert!(
            length(&headers(&format!("a: {}\r\n", "b".repeat(HEADERS - 5))))
                .unwrap()
                .is_some()
        );
        assert_eq!(
            length(&headers(&format!("a: {}\r\n", "b".repeat(HEADERS)))),
            too_large
        );
    }

    #[test]
    fn what_kestrel_does_not_read() {
        for bad in [
            "GET\r\n\r\n",
            "GET /\r\n\r\n",
            "GET / http/1.1\r\nHost: a\r\n\r\n",
            "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert_eq!(head(bad).err(), Some(StatusCode::BAD_REQUEST), "{bad:?}");
        }
        let future = head("GET / HTTP/2.0\r\nHost: a\r\n\r\n");
        assert_eq!(future.err(), Some(StatusCode::HTTP_VERSION_NOT_SUPPORTED));
    }

    #[test]
    fn a_length_beside_chunks_goes_on_under_another_name() {
        let head =
            head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n")
                .unwrap();
        assert_eq!(head.framing, Framing::Chunks);
        assert_eq!(head.headers["x-content-length"], "3");
        assert!(!head.headers.contains_key("content-length") && !head.keeps_alive);
    }

    #[test]
    fn a_connection_is_kept_unless_somebody_says_otherwise() {
        let keeps = |version: &str, line: &str| {
            head(&format!("GET / HTTP/{version}\r\nHost: a\r\n{line}\r\n"))
                .unwrap()
                .keeps_alive
        };
        assert!(keeps("1.1", "") && !keeps("1.1", "Connection: x, Close\r\n"));
        assert!(!keeps("1.0", "") && keeps("1.0", "Connection: keep-alive\r\n"));
    }
}
