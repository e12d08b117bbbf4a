//! What loading and checking have to say about a policy.

use std::fmt;

use crate::model::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; never fails a build.
    Note,
    /// Works, but is probably not what was meant, or is unsafe.
    Warning,
    /// Azure AD B2C or the runner would refuse it, or it is a hole.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One thing found in a policy, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable name of the rule, for example `dangling-reference`.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands.
    pub span: Span,
    /// What was found, in one sentence.
    pub message: String,
    /// Why it matters.
    pub why: &'static str,
    /// What to write instead.
    pub instead: String,
}

impl Finding {
    /// An error; [`Finding::why`] and [`Finding::instead`] complete it.
    #[must_use]
    pub fn error(rule: &'static str, span: &Span, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Error, span, message.into())
    }

    /// A warning.
    #[must_use]
    pub fn warning(rule: &'static str, span: &Span, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Warning, span, message.into())
    }

    /// A note.
    #[must_use]
    pub fn note(rule: &'static str, span: &Span, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Note, span, message.into())
    }

    /// Says why it matters.
    #[must_use]
    pub fn why(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }

    /// Says what to write instead.
    #[must_use]
    pub fn instead(mut self, instead: impl Into<String>) -> Self {
        self.instead = instead.into();
        self
    }

    fn new(rule: &'static str, severity: Severity, span: &Span, message: String) -> Self {
        Self {
            rule,
            severity,
            span: span.clone(),
            message,
            why: "",
            instead: String::new(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {}: {} [{}]",
            self.span, self.severity, self.message, self.rule
        )?;
        if !self.why.is_empty() {
            write!(f, "\n    why: {}", self.why)?;
        }
        if !self.instead.is_empty() {
            write!(f, "\n    instead: {}", self.instead)?;
        }
        Ok(())
    }
}
