//! Why a journey, a technical profile or a request did not go on.

use std::fmt;

/// A failure with B2C's error code.
///
/// In a validation profile the person stays on the page and reads [`Failure::shown`]; in a step the journey ends and the
/// application is told [`Failure::oauth`] and [`Failure::description`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `AADB2C…`.
    pub code: String,
    /// What happened, for the developer.
    pub message: String,
    /// Text for the person, when the policy or a service gave one.
    pub shown: Option<String>,
    /// OAuth 2.0 error word (RFC 6749 §4.1.2.1).
    pub oauth: &'static str,
    /// Status and reason of an HTTP answer that caused it.
    pub http: Option<(u16, String)>,
}

impl Failure {
    /// A failure the application sees as `server_error`.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        let (code, message) = (code.to_owned(), message.into());
        Self {
            code,
            message,
            shown: None,
            oauth: "server_error",
            http: None,
        }
    }

    /// A request that cannot be served as it is.
    #[must_use]
    pub fn invalid_request(code: &str, message: impl Into<String>) -> Self {
        Self {
            oauth: "invalid_request",
            ..Self::new(code, message)
        }
    }

    /// The same with another OAuth 2.0 error word.
    #[must_use]
    pub fn oauth(self, word: &'static str) -> Self {
        Self { oauth: word, ..self }
    }

    /// The same with a text for the person.
    #[must_use]
    pub fn shown(self, text: impl Into<String>) -> Self {
        Self {
            shown: Some(text.into()),
            ..self
        }
    }

    /// The same, caused by an HTTP answer.
    #[must_use]
    pub fn http(self, status: u16, reason: impl Into<String>) -> Self {
        Self {
            http: Some((status, reason.into())),
            ..self
        }
    }

    /// Something this program does not do, said loudly.
    #[must_use]
    pub fn unsupported(what: impl fmt::Display) -> Self {
        Self::new("RUNNER0001", format!("the runner does not support {what}"))
    }

    /// `error_description` as B2C writes it.
    #[must_use]
    pub fn description(&self, correlation_id: &str, now: time::OffsetDateTime) -> String {
        let time = now.format(time::macros::format_description!(
            "[year]-[month]-[day] [hour]:[minute]:[second]Z"
        ));
        let time = time.unwrap_or_default();
        format!(
            "{}: {}\r\nCorrelation ID: {correlation_id}\r\nTimestamp: {time}\r\n",
            self.code, self.message
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Failure {}
