//! A case: a request, what the handler plays, and what came of it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rig::host::{HOST_VERSION, Mode};
use serde::Deserialize;
use serde_json::Value;

use super::wire::Got;

/// Letters are bytes (Latin-1). `{a*300}` is a letter 300 times; a line with `{#*90}` is 90 lines, numbered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    /// The request line without its version, and headers.
    #[serde(default)]
    request: Vec<String>,
    /// Instead of that: the whole request.
    bytes: Option<String>,
    /// False where the request says itself which host it means, or does not.
    #[serde(default = "yes")]
    host: bool,
    #[serde(default)]
    body: String,
    handler: Option<Handler>,
    both: Option<Outcome>,
    proxying: Option<Outcome>,
    forwarding: Option<Outcome>,
}

/// What the handler does instead of echoing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, untagged)]
enum Handler {
    Sends {
        sends: String,
        #[serde(default)]
        closes: bool,
    },
    Plays {
        plays: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, untagged)]
pub(super) enum Outcome {
    /// The request reached the handler, which echoed it.
    Arrives {
        /// Its request line.
        arrives: String,
        /// Headers beside the mode's own; null for one of those that is not there.
        #[serde(default)]
        with: BTreeMap<String, Option<String>>,
        /// Of its body, where that is not what was sent.
        length: Option<u64>,
        /// `Connection` of the answer.
        #[serde(default)]
        answered_with: Vec<String>,
    },
    /// The caller got this, with all headers but Server and Date.
    Answers {
        answers: String,
        headers: BTreeSet<String>,
        body: Option<String>,
        #[serde(default)]
        reset: bool,
    },
    Hangs {
        #[expect(dead_code, reason = "its presence is what it says")]
        hangs: bool,
    },
}

fn yes() -> bool {
    true
}

impl Case {
    pub(super) fn read(kind: &str) -> Vec<Self> {
        let file = rig::package::workspace().join(format!("tests/vectors/host/{kind}.json"));
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    pub(super) fn outcome(&self, mode: Mode) -> &Outcome {
        let of_mode = match mode {
            Mode::Proxying => &self.proxying,
            Mode::Forwarding => &self.forwarding,
        };
        of_mode.as_ref().or(self.both.as_ref()).unwrap()
    }

    pub(super) fn is_head(&self) -> bool {
        self.request.first().is_some_and(|line| line.starts_with("HEAD "))
    }

    pub(super) fn sent(&self) -> Vec<u8> {
        if let Some(whole) = &self.bytes {
            return bytes(whole);
        }
        let version = if self.request[0].contains(" HTTP/") {
            ""
        } else {
            " HTTP/1.1"
        };
        let mut lines = vec![format!("{}{version}", self.request[0])];
        lines.extend(self.host.then(|| "Host: localhost:7071".to_owned()));
        lines.extend(self.request[1..].iter().flat_map(|line| numbered(line)));
        match &self.handler {
            Some(Handler::Sends { sends, closes }) => {
                lines.push(format!("x-play: bytes {}", STANDARD.encode(bytes(sends))));
                lines.extend(closes.then(|| "x-then: close".to_owned()));
            }
            Some(Handler::Plays { plays }) => lines.push(format!("x-play: {plays}")),
            None => {}
        }
        let mut sent = bytes(&(lines.join("\r\n") + "\r\n\r\n"));
        sent.extend(bytes(&self.body));
        sent
    }
}

impl Outcome {
    /// What differs, if anything.
    pub(super) fn complaints(&self, got: &Got, case: &Case, mode: Mode, port: u16) -> Vec<String> {
        let mut complaints = Complaints(Vec::new());
        match self {
            Self::Arrives {
                arrives,
                with,
                length,
                answered_with,
            } => {
                complaints.differ("status", &"200 OK".to_owned(), &got.status);
                let Ok(seen) = serde_json::from_slice::<Value>(&got.body) else {
                    complaints.0.push("it did not arrive".to_owned());
                    return complaints.0;
                };
                let line = format!("{} {}", text(&seen["method"]), text(&seen["target"]));
                complaints.differ("request line", &expanded(arrives), &line);
                complaints.differ("headers", &headers(with, mode, port), &arrived(&seen));
                let sent = bytes(&case.body);
                let length = length.unwrap_or(sent.len() as u64);
                complaints.differ("length", &length, &seen["length"].as_u64().unwrap());
                if length == sent.len() as u64 {
                    let sum = STANDARD.encode(openssl::sha::sha256(&sent));
                    complaints.differ("body", &sum, &text(&seen["sha256"]).to_owned());
                }
                let connection: Vec<String> = got
                    .headers
                    .iter()
                    .filter(|line| line.starts_with("connection:"))
                    .cloned()
                    .collect();
                let expected: Vec<String> = answered_with.iter().map(|line| lower(line)).collect();
                complaints.differ("answer", &expected, &connection);
            }
            Self::Answers {
                answers,
                headers,
                body,
                reset,
            } => {
                complaints.differ("status", answers, &got.status);
                let expected: BTreeSet<String> = headers.iter().map(|line| lower(line)).collect();
                complaints.differ("headers", &expected, &got.headers.iter().cloned().collect());
                if let Some(body) = body {
                    complaints.differ("length", &bytes(body).len(), &got.body.len());
                    complaints.differ("body", &true, &(bytes(body) == got.body));
                }
                complaints.differ("reset", reset, &got.reset);
            }
            Self::Hangs { .. } => {}
        }
        complaints.0
    }
}

struct Complaints(Vec<String>);

impl Complaints {
    fn differ<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, expected: &T, got: &T) {
        if expected != got {
            self.0.push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }
}

/// What each mode sends by itself, changed by what the case says.
fn headers(with: &BTreeMap<String, Option<String>>, mode: Mode, port: u16) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = match mode {
        Mode::Proxying => vec![
            ("host", format!("127.0.0.1:{port}")),
            ("x-forwarded-for", "127.0.0.1".to_owned()),
            ("x-forwarded-host", "localhost:7071".to_owned()),
            ("x-forwarded-proto", "http".to_owned()),
            ("x-azure-functions-hostversion", HOST_VERSION.to_owned()),
            ("x-azure-functions-invocationid", "{invocation}".to_owned()),
            ("x-ms-invocation-id", "{invocation}".to_owned()),
        ],
        Mode::Forwarding => vec![
            ("host", "localhost:7071".to_owned()),
            ("user-agent", format!("Azure-Functions-Host/{HOST_VERSION}")),
            ("x-azure-functions-hostversion", HOST_VERSION.to_owned()),
            ("x-azure-functions-invocationid", "{invocation}".to_owned()),
        ],
    }
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    for (name, value) in with {
        for name in numbered(name) {
            match value {
                Some(value) => headers.insert(name, expanded(value).replace("{version}", HOST_VERSION)),
                None => headers.remove(&name),
            };
        }
    }
    headers
}

