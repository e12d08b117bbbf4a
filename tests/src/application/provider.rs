//! The tenant as its discovery document describes it (OpenID Connect Discovery 1.0 §3), one for each policy.

use anyhow::{Context as _, Result, ensure};
use loopback::random;
use serde_json::Value;
use url::Url;

use super::Registration;
use crate::client::ask::challenge;
use crate::client::exchange::Wire;

/// One policy's endpoints.
#[derive(Clone, Debug)]
pub(super) struct Provider {
    pub(super) issuer: String,
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) jwks: Url,
    pub(super) end_session: Url,
}

/// A request on its way: what must be compared when the answer comes.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) provider: Provider,
    pub(super) state: String,
    pub(super) nonce: String,
    /// PKCE's secret half (RFC 7636 §4.1).
    pub(super) verifier: String,
    locale: Option<String>,
}

loopback::debug_only!(Sent: provider, locale);

impl Provider {
    pub(super) async fn discover(registration: &Registration, policy: &str, wire: &Wire) -> Result<Self> {
        let tenant = &registration.tenant;
        let address = Url::parse(&format!(
            "{tenant}/{policy}/v2.0/.well-known/openid-configuration"
        ))?;
        let answer = wire.get(&address, None).await?;
        ensure!(answer.status == 200, "discovery answered {}", answer.status);
        let document: Value = answer.json()?;
        let text = |name: &str| {
            let text = document.get(name).and_then(Value::as_str);
            text.with_context(|| format!("{name} is missing"))
        };
        let endpoint = |name: &str| Url::parse(text(name)?).with_context(|| name.to_owned());
        Ok(Self {
            issuer: text("issuer")?.to_owned(),
            authorization: endpoint("authorization_endpoint")?,
            token: endpoint("token_endpoint")?,
            jwks: endpoint("jwks_uri")?,
            end_session: endpoint("end_session_endpoint")?,
        })
    }

    /// A request with fresh state, nonce and code verifier.
    pub(super) fn prepare(self, locale: Option<String>) -> Sent {
        Sent {
            provider: self,
            state: random::hex::<16>(),
            nonce: random::hex::<16>(),
            verifier: random::hex::<32>(),
            locale,
        }
    }
}

impl Sent {
    /// Where to send the browser.
    pub(super) fn address(&self, registration: &Registration) -> Url {
        let mut address = self.provider.authorization.clone();
        address
            .query_pairs_mut()
            .append_pair("client_id", &registration.client_id)
            .append_pair("redirect_uri", &registration.redirect_uri())
            .append_pair("response_type", "code")
            .append_pair("scope", "openid offline_access")
            .append_pair("state", &self.state)
            .append_pair("nonce", &self.nonce)
            .append_pair("code_challenge", &challenge(&self.verifier))
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(self.locale.as_ref().map(|locale| ("ui_locales", locale)));
        address
    }
}
