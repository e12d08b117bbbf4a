//! The key of the hashes of subjects: drawn once for a fact store and kept there, encrypted with the state key.
//!
//! One fact, `subject-key/first.json`, decides which key it is; whoever creates it first, wins. It holds the key encrypted
//! with each state key of whoever drew it. The first process that holds a later state key beside one that opens the key
//! adds `subject-key/<name of the state key>.json` before it serves anybody, so an older state key may go as soon as one
//! process has become ready with both. Nothing is ever replaced, so there is no moment at which the key could be lost.

use bytes::Bytes;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::clock::Clock;
use crate::fact_store::{Created, FactStore, StoreError};
use crate::ids::FactHash;
use crate::random::Random;
use crate::seal::{KeyMaterial, KeyTooShort, StateKeys, SubjectKey};

const FIRST: &str = "subject-key/first.json";

/// Why there is no subject key. A new one is never drawn instead: every approval and every `sub` would be lost.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The fact store.
    #[error(transparent)]
    FactStore(#[from] StoreError),
    /// It is there, and encrypted with keys that are not.
    #[error(
        "the fact store's subject key (subject-key/) is encrypted with a state key that is no longer given: give that key \
         as AppSettings:PreviousStateKey, or the subject key itself as AppSettings:SubjectKey"
    )]
    Locked,
    /// The setting and the store do not agree.
    #[error(
        "AppSettings:SubjectKey is not the key with which the subjects in the fact store were hashed (subject-key/): give \
         that key, or none"
    )]
    Other,
    /// Not a fact of ours.
    #[error("fact {0} cannot be parsed: a handler did not write it like this")]
    Corrupt(String),
    /// Cannot be: keys have the right length when they are drawn.
    #[error(transparent)]
    Key(#[from] KeyTooShort),
}

/// `subject-key/*.json`: the key of the hashes of subjects, for those who hold a state key.
#[derive(Serialize, Deserialize)]
struct Kept {
    version: u8,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    /// Tells this key from others, and nothing else of it.
    print: FactHash,
    /// The key, encrypted once with each state key that was held.
    locked: Vec<String>,
}

/// What keeping the key takes.
pub(super) struct Keeping<'a> {
    pub(super) store: &'a dyn FactStore,
    pub(super) keys: &'a StateKeys,
    pub(super) clock: &'a dyn Clock,
    pub(super) random: &'a dyn Random,
}

impl Keeping<'_> {
    /// The store's subject key. `given` is the one that the settings give: it must be the store's, and becomes it if the
    /// store has none.
    pub(super) async fn load(&self, given: Option<KeyMaterial>) -> Result<SubjectKey, Error> {
        let ours = path(&self.keys.name());
        let (first, kept) = futures::try_join!(self.read(FIRST), self.read(&ours))?;
        let first = match first {
            Some(first) => first,
            None => self.draw(given.as_ref()).await?,
        };
        let mut copies = vec![(FIRST, &first)];
        copies.extend(kept.as_ref().map(|kept| (ours.as_str(), kept)));
        let is_kept = copies
            .iter()
            .any(|(_, copy)| copy.locked.iter().any(|text| self.keys.is_current(text)));
        let is_given = given.is_some();
        let material = match given.or_else(|| self.open(&copies)) {
            Some(material) => material,
            None => self.open_previous().await?,
        };
        let key = SubjectKey::new(&material);
        if key.print() != first.print {
            return Err(if is_given {
                Error::Other
            } else {
                Error::Corrupt(ours)
            });
        }
        if !is_kept {
            // Before anybody is served: from here on the previous state key is not needed for this any more.
            self.create(&ours, &material).await?;
            tracing::info!(
                code = "subject_key.copied",
                "subject key stored again, encrypted with the current state key"
            );
        }
        Ok(key)
    }

    /// Draws a key, or takes the one that is given. Of several who do so at once, one counts.
    async fn draw(&self, given: Option<&KeyMaterial>) -> Result<Kept, Error> {
        let drawn = KeyMaterial::new(self.random.bytes::<32>())?;
        let kept = self.create(FIRST, given.unwrap_or(&drawn)).await?;
        if kept.is_some() {
            tracing::info!(
                code = "subject_key.created",
                "new fact store; its subject key is stored from now on"
            );
        }
        match kept {
            Some(kept) => Ok(kept),
            None => self
                .read(FIRST)
                .await?
                .ok_or_else(|| Error::Corrupt(FIRST.to_owned())),
        }
    }

    fn open(&self, copies: &[(&str, &Kept)]) -> Option<KeyMaterial> {
        let mut locked = copies
            .iter()
            .flat_map(|(path, copy)| copy.locked.iter().map(move |text| (*path, text)));
        locked.find_map(|(path, text)| {
            let text = self.keys.unlock(path, text).ok()?;
            KeyMaterial::from_text(text.expose_secret())
        })
    }

    /// By what a process left that had the previous state key as its current one.
    async fn open_previous(&self) -> Result<KeyMaterial, Error> {
        let path = path(&self.keys.previous_name().ok_or(Error::Locked)?);
        let kept = self.read(&path).await?.ok_or(Error::Locked)?;
        self.open(&[(&path, &kept)]).ok_or(Error::Locked)
    }

    /// Keeps a key under all state keys that are held; nothing if somebody else has done so.
    async fn create(&self, path: &str, material: &KeyMaterial) -> Result<Option<Kept>, Error> {
        let nonce = || self.random.bytes();
        let kept = Kept {
            version: 1,
            at: self.clock.now(),
            print: SubjectKey::new(material).print(),
            locked: self.keys.lock_under_all(path, nonce, &material.to_text()),
        };
        let document = serde_json::to_vec(&kept).map_err(|_| Error::Corrupt(path.to_owned()))?;
        let created = self.store.create(path, Bytes::from(document)).await?;
        Ok((created == Created::New).then_some(kept))
    }

    async fn read(&self, path: &str) -> Result<Option<Kept>, Error> {
        let Some(document) = self.store.read(path).await? else {
            return Ok(None);
        };
        let kept = serde_json::from_slice(&document);
        kept.map(Some).map_err(|_| Error::Corrupt(path.to_owned()))
    }
}

fn path(state_key: &str) -> String {
    format!("subject-key/{state_key}.json")
}

#[cfg(test)]
mod tests;
