//! What can be changed about the simulator while it runs (`PUT /jumio/settings`).

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::netverify::settings::Netverify;
use crate::merge::merge;

/// Everything adjustable. Unknown names are refused, so that a misspelt one is noticed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, as a tester thinks of them"
)]
pub struct Settings {
    /// Scenario that new transactions carry and the hosted page preselects.
    pub scenario: String,
    /// The hosted page plays its scenario at once and sends the browser back, for tests without a person.
    pub auto: bool,
    /// Jumio's rules for the customer's addresses: https, no port, IP address, query or fragment. Netverify also wants a
    /// `User-Agent` that names company, app and version.
    pub strict: bool,
    /// Jumio's rate limits: 1 account and 10 token requests a second, 75 retrievals and 5 initiates in 5 seconds.
    pub rate_limits: bool,
    /// How many accounts (and initiates) a second that limit allows; Jumio sells more than one.
    pub accounts_per_second: usize,
    /// Workflow keys this tenant has.
    pub workflow_keys: Vec<String>,
    /// Status of a successful account request: Jumio documents 200, clients have met 201.
    pub created_status: u16,
    /// Lives and delays.
    pub timers: Timers,
    /// What happens to callbacks.
    pub callbacks: Callbacks,
    /// Variations in the JSON.
    pub shape: Shape,
    /// Health of each part that is not `UP`, as the status host lists it.
    pub health: BTreeMap<String, String>,
    /// After deletion, details answer 200 with `wipedOutAt` instead of 404; Jumio does not say which.
    pub wiped_details: bool,
    /// What is Netverify's alone.
    pub netverify: Netverify,
    /// Where to connect for a host name in a callback address, as DNS would say in the real world.
    pub reach: BTreeMap<String, SocketAddr>,
}

/// Lives and delays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timers {
    /// Life of an access token in seconds.
    pub token_life_s: u64,
    /// Repeated requests get the same access token until it has less than this to live, in seconds.
    pub token_renewal_s: u64,
    /// Life of a web link in seconds when the request names none.
    pub link_life_s: u64,
    /// A begun transaction ends after this long without activity, in seconds.
    pub inactivity_s: u64,
    /// From submission to result, in milliseconds.
    pub processing_ms: u64,
    /// How long the result answers 404 after the transaction has ended, in milliseconds.
    pub not_ready_ms: u64,
    /// From the result to its reversal or deletion in scenarios that have one, in milliseconds.
    pub afterwards_ms: u64,
}

/// What happens to callbacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, as a tester thinks of them"
)]
pub struct Callbacks {
    /// Off: Jumio never calls.
    pub send: bool,
    /// Wait before each callback, in milliseconds.
    pub delay_ms: u64,
    /// Also `ACQUISITION_STARTED` and `ACQUIRED`, on the same address.
    pub interim: bool,
    /// How often each callback is sent.
    pub copies: u32,
    /// Copies and retries keep `callbackSentAt`; Jumio does not say whether they do.
    pub same_stamp: bool,
    /// Interim callbacks are held back and follow the final one, latest first. Netverify has none; there the first result of
    /// one that will change follows the second.
    pub reversed: bool,
    /// Repeats after an answer that is not 200.
    pub retries: u32,
    /// Wait before a repeat, in milliseconds.
    pub retry_ms: u64,
    /// The callback names an account, or a scan, of somebody else.
    pub wrong_account: bool,
    /// A KYX callback has the shape of the older Netverify product: a form with personal data.
    pub netverify: bool,
}

/// Variations in the JSON that were seen in the wild.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, as a tester thinks of them"
)]
pub struct Shape {
    /// `definitionKey` as a number, `currentAge` as text.
    pub swapped_types: bool,
    /// No `decision` and no `steps`, as in pure v3 workflows.
    pub without_decision: bool,
    /// Several entries for each capability.
    pub many_entries: bool,
    /// Credentials and capabilities in the opposite order.
    pub opposite_order: bool,
    /// Members Jumio has never documented.
    pub unknown_members: bool,
    /// Times with this many fewer fraction digits than three.
    pub fewer_digits: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            scenario: "pass".to_owned(),
            auto: false,
            strict: false,
            rate_limits: false,
            accounts_per_second: 1,
            workflow_keys: ["10011", "10163", "10164"].map(str::to_owned).to_vec(),
            created_status: 200,
            timers: Timers::default(),
            callbacks: Callbacks::default(),
            shape: Shape::default(),
            health: BTreeMap::new(),
            wiped_details: false,
            netverify: Netverify::default(),
            reach: BTreeMap::new(),
        }
    }
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            token_life_s: 3600,
            token_renewal_s: 600,
            link_life_s: 1800,
            inactivity_s: 900,
            processing_ms: 200,
            not_ready_ms: 0,
            afterwards_ms: 500,
        }
    }
}

impl Default for Callbacks {
    fn default() -> Self {
        Self {
            send: true,
            delay_ms: 0,
            interim: false,
            copies: 1,
            same_stamp: true,
            reversed: false,
            retries: 3,
            retry_ms: 500,
            wrong_account: false,
            netverify: false,
        }
    }
}

impl Shape {
    /// Both sets of variations.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            swapped_types: self.swapped_types || other.swapped_types,
            without_decision: self.without_decision || other.without_decision,
            many_entries: self.many_entries || other.many_entries,
            opposite_order: self.opposite_order || other.opposite_order,
            unknown_members: self.unknown_members || other.unknown_members,
            fewer_digits: self.fewer_digits.max(other.fewer_digits),
        }
    }
}

impl Settings {
    /// These settings with the named members of `patch` replaced (RFC 7396).
    ///
    /// # Errors
    /// When a member is unknown or has a wrong type; nothing is changed then.
    pub fn patched(&self, patch: &Value) -> serde_json::Result<Self> {
        let mut whole = serde_json::to_value(self)?;
        merge(&mut whole, patch);
        let patched: Self = serde_json::from_value(whole)?;
        patched.check().map_err(serde::de::Error::custom)?;
        Ok(patched)
    }

    fn check(&self) -> Result<(), String> {
        if super::scenario::Plan::named(&self.scenario).is_none() {
            return Err(super::scenario::unknown(&self.scenario));
        }
        if !(200..300).contains(&self.created_status) {
            return Err("created_status is a success".to_owned());
        }
        self.netverify.check()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_changes_only_what_it_names() {
        let patched = Settings::default()
            .patched(&json!({ "callbacks": { "copies": 2 } }))
            .unwrap();
        assert_eq!(
            patched.callbacks,
            Callbacks {
                copies: 2,
                ..Callbacks::default()
            }
        );
        assert_eq!(patched.timers, Timers::default());
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        assert!(
            Settings::default()
                .patched(&json!({ "timers": { "proccessing_ms": 1 } }))
                .is_err()
        );
    }

    #[test]
    fn an_unknown_scenario_is_refused() {
        assert!(
            Settings::default()
                .patched(&json!({ "scenario": "passs" }))
                .is_err()
        );
    }
}
