//! The cookie that ties an authorization to the browser that began it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use warp::http::{HeaderValue, header};

use crate::ids::VerificationId;
use crate::random::Random;
use crate::routes::exchange::incoming::Incoming;
use crate::routes::exchange::reply::Response;
use crate::services::Services;

/// More cookies of one verification than a browser ever holds.
const MOST: usize = 4;
/// As much of a value as is in its cookie's name.
const MARK: usize = 6;

/// A fresh value: 32 random bytes.
pub(in crate::routes) fn fresh(random: &dyn Random) -> String {
    URL_SAFE_NO_PAD.encode(random.bytes::<32>())
}

/// The values this browser holds for a verification, in the order in which it sends them: several when its first requests
/// were on their way at the same time. A name that comes twice counts as none.
pub(in crate::routes) fn of(incoming: &Incoming, services: &Services, id: VerificationId) -> Vec<String> {
    let headers = incoming.values(header::COOKIE);
    let ours = singles(&headers)
        .into_iter()
        .filter(|(found, value)| is_ours(value) && *found == name(services, id, value));
    ours.map(|(_, value)| value.to_owned()).take(MOST).collect()
}

/// The cookies of some headers, in their order, without those whose name comes twice.
pub(super) fn singles<'a>(headers: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let pairs: Vec<(&str, &str)> = headers
        .iter()
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .collect();
    let is_single = |name: &str| pairs.iter().filter(|(other, _)| *other == name).count() == 1;
    pairs
        .iter()
        .filter(|(name, _)| is_single(name))
        .copied()
        .collect()
}

/// Sets a cookie of a name without prefix, for so many seconds; 0 takes it away. `__Host-` keeps subdomains out; it needs
/// https, which only a loopback address may do without.
pub(super) fn set(response: &mut Response, services: &Services, name: &str, value: &str, life_s: u64) {
    let secure = if is_secure(services) { "; Secure" } else { "" };
    // Lax, because the browser comes back from the vendor, and from its client, by a link of another site.
    let cookie = format!("{name}={value}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// A cookie's name, with the prefix that its address allows.
pub(super) fn prefixed(services: &Services, name: &str) -> String {
    let prefix = if is_secure(services) { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

/// Hands a fresh value to a browser that sent none. It counts once it comes back, and not before.
pub(in crate::routes) fn hand_out(
    response: &mut Response,
    services: &Services,
    id: VerificationId,
    random: &dyn Random,
) {
    let value = fresh(random);
    let life_s = services.grants.browser_life().as_secs();
    let name = name(services, id, &value);
    set(response, services, &name, &value, life_s);
}

/// Each verification has its own cookies, so that tabs of one browser do not disturb each other; and each value its own
/// name, so that of two answers which cross on their way the later one does not replace what the earlier one has bound.
fn name(services: &Services, id: VerificationId, value: &str) -> String {
    // The verification's own part: those of one subject begin alike.
    let id = id.folder();
    let (id, mark) = (id.get(..8).unwrap_or(&id), value.get(..MARK).unwrap_or(value));
    prefixed(services, &format!("idv-{id}-{mark}"))
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
