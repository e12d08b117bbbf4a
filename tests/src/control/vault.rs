//! Secrets and certificates of the vault.

use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Reply, bad, body, not_found, wrong_method};
use crate::merge::merge;
use crate::serve::{Answer, Request};
use crate::vault::Vault;
use crate::vault::certificate::Format;
use crate::vault::store::{self, Store};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Secret {
    value: String,
    content_type: Option<String>,
    #[serde(default)]
    disabled: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotate {
    #[serde(default)]
    format: Format,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    claims: Option<Value>,
}

pub(super) fn route(vault: &Vault, request: &Request, rest: &[&str]) -> Reply {
    match (request.method.as_str(), rest) {
        ("GET", ["settings"]) => Ok(json!(vault.settings())),
        ("PUT", ["settings"]) => {
            let mut whole = json!(vault.settings());
            merge(&mut whole, &body(request)?);
            vault.set(serde_json::from_value(whole).map_err(bad)?);
            Ok(json!(vault.settings()))
        }
        ("GET", ["secrets"]) => Ok(vault.store.with(|store| names(store))),
        ("PUT", ["secrets", name]) => put(vault, name, body(request)?),
        ("DELETE", ["secrets", name]) => {
            let now = vault.now();
            done(vault.store.with(|store| store.delete(name, now)))
        }
        ("POST", ["deletedsecrets", name, "recover"]) => done(vault.store.with(|store| store.recover(name))),
        ("DELETE", ["deletedsecrets", name]) => done(vault.store.with(|store| store.purge(name))),
        ("POST", ["certificates", name, "rotate"]) => {
            let format = body::<Rotate>(request)?.format;
            let (version, thumbprint) = vault.rotate(name, format).map_err(bad)?;
            Ok(json!({ "version": version, "thumbprint": thumbprint }))
        }
        ("POST", ["tokens", "revoke"]) => {
            let claims = body::<Revoke>(request)?.claims;
            vault.issuer.revoke(claims.as_ref());
            Ok(json!({}))
        }
        ("GET", ["identity"]) => Ok(identity(vault)),
        (
            _,
            ["settings" | "secrets" | "identity"]
            | ["secrets" | "deletedsecrets", _]
            | ["deletedsecrets", _, "recover"]
            | ["certificates", _, "rotate"]
            | ["tokens", "revoke"],
        ) => Err(wrong_method()),
        _ => Err(not_found("route")),
    }
}

fn done(found: bool) -> Reply {
    if found {
        Ok(json!({}))
    } else {
        Err(not_found("secret"))
    }
}

/// Every way to name the identity.
fn identity(vault: &Vault) -> Value {
    let issuer = &vault.issuer;
    json!({ "client_id": issuer.client_id, "principal_id": issuer.principal_id, "mi_res_id": issuer.resource_id })
}

fn names(store: &Store) -> Value {
    let versions = |name: &str| -> Value {
        store
            .versions(name)
            .iter()
            .map(|version| json!(version.id))
            .collect()
    };
    store
        .current()
        .map(|(name, _)| json!({ "name": name, "versions": versions(name) }))
        .collect()
}

fn put(vault: &Vault, name: &str, secret: Secret) -> Result<Value, Answer> {
    let value = store::Value {
        text: secret.value,
        content_type: secret.content_type,
        disabled: secret.disabled,
        certificate: None,
    };
    let now = vault.now();
    let version = vault
        .store
        .with(|store| store.put(name, value, now))
        .map_err(bad)?;
    Ok(json!({ "version": version }))
}
