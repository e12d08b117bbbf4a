//! What a callback says about a transaction.

use loopback::random;
use serde_json::{Value, json};

use super::super::asked::Api;
use super::super::netverify::form::Form;
use super::super::settings::Settings;
use super::super::transaction::Transaction;
use super::Content;

/// The callback for a status of a transaction, by the settings in force. Netverify tells no status but the result as it
/// stands, and for KYX too where the settings ask for its shape.
#[must_use]
pub fn content(transaction: &Transaction, status: &str, settings: &Settings) -> Content {
    if transaction.asked.api == Api::Netverify {
        let form = Form::of(transaction, None, settings);
        let status = form.verdict().to_owned();
        return Content::Netverify { status, form };
    }
    if settings.callbacks.netverify {
        return Content::Netverify {
            status: status.to_owned(),
            form: Form::of(transaction, None, settings),
        };
    }
    let account = if settings.callbacks.wrong_account {
        &random::uuid()
    } else {
        &transaction.account
    };
    Content::Kyx {
        status: status.to_owned(),
        body: body(transaction, status, account, settings),
    }
}

/// Hosts in `href` are Jumio's real ones: a receiver that follows them leaves the rig, which is how a test notices.
fn body(transaction: &Transaction, status: &str, account: &str, settings: &Settings) -> Value {
    const API: &str = "https://retrieval.emea-1.jumio.ai/api/v1";
    let execution = &transaction.execution;
    let key = &transaction.asked.workflow_key;
    let shape = settings.shape.and(transaction.plan.shape);
    let mut body = json!({
        "workflowExecution": {
            "id": execution, "href": format!("{API}/workflow-executions/{execution}"), "status": status,
            "definitionKey": if shape.swapped_types { json!(key.parse::<u64>().unwrap_or(0)) } else { json!(key) },
        },
        "account": { "id": account, "href": format!("{API}/accounts/{account}") },
    });
    if let (Some(members), Some(reference)) = (body.as_object_mut(), &transaction.asked.user_reference) {
        members.insert("userReference".to_owned(), json!(reference));
    }
    body
}
