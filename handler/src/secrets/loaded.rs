//! Everything the services are built from.

use std::sync::Arc;

use super::Version;
use crate::clients::Client;
use crate::settings::Settings;
use crate::tokens::SigningKeys;

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
    /// What is to be noted before tokens are signed: each certificate that signs and its versions, if they may have to be
    /// found without a list.
    pub to_note: Vec<(String, Vec<Version>)>,
    /// Whether the key signs without having been published long enough, and whether others should have signed instead cannot
    /// be seen.
    pub(super) is_unpublished: bool,
    /// Digest of all that was read from Key Vault and of the key that signs.
    pub(super) fingerprint: [u8; 32],
}
