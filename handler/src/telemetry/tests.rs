use std::sync::Mutex;

use serde_json::Value;
use time::macros::datetime;

use super::listening::listen;
use super::*;
use crate::clock::MockClock;
use crate::random::OsRandom;

fn record(level: Level, act: impl FnOnce()) -> Vec<Value> {
    record_at(MockClock::at(datetime!(2026-11-20 08:00 UTC)), level, act)
}

fn record_at(clock: MockClock, level: Level, act: impl FnOnce()) -> Vec<Value> {
    let text = Arc::new(Mutex::new(Vec::new()));
    let copy = Arc::clone(&text);
    let sink = Sink::new(move |line| copy.lock().unwrap().extend_from_slice(line));
    let clock = Arc::new(clock);
    let until_dropped = listen(subscriber(level, clock, sink));
    act();
    drop(until_dropped);
    let text = String::from_utf8(text.lock().unwrap().clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// tracing remembers for each place in the code whether anybody listens to it. Were only the thread asked that passes there first,
/// a test without a log would answer for one that has one.
#[test]
fn a_place_that_somebody_without_a_log_passes_first_is_heard_all_the_same() {
    fn place() {
        tracing::info!("passed");
    }
    let lines = record(Level::INFO, || {
        std::thread::spawn(place).join().unwrap();
        place();
    });
    assert_eq!(lines.len(), 1, "{lines:?}");
}

fn serve(future: impl Future<Output = ()>, trace: TraceContext) {
    let request = Request {
        invocation_id: Some("0f8fad5b-d9cb-469f-a165-70867728950e"),
        method: "POST",
        route: "/api/callback/{credential}",
        trace,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(in_request(request, future));
}

#[test]
fn a_record_is_one_line_with_the_ids_of_its_request() {
    let trace = TraceContext::enter(None, &OsRandom);
    let lines = record(Level::INFO, || {
        serve(
            async {
                note_verification(VerificationId([7; 16]));
                note_correlation("c3a1");
                tracing::info_span!("vault.get").in_scope(|| tracing::info!(tries = 2, "read\na secret"));
            },
            trace,
        );
    });
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(line["message"], "read\na secret");
    assert_eq!(line["tries"], 2);
    assert_eq!(line["faas.invocation_id"], "0f8fad5b-d9cb-469f-a165-70867728950e");
    assert_eq!(line["verification.id"], VerificationId([7; 16]).to_string());
    assert_eq!(line["correlation.id"], "c3a1");
    assert_eq!(line["trace.id"], trace.trace_id());
    assert_eq!(line["time"], "2026-11-20T08:00:00Z");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["span"], "vault.get");
}

/// Finer than any clock of two machines agrees.
#[test]
fn a_record_is_dated_to_the_millisecond() {
    let clock = MockClock::at(datetime!(2026-11-20 08:00:00.123_456_789 UTC));
    let lines = record_at(clock, Level::INFO, || tracing::info!("done"));
    assert_eq!(lines[0]["time"], "2026-11-20T08:00:00.123Z");
}

#[test]
fn ids_of_one_request_do_not_leak_into_the_next() {
    let lines = record(Level::INFO, || {
        serve(
            async { note_correlation("first") },
            TraceContext::enter(None, &OsRandom),
        );
        serve(
            async { tracing::info!("second") },
            TraceContext::enter(None, &OsRandom),
        );
    });
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].get("correlation.id"), None);
}

#[test]
fn free_text_in_place_of_an_id_is_not_logged() {
    let lines = record(Level::INFO, || {
        serve(
            async {
                note_correlation("Erika Mustermann");
                tracing::info!("done");
            },
            TraceContext::enter(None, &OsRandom),
        );
    });
    assert_eq!(lines[0]["correlation.id"], "(not an id)");
}

#[test]
fn libraries_are_held_at_warn_even_at_trace() {
    let lines = record(Level::TRACE, || {
        tracing::trace!(target: "hyper::proto", "a header");
        tracing::warn!(target: "hyper::proto", "a warning");
        tracing::trace!("ours");
    });
    let messages: Vec<_> = lines.iter().map(|line| &line["message"]).collect();
    assert_eq!(messages, ["a warning", "ours"]);
}

#[test]
fn a_panic_is_told_by_its_place_and_not_by_its_words() {
    let before = std::panic::take_hook();
    let lines = record(Level::INFO, || {
        std::panic::set_hook(Box::new(log_panic));
        let _ = std::panic::catch_unwind(|| panic!("the name is Erika"));
    });
    std::panic::set_hook(before);
    let line = lines.iter().find(|line| line["code"] == "panic.raised").unwrap();
    assert!(line["panic.at"].as_str().unwrap().contains("telemetry"));
    assert!(!line.to_string().contains("Erika"));
}
