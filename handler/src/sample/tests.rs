//! Refusals first: one named test per way to be wrong. Tokens are put together here by hand, not by the code under test.

mod documents;
pub(crate) mod published;
mod random;
mod refused;
mod rfc;
mod vectors;
