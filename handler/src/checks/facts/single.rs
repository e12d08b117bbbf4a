//! Facts that are read and written by themselves, without a listing of their subject: those that belong to none, or to one that
//! this request is not about.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::checks::fact_store::Created;
use crate::checks::facts::snapshot::document;
use crate::checks::{Deps, Error};

impl Deps {
    /// Reads a fact, if it is there.
    pub(in crate::checks) async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let Some(document) = self.store.read(path).await? else {
            return Ok(None);
        };
        let fact = serde_json::from_slice(&document).map_err(|_| Error::Corrupt(path.to_owned()))?;
        Ok(Some(fact))
    }

    /// Creates a fact unless it is there.
    pub(in crate::checks) async fn write<T: Serialize + Sync>(
        &self,
        path: &str,
        fact: &T,
    ) -> Result<Created, Error> {
        Ok(self.store.create(path, document(path, fact)?).await?)
    }

    /// Creates a fact that only one may create, and says whether it was us. The fact holds something random: a store that
    /// repeats a write by itself may report our own document as existing.
    pub(in crate::checks) async fn write_exclusive<T: Serialize + Sync>(
        &self,
        path: &str,
        fact: &T,
    ) -> Result<bool, Error> {
        let ours = document(path, fact)?;
        let is_new = self.store.create(path, ours.clone()).await? == Created::New;
        Ok(is_new || self.store.read(path).await? == Some(ours))
    }
}
