//! The pages' HTML. They work without script and load nothing.

use loopback::clock::stamp;
use loopback::head::head;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::super::ROUTES;
use crate::history::Entry;
use crate::jumio::asked::Api;
use crate::jumio::netverify::words;
use crate::jumio::page::view::scenarios;
use crate::jumio::transaction::{
    ACQUIRED, ACQUISITION_STARTED, PROCESSED, SESSION_EXPIRED, Stage, TOKEN_EXPIRED, Transaction,
};
use crate::serve::Answer;

const STYLE: &str = concat!(
    include_str!("../../jumio/page/style.css"),
    include_str!("style.css")
);

/// A transaction as its page shows it.
pub(super) struct Shown<'t> {
    pub(super) transaction: &'t Transaction,
    /// Where its person goes.
    pub(super) href: Option<&'t str>,
    /// Every request about it, oldest first.
    pub(super) asked: &'t [Entry],
}

/// What a callback may tell.
pub(super) fn statuses(api: Api) -> &'static [&'static str] {
    match api {
        Api::Kyx => &[
            ACQUISITION_STARTED,
            ACQUIRED,
            PROCESSED,
            SESSION_EXPIRED,
            TOKEN_EXPIRED,
        ],
        Api::Netverify => words::VERDICTS,
    }
}

fn screen(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head(&format!("{title} – Control port")))
                meta name="robots" content="noindex";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { p.banner { strong { "SIMULATOR" } " – not Jumio. Invented people only." } }
                main { (body) }
            }
        }
    }
    .into_string()
}

pub(super) fn nothing(text: &str) -> Answer {
    said(404, text)
}

fn said(status: u16, text: &str) -> Answer {
    let body = html! { h1 { "Control port" } p role="alert" { (text) } (first_page()) };
    Answer::page(status, screen("Control port", &body))
}

fn first_page() -> Markup {
    html! { p { a href="/" { "All transactions" } } }
}

fn alert(refusal: Option<&str>) -> Markup {
    html! { @if let Some(refusal) = refusal { p.alert role="alert" { (refusal) } } }
}

fn status_of(refusal: Option<&str>) -> u16 {
    if refusal.is_some() { 400 } else { 200 }
}

/// What comes next, everything so far, and all that the port does.
pub(super) fn home(all: &[Transaction], scenario: &str, auto: bool, refusal: Option<&str>) -> Answer {
    let body = html! {
        h1 { "Jumio, as this rig plays it" }
        (alert(refusal))
        (next(scenario, auto))
        section aria-labelledby="transactions" {
            h2 id="transactions" { "Transactions" }
            @if all.is_empty() { p { "Nobody has been sent to Jumio yet." } } @else { (table(all)) }
        }
        details {
            summary { "Everything this port does, in JSON" }
            p { "For programs, and for curl: " code { "tests/README.md" } " shows each with an example." }
            dl { @for (route, does) in ROUTES { dt { code { (route) } } dd { (does) } } }
        }
    };
    Answer::page(status_of(refusal), screen("Transactions", &body))
}

fn next(scenario: &str, auto: bool) -> Markup {
    html! {
        section aria-labelledby="next" {
            h2 id="next" { "The next check" }
            p { "New checks play " strong id="now" { (scenario) } ". A person whose given name is in the catalogue of "
                code { "tests/README.md" } " plays that instead." }
            form method="post" action="/page/next" {
                (scenarios(scenario))
                label.line { input type="checkbox" name="auto" value="1" checked[auto]; "At once: nobody sees Jumio's page" }
                button.primary { "Play this from now on" }
            }
        }
    }
}

fn table(all: &[Transaction]) -> Markup {
    html! {
        div.wide role="region" aria-label="Table of the transactions" tabindex="0" {
            table {
                thead { tr { th scope="col" { "Reference" } th scope="col" { "Scenario" } th scope="col" { "Status" }
                    th scope="col" { "Callbacks" } th scope="col" { "Created" } } }
                tbody {
                    @for transaction in all.iter().rev() {
                        tr {
                            td { a href={"/jumio/transactions/" (transaction.execution)} { (transaction.asked.customer_reference) } }
                            td { (transaction.plan.name) }
                            td { (status(transaction)) }
                            td { (transaction.sent.len()) }
                            td { (second(&stamp(transaction.created_at))) }
                        }
                    }
                }
            }
        }
    }
}

fn status(transaction: &Transaction) -> &'static str {
    match transaction.asked.api {
        Api::Kyx => transaction.status(),
        Api::Netverify => words::status(transaction),
    }
}

