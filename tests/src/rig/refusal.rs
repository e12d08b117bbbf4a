//! An app that will never be ready: it refuses its settings, or its host has given up.

use std::time::Duration;

use serde_json::Value;

use super::Rig;
use crate::host::{Log, Writer};

/// How often the log is looked at; what the app says about its settings it says within less.
const OFTEN: Duration = Duration::from_millis(100);

impl Rig {
    /// Returns when the app refuses its settings or cannot run, with its own words: a line for each fault.
    pub async fn refused(&self) -> String {
        loop {
            tokio::time::sleep(OFTEN).await;
            if !words(self.host.log()).is_empty() {
                // All of them.
                tokio::time::sleep(OFTEN).await;
                return words(self.host.log()).join("\n");
            }
        }
    }
}

fn words(log: &Log) -> Vec<String> {
    let mut words = Vec::new();
    for line in log.lines() {
        let told = match line.writer {
            Writer::Handler => serde_json::from_str(&line.text)
                .ok()
                .and_then(|record| fault(&record)),
            Writer::Host => is_the_end(&line.text).then_some(line.text),
        };
        words.extend(told.filter(|told| !words.contains(told)));
    }
    words
}

fn fault(record: &Value) -> Option<String> {
    let word = |name: &str| record[name].as_str();
    match word("code")? {
        "settings.invalid" => Some(format!("{} {}", word("setting")?, word("rule")?)),
        "handler.failed" => Some(word("cause")?.to_owned()),
        _ => None,
    }
}

fn is_the_end(text: &str) -> bool {
    [
        "Failed to start Worker Channel",
        "Exceeded http worker restart retry count",
    ]
    .iter()
    .any(|end| text.starts_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Level;

    #[tokio::test]
    async fn faults_are_told_once_each_and_nothing_else_is() {
        let log = Log::default();
        let lines = concat!(
            r#"{"code":"handler.listening"}"#,
            "\n",
            r#"{"code":"settings.invalid","setting":"A:B","rule":"is missing"}"#,
            "\nno record\n",
            r#"{"code":"settings.invalid","setting":"A:B","rule":"is missing"}"#,
            "\n",
            r#"{"code":"handler.failed","cause":"port 1 is taken"}"#,
        );
        log.clone().follow(lines.as_bytes(), |_| Level::Information).await;
        log.host(Level::Error, "the handler ended with 1; it is started again");
        log.host(
            Level::Error,
            "Failed to start Worker Channel. Process fileName: x",
        );
        let told = words(&log);
        assert_eq!(told[..2], ["A:B is missing", "port 1 is taken"]);
        assert!(told.len() == 3 && told[2].starts_with("Failed"), "{told:?}");
    }
}
