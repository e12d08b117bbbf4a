//! Addresses of the pages of one visit, as other files need them.

/// The waiting page of a handle.
pub(in crate::routes) fn path(handle: &str) -> String {
    format!("/api/verify/wait/{handle}")
}

/// Where the person is shown what the client is told of their document; `action` is the word of what goes on afterwards.
#[must_use]
pub(in crate::routes) fn showing(handle: &str, action: &str) -> String {
    format!("{}/release?for={action}", path(handle))
}
