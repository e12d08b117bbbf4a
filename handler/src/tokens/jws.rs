//! Opening a signed token: nothing in it is believed before its signature is.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation};
use serde_json::{Map, Value};

use super::public_key::PublicKey;
use super::{MAX_TOKEN, Refused};

/// Verifies a token in compact form (RFC 7515) with one of the keys that `find` gives for its `kid`, and gives its claims
/// as they are. The header's `typ` must be one of `types` or absent, so that a token made for something else is not taken
/// for what it is not (RFC 8725 section 3.11). `kid` is only a hint at which keys to try; the algorithm must be allowed here *and* be the key's own. Keys
/// that a token brings along (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.
pub(super) fn open<'k>(
    token: &str,
    allowed: &[Algorithm],
    types: &[&str],
    find: impl FnOnce(Option<&str>) -> Result<Vec<&'k PublicKey>, Refused>,
) -> Result<Map<String, Value>, Refused> {
    let unverified_header = header(token)?;
    if !allowed.contains(&unverified_header.alg) {
        return Err(Refused::Algorithm);
    }
    if unverified_header
        .typ
        .as_deref()
        .is_some_and(|typ| !is_one_of(typ, types))
    {
        return Err(Refused::Kind);
    }
    let keys = find(unverified_header.kid.as_deref())?;
    let mut why = Refused::Algorithm;
    let algorithm = unverified_header.alg;
    for key in keys.iter().filter(|key| key.verifies(algorithm)) {
        match open_with(token, key, algorithm) {
            Err(refused) => why = refused,
            claims => return claims,
        }
    }
    Err(why)
}

/// Media types are compared without regard to case, and may leave out `application/` (RFC 7515 section 4.1.9).
fn is_one_of(typ: &str, types: &[&str]) -> bool {
    const PREFIX: &str = "application/";
    let prefix = typ
        .get(..PREFIX.len())
        .filter(|prefix| prefix.eq_ignore_ascii_case(PREFIX));
    let kind = prefix.and_then(|_| typ.get(PREFIX.len()..)).unwrap_or(typ);
    types.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

fn header(token: &str) -> Result<Header, Refused> {
    if token.len() > MAX_TOKEN || token.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return Err(Refused::Malformed);
    }
    // An algorithm it has never heard of, `none` among them, is the one thing that is not malformed.
    let header = jsonwebtoken::decode_header(token).map_err(|_| {
        if names_algorithm(token) {
            Refused::Algorithm
        } else {
            Refused::Malformed
        }
    })?;
    if header.crit.is_some() || header.enc.is_some() || header.zip.is_some() {
        return Err(Refused::Malformed);
    }
    Ok(header)
}

/// Whether the header is at least JSON with an `alg`, to tell a wrong algorithm from noise.
fn names_algorithm(token: &str) -> bool {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = token
        .split('.')
        .next()
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let header = header.and_then(|json| serde_json::from_slice::<Value>(&json).ok());
    header.is_some_and(|header| header.get("alg").is_some_and(Value::is_string))
}

fn open_with(token: &str, key: &PublicKey, algorithm: Algorithm) -> Result<Map<String, Value>, Refused> {
    let mut validation = Validation::new(algorithm);
    // Claims are checked by `Claims`, against our clock; `jsonwebtoken` would ask the machine's.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let opened = jsonwebtoken::decode(token, key.decoding(), &validation);
    opened
        .map(|opened| opened.claims)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature | ErrorKind::Signing(_) => Refused::Signature,
            ErrorKind::InvalidAlgorithm => Refused::Algorithm,
            _ => Refused::Malformed,
        })
}
