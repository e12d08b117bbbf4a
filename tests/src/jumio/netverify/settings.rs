//! What can be changed about Netverify while it runs (`PUT /jumio/settings`, member `netverify`).

use serde::{Deserialize, Serialize};

use super::quirks::Quirks;

/// Unknown names are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Netverify {
    /// Whether the account may take selfies (`workflowId` 200 to 202).
    pub identity: bool,
    /// Status of a request with odd values: the guide says 403, ordinary HTTP 400.
    pub refusal_status: u16,
    /// What `/data` and `/images` answer before there is a result: 404, or 200 with what is known. Jumio does not say.
    pub pending_data_status: u16,
    /// Variations of every transaction.
    pub quirks: Quirks,
    /// Draws further variations for each new transaction; the same ones for the same seed.
    pub seed: Option<u64>,
}

impl Default for Netverify {
    fn default() -> Self {
        Self {
            identity: true,
            refusal_status: 403,
            pending_data_status: 404,
            quirks: Quirks::default(),
            seed: None,
        }
    }
}

impl Netverify {
    pub(in super::super) fn check(&self) -> Result<(), String> {
        if ![400, 403].contains(&self.refusal_status) {
            return Err("netverify.refusal_status is 400 or 403".to_owned());
        }
        if ![200, 404].contains(&self.pending_data_status) {
            return Err("netverify.pending_data_status is 200 or 404".to_owned());
        }
        Ok(())
    }
}
