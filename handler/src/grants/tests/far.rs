//! A store as far away as a cloud's: between any two operations others get their turn.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::sleep;

use crate::fact_store::tests::hooked::{Hooked, Hooks, Operation};
use crate::fact_store::{FactStore, StoreError};

struct Far;

#[async_trait]
impl Hooks for Far {
    async fn before(&self, _: Operation<'_>, _: &str) -> Result<(), StoreError> {
        sleep(Duration::from_millis(2)).await;
        Ok(())
    }
}

pub(crate) fn far() -> Arc<dyn FactStore> {
    Hooked::memory(Far)
}
