//! What .NET does to headers.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// Repeated headers leave .NET as one line; cookies are joined by semicolons.
pub(crate) fn joined(headers: &HeaderMap) -> HeaderMap {
    let mut joined = HeaderMap::new();
    for name in headers.keys() {
        let separator: &[u8] = if name == header::COOKIE { b"; " } else { b", " };
        let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
        if let Ok(value) = HeaderValue::from_bytes(&values.join(separator)) {
            joined.insert(name, value);
        }
    }
    joined
}

/// .NET sends no header with a letter beyond ASCII, and Kestrel answers with none.
pub(crate) fn beyond_ascii(headers: &HeaderMap) -> Option<&HeaderName> {
    headers
        .iter()
        .find(|(_, value)| !value.as_bytes().is_ascii())
        .map(|(name, _)| name)
}

/// One line for each value.
pub(crate) fn split(headers: &mut HeaderMap, name: &HeaderName) {
    let values: Vec<HeaderValue> = headers.get_all(name).iter().cloned().collect();
    headers.remove(name);
    for value in values {
        for word in value.to_str().unwrap_or_default().split(',') {
            headers.extend(
                HeaderValue::from_str(word.trim())
                    .ok()
                    .map(|word| (name.clone(), word)),
            );
        }
    }
}

/// `MediaTypeHeaderValue`: parsed and written again; none when it cannot be parsed.
pub(crate) fn media_type(value: &HeaderValue) -> Option<HeaderValue> {
    let mut parts = value.to_str().ok()?.split(';').map(str::trim);
    let kind = parts.next()?;
    let (major, minor) = kind.split_once('/')?;
    let is_token = |word: &str| !word.is_empty() && HeaderName::from_bytes(word.as_bytes()).is_ok();
    if !is_token(major) || !is_token(minor) {
        return None;
    }
    let written = parts
        .filter(|part| !part.is_empty())
        .fold(kind.to_owned(), |all, part| format!("{all}; {part}"));
    HeaderValue::try_from(written).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &'static str) -> Option<HeaderValue> {
        media_type(&HeaderValue::from_static(value))
    }

    #[test]
    fn a_media_type_is_written_again() {
        assert_eq!(
            written("text/html;charset=utf-8").unwrap(),
            "text/html; charset=utf-8"
        );
        assert_eq!(written("application/json").unwrap(), "application/json");
        for bad in ["nonsense", "", "/", "a/", "a b/c", "a/b/c"] {
            assert_eq!(written(bad), None, "{bad}");
        }
    }
}
