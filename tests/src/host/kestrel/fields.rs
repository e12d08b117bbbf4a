//! Header lines, and those that Kestrel itself goes by.

use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Neither length nor chunks: there is none.
    Nothing,
    Length(u64),
    Chunks,
}

/// A header line; none when it is folded, has a space before its colon, or is not UTF-8.
pub(super) fn field(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at_checked(colon)?;
    let value = std::str::from_utf8(value.get(1..)?)
        .ok()?
        .trim_matches([' ', '\t']);
    Some((
        HeaderName::from_bytes(name).ok()?,
        HeaderValue::from_bytes(value.as_bytes()).ok()?,
    ))
}

/// HTTP/1.1 needs exactly one, and whatever is there must look like one.
pub(super) fn host(headers: &HeaderMap, is_old: bool) -> Result<Option<String>, StatusCode> {
    let mut values = headers.get_all(header::HOST).iter();
    let host = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().filter(|host| is_host(host)),
        (None, None) if is_old => return Ok(None),
        _ => None,
    };
    host.map(|host| Some(host.to_owned()))
        .ok_or(StatusCode::BAD_REQUEST)
}

/// Empty, a name, an address of version 4, or one of version 6 in brackets; then perhaps a port.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (text, ""),
    };
    let is_name = match name.strip_prefix('[').map(|rest| rest.strip_suffix(']')) {
        Some(inside) => inside.is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok()),
        None => name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(&byte)),
    };
    is_name && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// With both a length and chunks, the chunks count and the length goes on under another name.
pub(super) fn framing(headers: &mut HeaderMap, is_old: bool) -> Result<Framing, StatusCode> {
    let lengths: Vec<HeaderValue> = headers.get_all(header::CONTENT_LENGTH).iter().cloned().collect();
    if headers.contains_key(header::TRANSFER_ENCODING) {
        let last = headers.get_all(header::TRANSFER_ENCODING).iter().next_back();
        let last = last
            .and_then(|value| value.to_str().ok()?.rsplit(',').next())
            .unwrap_or_default();
        if is_old || !last.trim().eq_ignore_ascii_case("chunked") {
            return Err(StatusCode::BAD_REQUEST);
        }
        headers.remove(header::CONTENT_LENGTH);
        for length in lengths {
            headers.append("x-content-length", length);
        }
        return Ok(Framing::Chunks);
    }
    match lengths.as_slice() {
        [] => Ok(Framing::Nothing),
        [length] => {
            let digits = length
                .to_str()
                .ok()
                .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
            digits
                .and_then(|digits| digits.parse().ok())
                .map(Framing::Length)
                .ok_or(StatusCode::BAD_REQUEST)
        }
        _ => Err(StatusCode::BAD_REQUEST),
    }
}

pub(super) fn keeps_alive(headers: &HeaderMap, is_old: bool) -> bool {
    if is_old {
        has_option(headers, "keep-alive")
    } else {
        !has_option(headers, "close")
    }
}

/// Whether `Connection` names this option.
pub(crate) fn has_option(headers: &HeaderMap, option: &str) -> bool {
    let values = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case(option))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_and_addresses() {
        for good in [
            "",
            "a.example",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:7071",
            "localhost:7071",
        ] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["a b", "[::1", "[x]:1", "a:b", "a/b", "ü"] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
