//! Sweeps while the process lives: what callbacks were lost, erasures that wait, facts that were kept for long enough.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::services::Services;

/// How often. Of all processes one does it.
const PAUSE: Duration = Duration::from_secs(300);

/// Dropping it ends that.
pub(super) struct Sweeper(tokio::task::JoinHandle<()>);

impl Sweeper {
    pub(super) fn start(services: watch::Receiver<Option<Arc<Services>>>) -> Self {
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(PAUSE).await;
                let present = services.borrow().clone();
                let Some(present) = present else { continue };
                if let Err(error) = present.checks.sweep().await {
                    tracing::warn!(cause = %error, code = "sweep.failed", "sweep failed; the next one goes on");
                }
            }
        }))
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}
