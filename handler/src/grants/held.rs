//! Requests that are kept for a browser whose person nobody has named: pushed by a client, or too long for an address.

use super::facts::PushedRequest;
use super::push::Pushed;
use super::{Authorization, Grants};
use crate::checks::Error;
use crate::checks::facts::V2;
use crate::checks::walk_in::held::{Held, Serves};
use crate::ids::{FactHash, VerificationId};
use crate::seal::Purpose;

/// For whom a request is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeldFor {
    /// A client that has proved itself.
    Client,
    /// Anybody: a browser that posted it, or who pushed it in the name of a public client.
    Anybody,
}

/// Maximum number of requests that one process keeps a minute for anybody: what they write, others pay for.
const MAX_BY_ANYBODY: u32 = 600;

impl Grants {
    /// Keeps a request until a browser comes for it. Binds nobody and starts nothing.
    ///
    /// # Errors
    /// As many as may be are kept for anybody in this minute ([`Error::Busy`]); the store.
    pub(crate) async fn hold_walk_in(&self, request: Authorization, by: HeldFor) -> Result<Pushed, Error> {
        let at = self.clock.now();
        if by == HeldFor::Anybody && !self.memory.by_anybody.admits((), MAX_BY_ANYBODY, at) {
            return Err(Error::Busy);
        }
        let end = at + self.lives.request_uri;
        let until = end.replace_nanosecond(0).unwrap_or(end);
        let held = Held {
            hash: self.nonce(),
            until,
        };
        let fact = PushedRequest {
            version: V2,
            at,
            request,
            by_ticket: false,
        };
        self.checks.keep_held(held, &fact).await?;
        let id = VerificationId(held.hash.0);
        Ok(Pushed {
            request_uri_value: self.seal.seal(Purpose::Held, id, until, [0; 16]),
            expires_at: until,
        })
    }

    /// Whether a value names such a request, even one that is over.
    #[must_use]
    pub(crate) fn is_held(&self, value: &str) -> bool {
        self.seal.recognise(Purpose::Held, value).is_ok()
    }

    /// The request that a value names. Binds nobody.
    ///
    /// # Errors
    /// The value is malformed, forged or expired; another client pushed it; the store.
    pub(crate) async fn look_up_held(&self, value: &str, client_id: &str) -> Result<Authorization, Error> {
        let kept: PushedRequest = self.checks.read_held(self.held(value)?).await?;
        if kept.request.client_id == client_id {
            Ok(kept.request)
        } else {
            Err(Error::WrongClient)
        }
    }

    /// Lets it serve this browser, and from now on no other. `browser` must be a cookie value that the browser has sent.
    ///
    /// # Errors
    /// The value is malformed, forged or expired; another browser used it; the store.
    pub(crate) async fn use_held(&self, value: &str, browser: &str) -> Result<(), Error> {
        let ours = Serves {
            version: V2,
            at: self.clock.now(),
            browser: self.browser_hash(browser),
        };
        let first = self.checks.serve_held(self.held(value)?, ours).await?;
        if self.is_browser(browser, &first.browser) {
            Ok(())
        } else {
            Err(Error::Used)
        }
    }

    fn held(&self, value: &str) -> Result<Held, Error> {
        let opened = self.seal.open(Purpose::Held, value, self.clock.now())?;
        Ok(Held {
            hash: FactHash(opened.id.0),
            until: opened.expires_at,
        })
    }
}
