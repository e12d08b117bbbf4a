//! The fact store on `object_store`: in memory, in a folder, or in a container of Azure Blob Storage.
//!
//! The one operation that matters is *create if absent*: a map entry, a hard link to a finished file, `If-None-Match: *`.
//! All three are atomic and durable when they answer (memory as durable as memory is).
//!
//! # Layout
//! - `azure`: Blob Storage with managed identity, or with a key (Azurite)
//! - `leftovers`: files that killed processes have left unfinished
//! - `crypto`: what `object_store` needs of a crypto library, by OpenSSL

mod azure;
mod crypto;
mod leftovers;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};
use time::OffsetDateTime;
use tokio::time::{sleep, timeout};

pub use crate::checks::fact_store::{Created, FactStore, StoreError};
use crate::http_client::{self, Party};
pub(crate) use azure::{Access, Container};

/// No single operation takes longer, so that a slow store becomes an error while the caller still waits.
const PATIENCE: Duration = Duration::from_secs(8);
/// Number of times that a write is repeated, and the pause before the first; it doubles.
const REPEATS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Where facts are kept.
#[derive(Debug)]
pub enum Place {
    /// In this process; gone with it.
    Memory,
    /// In a folder, which is made if it is not there. Several processes of one machine may share it.
    Folder(PathBuf),
    /// In a blob container, which must be there. Any number of processes may share it.
    Container(Box<Container>),
}

/// Opens a place.
///
/// # Errors
/// The folder cannot be made or used; the container's address or key is not one. A container is not contacted yet.
pub fn open(place: &Place) -> Result<Arc<dyn FactStore>, StoreError> {
    let store: Arc<dyn ObjectStore> = match place {
        Place::Memory => Arc::new(InMemory::new()),
        Place::Folder(folder) => {
            let cause =
                |error: &dyn std::fmt::Display| StoreError(format!("folder {}: {error}", folder.display()));
            std::fs::create_dir_all(folder).map_err(|error| cause(&error))?;
            // Without fsync a power cut takes back what was acknowledged.
            let files = LocalFileSystem::new_with_prefix(folder)
                .map_err(|error| cause(&error))?
                .with_fsync(true);
            Arc::new(files)
        }
        Place::Container(container) => {
            let (reads, writes) = azure::open(container)?;
            return Ok(Arc::new(Objects {
                reads: Arc::new(reads),
                writes: Arc::new(writes),
                is_remote: true,
                folder: None,
            }));
        }
    };
    Ok(Arc::new(Objects {
        reads: Arc::clone(&store),
        writes: store,
        is_remote: false,
        folder: match place {
            Place::Folder(folder) => Some(folder.clone()),
            Place::Memory | Place::Container(_) => None,
        },
    }))
}

/// Facts as objects.
struct Objects {
    reads: Arc<dyn ObjectStore>,
    /// The same store by a client that repeats nothing by itself: who repeats a create must know it, to recognise what the
    /// try before has written.
    writes: Arc<dyn ObjectStore>,
    /// Each operation is an exchange of the process's one HTTP client.
    is_remote: bool,
    /// Where it is a folder.
    folder: Option<PathBuf>,
}

#[async_trait]
impl FactStore for Objects {
    async fn create(&self, path: &str, document: Bytes) -> Result<Created, StoreError> {
        let path = parse(path)?;
        let created = bounded(self.is_remote, self.create_or_repeat(&path, document)).await?;
        let created = created.map_err(|error| failed(&error))?;
        tracing::trace!(fact = %path, is_new = created == Created::New, "created");
        Ok(created)
    }

    async fn read(&self, path: &str) -> Result<Option<Bytes>, StoreError> {
        let path = parse(path)?;
        let read = async { self.reads.get(&path).await?.bytes().await };
        match bounded(self.is_remote, read).await? {
            Ok(document) => {
                tracing::trace!(fact = %path, bytes = document.len(), "read");
                Ok(Some(document))
            }
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let folder = parse(folder)?;
        let all = self.reads.list(Some(&folder)).try_collect::<Vec<_>>();
        let listed = match bounded(self.is_remote, all).await? {
            Ok(listed) => listed,
            Err(Error::NotFound { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(failed(&error)),
        };
        let below = |object: &object_store::ObjectMeta| {
            let parts = object.location.prefix_match(&folder)?;
            Some(
                parts
                    .map(|part| part.as_ref().to_owned())
                    .collect::<Vec<_>>()
                    .join("/"),
            )
        };
        let mut names: Vec<String> = listed.iter().filter_map(below).collect();
        names.sort_unstable();
        Ok(names)
    }

    async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let folder = parse(folder)?;
        let listed = match bounded(self.is_remote, self.reads.list_with_delimiter(Some(&folder))).await? {
            Ok(listed) => listed,
            Err(Error::NotFound { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(failed(&error)),
        };
        let name = |path: &Path| path.filename().map(str::to_owned);
        let mut names: Vec<String> = listed.common_prefixes.iter().filter_map(name).collect();
        names.sort_unstable();
        Ok(names)
    }

    async fn delete(&self, path: &str) -> Result<(), StoreError> {
        let path = parse(path)?;
        match bounded(self.is_remote, self.reads.delete(&path)).await? {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }

    async fn tidy(&self, now: OffsetDateTime) -> Result<u32, StoreError> {
        let Some(folder) = self.folder.clone() else {
            return Ok(0);
        };
        let removed = tokio::task::spawn_blocking(move || leftovers::remove(&folder, now.into())).await;
        let removed = removed.map_err(|error| StoreError(error.to_string()))?;
        removed.map_err(|error| StoreError(error.to_string()))
    }
}

impl Objects {
    /// Repeats a write that was cut off or refused for the moment. The try before may have taken effect all the same: then
    /// what is there is our own document.
    async fn create_or_repeat(&self, path: &Path, document: Bytes) -> Result<Created, Error> {
        let mut created = self.create_once(path, &document).await;
        for nth in 0..REPEATS {
            let Err(Error::Generic { .. }) = created else {
                return created;
            };
            sleep(FIRST_PAUSE * 2_u32.pow(nth)).await;
            created = match self.create_once(path, &document).await {
                Ok(Created::Existed) if self.reads.get(path).await?.bytes().await? == document => {
                    Ok(Created::New)
                }
                other => other,
            };
        }
        created
    }

    async fn create_once(&self, path: &Path, document: &Bytes) -> Result<Created, Error> {
        let options = PutOptions::from(PutMode::Create);
        match self.writes.put_opts(path, document.clone().into(), options).await {
            Ok(_) => Ok(Created::New),
            Err(Error::AlreadyExists { .. }) => Ok(Created::Existed),
            Err(error) => Err(error),
        }
    }
}

/// A path as it is: `object_store` would quietly encode other characters.
fn parse(path: &str) -> Result<Path, StoreError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_segment =
        |segment: &str| !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(is_plain);
    if !path.split('/').all(is_segment) {
        return Err(StoreError("not a path of a fact".to_owned()));
    }
    Path::parse(path).map_err(|_| StoreError("not a path of a fact".to_owned()))
}

/// Runs an operation within its time, the wait for a free connection included.
async fn bounded<T>(is_remote: bool, operation: impl Future<Output = T>) -> Result<T, StoreError> {
    let placed = async {
        let _place = if is_remote {
            http_client::place(Party::Store).await
        } else {
            None
        };
        operation.await
    };
    timeout(PATIENCE, placed)
        .await
        .map_err(|_| StoreError("no answer in time".to_owned()))
}

fn failed(error: &Error) -> StoreError {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    StoreError(text)
}

#[cfg(test)]
pub(crate) mod tests;
