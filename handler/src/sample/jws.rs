//! Signed tokens in compact form (RFC 7515), with HS256 alone (RFC 7518 section 3.2): what lies inside a verification token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKeyRef, Private};
use openssl::sign::Signer;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::broken::Broken;
use crate::seal;

const MAC_BYTES: usize = 32;

/// The header of what we sign, to the byte as the sample writes it.
const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Signs claims, which are JSON already.
///
/// # Errors
/// OpenSSL failed.
pub(super) fn sign(key: &PKeyRef<Private>, claims: &str) -> Result<Zeroizing<String>, ErrorStack> {
    let [header, claims] = [HEADER, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let signature = mac(key, &header, &claims)?;
    let signature = URL_SAFE_NO_PAD.encode(signature);
    Ok(Zeroizing::new(format!("{header}.{claims}.{signature}")))
}

/// Verifies a token and gives its claims. Nothing of it is read before its signature is found to be ours, under the one
/// algorithm there is here.
///
/// # Errors
/// See [`Broken`].
pub(super) fn open(key: &PKeyRef<Private>, token: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
    let token = std::str::from_utf8(token).map_err(|_| Broken::Inner)?;
    let parts: Vec<&str> = token.splitn(4, '.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return Err(Broken::Inner);
    };
    let signature: [u8; MAC_BYTES] = decoded(signature)?.try_into().map_err(|_| Broken::Signature)?;
    let expected = mac(key, header, claims).map_err(|_| Broken::Unchecked)?;
    if !seal::same(&expected, &signature) {
        return Err(Broken::Signature);
    }
    check(&decoded(header)?)?;
    decoded(claims).map(Zeroizing::new)
}

fn mac(key: &PKeyRef<Private>, header: &str, claims: &str) -> Result<[u8; MAC_BYTES], ErrorStack> {
    let mut signer = Signer::new(MessageDigest::sha256(), key)?;
    signer.update(header.as_bytes())?;
    signer.update(b".")?;
    signer.update(claims.as_bytes())?;
    let mut mac = [0; MAC_BYTES];
    signer.sign(&mut mac)?;
    Ok(mac)
}

fn decoded(part: &str) -> Result<Vec<u8>, Broken> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Broken::Inner)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: Option<String>,
}

fn check(header: &[u8]) -> Result<(), Broken> {
    let header = header
        .starts_with(b"{")
        .then_some(header)
        .ok_or(Broken::InnerHeader)?;
    let header: Header = serde_json::from_slice(header).map_err(|_| Broken::InnerHeader)?;
    if header.alg != "HS256" {
        return Err(Broken::InnerAlgorithm);
    }
    if header.typ.is_some_and(|typ| typ != "JWT") {
        return Err(Broken::InnerKind);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use openssl::pkey::PKey;

    use super::*;

    /// RFC 7515, appendix A.1.1.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let key = PKey::hmac(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
        let header = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9";
        let claims =
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(
            URL_SAFE_NO_PAD.encode(mac(&key, header, claims).unwrap()),
            signature
        );
        let read = open(&key, format!("{header}.{claims}.{signature}").as_bytes()).unwrap();
        assert!(read.starts_with(br#"{"iss":"joe","#));
    }

    /// Key and payload of RFC 7520, section 4 (figures 5 and 7).
    const COOKBOOK_KEY: &str = "hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg";
    const COOKBOOK_PAYLOAD: &str = concat!(
        "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9h",
        "ZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3",
        "ZXB0IG9mZiB0by4",
    );

    /// What is read of a token of RFC 7520 under this header, whose signature must be this one.
    fn of_the_cookbook(header: &str, signature: &str) -> Result<Vec<u8>, Broken> {
        let key = PKey::hmac(&URL_SAFE_NO_PAD.decode(COOKBOOK_KEY).unwrap()).unwrap();
        let made = mac(&key, header, COOKBOOK_PAYLOAD).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(made), signature);
        let token = format!("{header}.{COOKBOOK_PAYLOAD}.{signature}");
        open(&key, token.as_bytes()).map(|read| read.to_vec())
    }

    /// RFC 7520, section 4.4. Its header names a key, which means nothing here.
    #[test]
    fn a_token_of_the_cookbook_that_names_its_key_is_signed_well_and_refused() {
        let header = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9";
        let read = of_the_cookbook(header, "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0");
        assert_eq!(read, Err(Broken::InnerHeader));
    }

    /// RFC 7520, section 4.6, whose protected header is `alg` alone.
    #[test]
    fn a_token_of_the_cookbook_that_names_no_key_is_read() {
        let signature = "bWUSVaxorn7bEF1djytBd0kHv70Ly5pvbomzMWSOr20";
        let read = of_the_cookbook("eyJhbGciOiJIUzI1NiJ9", signature).unwrap();
        assert!(read.starts_with("It\u{2019}s a dangerous business".as_bytes()));
    }

    /// RFC 7520, section 4.7: nothing in its header is protected.
    #[test]
    fn a_token_of_the_cookbook_without_a_protected_header_is_refused() {
        let read = of_the_cookbook("", "xuLifqLGiblpv9zBpuZczWhNj1gARaLV3UxvxhJxZuk");
        assert_eq!(read, Err(Broken::InnerHeader));
    }
}
