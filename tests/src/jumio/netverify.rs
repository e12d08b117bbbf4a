//! Netverify, the older product ("API v2"): initiate, scans, their deletion, and its own words for everything else.
//!
//! One customer has both products: transactions of both lie in one book, play the same scenarios on the same hosted page
//! and are steered by the same control port. Here is only what differs. Written from the Netverify Web, callback,
//! retrieval and delete guides; what those leave open is a setting ([`settings::Netverify`]) or a [`quirks::Quirks`].
//!
//! # Layout
//! - `host`: which request gets what; `gate`: what every request must have; `problem`: refusals
//! - `asked`: the body of an initiate request; `initiate`: its answer
//! - [`words`]: what Netverify says about a transaction; `codes`: its reject reasons; `findings`: a scenario in its words
//! - `blocks`: what documents and callbacks share; `scan`: the documents of the retrieval API; `form`: the fields of a callback; [`personal`]: invented data in both

mod asked;
mod blocks;
mod codes;
mod findings;
pub mod form;
mod gate;
mod host;
mod initiate;
pub mod personal;
mod problem;
pub mod quirks;
mod scan;
pub mod settings;
pub mod words;

use super::settings::Settings;
use super::transaction::Transaction;
pub(super) use host::Host;
use quirks::Quirks;

/// Where the hosts inside documents are in production: whoever follows them leaves the rig, which is how a test notices.
const PRODUCTION: &str = "https://netverify.com";

/// The variations of a transaction: those it drew, those of its scenario, and those that the settings ask for.
fn quirks(transaction: &Transaction, settings: &Settings) -> Quirks {
    let shape = settings.shape.and(transaction.plan.shape);
    transaction
        .quirks
        .and(settings.netverify.quirks)
        .and(Quirks::of(shape))
}
