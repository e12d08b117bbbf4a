//! Key Vault, read with managed identity. The only use of the Azure SDK.
//!
//! The SDK's own checks all stay on: TLS only, and a challenge must name the resource that the vault's host belongs to.
//!
//! # Layout
//! - `guard`: what stands before every request; `pace`: pauses that are asked for; `tokens`: a refused one is replaced
//! - `refusal`: what the SDK's errors mean

mod guard;
mod pace;
mod refusal;
mod tokens;

use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_core::http::policies::Policy;
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions, Transport};
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use azure_security_keyvault_secrets::models::{
    SecretAttributes, SecretClientGetSecretOptions, SecretProperties,
};
use azure_security_keyvault_secrets::{ResourceExt as _, ResourceId, SecretClient, SecretClientOptions};
use futures::TryStreamExt as _;
use url::Url;

use super::{Error, Secret, SecretStore, Version};
use crate::http_client::Ahead;
use crate::settings;
use guard::{Guard, Paced};
use pace::Pace;
use refusal::{error_of, error_of_list};
use tokens::Tokens;

/// Most names or versions that are read from one vault or secret: 400 pages.
const MAX_LISTED: usize = 10_000;

/// A Key Vault.
pub(crate) struct Vault {
    client: SecretClient,
    way: Way,
    tokens: Arc<Tokens>,
    scope: String,
    /// The vault's and the identity's.
    paces: [Arc<Pace>; 2],
}

/// How the vault is reached.
pub(crate) struct Way {
    http: reqwest::Client,
    ahead: Ahead,
    host: Url,
    is_open: AtomicBool,
}

impl Way {
    /// By a client for the vault alone.
    pub(crate) fn new(vault: &settings::Vault, (http, ahead): (reqwest::Client, Ahead)) -> Self {
        Self {
            http,
            ahead,
            host: vault.url.clone(),
            is_open: AtomicBool::default(),
        }
    }

    /// Opens the first connections; later there is no hurry.
    fn open(&self, connections: usize) {
        if !self.is_open.swap(true, Ordering::Relaxed) {
            self.ahead.open(&self.http, &self.host, connections);
        }
    }
}

impl Vault {
    /// A vault that this process's managed identity, asked by `http`, may read. Calls nobody yet.
    ///
    /// # Errors
    /// The managed identity of this machine is of a kind the SDK does not know.
    pub(crate) fn new(vault: &settings::Vault, http: &reqwest::Client, way: Way) -> Result<Self, Error> {
        let pace = Arc::<Pace>::default();
        let paced: Arc<dyn Policy> = Arc::new(Paced(Arc::clone(&pace)));
        let (id, http_of_identity) = (vault.identity.clone(), http.clone());
        let make = move || -> azure_core::Result<Arc<dyn TokenCredential>> {
            let options = ManagedIdentityCredentialOptions {
                user_assigned_id: id.clone().map(UserAssignedId::ClientId),
                client_options: client_options(&http_of_identity, [Arc::clone(&paced)]),
            };
            Ok(ManagedIdentityCredential::new(Some(options))?)
        };
        Self::with_tokens(vault, way, Tokens::new(make), pace)
    }

    fn with_tokens(
        vault: &settings::Vault,
        way: Way,
        tokens: azure_core::Result<Tokens>,
        of_identity: Arc<Pace>,
    ) -> Result<Self, Error> {
        let tokens = Arc::new(tokens.map_err(|error| error_of("the identity", &error))?);
        // What the vault's challenge will ask for: `kv1.vault.azure.net` belongs to `vault.azure.net`, and so in the
        // sovereign clouds. A wrong guess costs one token request more.
        let host = vault.url.host_str().unwrap_or_default();
        let resource = host.split_once('.').map_or(host, |(_, resource)| resource);
        let scope = format!("https://{resource}/.default");
        let pace = Arc::<Pace>::default();
        let guard = Guard {
            vault: vault.url.origin(),
            scope: scope.clone(),
            tokens: Arc::clone(&tokens),
        };
        let paced = Paced(Arc::clone(&pace));
        let options = SecretClientOptions {
            client_options: client_options(&way.http, [Arc::new(guard) as Arc<dyn Policy>, Arc::new(paced)]),
            ..SecretClientOptions::default()
        };
        let credential: Arc<dyn TokenCredential> = Arc::<Tokens>::clone(&tokens);
        let client = SecretClient::new(vault.url.as_str(), credential, Some(options));
        let client = client.map_err(|error| error_of("its client", &error))?;
        Ok(Self {
            client,
            way,
            tokens,
            scope,
            paces: [pace, of_identity],
        })
    }
}

