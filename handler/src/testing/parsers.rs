//! Every parser of bytes that come from outside, for the fuzz targets.

use std::sync::Arc;

use time::OffsetDateTime;
use url::Url;

pub use crate::checks::fact_path;
pub use crate::clients::Clients;
pub use crate::ids::VerificationId;
pub use crate::jumio::callback::parse as callback;
pub use crate::jumio::reading::{created, details, netverify, scan, status};
pub use crate::openid::request::authorization_request::Request;
pub use crate::openid::request::parameters::Parameters;
pub use crate::openid::request::registration::{locale, parse as registration};
pub use crate::seal::{KeyMaterial, Purpose, Seal, StateKeys, SubjectKey};
pub use crate::tokens::caller_certificate::thumbprint as caller_certificate;
pub use crate::tokens::client_assertion::{ClientKeys, verify as client_assertion};

use crate::clock::MockClock;
use crate::http_client;
use crate::openid::request::authorization_request;
use crate::tokens::entra::{Config, Verifier};

/// What sealed values are for.
pub const PURPOSES: [Purpose; 9] = Purpose::ALL;

/// An authorization request, checked as both of its roads check it. Nothing where it is refused.
#[must_use]
pub fn authorization_request(clients: &Clients, parameters: &Parameters) -> Option<Request> {
    let client = authorization_request::client(clients, parameters).ok()?;
    let to = authorization_request::address(client, parameters).ok()?;
    authorization_request::check(to, parameters).ok()
}

/// A verifier of Entra's tokens that has these keys already and never asks for others. Nothing where they are no JWK set.
#[must_use]
pub fn entra(
    issuer: &str,
    audience: &str,
    app_id: &str,
    jwks: &[u8],
    now: OffsetDateTime,
) -> Option<EntraTokens> {
    let config = Config {
        issuer: issuer.to_owned(),
        metadata: Url::parse("https://issuer.invalid/").ok()?, // never asked: the keys are there
        audience: audience.to_owned(),
        app_ids: vec![app_id.to_owned()],
    };
    let client = http_client::build(None, "fuzz/1", &[]).ok()?;
    let clock = Arc::new(MockClock::at(now));
    Verifier::with_keys(config, client, clock, jwks)
        .map(EntraTokens)
        .ok()
}

/// See [`entra`].
#[derive(Debug)]
pub struct EntraTokens(Verifier);

impl EntraTokens {
    /// The application whose token this is; nothing where it is not believed.
    #[must_use]
    pub fn believe(&self, bearer: &str) -> Option<String> {
        self.0.believe_now(bearer).ok().map(|caller| caller.app_id)
    }
}
