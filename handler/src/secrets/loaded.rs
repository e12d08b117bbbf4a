//! Everything the services are built from.

use std::sync::Arc;

use secrecy::SecretString;

use super::Version;
use crate::settings::Settings;
use crate::tokens::SigningKeys;
use crate::tokens::client_assertion::ClientKeys;

/// Everything the services are built from.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The settings, those from Key Vault among them.
    pub settings: Settings,
    /// The keys that sign tokens.
    pub signing: Arc<SigningKeys>,
    /// The OpenID clients, each with its secret or keys.
    pub clients: Vec<Client>,
    /// The client for all outgoing calls.
    pub http: reqwest::Client,
    /// What is to be noted before tokens are signed: the certificate that signs and its versions, if they may have to be
    /// found without a list.
    pub to_note: Option<(String, Vec<Version>)>,
    /// Whether the key signs without having been published long enough, and whether others should have signed instead cannot
    /// be seen.
    pub(super) is_unpublished: bool,
    /// Digest of all that was read from Key Vault and of the key that signs.
    pub(super) fingerprint: [u8; 32],
}

/// An OpenID client with its secret or keys.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// `client_id`.
    pub id: String,
    /// Redirect addresses, exactly as they must be sent.
    pub redirect_uris: Vec<String>,
    /// How it proves itself.
    pub proof: Proof,
    /// Whether it must use PKCE.
    pub require_pkce: bool,
}

/// How a client proves itself.
#[derive(Clone, Debug)]
pub(crate) enum Proof {
    /// `client_secret_basic`.
    SecretBasic(Secrets),
    /// `client_secret_post`.
    SecretPost(Secrets),
    /// `private_key_jwt`.
    PrivateKeyJwt(ClientKeys),
    /// What it proves itself with is wrong or cannot be read, so it cannot.
    Unreadable,
}

/// A secret, and the one before it while the other side changes over.
#[derive(Clone, Debug)]
pub(crate) struct Secrets {
    /// The secret in force.
    pub current: SecretString,
    /// The one before, still accepted.
    pub previous: Option<SecretString>,
}
