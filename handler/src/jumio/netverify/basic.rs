//! Calls that prove themselves by user and password (HTTP Basic, RFC 7617).

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use tokio::time::Instant;

use crate::checks::vendor::VendorError;
use crate::jumio::call::Call;
use crate::jumio::credentials::Credentials;
use crate::jumio::sent::Sent;
use crate::jumio::transport::{Failure, Pace, Reply, Transport};

/// Sends calls with user and password, each within the time its operation has left.
pub(super) struct Basic {
    pub(super) transport: Transport,
    pub(super) credentials: Arc<dyn Credentials>,
    pub(super) budget: Duration,
}

impl Basic {
    /// When an operation that begins now has to end, however many calls it takes.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.budget
    }

    /// Sends a call, again where that is safe, and once more if it was refused and the credentials have been rotated.
    ///
    /// # Errors
    /// No answer by the deadline, or one that is not worth a repeat. Any other status is for the caller to judge.
    pub(super) async fn send(&self, call: Call, deadline: Instant) -> Result<Reply, VendorError> {
        let sent = Sent::default();
        let exchange = async {
            let mut pace = Pace::new(&self.transport, call.repeat, deadline);
            let mut is_renewed = false;
            loop {
                match self.attempt(&call, &mut is_renewed, &sent).await {
                    Ok(reply) => return Ok(reply),
                    Err(failure) => pace.after(failure).await?,
                }
            }
        };
        let within = self.budget.as_millis();
        let late = |_| format!("no answer to the {} within {within} ms", call.name);
        sent.by(deadline, exchange, late).await
    }

    async fn attempt(&self, call: &Call, is_renewed: &mut bool, sent: &Sent) -> Result<Reply, Failure> {
        loop {
            let credentials = self.credentials.current();
            let request = call.request(&self.transport.http);
            let request = request.basic_auth(&credentials.id, Some(credentials.secret.expose_secret()));
            sent.set(true);
            let reply = self.transport.once(call.name, request).await?;
            if !is_refusal(reply.status) || *is_renewed {
                return Ok(reply);
            }
            // Not executed, so even a create may be sent again.
            sent.set(false);
            if !self.credentials.renewed(&credentials).await {
                return Ok(reply);
            }
            *is_renewed = true;
        }
    }
}

/// Netverify says 403 for wrong credentials, as for anything else that is odd in a request; what stands before it may say 401.
fn is_refusal(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}
