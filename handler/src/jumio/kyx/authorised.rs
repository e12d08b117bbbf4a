//! Calls that carry an access token.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode};
use tokio::time::Instant;
use url::Url;

use super::token::Tokens;
use super::transport::{Failure, Pace, Repeat, Reply, Transport};
use crate::verification::vendor::VendorError;

/// Sends calls with a token, each within the time its operation has left.
pub(super) struct Authorised {
    pub(super) transport: Arc<Transport>,
    pub(super) tokens: Tokens,
    pub(super) budget: Duration,
}

/// One call, before it is authorised.
pub(super) struct Call {
    method: Method,
    url: Url,
    body: Option<Bytes>,
    repeat: Repeat,
}

impl Call {
    /// A read or a delete.
    pub(super) fn safe(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            body: None,
            repeat: Repeat::Safe,
        }
    }

    /// A create or an update, with its JSON.
    pub(super) fn create(method: Method, url: Url, body: Bytes) -> Self {
        Self {
            method,
            url,
            body: Some(body),
            repeat: Repeat::Unsafe,
        }
    }
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
        let send = async {
            let mut pace = Pace::new(&self.transport, call.repeat, deadline);
            let mut refusals = 0;
            loop {
                match self.attempt(&call, &mut refusals).await {
                    Ok(reply) => return Ok(reply),
                    Err(failure) => pace.after(failure).await?,
                }
            }
        };
        let late = |_| VendorError::Unavailable(format!("no answer within {} ms", self.budget.as_millis()));
        tokio::time::timeout_at(deadline, send).await.map_err(late)?
    }

    async fn attempt(&self, call: &Call, refusals: &mut u32) -> Result<Reply, Failure> {
        loop {
            let token = self.tokens.get().await.map_err(Failure::Final)?;
            let mut request = self.transport.http.request(call.method.clone(), call.url.clone());
            request = request.header(AUTHORIZATION, token.access.bearer.clone());
            if let Some(body) = &call.body {
                request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                request = request.body(body.clone());
            }
            let reply = self.transport.once(request).await?;
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
