//! The fact store that the settings name.

use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use crate::fact_store::{self, Access, Container, FactStore, Place, StoreError};
use crate::files;
use crate::settings::{Settings, Source, Store, table};

/// Opens fact stores, and keeps the one in memory: its facts would be lost with every reload otherwise.
pub(super) struct Stores {
    source: Arc<dyn Source>,
    memory: Mutex<Option<Arc<dyn FactStore>>>,
}

impl Stores {
    pub(super) fn new(source: Arc<dyn Source>) -> Self {
        Self {
            source,
            memory: Mutex::default(),
        }
    }

    /// Opens the store of these settings.
    ///
    /// # Errors
    /// There can be no such store.
    pub(super) async fn open(
        &self,
        settings: &Settings,
        http: &reqwest::Client,
    ) -> Result<Arc<dyn FactStore>, StoreError> {
        match &settings.store {
            Store::Memory => self.memory(),
            Store::Folder(folder) => {
                let place = Place::Folder(folder.clone());
                let opened = files::in_thread(move || Ok(fact_store::open(&place))).await;
                opened.map_err(|error| StoreError(format!("folder {}: {error}", folder.display())))?
            }
            Store::Container { address, key } => {
                let access = match key {
                    Some(key) => Access::Key(key.clone()),
                    None => self.identity(),
                };
                fact_store::open(&Place::Container(Box::new(Container {
                    address: address.clone(),
                    access,
                    client: http.clone(),
                })))
            }
        }
    }

    fn memory(&self) -> Result<Arc<dyn FactStore>, StoreError> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(memory) = &*memory {
            return Ok(Arc::clone(memory));
        }
        let opened = fact_store::open(&Place::Memory)?;
        *memory = Some(Arc::clone(&opened));
        Ok(opened)
    }

    fn identity(&self) -> Access {
        let endpoint = self
            .source
            .get("IDENTITY_ENDPOINT")
            .and_then(|endpoint| Url::parse(&endpoint).ok());
        let client_id = self.source.get(table::IDENTITY_CLIENT_ID.name);
        Access::ManagedIdentity { endpoint, client_id }
    }
}
