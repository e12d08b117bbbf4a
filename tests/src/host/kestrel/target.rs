//! What Kestrel makes of the address in a request line.

use http::StatusCode;

/// An address as ASP.NET sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Decoded once, dots resolved. `%2F` and escapes that are not UTF-8 stay as they came.
    pub(crate) path: String,
    /// As it came, without the question mark; `Some("")` for a question mark alone.
    pub(crate) query: Option<String>,
}

impl Target {
    /// Reads an address in origin form, in absolute form for `host`, or the asterisk.
    ///
    /// # Errors
    /// 400 for bytes beyond ASCII, a null character, another host, or none of these forms.
    pub(crate) fn parse(raw: &[u8], host: Option<&str>) -> Result<Self, StatusCode> {
        let text = std::str::from_utf8(raw).ok().filter(|text| text.is_ascii());
        let text = text.ok_or(StatusCode::BAD_REQUEST)?;
        let local = if text == "*" || text.starts_with('/') {
            text
        } else {
            below_host(text, host).ok_or(StatusCode::BAD_REQUEST)?
        };
        let (path, query) = match local.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (local, None),
        };
        let path = without_dots(&decode(path).ok_or(StatusCode::BAD_REQUEST)?);
        Ok(Self { path, query })
    }
}

/// The rest of `http://host/rest`, when the host is the one that the Host header names.
fn below_host<'a>(text: &'a str, host: Option<&str>) -> Option<&'a str> {
    let (scheme, rest) = text.split_once("://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, local) = rest.split_at_checked(end)?;
    let is_web = ["http", "https"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme));
    let is_ours = host.is_some_and(|host| host.eq_ignore_ascii_case(authority));
    (is_web && is_ours).then_some(if local.starts_with('/') { local } else { "/" })
}

/// `UrlDecoder`: none for a null character.
fn decode(path: &str) -> Option<String> {
    let mut decoded = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((next, after)) = letter(rest)
        .filter(|(next, _)| *next != '/')
        .or_else(|| first(rest))
    {
        decoded.push(next);
        rest = after;
    }
    (!decoded.contains('\0')).then_some(decoded)
}

/// The letter that begins here as one to four escaped bytes of UTF-8, and what follows.
pub(crate) fn letter(text: &str) -> Option<(char, &str)> {
    let mut bytes = Vec::with_capacity(4);
    let mut rest = text;
    while bytes.len() < 4 {
        let (byte, after) = escaped(rest)?;
        bytes.push(byte);
        rest = after;
        if let Ok(letter) = std::str::from_utf8(&bytes) {
            return Some((letter.chars().next()?, rest));
        }
    }
    None
}

/// The letter that stands here, and what follows.
pub(crate) fn first(text: &str) -> Option<(char, &str)> {
    let letter = text.chars().next()?;
    Some((letter, text.get(letter.len_utf8()..)?))
}

/// A byte written as a percent sign and two digits, and what follows.
pub(crate) fn escaped(text: &str) -> Option<(u8, &str)> {
    let digits = text.strip_prefix('%')?;
    let (digits, rest) = digits.split_at_checked(2)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let byte = u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
    Some((byte, rest))
}

/// RFC 3986, 5.2.4. What ends in dots ends in a slash.
pub(crate) fn without_dots(path: &str) -> String {
    let Some(below_root) = path.strip_prefix('/') else {
        return path.to_owned();
    };
    let mut kept: Vec<&str> = Vec::new();
    let mut parts = below_root.split('/').peekable();
    while let Some(part) = parts.next() {
        match part {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => {
                kept.push(other);
                continue;
            }
        }
        if parts.peek().is_none() {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(raw: &str) -> String {
        Target::parse(raw.as_bytes(), None).unwrap().path
    }

    #[test]
    fn a_path_is_decoded_once() {
        assert_eq!(path("/api/a%20b%41"), "/api/a bA");
        assert_eq!(path("/api/%C3%BC"), "/api/ü");
        assert_eq!(path("/api/%2541"), "/api/%41");
    }

    #[test]
    fn a_slash_and_what_is_no_letter_stay_escaped() {
        for kept in [
            "/api/a%2fb",
            "/api/%FC",
            "/api/%C3%41",
            "/api/%zz",
            "/api/%4",
            "/api/%",
            "/api/%+1",
        ] {
            let expected = kept.replace("%C3%41", "%C3A");
            assert_eq!(path(kept), expected, "{kept}");
        }
    }

    #[test]
    fn dots_are_resolved_after_decoding() {
        for (raw, resolved) in [
            ("/api/x/../token", "/api/token"),
            ("/api/%2e%2E/x", "/x"),
            ("/api/./x", "/api/x"),
            ("/../../api", "/api"),
            ("/api/x/..", "/api/"),
            ("/api/.", "/api/"),
            ("/..", "/"),
            ("/api/..\\x", "/api/..\\x"),
            ("/api/..%2Fx", "/api/..%2Fx"),
        ] {
            assert_eq!(path(raw), resolved, "{raw}");
        }
    }

    #[test]
    fn the_query_stays_as_it_came() {
        let query = |raw: &str| Target::parse(raw.as_bytes(), None).unwrap().query;
        assert_eq!(query("/x?a=%41#b?"), Some("a=%41#b?".to_owned()));
        assert_eq!(query("/x?"), Some(String::new()));
        assert_eq!(query("/x"), None);
    }

    #[test]
    fn an_absolute_address_must_name_the_host() {
        let parse = |raw: &str| Target::parse(raw.as_bytes(), Some("here:1")).map(|target| target.path);
        assert_eq!(parse("http://HERE:1/x?y"), Ok("/x".to_owned()));
        assert_eq!(parse("http://here:1"), Ok("/".to_owned()));
        for bad in ["http://there/x", "ftp://here:1/x", "x", ""] {
            assert_eq!(parse(bad), Err(StatusCode::BAD_REQUEST), "{bad}");
        }
    }

    #[test]
    fn what_no_address_may_hold() {
        for bad in ["/a%00b", "/ü", "/a\0b"] {
            assert_eq!(
                Target::parse(bad.as_bytes(), None),
                Err(StatusCode::BAD_REQUEST),
                "{bad}"
            );
        }
    }
}
