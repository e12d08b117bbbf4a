//! Who asks for tokens.

use super::missing;
use crate::config::Application;
use crate::engine::{Failure, Realm};
use crate::server::ask::Ask;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use loopback::jose::same;

/// The application of a token request, proven by its secret unless it is public.
pub(super) fn authenticate<'r>(realm: &'r Realm, ask: &Ask) -> Result<&'r Application, Failure> {
    let (id, secret) = match basic(ask) {
        Some((id, secret)) => (id, Some(secret)),
        None => (
            ask.field("client_id")
                .ok_or_else(|| missing("client_id"))?
                .to_owned(),
            ask.field("client_secret").map(str::to_owned),
        ),
    };
    let refused = |code: &str, text: &str| Failure::new(code, text).oauth("invalid_client");
    let unknown = || {
        refused(
            "AADB2C90018",
            "The client id specified in the request isn't registered in the tenant.",
        )
    };
    let application = realm.application(&id).ok_or_else(unknown)?;
    match (&application.secret, secret) {
        (Some(known), Some(sent)) if same(known.expose().as_bytes(), sent.as_bytes()) => Ok(application),
        (Some(_), Some(_)) => Err(refused(
            "AADB2C90081",
            "The specified client_secret does not match the expected value for this client.",
        )),
        (Some(_), None) => Err(refused(
            "AADB2C90079",
            "Clients must send a client_secret when redeeming a confidential grant.",
        )),
        (None, Some(_)) => Err(refused(
            "AADB2C90084",
            "Public clients should not send a client_secret when redeeming a publicly acquired grant.",
        )),
        (None, None) => Ok(application),
    }
}

/// RFC 6749 §2.3.1: both halves are form-encoded.
fn basic(ask: &Ask) -> Option<(String, String)> {
    let encoded = ask.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        let pair = format!("x={text}");
        let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
        pairs.next().map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}
