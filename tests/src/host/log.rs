//! What the handler printed and what the host said about it, with the levels the real host gives them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// Level of a line in Application Insights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A line on standard output.
    Information,
    /// A line on standard error that contains "warn".
    Warning,
    /// Any other line on standard error, and the host's own complaints.
    Error,
}

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The handler.
    Handler,
    /// The host.
    Host,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// As the host classified it; the host does not look for a level in the text.
    pub level: Level,
    /// Handler or host.
    pub writer: Writer,
    /// Without the line end.
    pub text: String,
}

/// Is told each line when it comes.
type Watch = Arc<dyn Fn(&Line) + Send + Sync>;

/// Everything written so far, shared by all instances of a host.
#[derive(Clone, Default)]
pub struct Log {
    lines: Arc<Mutex<Vec<Line>>>,
    watch: Option<Watch>,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Log").field(&self.lines).finish()
    }
}

impl Log {
    /// A log that somebody watches.
    #[must_use]
    pub fn watched(watch: impl Fn(&Line) + Send + Sync + 'static) -> Self {
        Self {
            watch: Some(Arc::new(watch)),
            ..Self::default()
        }
    }

    /// Whether somebody has seen what is in it.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// A copy of all lines.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything the handler wrote, as one text to search.
    #[must_use]
    pub fn handler_text(&self) -> String {
        let handler = self
            .lines()
            .into_iter()
            .filter(|line| line.writer == Writer::Handler);
        handler.map(|line| line.text + "\n").collect()
    }

    /// Lines at Error.
    #[must_use]
    pub fn errors(&self) -> Vec<Line> {
        self.lines()
            .into_iter()
            .filter(|line| line.level == Level::Error)
            .collect()
    }

    pub(crate) fn host(&self, level: Level, text: impl Into<String>) {
        self.push(Line {
            level,
            writer: Writer::Host,
            text: text.into(),
        });
    }

    /// Reads a pipe line by line until it closes.
    pub(crate) async fn follow(self, pipe: impl AsyncRead + Unpin, classify: fn(&str) -> Level) {
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(text)) = lines.next_line().await {
            self.push(Line {
                level: classify(&text),
                writer: Writer::Handler,
                text,
            });
        }
    }

    fn push(&self, line: Line) {
        if let Some(watch) = &self.watch {
            watch(&line);
        }
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
}

/// Standard output is always Information.
pub(crate) fn of_stdout(_text: &str) -> Level {
    Level::Information
}

/// Standard error is Error, unless the line says "warn".
pub(crate) fn of_stderr(text: &str) -> Level {
    if text.to_lowercase().contains("warn") {
        Level::Warning
    } else {
        Level::Error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_error_is_an_error_unless_it_warns() {
        assert_eq!(of_stderr("2026 INFO all is well"), Level::Error);
        assert_eq!(of_stderr("a WARNing"), Level::Warning);
        assert_eq!(of_stdout("error: looks bad"), Level::Information);
    }

    #[tokio::test]
    async fn who_watches_sees_each_line_when_it_comes() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&seen);
        let log = Log::watched(move |line| noted.lock().unwrap().push(line.text.clone()));
        log.clone().follow(&b"one\ntwo"[..], of_stdout).await;
        assert_eq!(*seen.lock().unwrap(), ["one", "two"]);
    }

    #[tokio::test]
    async fn a_pipe_is_split_into_lines() {
        let log = Log::default();
        log.clone().follow(&b"one\ntwo\nthree"[..], of_stdout).await;
        assert_eq!(log.handler_text(), "one\ntwo\nthree\n");
        assert!(log.errors().is_empty());
    }
}
