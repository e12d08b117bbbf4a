//! Key Vault, read with managed identity. The only use of the Azure SDK.
//!
//! The SDK's own checks all stay on: TLS only, and a challenge must name the resource that the vault's host belongs to.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_core::error::ErrorKind;
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions, StatusCode, Transport};
use azure_core::time::Duration;
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use azure_security_keyvault_secrets::models::{
    SecretAttributes, SecretClientGetSecretOptions, SecretProperties,
};
use azure_security_keyvault_secrets::{ResourceExt as _, SecretClient, SecretClientOptions};
use futures::TryStreamExt as _;

use super::{Error, Secret, SecretStore, Version};
use crate::settings;

/// Most names or versions that are read from one vault or secret.
const MAX_LISTED: usize = 1000;

/// A Key Vault.
pub struct Vault {
    client: SecretClient,
    credential: Arc<dyn TokenCredential>,
    scope: String,
}

impl Vault {
    /// A vault that this process's managed identity may read. Calls nobody yet.
    ///
    /// # Errors
    /// The managed identity of this machine is of a kind the SDK does not know.
    pub fn new(vault: &settings::Vault, http: &reqwest::Client) -> Result<Self, Error> {
        let identity = ManagedIdentityCredentialOptions {
            user_assigned_id: vault.identity.clone().map(UserAssignedId::ClientId),
            client_options: client_options(http),
        };
        let credential = ManagedIdentityCredential::new(Some(identity))
            .map_err(|error| error_of("the identity", &error))?;
        Self::with_credential(vault, http, credential)
    }

    fn with_credential(
        vault: &settings::Vault,
        http: &reqwest::Client,
        credential: Arc<dyn TokenCredential>,
    ) -> Result<Self, Error> {
        let options = SecretClientOptions {
            client_options: client_options(http),
            ..SecretClientOptions::default()
        };
        let client = SecretClient::new(vault.url.as_str(), Arc::clone(&credential), Some(options));
        let client = client.map_err(|error| error_of("its client", &error))?;
        // What the vault's challenge will ask for: `kv1.vault.azure.net` belongs to `vault.azure.net`, and so in the
        // sovereign clouds. A wrong guess costs one token request more.
        let host = vault.url.host_str().unwrap_or_default();
        let resource = host.split_once('.').map_or(host, |(_, resource)| resource);
        Ok(Self {
            client,
            credential,
            scope: format!("https://{resource}/.default"),
        })
    }
}

/// The shared transport, and retries that end: by default the SDK tries for 82 s.
fn client_options(http: &reqwest::Client) -> ClientOptions {
    ClientOptions {
        transport: Some(Transport::new(Arc::new(http.clone()))),
        retry: RetryOptions::exponential(ExponentialRetryOptions {
            initial_delay: Duration::milliseconds(50),
            max_retries: 2,
            max_total_elapsed: Duration::seconds(2),
            ..ExponentialRetryOptions::default()
        }),
        ..ClientOptions::default()
    }
}

#[async_trait]
impl SecretStore for Vault {
    /// Gets the token while the first reads are still being told that they need one.
    async fn prepare(&self) {
        if let Err(error) = self.credential.get_token(&[&self.scope], None).await {
            tracing::debug!(cause = chain(&error), "no token yet");
        }
    }

    #[tracing::instrument(name = "vault.get", skip_all, fields(secret.name = name))]
    async fn get(&self, name: &str, version: Option<&str>) -> Result<Secret, Error> {
        let options = SecretClientGetSecretOptions {
            secret_version: version.map(str::to_owned),
            ..SecretClientGetSecretOptions::default()
        };
        let answer = self.client.get_secret(name, Some(options)).await;
        let secret = answer.and_then(azure_core::http::Response::into_model);
        let secret = secret.map_err(|error| error_of(name, &error))?;
        let value = secret.value.ok_or_else(|| Error::Unavailable {
            what: name.to_owned(),
            why: "the answer holds no value".to_owned(),
        })?;
        Ok(Secret {
            value: value.into(),
            content_type: secret.content_type,
            created: secret.attributes.and_then(|attributes| attributes.created),
        })
    }

    #[tracing::instrument(name = "vault.names", skip_all)]
    async fn names(&self) -> Result<Vec<String>, Error> {
        let what = "the list of secrets";
        let pages = self
            .client
            .list_secret_properties(None)
            .map_err(|error| error_of(what, &error))?;
        let listed = listed(pages, what).await?;
        Ok(listed.into_iter().map(|(name, _, _)| name).collect())
    }

    #[tracing::instrument(name = "vault.versions", skip_all, fields(secret.name = name))]
    async fn versions(&self, name: &str) -> Result<Vec<Version>, Error> {
        let pages = self.client.list_secret_properties_versions(name, None);
        let pages = pages.map_err(|error| error_of(name, &error))?;
        let listed = listed(pages, name).await?;
        let version = |(_, id, attributes): (String, Option<String>, Option<SecretAttributes>)| {
            let created = attributes?.created?;
            Some(Version { id: id?, created })
        };
        let mut versions: Vec<Version> = listed.into_iter().filter_map(version).collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.created));
        Ok(versions)
    }
}

type Listed = (String, Option<String>, Option<SecretAttributes>);

/// Walks all pages; what is disabled cannot be read and is left out.
async fn listed<P>(pages: P, what: &str) -> Result<Vec<Listed>, Error>
where
    P: futures::Stream<Item = azure_core::Result<SecretProperties>> + Unpin,
{
    let mut pages = pages;
    let mut listed = Vec::new();
    while let Some(item) = pages.try_next().await.map_err(|error| error_of(what, &error))? {
        let enabled = item.attributes.as_ref().and_then(|attributes| attributes.enabled);
        if let (true, Ok(id)) = (enabled != Some(false), item.resource_id()) {
            listed.push((id.name, id.version, item.attributes));
        }
        if listed.len() >= MAX_LISTED {
            break;
        }
    }
    Ok(listed)
}

fn error_of(what: &str, error: &azure_core::Error) -> Error {
    let (what, mut why) = (what.to_owned(), chain(error));
    if let ErrorKind::HttpResponse {
        status, error_code, ..
    } = error.kind()
    {
        why = format!("{status} {}: {why}", error_code.as_deref().unwrap_or_default());
    }
    let of_identity = matches!(error.kind(), ErrorKind::Credential);
    match status(error) {
        Some(StatusCode::NotFound) if !of_identity => Error::Missing(what),
        Some(status) if status.is_client_error() && !is_passing(status) => Error::Denied { what, why },
        _ => Error::Unavailable { what, why },
    }
}

fn is_passing(status: StatusCode) -> bool {
    matches!(status, StatusCode::RequestTimeout | StatusCode::TooManyRequests)
}

/// The status that was answered, however deep it is buried.
fn status(error: &azure_core::Error) -> Option<StatusCode> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let status = error.downcast_ref().and_then(azure_core::Error::http_status);
        if status.is_some() {
            return status;
        }
        cause = error.source();
    }
    None
}

/// All causes in one line. The SDK's outermost words alone say nothing ("non-transport error occurred").
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = one_line(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = one_line(error);
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

fn one_line(error: &dyn std::error::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
