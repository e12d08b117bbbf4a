//! Transactions of the Jumio simulator: looking at them, and playing the person without a browser.

use std::sync::Arc;

use loopback::clock::stamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::callback;
use super::reply::{Reply, bad, body, not_found, wrong_method};
use crate::jumio::asked::Api;
use crate::jumio::document::Document;
use crate::jumio::netverify::words;
use crate::jumio::scenario::{self, Plan};
use crate::jumio::tenant::Tenant;
use crate::jumio::transaction::Transaction;
use crate::serve::{Answer, Request};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finish {
    /// The transaction's own scenario when absent.
    scenario: Option<String>,
    /// Members that are not given stay as on the sample document.
    document: Option<Document>,
}

/// There is nothing to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

pub(super) async fn route(tenant: &Arc<Tenant>, request: &Request, rest: &[&str]) -> Reply {
    let (method, [id, action @ ..]) = (request.method.as_str(), rest) else {
        return if request.method == http::Method::GET {
            Ok(list(tenant, request))
        } else {
            Err(wrong_method())
        };
    };
    let transaction = find(tenant, id)?;
    let execution = transaction.execution.as_str();
    match (method, action) {
        ("GET", []) => Ok(view(tenant, &transaction)),
        ("DELETE", []) if tenant.wipe(execution) => Ok(json!({})),
        ("DELETE", []) => Err(not_found("transaction any more")),
        ("POST", ["begin"]) => {
            let Nothing {} = body(request)?;
            changed(tenant, tenant.open(execution))
        }
        ("POST", ["expire"]) => {
            let Nothing {} = body(request)?;
            changed(tenant, tenant.expire(execution))
        }
        ("POST", ["finish"]) => finish(tenant, &transaction, request),
        ("POST", ["callback"]) => callback::send(tenant, &transaction, body(request)?).await,
        (_, [] | ["begin" | "expire" | "finish" | "callback"]) => Err(wrong_method()),
        _ => Err(not_found("route")),
    }
}

/// By workflow execution id or scan reference, or the newest as `latest`.
pub(super) fn find(tenant: &Arc<Tenant>, id: &str) -> Result<Transaction, Answer> {
    let newest = || {
        tenant
            .book
            .with(|book| book.all().last().map(|newest| newest.execution.clone()))
    };
    let execution = if id == "latest" {
        newest()
    } else {
        Some(id.to_owned())
    };
    execution
        .and_then(|execution| tenant.look(&execution))
        .ok_or_else(|| not_found("transaction"))
}

fn list(tenant: &Arc<Tenant>, request: &Request) -> Value {
    let reference = request.query_value("reference");
    let wanted = |transaction: &&Transaction| {
        reference
            .as_ref()
            .is_none_or(|reference| transaction.asked.customer_reference == *reference)
    };
    let all: Vec<Transaction> = tenant
        .book
        .with(|book| book.all().filter(wanted).cloned().collect());
    all.iter().map(|transaction| view(tenant, transaction)).collect()
}

fn changed(tenant: &Tenant, transaction: Option<Transaction>) -> Reply {
    transaction
        .map(|transaction| view(tenant, &transaction))
        .ok_or_else(|| not_found("transaction"))
}

fn finish(tenant: &Arc<Tenant>, transaction: &Transaction, request: &Request) -> Reply {
    let finish: Finish = body(request)?;
    let name = finish.scenario.unwrap_or_else(|| transaction.plan.name.clone());
    let plan = Plan::named(&name).ok_or_else(|| bad(scenario::unknown(&name)))?;
    let document = finish.document.unwrap_or_else(|| transaction.document.clone());
    changed(tenant, tenant.finish(&transaction.execution, plan, document))
}

/// A transaction with what only its owner knows: the web link, and where the browser is sent afterwards.
fn view(tenant: &Tenant, transaction: &Transaction) -> Value {
    let asked = &transaction.asked;
    let (account, status, quirks) = match asked.api {
        Api::Kyx => (Some(&transaction.account), transaction.status(), None),
        Api::Netverify => (None, words::status(transaction), Some(transaction.quirks)),
    };
    json!({
        "id": transaction.execution, "api": asked.api, "account": account, "status": status,
        "scenario": transaction.plan.name, "customerInternalReference": asked.customer_reference,
        "userReference": asked.user_reference, "workflowKey": asked.workflow_key, "locale": asked.locale,
        "callbackUrl": asked.callback_url, "successUrl": asked.success_url, "errorUrl": asked.error_url,
        "href": tenant.href(transaction), "return": transaction.way_back(),
        "createdAt": stamp(transaction.created_at), "endedAt": transaction.ended_at.map(stamp),
        "callbacks": transaction.sent, "quirks": quirks,
    })
}
