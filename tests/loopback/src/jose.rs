//! Signed tokens (RFC 7515, 7519) and key sets (RFC 7517), directly on OpenSSL and independent of the handler's code.
//!
//! No crate does this for us: simulators must also make wrong tokens (no signature, a header that lies, a public key taken
//! for a secret), which such crates refuse. `josekit`, the one on OpenSSL, was looked at: one author, 21,000 lines for
//! these 200, compression and regular expressions besides, and it makes `serde_json` keep the order of members in the whole
//! workspace, so that the handler would be tested otherwise than it ships.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private, Public};
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use serde_json::{Map, Value, json};

/// The claims of a token whose signature was checked.
pub type Claims = Map<String, Value>;

/// Why a token was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not three base64url parts with JSON objects in the first two.
    #[error("this is no signed JWT: {0}")]
    Malformed(&'static str),
    /// The header asks for an algorithm outside the allowed list.
    #[error("algorithm {0:?} is not accepted here")]
    Algorithm(String),
    /// No usable key of the set has the token's `kid`.
    #[error("no key with kid {0:?} in the key set")]
    UnknownKey(String),
    /// The signature does not belong to this text and key.
    #[error("the signature is not valid")]
    Signature,
}

/// A compact token taken apart, nothing checked yet.
#[derive(Clone, Debug)]
pub struct Unverified {
    /// The protected header.
    pub header: Map<String, Value>,
    /// The claims; believe them only after the signature.
    pub claims: Claims,
    signed: String,
    signature: Vec<u8>,
}

/// Base64url without padding (RFC 7515 §2).
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Base64url without padding, back to bytes; nothing when it is something else.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Compares secrets without telling by time where they differ.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "lengths are equal here, so it cannot panic"
    )]
    let equal = left.len() == right.len() && openssl::memcmp::eq(left, right);
    equal
}

/// SHA-512 for `RS512` and `HS512`, SHA-256 for every other name.
fn digest_of(algorithm: &str) -> MessageDigest {
    if algorithm.ends_with("512") {
        MessageDigest::sha512()
    } else {
        MessageDigest::sha256()
    }
}

fn signing_input(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| encode(value.to_string().as_bytes());
    format!("{}.{}", part(header), part(claims))
}

/// Signs with RSA (RSASSA-PKCS1-v1_5) or, by a key of [`PKey::hmac`], with a MAC. The header says which, and may lie about
/// all but the digest: only its `512` counts.
///
/// # Errors
/// When OpenSSL cannot use the key.
pub fn sign(header: &Value, claims: &Value, key: &PKey<Private>) -> Result<String, ErrorStack> {
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    let input = signing_input(header, claims);
    let signature = Signer::new(digest_of(algorithm), key)?.sign_oneshot_to_vec(input.as_bytes())?;
    Ok(format!("{input}.{}", encode(&signature)))
}

/// Signs with HMAC.
///
/// # Errors
/// When OpenSSL cannot use the secret.
pub fn sign_hmac(header: &Value, claims: &Value, secret: &[u8]) -> Result<String, ErrorStack> {
    sign(header, claims, &PKey::hmac(secret)?)
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
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(Refusal::Malformed(
            "it has not three parts (an encrypted token has five)",
        ));
    };
    let bytes = |part: &str| decode(part).ok_or(Refusal::Malformed("a part is not base64url"));
    let object = |part: &str| {
        serde_json::from_slice(&bytes(part)?).map_err(|_| Refusal::Malformed("a part is not a JSON object"))
    };
    Ok(Unverified {
        header: object(header)?,
        claims: object(claims)?,
        signed: format!("{header}.{claims}"),
        signature: bytes(signature)?,
    })
}

impl Unverified {
    /// A member of the header, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.header.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn is_of(&self, algorithms: &[&str]) -> Result<MessageDigest, Refusal> {
        let algorithm = self.header("alg");
        if algorithms.contains(&algorithm) {
            Ok(digest_of(algorithm))
        } else {
            Err(Refusal::Algorithm(algorithm.to_owned()))
        }
    }

    /// The claims, once the RSA signature by one of these algorithms fits the key that a JWK set (RFC 7517 §5) holds under
    /// its `kid`. Without `kid` every key is tried.
    ///
    /// # Errors
    /// [`Refusal::Algorithm`], [`Refusal::UnknownKey`] or [`Refusal::Signature`].
    pub fn verify_by(self, jwks: &Value, algorithms: &[&str]) -> Result<Claims, Refusal> {
        let digest = self.is_of(algorithms)?;
        let kid = self.header("kid");
        let keys = jwks.get("keys").and_then(Value::as_array).into_iter().flatten();
        let mut candidates = keys
            .filter(|key| kid.is_empty() || key.get("kid").and_then(Value::as_str) == Some(kid))
            .filter_map(public_key)
            .peekable();
        if candidates.peek().is_none() {
            return Err(Refusal::UnknownKey(kid.to_owned()));
        }
        let fits = |key: PKey<Public>| {
            let verifier = Verifier::new(digest, &key);
            let fits = verifier
                .and_then(|mut verifier| verifier.verify_oneshot(&self.signature, self.signed.as_bytes()));
            fits.unwrap_or(false)
        };
        if candidates.any(fits) {
            Ok(self.claims)
        } else {
            Err(Refusal::Signature)
        }
    }

    /// The claims, once the MAC by this algorithm fits the secret.
    ///
    /// # Errors
    /// [`Refusal::Algorithm`] or [`Refusal::Signature`].
    pub fn verify_hmac(self, algorithm: &str, secret: &[u8]) -> Result<Claims, Refusal> {
        let digest = self.is_of(&[algorithm])?;
        let mac = PKey::hmac(secret)
            .and_then(|key| Signer::new(digest, &key)?.sign_oneshot_to_vec(self.signed.as_bytes()));
        if mac.is_ok_and(|mac| same(&mac, &self.signature)) {
            Ok(self.claims)
        } else {
            Err(Refusal::Signature)
        }
    }
}

/// The RSA public key of a JWK (RFC 7518 §6.3.1).
#[must_use]
pub fn public_key(jwk: &Value) -> Option<PKey<Public>> {
    let number = |name: &str| BigNum::from_slice(&decode(jwk.get(name)?.as_str()?)?).ok();
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
mod tests;
