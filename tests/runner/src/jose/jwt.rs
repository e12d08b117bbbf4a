//! Reading and checking signed JWTs (RFC 7515, 7519).

use super::{JoseError, decode, same};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sign::{Signer, Verifier};
use serde_json::{Map, Value};

/// A compact JWT taken apart, its signature not yet checked.
#[derive(Debug, Clone)]
pub struct Unverified {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signed: String,
    signature: Vec<u8>,
}

/// The claims of a token whose signature was checked.
pub type Claims = Map<String, Value>;

impl Unverified {
    /// Takes a compact JWT apart.
    ///
    /// # Errors
    /// [`JoseError::Malformed`] when it is not three base64url parts, the first two JSON objects.
    pub fn parse(text: &str) -> Result<Self, JoseError> {
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JoseError::Malformed(
                "it has not three parts (an encrypted token has five)",
            ));
        };
        Ok(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed: format!("{header}.{claims}"),
            signature: decode(signature)?,
        })
    }

    fn header_text(&self, name: &str) -> &str {
        self.header.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// The claims before anything is checked; for choosing where to look for keys, never for decisions.
    #[must_use]
    pub fn peek(&self) -> &Claims {
        &self.claims
    }

    /// Checks RS256 or RS512 with the key of the set that has the token's `kid`. Without `kid` every key is tried.
    ///
    /// # Errors
    /// [`JoseError::Algorithm`], [`JoseError::UnknownKey`] or [`JoseError::Signature`].
    pub fn verify_with(self, jwks: &Value) -> Result<Claims, JoseError> {
        let digest = match self.header_text("alg") {
            "RS256" => MessageDigest::sha256(),
            "RS512" => MessageDigest::sha512(),
            other => return Err(JoseError::Algorithm(other.to_owned())),
        };
        let kid = self.header_text("kid");
        let keys = jwks
            .get("keys")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let candidates: Vec<&Value> = keys
            .iter()
            .filter(|key| kid.is_empty() || key.get("kid").and_then(Value::as_str) == Some(kid))
            .collect();
        if candidates.is_empty() {
            return Err(JoseError::UnknownKey(kid.to_owned()));
        }
        for key in candidates {
            if self.signed_by(key, digest)? {
                return Ok(self.claims);
            }
        }
        Err(JoseError::Signature)
    }

    fn signed_by(&self, jwk: &Value, digest: MessageDigest) -> Result<bool, JoseError> {
        let member = |name: &str| -> Result<BigNum, JoseError> {
            let text = jwk
                .get(name)
                .and_then(Value::as_str)
                .ok_or(JoseError::Malformed("the JWK is not RSA"))?;
            Ok(BigNum::from_slice(&decode(text)?)?)
        };
        let key = PKey::from_rsa(Rsa::from_public_components(member("n")?, member("e")?)?)?;
        let mut verifier = Verifier::new(digest, &key)?;
        Ok(verifier
            .verify_oneshot(&self.signature, self.signed.as_bytes())
            .unwrap_or(false))
    }

    /// Checks HS256 with a shared secret.
    ///
    /// # Errors
    /// [`JoseError::Algorithm`] or [`JoseError::Signature`].
    pub fn verify_hs256(self, secret: &[u8]) -> Result<Claims, JoseError> {
        if self.header_text("alg") != "HS256" {
            return Err(JoseError::Algorithm(self.header_text("alg").to_owned()));
        }
        let key = PKey::hmac(secret)?;
        let expected =
            Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(self.signed.as_bytes())?;
        if same(&expected, &self.signature) {
            Ok(self.claims)
        } else {
            Err(JoseError::Signature)
        }
    }
}

/// Signs claims with HS256: what an application does that makes symmetric `id_token_hint`s.
///
/// # Errors
/// [`JoseError::OpenSsl`] when the library cannot.
pub fn sign_hs256(secret: &[u8], claims: &Value) -> Result<String, JoseError> {
    let header = super::encode(br#"{"alg":"HS256","typ":"JWT"}"#);
    let text = format!("{header}.{}", super::encode(claims.to_string().as_bytes()));
    let key = PKey::hmac(secret)?;
    let signature = Signer::new(MessageDigest::sha256(), &key)?.sign_oneshot_to_vec(text.as_bytes())?;
    Ok(format!("{text}.{}", super::encode(&signature)))
}

fn object(part: &str) -> Result<Map<String, Value>, JoseError> {
    serde_json::from_slice(&decode(part)?).map_err(|_| JoseError::Malformed("a part is not a JSON object"))
}

#[cfg(test)]
mod tests {
    use super::super::rsa::RsaKey;
    use super::*;
    use serde_json::json;

    fn set(key: &RsaKey) -> Value {
        json!({"keys": [key.public_jwk().unwrap()]})
    }

    #[test]
    fn both_rsa_algorithms_verify() {
        let key = RsaKey::generate().unwrap();
        for algorithm in ["RS256", "RS512"] {
            let jwt = key.sign(algorithm, &json!({"sub": "x"})).unwrap();
            let claims = Unverified::parse(&jwt).unwrap().verify_with(&set(&key)).unwrap();
            assert_eq!(claims["sub"], "x");
        }
    }

    #[test]
    fn a_changed_claim_is_refused() {
        let key = RsaKey::generate().unwrap();
        let jwt = key.sign("RS256", &json!({"sub": "x"})).unwrap();
        let parts: Vec<&str> = jwt.split('.').collect();
        let forged = format!(
            "{}.{}.{}",
            parts[0],
            super::super::encode(br#"{"sub":"y"}"#),
            parts[2]
        );
        let outcome = Unverified::parse(&forged).unwrap().verify_with(&set(&key));
        assert!(matches!(outcome, Err(JoseError::Signature)));
    }

    #[test]
    fn an_unknown_kid_is_refused() {
        let (key, other) = (RsaKey::generate().unwrap(), RsaKey::generate().unwrap());
        let jwt = key.sign("RS256", &json!({})).unwrap();
        let outcome = Unverified::parse(&jwt).unwrap().verify_with(&set(&other));
        assert!(matches!(outcome, Err(JoseError::UnknownKey(_))));
    }

    #[test]
    fn the_public_key_is_no_shared_secret() {
        // The classic confusion: a token that says HS256, made with the published key as secret.
        let key = RsaKey::generate().unwrap();
        let jwt = sign_hs256(key.public_jwk().unwrap().to_string().as_bytes(), &json!({})).unwrap();
        assert!(matches!(
            Unverified::parse(&jwt).unwrap().verify_with(&set(&key)),
            Err(JoseError::Algorithm(_))
        ));
    }

    #[test]
    fn a_wrong_secret_is_refused() {
        let jwt = sign_hs256(b"one secret of sufficient length.", &json!({})).unwrap();
        let token = Unverified::parse(&jwt).unwrap();
        assert!(
            token
                .clone()
                .verify_hs256(b"one secret of sufficient length.")
                .is_ok()
        );
        assert!(matches!(
            token.verify_hs256(b"another"),
            Err(JoseError::Signature)
        ));
    }

    #[test]
    fn five_parts_are_refused() {
        assert!(matches!(
            Unverified::parse("a.b.c.d.e"),
            Err(JoseError::Malformed(_))
        ));
    }
}