/// The shared transport, and retries that end: by default the SDK tries for 82 s.
fn client_options(
    http: &reqwest::Client,
    policies: impl IntoIterator<Item = Arc<dyn Policy>>,
) -> ClientOptions {
    ClientOptions {
        transport: Some(Transport::new(Arc::new(http.clone()))),
        per_try_policies: policies.into_iter().collect(),
        retry: RetryOptions::exponential(ExponentialRetryOptions {
            initial_delay: azure_core::time::Duration::milliseconds(50),
            max_retries: 2,
            max_total_elapsed: azure_core::time::Duration::seconds(2),
            ..ExponentialRetryOptions::default()
        }),
        ..ClientOptions::default()
    }
}

#[async_trait]
impl SecretStore for Vault {
    /// Gets the token, which each read shows at once, and opens a connection for each meanwhile.
    async fn prepare(&self, reads: usize) -> Result<(), Error> {
        self.way.open(reads);
        let token = self.tokens.get_token(&[&self.scope], None).await;
        token.map(drop).map_err(|error| error_of("a token", &error))
    }

    fn pause(&self) -> Option<Duration> {
        self.paces.iter().filter_map(|pace| pace.left()).max()
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
        let version = secret.id.as_deref().and_then(|id| ResourceId::from_str(id).ok());
        Ok(Secret {
            value: value.into(),
            version: version.and_then(|id| id.version),
            created: secret.attributes.and_then(|attributes| attributes.created),
        })
    }

    #[tracing::instrument(name = "vault.names", skip_all)]
    async fn names(&self) -> Result<Vec<String>, Error> {
        let what = "the list of secrets";
        let pages = self
            .client
            .list_secret_properties(None)
            .map_err(|error| error_of_list(what, &error))?;
        let listed = listed(pages, what).await?;
        Ok(listed.into_iter().map(|listed| listed.name).collect())
    }

    #[tracing::instrument(name = "vault.versions", skip_all, fields(secret.name = name))]
    async fn versions(&self, name: &str) -> Result<Vec<Version>, Error> {
        let what = format!("the versions of {name}");
        let pages = self.client.list_secret_properties_versions(name, None);
        let pages = pages.map_err(|error| error_of_list(&what, &error))?;
        // A version that is disabled cannot be read.
        let listed = listed(pages, &what).await?.into_iter().filter(Listed::is_enabled);
        let mut versions: Vec<Version> = listed
            .filter_map(|listed| {
                Some(Version {
                    id: listed.version?,
                    created: listed.attributes?.created?,
                })
            })
            .collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.created));
        Ok(versions)
    }
}

struct Listed {
    name: String,
    version: Option<String>,
    attributes: Option<SecretAttributes>,
}

impl Listed {
    fn is_enabled(&self) -> bool {
        self.attributes.as_ref().and_then(|attributes| attributes.enabled) != Some(false)
    }
}

/// Walks all pages. Half of a list is none: a page that fails, or more than can be held, is an error.
async fn listed<P>(pages: P, what: &str) -> Result<Vec<Listed>, Error>
where
    P: futures::Stream<Item = azure_core::Result<SecretProperties>> + Unpin,
{
    let mut pages = pages;
    let mut listed = Vec::new();
    while let Some(item) = pages
        .try_next()
        .await
        .map_err(|error| error_of_list(what, &error))?
    {
        if listed.len() >= MAX_LISTED {
            let (what, why) = (what.to_owned(), format!("it has more than {MAX_LISTED} entries"));
            return Err(Error::Denied { what, why });
        }
        let id = item.resource_id().map_err(|error| error_of_list(what, &error))?;
        listed.push(Listed {
            name: id.name,
            version: id.version,
            attributes: item.attributes,
        });
    }
    Ok(listed)
}

#[cfg(test)]
mod tests;
