//! What anybody may read: the discovery document (`OpenID` Connect Discovery 1.0 §3, RFC 8414 §2), and the key set (RFC 7517 §5).

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use url::Url;

use crate::openid::request::claims_request::{Claim, TRUST_FRAMEWORKS};
use crate::person::release::Release;
use crate::tokens::client_assertion::ALGORITHM_NAMES;

/// Scopes we know. `identity_assurance` grants nothing by itself; delegating clients ask for it. `profile` and `email` grant what the
/// client's settings say.
pub(crate) const SCOPES: [&str; 5] = ["openid", PROFILE, EMAIL, "identity_assurance", IDV];
/// The scope of a person's names and birth date (OpenID Connect Core §5.4).
pub(crate) const PROFILE: &str = "profile";
/// The scope of the person's mail address (OpenID Connect Core §5.4).
pub(crate) const EMAIL: &str = "email";
/// The scope that asks for the claims `idv_*`, where a client is not told the outcome by them anyway.
pub(crate) const IDV: &str = "idv";

/// Our own addresses.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// `iss`: the bare origin, below which both documents and every endpoint lie (Discovery §4, RFC 8414 §3).
    pub issuer: String,
    /// Public origin, such as `https://host`.
    pub origin: Url,
}

impl Addresses {
    /// Of a public origin; what comes after the host does not count.
    #[must_use]
    pub(crate) fn of(origin: Url) -> Self {
        Self {
            issuer: origin.origin().ascii_serialization(),
            origin,
        }
    }

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
/// Path where people sign out (`OpenID` Connect RP-Initiated Logout 1.0).
pub(crate) const END_SESSION: &str = "/api/verify/logout";
/// Path of the key set.
pub(crate) const JWKS: &str = "/api/token/keys";

/// What anybody may read before any secret is. It is made of nothing but settings that cannot come from Key Vault, so it is
/// there from the first moment and never changes while the process runs: some clients end when they cannot read it at their start.
#[derive(Default)]
pub(crate) struct Published {
    /// The discovery document as it is sent; none where the settings do not say our own address.
    pub discovery: Option<Bytes>,
    /// Whom to tell about a weakness; none where the settings name nobody.
    pub contact: Option<Contact>,
    /// Whether we tell browsers that pages of any origin may read the document and the keys; else the platform tells them.
    pub for_pages: bool,
}

/// Whom to tell about a weakness (RFC 9116).
pub(crate) struct Contact {
    /// An `https:` or `mailto:` address.
    pub uri: String,
    /// Where this is said, an absolute address, if we know our own.
    pub said_at: Option<String>,
}

/// Path of the file that names the contact (RFC 9116 §3).
pub(crate) const SECURITY: &str = "/.well-known/security.txt";

impl Published {
    /// Of our addresses, if the settings say them, the languages of our pages, what the settings add, and the address of a
    /// contact.
    #[must_use]
    pub(crate) fn new(
        addresses: Option<&Addresses>,
        languages: &[&str],
        offers: Offers,
        contact: Option<String>,
    ) -> Self {
        let said_at = || addresses.map(|addresses| addresses.at(SECURITY));
        Self {
            discovery: addresses.map(|addresses| document(addresses, languages, offers).to_string().into()),
            contact: contact.map(|uri| Contact {
                uri,
                said_at: said_at(),
            }),
            for_pages: false,
        }
    }

    /// The same where it is on us to tell browsers whose pages may read it.
    #[must_use]
    pub(crate) fn for_pages(mut self, on_us: bool) -> Self {
        self.for_pages = on_us;
        self
    }
}

/// The public keys as they are sent: they are asked for more often than they change.
pub(crate) struct KeySet {
    /// The set.
    pub document: Bytes,
    /// For how long anybody may keep it.
    pub fresh: Duration,
}

/// A key that was taken back is gone everywhere after this long.
const LONGEST_FRESH: Duration = Duration::from_secs(900);

impl KeySet {
    /// Of keys of which each is published for this long before it signs. Whoever has kept the set from just before has read the
    /// new key long before its first token comes.
    #[must_use]
    pub(crate) fn new(jwks: &Value, publish_first: Duration) -> Self {
        Self {
            document: jwks.to_string().into(),
            fresh: LONGEST_FRESH.min(publish_first / 4),
        }
    }
}

/// What the settings add to the document: only those that never come from Key Vault, since it is the same before that was
/// read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Offers {
    /// There is a certificate for ES256.
    pub es256: bool,
    /// Some client may have an ID token as the answer itself.
    pub id_token_response: bool,
    /// What of a document some client may be told.
    pub released: Release,
}

