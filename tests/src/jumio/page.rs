//! `<prefix>.web.<region>`: the hosted page, where a tester plays the person.

pub(crate) mod view;

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::asked::Api;
use super::document::Document;
use super::document_file::DocumentFile;
use super::scenario::Plan;
use super::tenant::Tenant;
use super::transaction::{SESSION_EXPIRED, Stage, TOKEN_EXPIRED, Transaction};
use crate::serve::{Answer, Request, Service};

/// Where the page lives, as Jumio's did from 2021 on.
pub(super) const PATH: &str = "/web/v4/app";

pub(super) struct Host(pub(super) Arc<Tenant>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        if request.path == PATH { "page" } else { "unknown" }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = match (request.method.as_str(), request.path.as_str()) {
            (_, PATH) => Page(&self.0, Api::Kyx).answer(&request),
            _ => view::message(404, "There is nothing here."),
        };
        async { answer }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        view::message(status, "A fault was injected here.")
    }
}

/// The page of one product: a link of the other one is not known here.
pub(super) struct Page<'t>(pub(super) &'t Arc<Tenant>, pub(super) Api);

impl Page<'_> {
    pub(super) fn answer(&self, request: &Request) -> Answer {
        match request.method.as_str() {
            "GET" | "HEAD" => self.show(request),
            "POST" => self.act(request),
            _ => view::message(405, "This page is read and submitted, nothing else."),
        }
    }

    /// The execution that a token is for, if it is this product's.
    fn execution(&self, token: &str) -> Option<String> {
        let execution = self.0.links.execution(token, "web")?;
        let transaction = self.0.look(&execution)?;
        (transaction.asked.api == self.1).then_some(execution)
    }

    fn show(&self, request: &Request) -> Answer {
        let token = request.query_value("authorizationToken").unwrap_or_default();
        let Some(execution) = self.execution(&token) else {
            return unknown_link();
        };
        if request.method == http::Method::HEAD {
            return Answer::page(200, String::new()); // a link preview is no person
        }
        let Some(transaction) = self.0.open(&execution) else {
            return unknown_link();
        };
        if let Some(answer) = over(&transaction) {
            return answer;
        }
        if transaction.at_once || self.0.settings.with(|settings| settings.auto) {
            return self.play(
                &transaction,
                transaction.plan.clone(),
                transaction.document.clone(),
            );
        }
        view::form(&token, &transaction)
    }

    fn act(&self, request: &Request) -> Answer {
        let token = request.form_value("authorizationToken").unwrap_or_default();
        let Some(execution) = self.execution(&token) else {
            return unknown_link();
        };
        let Some(transaction) = self.0.open(&execution) else {
            return unknown_link();
        };
        if let Some(answer) = over(&transaction) {
            return answer;
        }
        match request.form_value("action").as_deref() {
            Some("submit") => self
                .submit(&transaction, request)
                .unwrap_or_else(|refusal| refusal),
            Some("attempt") if self.1 == Api::Netverify => self.attempt(&token, &execution),
            Some("abandon") => self.abandon(&transaction, request.form_value("at_once").is_some()),
            Some("error") => {
                back_with_error(&transaction, &request.form_value("errorCode").unwrap_or_default())
            }
            _ => view::message(400, "There is no such button."),
        }
    }

    fn submit(&self, transaction: &Transaction, request: &Request) -> Result<Answer, Answer> {
        let name = request.form_value("scenario").unwrap_or_default();
        let plan = Plan::named(&name).ok_or_else(|| view::message(400, "There is no such scenario."))?;
        let document = shown(transaction, request);
        let text = request.form_value("file").unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(self.play(transaction, plan, document));
        }
        let refused = |error| view::message(400, &format!("This file is no document: {error}."));
        let file = DocumentFile::parse(&text).map_err(refused)?;
        let document = file.over(&document).map_err(refused)?;
        Ok(self.play(transaction, file.plan.unwrap_or(plan), document))
    }

    fn play(&self, transaction: &Transaction, plan: Plan, document: Document) -> Answer {
        let Some(transaction) = self.0.finish(&transaction.execution, plan, document) else {
            return unknown_link();
        };
        match transaction.way_back() {
            Some(address) => Answer::see_other(&address),
            None => view::message(200, "Thank you. You can close this page."),
        }
    }

    /// Three pictures may be sent; KYX counts them otherwise, so only Netverify has this button.
    fn attempt(&self, token: &str, execution: &str) -> Answer {
        match self.0.attempt(execution) {
            None => unknown_link(),
            Some((transaction, true)) => back_with_error(&transaction, "9835"),
            Some((transaction, false)) => view::form(token, &transaction),
        }
    }

    fn abandon(&self, transaction: &Transaction, at_once: bool) -> Answer {
        if at_once {
            self.0.expire(&transaction.execution);
            return view::message(
                200,
                "You left, and fifteen minutes have passed: the session has expired.",
            );
        }
        view::message(
            200,
            "You left. The session expires fifteen minutes after your last action.",
        )
    }
}

fn unknown_link() -> Answer {
    view::message(401, "Error 9200: this link is not valid.")
}

fn back_with_error(transaction: &Transaction, code: &str) -> Answer {
    if !view::ERROR_CODES.iter().any(|(known, _)| *known == code) {
        return view::message(400, "There is no such error code.");
    }
    match transaction.return_address(Some(code)) {
        Some(address) => Answer::see_other(&address),
        None => view::message(200, &format!("Error {code}. You can close this page.")),
    }
}

/// A link that was used up sends the browser on as the end of its transaction did.
fn over(transaction: &Transaction) -> Option<Answer> {
    let code = match transaction.stage {
        Stage::Created | Stage::Begun => return None,
        Stage::Ended(TOKEN_EXPIRED) => Some("9200"),
        Stage::Ended(SESSION_EXPIRED) => Some("9210"),
        Stage::Submitted | Stage::Ended(_) => transaction.is_exhausted().then_some("9835"),
    };
    let address = transaction.return_address(code);
    Some(address.map_or_else(
        || view::message(200, "This check is over."),
        |address| Answer::see_other(&address),
    ))
}

/// The chosen document with whatever was typed over it.
fn shown(transaction: &Transaction, request: &Request) -> Document {
    let chosen = request.form_value("person").unwrap_or_default();
    let sample = |index: usize| Document::samples().into_iter().nth(index);
    let mut document = match chosen.parse() {
        Ok(index) => sample(index).unwrap_or_default(),
        Err(_) if chosen == view::OWN => transaction.document.clone(),
        Err(_) => Document::default(),
    };
    let typed = |name: &str| request.form_value(name).filter(|text| !text.trim().is_empty());
    let fields = [
        ("type", &mut document.kind),
        ("issuingCountry", &mut document.issuing_country),
        ("firstName", &mut document.first_name),
        ("lastName", &mut document.last_name),
        ("dateOfBirth", &mut document.date_of_birth),
    ];
    for (name, field) in fields {
        if let Some(text) = typed(name) {
            *field = text;
        }
    }
    document
}
