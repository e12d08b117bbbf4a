//! The encrypted tokens of RFC 7516 (appendix A.1 to A.3) and RFC 7520 (section 5) in compact form (`tests/vectors/jwe.json`):
//! none of them is of the one kind that is read here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::refused::{believed, headed};

/// A token of a specification, and the names of the rules that are expected to refuse it.
#[derive(Deserialize)]
struct Vector {
    section: String,
    token: String,
    /// The whole token: what its parts look like is seen before its header is read.
    refused: String,
    /// Its header alone, on a token that is otherwise ours.
    header: String,
    /// The same with nothing in it but `alg` and `enc`.
    algorithms: String,
}

impl Vector {
    fn header(&self) -> String {
        let header = self.token.split('.').next().unwrap();
        String::from_utf8(URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
    }
}

fn vectors() -> Vec<Vector> {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../../../tests/vectors/jwe.json")).unwrap();
    assert_eq!(vectors.len(), 12);
    vectors
}

#[test]
fn every_token_of_the_specifications_is_refused() {
    for vector in vectors() {
        let broken = believed(&vector.token).unwrap_err();
        assert_eq!(format!("{broken:?}"), vector.refused, "{}", vector.section);
    }
}

#[test]
fn every_header_of_the_specifications_is_refused_under_our_own_key() {
    for vector in vectors() {
        let broken = headed(&vector.header()).unwrap_err();
        assert_eq!(format!("{broken:?}"), vector.header, "{}", vector.section);
    }
}

#[test]
fn every_algorithm_of_the_specifications_is_refused_under_our_own_key() {
    for vector in vectors() {
        let header: Value = serde_json::from_str(&vector.header()).unwrap();
        let algorithms = json!({ "alg": header["alg"], "enc": header["enc"] });
        let broken = headed(&algorithms.to_string()).unwrap_err();
        assert_eq!(format!("{broken:?}"), vector.algorithms, "{}", vector.section);
    }
}
