//! Several vendors beside each other: one gets new transactions, and each answers for those that it has.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::checks::vendor::id::{VendorId, VendorPrint};
use crate::checks::vendor::{Vendor, VendorError};

/// The vendors of one process.
#[derive(Clone)]
pub struct Vendors {
    all: BTreeMap<VendorId, Arc<dyn Vendor>>,
    present: (VendorId, Arc<dyn Vendor>),
}

impl Vendors {
    /// One vendor, who gets new transactions.
    #[must_use]
    pub fn new(present: Arc<dyn Vendor>) -> Self {
        let id = present.id();
        Self {
            all: BTreeMap::from([(id.clone(), Arc::clone(&present))]),
            present: (id, present),
        }
    }

    /// Another vendor, who answers for the transactions that it has.
    #[must_use]
    pub(crate) fn beside(mut self, other: Arc<dyn Vendor>) -> Self {
        self.all.insert(other.id(), other);
        self
    }

    /// Who gets new transactions.
    pub(super) fn present(&self) -> &dyn Vendor {
        &*self.present.1
    }

    /// Its name.
    pub(crate) const fn present_id(&self) -> &VendorId {
        &self.present.0
    }

    /// To whom an address of ours was given.
    pub(super) fn printed(&self, print: VendorPrint) -> Result<&dyn Vendor, VendorError> {
        let known = self.all.iter().find(|(id, _)| id.print() == print);
        known
            .map(|(_, vendor)| &**vendor)
            .ok_or_else(|| VendorError::Refused("there are no settings of the vendor that calls".to_owned()))
    }

    /// Who has a transaction. One whose settings are gone cannot be asked until they are back; that says nothing about
    /// the person.
    pub(crate) fn of(&self, id: &VendorId) -> Result<&dyn Vendor, VendorError> {
        let known = self.all.get(id).map(|vendor| &**vendor);
        known.ok_or_else(|| VendorError::Refused(format!("there are no settings of the vendor {id}")))
    }
}
