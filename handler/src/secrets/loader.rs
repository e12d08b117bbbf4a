//! Reads at start, again and again, and tells whoever waits.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::loaded::{LoadError, Loaded};
use super::vault::Vault;
use super::{Error, SecretStore, assembly, fetch};
use crate::clock::Clock;
use crate::http_client;
use crate::random::Random;
use crate::settings::{Early, Fault, Faults, Source, table};

/// Pause after the first failure; doubles for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Pause before settings that are wrong are looked at again: someone may have completed them in Key Vault.
const FAULTY_PAUSE: Duration = Duration::from_secs(30);
/// Shortest time between two readings, however often one is asked for.
const SHORTEST_PAUSE: Duration = Duration::from_secs(5);

/// So many failures in a row are an outage, about two seconds long.
const LOUD_FAILURES: u32 = 4;

/// How far loading has come.
#[derive(Clone, Debug)]
pub enum State {
    /// Nothing has been read yet; what cannot be reached is being tried again.
    Loading,
    /// Everything is there. A later one of these replaces it as a whole.
    Ready(Arc<Loaded>),
    /// The settings are wrong, and nothing good was ever read.
    Faulty(Faults),
}

/// Reads settings and secrets in the background. Dropping it ends that.
pub struct Loader {
    state: watch::Receiver<State>,
    wake: Arc<Wake>,
    task: tokio::task::JoinHandle<()>,
}

/// How a reading is asked for before its time, and how its end is told.
#[derive(Default)]
struct Wake {
    asked: Notify,
    /// Goes up when a reading begins and when it ends.
    readings: watch::Sender<u64>,
}

/// Asks for a reading before its time. Clones ask the same loader.
#[derive(Clone)]
pub struct Refresher {
    state: watch::Receiver<State>,
    wake: Arc<Wake>,
}

impl Refresher {
    /// Asks for a reading, for instance because a credential was refused, and waits for the end of one that began
    /// afterwards; that it brought anything new is not said. However often and by whomever, the loader reads at most
    /// every five seconds.
    pub async fn refresh(&self) {
        let mut readings = self.wake.readings.subscribe();
        let count = *readings.borrow_and_update();
        // One that is under way may have read already what has changed since.
        let enough = count + 2 + count % 2;
        self.wake.asked.notify_one();
        let _ = readings.wait_for(|count| *count >= enough).await;
    }

    /// What was loaded last, if anything was.
    #[must_use]
    pub fn loaded(&self) -> Option<Arc<Loaded>> {
        match &*self.state.borrow() {
            State::Ready(loaded) => Some(Arc::clone(loaded)),
            State::Loading | State::Faulty(_) => None,
        }
    }
}

impl Loader {
    /// Begins at once, in a task of its own on the present runtime.
    #[must_use]
    pub fn start(source: Arc<dyn Source>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self::spawn(move |state, wake| async move {
            // The first use of OpenSSL and all trusted roots take milliseconds: in a thread of their own, so that the host's
            // first question does not wait for them.
            let preparing = Arc::clone(&source);
            let prepared = tokio::task::spawn_blocking(move || prepare(preparing.as_ref()));
            let Ok(prepared) = prepared.await else {
                return; // a panic, which has been logged; whoever waits for states sees the end of them
            };
            match prepared {
                Ok((early, http, store)) => {
                    let job = Job {
                        source,
                        early,
                        http,
                        store,
                        clock,
                        random,
                    };
                    job.run(&state, &wake).await;
                }
                Err(faults) => {
                    report(&faults);
                    state.send_replace(State::Faulty(faults));
                    state.closed().await;
                }
            }
        })
    }

