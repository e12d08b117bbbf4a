//! The discovery document (`OpenID` Connect Discovery 1.0 §3, RFC 8414 §2).

use bytes::Bytes;
use serde_json::{Value, json};
use url::Url;

use crate::openid::request::claims_request::{Claim, TRUST_FRAMEWORKS};

/// The scope that asks for the claims `idv_*`, where a client is not told the outcome by them anyway.
pub(crate) const IDV: &str = "idv";

/// Scopes we know. `profile` and `identity_assurance` grant nothing by themselves; delegating clients ask for them.
pub(crate) const SCOPES: [&str; 4] = ["openid", "profile", "identity_assurance", IDV];

/// Our own addresses.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// `iss`: the bare origin, below which both documents and every endpoint lie (Discovery §4, RFC 8414 §3).
    pub issuer: String,
    /// Public origin, such as `https://host`.
    pub origin: Url,
}

impl Addresses {
    /// The absolute address of a path such as `/api/token`.
    #[must_use]
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin.origin().ascii_serialization())
    }

    /// What a client assertion may be addressed to (RFC 7523 §3, RFC 9126 §2).
    #[must_use]
    pub(crate) fn audiences(&self) -> Vec<String> {
        vec![self.issuer.clone(), self.at(TOKEN), self.at(PAR)]
    }
}

/// Path of the authorization endpoint.
pub(crate) const AUTHORIZE: &str = "/api/verify/authorize";
/// Path of the pushed-authorization endpoint.
pub(crate) const PAR: &str = "/api/verify/par";
/// Path of the token endpoint.
pub(crate) const TOKEN: &str = "/api/token";
/// Path of the userinfo endpoint.
pub(crate) const USERINFO: &str = "/api/token/userinfo";
/// Path of the key set.
pub(crate) const JWKS: &str = "/api/token/keys";

/// What anybody may read, as it is sent: it is asked for more often than it changes.
pub(crate) struct Published {
    /// The discovery document.
    pub discovery: Bytes,
    /// The key set.
    pub keys: Bytes,
}

impl Published {
    /// Of our addresses, the languages of our pages and the public keys.
    #[must_use]
    pub(crate) fn new(addresses: &Addresses, languages: &[&str], jwks: &Value) -> Self {
        Self {
            discovery: document(addresses, languages).to_string().into(),
            keys: jwks.to_string().into(),
        }
    }
}

/// The document.
#[must_use]
fn document(addresses: &Addresses, languages: &[&str]) -> Value {
    json!({
        "issuer": addresses.issuer,
        "authorization_endpoint": addresses.at(AUTHORIZE),
        "pushed_authorization_request_endpoint": addresses.at(PAR),
        "token_endpoint": addresses.at(TOKEN),
        "userinfo_endpoint": addresses.at(USERINFO),
        "jwks_uri": addresses.at(JWKS),
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
        "claim_types_supported": ["normal"],
        "claims_supported": CLAIMS,
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_pushed_authorization_requests": false,
        "authorization_response_iss_parameter_supported": true,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": languages,
        "verified_claims_supported": true,
        "trust_frameworks_supported": TRUST_FRAMEWORKS,
        "evidence_supported": ["document"],
        "claims_in_verified_claims_supported": Claim::ALL.map(Claim::as_str),
    })
}

const CLAIMS: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "nonce",
    "idv_status",
    "idv_reason",
    "idv_time",
    "idv_reference",
    "idv_attempts_left",
    "verified_claims",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_under_the_public_origin() {
        let origin = Url::parse("https://id.example/ignored").unwrap();
        let document = document(
            &Addresses {
                issuer: "https://id.example".into(),
                origin,
            },
            &["en"],
        );
        assert_eq!(document["issuer"], "https://id.example");
        assert_eq!(document["token_endpoint"], "https://id.example/api/token");
        for (name, value) in document.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                assert!(
                    value.as_str().unwrap().starts_with("https://id.example/api/"),
                    "{name}"
                );
            }
        }
    }
}
