//! Public keys of clients and issuers.

use handler::testing::parsers::{self, ClientKeys};

use super::text;
use crate::corpus::{self, NOW};

/// A set that is accepted believes none of the tokens that name no accepted algorithm, and none signed with the set itself
/// as if it were a secret.
pub(super) fn jwk_set(bytes: &[u8]) {
    let Some(set) = text(bytes) else { return };
    let Ok(keys) = ClientKeys::from_jwks(set) else {
        return;
    };
    for token in corpus::forged(set) {
        let believed = parsers::client_assertion(&token, &keys, corpus::CLIENT, &[corpus::AUDIENCE], NOW);
        assert!(
            believed.is_err(),
            "an algorithm is that of a key, never that of a token"
        );
    }
    let value: serde_json::Value = serde_json::from_str(set).expect("a set is JSON");
    assert!(value["keys"].as_array().is_some_and(|keys| !keys.is_empty()));
}
