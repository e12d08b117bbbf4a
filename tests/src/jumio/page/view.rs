//! The hosted page's HTML. It works without script and says on every screen that nothing here is real.

use loopback::head::head;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::super::asked::Api;
use super::super::capability::CAPABILITIES;
use super::super::document::Document;
use super::super::scenario::SCENARIOS;
use super::super::transaction::Transaction;
use super::PATH;
use crate::serve::Answer;

/// Stands for the document of the person whom the check is about.
pub(super) const OWN: &str = "own";

const STYLE: &str = include_str!("style.css");

/// Jumio's error codes and what they mean.
pub(super) const ERROR_CODES: &[(&str, &str)] = &[
    ("9100", "server-side error"),
    ("9200", "authorization token missing, invalid or expired"),
    ("9210", "session expired after the journey began"),
    ("9300", "image transmission failed"),
    ("9400", "failure in a verification step"),
    ("9800", "no network"),
    ("9801", "unexpected client error"),
    ("9810", "trouble talking to Jumio"),
    ("9820", "upload disabled and no camera"),
    ("9821", "liveness capture failed"),
    ("9822", "browser lacks camera support"),
    ("9835", "no acceptable submission in three attempts"),
    ("9836", "authentication failure"),
];

fn screen(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (head(&format!("{title} – Jumio SIMULATOR")))
                meta name="robots" content="noindex";
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { p.banner { strong { "SIMULATOR" } " – not Jumio. Invented people only, no picture is taken." } }
                main { (body) }
            }
        }
    }
    .into_string()
}

/// A page that only says something.
pub(super) fn message(status: u16, text: &str) -> Answer {
    Answer::page(
        status,
        screen("Identity check", &html! { h1 { "Identity check" } p { (text) } }),
    )
}

/// The page on which a tester plays the person.
pub(super) fn form(token: &str, transaction: &Transaction) -> Answer {
    let asked = &transaction.asked;
    let body = html! {
        h1 { "Identity check" }
        p.facts {
            @if asked.api == Api::Netverify { "Netverify, reference " } @else { "Reference " }
            code { (asked.customer_reference) } ", workflow " code { (asked.workflow_key) }
            ", language " code { (asked.locale) }
        }
        form method="post" action=(PATH) {
            input type="hidden" name="authorizationToken" value=(token);
            (people(transaction))
            (corrections())
            (small_file())
            (scenarios(&transaction.plan.name))
            button.primary type="submit" name="action" value="submit" { "Submit" }
            (ways_out(transaction))
        }
    };
    Answer::page(200, screen("Identity check", &body))
}

/// The person's own document, where the rig knows it, and those of others.
fn people(transaction: &Transaction) -> Markup {
    let has_own = transaction.has_own_document;
    html! {
        fieldset {
            legend { "Document to show" }
            div.people {
                @if has_own { (person(OWN, &transaction.document, true)) }
                @for (index, document) in Document::samples().iter().enumerate() {
                    (person(&index.to_string(), document, index == 0 && !has_own))
                }
            }
        }
    }
}

fn person(value: &str, document: &Document, is_chosen: bool) -> Markup {
    html! {
        label.person {
            input type="radio" name="person" value=(value) checked[is_chosen];
            span {
                @if value == OWN { "The person's own:" br; }
                strong { (document.first_name) " " (document.last_name) }
                br;
                (document.kind.replace('_', " ").to_lowercase()) ", " (document.issuing_country)
                br;
                "born " (document.date_of_birth)
            }
        }
    }
}

/// Fields that replace what the chosen document says; empty ones leave it alone.
fn corrections() -> Markup {
    let fields = [
        ("firstName", "Given names"),
        ("lastName", "Family name"),
        ("dateOfBirth", "Birth date (YYYY-MM-DD)"),
        ("issuingCountry", "Country (three letters)"),
    ];
    html! {
        details {
            summary { "Change what the document says" }
            div.fields {
                @for (name, label) in fields {
                    label { (label) input name=(name) autocomplete="off"; }
                }
                label {
                    "Type"
                    select name="type" {
                        option value="" { "as on the document" }
                        @for kind in ["PASSPORT", "ID_CARD", "DRIVING_LICENSE", "VISA"] { option { (kind) } }
                    }
                }
            }
        }
    }
}

/// Puts the text of the chosen file into the field below it.
const READ: &str = "document.querySelector('input[type=file]').addEventListener('change', async (chosen) => { \
    document.querySelector('textarea[name=file]').value = await chosen.target.files[0].text(); });";

/// A document as a small file, whose text goes into the form: it works without script, by pasting it.
fn small_file() -> Markup {
    html! {
        details {
            summary { "Show a document from a small file" }
            div.fields {
                label { "The file (those of " code { "tests/documents" } ", or your own)" input type="file" accept=".json,application/json"; }
                label { "Or what stands in it" textarea name="file" rows="5" spellcheck="false" autocomplete="off" {} }
            }
            script { (PreEscaped(READ)) }
        }
    }
}

/// What may happen, as one choice.
pub(crate) fn scenarios(preselected: &str) -> Markup {
    html! {
        label.block {
            "What happens"
            select name="scenario" {
                @for scenario in SCENARIOS {
                    option value=(scenario.name) selected[scenario.name == preselected] {
                        (scenario.title) " (" (scenario.name) ")"
                    }
                }
                @for capability in CAPABILITIES {
                    optgroup label=(format!("Only {} fails", capability.name)) {
                        @for label in capability.rejected.iter().chain(capability.warning).chain(capability.not_executed) {
                            @let name = format!("{}/{label}", capability.name);
                            option value=(name) selected[name == preselected] { (name) }
                        }
                    }
                }
            }
        }
    }
}

fn ways_out(transaction: &Transaction) -> Markup {
    html! {
        fieldset {
            legend { "Or go no further" }
            @if transaction.asked.api == Api::Netverify {
                p {
                    button type="submit" name="action" value="attempt" { "Send a blurred picture" }
                    span { "and try again; three are allowed, so far " (transaction.attempts) }
                }
            }
            p {
                button type="submit" name="action" value="abandon" { "Abandon" }
                label.inline { input type="checkbox" name="at_once" value="1"; "and let the fifteen minutes pass at once" }
            }
            p {
                button type="submit" name="action" value="error" { "Cancel with an error" }
                label.inline {
                    span.hidden { "Error code" }
                    select name="errorCode" {
                        @for (code, meaning) in ERROR_CODES {
                            option value=(code) selected[*code == "9835"] { (code) " " (meaning) }
                        }
                    }
                }
            }
        }
    }
}
