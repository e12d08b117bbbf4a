//! What stands before every request to the vault and to the identity: pauses are kept, a token is shown at once, one that
//! is refused is replaced once, and no token leaves for another host than the vault's.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential as _;
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::AUTHORIZATION;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request, StatusCode};
use url::Origin;

use super::pace::Pace;
use super::tokens::Tokens;

/// Keeps the pauses that a service asks for.
#[derive(Debug, Default)]
pub(super) struct Paced(pub(super) Arc<Pace>);

#[async_trait]
impl Policy for Paced {
    async fn send(&self, context: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        self.0.check()?;
        self.0.heed(onward(context, request, next).await?)
    }
}

/// Shows tokens to the vault alone, and none that it refused.
///
/// The SDK sends each request without one first, to be told for what resource to get one. The resource is the domain of the
/// vault's host, or the SDK would not heed the challenge either: so the token is got beforehand, for that and nothing else.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) vault: Origin,
    pub(super) scope: String,
    pub(super) tokens: Arc<Tokens>,
}

#[async_trait]
impl Policy for Guard {
    async fn send(&self, context: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        if request.url().origin() != self.vault {
            let words = "a list goes on at another host than the vault's";
            return Err(Error::with_message(ErrorKind::Other, words));
        }
        if token(request).is_none() {
            self.show(request).await;
        }
        // The SDK keeps the token by itself, too, and may not know yet that it was refused.
        if self.shows_refused(request) && !self.renew(request).await? {
            let words = "the vault refused the token, and a new one is not asked for yet";
            return Err(Error::with_message(ErrorKind::Credential, words));
        }
        let answer = onward(context, request, next).await?;
        if answer.status() != StatusCode::Unauthorized || !self.note_refusal(request) {
            return Ok(answer);
        }
        if !self.renew(request).await? {
            return Ok(answer);
        }
        let answer = onward(context, request, next).await?;
        if answer.status() == StatusCode::Unauthorized {
            self.note_refusal(request);
        }
        Ok(answer)
    }
}

impl Guard {
    /// Puts a token in. Without one the vault's challenge leads to the same token, and the SDK tells why there is none.
    async fn show(&self, request: &mut Request) {
        if let Ok(got) = self.tokens.get_token(&[&self.scope], None).await
            && !self.tokens.is_refused(got.token.secret())
        {
            request.insert_header(AUTHORIZATION, format!("Bearer {}", got.token.secret()));
        }
    }

    fn shows_refused(&self, request: &Request) -> bool {
        token(request).is_some_and(|token| self.tokens.is_refused(token))
    }

    /// False when no token was shown, because there was none: then the answer is a challenge, which the SDK takes.
    fn note_refusal(&self, request: &Request) -> bool {
        let shown = token(request);
        if let Some(token) = shown {
            self.tokens.refuse(token);
        }
        shown.is_some()
    }

    /// Puts another token in the refused one's place; false when there is none.
    async fn renew(&self, request: &mut Request) -> azure_core::Result<bool> {
        let new = self.tokens.get_token(&[&self.scope], None).await?;
        let new = new.token.secret();
        if self.tokens.is_refused(new) {
            return Ok(false);
        }
        request.insert_header(AUTHORIZATION, format!("Bearer {new}"));
        Ok(true)
    }
}

fn token(request: &Request) -> Option<&str> {
    request
        .headers()
        .get_optional_str(&AUTHORIZATION)?
        .strip_prefix("Bearer ")
}

async fn onward(context: &Context<'_>, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
    match next.split_first() {
        Some((next, rest)) => next.send(context, request, rest).await,
        None => Err(Error::with_message(ErrorKind::Other, "there is no transport")),
    }
}
