//! What the core needs of a store: folders of small documents that are created once and never changed.

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

/// What became of a document that was to be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It did not exist and does now, durably.
    New,
    /// It existed already and is unchanged.
    Existed,
}

/// The store could not be asked. Says nothing about what it holds.
#[derive(Debug, thiserror::Error)]
#[error("the fact store (FactStore:Location) cannot be reached: {0}")]
pub struct StoreError(pub String);

/// Documents under paths such as `facts/2/subjects/<s>/<v>/request.json`; segments are `[A-Za-z0-9._-]+`.
#[async_trait]
pub trait FactStore: Send + Sync {
    /// Creates a document unless one exists at this path. Durable when it answers. Of racing callers exactly one is
    /// told [`Created::New`].
    ///
    /// # Errors
    /// The store could not be reached; the document may or may not exist.
    async fn create(&self, path: &str, document: Bytes) -> Result<Created, StoreError>;

    /// Reads a document whole, if it exists.
    ///
    /// # Errors
    /// The store could not be reached.
    async fn read(&self, path: &str) -> Result<Option<Bytes>, StoreError>;

    /// Names of all documents below a folder, relative to it and sorted; empty for a folder that does not exist.
    ///
    /// # Errors
    /// The store could not be reached.
    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError>;

    /// Names of the folders directly in a folder, sorted. For retention, which goes through all subjects.
    ///
    /// # Errors
    /// The store could not be reached.
    async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError>;

    /// Deletes a document, if it exists. For retention and erasure alone.
    ///
    /// # Errors
    /// The store could not be reached; the document may or may not be gone.
    async fn delete(&self, path: &str) -> Result<(), StoreError>;

    /// Removes what processes that were killed long before now have left unfinished, where there can be such a thing. Gives
    /// the number of files.
    ///
    /// # Errors
    /// The store could not be reached.
    async fn tidy(&self, now: OffsetDateTime) -> Result<u32, StoreError> {
        let _ = now;
        Ok(0)
    }
}
