//! Where a node was read, and the two smallest nodes.

use std::{fmt, sync::Arc};

use super::Keyed;

/// A place in a policy file, shown as `file:line`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Path of the file, relative to the policy folder.
    pub file: Arc<str>,
    /// Line, from 1; 0 means the file as a whole.
    pub line: u32,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A name that points at another node (`ReferenceId="…"`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// Identifier of the target, as written.
    pub id: String,
    /// Where the reference stands.
    pub span: Span,
}

impl Keyed for Reference {
    fn key(&self) -> &str {
        &self.id
    }
}

/// A key with a value: `<Item Key="…">…</Item>`, a cryptographic key, a parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Key, as written.
    pub key: String,
    /// Value, outer white space removed.
    pub value: String,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for Item {
    fn key(&self) -> &str {
        &self.key
    }
}
