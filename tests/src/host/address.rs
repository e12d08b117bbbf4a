//! What becomes of a path and a query between the host's web server and the handler. Paths are those of
//! [`super::kestrel::target`]: decoded once, with dots resolved.

use super::kestrel::target::{escaped, first, letter, without_dots};

/// Proxying: `PathString`, which escapes what is no path, the percent signs that are left included.
pub(crate) fn proxied_path(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        if byte != b'%' && is_path_byte(byte) {
            text.push(char::from(byte));
        } else {
            push_escaped(&mut text, byte);
        }
    }
    text
}

/// Proxying: `QueryString` and `Uri` escape what is no query.
pub(crate) fn proxied_query(raw: &str) -> String {
    canonical(raw, |byte| {
        byte != b'#' && (is_path_byte(byte) || b"?[]".contains(&byte))
    })
}

/// Forwarding: `new Uri(request.GetDisplayUrl()).AbsolutePath`. The path is parsed as an address once more: backslashes
/// are slashes, a question mark or a hash ends it, escaped letters are letters, and dots are resolved again.
pub(crate) fn forwarded_path(path: &str) -> String {
    let path = path
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .replace('\\', "/");
    let mut letters = String::new();
    let mut rest = path.as_str();
    while let Some((next, after)) = unreserved(rest).or_else(|| first(rest)) {
        letters.push(next);
        rest = after;
    }
    without_dots(&canonical(&letters, |byte| {
        is_path_byte(byte) || b"[]".contains(&byte)
    }))
}

/// Forwarding: the query rebuilt from a dictionary by `QueryBuilder`. One entry per key in any case, spelt as it came last;
/// values joined by commas; `flag` as `flag=`.
pub(crate) fn forwarded_query(raw: &str) -> String {
    let mut entries: Vec<(String, String)> = Vec::new();
    for part in raw.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (name, value) = (form_decoded(name), form_decoded(value));
        match entries
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name))
        {
            Some((known, values)) => {
                *known = name;
                values.push(',');
                values.push_str(&value);
            }
            None => entries.push((name, value)),
        }
    }
    let parts = entries
        .iter()
        .map(|(name, value)| format!("{}={}", data(name), data(value)));
    parts.collect::<Vec<_>>().join("&")
}

/// Segments for routing; none for a path with an empty segment, which no route matches.
pub(crate) fn segments(path: &str) -> Option<Vec<String>> {
    if path == "/" {
        return Some(Vec::new());
    }
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    let is_whole = segments.iter().all(|segment| !segment.is_empty());
    is_whole.then_some(segments)
}

/// Escapes what is not kept. An escape stays; a percent sign that begins none is escaped.
fn canonical(text: &str, is_kept: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::new();
    for (index, byte) in text.bytes().enumerate() {
        let is_escape = byte == b'%' && text.get(index..).and_then(escaped).is_some();
        if is_escape || byte != b'%' && is_kept(byte) {
            encoded.push(char::from(byte));
        } else {
            push_escaped(&mut encoded, byte);
        }
    }
    encoded
}

/// `Uri.UnescapeDataString` with plus for a space; an escape that is not UTF-8 stays.
fn form_decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((next, after)) = letter(rest).or_else(|| first(rest)) {
        decoded.push(next);
        rest = after;
    }
    decoded
}

fn unreserved(text: &str) -> Option<(char, &str)> {
    let (byte, rest) = escaped(text)?;
    is_unreserved(byte).then_some((char::from(byte), rest))
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn is_path_byte(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,;=:@/".contains(&byte)
}

/// `UrlEncoder.Default`.
fn data(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if is_unreserved(byte) || b"!$()*,;@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            push_escaped(&mut encoded, byte);
        }
    }
    encoded
}

fn push_escaped(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    for digit in [byte >> 4, byte & 15] {
        text.extend(DIGITS.get(usize::from(digit)).map(|digit| char::from(*digit)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::kestrel::target::Target;

    fn seen(raw: &str) -> String {
        Target::parse(raw.as_bytes(), None).unwrap().path
    }

    fn forwarded(raw: &str) -> String {
        forwarded_path(&seen(raw))
    }

    #[test]
    fn proxying_escapes_the_percent_signs_that_are_left() {
        for (raw, sent) in [
            ("/api/a%2Fb", "/api/a%252Fb"),
            ("/api/a%2541", "/api/a%2541"),
            ("/api/%C3%BC%FC", "/api/%C3%BC%25FC"),
            ("/api/a\\b%5Cc", "/api/a%5Cb%5Cc"),
        ] {
            assert_eq!(proxied_path(&seen(raw)), sent, "{raw}");
        }
    }

    #[test]
    fn proxying_keeps_a_query_that_is_one() {
        for kept in ["", "a=1&a=2", "flag&x=", "a=%2f+%FC", "=x", "a[]=1"] {
            assert_eq!(proxied_query(kept), kept);
        }
        assert_eq!(proxied_query("a=%zz#\"<>|\\"), "a=%25zz%23%22%3C%3E%7C%5C");
    }

    #[test]
    fn forwarding_leaves_a_plain_path_alone() {
        for plain in [
            "/api/callback/AbC-_~1",
            "/api/%C3%BC",
            "/api/a%20b",
            "/api/100%25",
            "/api/a%2Fb",
        ] {
            assert_eq!(forwarded(plain), plain);
        }
    }

    #[test]
    fn forwarding_ends_a_path_at_an_escaped_question_mark_or_hash() {
        assert_eq!(forwarded("/api/a%3Fb"), "/api/a");
        assert_eq!(forwarded("/api/a%23b"), "/api/a");
    }

    #[test]
    fn forwarding_decodes_letters_twice_and_other_bytes_once() {
        assert_eq!(forwarded("/api/a%2541"), "/api/aA");
        assert_eq!(forwarded("/api/a%252Fb"), "/api/a%2Fb");
        assert_eq!(forwarded("/api/a%255Cb"), "/api/a%5Cb");
    }

    #[test]
    fn forwarding_lets_a_path_leave_its_function() {
        for outside in [
            "/api/token/..\\..\\sweep",
            "/api/token/..%5C..%5Csweep",
            "/api/token/%252e%252e/%252e%252e/sweep",
            "/api/token/x%5C%2e%2e%5C%252E%252e%5C..%5Csweep",
        ] {
            assert_eq!(forwarded(outside), "/sweep", "{outside}");
        }
        assert_eq!(forwarded("/api/token/..%5C..%5C"), "/");
    }

    #[test]
    fn forwarding_joins_repeated_keys_with_commas() {
        assert_eq!(forwarded_query("a=1&b=2&a=3"), "a=1,3&b=2");
        assert_eq!(forwarded_query("State=1&state=2"), "state=1,2");
        assert_eq!(forwarded_query("flag"), "flag=");
        assert_eq!(forwarded_query(""), "");
    }

    #[test]
    fn forwarding_escapes_everything_again() {
        assert_eq!(forwarded_query("a=x+y%2Fz:'@"), "a=x%20y%2Fz%3A%27@");
        assert_eq!(forwarded_query("a=%FC%C3%BC"), "a=%25FC%C3%BC");
    }

    #[test]
    fn a_path_with_an_empty_segment_has_no_route() {
        assert_eq!(
            segments("/api/a%2Fb/"),
            Some(vec!["api".to_owned(), "a%2Fb".to_owned()])
        );
        assert_eq!(segments("/"), Some(Vec::new()));
        for none in ["//", "//api", "/api//x", "/api/x//"] {
            assert_eq!(segments(none), None, "{none}");
        }
    }
}
