//! What one request knows of a subject: one listing, the documents that it has read, and what it has written itself.
//!
//! A request lists the folder of a subject once and works on that. What others write meanwhile it learns only when it lost a
//! race ([`Snapshot::create`] says so, and [`Snapshot::refresh`] lists again): create-if-absent decides every race, so an old
//! listing costs a round and never an error.
//!
//! # Layout
//! - `listing`: the names that a listing gave

mod listing;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::checks::Error;
use crate::checks::fact_store::{Created, FactStore};
use crate::checks::facts::cache::Cache;
use crate::checks::facts::names::{self, FactName, StartMark};
use crate::checks::facts::snapshot::listing::{Listing, Place};
use crate::ids::{SubjectKey, VerificationId};

#[derive(Default)]
struct Known {
    /// Nothing until the first listing.
    listing: Option<Listing>,
    documents: HashMap<String, Bytes>,
}

/// What one request knows of a subject.
pub(crate) struct Snapshot {
    store: Arc<dyn FactStore>,
    cache: Arc<Cache>,
    subject: SubjectKey,
    known: Mutex<Known>,
    /// Until when this request waits for the vendor, all questions together; set by the first.
    waits_until: OnceLock<Instant>,
}

impl Snapshot {
    /// Nothing is read before the first question.
    pub(in crate::checks) fn new(store: Arc<dyn FactStore>, cache: Arc<Cache>, subject: SubjectKey) -> Self {
        Self {
            store,
            cache,
            subject,
            known: Mutex::default(),
            waits_until: OnceLock::new(),
        }
    }

    /// The same subject for another request: nothing is known yet.
    #[cfg(test)]
    pub(in crate::checks) fn again(&self) -> Self {
        Self::new(Arc::clone(&self.store), Arc::clone(&self.cache), self.subject)
    }

    /// Until when this request may wait for the vendor: so long from its first question.
    pub(in crate::checks) fn waits_until(&self, patience: Duration) -> Instant {
        *self.waits_until.get_or_init(|| Instant::now() + patience)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists again: a race was lost, or the vendor was waited for.
    pub(in crate::checks) async fn refresh(&self) -> Result<(), Error> {
        let files = self.store.list(&names::folder(self.subject)).await?;
        let mut listing = Listing::default();
        for file in &files {
            listing.add(self.subject, file);
        }
        listing.without_erased();
        self.lock().listing = Some(listing);
        Ok(())
    }

    async fn listed<T>(&self, ask: impl FnOnce(&Listing) -> T + Send) -> Result<T, Error> {
        let is_listed = self.lock().listing.is_some();
        if !is_listed {
            self.refresh().await?;
        }
        let known = self.lock();
        let nothing = Listing::default();
        Ok(ask(known.listing.as_ref().unwrap_or(&nothing)))
    }

    /// Names of a verification's facts; empty when there is no such verification, or it was erased.
    pub(in crate::checks) async fn names(&self, id: VerificationId) -> Result<BTreeSet<FactName>, Error> {
        let names = self.listed(|listing| listing.verifications.get(&id).cloned());
        Ok(names.await?.unwrap_or_default())
    }

    /// Whether a verification has a fact of this name.
    pub(crate) async fn has(&self, id: VerificationId, name: FactName) -> Result<bool, Error> {
        self.listed(|listing| listing.has(Place::Of(id, name))).await
    }

    /// Whether a verification was erased.
    pub(in crate::checks) async fn is_erased(&self, id: VerificationId) -> Result<bool, Error> {
        self.listed(|listing| listing.erased.contains(&id)).await
    }

    /// The subject's verifications.
    pub(in crate::checks) async fn verifications(&self) -> Result<Vec<VerificationId>, Error> {
        self.listed(|listing| listing.verifications.keys().copied().collect())
            .await
    }

    /// The verification in which the transaction of a start lies.
    pub(in crate::checks) async fn home_of(&self, start: u32) -> Result<Option<VerificationId>, Error> {
        let is_home = |(_, names): &(&VerificationId, &BTreeSet<FactName>)| {
            names.contains(&FactName::Transaction(start))
        };
        self.listed(|listing| listing.verifications.iter().find(is_home).map(|(id, _)| *id))
            .await
    }

    /// The number of the subject's last start whose transaction is recorded; 0 for none. A later one may be under way, but
    /// nobody has been sent to it yet.
    pub(crate) async fn last_recorded(&self) -> Result<u32, Error> {
        let Some(last) = self
            .listed(|listing| listing.starts.keys().next_back().copied())
            .await?
        else {
            return Ok(0);
        };
        let is_recorded = self.home_of(last).await?.is_some();
        Ok(if is_recorded { last } else { last - 1 })
    }

    /// What is said of the subject's starts, by their numbers.
    pub(in crate::checks) async fn starts(&self) -> Result<BTreeMap<u32, Vec<StartMark>>, Error> {
        self.listed(|listing| listing.starts.clone()).await
    }

    /// Reads a fact of a verification, if the listing names it.
    pub(crate) async fn find<T: DeserializeOwned>(
        &self,
        id: VerificationId,
        name: FactName,
    ) -> Result<Option<T>, Error> {
        if self.has(id, name).await? {
            self.read(&name.path(id)).await
        } else {
            Ok(None)
        }
    }

    /// Reads a fact that the listing names. One that is gone by now was erased.
    pub(crate) async fn fact<T: DeserializeOwned>(
        &self,
        id: VerificationId,
        name: FactName,
    ) -> Result<T, Error> {
        self.find(id, name).await?.ok_or(Error::NotFound)
    }

    /// Reads what is said of a start, which the listing names.
    pub(in crate::checks) async fn start<T: DeserializeOwned>(
        &self,
        number: u32,
        mark: StartMark,
    ) -> Result<T, Error> {
        let path = names::start(self.subject, number, mark);
        self.read(&path).await?.ok_or(Error::Corrupt(path))
    }

    async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let known = self.lock().documents.get(path).cloned();
        let document = match known.or_else(|| self.cache.get(path)) {
            Some(document) => document,
            None => match self.store.read(path).await? {
                Some(document) => document,
                None => return Ok(None),
            },
        };
        let fact = serde_json::from_slice(&document).map_err(|_| Error::Corrupt(path.to_owned()))?;
        self.keep(path, document);
        Ok(Some(fact))
    }

