//! What every Netverify request must have: headers, Basic credentials, and room under the rate limit.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::rates::Lane;
use super::super::tenant::Tenant;
use super::problem::{forbidden, throttled};
use crate::serve::{Answer, Request};

/// What a request wants, for which other credentials and limits apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    Initiate,
    Scan,
    Image,
}

/// Jumio answers 403 to everything that is missing or odd here.
pub(super) fn check(tenant: &Tenant, request: &Request, wants: Wants) -> Result<(), Answer> {
    check_headers(tenant, request, wants).map_err(|why| forbidden(why, request))?;
    check_credentials(tenant, request, wants).map_err(|why| forbidden(why, request))?;
    check_rate(tenant, request, wants)
}

fn check_headers(tenant: &Tenant, request: &Request, wants: Wants) -> Result<(), &'static str> {
    let agent = request.header("user-agent").unwrap_or_default();
    if agent.is_empty() {
        return Err("User-Agent is missing");
    }
    if tenant.settings.with(|settings| settings.strict) && !names_a_business(agent) {
        return Err("User-Agent does not name company, app and version");
    }
    let wanted = if wants == Wants::Image {
        "image/"
    } else {
        "application/json"
    };
    let accept = request.header("accept").unwrap_or_default();
    if !accept.contains(wanted) {
        return Err("Accept is missing or odd");
    }
    if request.method != http::Method::POST {
        return Ok(());
    }
    if request.media_type() != "application/json" {
        return Err("Content-Type is missing or odd");
    }
    if request.header("content-length").is_none() {
        return Err("Content-Length is missing");
    }
    Ok(())
}

/// `Company App/version`, for example `Contoso Onboarding/1.2`.
fn names_a_business(agent: &str) -> bool {
    agent.split_once('/').is_some_and(|(name, version)| {
        name.split_whitespace().count() >= 2 && version.starts_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// The API's own pair opens everything, the one for administration reads and deletes.
fn check_credentials(tenant: &Tenant, request: &Request, wants: Wants) -> Result<(), &'static str> {
    let (user, password) = basic(request).ok_or("Basic credentials are missing")?;
    let is = |known: (&str, &str)| known == (user.as_str(), password.as_str());
    if is((&tenant.client_id, &tenant.client_secret)) {
        return Ok(());
    }
    if !is((&tenant.reader_id, &tenant.reader_secret)) {
        return Err("the credentials are invalid");
    }
    if wants == Wants::Initiate {
        return Err("these credentials only read and delete");
    }
    Ok(())
}

fn basic(request: &Request) -> Option<(String, String)> {
    let text = String::from_utf8(STANDARD.decode(request.authorization("basic")?).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn check_rate(tenant: &Tenant, request: &Request, wants: Wants) -> Result<(), Answer> {
    let lane = if wants == Wants::Initiate {
        Lane::Initiate
    } else {
        Lane::Retrieval
    };
    let (is_limited, accounts) = tenant
        .settings
        .with(|settings| (settings.rate_limits, settings.accounts_per_second));
    if is_limited && !tenant.rates.admit(lane, accounts, tenant.clock.now()) {
        return Err(throttled(request));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_names_company_app_and_version() {
        assert!(names_a_business("Contoso Onboarding/1.2"));
        for odd in ["curl/8.5.0", "Contoso Onboarding", "Contoso Onboarding/", "/1.0"] {
            assert!(!names_a_business(odd), "{odd}");
        }
    }
}
