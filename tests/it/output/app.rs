//! The packaged handler without a host: a process with settings, its standard output in our hands.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rig::certs::{Authority, Purpose};
use rig::package;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Nothing here takes as long.
pub(super) const LIMIT: Duration = Duration::from_secs(15);

/// Everything the handler needs to be ready without a vault.
fn settings() -> Vec<(&'static str, String)> {
    let identity = Authority::new().unwrap().issue("idv", Purpose::Signing).unwrap();
    vec![
        ("FUNCTIONS_CUSTOMHANDLER_PORT", "0".to_owned()),
        ("AppSettings__PublicUrl", "https://idv.example".to_owned()),
        ("AppSettings__SigningCert", identity.pem().unwrap()),
        (
            "AppSettings__StateKey",
            "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned(),
        ),
        ("JumioSettings__AuthUsername", "a-token".to_owned()),
        ("JumioSettings__AuthPassword", "a-secret".to_owned()),
        ("JumioSettings__Region", "emea-1".to_owned()),
        ("JumioSettings__WorkflowKey", "10011".to_owned()),
        ("JumioSettings__UserAgent", "Example-Bank idv/1.0".to_owned()),
        ("FactStore__Location", "memory:".to_owned()),
        ("VerifyAuth__BasicUsername", "b2c".to_owned()),
        ("VerifyAuth__BasicPassword", "password-of-the-caller".to_owned()),
    ]
}

/// The handler with these settings over the usual ones; an empty value takes one away.
pub(super) fn command(over: &[(&str, &str)]) -> Command {
    let mut command = Command::new(package::app().unwrap().join("handler"));
    command.env_clear().envs(settings()).stdin(Stdio::null());
    for (name, value) in over {
        if value.is_empty() {
            command.env_remove(name);
        } else {
            command.env(name, value);
        }
    }
    command
}

/// A handler that listens. Dropping it kills it.
pub(super) struct Running {
    child: Child,
    port: u16,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Running {
    /// Starts it, and reads what it prints until it listens.
    pub(super) fn start(over: &[(&str, &str)]) -> (Self, Lines) {
        let mut child = command(over).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = Lines(BufReader::new(child.stdout.take().unwrap()));
        let port = loop {
            let record = lines.next().expect("it ended instead of listening");
            if code(&record) == "handler.listening" {
                break record["port"].as_u64().unwrap().try_into().unwrap();
            }
        };
        (Self { child, port }, lines)
    }

    pub(super) fn connect(&self) -> Connection {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        Connection(stream)
    }

    /// SIGTERM; the exit code, if it ends in time and by itself.
    pub(super) fn terminate(&mut self) -> Option<i32> {
        let process = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(process, Signal::TERM).unwrap();
        ended(&mut self.child)
    }

    /// Memory of its own, in kilobytes of 1024 bytes.
    pub(super) fn anonymous_kb(&self) -> i64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        line.unwrap().trim().strip_suffix(" kB").unwrap().parse().unwrap()
    }
}

/// The exit code of a process that ends in time and by itself; one that does not is killed.
pub(super) fn ended(child: &mut Child) -> Option<i32> {
    let began = Instant::now();
    while began.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.signal(), None);
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().unwrap();
    None
}

/// Records as they are printed.
pub(super) struct Lines(BufReader<ChildStdout>);

impl Iterator for Lines {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        (!line.is_empty())
            .then(|| serde_json::from_str(&line).unwrap_or_else(|_| panic!("no record: {line}")))
    }
}

impl Lines {
    pub(super) fn into_records(self) -> Vec<Value> {
        self.collect()
    }
}

pub(super) fn code(record: &Value) -> &str {
    record["code"].as_str().unwrap_or_default()
}

pub(super) fn of_code<'a>(records: &'a [Value], wanted: &'a str) -> impl Iterator<Item = &'a Value> {
    records.iter().filter(move |record| code(record) == wanted)
}

/// One connection, kept alive.
pub(super) struct Connection(TcpStream);

impl Connection {
    /// Sends a request and reads its answer, whose status it gives.
    pub(super) fn ask(&mut self, request: &str) -> u16 {
        self.0.write_all(request.as_bytes()).unwrap();
        let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
        loop {
            let read = self.0.read(&mut part).expect("no answer in time");
            assert!(read > 0, "the connection was closed instead of an answer");
            bytes.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&bytes);
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= length(head)
            {
                return head.split(' ').nth(1).unwrap().parse().unwrap();
            }
        }
    }
}

fn length(head: &str) -> usize {
    let field = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    field.unwrap_or("0").parse().unwrap()
}

pub(super) fn get(path: &str, fields: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n")
}

/// What is answered 401 and logged as a warning.
pub(super) fn unauthenticated() -> String {
    "POST /api/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        .to_owned()
}

/// Fills a pipe to the last byte, by a copy of its end.
pub(super) fn fill(pipe: &std::io::PipeWriter) {
    let mut copy = pipe.try_clone().unwrap();
    let filling = std::thread::spawn(move || copy.write_all(&vec![b'\n'; 1 << 16]));
    filling.join().unwrap().unwrap();
}
