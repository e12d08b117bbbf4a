//! Reads, and decides what comes into force: what was good stays, and at a start nothing is served in part.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;

use super::super::certificate_files::CertificateFiles;
use super::super::fetched::Fetched;
use super::super::loaded::Loaded;
use super::super::standing::{Settled, Standing, complaints};
use super::super::want::Want;
use super::super::wanted::unlisted;
use super::super::{Error, Notes, SecretStore, assembly, fetch};
use super::told::{Wrong, complain, report, tell};
use super::{State, Telling, Wake};
use crate::clock::Clock;
use crate::random::Random;
use crate::settings::{Early, Faults, Names, Settings, Source};

/// Pause after the first failure; doubles for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Maximum pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// First pause before settings that are wrong are looked at again: someone may be completing them in Key Vault. Doubles
/// as long as nothing changes.
const FIRST_FAULTY_PAUSE: Duration = Duration::from_secs(2);
/// The longest of these pauses.
const FAULTY_PAUSE: Duration = Duration::from_secs(30);
/// Shortest time between two readings, however often one is asked for.
const SHORTEST_PAUSE: Duration = Duration::from_secs(5);

/// What reads, and with what.
pub(super) struct Job {
    pub(super) source: Arc<dyn Source>,
    pub(super) early: Early,
    pub(super) http: reqwest::Client,
    pub(super) store: Option<Box<dyn SecretStore>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) notes: Arc<dyn Notes>,
    pub(super) telling: Telling,
}

/// What is known and in force, and what was met since all was well, to find the next pause.
#[derive(Default)]
struct Tally {
    standing: Option<Standing>,
    /// Attempts in a row at which something could not be asked for.
    failures: u32,
    /// Readings in a row with the same faults.
    faulty: u32,
    faults: Option<Faults>,
}

impl Job {
    /// Reads for ever; never ends by itself.
    pub(super) async fn run(&self, state: &watch::Sender<State>, wake: &Wake) {
        let (mut known, mut tally) = (Fetched::default(), Tally::default());
        let mut began = Instant::now();
        loop {
            wake.readings.send_modify(|count| *count += 1);
            let pause = self.step(&mut known, &mut tally, state).await;
            wake.readings.send_modify(|count| *count += 1);
            let shortest = SHORTEST_PAUSE.min(pause);
            tokio::time::sleep(shortest).await;
            let woken = tokio::time::timeout(pause.saturating_sub(shortest), wake.asked.notified()).await;
            // Only what could not be asked for is asked for again, until the next reading of everything is due.
            if tally.failures == 0 || woken.is_ok() || began.elapsed() >= self.early.refresh {
                known.begin();
                began = Instant::now();
            }
        }
    }

    /// Reads, puts what is known together, and gives the pause until the next time.
    #[tracing::instrument(name = "secrets.load", skip_all)]
    async fn step(&self, known: &mut Fetched, tally: &mut Tally, state: &watch::Sender<State>) -> Duration {
        let standing = &mut tally.standing;
        // At a start nobody is served before all is answered that was asked for so far. The list is asked for again later.
        let midway = |known: &mut Fetched| {
            let mut failures = known.failures().filter(|(want, ..)| **want != Want::Names);
            let is_answered = failures.all(|(_, error, _)| !error.is_passing());
            drop(failures);
            if standing.is_some() || is_answered {
                drop(self.take(known, standing, state));
            }
        };
        let failure = self.read(known, midway).await.err();
        tally.failures = failure.as_ref().map_or(0, |_| tally.failures.saturating_add(1));
        let is_ready = tally.standing.is_some();
        let taken = if failure.is_none() || is_ready {
            self.take(known, &mut tally.standing, state)
        } else {
            Ok(Wrong::default())
        };
        tell(known, tally.failures);
        if let Some(error) = &failure {
            complain(error, tally.failures, !is_ready);
        }
        let pause = match taken {
            Err(faults) => {
                report(&faults, self.telling);
                tally.pause_after(faults).min(FAULTY_PAUSE)
            }
            Ok(_) if failure.is_some() => self.back_off(tally.failures),
            Ok(wrong) => {
                wrong.report();
                tally.pause_while(wrong, self.early.refresh)
            }
        };
        let asked = self.store.as_ref().and_then(|store| store.pause());
        pause.max(asked.unwrap_or_default())
    }

    async fn read(&self, known: &mut Fetched, midway: impl FnOnce(&mut Fetched)) -> Result<(), Error> {
        let (source, folder) = (self.source.as_ref(), &self.early.certificate_folder);
        known.files = CertificateFiles::default();
        known.read_files(source, folder).await;
        let read = self.read_secrets(known, midway).await;
        known.read_files(source, folder).await; // those that only secrets have named
        read
    }

    async fn read_secrets(
        &self,
        known: &mut Fetched,
        midway: impl FnOnce(&mut Fetched),
    ) -> Result<(), Error> {
        let Some(store) = self.store.as_deref() else {
            return Ok(());
        };
        let (source, names, now) = (self.source.as_ref(), self.early.names, self.clock.now());
        fetch::fetch(source, store, names, now, known, midway).await?;
        if names == Names::Named && self.recall(known, now).await? {
            fetch::fetch(source, store, names, now, known, |_| {}).await?;
        }
        Ok(())
    }

    /// Takes from the notes which versions of the signing certificates there were, if they cannot be listed and the latest is
    /// young. True if there are any to be read.
    async fn recall(&self, known: &mut Fetched, now: OffsetDateTime) -> Result<bool, Error> {
        let source = self.source.as_ref();
        let names = unlisted(source, known, now);
        if names.is_empty() {
            return Ok(false);
        }
        // With wrong settings it is not known where the notes are, and nothing comes into force.
        let Ok(settings) = Settings::load(&known.overlay(source)) else {
            return Ok(false);
        };
        let mut is_news = false;
        for name in names {
            let noted = self.notes.versions(&settings, &self.http, &name).await;
            let noted = noted.map_err(|why| Error::Notes { why })?;
            is_news |= known.recall(&name, noted);
        }
        Ok(is_news)
    }

