//! The code redeemed, and the tokens checked (OpenID Connect Core §3.1.3).

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use loopback::jose;
use openssl::sha::sha256;
use serde_json::Value;

use super::Client;
use super::ask::Pending;
use super::exchange::Answer;

/// Clocks may differ by this much, seconds.
const LEEWAY_S: i64 = 60;

/// Tokens that were checked.
#[derive(Clone)]
pub struct Tokens {
    /// The ID token, as it came.
    pub id_token: String,
    /// Its claims.
    pub claims: Value,
    /// For the userinfo endpoint.
    pub access_token: String,
}

loopback::debug_only!(Tokens: );

impl Tokens {
    /// A claim that is text, or nothing.
    #[must_use]
    pub fn claim(&self, name: &str) -> &str {
        self.claims.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Client {
    /// Redeems a code and returns the provider's answer as it is.
    ///
    /// # Errors
    /// No answer.
    pub async fn redeem_raw(&self, code: &str, verifier: Option<&str>) -> Result<Answer> {
        let mut form = vec![
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.to_owned()),
            ("redirect_uri".to_owned(), self.agreement.redirect_uri.to_string()),
        ];
        form.extend(verifier.map(|verifier| ("code_verifier".to_owned(), verifier.to_owned())));
        self.token_request(form).await
    }

    /// Sends any form to the token endpoint, with this client's proof.
    ///
    /// # Errors
    /// No answer.
    pub async fn token_request(&self, mut form: Vec<(String, String)>) -> Result<Answer> {
        let audience = self.provider.token.as_str();
        let added = self
            .agreement
            .proof
            .added(&self.agreement.id, audience, self.clock.now())?;
        form.extend(added.fields);
        self.wire
            .post_form(&self.provider.token, &form, added.header.as_deref())
            .await
    }

    /// Redeems a code and checks everything that comes back.
    ///
    /// # Errors
    /// A refusal, or an answer that breaks a rule.
    pub async fn redeem(&self, pending: &Pending, code: &str) -> Result<Tokens> {
        let answer = self.redeem_raw(code, pending.verifier.as_deref()).await?;
        ensure!(
            answer.status == 200,
            "the code was answered {}: {}",
            answer.status,
            answer.body
        );
        let stored = answer
            .headers
            .get("cache-control")
            .and_then(|value| value.to_str().ok());
        ensure!(
            stored.is_some_and(|value| value.contains("no-store")),
            "the tokens may be stored by caches"
        );
        let body: Value = answer.json()?;
        let text = |name: &str| {
            body.get(name)
                .and_then(Value::as_str)
                .with_context(|| format!("no {name}"))
        };
        ensure!(
            text("token_type")?.eq_ignore_ascii_case("bearer"),
            "another token_type"
        );
        let (id_token, access_token) = (text("id_token")?.to_owned(), text("access_token")?.to_owned());
        let claims = self.check_id_token(pending, &id_token, &access_token).await?;
        Ok(Tokens {
            id_token,
            claims,
            access_token,
        })
    }

    /// OpenID Connect Core §3.1.3.7 and §3.1.3.8, with keys read anew from the provider.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub async fn check_id_token(
        &self,
        pending: &Pending,
        id_token: &str,
        access_token: &str,
    ) -> Result<Value> {
        let jwks: Value = self.wire.get(&self.provider.jwks, None).await?.json()?;
        let token = jose::parse(id_token)?;
        ensure!(!token.header("kid").is_empty(), "the token names no key");
        let claims = Value::Object(token.verify_by(&jwks, &["RS256"])?);
        self.check_addressees(&claims)?;
        self.check_times(pending, &claims)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        ensure!(text("nonce") == Some(&pending.nonce), "another nonce");
        ensure!(
            text("at_hash") == Some(&at_hash(access_token)),
            "at_hash does not fit the access token"
        );
        ensure!(
            text("sub").is_some_and(|sub| !sub.is_empty() && sub.len() <= 255),
            "no subject"
        );
        Ok(claims)
    }

    fn check_addressees(&self, claims: &Value) -> Result<()> {
        let (issuer, client) = (self.agreement.issuer.as_str(), self.agreement.id.as_str());
        ensure!(
            claims.get("iss").and_then(Value::as_str) == Some(issuer),
            "another issuer"
        );
        match claims.get("aud") {
            Some(Value::String(audience)) => ensure!(audience == client, "another audience"),
            Some(Value::Array(list)) => {
                ensure!(list.iter().any(|audience| audience == client), "another audience");
                ensure!(
                    list.len() == 1 || claims.get("azp").and_then(Value::as_str) == Some(client),
                    "several audiences and another authorized party"
                );
            }
            _ => bail!("no audience"),
        }
        Ok(())
    }

    fn check_times(&self, pending: &Pending, claims: &Value) -> Result<()> {
        let now = self.clock.now().unix_timestamp();
        let number = |name: &str| {
            claims
                .get(name)
                .and_then(Value::as_i64)
                .with_context(|| format!("no {name}"))
        };
        ensure!(number("exp")? + LEEWAY_S > now, "expired");
        ensure!(number("iat")? - LEEWAY_S <= now, "issued in the future");
        if claims.get("nbf").is_some() {
            ensure!(number("nbf")? - LEEWAY_S <= now, "not valid yet");
        }
        // Of a person who was not checked there is none; who asked for max_age must have it (OpenID Connect Core §2).
        if claims.get("auth_time").is_some() {
            ensure!(number("auth_time")? - LEEWAY_S <= now, "verified in the future");
        }
        if let Some(age) = pending.max_age_s {
            let auth_time = number("auth_time")?;
            let age = i64::try_from(age).unwrap_or(i64::MAX);
            ensure!(
                auth_time.saturating_add(age).saturating_add(LEEWAY_S) >= now,
                "older than max_age"
            );
        }
        Ok(())
    }

    /// What the userinfo endpoint says about a token; its subject must be that of the ID token.
    ///
    /// # Errors
    /// A refusal, or another subject.
    pub async fn userinfo(&self, tokens: &Tokens) -> Result<Value> {
        let answer = self
            .wire
            .get(&self.provider.userinfo, Some(&tokens.access_token))
            .await?;
        ensure!(
            answer.status == 200,
            "userinfo answered {}: {}",
            answer.status,
            answer.body
        );
        let claims: Value = answer.json()?;
        ensure!(
            claims.get("sub") == tokens.claims.get("sub"),
            "userinfo is about somebody else"
        );
        Ok(claims)
    }
}

/// OpenID Connect Core §3.1.3.6, for RS256: the left half of the hash.
fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(access_token.as_bytes()).get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::at_hash;

    #[test]
    fn at_hash_is_the_left_half() {
        // OpenID Connect Core, appendix A.3: access token and at_hash of its example.
        assert_eq!(
            at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }
}
