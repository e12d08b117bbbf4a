//! From settings and secrets to services.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretSlice};

use super::Deps;
use super::jumio;
use super::key_versions;
use super::sample;
use super::stores::Stores;
use super::subject_key::{self, Keeping};
use crate::background::Spawner;
use crate::checks::{self, Addresses, Checks};
use crate::clients::Clients;
use crate::clock::Clock;
use crate::fact_store::{FactStore, StoreError};
use crate::grants::assertions::Assertions;
use crate::grants::{self, Grants};
use crate::openid::answer::metadata;
use crate::openid::proof::caller::{Callers, Login};
use crate::openid::proof::client_auth::ClientAuth;
use crate::owners::Owners;
use crate::pages::{Language, Provider};
use crate::random::Random;
use crate::sample::token::KeyError;
use crate::seal::{KeyMaterial, KeyTooShort, Seal, StateKeys};
use crate::secrets::{Loaded, Refresher};
use crate::services::Services;
use crate::settings::Settings;
use crate::settings::sample::Cors;
use crate::tokens::entra::Verifier;

/// Path that callbacks come to; a credential is appended.
const CALLBACK: &str = "/api/callback/";
/// Path that browsers come back to; a handle is appended.
const RETURN: &str = "/api/callback/return/";

/// Why services cannot be put together, although every setting is well-formed by itself.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The fact store.
    #[error(transparent)]
    FactStore(#[from] StoreError),
    /// The vendor's client: names of fields and rules, never values.
    #[error("the vendor's settings: {0}")]
    Vendor(String),
    /// The key of the hashes of subjects.
    #[error(transparent)]
    SubjectKey(#[from] subject_key::Error),
    /// The root key.
    #[error(transparent)]
    Key(#[from] KeyTooShort),
    /// The keys of the sample front.
    #[error("the sample front: {0}")]
    Sample(#[from] KeyError),
    /// Our own address.
    #[error("the public address: {0}")]
    Address(#[from] url::ParseError),
}

/// Builds services, and keeps what must outlive a reload.
pub(super) struct Builder {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    owners: Arc<dyn Owners>,
    background: Spawner,
    clients: jumio::Clients,
    stores: Arc<Stores>,
    memory: (checks::Memory, grants::Memory),
}

impl Builder {
    pub(super) fn new(deps: &Deps, background: Spawner, refresher: &Refresher, stores: Arc<Stores>) -> Self {
        Self {
            clients: jumio::Clients::new(deps, refresher),
            clock: Arc::clone(&deps.clock),
            random: Arc::clone(&deps.random),
            owners: Arc::clone(&deps.owners),
            background,
            stores,
            memory: Default::default(),
        }
    }

    pub(super) async fn build(&self, loaded: &Loaded) -> Result<Services, Fault> {
        let settings = &loaded.settings;
        let store = self.stores.open(settings, &loaded.http).await?;
        let noted = noted(loaded, store.as_ref());
        let (seal, ()) = futures::try_join!(self.seal(settings, store.as_ref()), noted)?;
        let seal = Arc::new(seal);
        let deps = checks::Deps {
            store: Arc::clone(&store),
            vendors: self
                .clients
                .vendors(settings, &loaded.http)
                .map_err(Fault::Vendor)?,
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            owners: Arc::clone(&self.owners),
            background: self.background.clone(),
            seal: Arc::clone(&seal),
            rules: settings.rules.clone(),
            limits: settings.limits.clone(),
            addresses: Addresses {
                callback_base: settings.public_url.join(CALLBACK)?,
                return_base: settings.public_url.join(RETURN)?,
            },
        };
        let addresses = metadata::Addresses::of(settings.public_url.clone());
        let client_auth = ClientAuth {
            clients: Arc::new(Clients::new(loaded.clients.clone())),
            assertions: Assertions::new(store),
            audiences: addresses.audiences(),
        };
        let sample = settings.sample.as_ref();
        let sample = sample
            .map(|sample| sample::front(sample, &settings.public_url, &loaded.signing))
            .transpose()?;
        let (of_checks, of_grants) = self.memory.clone();
        let checks = Checks::remembering(deps, of_checks);
        Ok(Services {
            grants: Grants::remembering(checks.clone(), settings.lives.clone(), of_grants),
            checks,
            callers: self.callers(loaded),
            client_auth,
            keys: Arc::clone(&loaded.signing),
            id_token_life: settings.id_token_life,
            key_set: metadata::KeySet::new(loaded.signing.jwks(), settings.signing.publish_first),
            answers_preflight: settings.cors == Cors::Handler,
            addresses,
            seal,
            sample,
            provider: Provider {
                controller: settings.provider.controller.clone(),
                privacy: settings.provider.privacy.clone(),
                help: settings.provider.help.clone(),
                alternative: settings.provider.alternative.clone(),
            },
            default_language: Language::of_tag(settings.default_language).unwrap_or_default(),
        })
    }

    async fn seal(&self, settings: &Settings, store: &dyn FactStore) -> Result<Seal, Fault> {
        let current = material(&settings.state_key)?;
        let previous = settings.previous_state_key.as_ref().map(material).transpose()?;
        let keys = StateKeys::new(&current, previous.as_ref());
        let given = settings.subject_key.as_ref().map(material).transpose()?;
        let keeping = Keeping {
            store,
            keys: &keys,
            clock: self.clock.as_ref(),
            random: self.random.as_ref(),
        };
        let subjects = keeping.load(given).await?;
        Ok(Seal::new(keys, subjects))
    }

    fn callers(&self, loaded: &Loaded) -> Callers {
        let callers = &loaded.settings.callers;
        let login = |pair: &crate::settings::BasicPair| Login {
            user: pair.username.clone(),
            password: pair.password.clone(),
        };
        let entra = callers.entra.clone();
        Callers {
            thumbprints: callers.certificates.clone(),
            logins: callers.basic.iter().map(login).collect(),
            entra: entra.map(|config| Verifier::new(config, loaded.http.clone(), Arc::clone(&self.clock))),
        }
    }
}

/// Notes the versions of the signing certificates, for processes that may not list them.
async fn noted(loaded: &Loaded, store: &dyn FactStore) -> Result<(), Fault> {
    for (certificate, versions) in &loaded.to_note {
        key_versions::note(store, certificate, versions).await?;
    }
    Ok(())
}

fn material(key: &SecretSlice<u8>) -> Result<KeyMaterial, KeyTooShort> {
    KeyMaterial::new(key.expose_secret().to_vec())
}
