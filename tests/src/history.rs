//! What the simulators were asked, so that tests can assert on what the handler *sent*.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::serve::Request;
use crate::shared::Shared;

/// Older entries are forgotten beyond this many, so that a bench does not eat the machine.
const KEPT: usize = 20_000;

/// One request, whole: the rig only ever sees invented people and secrets made at start.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// When it came, RFC 3339, by the simulators' clock.
    pub at: String,
    /// The simulator: `jumio`, `identity`, `vault`, `entra`.
    pub of: String,
    /// The operation, as faults name it.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query string, empty when there was none.
    pub query: String,
    /// Header names in lower case; several values of one name are joined with `, `.
    pub headers: BTreeMap<String, String>,
    /// The body, with anything that is not UTF-8 replaced.
    pub body: String,
    /// Status of the answer; absent when the connection was reset instead.
    pub status: Option<u16>,
    /// Number of the fault that was injected, if any.
    pub fault: Option<u64>,
    /// Refused because the manners are so; whoever counts what was asked for leaves it out, as it is asked for again.
    pub is_rude: bool,
}

impl Entry {
    /// The entry of a request that was just received.
    #[must_use]
    pub fn of(simulator: &str, operation: &str, at: String, request: &Request) -> Self {
        let mut headers = BTreeMap::<String, String>::new();
        for (name, value) in &request.headers {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            headers
                .entry(name.to_string())
                .and_modify(|all| {
                    all.push_str(", ");
                    all.push_str(&value);
                })
                .or_insert(value);
        }
        Self {
            at,
            of: simulator.to_owned(),
            operation: operation.to_owned(),
            method: request.method.to_string(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers,
            body: String::from_utf8_lossy(&request.body).into_owned(),
            status: None,
            fault: None,
            is_rude: false,
        }
    }
}

/// The requests of all simulators, oldest first; clones share it.
#[derive(Clone, Debug, Default)]
pub struct History(Shared<VecDeque<Entry>>);

impl History {
    /// Adds an entry, forgetting the oldest when full.
    pub fn record(&self, entry: Entry) {
        self.0.with(|entries| {
            if entries.len() == KEPT {
                entries.pop_front();
            }
            entries.push_back(entry);
        });
    }

    /// The entries of one simulator, or of all.
    #[must_use]
    pub fn of(&self, simulator: Option<&str>) -> Vec<Entry> {
        let wanted = |entry: &&Entry| simulator.is_none_or(|of| entry.of == of);
        self.0
            .with(|entries| entries.iter().filter(wanted).cloned().collect())
    }

    /// How often an operation was asked for, without what was refused for the sake of manners.
    #[must_use]
    pub fn count(&self, simulator: &str, operation: &str) -> usize {
        let wanted = |entry: &&Entry| entry.of == simulator && entry.operation == operation && !entry.is_rude;
        self.0.with(|entries| entries.iter().filter(wanted).count())
    }

    /// Forgets the entries of one simulator, or all.
    pub fn clear(&self, simulator: Option<&str>) {
        self.0
            .with(|entries| entries.retain(|entry| simulator.is_some_and(|of| entry.of != of)));
    }
}
