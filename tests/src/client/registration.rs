//! Plays Azure AD B2C's REST step: registers a verification and gets a ticket for the browser.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use url::Url;

use super::exchange::{Answer, Wire};
use super::proof::basic;

/// How the caller of `POST /api/verify` proves itself.
#[derive(Clone)]
pub enum Caller {
    /// User and password.
    Basic(String, String),
    /// An Entra token.
    Bearer(String),
    /// Nothing; a client certificate does it, or nobody does.
    Nothing,
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Basic(user, _) => write!(f, "Basic({user}, …)"),
            Self::Bearer(_) => f.write_str("Bearer(…)"),
            Self::Nothing => f.write_str("Nothing"),
        }
    }
}

/// A registered verification.
#[derive(Clone)]
pub struct Registered {
    /// For `login_hint`.
    pub ticket: String,
    /// `verificationId`.
    pub id: String,
    /// The whole answer.
    pub answer: Value,
}

loopback::debug_only!(Registered: id);

/// Sends a registration and returns the answer as it is.
///
/// # Errors
/// No answer.
pub async fn register_raw(wire: &Wire, address: &Url, caller: &Caller, claims: &Value) -> Result<Answer> {
    let header = match caller {
        Caller::Basic(user, password) => Some(basic(user, password)),
        Caller::Bearer(token) => Some(format!("Bearer {token}")),
        Caller::Nothing => None,
    };
    wire.post(address, "application/json", claims.to_string(), header.as_deref())
        .await
}

/// Registers; no member of the answer may be null, because B2C drops nulls with a warning.
///
/// # Errors
/// A refusal, or an answer B2C could not use.
pub async fn register(wire: &Wire, address: &Url, caller: &Caller, claims: &Value) -> Result<Registered> {
    let answer = register_raw(wire, address, caller, claims).await?;
    ensure!(
        answer.status == 200,
        "the registration was answered {}: {}",
        answer.status,
        answer.body
    );
    let body: Value = answer.json()?;
    let members = body.as_object().context("the answer is no object")?;
    ensure!(
        members
            .values()
            .all(|value| !value.is_null() && !value.is_object()),
        "the answer is not flat: {body}"
    );
    let text = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .with_context(|| format!("no {name}: {body}"))
    };
    Ok(Registered {
        ticket: text("ticket")?.to_owned(),
        id: text("verificationId")?.to_owned(),
        answer: body.clone(),
    })
}
