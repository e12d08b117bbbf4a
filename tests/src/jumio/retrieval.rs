//! `retrieval.<region>`: status, details, steps and deletion.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::json;

use super::asked::Api;
use super::details::{details, status, steps};
use super::gate::check_call;
use super::problem::{injected, not_found, wrong_method};
use super::rates::Lane;
use super::tenant::Tenant;
use super::transaction::Transaction;
use crate::manners::Throttle;
use crate::serve::{Answer, Request, Service};

pub(super) struct Host(pub(super) Arc<Tenant>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        match (request.method.as_str(), request.segments().as_slice()) {
            ("DELETE", ["api", "v1", "accounts", ..]) => "delete",
            (_, ["api", "v1", "accounts", _, "workflow-executions", _]) => "details",
            (_, ["api", "v1", "accounts", _, "workflow-executions", _, "status"]) => "status",
            (_, ["api", "v1", "accounts", _, "workflow-executions", _, "steps"]) => "steps",
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

    fn throttle(&self, operation: &str) -> Option<Throttle> {
        // Published limits, told without a pause. A start is never sent again, so it is not refused.
        matches!(operation, "details" | "status").then_some(Throttle {
            status: 429,
            retry_after_s: None,
        })
    }
}

impl Host {
    fn answer_now(&self, request: &Request) -> Result<Answer, Answer> {
        check_call(&self.0, request, Lane::Retrieval)?;
        let segments = request.segments();
        let ["api", "v1", "accounts", account, rest @ ..] = segments.as_slice() else {
            return Err(not_found());
        };
        match (request.method.as_str(), rest) {
            ("GET", ["workflow-executions", execution]) => {
                let transaction = self.readable(account, execution)?;
                let shape = self
                    .0
                    .settings
                    .with(|settings| settings.shape)
                    .and(transaction.plan.shape);
                Ok(Answer::json(200, &details(&transaction, shape)))
            }
            ("GET", ["workflow-executions", execution, "status"]) => {
                let transaction = self.readable(account, execution)?;
                let shape = self
                    .0
                    .settings
                    .with(|settings| settings.shape)
                    .and(transaction.plan.shape);
                Ok(Answer::json(
                    200,
                    &status(&transaction, shape, self.0.clock.now()),
                ))
            }
            ("GET", ["workflow-executions", execution, "steps"]) => {
                Ok(Answer::json(200, &steps(&self.readable(account, execution)?)))
            }
            ("DELETE", ["workflow-executions", execution]) => {
                self.of_account(account, execution)?;
                self.delete(&[(*execution).to_owned()])
            }
            ("DELETE", []) => {
                let executions = self.0.book.with(|book| book.of_account(account));
                self.0.book.with(|book| book.forget_account(account));
                self.delete(&executions)
            }
            (_, [] | ["workflow-executions", _] | ["workflow-executions", _, "status" | "steps"]) => {
                Err(wrong_method())
            }
            _ => Err(not_found()),
        }
    }

    /// The transaction, when it belongs to the account: ids of two people never meet.
    fn of_account(&self, account: &str, execution: &str) -> Result<Transaction, Answer> {
        self.0
            .look(execution)
            .filter(|transaction| transaction.asked.api == Api::Kyx && transaction.account == account)
            .ok_or_else(not_found)
    }

    /// The transaction, unless its result is late or it was wiped.
    fn readable(&self, account: &str, execution: &str) -> Result<Transaction, Answer> {
        let transaction = self.of_account(account, execution)?;
        let (timers, shows_wiped) = self
            .0
            .settings
            .with(|settings| (settings.timers.clone(), settings.wiped_details));
        let gone = transaction.wiped_at.is_some() && !shows_wiped;
        if gone || !transaction.is_readable(&timers, self.0.clock.now()) {
            return Err(not_found());
        }
        Ok(transaction)
    }

    fn delete(&self, executions: &[String]) -> Result<Answer, Answer> {
        let wiped = executions
            .iter()
            .filter(|execution| self.0.wipe(execution))
            .count();
        if wiped == 0 {
            Err(not_found())
        } else {
            Ok(Answer::json(200, &json!({})))
        }
    }
}
