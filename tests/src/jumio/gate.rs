//! What every Jumio API host checks before it looks at a request.

use super::problem::{problem, throttled, unauthorized};
use super::rates::Lane;
use super::tenant::Tenant;
use crate::serve::{Answer, Request};

/// Headers that Jumio wants on every call; it answers 403, not 400, without them.
pub(super) fn check_headers(request: &Request) -> Result<(), Answer> {
    let refuse = |what: &str| Err(problem(403, what));
    if request.header("user-agent").is_none_or(str::is_empty) {
        return refuse("Forbidden: User-Agent is missing");
    }
    if !request
        .header("accept")
        .unwrap_or_default()
        .contains("application/json")
    {
        return refuse("Forbidden: Accept is missing or odd");
    }
    let writes = matches!(request.method.as_str(), "POST" | "PUT");
    if writes && request.header("content-length").is_none() {
        return refuse("Forbidden: Content-Length is missing");
    }
    Ok(())
}

/// The body is of this media type.
pub(super) fn check_media_type(request: &Request, wanted: &str) -> Result<(), Answer> {
    if request.media_type() == wanted {
        return Ok(());
    }
    Err(problem(403, "Forbidden: Content-Type is missing or odd"))
}

/// Headers, access token and rate limit of an API call.
pub(super) fn check_call(tenant: &Tenant, request: &Request, lane: Lane) -> Result<(), Answer> {
    check_headers(request)?;
    let token = request.authorization("bearer").ok_or_else(unauthorized)?;
    if !tenant.tokens.is_valid(token, tenant.clock.now()) {
        return Err(unauthorized());
    }
    check_rate(tenant, lane)
}

/// The rate limit, when it is on.
pub(super) fn check_rate(tenant: &Tenant, lane: Lane) -> Result<(), Answer> {
    let (limited, accounts) = tenant
        .settings
        .with(|settings| (settings.rate_limits, settings.accounts_per_second));
    if limited && !tenant.rates.admit(lane, accounts, tenant.clock.now()) {
        return Err(throttled());
    }
    Ok(())
}
