//! Addresses of the pages of one visit, as other files need them.

/// The waiting page of a handle.
pub(in crate::routes) fn path(handle: &str) -> String {
    format!("/api/verify/wait/{handle}")
}
