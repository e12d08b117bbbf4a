//! Traces as web pages: a list, and one journey as a diagram with its timeline.

use super::{Change, Entry, Kind, Trace};
use loopback::counted::counted;
use maud::{Markup, html};

/// All traces.
#[must_use]
pub fn list(traces: &[Trace]) -> Markup {
    html! {
        @if traces.is_empty() { p { "No journey has run yet. " a href="/" { "Run a policy" } } }
        @else { div class="scroll" { table {
            thead { tr { th { "When" } th { "Policy" } th { "Application" } th { "Outcome" } th { "Entries" } } }
            tbody { @for trace in traces { tr {
                td class="time" { a href={"/runner/traces/" (trace.id)} { (time_of_day(trace)) } }
                td { (trace.policy) br; span class="quiet" { (trace.journey) } }
                td class="mono" { (trace.client) }
                td { (outcome(trace)) }
                td { (trace.entries.len()) }
            } } }
        } } }
    }
}

/// `09:05:07`.
fn time_of_day(trace: &Trace) -> String {
    let (hour, minute, second) = trace.started_at.to_hms();
    format!("{hour:02}:{minute:02}:{second:02}")
}

fn outcome(trace: &Trace) -> Markup {
    match trace.outcome.as_deref() {
        None => html! { span class="warn" { "under way" } },
        Some("answered") => html! { span class="good" { "answered" } },
        Some(other) => html! { span class="bad" { (other) } },
    }
}

/// One trace.
#[must_use]
pub fn one(trace: &Trace) -> Markup {
    html! {
        dl class="card" {
            dt { "Policy" } dd { (trace.policy) " · journey " (trace.journey) }
            dt { "Application" } dd class="mono" { (trace.client) }
            dt { "Correlation id" } dd class="mono" { (trace.id) }
            dt { "Began" } dd { (trace.started_at.date()) " " (time_of_day(trace)) " UTC" }
            dt { "Outcome" } dd { (outcome(trace)) }
        }
        h2 { "Steps" }
        (diagram(trace))
        h2 { "Timeline" }
        ol class="timeline" { @for entry in &trace.entries { (line(entry)) } }
        p { a href={"/runner/traces/" (trace.id) ".json"} { "As JSON" } }
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Request => "request",
        Kind::Step => "step",
        Kind::Skipped => "skipped",
        Kind::Profile => "profile",
        Kind::Transformation => "transformation",
        Kind::Http => "http",
        Kind::Page => "page",
        Kind::Submit => "submit",
        Kind::Session => "session",
        Kind::Token => "token",
        Kind::Event => "event",
        Kind::Warning => "warning",
        Kind::Error => "error",
    }
}

fn line(entry: &Entry) -> Markup {
    html! {
        li class={(word(entry.kind)) " d" (entry.depth)} {
            div class="head" {
                span class="title" { (entry.title) }
                span class="badge" { (word(entry.kind)) }
                span class="time" { "+" (entry.at_ms) " ms"
                    @if let Some(took) = entry.took_ms { " · took " (took) " ms" } }
            }
            @if !entry.changes.is_empty() { ul class="changes mono" {
                @for change in &entry.changes { li { (shown(change)) } }
            } }
            @if !entry.detail.is_empty() { details {
                summary { "Details" }
                dl { @for (name, value) in &entry.detail { dt { (name) } dd class="mono" { (value) } } }
            } }
        }
    }
}

fn shown(change: &Change) -> Markup {
    html! {
        (change.claim) " "
        @match (&change.before, &change.after) {
            (None, Some(after)) => { ins { "= " (after) } },
            (Some(before), Some(after)) => { del { (before) } " → " ins { (after) } },
            (Some(before), None) => { del { (before) } " removed" },
            (None, None) => {},
        }
    }
}

/// One box of the diagram.
struct Node {
    label: String,
    note: String,
    class: &'static str,
}

fn nodes(trace: &Trace) -> Vec<Node> {
    let mut nodes: Vec<Node> = vec![];
    for entry in &trace.entries {
        let label = entry.title.trim_end_matches(" skipped");
        match entry.kind {
            Kind::Step => nodes.push(Node {
                label: label.to_owned(),
                note: String::new(),
                class: "taken",
            }),
            Kind::Skipped if entry.depth == 1 => {
                let why = entry
                    .detail
                    .first()
                    .map(|(_, why)| why.clone())
                    .unwrap_or_default();
                nodes.push(Node {
                    label: label.to_owned(),
                    note: why,
                    class: "skipped",
                });
            }
            Kind::Profile | Kind::Page | Kind::Token if entry.depth == 2 => {
                if let Some(last) = nodes.last_mut() {
                    last.note.clone_from(&entry.title);
                }
            }
            Kind::Error => {
                if let Some(last) = nodes.last_mut() {
                    last.class = "failed";
                }
            }
            _ => {}
        }
    }
    nodes
}

/// Steps from left to right: taken, skipped (dashed), failed (red).
fn diagram(trace: &Trace) -> Markup {
    const WIDTH: usize = 190;
    const GAP: usize = 34;
    let nodes = nodes(trace);
    let whole = nodes.len() * (WIDTH + GAP);
    let cut = |text: &str, length: usize| -> String {
        if text.chars().count() <= length {
            text.to_owned()
        } else {
            text.chars().take(length - 1).chain(['…']).collect()
        }
    };
    html! {
        div class="diagram" tabindex="0" role="group" aria-label="Diagram of the steps" {
            svg width=(whole) height="96" viewBox={"0 0 " (whole) " 96"} role="img" {
                title { (counted(nodes.len(), "step")) " of " (trace.journey) }
                @for (at, node) in nodes.iter().enumerate() {
                    @let x = at * (WIDTH + GAP) + 2;
                    @let colour = match node.class { "failed" => "var(--bad)", "skipped" => "var(--quiet)", _ => "var(--accent)" };
                    @if at > 0 {
                        line x1=(x - GAP) y1="48" x2=(x - 7) y2="48" stroke="var(--quiet)" stroke-width="1.5" {}
                        path d={"M" (x - 8) " 43 L" (x) " 48 L" (x - 8) " 53 z"} fill="var(--quiet)" {}
                    }
                    rect x=(x) y="14" width=(WIDTH) height="68" rx="10" fill="var(--ground)" stroke=(colour) stroke-width="2"
                        stroke-dasharray=[(node.class == "skipped").then_some("5 4")] {}
                    text x=(x + 12) y="42" font-size="13" font-weight="600" fill="currentColor" { (cut(&node.label, 20)) }
                    text x=(x + 12) y="63" font-size="11.5" fill="var(--quiet)" { (cut(&node.note, 26)) title { (node.note) } }
                }
            }
        }
    }
}
