//! `POST /api/v4/initiate`: opening transactions.

use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::super::scenario::Channel;
use super::super::tenant::Tenant;
use super::super::transaction::Transaction;
use super::asked;
use super::gate::{self, Wants};
use super::problem::problem;
use super::quirks::Quirks;
use crate::serve::{Answer, Request};

pub(super) fn open(tenant: &Tenant, request: &Request) -> Result<Answer, Answer> {
    gate::check(tenant, request, Wants::Initiate)?;
    let settings = tenant.settings.get();
    let refuse = |why: &str| {
        let status = settings.netverify.refusal_status;
        problem(status, why, &request.path, Quirks::default())
    };
    let body = request.json().map_err(|_| refuse("the body is not JSON"))?;
    let asked = asked::read(&body, &settings).map_err(|why| refuse(&why))?;
    // Nobody has accounts here; whoever the customer says it is, is the same person.
    let account = asked.user_reference.clone().unwrap_or_default();
    let transaction = tenant.create(Some(account), asked);
    let answer = Answer::json(200, &reply(tenant, &transaction));
    // As seen on the wire, other than on retrieval.
    Ok(answer.header(CONTENT_TYPE, "application/json;charset=UTF-8"))
}

fn reply(tenant: &Tenant, transaction: &Transaction) -> Value {
    let quirks = tenant
        .settings
        .with(|settings| super::quirks(transaction, settings));
    let mut reply = json!({
        "timestamp": quirks.time(&loopback::clock::stamp(transaction.created_at)),
        "transactionReference": transaction.execution,
    });
    if let Some(members) = reply.as_object_mut() {
        if transaction.plan.without != Some(Channel::Web) {
            members.insert("redirectUrl".to_owned(), json!(tenant.href(transaction)));
        }
        if quirks.unknown_members {
            members.insert("sandbox".to_owned(), json!([7]));
        }
    }
    reply
}
