//! What comes to the addresses that a vendor is given for callbacks.

/// A callback without anything personal. Only its ids are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callback {
    /// The vendor's id of the check it is about.
    pub execution: Option<String>,
    /// The vendor's id of the person's account.
    pub account: Option<String>,
    /// The vendor's word for what happened, at most 64 characters are kept.
    pub status_word: String,
    /// When the vendor says it was sent, as written.
    pub sent_at: Option<String>,
}

/// What came to the address of callbacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announced {
    /// Something happened to a transaction.
    Callback(Callback),
    /// An operator tried the address out, in the vendor's portal.
    Test,
}

/// Why a callback could not be read. Holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Neither JSON nor a form.
    #[error("the content type is neither JSON nor a form")]
    ContentType,
    /// More than [`CALLBACK_MAX`] bytes.
    #[error("the body is too long")]
    TooLong,
    /// Nested deeper than any real one.
    #[error("the body is nested too deeply")]
    TooDeep,
    /// Not well formed, or a field has the wrong form.
    #[error("the body is malformed")]
    Malformed,
    /// A field that counts is there twice.
    #[error("a field is there twice")]
    Duplicate,
    /// It names no transaction.
    #[error("the body names no transaction")]
    NoTransaction,
}

/// Maximum length of a body, in bytes. The largest real ones (Netverify, with addresses and image links) have about 10 kB.
pub(crate) const CALLBACK_MAX: usize = 64 * 1024;
