//! What happened in a journey: every step taken or skipped and why, claims before and after, calls, pages, tokens.
//!
//! This is what B2C's journey recorder sends to Application Insights some minutes later. Secrets are masked when an entry
//! is made, so no view can show them.

pub mod mask;
pub mod terminal;
pub mod web;

use crate::claims::Bag;
use loopback::clock::Clock;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use time::OffsetDateTime;

/// How many journeys are kept; older ones go.
const KEPT: usize = 100;

/// What kind of thing an entry tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A request of the browser or the application.
    Request,
    /// An orchestration step that was taken.
    Step,
    /// An orchestration step or validation profile that was skipped.
    Skipped,
    /// A technical profile.
    Profile,
    /// A claims transformation.
    Transformation,
    /// A call to another server.
    Http,
    /// A page shown.
    Page,
    /// A page sent back.
    Submit,
    /// Single sign-on.
    Session,
    /// An answer to the application.
    Token,
    /// A telemetry event of the policy.
    Event,
    /// Something a policy author should know.
    Warning,
    /// A failure.
    Error,
}

/// One claim that came in, went out or changed. Values are masked already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The claim.
    pub claim: String,
    /// Its value before; absent when it had none.
    pub before: Option<String>,
    /// Its value after; absent when it was removed.
    pub after: Option<String>,
}

/// One line of the timeline.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// Milliseconds since the journey began.
    pub at_ms: i64,
    /// How deep it is nested: 0 for requests, 1 for steps, 2 for profiles, …
    pub depth: u8,
    /// What it tells.
    pub kind: Kind,
    /// One line.
    pub title: String,
    /// More, as name and value.
    pub detail: Vec<(String, String)>,
    /// Claims that changed.
    pub changes: Vec<Change>,
    /// How long it took, when it took time.
    pub took_ms: Option<i64>,
    /// Orchestration step it belongs to, 0 before the first.
    pub step: u32,
}

/// The record of one journey.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trace {
    /// Correlation id.
    pub id: String,
    /// Policy, as written.
    pub policy: String,
    /// User journey.
    pub journey: String,
    /// The application.
    pub client: String,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
    /// How it ended, once it has.
    pub outcome: Option<String>,
    /// What happened, in order.
    pub entries: Vec<Entry>,
}

/// Writes the trace of one journey. Clones write to the same trace.
#[derive(Debug, Clone)]
pub struct Recorder {
    trace: Arc<Mutex<Trace>>,
    clock: Clock,
    step: u32,
}

/// An entry in the making.
#[must_use = "an entry is recorded by `write`"]
pub struct Draft<'a> {
    recorder: &'a Recorder,
    entry: Entry,
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Trace> {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Entries from now on belong to this orchestration step.
    pub fn enter_step(&mut self, order: u32) {
        self.step = order;
    }

    /// Begins an entry.
    pub fn entry(&self, depth: u8, kind: Kind, title: impl Into<String>) -> Draft<'_> {
        let at_ms = self.elapsed_ms();
        let entry = Entry {
            at_ms,
            depth,
            kind,
            title: title.into(),
            detail: vec![],
            changes: vec![],
            took_ms: None,
            step: self.step,
        };
        Draft {
            recorder: self,
            entry,
        }
    }

    /// A warning at the present step.
    pub fn warn(&self, text: impl Into<String>) {
        self.entry(3, Kind::Warning, text).write();
    }

    /// Milliseconds since the journey began.
    #[must_use]
    pub fn elapsed_ms(&self) -> i64 {
        let started = self.lock().started_at;
        i64::try_from((self.clock.now() - started).whole_milliseconds()).unwrap_or(i64::MAX)
    }

    /// Says how the journey ended.
    pub fn end(&self, outcome: impl Into<String>) {
        self.lock().outcome = Some(outcome.into());
    }

    /// A copy of everything so far.
    #[must_use]
    pub fn snapshot(&self) -> Trace {
        self.lock().clone()
    }
}

