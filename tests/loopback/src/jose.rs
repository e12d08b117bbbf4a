//! Compact JWS for the simulators and the test client, directly on OpenSSL and independent of the handler's code.
//!
//! RFC 7515, RFC 7517, RFC 7518. Signing takes any header, because simulators must also produce wrong tokens;
//! verification accepts exactly one algorithm per key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use serde_json::{Value, json};

/// Why a token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not three base64url parts with JSON objects in the first two.
    Malformed,
    /// Another algorithm than the key's.
    Algorithm,
    /// No key of that `kid`.
    UnknownKey,
    /// The signature does not fit.
    Signature,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Malformed => "not a compact JWS",
            Self::Algorithm => "signed with another algorithm",
            Self::UnknownKey => "signed with an unknown key",
            Self::Signature => "the signature does not fit",
        })
    }
}

impl std::error::Error for Refusal {}

/// A token taken apart, nothing checked yet.
#[derive(Clone, Debug)]
pub struct Unverified {
    /// The protected header.
    pub header: Value,
    /// The claims; believe them only after the signature.
    pub claims: Value,
    signed: String,
    signature: Vec<u8>,
}

/// `base64url` without padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn signing_input(header: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        encode(header.to_string().as_bytes()),
        encode(claims.to_string().as_bytes())
    )
}

fn sign_with(mut signer: Signer<'_>, input: &str) -> Result<String, ErrorStack> {
    let signature = signer.sign_oneshot_to_vec(input.as_bytes())?;
    Ok(format!("{input}.{}", encode(&signature)))
}

/// Signs with RSASSA-PKCS1-v1_5 and SHA-256; `header` says `RS256` unless a test wants a lie.
///
/// # Errors
/// When OpenSSL cannot use the key.
pub fn sign_rs256(header: &Value, claims: &Value, key: &PKey<Private>) -> Result<String, ErrorStack> {
    sign_with(
        Signer::new(MessageDigest::sha256(), key)?,
        &signing_input(header, claims),
    )
}

/// Signs with HMAC; SHA-512 for `HS512`, SHA-256 for every other header.
///
/// # Errors
/// When OpenSSL cannot use the key.
pub fn sign_hmac(header: &Value, claims: &Value, secret: &[u8]) -> Result<String, ErrorStack> {
    let digest = match header.get("alg").and_then(Value::as_str) {
        Some("HS512") => MessageDigest::sha512(),
        _ => MessageDigest::sha256(),
    };
    let key = PKey::hmac(secret)?;
    sign_with(Signer::new(digest, &key)?, &signing_input(header, claims))
}

/// A token with an empty signature, whatever its header says.
#[must_use]
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.", signing_input(header, claims))
}

/// Takes a token apart.
///
/// # Errors
/// [`Refusal::Malformed`].
pub fn parse(token: &str) -> Result<Unverified, Refusal> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Refusal::Malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(Refusal::Malformed)?;
    let object = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed)?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)?;
        if value.is_object() {
            Ok(value)
        } else {
            Err(Refusal::Malformed)
        }
    };
    Ok(Unverified {
        header: object(header)?,
        claims: object(claims)?,
        signed: signed.to_owned(),
        signature: URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| Refusal::Malformed)?,
    })
}

impl Unverified {
    /// A member of the header, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.header.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The claims, once the RS256 signature fits the key.
    ///
    /// # Errors
    /// [`Refusal::Algorithm`] or [`Refusal::Signature`].
    pub fn verify_rs256(self, key: &PKey<Public>) -> Result<Value, Refusal> {
        if self.header("alg") != "RS256" {
            return Err(Refusal::Algorithm);
        }
        let fits = Verifier::new(MessageDigest::sha256(), key)
            .and_then(|mut verifier| verifier.verify_oneshot(&self.signature, self.signed.as_bytes()));
        if fits.unwrap_or(false) {
            Ok(self.claims)
        } else {
            Err(Refusal::Signature)
        }
    }

    /// The claims, once the HS512 MAC fits the secret.
    ///
    /// # Errors
    /// [`Refusal::Algorithm`] or [`Refusal::Signature`].
    pub fn verify_hs512(self, secret: &[u8]) -> Result<Value, Refusal> {
        if self.header("alg") != "HS512" {
            return Err(Refusal::Algorithm);
        }
        let mac = PKey::hmac(secret)
            .and_then(|key| {
                Signer::new(MessageDigest::sha512(), &key)?.sign_oneshot_to_vec(self.signed.as_bytes())
            })
            .map_err(|_| Refusal::Signature)?;
        let same = mac.len() == self.signature.len()
            && mac
                .iter()
                .zip(&self.signature)
                .fold(0, |differs, (a, b)| differs | (a ^ b))
                == 0;
        if same {
            Ok(self.claims)
        } else {
            Err(Refusal::Signature)
        }
    }