    /// Puts what is known into force, as far as it is good, and gives what is wrong all the same; if nothing can be put
    /// together, what was good stays in force.
    fn take(
        &self,
        known: &mut Fetched,
        standing: &mut Option<Standing>,
        state: &watch::Sender<State>,
    ) -> Result<Wrong, Faults> {
        let settled = match standing.as_ref() {
            Some(standing) => self.again(known, standing),
            None => self.first(known),
        };
        match settled {
            Ok(settled) => {
                *standing = Some(Standing::of(&settled.fetched, &settled.loaded));
                let wrong = Wrong {
                    aside: settled.loaded.settings.aside.clone(),
                    bad: settled.bad,
                };
                publish(state, settled.loaded);
                Ok(wrong)
            }
            Err(faults) => {
                state.send_if_modified(|state| become_faulty(state, faults.clone()));
                Err(faults)
            }
        }
    }

    /// At a start nobody is served with a part of the configuration.
    fn first(&self, known: &Fetched) -> Result<Settled, Faults> {
        let source = self.source.as_ref();
        let hidden = match self.store {
            Some(_) => fetch::hidden(source, known, self.early.names, self.clock.now()),
            None => Vec::new(),
        };
        match self.assemble(known, Settings::load_at_start(&known.overlay_at_start(source))) {
            Ok(loaded) if hidden.is_empty() => Ok(Settled {
                loaded,
                fetched: known.clone(),
                bad: Vec::new(),
            }),
            Ok(_) => Err(Faults(hidden)),
            Err(faults) => Err(fetch::explained(faults, hidden)),
        }
    }

    /// While running, settings that were taken out of the vault go, if everybody can do without them.
    fn again(&self, known: &mut Fetched, standing: &Standing) -> Result<Settled, Faults> {
        let source = self.source.as_ref();
        let assemble = |known: &Fetched| self.assemble(known, Settings::load(&known.overlay(source)));
        let settled = standing.settle(known, source, assemble)?;
        let Some((without, removed)) = settled.fetched.without_removed() else {
            return Ok(settled);
        };
        let words = removed.join(" ");
        let before = complaints(&settled.loaded);
        let harmless = |loaded: &Loaded| complaints(loaded).iter().all(|fault| before.contains(fault));
        match assemble(&without) {
            Ok(loaded) if harmless(&loaded) => {
                tracing::warn!(
                    code = "secrets.removed",
                    removed = words,
                    "secrets removed from Key Vault; the defaults of their settings apply"
                );
                for name in &removed {
                    known.put(name, None);
                }
                Ok(Settled {
                    loaded,
                    fetched: without,
                    bad: settled.bad,
                })
            }
            result => {
                let faults = result.map_or_else(|faults| faults, |loaded| Faults(complaints(&loaded)));
                tracing::warn!(code = "secrets.still_needed", removed = words, rule = %faults,
                    "secrets removed from Key Vault are required; their last values stay in force");
                Ok(settled)
            }
        }
    }

    fn assemble(&self, known: &Fetched, settings: Result<Settings, Faults>) -> Result<Loaded, Faults> {
        let (http, now) = (self.http.clone(), self.clock.now());
        let mut loaded = assembly::assemble(settings, &self.early, known, http, now)?;
        loaded.settings.remarks.extend(known.remarks());
        Ok(loaded)
    }

    /// Doubling, and up to half of it taken off at random, so that many processes do not knock all at once.
    fn back_off(&self, failures: u32) -> Duration {
        let [random] = self.random.bytes::<1>();
        let pause = doubled(FIRST_PAUSE, failures).min(LONGEST_PAUSE);
        (pause / 2).mul_f64(1.0 + f64::from(random) / 255.0)
    }
}

impl Tally {
    /// Short while somebody is at work on the settings, long when nothing changes.
    fn pause_after(&mut self, faults: Faults) -> Duration {
        let is_same = self.faults.as_ref() == Some(&faults);
        self.faulty = if is_same { self.faulty.saturating_add(1) } else { 1 };
        self.faults = Some(faults);
        doubled(FIRST_FAULTY_PAUSE, self.faulty)
    }

    /// The same while most is well: never longer than without any fault.
    fn pause_while(&mut self, wrong: Wrong, longest: Duration) -> Duration {
        if wrong.bad.is_empty() && wrong.aside.is_empty() {
            self.faults = None;
            return longest;
        }
        self.pause_after(Faults([wrong.bad, wrong.aside].concat()))
            .min(longest)
    }
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1_u32.checked_shl(times.saturating_sub(1)).unwrap_or(u32::MAX))
}

/// What is the same as before changes nothing for those who wait for changes.
fn publish(state: &watch::Sender<State>, loaded: Loaded) {
    state.send_if_modified(|state| {
        if matches!(state, State::Ready(before) if before.fingerprint == loaded.fingerprint) {
            return false;
        }
        for remark in &loaded.settings.remarks {
            tracing::warn!(code = "settings.suspicious", remark, "suspicious setting");
        }
        if loaded.is_unpublished {
            tracing::error!(
                code = "signing.unpublished_key",
                token.key_id = loaded.signing.key_id(),
                "signing with a key that was not published before, which is right in a first deployment only: the versions of \
                 AppSettings:SigningCertName cannot be listed, and no earlier one is noted in the fact store or can be read"
            );
        }
        tracing::info!(
            code = "settings.loaded",
            token.key_id = loaded.signing.key_id(),
            "settings and secrets loaded"
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
