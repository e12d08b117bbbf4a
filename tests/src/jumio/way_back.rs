//! Where the hosted page sends the browser.

use super::asked::Api;
use super::scenario::Ending;
use super::transaction::Transaction;
use super::urls::append;

impl Transaction {
    /// The address for a scenario that has been played: `errorUrl` when it expired. `None` without an address.
    #[must_use]
    pub fn way_back(&self) -> Option<String> {
        match self.plan.ending {
            Ending::Processed if self.is_exhausted() => self.return_address(Some("9835")),
            Ending::Processed => self.return_address(None),
            Ending::SessionExpired => self.return_address(Some("9210")),
            Ending::TokenExpired => self.return_address(Some("9200")),
        }
    }

    /// Success address, or error address for an error, with the parameters Jumio appends.
    pub(super) fn return_address(&self, error_code: Option<&str>) -> Option<String> {
        let asked = &self.asked;
        let address = if error_code.is_some() {
            &asked.error_url
        } else {
            &asked.success_url
        };
        let status = if error_code.is_some() { "ERROR" } else { "SUCCESS" };
        let reference = asked.customer_reference.as_str();
        let mut pairs = match asked.api {
            Api::Kyx => vec![
                ("accountId", self.account.as_str()),
                ("workflowExecutionId", self.execution.as_str()),
                ("acquisitionStatus", status),
                ("customerInternalReference", reference),
            ],
            Api::Netverify => vec![
                ("transactionStatus", status),
                ("customerInternalReference", reference),
                ("transactionReference", self.execution.as_str()),
            ],
        };
        pairs.extend(error_code.map(|code| ("errorCode", code)));
        address.as_ref().map(|address| append(address, &pairs))
    }
}
