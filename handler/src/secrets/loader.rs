//! Reads at start, again and again, and tells whoever waits.
//!
//! # Layout
//! - `job`: reads, and decides what comes into force
//! - `told`: tells an operator what is wrong; `progress`: says what is still waited for

mod job;
mod progress;
mod told;

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use super::Notes;
use super::loaded::Loaded;
use super::prepare::prepare;
use crate::clock::Clock;
use crate::random::Random;
use crate::settings::{Faults, Source};
use job::Job;
use told::report;

/// How far loading has come.
#[derive(Clone, Debug)]
pub(crate) enum State {
    /// Nothing has been read yet; what cannot be reached is being tried again.
    Loading,
    /// Everything is there. A later one of these replaces it as a whole.
    Ready(Arc<Loaded>),
    /// The settings are wrong, and nothing good was ever read.
    Faulty(Faults),
}

/// Who tells an operator which settings are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// The log.
    Log,
    /// Whoever waits for [`Loader::once`]: said twice, it would look like two mistakes.
    Caller,
}

/// Reads settings and secrets in the background. Dropping it ends that.
pub(crate) struct Loader {
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
pub(crate) struct Refresher {
    state: watch::Receiver<State>,
    wake: Arc<Wake>,
}

impl Refresher {
    /// Asks for a reading, for instance because a credential was refused, and waits for the end of one that began
    /// afterwards; that it brought anything new is not said. However often and by whomever, the loader reads at most
    /// every five seconds.
    pub(crate) async fn refresh(&self) {
        let mut readings = self.wake.readings.subscribe();
        let count = *readings.borrow_and_update();
        // One that is under way may have read already what has changed since.
        let enough = count + 2 + count % 2;
        self.wake.asked.notify_one();
        let _ = readings.wait_for(|count| *count >= enough).await;
    }

    /// What was loaded last, if anything was.
    #[must_use]
    pub(crate) fn loaded(&self) -> Option<Arc<Loaded>> {
        match &*self.state.borrow() {
            State::Ready(loaded) => Some(Arc::clone(loaded)),
            State::Loading | State::Faulty(_) => None,
        }
    }
}

impl Loader {
    /// Begins at once, in a task of its own on the present runtime.
    #[must_use]
    pub(crate) fn start(
        source: Arc<dyn Source>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        notes: Arc<dyn Notes>,
        telling: Telling,
    ) -> Self {
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
                        notes,
                        telling,
                    };
                    job.run(&state, &wake).await;
                }
                Err(faults) => {
                    report(&faults, telling);
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

    /// What is loaded first, for a command that needs it once. Waits for it; the log says what it waits for.
    ///
    /// # Errors
    /// What is wrong with the settings; nothing when loading has ended by itself, which the log has told.
    pub(crate) async fn once(&self) -> Result<Arc<Loaded>, Option<Faults>> {
        let mut states = self.states();
        let known = states.wait_for(|state| !matches!(state, State::Loading)).await;
        match known.map(|state| state.clone()) {
            Ok(State::Ready(loaded)) => Ok(loaded),
            Ok(State::Faulty(faults)) => Err(Some(faults)),
            Ok(State::Loading) | Err(_) => Err(None),
        }
    }

    /// The present state, and every later one.
    #[must_use]
    pub(crate) fn states(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// What asks for a reading before its time.
    #[must_use]
    pub(crate) fn refresher(&self) -> Refresher {
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

#[cfg(test)]
mod tests;