impl Offers {
    fn signing_algorithms(self) -> Vec<&'static str> {
        let es256 = self.es256.then_some("ES256");
        ["RS256", "PS256"].into_iter().chain(es256).collect()
    }

    fn response_types(self) -> Vec<&'static str> {
        let id_token = self.id_token_response.then_some("id_token");
        ["code"].into_iter().chain(id_token).collect()
    }

    fn claims(self) -> Vec<&'static str> {
        CLAIMS.into_iter().chain(self.released.names()).collect()
    }

    fn grant_types(self) -> Vec<&'static str> {
        // What an ID token as the answer itself is called there (Dynamic Registration §2).
        let implicit = self.id_token_response.then_some("implicit");
        ["authorization_code"].into_iter().chain(implicit).collect()
    }
}

/// The document.
#[must_use]
fn document(addresses: &Addresses, languages: &[&str], offers: Offers) -> Value {
    json!({
        "issuer": addresses.issuer,
        "authorization_endpoint": addresses.at(AUTHORIZE),
        "pushed_authorization_request_endpoint": addresses.at(PAR),
        "token_endpoint": addresses.at(TOKEN),
        "userinfo_endpoint": addresses.at(USERINFO),
        "end_session_endpoint": addresses.at(END_SESSION),
        "jwks_uri": addresses.at(JWKS),
        "scopes_supported": SCOPES,
        "response_types_supported": offers.response_types(),
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": offers.grant_types(),
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": offers.signing_algorithms(),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHM_NAMES,
        "code_challenge_methods_supported": ["S256"],
        "claim_types_supported": ["normal"],
        "claims_supported": offers.claims(),
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
        "documents_supported": ["passport", "idcard", "driving_permit"],
        "claims_in_verified_claims_supported": Claim::ALL.map(Claim::as_str),
    })
}

const CLAIMS: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "acr",
    "nonce",
    "email",
    "idv_status",
    "idv_reason",
    "idv_time",
    "idv_reference",
    "idv_person_reference",
    "idv_attempts_left",
    "idv_next_attempt",
    "verified_claims",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::release::Value as Told;

    #[test]
    fn every_endpoint_is_under_the_public_origin() {
        let origin = Url::parse("https://id.example/ignored").unwrap();
        let document = document(&Addresses::of(origin), &["en"], Offers::default());
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

    #[test]
    fn a_kept_key_set_is_read_again_long_before_a_new_key_signs() {
        let fresh = |seconds| {
            KeySet::new(&json!({}), Duration::from_secs(seconds))
                .fresh
                .as_secs()
        };
        assert_eq!([86_400, 1200, 4, 0].map(fresh), [900, 300, 1, 0]);
    }

    #[test]
    fn the_settings_add_what_they_switch_on() {
        let origin = Url::parse("https://id.example").unwrap();
        let document = |offers| document(&Addresses::of(origin), &["en"], offers);
        let document = document(Offers {
            es256: true,
            id_token_response: true,
            released: [Told::Name].into_iter().collect(),
        });
        let claims = document["claims_supported"].as_array().unwrap();
        assert_eq!(claims.last(), Some(&json!("name")));
        let algorithms = &document["id_token_signing_alg_values_supported"];
        assert_eq!(*algorithms, json!(["RS256", "PS256", "ES256"]));
        assert_eq!(document["response_types_supported"], json!(["code", "id_token"]));
        let none = Offers::default();
        assert_eq!(none.signing_algorithms(), ["RS256", "PS256"]);
        assert_eq!(
            (none.response_types(), none.grant_types()),
            (vec!["code"], vec!["authorization_code"])
        );
    }
}
