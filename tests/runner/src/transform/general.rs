//! General transformations.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use openssl::sha::Sha256;

use super::call::{Call, Made, Outcome, broken, one};
use crate::claims::Value;

pub(super) fn copy(call: &Call<'_>) -> Outcome {
    Ok(call
        .value("inputClaim")
        .map_or_else(Made::new, |value| one("outputClaim", value.clone())))
}

/// A claim exists when it contains any value: an empty text does not.
pub(super) fn exists(call: &Call<'_>) -> Outcome {
    let exists = call.value("inputClaim").is_some_and(|value| !value.is_empty());
    Ok(one("outputClaim", Value::Boolean(exists)))
}

/// SHA-256 of text, salt and policy key one after the other, in base64. The reference names the algorithm, not the
/// order; only equality of two hashes made here can be relied on.
pub(super) fn hash(call: &Call<'_>) -> Outcome {
    let name = call.need_parameter("randomizerSecret")?;
    let secret = (call.context.key)(name).ok_or_else(|| broken(format!("there is no policy key {name}")))?;
    let mut sha = Sha256::new();
    sha.update(call.need("plaintext")?.as_bytes());
    sha.update(call.need("salt")?.as_bytes());
    sha.update(&secret);
    Ok(one("hash", Value::String(STANDARD.encode(sha.finish()))))
}

#[cfg(test)]
mod tests {
    use super::super::bench::Bench;

    #[test]
    fn a_claim_is_copied() {
        let bench = Bench::new("CopyClaim").input("a", "inputClaim", "bob@contoso.com");
        assert_eq!(
            bench.output("out", "outputClaim").out().as_deref(),
            Some("bob@contoso.com")
        );
    }

    #[test]
    fn copying_an_absent_claim_keeps_the_other() {
        let bench = Bench::new("CopyClaim")
            .absent("a", "inputClaim")
            .input("out", "other", "kept");
        assert_eq!(bench.output("out", "outputClaim").out().as_deref(), Some("kept"));
    }

    #[test]
    fn a_claim_exists_when_it_has_a_value() {
        let bench = || Bench::new("DoesClaimExist").output("out:boolean", "outputClaim");
        assert_eq!(
            bench()
                .input("a", "inputClaim", "someone@contoso.com")
                .out()
                .as_deref(),
            Some("True")
        );
        assert_eq!(
            bench().input("a", "inputClaim", "").out().as_deref(),
            Some("False")
        );
        assert_eq!(bench().absent("a", "inputClaim").out().as_deref(), Some("False"));
    }

    fn hashed(key: &str) -> Bench {
        Bench::new("Hash")
            .input("a", "plaintext", "someone@contoso.com")
            .input("b", "salt", "487624568")
            .parameter("randomizerSecret", key)
            .output("out", "hash")
    }

    #[test]
    fn a_hash_is_sha_256_of_all_three_in_base64() {
        // printf 'someone@contoso.com487624568secret' | openssl dgst -sha256 -binary | base64
        assert_eq!(
            hashed("B2C_1A_Secret").out().as_deref(),
            Some("N6f4QkD54ofh/YKJnb1VByHhwA8EffQOPzQD3u4ytrc=")
        );
    }

    #[test]
    fn a_hash_without_its_key_is_an_error() {
        assert!(hashed("B2C_1A_Missing").broken());
    }
}
