//! Logs and traces: JSON lines on standard output, one per record, and the W3C trace context of the request being served.
//!
//! Standard output and never standard error, because the Functions host takes every line of the latter for an error.
//! Only our own records are written below `warn`: what libraries print at lower levels is not ours to vouch for. Nothing
//! here ever sees a body, a query, or a header other than the ids below.
//!
//! # Layout
//! - `lines`: how a record becomes a line
//! - `writer`: how lines reach standard output, although nobody may read it
//! - `trace`: `traceparent`, in and out

mod lines;
mod trace;
mod writer;

use std::fs::File;
use std::future::Future;
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::panic::PanicHookInfo;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tracing::{Instrument as _, Level, Span, Subscriber, field};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::clock::Clock;
use crate::ids::{PersonReference, VerificationId};

pub(crate) use lines::Sink;
pub(crate) use trace::TraceContext;
use writer::{Dropped, Writer};

/// Maximum length of an id given by others that is logged.
const ID_LIMIT: usize = 64;
/// How long the process waits at its end for somebody to read what it has logged.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What writes to standard output, once it was started.
static WRITER: OnceLock<Writer> = OnceLock::new();

tokio::task_local! {
    static CURRENT: Current;
}

#[derive(Clone)]
struct Current {
    span: Span,
    trace: TraceContext,
}

/// Sends all records of the process to standard output, and panics too. Later calls change nothing.
pub(crate) fn start(level: Level, clock: Arc<dyn Clock>) {
    if tracing::subscriber::set_global_default(subscriber(level, clock, stdout())).is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// To be called at the end of the process: until here nothing is lost that somebody reads, and nobody who does not read
/// holds the end up for more than 2 s.
pub(crate) fn flush() {
    if let Some(writer) = WRITER.get() {
        writer.flush(LAST_WORDS);
    }
}

/// Standard output by a thread of its own; where there can be none, as it comes.
fn stdout() -> Sink {
    // Not by `Stdout`: the thread would hold its lock as long as nobody reads.
    let started = io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .and_then(|output| Writer::start(File::from(output), tell_dropped));
    match started {
        Ok(writer) => Sink::to(WRITER.get_or_init(|| writer).clone()),
        Err(_no_thread) => Sink::new(|line| {
            let _ = io::stdout().lock().write_all(line);
        }),
    }
}

fn tell_dropped(dropped: Dropped) {
    tracing::warn!(
        code = "log.dropped",
        count = dropped.lines,
        severe = dropped.urgent,
        "log records dropped because standard output was not read in time"
    );
}

/// What [`start`] installs, with any sink.
pub(crate) fn subscriber(level: Level, clock: Arc<dyn Clock>, sink: Sink) -> impl Subscriber + Send + Sync {
    let ours = Targets::new()
        .with_default(Level::WARN)
        .with_target(env!("CARGO_CRATE_NAME"), level);
    tracing_subscriber::registry()
        .with(lines::Lines::new(clock, sink))
        .with(ours)
}

/// Says where it happened, never what: the message may quote the data that caused it.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string);
    tracing::error!(
        code = "panic.raised",
        panic.at = at.as_deref().unwrap_or("unknown"),
        "panic"
    );
}

/// The request that is being served, as far as logs may know it.
#[derive(Clone, Debug)]
pub(crate) struct Request<'a> {
    /// `X-Azure-Functions-InvocationId`.
    pub invocation_id: Option<&'a str>,
    /// HTTP method.
    pub method: &'a str,
    /// The route's template, such as `/api/callback/{credential}`: never the path itself, which may hold a credential.
    pub route: &'static str,
    /// Its place in the caller's trace, or a fresh one.
    pub trace: TraceContext,
}

/// Serves one request inside its span. Every record made meanwhile carries the span's ids, every request sent through
/// `http_client::send` its trace.
pub(crate) async fn in_request<F: Future>(request: Request<'_>, serve: F) -> F::Output {
    let span = tracing::info_span!(
        "request",
        faas.invocation_id = request.invocation_id.map(loggable_id),
        http.request.method = request.method,
        http.route = request.route,
        http.response.status_code = field::Empty,
        trace.id = %request.trace.trace_id(),
        correlation.id = field::Empty,
        caller = field::Empty,
        client.id = field::Empty,
        verification.id = field::Empty,
        person.reference = field::Empty,
    );
    let current = Current {
        span: span.clone(),
        trace: request.trace,
    };
    CURRENT.scope(current, serve.instrument(span)).await
}

/// Makes work that is to be spawned carry the ids and the trace of the present request.
pub(crate) fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let current = CURRENT.try_with(Clone::clone).ok();
    async move {
        match current {
            Some(current) => {
                let span = current.span.clone();
                CURRENT.scope(current, work.instrument(span)).await
            }
            None => work.await,
        }
    }
}

/// The trace of the request being served, if any.
#[must_use]
pub(crate) fn current_trace() -> Option<TraceContext> {
    CURRENT.try_with(|current| current.trace).ok()
}

/// Names the verification that the present request turned out to be about, also as its person may read it out.
pub(crate) fn note_verification(id: VerificationId) {
    note("verification.id", field::display(id));
    note("person.reference", field::display(PersonReference::of(id)));
}

/// Names the caller's correlation id (B2C's journey). Anything that does not look like an id is not logged.
pub(crate) fn note_correlation(id: &str) {
    note("correlation.id", loggable_id(id));
}

/// Names the caller that has proved itself, as `openid::proof::caller` names it.
pub(crate) fn note_caller(name: &str) {
    note("caller", name);
}

/// Names the client that the present request is about, by the id its settings give it: proved or not, never free text.
pub(crate) fn note_client(id: &str) {
    note("client.id", id);
}

/// Names the status that the present request was answered with.
pub(crate) fn note_status(status: u16) {
    note("http.response.status_code", status);
}

fn note(field: &'static str, value: impl tracing::Value) {
    // Outside a request there is nothing to name, and that is fine.
    let _ = CURRENT.try_with(|current| {
        current.span.record(field, value);
    });
}

/// An id given by others, if it looks like one; otherwise a fixed word, so that no free text gets into the logs.
#[must_use]
pub(crate) fn loggable_id(id: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !id.is_empty() && id.len() <= ID_LIMIT && id.bytes().all(plain) {
        id
    } else {
        "(not an id)"
    }
}

#[cfg(test)]
pub(crate) mod listening;
#[cfg(test)]
mod tests;
