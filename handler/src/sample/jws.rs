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
}
