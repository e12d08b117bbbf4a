//! The two documents by which B2C checks an `id_token_hint`, as the sample writes them.

use bytes::Bytes;
use serde::Serialize;
use url::Url;

use super::ordered;
use crate::tokens::{PublishedCertificate, SigningKeys};

/// Path of the key set.
pub(crate) const KEYS: &str = "/api/Oidc/.well-known/keys";

/// What anybody may read, as it is sent.
pub(crate) struct Published {
    /// The metadata: `issuer`, `jwks_uri` and `id_token_signing_alg_values_supported`.
    pub metadata: Bytes,
    /// The key set.
    pub keys: Bytes,
}

impl Published {
    /// Of our public origin, the issuer of hints, and the keys. The address of the keys never follows from a request, as it
    /// does in the sample.
    #[must_use]
    pub(crate) fn new(origin: &Url, issuer: &str, keys: &SigningKeys) -> Self {
        let metadata = Metadata {
            issuer,
            jwks_uri: &format!("{}{KEYS}", origin.origin().ascii_serialization()),
            id_token_signing_alg_values_supported: ["RS256"],
        };
        Self {
            metadata: ordered::json(&metadata).into(),
            keys: key_set(keys.certificates()).into(),
        }
    }
}

/// Each certificate under the thumbprint that the sample names it by, and after these each under our own name.
fn key_set(certificates: &[PublishedCertificate]) -> String {
    let theirs = certificates.iter().map(|each| key(&each.thumbprint, each));
    let ours = certificates.iter().map(|each| key(&each.key_id, each));
    ordered::json(&KeySet {
        keys: theirs.chain(ours).collect(),
    })
}

fn key<'a>(kid: &'a str, certificate: &'a PublishedCertificate) -> Key<'a> {
    Key {
        kid,
        nbf: certificate.starts_at.unix_timestamp(),
        usage: "sig",
        kty: "RSA",
        alg: "RS256",
        x5c: [&certificate.der],
        x5t: &certificate.x5t,
        n: &certificate.modulus,
        e: &certificate.exponent,
    }
}

#[derive(Serialize)]
struct Metadata<'a> {
    issuer: &'a str,
    jwks_uri: &'a str,
    id_token_signing_alg_values_supported: [&'a str; 1],
}

#[derive(Serialize)]
struct KeySet<'a> {
    keys: Vec<Key<'a>>,
}

/// In the sample's order.
#[derive(Serialize)]
struct Key<'a> {
    kid: &'a str,
    nbf: i64,
    #[serde(rename = "use")]
    usage: &'a str,
    kty: &'a str,
    alg: &'a str,
    x5c: [&'a str; 1],
    x5t: &'a str,
    n: &'a str,
    e: &'a str,
}
