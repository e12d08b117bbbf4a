//! An app that will never be ready: it refuses its settings, or its host has given up.

use std::time::Duration;

use serde_json::Value;

use super::Rig;
use crate::host::{Line, Log, Writer};

/// How often the log is looked at; what the app says about its settings it says within less.
const OFTEN: Duration = Duration::from_millis(100);

/// Whoever says several things says them within less, also on a machine that is busy.
const REST: Duration = Duration::from_millis(400);

impl Rig {
    /// Returns when the app refuses its settings or cannot run, with its own words: a line for each fault. `given` are the
    /// settings that somebody asked for, `Section:Key`; those that the app does not know are a refusal as well.
    pub async fn refused(&self, given: &[String]) -> String {
        loop {
            tokio::time::sleep(OFTEN).await;
            if !words(self.host.log(), given).is_empty() {
                return self.refusal(given).await.join("\n");
            }
        }
    }

    /// What it has said so far, after moments in which the rest arrives: until nothing more has come for a while. Nothing when all
    /// is well.
    pub async fn refusal(&self, given: &[String]) -> Vec<String> {
        let mut said = words(self.host.log(), given);
        loop {
            tokio::time::sleep(REST).await;
            let more = words(self.host.log(), given);
            if more.len() == said.len() {
                return more;
            }
            said = more;
        }
    }
}

/// What a line says against the settings or about the end, if that is what it says.
pub(crate) fn told(line: &Line, given: &[String]) -> Option<String> {
    match line.writer {
        Writer::Handler => serde_json::from_str(&line.text)
            .ok()
            .and_then(|record| fault(&record, given)),
        Writer::Host => is_the_end(&line.text).then(|| line.text.clone()),
    }
}

fn words(log: &Log, given: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    for line in log.lines() {
        words.extend(told(&line, given).filter(|told| !words.contains(told)));
    }
    words
}

fn fault(record: &Value, given: &[String]) -> Option<String> {
    let word = |name: &str| record[name].as_str();
    match word("code")? {
        "settings.invalid" => Some(format!("{} {}", word("setting")?, word("rule")?)),
        "handler.failed" => Some(word("cause")?.to_owned()),
        "settings.suspicious" => unknown(word("remark")?, given),
        "secrets.set_aside" => set_aside(word("setting")?, word("rule")?, given),
        _ => None,
    }
}

/// A remark about a name that was given and is no setting.
fn unknown(remark: &str, given: &[String]) -> Option<String> {
    let (name, _) = remark.split_once(" is not a setting")?;
    given.iter().any(|given| given == name).then(|| remark.to_owned())
}

/// One client is refused alone; whoever gave a setting of that client wants to know.
fn set_aside(setting: &str, rule: &str, given: &[String]) -> Option<String> {
    let section = |name: &str| name.rsplit_once(':').map(|(section, _)| section.to_owned());
    let is_meant = given.iter().any(|given| section(given) == section(setting));
    is_meant.then(|| format!("{setting} {rule}"))
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
            "\n",
            r#"{"code":"settings.suspicious","remark":"A:C is not a setting; the nearest is A:B"}"#,
            "\n",
            r#"{"code":"settings.suspicious","remark":"A:D is not a setting"}"#,
            "\n",
            r#"{"code":"settings.suspicious","remark":"A:D is no longer needed"}"#,
            "\n",
            r#"{"code":"secrets.set_aside","setting":"C:5:Secret","rule":"is missing"}"#,
        );
        log.clone().follow(lines.as_bytes(), |_| Level::Information).await;
        log.host(Level::Error, "the handler ended with 1; it is started again");
        log.host(
            Level::Error,
            "Failed to start Worker Channel. Process fileName: x",
        );
        let told = words(&log, &[]);
        assert_eq!(told[..2], ["A:B is missing", "port 1 is taken"]);
        assert!(told.len() == 3 && told[2].starts_with("Failed"), "{told:?}");
        let told = words(&log, &["A:D".to_owned(), "C:5:Id".to_owned()]);
        assert_eq!(told[2..4], ["A:D is not a setting", "C:5:Secret is missing"]);
        assert_eq!(told.len(), 5, "{told:?}");
    }
}