    /// The claims, once the RS256 signature fits the key that a JWK set (RFC 7517 section 5) holds under its `kid`.
    ///
    /// # Errors
    /// Any [`Refusal`].
    pub fn verify_by(self, jwks: &Value) -> Result<Value, Refusal> {
        let kid = self.header("kid").to_owned();
        let keys = jwks
            .get("keys")
            .and_then(Value::as_array)
            .ok_or(Refusal::UnknownKey)?;
        let named = |key: &&Value| key.get("kid").and_then(Value::as_str) == Some(&kid);
        let jwk = keys.iter().find(named).ok_or(Refusal::UnknownKey)?;
        self.verify_rs256(&public_key(jwk).ok_or(Refusal::UnknownKey)?)
    }
}

/// The RSA public key of a JWK (RFC 7518 section 6.3.1).
#[must_use]
pub fn public_key(jwk: &Value) -> Option<PKey<Public>> {
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok()?;
        BigNum::from_slice(&bytes).ok()
    };
    PKey::from_rsa(Rsa::from_public_components(number("n")?, number("e")?).ok()?).ok()
}

/// The JWK of an RSA key, for signatures.
///
/// # Errors
/// When the key is not RSA.
pub fn jwk(kid: &str, key: &PKey<Private>) -> Result<Value, ErrorStack> {
    let rsa = key.rsa()?;
    let (n, e) = (encode(&rsa.n().to_vec()), encode(&rsa.e().to_vec()));
    Ok(json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e }))
}

/// A fresh RSA key of 2048 bits.
///
/// # Errors
/// When OpenSSL cannot make one.
pub fn new_key() -> Result<PKey<Private>, ErrorStack> {
    PKey::from_rsa(Rsa::generate(2048)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Value {
        json!({ "sub": "subject-1" })
    }

    #[test]
    fn a_signature_fits_the_published_key() {
        let key = new_key().unwrap();
        let token = sign_rs256(&json!({ "alg": "RS256", "kid": "k1" }), &claims(), &key).unwrap();
        let jwks = json!({ "keys": [jwk("k1", &key).unwrap()] });
        assert_eq!(parse(&token).unwrap().verify_by(&jwks), Ok(claims()));
    }

    #[test]
    fn a_foreign_key_is_refused() {
        let (key, other) = (new_key().unwrap(), new_key().unwrap());
        let token = sign_rs256(&json!({ "alg": "RS256", "kid": "k1" }), &claims(), &other).unwrap();
        let jwks = json!({ "keys": [jwk("k1", &key).unwrap()] });
        assert_eq!(parse(&token).unwrap().verify_by(&jwks), Err(Refusal::Signature));
    }

    #[test]
    fn an_unknown_kid_is_refused() {
        let key = new_key().unwrap();
        let token = sign_rs256(&json!({ "alg": "RS256", "kid": "k2" }), &claims(), &key).unwrap();
        let jwks = json!({ "keys": [jwk("k1", &key).unwrap()] });
        assert_eq!(parse(&token).unwrap().verify_by(&jwks), Err(Refusal::UnknownKey));
    }

    #[test]
    fn none_is_no_algorithm() {
        let key = new_key().unwrap();
        let token = unsigned(&json!({ "alg": "none", "kid": "k1" }), &claims());
        let jwks = json!({ "keys": [jwk("k1", &key).unwrap()] });
        assert_eq!(parse(&token).unwrap().verify_by(&jwks), Err(Refusal::Algorithm));
    }

    #[test]
    fn a_mac_of_another_secret_is_refused() {
        let token = sign_hmac(&json!({ "alg": "HS512" }), &claims(), b"one").unwrap();
        assert_eq!(
            parse(&token).unwrap().verify_hs512(b"two"),
            Err(Refusal::Signature)
        );
        assert_eq!(parse(&token).unwrap().verify_hs512(b"one"), Ok(claims()));
    }

    #[test]
    fn text_without_dots_is_no_token() {
        assert_eq!(parse("abc").unwrap_err(), Refusal::Malformed);
    }
}
