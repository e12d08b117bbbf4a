//! Requests that are kept until a browser comes for them, before there is any verification that they could belong to.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use tokio::time::Instant;

use crate::checks::fact_store::Created;
use crate::checks::facts::V2;
use crate::checks::facts::names;
use crate::checks::{Checks, Deps, Error};
use crate::ids::{BrowserHash, FactHash};

/// How long after its end a request is swept away: a browser may be working on it still.
const TRAILING: Duration = Duration::hours(1);

/// Names a request that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// Random.
    pub hash: FactHash,
    /// When it ends, whole seconds.
    pub until: OffsetDateTime,
}

/// `held/<t>-<h>-used.json`: which browser it serves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Serves {
    pub(crate) version: V2,
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) at: OffsetDateTime,
    pub(crate) browser: BrowserHash,
}

impl Checks {
    /// Keeps a request.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn keep_held<T: Serialize + Sync>(&self, held: Held, request: &T) -> Result<(), Error> {
        let path = names::held(held.until.unix_timestamp(), held.hash);
        self.deps.write(&path, request).await.map(|_| ())
    }

    /// Reads a request that is kept.
    ///
    /// # Errors
    /// It is not there; the store.
    pub(crate) async fn read_held<T: DeserializeOwned>(&self, held: Held) -> Result<T, Error> {
        let path = names::held(held.until.unix_timestamp(), held.hash);
        self.deps.read(&path).await?.ok_or(Error::NotFound)
    }

    /// Binds a request to the first browser that comes for it. Gives the one that came first.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn serve_held(&self, held: Held, ours: Serves) -> Result<Serves, Error> {
        let path = names::held_used(held.until.unix_timestamp(), held.hash);
        match self.deps.write(&path, &ours).await? {
            Created::New => Ok(ours),
            Created::Existed => self.deps.read(&path).await?.ok_or(Error::NotFound),
        }
    }
}

/// Removes the requests that ended long ago. Their names say when they do, and stand in that order.
pub(in crate::checks) async fn sweep(deps: &Deps, now: OffsetDateTime, until: Instant) -> Result<(), Error> {
    let before = (now - TRAILING).unix_timestamp();
    for file in deps.store.list(names::HELD).await? {
        if names::held_until(&file).is_none_or(|until| until > before) {
            continue;
        }
        // The rest is for the next one.
        if Instant::now() >= until {
            break;
        }
        deps.store.delete(&format!("{}/{file}", names::HELD)).await?;
    }
    Ok(())
}
