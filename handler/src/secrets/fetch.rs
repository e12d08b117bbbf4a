//! Which secrets are wanted, and reading them in as few rounds as possible: what the environment names is read at once,
//! together with the list of all names; only what that brings to light needs a second round.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::StreamExt as _;
use secrecy::SecretString;
use time::OffsetDateTime;

use super::overlay::{Overlay, secret_name, setting_of};
use super::rotation::{self, LONGEST_TOKEN_LIFE, Pace, TOKENS_OVERDUE};
use super::{Error, Secret, SecretStore, Version};
use crate::settings::table::{self, Setting};
use crate::settings::{MAX_CLIENTS, Source};

/// Reads at the same time; each may be a TLS connection of its own.
const PARALLEL: usize = 16;
/// Longest time for one read, repeats included, whatever pause the vault asks for.
const READ_LIMIT: Duration = Duration::from_secs(8);
/// Names that name names that name names: more rounds than that, and somebody is playing with us.
const MAX_ROUNDS: usize = 4;

/// Settings that hold names of secrets.
const REFERENCES: [&Setting; 5] = [
    &table::SIGNING_CERT_NAME,
    &table::PREVIOUS_SIGNING_CERT_NAME,
    &table::CLIENT_SECRET_NAME,
    &table::CLIENT_PREVIOUS_SECRET_NAME,
    &table::CLIENT_CERTIFICATE_NAME,
];

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    Names,
    Latest(String),
    Versions(String),
    Version(String, String),
}

/// What was read. Absent secrets are noted as such.
#[derive(Default)]
pub(super) struct Fetched {
    names: Vec<String>,
    latest: BTreeMap<String, Option<Secret>>,
    versions: BTreeMap<String, Vec<Version>>,
    /// By name and version.
    older: BTreeMap<(String, String), Option<Secret>>,
}

enum Got {
    Names(Vec<String>),
    Latest(String, Option<Secret>),
    Versions(String, Vec<Version>),
    Older(String, String, Option<Secret>),
}

/// Reads everything that the settings want from the store.
///
/// # Errors
/// The store could not be asked, or refuses something that is needed. Missing secrets are no error yet.
pub(super) async fn fetch(
    source: &dyn Source,
    store: &dyn SecretStore,
    now: OffsetDateTime,
) -> Result<Fetched, Error> {
    let mut fetched = Fetched::default();
    let mut asked = BTreeSet::new();
    for round in 0..MAX_ROUNDS {
        let wanted = wanted(source, &fetched, now);
        let wanted: Vec<Want> = wanted.difference(&asked).cloned().collect();
        if wanted.is_empty() {
            break;
        }
        asked.extend(wanted.iter().cloned());
        let reads = futures::stream::iter(wanted).map(|want| read(store, want));
        let reads = reads.buffer_unordered(PARALLEL).collect::<Vec<_>>();
        let got = if round == 0 {
            futures::join!(reads, store.prepare()).0
        } else {
            reads.await
        };
        for got in got {
            fetched.keep(got?);
        }
    }
    Ok(fetched)
}

/// Everything wanted, as far as is known by now.
fn wanted(source: &dyn Source, fetched: &Fetched, now: OffsetDateTime) -> BTreeSet<Want> {
    let overlay = fetched.overlay(source);
    let direct = |setting: &str| source.get(setting).is_some_and(|value| !value.trim().is_empty());
    let mut wanted = BTreeSet::from([Want::Names]);
    let expected = expected(&overlay).filter(|setting| !direct(setting.name));
    wanted.extend(expected.map(|setting| Want::Latest(secret_name(setting.name))));
    let listed = fetched
        .names
        .iter()
        .filter_map(|name| Some((name, setting_of(name)?.1)));
    let listed = listed.filter(|(_, setting)| !direct(setting));
    wanted.extend(listed.map(|(_, setting)| Want::Latest(secret_name(&setting))));
    for setting in REFERENCES {
        wanted.extend(named(&overlay, setting).map(Want::Latest));
    }
    if let Some(name) = rotating(&overlay) {
        let older = fetched.older_than_latest(&name);
        let created: Vec<_> = older.iter().map(|version| version.created).collect();
        let needed = rotation::published(&created, now, longest_pace(&overlay));
        let needed = needed.into_iter().filter_map(|place| older.get(place));
        wanted.extend(needed.map(|version| Want::Version(name.clone(), version.id.clone())));
        wanted.insert(Want::Versions(name));
    }
    wanted
}

