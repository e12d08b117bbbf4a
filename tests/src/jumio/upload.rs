//! `api.<region>`: the channel for customers that take pictures themselves.
//!
//! The handler does not use it; it is here because a client that uploads with the wrong method is a documented way to
//! fail. Pictures are counted, never kept.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::json;

use super::asked::Api;
use super::gate::check_headers;
use super::problem::{injected, not_found, problem, unauthorized, wrong_method};
use super::tenant::Tenant;
use super::transaction::{Stage, Transaction};
use crate::serve::{Answer, Request, Service};

/// What a picture may be.
const CLASSIFIERS: [&str; 4] = ["FRONT", "BACK", "FACE", "FACEMAP"];

pub(super) struct Host(pub(super) Arc<Tenant>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        match request.segments().as_slice() {
            [
                "api",
                "v1",
                "accounts",
                _,
                "workflow-executions",
                _,
                "credentials",
                _,
                "parts",
                _,
            ] => "upload",
            ["api", "v1", "accounts", _, "workflow-executions", _] => "finalize",
            _ => "unknown",
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = self.answer_now(&request);
        async { answer.unwrap_or_else(|refusal| refusal) }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        injected(status)
    }
}

impl Host {
    fn answer_now(&self, request: &Request) -> Result<Answer, Answer> {
        check_headers(request)?;
        let segments = request.segments();
        let [
            "api",
            "v1",
            "accounts",
            account,
            "workflow-executions",
            execution,
            rest @ ..,
        ] = segments.as_slice()
        else {
            return Err(not_found());
        };
        let transaction = self.authorized(request, account, execution)?;
        match (request.method.as_str(), rest) {
            ("POST", ["credentials", credential, "parts", part]) => {
                upload(&transaction, credential, part, request)
            }
            ("PUT", []) => self.finalize(&transaction),
            (_, [] | ["credentials", _, "parts", _]) => Err(wrong_method()),
            _ => Err(not_found()),
        }
    }

    /// The bearer is the `api` token of this very transaction, not the access token.
    fn authorized(&self, request: &Request, account: &str, execution: &str) -> Result<Transaction, Answer> {
        let token = request.authorization("bearer").ok_or_else(unauthorized)?;
        if self.0.links.execution(token, "api").as_deref() != Some(execution) {
            return Err(unauthorized());
        }
        self.0
            .look(execution)
            .filter(|transaction| transaction.asked.api == Api::Kyx && transaction.account == account)
            .ok_or_else(not_found)
    }

    fn finalize(&self, transaction: &Transaction) -> Result<Answer, Answer> {
        if !matches!(transaction.stage, Stage::Created | Stage::Begun) {
            return Err(problem(409, "The workflow is finalized already"));
        }
        let (plan, document) = (transaction.plan.clone(), transaction.document.clone());
        self.0
            .finish(&transaction.execution, plan, document)
            .ok_or_else(not_found)?;
        Ok(Answer::json(200, &reply(transaction)))
    }
}

fn upload(
    transaction: &Transaction,
    credential: &str,
    part: &str,
    request: &Request,
) -> Result<Answer, Answer> {
    let slots = &transaction.credentials;
    let known = [&slots.id, &slots.selfie, &slots.facemap]
        .iter()
        .any(|slot| *slot == credential);
    if !known || !CLASSIFIERS.contains(&part) {
        return Err(not_found());
    }
    if request.media_type() != "multipart/form-data" || request.body.is_empty() {
        return Err(problem(400, "A multipart field named file is expected"));
    }
    Ok(Answer::json(200, &reply(transaction)))
}

fn reply(transaction: &Transaction) -> serde_json::Value {
    json!({ "timestamp": loopback::clock::stamp(transaction.touched_at), "account": { "id": transaction.account },
        "workflowExecution": { "id": transaction.execution } })
}
