//! Bodies, answers of the host itself, and ids.

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};

/// Why a body or a call broke.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;
/// A body of either direction.
pub(crate) type Body = UnsyncBoxBody<Bytes, Fault>;

/// A body that is known.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(Into::into).boxed_unsync()
}

/// An answer of the host itself, without a body.
pub(crate) fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(full(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// A new GUID, as .NET prints it.
pub(crate) fn new_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness the id would only be dull: nothing depends on it.
    let _dull = getrandom::fill(&mut bytes);
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [0..8, 8..12, 12..16, 16..20, 20..32]
        .map(|range| hex.get(range).unwrap_or_default())
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::new_id;

    #[test]
    fn an_id_looks_like_a_guid() {
        let id = new_id();
        assert_eq!(id.len(), 36);
        assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_ne!(id, new_id());
    }
}
