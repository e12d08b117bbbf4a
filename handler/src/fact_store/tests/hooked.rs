//! A store with a test's hand in it: it counts, delays, or fails, and otherwise passes on what it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;

use crate::fact_store::{Created, FactStore, Place, StoreError, open};

/// What the store is asked to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation<'a> {
    Create(&'a Bytes),
    Read,
    List,
    Folders,
    Delete,
}

impl Operation<'_> {
    pub(crate) fn is_create(self) -> bool {
        matches!(self, Self::Create(_))
    }

    pub(crate) fn is_write(self) -> bool {
        matches!(self, Self::Create(_) | Self::Delete)
    }
}

/// What a test does beside an operation. Each does nothing unless told otherwise.
#[async_trait]
pub(crate) trait Hooks: Send + Sync {
    /// Before it takes effect; a failure keeps it from that.
    async fn before(&self, operation: Operation<'_>, path: &str) -> Result<(), StoreError> {
        let _ = (operation, path);
        Ok(())
    }

    /// After it took effect; a failure loses its answer.
    async fn after(&self, operation: Operation<'_>, path: &str) -> Result<(), StoreError> {
        let _ = (operation, path);
        Ok(())
    }
}

/// Counts every operation.
pub(crate) struct Counting(pub(crate) Arc<AtomicUsize>);

#[async_trait]
impl Hooks for Counting {
    async fn before(&self, _: Operation<'_>, _: &str) -> Result<(), StoreError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// The store behind the hooks.
pub(crate) struct Hooked<H> {
    inner: Arc<dyn FactStore>,
    pub(crate) hooks: H,
}

impl<H: Hooks> Hooked<H> {
    pub(crate) fn over(inner: Arc<dyn FactStore>, hooks: H) -> Arc<Self> {
        Arc::new(Self { inner, hooks })
    }

    pub(crate) fn memory(hooks: H) -> Arc<Self> {
        Self::over(open(&Place::Memory).unwrap(), hooks)
    }

    async fn pass<T: Send>(
        &self,
        operation: Operation<'_>,
        path: &str,
        it: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        self.hooks.before(operation, path).await?;
        let answer = it.await?;
        self.hooks.after(operation, path).await?;
        Ok(answer)
    }
}

#[async_trait]
impl<H: Hooks> FactStore for Hooked<H> {
    async fn create(&self, path: &str, document: Bytes) -> Result<Created, StoreError> {
        let it = self.inner.create(path, document.clone());
        self.pass(Operation::Create(&document), path, it).await
    }

    async fn read(&self, path: &str) -> Result<Option<Bytes>, StoreError> {
        self.pass(Operation::Read, path, self.inner.read(path)).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.pass(Operation::List, folder, self.inner.list(folder)).await
    }

    async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.pass(Operation::Folders, folder, self.inner.folders(folder))
            .await
    }

    async fn delete(&self, path: &str) -> Result<(), StoreError> {
        self.pass(Operation::Delete, path, self.inner.delete(path)).await
    }

    async fn tidy(&self, now: OffsetDateTime) -> Result<u32, StoreError> {
        self.inner.tidy(now).await
    }
}

/// What a store says that fails because a test wants it.
pub(crate) fn failure() -> StoreError {
    StoreError("for the test".to_owned())
}
