//! The control port for people: the same as the JSON, as pages with forms. A browser is told by the `Accept` header.

mod view;

use http::Method;
use http::header::ORIGIN;

use super::callback::{self, Ask};
use super::{Handles, transactions};
use crate::jumio::document::{Document, is_day};
use crate::jumio::scenario::{self, Plan};
use crate::jumio::transaction::Transaction;
use crate::serve::{Answer, Request};
use view::Shown;

/// Callbacks that one press sends at most.
const COPIES: u32 = 9;

/// Why a form was not obeyed, for the person who sent it.
type Refusal = String;

/// Answers what a browser asks for; none where a program asks.
pub(super) async fn answer(handles: &Handles, request: &Request) -> Option<Answer> {
    let segments = request.segments();
    let is_read = request.method == Method::GET && wants_page(request);
    match segments.as_slice() {
        [""] | ["jumio", "transactions"] if is_read => Some(home(handles, None)),
        ["jumio", "transactions", id] if is_read => Some(one(handles, id, None)),
        ["page", rest @ ..] if request.method == Method::POST => Some(act(handles, request, rest).await),
        _ => None,
    }
}

fn wants_page(request: &Request) -> bool {
    request
        .header("accept")
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Whether no page of elsewhere asks: it may neither send anything nor, by a name of its own for this machine, read anything.
pub(super) fn is_own(request: &Request) -> bool {
    let host = request.header("host").unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let origin = request.header(ORIGIN.as_str());
    matches!(name, "localhost" | "127.0.0.1")
        && origin.is_none_or(|origin| origin == format!("http://{host}"))
}

/// What comes next, and everything so far.
fn home(handles: &Handles, refusal: Option<&str>) -> Answer {
    let tenant = &handles.jumio;
    let all: Vec<Transaction> = tenant.book.with(|book| book.all().cloned().collect());
    let (scenario, auto) = tenant
        .settings
        .with(|settings| (settings.scenario.clone(), settings.auto));
    view::home(&all, &scenario, auto, refusal)
}

/// One transaction, with every request that was about it.
fn one(handles: &Handles, id: &str, refusal: Option<&str>) -> Answer {
    let Ok(transaction) = transactions::find(&handles.jumio, id) else {
        return view::nothing("There is no such transaction.");
    };
    let href = handles.jumio.href(&transaction);
    let about = [&transaction.execution, &transaction.asked.customer_reference];
    let mut asked = handles.backstage.history.of(Some(crate::jumio::NAME));
    asked.retain(|entry| {
        about
            .iter()
            .any(|word| entry.path.contains(*word) || entry.body.contains(*word))
    });
    view::one(
        &Shown {
            transaction: &transaction,
            href: href.as_deref(),
            asked: &asked,
        },
        refusal,
    )
}

async fn act(handles: &Handles, request: &Request, rest: &[&str]) -> Answer {
    match rest {
        ["next"] => match next(handles, request) {
            Ok(()) => Answer::see_other("/"),
            Err(refusal) => home(handles, Some(&refusal)),
        },
        ["transactions", id, action] => match change(handles, request, id, action).await {
            Ok(()) => Answer::see_other(&format!("/jumio/transactions/{id}")),
            Err(refusal) => one(handles, id, Some(&refusal)),
        },
        _ => view::nothing("There is nothing here."),
    }
}

/// What new transactions play.
fn next(handles: &Handles, request: &Request) -> Result<(), Refusal> {
    let plan = plan(request)?;
    let auto = request.form_value("auto").is_some();
    handles
        .jumio
        .settings
        .with(|settings| (settings.scenario, settings.auto) = (plan.name, auto));
    Ok(())
}

fn plan(request: &Request) -> Result<Plan, Refusal> {
    let name = request.form_value("scenario").unwrap_or_default();
    Plan::named(name.trim()).ok_or_else(|| scenario::unknown(&name))
}

async fn change(handles: &Handles, request: &Request, id: &str, action: &str) -> Result<(), Refusal> {
    let tenant = &handles.jumio;
    let gone = || "There is no such transaction any more.".to_owned();
    let transaction = transactions::find(tenant, id).map_err(|_| gone())?;
    let execution = transaction.execution.as_str();
    let is_done = match action {
        "begin" => tenant.open(execution).is_some(),
        "expire" => tenant.expire(execution).is_some(),
        "delete" => tenant.wipe(execution),
        "finish" => tenant
            .finish(execution, plan(request)?, document(&transaction, request)?)
            .is_some(),
        "callback" => return send(handles, &transaction, request).await,
        _ => return Err("There is no such button.".to_owned()),
    };
    is_done.then_some(()).ok_or_else(gone)
}

/// The document of the transaction with whatever was typed over it.
fn document(transaction: &Transaction, request: &Request) -> Result<Document, Refusal> {
    let mut document = transaction.document.clone();
    let typed = |name: &str| {
        request
            .form_value(name)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    if let Some(names) = typed("firstName") {
        document.first_name = names;
    }
    if let Some(name) = typed("lastName") {
        document.last_name = name;
    }
    if let Some(day) = typed("dateOfBirth") {
        if !is_day(&day) {
            return Err(format!(
                "“{day}” is no birth date: write it as year-month-day, such as 1988-04-12."
            ));
        }
        document.date_of_birth = day;
    }
    Ok(document)
}

async fn send(handles: &Handles, transaction: &Transaction, request: &Request) -> Result<(), Refusal> {
    let status = request.form_value("status").filter(|status| !status.is_empty());
    let known = view::statuses(transaction.asked.api);
    if let Some(status) = status.as_deref().filter(|status| !known.contains(status)) {
        return Err(format!(
            "Jumio tells no status “{status}”: it is one of {}.",
            known.join(", ")
        ));
    }
    let copies = request.form_value("copies").unwrap_or_else(|| "1".to_owned());
    let copies = copies
        .trim()
        .parse()
        .ok()
        .filter(|copies| (1..=COPIES).contains(copies));
    let copies = copies.ok_or_else(|| format!("A callback is sent 1 to {COPIES} times."))?;
    let sent = callback::send(&handles.jumio, transaction, Ask::of(status, copies)).await;
    sent.map(|_| ()).map_err(|answer| reason(&answer))
}

/// The `error` of a refusal that is meant for programs.
fn reason(answer: &Answer) -> Refusal {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error = body.get("error").and_then(serde_json::Value::as_str);
    error.unwrap_or("it did not work").to_owned()
}
