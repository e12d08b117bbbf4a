//! What keeps other sites away from pages: framing, scripts, and names that are not the tenant's.

use super::{Answer, ask::Ask, reply};
use crate::engine::Realm;
use crate::model::relying_party::Framing;
use std::net::IpAddr;
use url::Url;

/// The tenant's own pages load nothing from elsewhere and run no script written into them.
const OWN_PAGES: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
                         form-action 'self'; frame-ancestors 'none'";

/// Keeps a page of a journey out of foreign frames, as B2C does unless `JourneyFraming` names who may frame it.
pub(super) fn framing(answer: &mut Answer, allowed: Option<&Framing>) {
    match allowed.filter(|framing| framing.enabled) {
        Some(framing) => {
            let sources = format!("frame-ancestors {}", framing.sources);
            reply::set(answer, "content-security-policy", &sources);
        }
        None => reply::set(answer, "x-frame-options", "DENY"),
    }
}

/// Restricts a page of the tenant itself.
pub(super) fn own_page(answer: &mut Answer) {
    reply::set(answer, "content-security-policy", OWN_PAGES);
    reply::set(answer, "x-frame-options", "DENY");
    reply::set(answer, "referrer-policy", "same-origin");
}

/// Whether the request calls the tenant by a name of its own. A foreign name that resolves to this machine (DNS
/// rebinding) would otherwise give its site the directory, the mailbox and the traces.
pub(super) fn is_called_by_own_name(realm: &Realm, ask: &Ask) -> bool {
    let Some(host) = ask.header("host").and_then(host_of) else {
        return true;
    };
    let public = Url::parse(&realm.origin).ok();
    let public = public.as_ref().and_then(Url::host_str).unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    address || host == "localhost" || host.ends_with(".localhost") || host.eq_ignore_ascii_case(public)
}

/// Whether a post comes from a page of this tenant; programs send no `Origin` at all.
pub(super) fn is_own_page(realm: &Realm, ask: &Ask) -> bool {
    let Some(origin) = ask.header("origin") else {
        return true;
    };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    origin == realm.origin || (authority.is_some() && authority == ask.header("host"))
}

/// The name in a `Host` header, in lower case.
fn host_of(header: &str) -> Option<String> {
    let url = Url::parse(&format!("http://{header}/")).ok()?;
    url.host_str().map(str::to_ascii_lowercase)
}
