//! How much is worked on at once, how often a failed proof is answered as one, and how many records that leaves.
//!
//! A right credential is never braked: only failures are counted, after the comparison, so that nobody can lock a caller
//! out by its name.
//!
//! # Layout
//! - `work`: a bounded number of requests at once; `bodies`: forms on their way, which have no place yet
//! - `brake`: failed proofs; `address`: whose they are
//! - `damper`: records of refused requests

mod address;
mod bodies;
mod brake;
mod damper;
mod work;

use std::net::IpAddr;
use std::sync::Arc;

use warp::http::HeaderName;

use crate::background::Spawner;
pub(super) use bodies::Bodies;
use brake::Brake;
pub(super) use damper::Damper;
pub(crate) use work::Overloaded;
pub(super) use work::Place;
pub(crate) use work::{Admission, Work};

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
    brake: Brake,
    client_address: Option<HeaderName>,
}

impl Traffic {
    pub(super) fn new(allowed: Allowed, background: Spawner) -> Self {
        Self {
            work: Arc::new(Work::new(allowed.requests)),
            bodies: Bodies::new(allowed.requests),
            damper: Damper::new(background),
            brake: Brake::default(),
            client_address: allowed.client_address,
        }
    }

    /// Counts a failed proof. Whether there were too many of them, from the same address where that is known.
    pub(super) fn is_over(&self, address: Option<IpAddr>) -> bool {
        self.brake.is_over(address)
    }

    /// The client's address, if the front end tells one.
    pub(super) fn address<'a>(&self, value: impl FnOnce(&HeaderName) -> Option<&'a str>) -> Option<IpAddr> {
        address::parse(value(self.client_address.as_ref()?)?)
    }
}
