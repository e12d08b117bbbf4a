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

/// A field, the rule that it has to keep, and whether it does.
pub(super) type Checked = (&'static str, &'static str, bool);

/// The fields that both clients have.
pub(super) fn common(user_agent: &str, link_life: Duration, budget: Duration, attempts: u32) -> [Checked; 4] {
    [
        ("user_agent", USER_AGENT, is_user_agent(user_agent)),
        ("link_life", LINK_LIFE, is_link_life(link_life)),
        ("budget", "must be longer than nothing", !budget.is_zero()),
        ("retry.attempts", "must be 1 to 10", (1..=10).contains(&attempts)),
    ]
}

/// Everything that is wrong, in this order.
pub(super) fn faults(checks: impl IntoIterator<Item = Checked>) -> Vec<Fault> {
    let broken = checks.into_iter().filter(|(.., holds)| !holds);
    broken.map(|(field, rule, _)| Fault { field, rule }).collect()
}

/// The rule of [`is_user_agent`].
const USER_AGENT: &str = "must be of the form Company Application/version, in ASCII";

/// Whether Jumio takes this `User-Agent`; without one it answers 403.
fn is_user_agent(value: &str) -> bool {
    let named = value.split_once('/').is_some_and(|(name, version)| {
        !name.trim().is_empty() && version.starts_with(|c: char| c.is_ascii_alphanumeric())
    });
    named && value.is_ascii() && value.trim() == value && HeaderValue::from_str(value).is_ok()
}

/// The rule of [`is_link_life`].
const LINK_LIFE: &str = "must be 5 minutes to 60 days, in whole seconds";

/// Whether the link to the hosted page may live so long.
fn is_link_life(life: Duration) -> bool {
    life.subsec_nanos() == 0 && (300..=60 * 24 * 3600).contains(&life.as_secs())
}