impl Draft<'_> {
    /// Adds a named detail; a secret name hides the value.
    pub fn detail(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.entry
            .detail
            .push((name.to_owned(), mask::value(name, value.as_ref())));
        self
    }

    /// Adds what changed between two bags.
    pub fn changes(mut self, before: &Bag, after: &Bag) -> Self {
        self.entry.changes.extend(changes(before, after));
        self
    }

    /// Adds claims as they are, such as those sent to a profile.
    pub fn claims(mut self, claims: &Bag) -> Self {
        self.entry.changes.extend(changes(&Bag::default(), claims));
        self
    }

    /// Adds how long it took since `from_ms` of [`Recorder::elapsed_ms`].
    pub fn since(mut self, from_ms: i64) -> Self {
        self.entry.took_ms = Some((self.recorder.elapsed_ms() - from_ms).max(0));
        self
    }

    /// Records the entry.
    pub fn write(self) {
        let Self { recorder, entry } = self;
        recorder.lock().entries.push(entry);
    }
}

/// What is different in `after`, masked.
fn changes(before: &Bag, after: &Bag) -> Vec<Change> {
    let shown = |id: &str, bag: &Bag| bag.text(id).map(|text| mask::value(id, &text));
    let set = after
        .iter()
        .filter(|(id, value)| before.get(id) != Some(*value))
        .map(|(id, _)| id);
    let gone = before
        .iter()
        .filter(|(id, _)| !after.contains(id))
        .map(|(id, _)| id);
    set.chain(gone)
        .map(|id| Change {
            claim: id.to_owned(),
            before: shown(id, before),
            after: shown(id, after),
        })
        .collect()
}

/// The traces of the latest journeys.
#[derive(Debug, Default)]
pub struct Traces {
    traces: Mutex<VecDeque<Arc<Mutex<Trace>>>>,
}

impl Traces {
    /// Begins a trace.
    #[must_use]
    pub fn begin(&self, id: &str, policy: &str, journey: &str, client: &str, clock: &Clock) -> Recorder {
        let trace = Arc::new(Mutex::new(Trace {
            id: id.to_owned(),
            policy: policy.to_owned(),
            journey: journey.to_owned(),
            client: client.to_owned(),
            started_at: clock.now(),
            outcome: None,
            entries: vec![],
        }));
        let mut traces = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        traces.push_front(Arc::clone(&trace));
        traces.truncate(KEPT);
        Recorder {
            trace,
            clock: clock.clone(),
            step: 0,
        }
    }

    /// All traces, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<Trace> {
        let traces = self.traces.lock().unwrap_or_else(PoisonError::into_inner);
        traces
            .iter()
            .map(|trace| trace.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .collect()
    }

    /// The trace with this correlation id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<Trace> {
        self.all().into_iter().find(|trace| trace.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Value;

    fn bag(claims: &[(&str, &str)]) -> Bag {
        claims
            .iter()
            .map(|(id, text)| ((*id).to_owned(), Value::string(*text)))
            .collect()
    }

    #[test]
    fn changes_are_set_changed_and_removed_claims_only() {
        let found = changes(
            &bag(&[("a", "1"), ("b", "1"), ("c", "1")]),
            &bag(&[("a", "1"), ("b", "2"), ("d", "4")]),
        );
        let names: Vec<&str> = found.iter().map(|change| change.claim.as_str()).collect();
        assert_eq!(names, ["b", "d", "c"]);
        assert_eq!(found[0].before.as_deref(), Some("1"));
        assert_eq!(found[2].after, None);
    }

    #[test]
    fn a_password_never_gets_into_a_trace() {
        let traces = Traces::default();
        let recorder = traces.begin("1", "p", "j", "c", &Clock::default());
        let secrets = bag(&[("newPassword", "Passw0rd!"), ("displayName", "Ada")]);
        recorder
            .entry(0, Kind::Submit, "page")
            .claims(&secrets)
            .detail("client_secret", "Passw0rd!")
            .write();
        let text = serde_json::to_string(&traces.get("1").unwrap()).unwrap();
        assert!(!text.contains("Passw0rd!") && text.contains("Ada"));
    }

    #[test]
    fn old_traces_go() {
        let traces = Traces::default();
        (0..KEPT + 3).for_each(|at| drop(traces.begin(&at.to_string(), "p", "j", "c", &Clock::default())));
        assert_eq!(traces.all().len(), KEPT);
        assert!(traces.get("0").is_none());
    }
}
