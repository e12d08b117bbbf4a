//! A store as far away as a cloud's: between any two operations others get their turn.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::sleep;

use crate::fact_store::{Created, FactStore, Place, StoreError, open};

struct Far(Arc<dyn FactStore>);

#[async_trait]
impl FactStore for Far {
    async fn create(&self, path: &str, document: Bytes) -> Result<Created, StoreError> {
        sleep(Duration::from_millis(2)).await;
        self.0.create(path, document).await
    }

    async fn read(&self, path: &str) -> Result<Option<Bytes>, StoreError> {
        sleep(Duration::from_millis(2)).await;
        self.0.read(path).await
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        sleep(Duration::from_millis(2)).await;
        self.0.list(folder).await
    }

    async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.0.folders(folder).await
    }

    async fn delete(&self, path: &str) -> Result<(), StoreError> {
        self.0.delete(path).await
    }
}

pub(crate) fn far() -> Arc<dyn FactStore> {
    Arc::new(Far(open(&Place::Memory).unwrap()))
}