/// `2026-02-03 10:11:12` of a stamp.
fn second(stamp: &str) -> String {
    stamp.get(..19).unwrap_or(stamp).replace('T', " ")
}

/// One transaction: what can be done with it, and what was asked about it.
pub(super) fn one(shown: &Shown<'_>, refusal: Option<&str>) -> Answer {
    let transaction = shown.transaction;
    let body = html! {
        (first_page())
        h1 { "Transaction " code { (transaction.asked.customer_reference) } }
        (alert(refusal))
        (facts(shown))
        (finish(transaction))
        (callback(transaction))
        (others(transaction))
        (asked(shown.asked))
    };
    Answer::page(status_of(refusal), screen("Transaction", &body))
}

fn facts(shown: &Shown<'_>) -> Markup {
    let Shown {
        transaction, href, ..
    } = shown;
    let document = &transaction.document;
    html! {
        dl.facts {
            dt { "Status" } dd id="status" { (status(transaction)) }
            dt { "Scenario" } dd { (transaction.plan.name) }
            dt { "Document" } dd { (document.first_name) " " (document.last_name) ", born " (document.date_of_birth) }
            dt { "Id" } dd { code { (transaction.execution) } }
            dt { "Created" } dd { (second(&stamp(transaction.created_at))) }
            @if let Some(ended) = transaction.ended_at { dt { "Ended" } dd { (second(&stamp(ended))) } }
            @if let (Some(href), Stage::Created | Stage::Begun) = (href, transaction.stage) {
                dt { "Its person" } dd { a href=(href) { "Jumio's page" } }
            }
        }
    }
}

fn action(transaction: &Transaction, action: &str) -> String {
    format!("/page/transactions/{}/{action}", transaction.execution)
}

fn finish(transaction: &Transaction) -> Markup {
    let fields = [
        ("firstName", "Given names"),
        ("lastName", "Family name"),
        ("dateOfBirth", "Birth date (YYYY-MM-DD)"),
    ];
    html! {
        form.card method="post" action=(action(transaction, "finish")) {
            h2 { "Play the person" }
            p { "After the end this is Jumio changing its mind: a new result, and another callback." }
            (scenarios(&transaction.plan.name))
            div.fields {
                @for (name, label) in fields { label { (label) input name=(name) autocomplete="off"; } }
            }
            p { "Empty fields stay as they are on the document." }
            button.primary { "Submit" }
        }
    }
}

fn callback(transaction: &Transaction) -> Markup {
    html! {
        form.card method="post" action=(action(transaction, "callback")) {
            h2 id="callbacks" { "Callbacks" }
            @if transaction.sent.is_empty() { p { "None was sent yet." } }
            ol { @for sent in &transaction.sent {
                li { (second(&sent.at)) ", " (sent.status) ": "
                    @if let Some(answered) = sent.answered { "answered " (answered) } @else { "nobody answered" } }
            } }
            div.fields {
                label {
                    "Status"
                    select name="status" {
                        option value="" { "as it is" }
                        @for status in statuses(transaction.asked.api) { option { (status) } }
                    }
                }
                label { "How often" input name="copies" type="number" min="1" max=(super::COPIES) value="1"; }
            }
            button.primary { "Send a callback now" }
        }
    }
}

fn others(transaction: &Transaction) -> Markup {
    let buttons = [
        ("begin", "The person opens the page"),
        ("expire", "The person left long ago"),
        ("delete", "Delete it at Jumio"),
    ];
    html! {
        section.card aria-labelledby="others" {
            h2 id="others" { "What else may happen" }
            @for (name, words) in buttons {
                form.one method="post" action=(action(transaction, name)) { button { (words) } }
            }
        }
    }
}

/// Headers are left out: they hold secrets that nobody needs to see.
fn asked(asked: &[Entry]) -> Markup {
    html! {
        section aria-labelledby="asked" {
            h2 id="asked" { "What was asked" }
            @if asked.is_empty() { p { "No request names it." } }
            @for entry in asked {
                details {
                    summary { (second(&entry.at)) " " strong { (entry.operation) }
                        @if let Some(status) = entry.status { ", answered " (status) } @else { ", broken off" } }
                    p { code { (entry.method) " " (entry.path) } }
                    @if !entry.body.is_empty() { pre tabindex="0" { (pretty(&entry.body)) } }
                }
            }
        }
    }
}

/// JSON with a line for each member; anything else as it is.
fn pretty(body: &str) -> String {
    let json = serde_json::from_str::<serde_json::Value>(body);
    json.and_then(|json| serde_json::to_string_pretty(&json))
        .unwrap_or_else(|_| body.to_owned())
}
