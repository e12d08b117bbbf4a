//! What an operator is told of a reading.

use super::super::Error;
use super::super::fetched::Fetched;
use super::Telling;
use crate::settings::{Fault, Faults};

/// Number of failures in a row that counts as an outage: about two seconds.
const LOUD_FAILURES: u32 = 4;
/// Number of readings in a row without a secret after which an operator must look.
const LOUD_READINGS: u32 = 3;
const UNREADABLE: &str = "secret not readable; its last value, if any, stays in force";
const UNAVAILABLE: &str = "reading secrets failed; every request is answered 503 until it succeeds";

/// What is wrong although the rest came into force.
#[derive(Default)]
pub(super) struct Wrong {
    /// New values that did not: the last good ones stay.
    pub(super) bad: Vec<Fault>,
    /// Clients and callers who cannot prove themselves.
    pub(super) aside: Vec<Fault>,
}

impl Wrong {
    pub(super) fn report(&self) {
        for Fault { setting, rule } in &self.bad {
            tracing::error!(
                code = "secrets.bad_value",
                setting,
                rule = &**rule,
                "invalid new value; the last valid one stays in force"
            );
        }
        for Fault { setting, rule } in &self.aside {
            tracing::error!(
                code = "secrets.set_aside",
                setting,
                rule = &**rule,
                "client or caller without usable credentials refused; all others are served"
            );
        }
    }
}

/// Tells what is wrong, setting by setting, if that is not done by who has asked.
pub(super) fn report(faults: &Faults, telling: Telling) {
    if telling == Telling::Caller {
        return;
    }
    for fault in &faults.0 {
        tracing::error!(code = "settings.invalid", setting = fault.setting, rule = %fault.rule, "invalid setting");
    }
}

/// What is refused, disabled or gone, secret by secret, once for each reading.
pub(super) fn tell(known: &Fetched, failures: u32) {
    if failures > 1 {
        return; // told at the first attempt of this reading
    }
    for (want, error, times) in known.failures() {
        let is_known = known.is_known(want);
        if error.is_passing() || (!is_known && matches!(error, Error::Missing(_))) {
            continue;
        }
        if times >= LOUD_READINGS {
            tracing::error!(code = "secrets.unreadable", cause = %error, times, is_known, "{UNREADABLE}");
        } else {
            tracing::warn!(code = "secrets.unreadable", cause = %error, times, is_known, "{UNREADABLE}");
        }
    }
}

/// One or two failures do not warrant an alert; a vault that keeps everybody out does.
pub(super) fn complain(error: &Error, failures: u32, is_down: bool) {
    if is_down && failures >= LOUD_FAILURES {
        tracing::error!(code = "secrets.unavailable", cause = %error, failures, "{UNAVAILABLE}");
    } else if is_down {
        tracing::warn!(code = "secrets.unavailable", cause = %error, failures, "{UNAVAILABLE}");
    } else {
        tracing::warn!(code = "secrets.refresh_failed", cause = %error, failures,
            "reading secrets again failed; the last values stay in force");
    }
}
