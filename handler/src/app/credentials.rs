//! Jumio's credentials as they were read last, and read again when Jumio refuses them.

use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::jumio::{ClientCredentials, Credentials};
use crate::secrets::Refresher;
use crate::settings::Jumio;

/// Timeout for a reading: whoever waits here waits for Jumio, too, and is to be told of a refusal, not of a budget
/// that has run out.
const PATIENCE: Duration = Duration::from_secs(2);
/// Shortest time between two readings that are asked for because of refusals.
const COOLDOWN: Duration = Duration::from_secs(30);

/// Credentials that follow what is loaded.
pub(crate) struct Live {
    refresher: Refresher,
    of: fn(&Jumio) -> ClientCredentials,
    /// When a reading was last asked for; held while one goes on, so that one serves all who were refused.
    asked: Mutex<Option<Instant>>,
}

impl Live {
    /// Those of the current API.
    pub(crate) fn new(refresher: Refresher) -> Self {
        Self::following(refresher, |jumio| of(&jumio.username, &jumio.password))
    }

    /// Those of the older API.
    pub(crate) fn of_netverify(refresher: Refresher) -> Self {
        Self::following(refresher, |jumio| {
            let (username, password) = jumio.netverify_pair();
            of(username, password)
        })
    }

    fn following(refresher: Refresher, of: fn(&Jumio) -> ClientCredentials) -> Self {
        Self {
            refresher,
            of,
            asked: Mutex::default(),
        }
    }
}

fn of(username: &SecretString, password: &SecretString) -> ClientCredentials {
    ClientCredentials {
        id: username.expose_secret().to_owned(),
        secret: password.clone(),
    }
}

#[async_trait]
impl Credentials for Live {
    /// Empty as long as nothing is loaded; no client is built before.
    fn current(&self) -> ClientCredentials {
        let loaded = self.refresher.loaded();
        let nothing = || ClientCredentials {
            id: String::new(),
            secret: String::new().into(),
        };
        loaded.map_or_else(nothing, |loaded| (self.of)(&loaded.settings.jumio))
    }

    async fn renewed(&self, refused: &ClientCredentials) -> bool {
        let mut asked = self.asked.lock().await;
        let is_due = asked.is_none_or(|asked| asked.elapsed() >= COOLDOWN);
        if self.current() == *refused && is_due {
            *asked = Some(Instant::now());
            tracing::warn!(
                code = "jumio.credentials_refused",
                "Jumio refused the credentials in JumioSettings; reading them again"
            );
            if timeout(PATIENCE, self.refresher.refresh()).await.is_err() {
                tracing::warn!(
                    code = "jumio.credentials_late",
                    "reading the Jumio credentials again timed out"
                );
            }
        }
        self.current() != *refused
    }
}
