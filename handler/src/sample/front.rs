//! What the sample front works with, and who may ask it for what.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;
use url::Url;

use super::link::{Link, Unlinkable};
use super::metadata::Published;
use super::{hint, token};
use crate::grants::{Authorization, PolicyLink, WayBack};
use crate::ids::VerificationId;
use crate::seal;
use crate::tokens::{SignError, SigningKeys};

/// The caller that all subjects of this front belong to, however it proves itself: an account is the same account.
pub(crate) const CALLER: &str = "sample";

/// An application that people sign in to.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    /// Its client id at B2C.
    pub id: String,
    /// Its redirect addresses, compared character by character.
    pub redirect_uris: Vec<String>,
}

/// The front, as the settings have it.
pub(crate) struct Front {
    /// Keys of the verification tokens.
    pub tokens: token::Keys,
    /// Issuer of the hints.
    pub issuer: String,
    /// Audience of the hints.
    pub audience: String,
    /// Origin of B2C and its tenant, where people go back to.
    pub base: Url,
    /// Path segments that prove a caller: the one in force and the one before it.
    pub secrets: Vec<SecretString>,
    /// Whether anybody may call.
    pub allows_anonymous: bool,
    /// The applications.
    pub applications: Vec<Application>,
    /// The policies by which people may go back.
    pub policies: Vec<String>,
    /// After how long people are sent back without an outcome.
    pub return_within: Duration,
    /// Whether we tell browsers that the page may call from another origin; otherwise the platform does.
    pub answers_preflight: bool,
    /// What anybody may read.
    pub published: Published,
}

/// A request for what no setting names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unregistered {
    /// The application.
    #[error("ClientId is not among Sample:Clients")]
    Client,
    /// Its redirect address.
    #[error("RedirectUri is not among Sample:Clients:<n>:RedirectUris of this client")]
    RedirectUri,
    /// One that would be registered if capitals did not count.
    #[error(
        "RedirectUri is among Sample:Clients:<n>:RedirectUris of this client with other capital letters; it is compared character by character"
    )]
    RedirectUriCase,
    /// The policy.
    #[error("Policy is not among Sample:Policies")]
    Policy,
}

impl Front {
    /// Whether this application may ask for an answer there, by that policy.
    ///
    /// # Errors
    /// See [`Unregistered`].
    pub(crate) fn permits(
        &self,
        client_id: &str,
        redirect_uri: &str,
        policy: &str,
    ) -> Result<(), Unregistered> {
        let known = self.applications.iter().find(|known| known.id == client_id);
        let known = known.ok_or(Unregistered::Client)?;
        let uris = &known.redirect_uris;
        if !uris.iter().any(|uri| uri == redirect_uri) {
            let is_other_case = uris.iter().any(|uri| uri.eq_ignore_ascii_case(redirect_uri));
            return Err(if is_other_case {
                Unregistered::RedirectUriCase
            } else {
                Unregistered::RedirectUri
            });
        }
        if !self.policies.iter().any(|known| known == policy) {
            return Err(Unregistered::Policy);
        }
        Ok(())
    }

    /// The same of a request that was found good before: the settings may have changed.
    ///
    /// # Errors
    /// See [`Unregistered`].
    pub(crate) fn permits_request(&self, request: &Authorization) -> Result<(), Unregistered> {
        let WayBack::Policy(link) = &request.way_back else {
            return Err(Unregistered::Policy);
        };
        self.permits(&request.client_id, &request.redirect_uri, &link.policy)
    }

    /// Whether a path segment proves a caller. Each is compared, so that the time taken does not tell which it was.
    #[must_use]
    pub(crate) fn is_secret(&self, segment: &str) -> bool {
        let is_same =
            |secret: &&SecretString| seal::same(secret.expose_secret().as_bytes(), segment.as_bytes());
        self.secrets.iter().filter(is_same).count() > 0
    }

    /// The origin of the pages from which browsers poll, such as `https://contoso.b2clogin.com`.
    #[must_use]
    pub(crate) fn browser_origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The hint that signs this account in to the policy. For the browser that began, and for nobody else.
    ///
    /// # Errors
    /// OpenSSL failed.
    pub(crate) fn hint(
        &self,
        keys: &SigningKeys,
        object_id: &str,
        now: OffsetDateTime,
    ) -> Result<String, SignError> {
        hint::issue(keys, object_id, &self.issuer, &self.audience, now)
    }

    /// Where the person goes back to.
    ///
    /// # Errors
    /// See [`Unlinkable`].
    pub(crate) fn link(
        &self,
        request: &Authorization,
        link: &PolicyLink,
        hint: &str,
        id: VerificationId,
    ) -> Result<Url, Unlinkable> {
        let address = Link {
            base: &self.base,
            policy: &link.policy,
            client_id: &request.client_id,
            redirect_uri: &request.redirect_uri,
            scope: &request.scope,
            hint,
            correlation_id: &link.correlation_id,
            reference: &id.to_string(),
        };
        address.address()
    }
}

/// Why the sample front did not do what it was asked, beyond what every front may meet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    /// The body.
    #[error(transparent)]
    Body(#[from] super::wire::Unread),
    /// What was asked for is not registered.
    #[error(transparent)]
    Unregistered(#[from] Unregistered),
    /// The verification token.
    #[error("verification token refused: {0}")]
    Token(#[from] super::broken::Broken),
    /// The token is of another account or transaction than the call.
    #[error("the verification token is of another account or transaction")]
    OtherToken,
    /// The transaction is not one of this account.
    #[error("the transaction is not one of this account")]
    OtherTransaction,
    /// Asked too often about one transaction.
    #[error("asked too often about one transaction")]
    TooOften,
    /// The secret of the base address came from a page: it is public.
    #[error("the base secret came with an Origin header: it stands in a public page")]
    PublicSecret,
    /// The path segment is no secret of ours.
    #[error("the secret in the path is wrong")]
    Secret,
}
