//! What the store of secrets is asked.

/// One question to the store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// The list of all secrets.
    Names,
    /// The latest version of a secret.
    Latest(String),
    /// The list of a secret's versions.
    Versions(String),
    /// One version of a secret.
    Version(String, String),
}