    fn spawn<F: Future<Output = ()> + Send + 'static>(
        run: impl FnOnce(watch::Sender<State>, Arc<Wake>) -> F,
    ) -> Self {
        let (sender, state) = watch::channel(State::Loading);
        let wake = Arc::new(Wake::default());
        let task = tokio::spawn(run(sender, Arc::clone(&wake)));
        Self { state, wake, task }
    }

    /// The present state, and every later one.
    #[must_use]
    pub fn states(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// What asks for a reading before its time.
    #[must_use]
    pub fn refresher(&self) -> Refresher {
        Refresher {
            state: self.state.clone(),
            wake: Arc::clone(&self.wake),
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Prepared = (Early, reqwest::Client, Option<Box<dyn SecretStore>>);

/// What must work without Key Vault.
fn prepare(source: &dyn Source) -> Result<Prepared, Faults> {
    let early = Early::load(source)?;
    let fault = |setting: &table::Setting, rule: String| {
        Faults(vec![Fault {
            setting: setting.name.to_owned(),
            rule: rule.into(),
        }])
    };
    let extra_ca = early.extra_ca_file.as_ref().map(std::fs::read).transpose();
    let extra_ca = extra_ca
        .map_err(|error| fault(&table::EXTRA_CA_FILE, format!("cannot be read: {}", error.kind())))?;
    let http = http_client::build(extra_ca.as_deref(), &early.user_agent, &early.resolve);
    let http = http.map_err(|error| fault(&table::EXTRA_CA_FILE, format!("is of no use: {error}")))?;
    let store = early
        .vault
        .as_ref()
        .map(|vault| Vault::new(vault, &http))
        .transpose();
    let store = store.map_err(|error| fault(&table::KEY_VAULT_URL, format!("is of no use: {error}")))?;
    let store = store.map(|store| Box::new(store) as Box<dyn SecretStore>);
    Ok((early, http, store))
}

struct Job {
    source: Arc<dyn Source>,
    early: Early,
    http: reqwest::Client,
    store: Option<Box<dyn SecretStore>>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Job {
    async fn run(&self, state: &watch::Sender<State>, wake: &Wake) {
        let mut failures = 0;
        loop {
            wake.readings.send_modify(|count| *count += 1);
            let loaded = self.load().await;
            let pause = match loaded {
                Ok(loaded) => {
                    failures = 0;
                    publish(state, loaded);
                    self.early.refresh
                }
                Err(LoadError::Faults(faults)) => {
                    report(&faults);
                    state.send_if_modified(|state| become_faulty(state, faults));
                    FAULTY_PAUSE
                }
                Err(LoadError::Secrets(error)) => {
                    failures += 1;
                    let is_down = !matches!(*state.borrow(), State::Ready(_));
                    complain(&error, failures, is_down);
                    self.back_off(failures)
                }
            };
            wake.readings.send_modify(|count| *count += 1);
            let shortest = SHORTEST_PAUSE.min(pause);
            tokio::time::sleep(shortest).await;
            let _ = tokio::time::timeout(pause.saturating_sub(shortest), wake.asked.notified()).await;
        }
    }

    #[tracing::instrument(name = "secrets.load", skip_all)]
    async fn load(&self) -> Result<Loaded, LoadError> {
        let now = self.clock.now();
        let fetched = match &self.store {
            Some(store) => fetch::fetch(self.source.as_ref(), store.as_ref(), now).await?,
            None => fetch::Fetched::default(),
        };
        let (source, http) = (self.source.as_ref(), self.http.clone());
        Ok(assembly::assemble(source, &self.early, &fetched, http, now)?)
    }

    /// Doubling, and up to half of it taken off at random, so that many processes do not knock all at once.
    fn back_off(&self, failures: u32) -> Duration {
        let pause = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(failures - 1).unwrap_or(u32::MAX));
        let [random] = self.random.bytes::<1>();
        let pause = pause.min(LONGEST_PAUSE);
        (pause / 2).mul_f64(1.0 + f64::from(random) / 255.0)
    }
}

/// What is the same as before changes nothing for those who wait for changes.
fn publish(state: &watch::Sender<State>, loaded: Loaded) {
    state.send_if_modified(|state| {
        if matches!(state, State::Ready(before) if before.fingerprint == loaded.fingerprint) {
            return false;
        }
        for remark in &loaded.settings.remarks {
            tracing::warn!(remark, "a setting is probably not as meant");
        }
        tracing::info!(
            token.key_id = loaded.signing.key_id(),
            "settings and secrets are loaded"
        );
        *state = State::Ready(Arc::new(loaded));
        true
    });
}

/// What was good stays in force.
fn become_faulty(state: &mut State, faults: Faults) -> bool {
    let changed = match state {
        State::Ready(_) => false,
        State::Loading => true,
        State::Faulty(before) => *before != faults,
    };
    if changed {
        *state = State::Faulty(faults);
    }
    changed
}

/// A vault that fails once or twice is nobody's night; one that keeps everybody out is.
fn complain(error: &Error, failures: u32, is_down: bool) {
    if is_down && failures >= LOUD_FAILURES {
        tracing::error!(cause = %error, failures, "secrets cannot be read, so nobody is served; trying again");
    } else if is_down {
        tracing::warn!(cause = %error, failures, "secrets could not be read, so nobody is served yet; trying again");
    } else {
        tracing::warn!(cause = %error, failures, "secrets could not be read again; those from before stay in force");
    }
}

fn report(faults: &Faults) {
    for fault in &faults.0 {
        tracing::error!(setting = fault.setting, rule = %fault.rule, "a setting is wrong");
    }
}

#[cfg(test)]
mod tests;
