//! oidcc-config-certification-test-plan: what the discovery document says, and whether it is so.

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::super::world::{ISSUER, World, header, json_of};

/// `OpenID` Connect Core section 3.
const RESPONSE_TYPES: [&str; 4] = ["code", "id_token", "code id_token", "code id_token token"];

/// What is private in a JWK (RFC 7518 sections 6.2.2, 6.3.2, 6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fn listed(document: &Value, name: &str) -> Vec<String> {
    let list = document[name]
        .as_array()
        .unwrap_or_else(|| panic!("{name} is no list"));
    assert!(!list.is_empty(), "{name}");
    list.iter()
        .map(|word| word.as_str().expect(name).to_owned())
        .collect()
}

fn lists(document: &Value, name: &str, word: &str) -> bool {
    listed(document, name).iter().any(|known| known == word)
}

#[tokio::test]
async fn oidcc_discovery_endpoint_verification() {
    let world = World::new();
    let answer = world.get("/.well-known/openid-configuration").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "content-type"), "application/json");
    let document = json_of(&answer);
    is_ours(&document);
    says_what_is_offered(&document);
    leads_somewhere(&world, &document).await;
    publishes_keys(&world, &document).await;
}

/// The document was read below the issuer that it names.
fn is_ours(document: &Value) {
    assert_eq!(document["issuer"], ISSUER);
    let issuer = Url::parse(ISSUER).unwrap();
    assert_eq!(
        (issuer.scheme(), issuer.query(), issuer.fragment()),
        ("https", None, None)
    );
}

fn says_what_is_offered(document: &Value) {
    let types = listed(document, "response_types_supported");
    assert!(types.iter().any(|kind| RESPONSE_TYPES.contains(&kind.as_str())));
    let subjects = listed(document, "subject_types_supported");
    assert!(
        subjects
            .iter()
            .all(|kind| matches!(kind.as_str(), "public" | "pairwise"))
    );
    assert!(lists(document, "id_token_signing_alg_values_supported", "RS256"));
    assert!(lists(document, "scopes_supported", "openid"));
    assert!(lists(document, "grant_types_supported", "authorization_code"));
    for mode in ["query", "form_post"] {
        assert!(lists(document, "response_modes_supported", mode), "{mode}");
    }
    for method in ["client_secret_basic", "client_secret_post"] {
        assert!(
            lists(document, "token_endpoint_auth_methods_supported", method),
            "{method}"
        );
    }
    assert!(lists(document, "code_challenge_methods_supported", "S256"));
    assert!(lists(document, "claims_supported", "sub"));
    assert_eq!(document["claims_parameter_supported"], true);
    assert_eq!(document["request_parameter_supported"], false);
    assert_eq!(document["request_uri_parameter_supported"], false);
    are_words(&listed(document, "scopes_supported"));
    for tag in listed(document, "ui_locales_supported") {
        let is_plain = (2..=3).contains(&tag.len()) && tag.bytes().all(|letter| letter.is_ascii_lowercase());
        assert!(is_plain, "{tag} is no language (RFC 5646 section 2.2.1)");
    }
}

/// RFC 6749 section 3.3.
fn are_words(scopes: &[String]) {
    for scope in scopes {
        let is_word = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        assert!(!scope.is_empty() && scope.bytes().all(is_word), "{scope}");
    }
}

/// Every endpoint is named by https, and somebody answers there.
async fn leads_somewhere(world: &World, document: &Value) {
    let members = document.as_object().unwrap();
    let endpoints = members.iter().filter(|(name, _)| name.ends_with("_endpoint"));
    for (name, address) in endpoints {
        let url = Url::parse(address.as_str().expect(name)).unwrap();
        assert_eq!((url.scheme(), url.fragment()), ("https", None), "{name}");
        let answer = world.get(url.path()).await;
        assert_ne!(answer.status(), 404, "{name}");
    }
    for name in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint"] {
        assert!(members.contains_key(name), "{name}");
    }
    assert!(
        !members.contains_key("registration_endpoint"),
        "clients are named by settings alone"
    );
}

async fn publishes_keys(world: &World, document: &Value) {
    let address = Url::parse(document["jwks_uri"].as_str().unwrap()).unwrap();
    assert_eq!(address.scheme(), "https");
    let answer = world.get(address.path()).await;
    let set = json_of(&answer);
    let keys = set["keys"].as_array().unwrap();
    let mut ids = HashSet::new();
    for key in keys {
        assert_eq!(
            (&key["kty"], &key["use"]),
            (&"RSA".into(), &"sig".into()),
            "{key}"
        );
        assert!(
            ids.insert(key["kid"].as_str().expect("kid")),
            "two keys of one kid"
        );
        assert!(
            PRIVATE.iter().all(|name| key.get(name).is_none()),
            "a private key"
        );
    }
    assert!(!ids.is_empty());
}
