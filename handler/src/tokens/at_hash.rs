//! `at_hash` (`OpenID` Connect Core §3.1.3.6): ties an access token to the ID token it came with.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The left half of the SHA-256 of an access token, base64url, as it goes with RS256.
#[must_use]
pub(crate) fn at_hash(access_token: &str) -> String {
    let digest = openssl::sha::sha256(access_token.as_bytes());
    let (left, _) = digest.split_at(digest.len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_of_the_specification_holds() {
        // OpenID Connect Core, appendix A.3.
        assert_eq!(
            super::at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
