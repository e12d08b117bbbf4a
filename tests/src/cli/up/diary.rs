//! The log of the handler: whole in a file, a short line for each record on the terminal.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::host::{Line, Log, Writer};
use crate::rig::refusal;

/// Letters of a short line; what is longer is cut.
const WIDTH: usize = 150;
/// What a record is about, beside its words: the first of these that it has.
const DETAILS: [&str; 6] = [
    "cause",
    "remark",
    "rule",
    "error",
    "http.route",
    "verification.id",
];

/// The file with every line, beside the addresses.
pub(super) struct Diary {
    pub(super) file: PathBuf,
    is_up: Arc<AtomicBool>,
}

impl Diary {
    /// Begins a new file in this folder. `given` are the settings that were asked for: what the handler says against them while
    /// it starts is not shown, because that is what the rig then ends with.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(super) fn begin(folder: &Path, given: Vec<String>) -> Result<(Self, Log)> {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let file = folder.join("handler.log");
        let writer = File::create(&file).with_context(|| file.display().to_string())?;
        let is_up = Arc::new(AtomicBool::new(false));
        let diary = Self {
            file,
            is_up: Arc::clone(&is_up),
        };
        let log = Log::watched(move |line| {
            // At once, because lines come from several pipes. A full disk ends no rig.
            let _full = (&writer).write_all(format!("{}\n", line.text).as_bytes());
            if is_up.load(Ordering::Relaxed) || refusal::told(line, &given).is_none() {
                eprintln!("{}", short(line));
            }
        });
        Ok((diary, log))
    }

    /// From now on every record is shown.
    pub(super) fn is_up(&self) {
        self.is_up.store(true, Ordering::Relaxed);
    }
}

/// Time, level, code, words and what it is about; a line that is no record as it is.
fn short(line: &Line) -> String {
    let record = match line.writer {
        Writer::Handler => serde_json::from_str::<Value>(&line.text).ok(),
        Writer::Host => None,
    };
    let text = match record {
        Some(record) => of_record(&record),
        None => format!("{:<14} {}", "host", line.text),
    };
    cut(text)
}

fn of_record(record: &Value) -> String {
    let word = |name: &str| record[name].as_str().unwrap_or_default();
    let time = word("time").get(11..19).unwrap_or_default();
    let about = DETAILS
        .iter()
        .map(|name| word(name))
        .find(|text| !text.is_empty());
    let status = record["http.response.status_code"].as_u64();
    let status = status.map_or_else(String::new, |status| format!(" {status}"));
    let about = about.map_or_else(String::new, |about| format!(" ({about}{status})"));
    let (level, code, message) = (word("level"), word("code"), word("message"));
    format!("{time} {level:<5} {code}: {message}{about}")
}

fn cut(text: String) -> String {
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Level;

    fn line(writer: Writer, text: &str) -> Line {
        Line {
            level: Level::Information,
            writer,
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_record_becomes_one_short_line() {
        let record = concat!(
            r#"{"time":"2026-11-20T08:00:01.123Z","level":"WARN","code":"vault.slow","#,
            r#""message":"the vault is slow","cause":"a time-out","target":"handler::secrets"}"#
        );
        let told = short(&line(Writer::Handler, record));
        assert_eq!(told, "08:00:01 WARN  vault.slow: the vault is slow (a time-out)");
    }

    #[test]
    fn a_request_is_told_with_its_route_and_answer() {
        let record = concat!(
            r#"{"time":"2026-11-20T08:00:01Z","level":"INFO","code":"request.completed","message":"done","#,
            r#""http.route":"/api/token","http.response.status_code":200}"#
        );
        let told = short(&line(Writer::Handler, record));
        assert_eq!(told, "08:00:01 INFO  request.completed: done (/api/token 200)");
    }

    #[test]
    fn what_is_no_record_is_told_as_it_is_and_nothing_is_endless() {
        assert!(short(&line(Writer::Host, "it ended with 1")).ends_with("it ended with 1"));
        assert!(short(&line(Writer::Handler, "no record")).ends_with("no record"));
        let long = short(&line(Writer::Host, &"ö".repeat(1000)));
        assert_eq!(long.chars().count(), WIDTH + 1);
    }

    #[tokio::test]
    async fn the_file_has_every_line_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (diary, log) = Diary::begin(folder.path(), Vec::new()).unwrap();
        let lines = "{\"code\":\"settings.invalid\",\"setting\":\"A:B\",\"rule\":\"is missing\"}\nsecond\n";
        log.follow(lines.as_bytes(), |_| Level::Information).await;
        assert_eq!(std::fs::read_to_string(&diary.file).unwrap(), lines);
    }
}
