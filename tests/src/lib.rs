//! Everything the handler needs, on loopback: FOR TESTS ONLY.
//!
//! # Layout
//! - `cli`: the command line
//! - `rig`: the whole stack, wired together
//! - `client`: the OpenID client, with a page and without
//! - `tenant`: the local B2C tenant, run by the runner; `application`: what people sign in to with it
//! - `package`: assembles the folder that is run
//! - `host`: stands in for the Azure Functions host
//! - `keys`, `fill`: certificate and keys of a deployment; pages and policies with their placeholders filled
//! - `bench`: what the app costs
//! - `kills`: journeys while the handler dies
//! - `peers`: client libraries and proxies of others, against the app
//! - `process`, `node`, `azurite`, `interrupt`: children that cannot outlive us, those from npm, and when to end them
//! - `python`: a second opinion about tokens, in another language
//! - `jumio`: the simulator of Jumio KYX and Netverify
//! - `vault`: the simulator of Key Vault and managed identity
//! - `entra`: the stand-in for Entra
//! - `control`: the port that drives the simulators
//! - `serve`, `faults`, `manners`, `history`: what the simulators share
//! - `certs`, `merge`, `shared`: certificates, patches, shared values; the crate `loopback`: what others need as well

pub mod application;
pub mod azurite;
pub mod bench;
pub mod certs;
pub mod cli;
pub mod client;
pub mod control;
pub mod entra;
pub mod faults;
pub mod fill;
pub mod history;
pub mod host;
pub mod interrupt;
pub mod jumio;
pub mod keys;
pub mod kills;
pub mod manners;
pub mod merge;
pub mod node;
pub mod package;
pub mod peers;
pub mod process;
pub mod python;
pub mod rig;
pub mod serve;
pub mod shared;
pub mod tenant;
pub mod vault;