/// Secrets that are needed, so that there is no need to wait for the list to know that they are wanted.
fn expected(overlay: &Overlay<'_>) -> impl Iterator<Item = &'static Setting> {
    let given = |setting: &Setting| overlay.get(setting.name).is_some();
    let if_given = |condition: &Setting, setting| given(condition).then_some(setting);
    let always = [&table::JUMIO_USERNAME, &table::JUMIO_PASSWORD, &table::STATE_KEY];
    let sometimes = [
        if_given(&table::BASIC_USERNAME, &table::BASIC_PASSWORD),
        if_given(&table::PREVIOUS_BASIC_USERNAME, &table::PREVIOUS_BASIC_PASSWORD),
    ];
    always.into_iter().chain(sometimes.into_iter().flatten())
}

/// The names that a setting gives, of each client if it is a client's.
fn named(overlay: &Overlay<'_>, setting: &'static Setting) -> impl Iterator<Item = String> {
    let names = (0..MAX_CLIENTS).map(|index| setting.name.replace("<n>", &index.to_string()));
    let names: BTreeSet<String> = names.collect();
    let values = names.into_iter().filter_map(|name| overlay.get(&name));
    values
        .map(|value| value.trim().to_owned())
        .filter(|name| is_name(name))
}

/// The Key Vault certificate whose versions follow each other.
fn rotating(overlay: &Overlay<'_>) -> Option<String> {
    let previous = [
        &table::PREVIOUS_SIGNING_CERT_NAME,
        &table::PREVIOUS_SIGNING_CERT_THUMBPRINT,
    ];
    if previous
        .into_iter()
        .any(|setting| overlay.get(setting.name).is_some())
    {
        return None;
    }
    named(overlay, &table::SIGNING_CERT_NAME).next()
}

/// The slowest pace that the settings may turn out to mean: rather one version too many than one too few.
fn longest_pace(overlay: &Overlay<'_>) -> Pace {
    let setting = &table::SIGNING_KEY_PUBLISH;
    let given = overlay
        .get(setting.name)
        .and_then(|value| value.trim().parse().ok());
    let default = setting.default.and_then(|value| value.parse().ok());
    Pace {
        publish_first: Duration::from_secs(given.or(default).unwrap_or_default()),
        tokens_live: LONGEST_TOKEN_LIFE + TOKENS_OVERDUE,
    }
}

/// What settings will refuse must not reach an address either.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=127).contains(&name.len()) && name.bytes().all(plain)
}

async fn read(store: &dyn SecretStore, want: Want) -> Result<Got, Error> {
    match want {
        Want::Names => Ok(Got::Names(
            spared(in_time("the list", store.names()).await)?.unwrap_or_default(),
        )),
        Want::Latest(name) => {
            let secret = match in_time(&name, store.get(&name, None)).await {
                Err(Error::Missing(_)) => None,
                secret => Some(secret?),
            };
            Ok(Got::Latest(name, secret))
        }
        Want::Versions(name) => {
            let versions = spared(in_time(&name, store.versions(&name)).await)?;
            Ok(Got::Versions(name, versions.unwrap_or_default()))
        }
        Want::Version(name, id) => {
            let secret = spared(in_time(&name, store.get(&name, Some(&id))).await)?;
            Ok(Got::Older(name, id, secret))
        }
    }
}

/// What can be done without: not having it is remarked on, not being able to ask is still an error.
fn spared<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error @ Error::Unavailable { .. }) => Err(error),
        Err(error) => {
            tracing::warn!(cause = %error, "going on without");
            Ok(None)
        }
    }
}

async fn in_time<T>(what: &str, read: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |_| Error::Unavailable {
        what: what.to_owned(),
        why: format!("no answer within {} s", READ_LIMIT.as_secs()),
    };
    tokio::time::timeout(READ_LIMIT, read).await.map_err(late)?
}

impl Fetched {
    fn keep(&mut self, got: Got) {
        match got {
            Got::Names(names) => self.names = names,
            Got::Latest(name, secret) => drop(self.latest.insert(name, secret)),
            Got::Versions(name, versions) => drop(self.versions.insert(name, versions)),
            Got::Older(name, id, secret) => drop(self.older.insert((name, id), secret)),
        }
    }

    /// The settings, completed by what was read.
    pub(super) fn overlay<'a>(&self, source: &'a dyn Source) -> Overlay<'a> {
        let present = self
            .latest
            .iter()
            .filter_map(|(name, secret)| Some((name.as_str(), secret.as_ref()?)));
        Overlay::new(source, present.map(|(name, secret)| (name, &secret.value)))
    }

    /// A secret by name.
    pub(super) fn secret(&self, name: &str) -> Option<&Secret> {
        self.latest.get(name)?.as_ref()
    }

    /// What is known of the versions of a secret, the latest first, and when each was made.
    pub(super) fn versions(&self, name: &str) -> Vec<(&Secret, OffsetDateTime)> {
        let latest = self.secret(name);
        // A latest version that was never listed is alone, so its age does not matter.
        let made = self.latest_created(name).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let older = self.older_than_latest(name).into_iter().filter_map(|version| {
            let place = (name.to_owned(), version.id.clone());
            Some((self.older.get(&place)?.as_ref()?, version.created))
        });
        latest
            .map(|latest| (latest, made))
            .into_iter()
            .chain(older)
            .collect()
    }

    /// When the latest version was made: by its own word, for the list may have been made before it was.
    fn latest_created(&self, name: &str) -> Option<OffsetDateTime> {
        let listed = || Some(self.versions.get(name)?.first()?.created);
        self.secret(name)?.created.or_else(listed)
    }

    /// The versions of a secret besides the latest, which is read without naming it; those that cannot be read left out.
    fn older_than_latest(&self, name: &str) -> Vec<&Version> {
        let latest = self.latest_created(name);
        let versions = self.versions.get(name).map(Vec::as_slice).unwrap_or_default();
        let itself = versions
            .iter()
            .position(|version| Some(version.created) == latest);
        let is_readable = |version: &Version| {
            let place = (name.to_owned(), version.id.clone());
            !matches!(self.older.get(&place), Some(None))
        };
        let others = versions
            .iter()
            .enumerate()
            .filter(|(place, _)| Some(*place) != itself);
        others
            .map(|(_, version)| version)
            .filter(|version| is_readable(version))
            .collect()
    }

    /// Every value, in a fixed order, to tell whether anything has changed.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        let latest = self.latest.iter();
        let older = self.older.iter().map(|((name, _), secret)| (name, secret));
        latest
            .chain(older)
            .filter_map(|(name, secret)| Some((name.as_str(), &secret.as_ref()?.value)))
    }
}

#[cfg(test)]
mod tests;
