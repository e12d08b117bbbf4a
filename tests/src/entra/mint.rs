//! Access tokens as Entra issues them to applications, and the ways they can be wrong.

use anyhow::Context as _;
use loopback::{jose, random};
use serde::Deserialize;
use serde_json::{Value, json};

use super::directory::{Directory, Key};
use crate::merge::merge;

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// Signed by a key that was never published, under its own id.
    UnknownKid,
    /// Signed by a key that was never published, under the id of one that is.
    ForeignKey,
    /// No `kid` in the header.
    NoKid,
    /// `alg` none and no signature.
    None,
    /// HS256 with the public key as secret.
    Hs256,
    /// Ended a minute before it was issued.
    Expired,
    /// Valid only in an hour.
    NotYet,
    /// Issued by another tenant.
    WrongIssuer,
}

/// `POST /entra/token`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// `aud`.
    pub audience: String,
    /// The calling application: `azp` in version 2, `appid` in version 1.
    pub app_id: String,
    /// Application roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// `2.0` unless told; `1.0` changes issuer and claim names as Entra does.
    #[serde(default)]
    pub version: Option<String>,
    /// Life in seconds; an hour unless told.
    #[serde(default)]
    pub life_s: Option<u32>,
    /// What is wrong with it.
    #[serde(default)]
    pub flaw: Option<Flaw>,
    /// JSON merge patch (RFC 7396) on the claims.
    #[serde(default)]
    pub claims: Option<Value>,
}

impl Directory {
    /// A token as asked for.
    ///
    /// # Errors
    /// For a version there is none of, or when OpenSSL cannot sign.
    pub fn mint(&self, ask: &Ask) -> anyhow::Result<String> {
        let mut claims = self.claims(ask)?;
        if let Some(patch) = &ask.claims {
            merge(&mut claims, patch);
        }
        let key = self.signing_key().context("the tenant has a key")?;
        Ok(sign(&claims, ask.flaw, &key)?)
    }

    fn claims(&self, ask: &Ask) -> anyhow::Result<Value> {
        let now = self.clock.now().unix_timestamp();
        let life = i64::from(ask.life_s.unwrap_or(3600));
        let (from, until) = match ask.flaw {
            Some(Flaw::Expired) => (now - life - 60, now - 60),
            Some(Flaw::NotYet) => (now + 3600, now + 3600 + life),
            _ => (now, now + life),
        };
        let mut claims = json!({
            "aud": ask.audience, "tid": self.tenant, "sub": ask.app_id, "oid": ask.app_id, "idtyp": "app",
            "roles": ask.roles, "iat": from, "nbf": from, "exp": until, "uti": random::hex::<11>(),
        });
        let specific = match ask.version.as_deref().unwrap_or("2.0") {
            "2.0" => json!({ "iss": self.issuer(), "azp": ask.app_id, "azpacr": "1", "ver": "2.0" }),
            "1.0" => json!({ "iss": format!("https://sts.windows.net/{}/", self.tenant),
                "appid": ask.app_id, "appidacr": "1", "ver": "1.0" }),
            other => anyhow::bail!("there is no version {other}"),
        };
        merge(&mut claims, &specific);
        if ask.flaw == Some(Flaw::WrongIssuer) {
            let other = self.issuer().replace(&self.tenant, &random::uuid());
            merge(&mut claims, &json!({ "iss": other }));
        }
        Ok(claims)
    }
}

fn sign(claims: &Value, flaw: Option<Flaw>, key: &Key) -> Result<String, openssl::error::ErrorStack> {
    let header = |alg: &str, kid: &str| json!({ "typ": "JWT", "alg": alg, "kid": kid });
    match flaw {
        Some(Flaw::UnknownKid) => {
            let stranger = Key::new()?;
            jose::sign(&header("RS256", &stranger.kid), claims, &stranger.private)
        }
        Some(Flaw::ForeignKey) => jose::sign(&header("RS256", &key.kid), claims, &jose::new_key()?),
        Some(Flaw::NoKid) => jose::sign(&json!({ "typ": "JWT", "alg": "RS256" }), claims, &key.private),
        Some(Flaw::None) => Ok(jose::unsigned(&header("none", &key.kid), claims)),
        Some(Flaw::Hs256) => jose::sign_hmac(
            &header("HS256", &key.kid),
            claims,
            &key.private.public_key_to_pem()?,
        ),
        None | Some(Flaw::Expired | Flaw::NotYet | Flaw::WrongIssuer) => {
            jose::sign(&header("RS256", &key.kid), claims, &key.private)
        }
    }
}
