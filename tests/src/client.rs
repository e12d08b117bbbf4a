//! An `OpenID` client of one's own: asks the handler "is this person who they say they are?" and believes nothing that
//! it has not checked.
//!
//! As a library it lets tests walk a journey without a browser; [`page`] gives a person a button to press.
//!
//! # Layout
//! - `proof`: how it proves itself; `ask`: what it asks; `received`: what comes back through the browser;
//!   `tokens`: the code redeemed, the tokens checked
//! - [`registration`]: B2C's REST step before it
//! - [`walk`]: a whole journey of a browser without a window
//! - [`page`]: the page with the button; [`exchange`]: what went over the wire

pub mod ask;
pub mod exchange;
pub mod page;
pub mod proof;
pub mod received;
pub mod registration;
pub mod tokens;
pub mod walk;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use url::Url;

use exchange::Wire;
use loopback::clock::Clock;
use proof::Proof;

/// What the client and the provider agreed on.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// The provider: `iss` of its tokens, and where its discovery document is.
    pub issuer: String,
    /// `client_id`.
    pub id: String,
    /// How the client proves itself.
    pub proof: Proof,
    /// Where the browser comes back to.
    pub redirect_uri: Url,
    /// Whether the client uses PKCE (RFC 7636); B2C does not.
    pub pkce: bool,
}

/// A client that has read the provider's discovery document.
#[derive(Clone, Debug)]
pub struct Client {
    /// What was agreed.
    pub agreement: Agreement,
    /// The provider's endpoints.
    pub provider: Provider,
    pub(crate) wire: Wire,
    pub(crate) clock: Clock,
}

/// What the discovery document says.
#[derive(Clone, Debug)]
pub struct Provider {
    /// `authorization_endpoint`.
    pub authorization: Url,
    /// `pushed_authorization_request_endpoint`.
    pub push: Url,
    /// `token_endpoint`.
    pub token: Url,
    /// `userinfo_endpoint`.
    pub userinfo: Url,
    /// `jwks_uri`.
    pub jwks: Url,
}

impl Client {
    /// Reads the discovery document (OpenID Connect Discovery 1.0 §4).
    ///
    /// # Errors
    /// No answer, another issuer than the agreed one, or an endpoint that is missing.
    pub async fn discover(agreement: Agreement, wire: Wire, clock: Clock) -> Result<Self> {
        let issuer = agreement.issuer.clone();
        Self::discover_at(&issuer, agreement, wire, clock).await
    }

    /// The same, where the document is served at another address than the issuer's.
    ///
    /// # Errors
    /// As [`Client::discover`].
    pub async fn discover_at(at: &str, agreement: Agreement, wire: Wire, clock: Clock) -> Result<Self> {
        let address = format!("{}/.well-known/openid-configuration", at.trim_end_matches('/'));
        let answer = wire.get(&Url::parse(&address)?, None).await?;
        ensure!(answer.status == 200, "discovery answered {}", answer.status);
        let document: Value = answer.json()?;
        ensure!(
            document.get("issuer").and_then(Value::as_str) == Some(&agreement.issuer),
            "the discovery document names another issuer"
        );
        let provider = Provider::of(&document)?;
        Ok(Self {
            agreement,
            provider,
            wire,
            clock,
        })
    }

    /// What it has sent and received from server to server so far.
    #[must_use]
    pub fn exchanges(&self) -> Vec<exchange::Exchange> {
        self.wire.exchanges()
    }

    /// The same client under another agreement, at the same provider.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Agreement)) -> Self {
        let mut client = self.clone();
        change(&mut client.agreement);
        client
    }
}

impl Provider {
    fn of(document: &Value) -> Result<Self> {
        let endpoint = |name: &str| {
            let text = document.get(name).and_then(Value::as_str);
            let text = text.with_context(|| format!("{name} is missing"))?;
            Url::parse(text).with_context(|| name.to_owned())
        };
        Ok(Self {
            authorization: endpoint("authorization_endpoint")?,
            push: endpoint("pushed_authorization_request_endpoint")?,
            token: endpoint("token_endpoint")?,
            userinfo: endpoint("userinfo_endpoint")?,
            jwks: endpoint("jwks_uri")?,
        })
    }
}
