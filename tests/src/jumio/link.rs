//! The web link of a transaction: an address of the hosted page with a signed token in it.

use loopback::{jose, random};
use serde_json::{Value, json};
use url::Url;

use super::asked::Api;
use super::transaction::Transaction;

/// Signs and reads the tokens of web links (HS512, as Jumio's).
#[derive(Debug)]
pub(super) struct Links([u8; 64]);

impl Links {
    pub(super) fn new() -> Self {
        Self(random::bytes())
    }

    /// The token of a transaction, for one channel (`web`, `sdk`, `api`).
    pub(super) fn token(&self, transaction: &Transaction, channel: &str) -> String {
        let claims = json!({ "sub": transaction.execution, "acc": transaction.account, "chn": channel,
            "iat": transaction.created_at.unix_timestamp(), "jti": random::uuid() });
        jose::sign_hmac(&json!({ "alg": "HS512" }), &claims, &self.0).unwrap_or_default()
    }

    /// The hosted page's address for a transaction, on the host of its product.
    pub(super) fn href(&self, host: &Url, transaction: &Transaction) -> String {
        let (token, locale) = (self.token(transaction, "web"), &transaction.asked.locale);
        match transaction.asked.api {
            Api::Kyx => format!("{host}web/v4/app?authorizationToken={token}&locale={locale}"),
            Api::Netverify => format!("{host}web/v4/app?locale={locale}&authorizationToken={token}"),
        }
    }

    /// The execution a token is for, when it is one of that channel.
    pub(super) fn execution(&self, token: &str, channel: &str) -> Option<String> {
        let claims = jose::parse(token).ok()?.verify_hmac("HS512", &self.0).ok()?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        (text("chn") == Some(channel))
            .then(|| text("sub").map(str::to_owned))
            .flatten()
    }
}
