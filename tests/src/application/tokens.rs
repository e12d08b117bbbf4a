//! Tokens of the tenant: redeemed, renewed, and checked before anything in them is believed
//! (OpenID Connect Core §3.1.3.7, §12.2).

use anyhow::{Context as _, Result, ensure};
use loopback::clock::Clock;
use loopback::jose;
use serde_json::Value;

use super::Registration;
use super::provider::{Provider, Sent};
use crate::client::exchange::Wire;

/// Clocks may differ by this much, seconds.
const LEEWAY_S: i64 = 60;

/// What the tenant told, checked.
#[derive(Clone)]
pub(super) struct Tokens {
    /// Claims of the ID token.
    pub(super) claims: Value,
    /// The ID token as it came.
    pub(super) id_token: String,
    /// Present because `offline_access` was asked for.
    pub(super) refresh_token: Option<String>,
}

loopback::debug_only!(Tokens: );

impl Tokens {
    /// A claim that is text, or nothing.
    pub(super) fn claim(&self, name: &str) -> &str {
        self.claims.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Sent {
    /// Redeems the code of the answer to this request.
    pub(super) async fn redeem(
        &self,
        registration: &Registration,
        wire: &Wire,
        code: &str,
    ) -> Result<Tokens> {
        let redirect_uri = registration.redirect_uri();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", &self.verifier),
        ];
        let tokens = self.provider.ask(registration, wire, &form).await?;
        ensure!(tokens.claim("nonce") == self.nonce, "another nonce");
        Ok(tokens)
    }
}

impl Provider {
    /// Asks for new tokens about the same subject.
    pub(super) async fn renew(
        &self,
        registration: &Registration,
        wire: &Wire,
        old: &Tokens,
    ) -> Result<Tokens> {
        let token = old.refresh_token.as_deref().context("no refresh token")?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let renewed = self.ask(registration, wire, &form).await?;
        ensure!(renewed.claim("sub") == old.claim("sub"), "another subject");
        Ok(renewed)
    }

    async fn ask(&self, registration: &Registration, wire: &Wire, form: &[(&str, &str)]) -> Result<Tokens> {
        let mut form: Vec<(String, String)> = form
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        form.push(("client_id".to_owned(), registration.client_id.clone()));
        form.push(("client_secret".to_owned(), registration.secret.clone()));
        let answer = wire.post_form(&self.token, &form, None).await?;
        ensure!(answer.status == 200, "the tenant refuses: {}", answer.body);
        let body: Value = answer.json()?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let id_token = text("id_token").context("no id_token")?;
        Ok(Tokens {
            claims: self.check(registration, wire, &id_token).await?,
            id_token,
            refresh_token: text("refresh_token"),
        })
    }

    /// The claims of a token that this policy issued to this application and that has not expired.
    ///
    /// # Errors
    /// Another signature, issuer or audience, or expired.
    pub(super) async fn check(
        &self,
        registration: &Registration,
        wire: &Wire,
        id_token: &str,
    ) -> Result<Value> {
        let jwks: Value = wire.get(&self.jwks, None).await?.json()?;
        let claims = jose::parse(id_token)?.verify_by(&jwks, &["RS256"])?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        ensure!(text("iss") == Some(&self.issuer), "another issuer");
        ensure!(text("aud") == Some(&registration.client_id), "another audience");
        let expires = claims.get("exp").and_then(Value::as_i64).context("no exp")?;
        ensure!(
            expires + LEEWAY_S > Clock::default().now().unix_timestamp(),
            "expired"
        );
        Ok(Value::Object(claims))
    }
}