/// The headers the handler saw, with this run's id as `{invocation}`; two lines of one name are told apart.
fn arrived(seen: &Value) -> BTreeMap<String, String> {
    let pairs = seen["headers"].as_array().unwrap();
    let value = |name: &str| {
        pairs
            .iter()
            .find(|pair| pair[0] == name)
            .map(|pair| text(&pair[1]))
    };
    let id = value("x-azure-functions-invocationid").unwrap_or_default();
    let id = id.rsplit(", ").next().unwrap();
    assert_eq!(id.len(), 36, "{id} is no invocation id");
    let mut headers = BTreeMap::new();
    for pair in pairs {
        let name = text(&pair[0]);
        let value = text(&pair[1]).replace(id, "{invocation}");
        headers
            .entry(name.to_owned())
            .and_modify(|all| *all = format!("{all} AND {value}"))
            .or_insert(value);
    }
    headers
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A header line with its name in lower case.
fn lower(line: &str) -> String {
    let (name, value) = line.split_once(':').unwrap();
    format!("{}:{value}", name.to_lowercase())
}

fn numbered(line: &str) -> Vec<String> {
    let Some((before, rest)) = line.split_once("{#*") else {
        return vec![expanded(line)];
    };
    let (count, after) = rest.split_once('}').unwrap();
    (0..count.parse().unwrap())
        .map(|number: usize| format!("{before}{number}{after}"))
        .collect()
}

/// With every `{a*300}` written out.
fn expanded(line: &str) -> String {
    bytes(line).into_iter().map(char::from).collect()
}

fn bytes(text: &str) -> Vec<u8> {
    let mut whole = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (letter, count, after) = repeated(rest).unwrap_or((letter, 1, &rest[letter.len_utf8()..]));
        whole.resize(whole.len() + count, u8::try_from(letter).unwrap());
        rest = after;
    }
    whole
}

fn repeated(text: &str) -> Option<(char, usize, &str)> {
    let inside = text.strip_prefix('{')?;
    let letter = inside.chars().next()?;
    let (count, rest) = inside[letter.len_utf8()..].strip_prefix('*')?.split_once('}')?;
    Some((letter, count.parse().ok()?, rest))
}
