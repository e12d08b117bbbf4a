//! What routes and commands work with: made by `app` of settings and secrets, so that neither of them knows those.

use std::sync::Arc;
use std::time::Duration;

use crate::checks::Checks;
use crate::grants::Grants;
use crate::openid::answer::metadata::{Addresses, KeySet};
use crate::openid::proof::caller::Callers;
use crate::openid::proof::client_auth::ClientAuth;
use crate::pages::{Language, Provider};
use crate::sample::front::Front;
use crate::seal::Seal;
use crate::tokens::SigningKeys;

/// Everything that settings and secrets make. Replaced as a whole, never changed.
pub(crate) struct Services {
    /// The checks.
    pub checks: Checks,
    /// The authorizations that rest on them.
    pub grants: Grants,
    /// Who may register.
    pub callers: Callers,
    /// Who may authorize and redeem.
    pub client_auth: ClientAuth,
    /// What signs.
    pub keys: Arc<SigningKeys>,
    /// How long an ID token is valid.
    pub id_token_life: Duration,
    /// Whether we tell browsers ourselves which pages may read our answers; else the platform does.
    pub answers_preflight: bool,
    /// Our own addresses.
    pub addresses: Addresses,
    /// The public keys, which anybody may read.
    pub key_set: KeySet,
    /// Our own sealed values: tells which cookie belongs to a handle.
    pub seal: Arc<Seal>,
    /// The sample front, where the settings switch it on.
    pub sample: Option<Front>,
    /// Where people find help.
    pub provider: Provider,
    /// Language of pages when none of the browser's fits.
    pub default_language: Language,
}