    fn keep(&self, path: &str, document: Bytes) {
        self.cache.put(path, &document);
        self.lock().documents.insert(path.to_owned(), document);
    }

    /// Creates a fact of a verification unless one is there already.
    pub(crate) async fn create<T: Serialize + Sync>(
        &self,
        id: VerificationId,
        name: FactName,
        fact: &T,
    ) -> Result<Created, Error> {
        self.create_at(Place::Of(id, name), fact).await
    }

    /// Says something of a start.
    pub(in crate::checks) async fn mark<T: Serialize + Sync>(
        &self,
        number: u32,
        mark: StartMark,
        fact: &T,
    ) -> Result<Created, Error> {
        self.create_at(Place::Start(number, mark), fact).await
    }

    async fn create_at<T: Serialize + Sync>(&self, place: Place, fact: &T) -> Result<Created, Error> {
        if self.listed(|listing| listing.has(place)).await? {
            return Ok(Created::Existed);
        }
        let path = place.path(self.subject);
        let created = self.write(&path, document(&path, fact)?).await?;
        self.learn(place);
        Ok(created)
    }

    /// Creates a fact that only one may create, and says whether it was us. The fact holds something random: a store that
    /// repeats a write by itself may report our own document as existing, so what is there is compared with ours.
    pub(crate) async fn create_exclusive<T: Serialize + Sync>(
        &self,
        id: VerificationId,
        name: FactName,
        fact: &T,
    ) -> Result<bool, Error> {
        self.create_ours(Place::Of(id, name), fact).await
    }

    /// Says something of a start that only one may say; see [`Snapshot::create_exclusive`].
    pub(in crate::checks) async fn take<T: Serialize + Sync>(
        &self,
        number: u32,
        mark: StartMark,
        fact: &T,
    ) -> Result<bool, Error> {
        self.create_ours(Place::Start(number, mark), fact).await
    }

    async fn create_ours<T: Serialize + Sync>(&self, place: Place, fact: &T) -> Result<bool, Error> {
        let path = place.path(self.subject);
        let ours = document(&path, fact)?;
        let is_ours = self.write(&path, ours.clone()).await? == Created::New
            || self.store.read(&path).await? == Some(ours);
        self.learn(place);
        Ok(is_ours)
    }

    /// Creates a fact of a verification, or reads the one that was there first.
    pub(crate) async fn create_or_read<T>(
        &self,
        id: VerificationId,
        name: FactName,
        fact: T,
    ) -> Result<T, Error>
    where
        T: Serialize + DeserializeOwned + Send + Sync,
    {
        match self.create(id, name, &fact).await? {
            Created::New => Ok(fact),
            Created::Existed => self.fact(id, name).await,
        }
    }

    /// Creates a note that lies in no subject's folder.
    pub(in crate::checks) async fn note<T: Serialize + Sync>(
        &self,
        path: &str,
        fact: &T,
    ) -> Result<(), Error> {
        self.store
            .create(path, document(path, fact)?)
            .await
            .map(|_| ())
            .map_err(Error::from)
    }

    /// Creates a fact without a look at what is there.
    pub(in crate::checks) async fn write_unseen<T: Serialize + Sync>(
        &self,
        id: VerificationId,
        name: FactName,
        fact: &T,
    ) -> Result<(), Error> {
        let path = name.path(id);
        self.write(&path, document(&path, fact)?).await.map(|_| ())
    }

    /// Whether a verification is one of this subject.
    pub(crate) fn is_of(&self, id: VerificationId) -> bool {
        id.subject() == self.subject
    }

    async fn write(&self, path: &str, document: Bytes) -> Result<Created, Error> {
        let created = self.store.create(path, document.clone()).await?;
        if created == Created::New {
            self.keep(path, document);
        }
        Ok(created)
    }

    /// Our own writes, and what a lost race has shown, belong to what is known.
    fn learn(&self, place: Place) {
        if let Some(listing) = &mut self.lock().listing {
            listing.insert(place);
        }
    }
}

pub(in crate::checks) fn document<T: Serialize>(path: &str, fact: &T) -> Result<Bytes, Error> {
    serde_json::to_vec(fact)
        .map(Bytes::from)
        .map_err(|_| Error::Corrupt(path.to_owned()))
}
