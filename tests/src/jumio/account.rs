//! `account.<region>`: opening transactions.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::asked;
use super::details::time_text;
use super::gate::{check_call, check_media_type};
use super::problem::{injected, not_found, problem, wrong_method};
use super::rates::Lane;
use super::scenario::Channel;
use super::tenant::Tenant;
use super::transaction::Transaction;
use crate::serve::{Answer, Request, Service};

pub(super) struct Host(pub(super) Arc<Tenant>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        match request.segments().as_slice() {
            ["api", "v1", "accounts"] => "create",
            ["api", "v1", "accounts", _] => "update",
            _ => "unknown",
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = match (request.method.as_str(), request.segments().as_slice()) {
            ("POST", ["api", "v1", "accounts"]) => open(&self.0, &request, None),
            ("PUT", ["api", "v1", "accounts", account]) => open(&self.0, &request, Some(account)),
            (_, ["api", "v1", "accounts"] | ["api", "v1", "accounts", _]) => Err(wrong_method()),
            _ => Err(not_found()),
        };
        async { answer.unwrap_or_else(|refusal| refusal) }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        injected(status)
    }
}

fn open(tenant: &Tenant, request: &Request, account: Option<&str>) -> Result<Answer, Answer> {
    check_call(tenant, request, Lane::Account)?;
    check_media_type(request, "application/json")?;
    if account.is_some_and(|account| !tenant.book.with(|book| book.has_account(account))) {
        return Err(not_found());
    }
    let settings = tenant.settings.get();
    let body = request.json().map_err(|_| problem(400, "The body is not JSON"))?;
    let asked = asked::read(&body, &settings).map_err(|detail| problem(400, &detail))?;
    let transaction = tenant.create(account.map(str::to_owned), asked);
    Ok(Answer::json(
        settings.created_status,
        &reply(tenant, &transaction),
    ))
}

fn reply(tenant: &Tenant, transaction: &Transaction) -> Value {
    let mut reply = json!({
        "timestamp": time_text(transaction.created_at, transaction.plan.shape),
        "account": { "id": transaction.account },
        "workflowExecution": { "id": transaction.execution, "credentials": credentials(tenant, transaction) },
    });
    if let Some(members) = reply.as_object_mut() {
        if transaction.plan.without != Some(Channel::Web) {
            members.insert("web".to_owned(), web(tenant, transaction));
        }
        if transaction.plan.without != Some(Channel::Sdk) {
            let token = tenant.links.token(transaction, "sdk");
            members.insert("sdk".to_owned(), json!({ "token": token }));
        }
    }
    reply
}

fn web(tenant: &Tenant, transaction: &Transaction) -> Value {
    let asked = &transaction.asked;
    let mut web = json!({ "href": tenant.href(transaction) });
    if let Some(members) = web.as_object_mut() {
        for (name, address) in [("successUrl", &asked.success_url), ("errorUrl", &asked.error_url)] {
            if let Some(address) = address {
                members.insert(name.to_owned(), json!(address));
            }
        }
    }
    web
}

fn credentials(tenant: &Tenant, transaction: &Transaction) -> Value {
    let slots = &transaction.credentials;
    json!([
        { "id": slots.id, "category": "ID", "allowedChannels": ["WEB", "API", "SDK"],
            "api": upload(tenant, transaction, &slots.id, &["FRONT", "BACK"]) },
        { "id": slots.selfie, "category": "SELFIE", "allowedChannels": ["WEB", "API", "SDK"],
            "api": upload(tenant, transaction, &slots.selfie, &["FACE"]) },
        { "id": slots.facemap, "category": "FACEMAP", "allowedChannels": ["WEB", "SDK"] },
    ])
}

/// Where to send pictures of a credential, and with which token.
fn upload(tenant: &Tenant, transaction: &Transaction, credential: &str, classifiers: &[&str]) -> Value {
    let base = tenant
        .addresses()
        .map(|addresses| addresses.upload.to_string())
        .unwrap_or_default();
    let Transaction {
        account, execution, ..
    } = transaction;
    let workflow = format!("{base}api/v1/accounts/{account}/workflow-executions/{execution}");
    let part = |classifier: &&str| {
        let address = format!("{workflow}/credentials/{credential}/parts/{classifier}");
        (classifier.to_lowercase(), json!(address))
    };
    let parts: serde_json::Map<String, Value> = classifiers.iter().map(part).collect();
    json!({ "token": tenant.links.token(transaction, "api"), "parts": parts, "workflowExecution": workflow })
}
