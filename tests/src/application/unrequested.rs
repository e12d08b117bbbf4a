//! Tokens that come without a request of this application. In the sample a person leaves one sign-in, and is signed in by another
//! policy afterwards, whose answer carries neither `state` nor `nonce`: nothing binds it to this browser. An application that does
//! not need this must not take such tokens.

use anyhow::{Context as _, Result, bail};
use loopback::random;

use super::provider::Provider;
use super::tokens::Tokens;
use super::{Application, view};
use crate::serve::{Answer, Request};

impl Application {
    /// An answer without a query: what there is stands behind `#`, which only the page itself can read. `None` where this application
    /// takes nothing unrequested.
    pub(super) fn look_behind(&self, request: &Request) -> Option<Answer> {
        self.registration.returns_by.as_ref()?;
        (request.method == "GET" && request.query.is_empty()).then(view::fragment)
    }

    /// What the page found there.
    pub(super) async fn take_unrequested(&self, request: &Request) -> Result<Answer> {
        let policy = self.registration.returns_by.as_deref();
        let policy = policy.context("this application takes only what it asked for")?;
        if let Some(error) = request.form_value("error") {
            bail!(
                "{error}: {}",
                request.form_value("error_description").unwrap_or_default()
            );
        }
        let id_token = request.form_value("id_token").context("no id_token")?;
        let provider = Provider::discover(&self.registration, policy, &self.wire).await?;
        let tokens = Tokens {
            claims: provider.check(&self.registration, &self.wire, &id_token).await?,
            id_token,
            refresh_token: None,
        };
        Ok(self.signed_in(random::hex::<16>(), provider, tokens))
    }
}
