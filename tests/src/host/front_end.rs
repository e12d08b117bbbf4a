//! What stands before the Functions host in Azure: it ends TLS, passes the client certificate on, and cuts answers that take
//! longer than 230 s.

use std::sync::Arc;
use std::time::Duration;

use super::cors::Cors;

/// Switches of the front end.
#[derive(Clone, Debug)]
pub struct FrontEnd {
    /// Ends TLS with this; plain HTTP without.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// `clientCertEnabled`: `X-ARR-ClientCert` is what the front end saw, never what the caller sent. When off, a
    /// caller's own header goes through, because nobody promises that it does not.
    pub client_certificates: bool,
    /// The DER certificate every caller is taken to have shown; for tests without mutual TLS.
    pub shown_certificate: Option<Vec<u8>>,
    /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-ARR-LOG-ID` are what the front end saw. Without, whatever a caller
    /// sent reaches the host.
    pub adds_headers: bool,
    /// Who answers pages of other origins.
    pub cors: Cors,
    /// Longest time until an answer begins.
    pub answer_limit: Duration,
}

impl Default for FrontEnd {
    fn default() -> Self {
        Self {
            tls: None,
            client_certificates: false,
            shown_certificate: None,
            adds_headers: true,
            cors: Cors::App,
            answer_limit: Duration::from_secs(230),
        }
    }
}

impl FrontEnd {
    /// Nothing stands before the host.
    #[must_use]
    pub fn none() -> Self {
        Self {
            adds_headers: false,
            answer_limit: Duration::MAX,
            ..Self::default()
        }
    }
}
