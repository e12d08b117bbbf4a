//! Real keys, made once and shared by all runs.

use std::sync::LazyLock;

use loopback::jose;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509NameBuilder};
use serde_json::json;

static OURS: LazyLock<Option<PKey<Private>>> = LazyLock::new(|| jose::new_key().ok());
static CLIENTS: LazyLock<Option<PKey<Private>>> = LazyLock::new(|| jose::new_key().ok());

/// Our signing key with its certificate, PEM.
pub(crate) fn certificate() -> Option<Vec<u8>> {
    let key = OURS.as_ref()?;
    let mut pem = key.private_key_to_pem_pkcs8().ok()?;
    pem.extend(x509(key).ok()?.to_pem().ok()?);
    Some(pem)
}

fn x509(key: &PKey<Private>) -> Result<X509, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("CN", "simulator")?;
    let name = name.build();
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*BigNum::from_u32(7)?.to_asn1_integer()?)?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(&name)?;
    builder.set_not_before(&*Asn1Time::from_unix(1_700_000_000)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(1_900_000_000)?)?;
    builder.set_pubkey(key)?;
    builder.sign(key, MessageDigest::sha256())?;
    Ok(builder.build())
}

/// The public key of the client that signs its assertions.
pub(crate) fn client_jwks() -> Option<String> {
    let jwk = jose::jwk("k1", CLIENTS.as_ref()?).ok()?;
    Some(json!({ "keys": [jwk] }).to_string())
}

/// An assertion of that client (RFC 7523), with the claims as given.
pub(crate) fn assertion(claims: &serde_json::Value) -> Option<String> {
    let header = json!({ "alg": "RS256", "kid": "k1", "typ": "JWT" });
    jose::sign(&header, claims, CLIENTS.as_ref()?).ok()
}
