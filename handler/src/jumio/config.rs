//! What the configurations of both clients have in common.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use url::Url;

use crate::jumio::limits::is_loopback;

/// One thing that is wrong in the configuration of a client: which field, and the rule it breaks. Never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Fault {
    /// The field.
    pub field: &'static str,
    /// The rule.
    pub rule: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}

/// The rule of [`is_base`].
pub(super) const BASE: &str =
    "must be an https address without query, fragment or credentials (http only on this machine)";

/// Whether an address may be called with credentials.
pub(super) fn is_base(url: &Url) -> bool {
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    let plain = url.query().is_none() && url.fragment().is_none();
    scheme && plain && url.has_host() && url.username().is_empty() && url.password().is_none()
}

/// The rule of [`is_user_agent`].
pub(super) const USER_AGENT: &str = "must be of the form Company Application/version, in ASCII";

/// Whether Jumio takes this `User-Agent`; without one it answers 403.
pub(super) fn is_user_agent(value: &str) -> bool {
    let named = value.split_once('/').is_some_and(|(name, version)| {
        !name.trim().is_empty() && version.starts_with(|c: char| c.is_ascii_alphanumeric())
    });
    named && value.is_ascii() && value.trim() == value && HeaderValue::from_str(value).is_ok()
}

/// The rule of [`is_link_life`].
pub(super) const LINK_LIFE: &str = "must be 5 minutes to 60 days, in whole seconds";

/// Whether the link to the hosted page may live so long.
pub(super) fn is_link_life(life: Duration) -> bool {
    life.subsec_nanos() == 0 && (300..=60 * 24 * 3600).contains(&life.as_secs())
}
