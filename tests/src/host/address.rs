//! What .NET makes of a path and a query on their way through the forwarding mode.

/// The path of a request as `new Uri(request.GetDisplayUrl()).AbsolutePath` returns it: decoded once, parsed again.
/// An escaped `?` or `#` therefore ends it, and an escaped percent sign is decoded for good.
pub(crate) fn forwarded_path(raw: &str) -> String {
    let decoded = decode(raw, true);
    let cut = decoded
        .iter()
        .position(|byte| matches!(byte, b'?' | b'#'))
        .unwrap_or(decoded.len());
    let kept = decoded.get(..cut).unwrap_or_default();
    let mut encoded = String::new();
    for (index, byte) in kept.iter().enumerate() {
        let escape = *byte == b'%' && is_hex(kept.get(index + 1)) && is_hex(kept.get(index + 2));
        if escape || is_path_byte(*byte) {
            encoded.push(char::from(*byte));
        } else {
            push_escaped(&mut encoded, *byte);
        }
    }
    without_dots(&encoded)
}

/// The query rebuilt from a dictionary: one entry per key (in any case), values joined by commas, `flag` as `flag=`.
pub(crate) fn forwarded_query(raw: &str) -> String {
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    for part in raw.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = String::from_utf8_lossy(&decode(&name.replace('+', " "), false)).into_owned();
        let value = decode(&value.replace('+', " "), false);
        match entries
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name))
        {
            Some((_, known)) => {
                known.push(b',');
                known.extend(value);
            }
            None => entries.push((name, value)),
        }
    }
    let parts = entries
        .iter()
        .map(|(name, value)| format!("{}={}", data(name.as_bytes()), data(value)));
    parts.collect::<Vec<_>>().join("&")
}

/// Decoded segments for routing; an escaped slash stays escaped.
pub(crate) fn segments(raw: &str) -> Vec<String> {
    let decoded = String::from_utf8_lossy(&decode(raw, true)).into_owned();
    decoded
        .split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Percent-decodes; with `keep_slash`, `%2F` is left as it is.
fn decode(text: &str, keep_slash: bool) -> Vec<u8> {
    let mut bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    while let Some((first, rest)) = bytes.split_first() {
        let value = rest.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let value = value.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, value) {
            (b'%', Some(byte)) if !(keep_slash && byte == b'/') => {
                decoded.push(byte);
                bytes = rest.get(2..).unwrap_or_default();
            }
            _ => {
                decoded.push(*first);
                bytes = rest;
            }
        }
    }
    decoded
}

fn is_hex(byte: Option<&u8>) -> bool {
    byte.is_some_and(u8::is_ascii_hexdigit)
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte)
}

/// `Uri.EscapeDataString`: everything but the unreserved letters.
fn data(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            push_escaped(&mut text, *byte);
        }
    }
    text
}

fn push_escaped(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    for digit in [byte >> 4, byte & 15] {
        text.extend(DIGITS.get(usize::from(digit)).map(|digit| char::from(*digit)));
    }
}

fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let joined = kept.join("/");
    if joined.starts_with('/') {
        joined
    } else {
        format!("/{joined}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_path_is_left_alone() {
        assert_eq!(forwarded_path("/api/callback/AbC-_~1"), "/api/callback/AbC-_~1");
    }

    #[test]
    fn an_escaped_question_mark_or_hash_ends_the_path() {
        assert_eq!(forwarded_path("/api/a%3Fb"), "/api/a");
        assert_eq!(forwarded_path("/api/a%23b"), "/api/a");
    }

    #[test]
    fn an_escaped_percent_is_decoded_for_good() {
        assert_eq!(forwarded_path("/api/a%2541"), "/api/a%41");
        assert_eq!(forwarded_path("/api/100%25"), "/api/100%25");
    }

    #[test]
    fn an_escaped_slash_stays_escaped() {
        assert_eq!(forwarded_path("/api/a%2Fb"), "/api/a%2Fb");
        assert_eq!(segments("/api/a%2Fb"), ["api", "a%2Fb"]);
    }

    #[test]
    fn dots_collapse() {
        assert_eq!(forwarded_path("/api/x/../token"), "/api/token");
        assert_eq!(forwarded_path("/../../api"), "/api");
    }

    #[test]
    fn letters_beyond_ascii_are_escaped_again() {
        assert_eq!(forwarded_path("/api/%C3%BC"), "/api/%C3%BC");
        assert_eq!(forwarded_path("/api/a%20b"), "/api/a%20b");
    }

    #[test]
    fn repeated_keys_are_joined_with_commas() {
        assert_eq!(forwarded_query("a=1&b=2&a=3"), "a=1%2C3&b=2");
        assert_eq!(forwarded_query("State=1&state=2"), "State=1%2C2");
    }

    #[test]
    fn a_flag_gets_an_equals_sign() {
        assert_eq!(forwarded_query("flag"), "flag=");
        assert_eq!(forwarded_query(""), "");
    }

    #[test]
    fn everything_is_escaped_again() {
        assert_eq!(forwarded_query("a=x+y%2Fz:"), "a=x%20y%2Fz%3A");
    }
}
