//! Executes user journeys.
//!
//! An authorization [`request`] begins a [`walk`] through a journey's [`steps`]; each step runs technical profiles through
//! the [`pipeline`]; the walk stops where a person or an outside provider has to act, and goes on with what they send.
//! [`realm`] is everything the steps act on. Semantics: Microsoft's reference for `UserJourneys` and
//! `TechnicalProfiles`; where it is silent, the stricter reading.

pub mod answer;
pub mod failure;
pub mod fields;
pub mod grants;
#[cfg(test)]
pub(crate) mod ground;
pub mod language;
pub mod pipeline;
pub mod realm;
pub mod request;
mod resolve;
pub mod sessions;
pub mod steps;
pub mod tokens;
pub mod transformations;
pub mod walk;

pub use failure::Failure;
pub use realm::Realm;
pub use walk::Walk;
