//! Calls that carry an access token.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::AUTHORIZATION;
use tokio::time::Instant;

use super::token::Tokens;
use crate::checks::vendor::VendorError;
use crate::jumio::call::Call;
use crate::jumio::sent::Sent;
use crate::jumio::transport::{Failure, Pace, Reply, Transport};

/// Sends calls with a token, each within the time its operation has left.
pub(super) struct Authorised {
    pub(super) transport: Arc<Transport>,
    pub(super) tokens: Tokens,
    pub(super) budget: Duration,
}

impl Authorised {
    /// When an operation that begins now has to end, however many calls it takes.
    pub(super) fn deadline(&self) -> Instant {
        Instant::now() + self.budget
    }

    /// Sends a call, again where that is safe; a token that is refused is replaced once, and once more if the credentials
    /// have been rotated.
    ///
    /// # Errors
    /// No answer by the deadline, or one that is not worth a repeat. Any other status is for the caller to judge.
    pub(super) async fn send(&self, call: Call, deadline: Instant) -> Result<Reply, VendorError> {
        let sent = Sent::default();
        let exchange = async {
            let mut pace = Pace::new(&self.transport, call.repeat, deadline);
            let mut refusals = 0;
            loop {
                match self.attempt(&call, &mut refusals, &sent).await {
                    Ok(reply) => return Ok(reply),
                    Err(failure) => pace.after(failure).await?,
                }
            }
        };
        let within = self.budget.as_millis();
        let late = |was_sent: bool| {
            let what = if was_sent { "answer to" } else { "access token for" };
            format!("no {what} the {} within {within} ms", call.name)
        };
        sent.by(deadline, exchange, late).await
    }

    async fn attempt(&self, call: &Call, refusals: &mut u32, sent: &Sent) -> Result<Reply, Failure> {
        loop {
            sent.set(false);
            let token = self.tokens.get().await.map_err(without_token)?;
            let request = call.request(&self.transport.http);
            let request = request.header(AUTHORIZATION, token.access.bearer.clone());
            sent.set(true);
            let reply = self.transport.once(call.name, request).await?;
            if reply.status != StatusCode::UNAUTHORIZED {
                return Ok(reply);
            }
            self.tokens.refuse(&token);
            *refusals += 1;
            // Not executed, so even a create may be sent again; but only once, or twice if the first fresh token was got
            // with credentials that are none any more.
            let again = *refusals == 1 || *refusals == 2 && self.tokens.renewed(&token).await;
            if !again {
                return Ok(reply);
            }
        }
    }
}

/// Without a token the call itself was not sent, however far the request for the token came.
fn without_token(error: VendorError) -> Failure {
    Failure::Final(match error {
        VendorError::Unavailable { why, .. } => VendorError::unsent(why),
        other => other,
    })
}
