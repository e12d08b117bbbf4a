//! Facts in and out of the store, typed.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fact_store::Created;
use super::{Deps, Error};
use crate::ids::FactHash;

impl Deps {
    /// Creates a fact unless one is there already.
    pub(super) async fn create<T: Serialize + Sync>(&self, path: &str, fact: &T) -> Result<Created, Error> {
        Ok(self.store.create(path, document(path, fact)?).await?)
    }

    /// Creates a fact that only one may create, and says whether it was us. The fact holds something random: a store that
    /// repeats a write by itself may report our own document as existing, so what is there is compared with ours.
    pub(super) async fn create_exclusive<T: Serialize + Sync>(
        &self,
        path: &str,
        fact: &T,
    ) -> Result<bool, Error> {
        let ours = document(path, fact)?;
        match self.store.create(path, ours.clone()).await? {
            Created::New => Ok(true),
            Created::Existed => Ok(self.store.read(path).await? == Some(ours)),
        }
    }

    /// Creates a fact, or reads the one that was there first.
    pub(super) async fn create_or_read<T>(&self, path: &str, fact: T) -> Result<T, Error>
    where
        T: Serialize + DeserializeOwned + Send + Sync,
    {
        match self.create(path, &fact).await? {
            Created::New => Ok(fact),
            Created::Existed => self
                .read(path)
                .await?
                .ok_or_else(|| Error::Corrupt(path.to_owned())),
        }
    }

    pub(super) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let Some(bytes) = self.store.read(path).await? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| Error::Corrupt(path.to_owned()))
    }

    /// Something random by which a writer recognises its own fact.
    pub(super) fn nonce(&self) -> FactHash {
        FactHash(self.random.bytes())
    }
}

fn document<T: Serialize>(path: &str, fact: &T) -> Result<Bytes, Error> {
    serde_json::to_vec(fact)
        .map(Bytes::from)
        .map_err(|_| Error::Corrupt(path.to_owned()))
}
