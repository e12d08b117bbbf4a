//! Replaces the services as a whole whenever something new was loaded. What cannot be put together changes nothing.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::services::Builder;
use crate::secrets::{Loader, State};
use crate::services::Services;

/// Pause before something that was loaded well, but could not be put together, is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// Keeps the services up to date. Dropping it ends that.
pub(super) struct Keeper(tokio::task::JoinHandle<()>);

impl Keeper {
    pub(super) fn start(
        loader: Loader,
        builder: Builder,
        services: watch::Sender<Option<Arc<Services>>>,
    ) -> Self {
        Self(tokio::spawn(keep(loader, builder, services)))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn keep(loader: Loader, builder: Builder, services: watch::Sender<Option<Arc<Services>>>) {
    let mut states = loader.states();
    loop {
        let state = states.borrow_and_update().clone();
        let failed = match state {
            State::Ready(all) => match builder.build(&all).await {
                Ok(built) => {
                    services.send_replace(Some(Arc::new(built)));
                    false
                }
                Err(fault) => {
                    tracing::error!(code = "services.build_failed", cause = %fault, "building services failed; retrying");
                    true
                }
            },
            // The loader has said what is wrong, setting by setting. Requests are answered 503 meanwhile.
            State::Loading | State::Faulty(_) => false,
        };
        let changed = states.changed();
        let ended = if failed {
            tokio::time::timeout(PAUSE, changed)
                .await
                .is_ok_and(|changed| changed.is_err())
        } else {
            changed.await.is_err()
        };
        if ended {
            tracing::error!(
                code = "settings.refresh_ended",
                "settings and secrets are no longer refreshed"
            );
            return;
        }
    }
}
