//! The runner: a local Identity Experience Framework for Azure AD B2C custom policies.
//!
//! # Layout
//! - [`model`]: the typed policy model; [`claims`]: claim values and the bag of a journey; [`finding`]: what loading and
//!   checking have to say
//! - [`load`]: from a folder of policy files to a tenant that can run; [`check`]: what can be said without running it
//! - [`transform`]: claims transformations; [`resolvers`]: claims resolvers; [`restrictions`]: whether a text fits its
//!   claim type; [`pattern`]: regular expressions of policies
//! - [`engine`]: walks through journeys; [`profiles`]: technical profiles
//! - [`server`]: the tenant's addresses; [`page`]: what a person sees; [`trace`]: what happened; [`script`]: scripted
//!   journeys
//! - [`config`], [`policy_keys`]: what a tenant is configured with; [`directory`]: its accounts; [`mailbox`]: where its
//!   messages arrive; [`outbound`]: its calls to others
//! - [`jose`], [`private_file`], `expiring`: leaves

pub mod check;
pub mod claims;
pub mod cli;
pub mod config;
pub mod directory;
pub mod engine;
mod expiring;
pub mod finding;
pub mod jose;
pub mod load;
pub mod mailbox;
pub mod model;
pub mod outbound;
pub mod page;
pub mod pattern;
pub mod policy_keys;
pub mod private_file;
pub mod profiles;
pub mod resolvers;
pub mod restrictions;
pub mod script;
pub mod server;
pub mod trace;
pub mod transform;
