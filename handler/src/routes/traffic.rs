//! How much is worked on at once, how often a failed proof is answered as one, and how many records that leaves.
//!
//! A right credential is never braked: only failures are counted, after the comparison, so that nobody can lock a caller
//! out by its name.
//!
//! # Layout
//! - `work`: a bounded number of requests at once; `bodies`: forms on their way, which have no place yet
//! - `brake`: what comes too often, such as failed proofs; `address`: whose they are
//! - `damper`: records of refused requests

mod address;
mod bodies;
mod brake;
mod damper;
mod work;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use warp::http::HeaderName;

use crate::background::Spawner;
use crate::ids::VerificationId;
pub(super) use bodies::Bodies;
use brake::Brake;
pub(super) use damper::Damper;
pub(crate) use work::Overloaded;
pub(super) use work::Place;
pub(crate) use work::{Admission, Work};

/// Failed proofs of one address a second that are answered as failures.
const FAILED_PROOFS: u32 = 20;
/// Questions about one verification a minute that are answered. The sample's page asks once a minute, from any number of tabs.
const QUESTIONS: u32 = 30;

/// What an operator may say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// Requests worked on at once.
    pub requests: usize,
    /// The header in which the front end puts the client's address; without one all failures count together. Only a
    /// header that the front end overwrites may be named.
    pub client_address: Option<HeaderName>,
}

impl Default for Allowed {
    fn default() -> Self {
        Self {
            requests: 200,
            client_address: None,
        }
    }
}

/// The traffic of one process.
pub(super) struct Traffic {
    pub(super) work: Arc<Work>,
    pub(super) bodies: Bodies,
    pub(super) damper: Damper,
    proofs: Brake<IpAddr>,
    questions: Brake<VerificationId>,
    client_address: Option<HeaderName>,
}

impl Traffic {
    pub(super) fn new(allowed: Allowed, background: Spawner) -> Self {
        Self {
            work: Arc::new(Work::new(allowed.requests)),
            bodies: Bodies::new(allowed.requests),
            damper: Damper::new(background),
            proofs: Brake::new(FAILED_PROOFS, Duration::from_secs(1)),
            questions: Brake::new(QUESTIONS, Duration::from_secs(60)),
            client_address: allowed.client_address,
        }
    }

    /// Counts a failed proof. Whether there were too many of them, from the same address where that is known.
    pub(super) fn is_over(&self, address: Option<IpAddr>) -> bool {
        self.proofs.is_over(address)
    }

    /// Counts a question about a verification by who has only its token. Whether there were too many of them.
    pub(super) fn is_asked_too_often(&self, id: VerificationId) -> bool {
        self.questions.is_over(Some(id))
    }

    /// The client's address, if the front end tells one.
    pub(super) fn address<'a>(&self, value: impl FnOnce(&HeaderName) -> Option<&'a str>) -> Option<IpAddr> {
        address::parse(value(self.client_address.as_ref()?)?)
    }
}
