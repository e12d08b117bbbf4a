//! A callback on demand, right or wrong.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{Reply, bad};
use crate::jumio::asked::Api;
use crate::jumio::callback::{Callback, Content, content, deliver};
use crate::jumio::netverify::form::Form;
use crate::jumio::settings::Settings;
use crate::jumio::tenant::Tenant;
use crate::jumio::transaction::Transaction;
use crate::merge::merge;

/// `POST /jumio/transactions/{id}/callback`; everything is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Ask {
    /// Told instead of the transaction's own status; of Netverify's, instead of its `verificationStatus`.
    status: Option<String>,
    /// How often it is sent; once unless told. Nothing is repeated after a refusal.
    copies: Option<u32>,
    /// `callbackSentAt` instead of the present.
    sent_at: Option<String>,
    /// Sent here instead of to the `callbackUrl`.
    to: Option<String>,
    /// In the older shape, a form with personal data.
    netverify: bool,
    /// The portal's test message instead.
    portal_test: bool,
    /// JSON merge patch (RFC 7396) on the KYX body, for example `{"account": {"id": "somebody"}}`, or on Netverify's fields.
    patch: Option<Value>,
    /// Sent as it is instead of anything else.
    raw: Option<Raw>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    content_type: String,
    body: String,
}

impl Ask {
    /// This status, or the transaction's own, so many times.
    pub(super) fn of(status: Option<String>, copies: u32) -> Self {
        Self {
            status,
            copies: Some(copies),
            ..Self::default()
        }
    }
}

/// Sends it now and answers with what the receiver said to each attempt.
pub(super) async fn send(tenant: &Arc<Tenant>, transaction: &Transaction, ask: Ask) -> Reply {
    let to = ask.to.clone().or_else(|| transaction.asked.callback_url.clone());
    let to = to.ok_or_else(|| bad("the transaction has no callbackUrl; say where to send it"))?;
    let mut settings = tenant.settings.get();
    settings.callbacks.netverify |= ask.netverify;
    let mut rules = settings.callbacks.clone();
    (rules.copies, rules.retries) = (ask.copies.unwrap_or(1), 0);
    let mut content = match ask.raw {
        Some(Raw { content_type, body }) => Content::Raw { content_type, body },
        None if ask.portal_test => Content::PortalTest,
        None => told(transaction, ask.status.as_deref(), &settings),
    };
    match (&mut content, &ask.patch) {
        (Content::Kyx { body, .. }, Some(patch)) => merge(body, patch),
        (Content::Netverify { form, .. }, Some(patch)) => form.patch(patch),
        _ => {}
    }
    let execution = transaction.execution.clone();
    let callback = Callback {
        execution,
        to,
        content,
        sent_at: ask.sent_at,
    };
    Ok(json!({ "sent": deliver(tenant, &callback, &rules).await }))
}

fn told(transaction: &Transaction, status: Option<&str>, settings: &Settings) -> Content {
    if let (Api::Netverify, Some(_)) = (transaction.asked.api, status) {
        let form = Form::of(transaction, status, settings);
        let status = form.verdict().to_owned();
        return Content::Netverify { status, form };
    }
    content(transaction, status.unwrap_or(transaction.status()), settings)
}
