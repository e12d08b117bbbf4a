//! From an issuer's name to its keys: OpenID Connect Discovery, then a JWK set.

use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;
use url::Url;

use super::super::public_key::{self, KeyError, PublicKey};
use super::Config;
use crate::http_client::{self, Party, ReadError};

/// Maximum length of a document, in bytes; Entra's are below 20 kB.
const MAX_DOCUMENT: usize = 256 * 1024;
/// Timeout for one document: callers of ours (B2C) wait 10 s in all.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Why no keys were found. Names no address: the log line does, by the setting.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("no answer ({0})")]
    Unreachable(#[from] reqwest::Error),
    #[error("answered with status {0}")]
    Status(u16),
    #[error(transparent)]
    Body(#[from] ReadError),
    #[error("the metadata is not what OpenID Connect Discovery specifies")]
    Metadata,
    #[error("the metadata belongs to another issuer")]
    Issuer,
    #[error("the metadata names keys at an address that is not https")]
    Insecure,
    #[error("the key set: {0}")]
    Keys(#[from] KeyError),
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// Fetches the keys that the configured issuer signs with.
#[tracing::instrument(name = "jwks.refresh", skip_all, err(level = "warn"))]
pub(super) async fn keys(client: &Client, config: &Config) -> Result<Vec<PublicKey>, Error> {
    let metadata = get(client, config.metadata.clone()).await?;
    let metadata: Metadata = serde_json::from_slice(&metadata).map_err(|_| Error::Metadata)?;
    if metadata.issuer != config.issuer {
        return Err(Error::Issuer);
    }
    let jwks = Url::parse(&metadata.jwks_uri).map_err(|_| Error::Metadata)?;
    // Plain http only where the metadata themselves came so, which settings allow for loopback alone.
    if jwks.scheme() != "https" && jwks.origin() != config.metadata.origin() {
        return Err(Error::Insecure);
    }
    Ok(public_key::from_jwks(&get(client, jwks).await?)?)
}

async fn get(client: &Client, address: Url) -> Result<bytes::Bytes, Error> {
    let response = http_client::send(Party::Issuer, client.get(address).timeout(TIMEOUT)).await?;
    if !response.status().is_success() {
        return Err(Error::Status(response.status().as_u16()));
    }
    Ok(http_client::read_capped(response, MAX_DOCUMENT).await?)
}
