//! How a vendor is named.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::digest::digest;

/// Names a vendor in facts, for as long as facts of it are kept: lower case, such as `jumio-kyx`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct VendorId(String);

impl VendorId {
    /// The vendor of this name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// Its name in a few bytes, for addresses that are given to it.
    pub(in crate::checks) fn print(&self) -> VendorPrint {
        let mut print = VendorPrint::default();
        let digest = digest(&["vendor", &self.0]);
        print.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        print
    }
}

/// The name of a vendor in a few bytes. No secret: sealed values hold it.
pub(in crate::checks) type VendorPrint = [u8; 8];

impl fmt::Display for VendorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
