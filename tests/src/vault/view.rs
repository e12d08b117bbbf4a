//! The JSON of secrets and certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::{MessageDigest, hash};
use serde_json::{Map, Value, json};

use super::store::Version;
use crate::jose;

fn attributes(version: &Version) -> Value {
    let at = version.created_at.unix_timestamp();
    json!({ "enabled": version.enabled, "created": at, "updated": at,
        "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90 })
}

/// What a list has about a secret. `id` ends with the version only in a list of versions.
pub(super) fn item(id: &str, version: &Version) -> Value {
    Value::Object(common(id, version))
}

fn common(id: &str, version: &Version) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(id));
    members.insert("attributes".to_owned(), attributes(version));
    members.insert("tags".to_owned(), json!({}));
    if let Some(content_type) = &version.content_type {
        members.insert("contentType".to_owned(), json!(content_type));
    }
    if version.certificate.is_some() {
        members.insert("managed".to_owned(), json!(true));
    }
    members
}

/// A secret with its value.
pub(super) fn secret(origin: &str, name: &str, version: &Version) -> Value {
    let mut members = common(&format!("{origin}/secrets/{name}/{}", version.id), version);
    members.insert("value".to_owned(), json!(version.value));
    if version.certificate.is_some() {
        members.insert(
            "kid".to_owned(),
            json!(format!("{origin}/keys/{name}/{}", version.id)),
        );
    }
    Value::Object(members)
}

/// A certificate without its private key.
pub(super) fn certificate(origin: &str, name: &str, version: &Version, der: &[u8]) -> Value {
    let address = |kind: &str| format!("{origin}/{kind}/{name}/{}", version.id);
    let thumbprint = hash(MessageDigest::sha1(), der)
        .map(|digest| jose::encode(&digest))
        .unwrap_or_default();
    json!({
        "id": address("certificates"), "kid": address("keys"), "sid": address("secrets"), "x5t": thumbprint,
        "cer": STANDARD.encode(der), "attributes": attributes(version), "tags": {},
    })
}
