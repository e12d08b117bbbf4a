//! Discovery document and keys of a policy.

use super::{Answer, reply};
use crate::engine::{Realm, tokens};
use crate::model::{ClaimUse, Handler, Policy};
use serde_json::json;

/// OpenID Connect Discovery §3, with B2C's members.
pub(super) fn metadata(realm: &Realm, policy: &Policy) -> Answer {
    let base = format!("{}{}", realm.origin, realm.path_of(&policy.id));
    let issuer = policy
        .profiles
        .iter()
        .find(|profile| profile.handler() == Some(Handler::JwtIssuer));
    let names = policy
        .relying_party
        .as_ref()
        .and_then(|party| party.profile.as_ref());
    let claims: Vec<&str> = names
        .into_iter()
        .flat_map(|party| &party.output_claims)
        .map(ClaimUse::partner_name)
        .collect();
    reply::open_json(&json!({
        "issuer": issuer.map(|issuer| tokens::issuer_of(realm, policy, issuer)),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported":
            ["code", "code id_token", "code token", "code id_token token", "id_token", "id_token token", "token", "token id_token"],
        "scopes_supported": ["openid"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256", "plain"],
        "claims_supported": claims,
    }))
}

pub(super) fn keys(realm: &Realm, policy: &Policy) -> Answer {
    match tokens::jwks(realm, policy) {
        Ok(jwks) => reply::open_json(&jwks),
        Err(failure) => reply::failure(&failure, None),
    }
}
