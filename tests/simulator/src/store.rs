//! One store for all processes: documents in memory, each operation with a point before and after its effect.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use handler::testing::{Created, FactStore, StoreError};

use crate::points::{Failed, Op, Side, Who};
use crate::world::{World, lock};

/// The store, as one process sees it.
pub(crate) struct Store {
    pub(crate) world: Arc<World>,
    pub(crate) who: Who,
}

impl Store {
    async fn point(&self, op: Op, side: Side, path: &str) -> Result<(), StoreError> {
        let passed = self.world.point(self.who, op, side, path).await;
        passed.map_err(|Failed| StoreError("for the schedule".to_owned()))
    }
}

#[async_trait]
impl FactStore for Store {
    async fn create(&self, path: &str, document: Bytes) -> Result<Created, StoreError> {
        self.point(Op::Create, Side::Before, path).await?;
        let created = {
            let mut facts = lock(&self.world.facts);
            if facts.contains_key(path) {
                Created::Existed
            } else {
                facts.insert(path.to_owned(), document);
                Created::New
            }
        };
        self.point(Op::Create, Side::After, path).await?;
        Ok(created)
    }

    async fn read(&self, path: &str) -> Result<Option<Bytes>, StoreError> {
        self.point(Op::Read, Side::Before, path).await?;
        let document = lock(&self.world.facts).get(path).cloned();
        self.point(Op::Read, Side::After, path).await?;
        Ok(document)
    }

    async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.point(Op::List, Side::Before, folder).await?;
        let names = {
            let facts = lock(&self.world.facts);
            let prefix = format!("{folder}/");
            let inside = facts.range(prefix.clone()..).map(|(path, _)| path);
            let names = inside.map_while(|path| path.strip_prefix(&prefix));
            names.map(str::to_owned).collect()
        };
        self.point(Op::List, Side::After, folder).await?;
        Ok(names)
    }

    async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let below = self.list(folder).await?;
        let folders: BTreeSet<&str> = below
            .iter()
            .filter_map(|name| Some(name.split_once('/')?.0))
            .collect();
        Ok(folders.into_iter().map(str::to_owned).collect())
    }

    async fn delete(&self, path: &str) -> Result<(), StoreError> {
        self.point(Op::Delete, Side::Before, path).await?;
        lock(&self.world.facts).remove(path);
        self.point(Op::Delete, Side::After, path).await
    }
}
