//! What the packaged handler prints: to somebody who reads it, and to nobody.

mod app;
mod blocking;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use app::{LIMIT, Lines, Running, code, command, get, of_code, unauthenticated};

/// More than a pipe, the queue and what is being written take together, at more than 250 bytes a record.
const TOO_MANY: usize = 12_000;

/// At `debug`, where each of the host's questions leaves a record.
fn start() -> (Running, Lines) {
    Running::start(&[("AppSettings__LogLevel", "debug")])
}

#[test]
fn every_record_arrives_in_its_order_up_to_the_last() {
    let (mut app, lines) = start();
    let reading = std::thread::spawn(move || lines.into_records());
    let mut connection = app.connect();
    for number in 1..=1000 {
        let trace = format!("traceparent: 00-{number:032x}-00000000000000ff-01\r\n");
        assert_eq!(connection.ask(&get("/", &trace)), 200);
    }
    assert_eq!(app.terminate(), Some(0));
    let records = reading.join().unwrap();
    let traces = records.iter().filter(|record| record["http.route"] == "/");
    let traces: Vec<&str> = traces
        .map(|record| record["trace.id"].as_str().unwrap())
        .collect();
    let asked: Vec<String> = (1..=1000).map(|number| format!("{number:032x}")).collect();
    assert_eq!(traces, asked);
    assert_eq!(code(records.last().unwrap()), "shutdown.started");
    assert_eq!(of_code(&records, "log.dropped").count(), 0);
}

#[test]
fn whose_output_nobody_reads_answers_and_goes_on() {
    let (mut app, lines) = start();
    let mut connection = app.connect();
    assert_eq!(connection.ask(&get("/", "")), 200);
    let before = app.anonymous_kb();
    for number in 0..TOO_MANY {
        assert_eq!(connection.ask(&get("/", "")), 200, "request {number}");
    }
    for _ in 0..5 {
        assert_eq!(connection.ask(&unauthenticated()), 401);
    }
    let grown = app.anonymous_kb() - before;
    assert!(grown < 6_000, "{grown} kB more than before");

    // Somebody reads again: all that was kept is there, and how much was not.
    let reading = std::thread::spawn(move || lines.into_records());
    assert_eq!(connection.ask(&get("/", "")), 200);
    assert_eq!(app.terminate(), Some(0));
    let records = reading.join().unwrap();
    let kept = records
        .iter()
        .filter(|record| record["http.route"] == "/")
        .count() as u64;
    let dropped = of_code(&records, "log.dropped").map(|record| record["count"].as_u64().unwrap());
    let dropped: u64 = dropped.sum();
    assert!(kept > 2000 && dropped > 0, "{kept} kept, {dropped} dropped");
    // Where all of it takes long, a record of another kind was among those dropped.
    let others = (kept + dropped).checked_sub(TOO_MANY as u64 + 2);
    assert!(
        others.is_some_and(|others| others < 10),
        "{kept} kept, {dropped} dropped"
    );
    assert!(of_code(&records, "log.dropped").all(|record| record["severe"] == 0));
    assert_eq!(of_code(&records, "caller.missing").count(), 5);
    // The end itself is dropped where whoever reads has not caught up by then, and counted like everything else.
    let ends = of_code(&records, "shutdown.started").count();
    assert!(ends == 1 || others.is_some_and(|others| others > 0), "{ends}");
}

#[test]
fn whose_output_nobody_reads_ends_when_it_is_told_to() {
    let (mut app, _unread) = start();
    let mut connection = app.connect();
    for _ in 0..1000 {
        assert_eq!(connection.ask(&get("/", "")), 200);
    }
    assert_eq!(app.terminate(), Some(0));
}

/// The pipe is read only when the process is gone.
#[test]
fn why_it_cannot_start_is_said_before_it_ends() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = command(&[("FUNCTIONS_CUSTOMHANDLER_PORT", &port)]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(code(&last), "handler.failed");
    assert!(last["cause"].as_str().unwrap().contains(&port), "{last}");
}

/// Each mistake once, however many pages an operator's console holds.
#[test]
fn why_a_command_fails_is_said_before_it_ends_and_only_there() {
    let mut command = command(&[("AppSettings__PublicUrl", "nowhere")]);
    let output = command
        .args(["timeline", "AAECAwQFBgcICQoLDA0ODw"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(err.starts_with("handler: AppSettings:PublicUrl"), "{err}");
    assert_eq!((err + &out).matches("AppSettings:PublicUrl").count(), 1);
}

/// A command to a pipe that is full: it says the same to whoever reads later, and its log holds nobody up.
#[test]
fn the_end_of_a_command_is_not_held_up_for_ever() {
    let began = Instant::now();
    let (reads, writes) = std::io::pipe().unwrap();
    app::fill(&writes);
    let mut command = command(&[("AppSettings__PublicUrl", "nowhere")]);
    command.args(["timeline", "AAECAwQFBgcICQoLDA0ODw"]);
    let mut child = command.stdout(writes).stderr(Stdio::null()).spawn().unwrap();
    assert_eq!(app::ended(&mut child), Some(1));
    assert!(began.elapsed() < LIMIT + Duration::from_secs(1));
    drop(reads);
}
