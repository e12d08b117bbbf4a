//! A container of Azure Blob Storage.

use std::sync::Arc;
use std::time::Duration;

use object_store::azure::{AzureConfigKey, MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::StoreError;
use super::crypto::OpenSsl;

/// A blob container and how to get at it.
#[derive(Debug)]
pub struct Container {
    /// `https://<account>.blob.core.windows.net/<container>`, or with the account in the path
    /// (`http://127.0.0.1:10000/devstoreaccount1/<container>`, as Azurite has it).
    pub address: Url,
    /// How we prove ourselves.
    pub access: Access,
    /// The HTTP client shared by the whole process.
    pub client: reqwest::Client,
}

/// How we prove ourselves to Blob Storage.
#[derive(Debug)]
pub enum Access {
    /// The managed identity of this app. Needs the role "Storage Blob Data Contributor".
    ManagedIdentity {
        /// Where tokens come from (`IDENTITY_ENDPOINT`); the machine's metadata service if not given.
        endpoint: Option<Url>,
        /// Client id of a user-assigned identity.
        client_id: Option<String>,
    },
    /// The account's key, base64.
    Key(SecretString),
}

/// The container for reads, repeated where they fail, and for writes, which are not repeated here. Both share one
/// credential.
pub(super) fn open(container: &Container) -> Result<(MicrosoftAzure, MicrosoftAzure), StoreError> {
    let (endpoint, account, name) = parts(&container.address)
        .ok_or_else(|| StoreError("the address names no account and container".to_owned()))?;
    let builder = MicrosoftAzureBuilder::new()
        .with_account(account)
        .with_container_name(name)
        .with_endpoint(endpoint)
        .with_retry(retry())
        .with_crypto_provider(Arc::new(OpenSsl))
        .with_http_connector(Shared(container.client.clone()));
    let builder = match &container.access {
        Access::Key(key) => builder
            .with_credential_type("access_key")
            .with_access_key(key.expose_secret()),
        Access::ManagedIdentity { endpoint, client_id } => {
            let optional = [
                (AzureConfigKey::MsiEndpoint, endpoint.as_ref().map(Url::to_string)),
                (AzureConfigKey::ClientId, client_id.clone()),
            ];
            optional
                .into_iter()
                .filter_map(|(key, value)| value.map(|value| (key, value)))
                .fold(
                    builder.with_credential_type("managed_identity"),
                    |builder, (key, value)| builder.with_config(key, value),
                )
        }
    };
    // The message could repeat the key, so it is not passed on.
    let build = |builder: MicrosoftAzureBuilder| {
        builder
            .build()
            .map_err(|_| StoreError("the container's address or key is not one".to_owned()))
    };
    let reads = build(builder.clone())?;
    let once = RetryConfig {
        max_retries: 0,
        ..retry()
    };
    let credential = Arc::clone(reads.credentials());
    let writes = build(builder.with_credentials(credential).with_retry(once))?;
    Ok((reads, writes))
}

/// Endpoint, account and container of an address.
fn parts(address: &Url) -> Option<(String, String, String)> {
    let mut segments: Vec<&str> = address
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .collect();
    let name = segments.pop()?.to_owned();
    let origin = address.origin().ascii_serialization();
    match segments.as_slice() {
        [] => {
            let account = address.domain()?.split('.').next()?.to_owned();
            Some((origin, account, name))
        }
        [account] => Some((format!("{origin}/{account}"), (*account).to_owned(), name)),
        _ => None,
    }
}

/// Short enough that a browser still waits for the answer.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(50),
            max_backoff: Duration::from_secs(1),
            base: 2.0,
        },
        max_retries: 4,
        retry_timeout: Duration::from_secs(6),
    }
}

/// Hands our own HTTP client to `object_store`.
#[derive(Debug)]
struct Shared(reqwest::Client);

impl HttpConnector for Shared {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Option<(String, String, String)> {
        parts(&address.parse().unwrap())
    }

    #[test]
    fn the_account_stands_in_the_host_or_in_the_path() {
        for (address, endpoint, account, name) in [
            (
                "https://facts.blob.core.windows.net/prod",
                "https://facts.blob.core.windows.net",
                "facts",
                "prod",
            ),
            (
                "http://127.0.0.1:1/acct/prod/",
                "http://127.0.0.1:1/acct",
                "acct",
                "prod",
            ),
        ] {
            let expected = [endpoint, account, name].map(str::to_owned);
            assert_eq!(of(address), Some(expected.into()), "{address}");
        }
    }

    #[test]
    fn an_address_without_account_or_container_is_none() {
        assert_eq!(of("https://facts.blob.core.windows.net/"), None);
        assert_eq!(of("http://127.0.0.1:10000/prod"), None);
        assert_eq!(of("https://facts.blob.core.windows.net/a/b/c"), None);
    }
}
