//! How callers and clients prove themselves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handler::testing::parsers;
use openssl::sha::sha256;

use super::text;
use crate::corpus::{self, LATER, NOW};

/// What is believed is one of the tokens that were signed, letter for letter.
pub(super) fn client_assertion(bytes: &[u8]) {
    let Some(token) = text(bytes) else { return };
    for keys in corpus::client_keys() {
        if let Ok(believed) = parsers::client_assertion(token, keys, corpus::CLIENT, &[corpus::AUDIENCE], NOW)
        {
            assert!(!believed.jti.is_empty());
            assert!(
                corpus::is_signed("client_assertion", token),
                "nobody has signed this"
            );
        }
    }
}

/// The same for tokens of Microsoft Entra.
pub(super) fn entra_token(bytes: &[u8]) {
    let Some(token) = text(bytes) else { return };
    if let Some(caller) = corpus::entra(token) {
        assert_eq!(caller, corpus::APPLICATION, "only who is listed may call");
        assert!(corpus::is_signed("entra_token", token), "nobody has signed this");
    }
}

/// The certificate that the front hands on: its thumbprint is that of exactly these bytes.
pub(super) fn caller_certificate(bytes: &[u8]) {
    let Some(header) = text(bytes) else { return };
    if let Ok(thumbprint) = parsers::caller_certificate(header, LATER) {
        let der = STANDARD.decode(header.trim()).expect("a certificate is base64");
        assert_eq!(thumbprint, sha256(&der));
    }
}
