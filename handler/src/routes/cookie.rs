//! The cookie that ties an authorization to the browser that began it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use warp::http::{HeaderValue, header};

use super::gate::Services;
use super::incoming::Incoming;
use super::reply::Response;
use crate::ids::VerificationId;
use crate::random::Random;

/// A fresh value: 32 random bytes.
pub(super) fn fresh(random: &dyn Random) -> String {
    URL_SAFE_NO_PAD.encode(random.bytes::<32>())
}

/// The value this browser holds for a verification. Two of them count as none.
pub(super) fn of(incoming: &Incoming, services: &Services, id: VerificationId) -> Option<String> {
    let name = name(services, id);
    let headers = incoming.values(header::COOKIE);
    let pairs = headers
        .iter()
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) if is_ours(value) => Some(value.to_owned()),
        _ => None,
    }
}

/// Hands the value to the browser, to be kept as long as the authorization lives.
pub(super) fn set(
    response: &mut Response,
    services: &Services,
    id: VerificationId,
    value: &str,
    life: time::Duration,
) {
    let secure = if is_secure(services) { "; Secure" } else { "" };
    let (name, life_s) = (name(services, id), life.whole_seconds().max(0));
    // Lax, because the browser comes back from the vendor by a link of another site.
    let cookie = format!("{name}={value}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// One cookie per verification: two tabs of one browser do not disturb each other. `__Host-` keeps subdomains out; it needs
/// https, which only a loopback address may do without.
fn name(services: &Services, id: VerificationId) -> String {
    let prefix = if is_secure(services) { "__Host-" } else { "" };
    let id = id.to_string();
    format!("{prefix}idv-{}", id.get(..8).unwrap_or(&id))
}

fn is_secure(services: &Services) -> bool {
    services.addresses.origin.scheme() == "https"
}

fn is_ours(value: &str) -> bool {
    value.len() == 43
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
