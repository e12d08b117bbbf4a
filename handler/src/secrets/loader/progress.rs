//! How far loading has come, for whoever waits for it.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Loader, State, Wake};
use crate::settings::table;

/// What is still to come. Clones see the same.
#[derive(Clone)]
pub(crate) struct Progress {
    state: watch::Receiver<State>,
    wake: Arc<Wake>,
}

impl Loader {
    /// How far it has come, now and later.
    #[must_use]
    pub(crate) fn progress(&self) -> Progress {
        Progress {
            state: self.state.clone(),
            wake: Arc::clone(&self.wake),
        }
    }
}

impl Progress {
    /// What is waited for, in words for an operator: names of settings, never values.
    #[must_use]
    pub(crate) fn waits_for(&self) -> String {
        match &*self.state.borrow() {
            State::Loading if *self.wake.readings.borrow() == 0 => {
                format!("the file of {}", table::EXTRA_CA_FILE.name)
            }
            State::Loading => "Key Vault, or a certificate that App Service has loaded".to_owned(),
            State::Faulty(faults) => {
                let settings: Vec<&str> = faults.0.iter().map(|fault| fault.setting.as_str()).collect();
                format!("settings that are wrong: {}", settings.join(", "))
            }
            State::Ready(_) => format!("the fact store ({})", table::FACT_STORE.name),
        }
    }
}
