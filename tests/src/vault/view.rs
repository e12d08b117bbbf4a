//! The JSON of secrets and certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use loopback::jose;
use openssl::hash::{MessageDigest, hash};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::details::Details;
use super::store::Version;
use super::target::Kind;

/// Days in which what was deleted can be recovered.
const RECOVERABLE_DAYS: i64 = 90;

/// Everything is named by the address that the client used.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) origin: &'a str,
    pub(super) kind: Kind,
    pub(super) name: &'a str,
}

impl View<'_> {
    fn address(&self) -> String {
        format!("{}/{}/{}", self.origin, self.kind.plural(), self.name)
    }

    fn of(&self, kind: Kind) -> Self {
        Self { kind, ..*self }
    }

    /// An item of the list of all names: no version in its id.
    pub(super) fn item(&self, version: &Version) -> Value {
        Value::Object(self.members(&self.address(), version, attributes(version)))
    }

    /// An item of a list of versions.
    pub(super) fn version(&self, version: &Version) -> Value {
        let id = format!("{}/{}", self.address(), version.id);
        Value::Object(self.members(&id, version, attributes(version)))
    }

    /// A secret with its value, or a certificate without its private key.
    pub(super) fn whole(&self, version: &Version) -> Value {
        let id = format!("{}/{}", self.address(), version.id);
        let mut members = self.members(&id, version, recoverable(version));
        match self.kind {
            Kind::Secret => {
                members.insert("value".to_owned(), json!(version.value));
            }
            Kind::Certificate => self.add_certificate(&mut members, version),
        }
        if version.certificate.is_some() {
            let key = format!("{}/keys/{}/{}", self.origin, self.name, version.id);
            members.insert("kid".to_owned(), json!(key));
        }
        Value::Object(members)
    }

    fn add_certificate(&self, members: &mut Map<String, Value>, version: &Version) {
        let secret = format!("{}/{}", self.of(Kind::Secret).address(), version.id);
        let der = version.certificate.as_deref().unwrap_or_default();
        members.insert("sid".to_owned(), json!(secret));
        members.insert("cer".to_owned(), json!(STANDARD.encode(der)));
        members.insert("policy".to_owned(), self.policy(version));
        members.insert(
            "pending".to_owned(),
            json!({ "id": format!("{}/pending", self.address()) }),
        );
    }

    /// How the certificate was asked for: its subject, key and life, and that it is renewed by itself.
    pub(super) fn policy(&self, version: &Version) -> Value {
        let details = details(version).unwrap_or_default();
        json!({
            "id": format!("{}/policy", self.address()),
            "key_props": { "exportable": true, "kty": details.kty, "key_size": details.bits, "reuse_key": false },
            "secret_props": { "contentType": version.content_type },
            "x509_props": {
                "subject": details.subject, "sans": {}, "ekus": [],
                "key_usage": ["digitalSignature", "keyEncipherment"],
                "validity_months": details.months(), "basic_constraints": { "ca": false },
            },
            "lifetime_actions": [{ "trigger": { "lifetime_percentage": 80 }, "action": { "action_type": "AutoRenew" } }],
            "issuer": { "name": "rig" },
            "attributes": times(version),
        })
    }

    /// The operation that made the current version; here it is always over.
    pub(super) fn pending(&self) -> Value {
        json!({
            "id": format!("{}/pending", self.address()), "issuer": { "name": "rig" },
            "cancellation_requested": false, "status": "completed", "target": self.address(),
        })
    }

    /// What is known of something that was deleted, never its value; a list says no version.
    pub(super) fn deleted(&self, version: &Version, at: OffsetDateTime, with_version: bool) -> Value {
        let at_s = at.unix_timestamp();
        let id = if with_version {
            format!("{}/{}", self.address(), version.id)
        } else {
            self.address()
        };
        let mut members = self.members(&id, version, recoverable(version));
        let recovery = format!("{}/deleted{}/{}", self.origin, self.kind.plural(), self.name);
        members.insert("recoveryId".to_owned(), json!(recovery));
        members.insert("deletedDate".to_owned(), json!(at_s));
        let purged_s = at_s.saturating_add(RECOVERABLE_DAYS * 86_400);
        members.insert("scheduledPurgeDate".to_owned(), json!(purged_s));
        Value::Object(members)
    }

    fn members(&self, id: &str, version: &Version, attributes: Value) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("id".to_owned(), json!(id));
        members.insert("attributes".to_owned(), attributes);
        members.insert("tags".to_owned(), json!({}));
        match (self.kind, &version.certificate) {
            (Kind::Certificate, Some(der)) => {
                members.insert("x5t".to_owned(), json!(thumbprint(der)));
                members.insert("subject".to_owned(), json!(""));
            }
            (Kind::Secret, Some(_)) => {
                members.insert("managed".to_owned(), json!(true));
            }
            (_, None) => {}
        }
        if let (Kind::Secret, Some(content_type)) = (self.kind, &version.content_type) {
            members.insert("contentType".to_owned(), json!(content_type));
        }
        members
    }
}

fn details(version: &Version) -> Option<Details> {
    Details::of(version.certificate.as_deref()?).ok()
}

fn thumbprint(der: &[u8]) -> String {
    let digest = hash(MessageDigest::sha1(), der);
    digest.map(|digest| jose::encode(&digest)).unwrap_or_default()
}

/// When it was stored.
fn times(version: &Version) -> Value {
    let at = version.created_at.unix_timestamp();
    json!({ "enabled": version.enabled, "created": at, "updated": at })
}

/// The same with the dates of a certificate, which its secret has too.
fn attributes(version: &Version) -> Value {
    let mut attributes = times(version);
    if let (Some(details), Some(members)) = (details(version), attributes.as_object_mut()) {
        members.insert("nbf".to_owned(), json!(details.from_s));
        members.insert("exp".to_owned(), json!(details.until_s));
    }
    attributes
}

/// The same with what happens after deletion.
fn recoverable(version: &Version) -> Value {
    let mut attributes = attributes(version);
    if let Some(members) = attributes.as_object_mut() {
        members.insert("recoveryLevel".to_owned(), json!("Recoverable+Purgeable"));
        members.insert("recoverableDays".to_owned(), json!(RECOVERABLE_DAYS));
    }
    attributes
}
