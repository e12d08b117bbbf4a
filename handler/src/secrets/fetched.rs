//! What is known of the vault: the last good answer to each question, whatever a later reading met.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;

use super::certificate_files::CertificateFiles;
use super::overlay::{NEVER_READ, Overlay, is_early, setting_of};
use super::want::Want;
use super::{Error, Secret, Version};
use crate::settings::{Source, misspelt};

/// What was read.
#[derive(Clone, Default)]
pub(super) struct Fetched {
    /// The last list that was read to its end.
    names: Option<Vec<String>>,
    latest: BTreeMap<String, Secret>,
    /// The latest first.
    versions: BTreeMap<String, Vec<Version>>,
    /// Versions that some process has noted, the latest first.
    noted: BTreeMap<String, Vec<Version>>,
    older: BTreeMap<(String, String), Secret>,
    /// What the last reading of a question met instead of an answer, and how many readings in a row.
    failed: BTreeMap<Want, (Error, u32)>,
    /// What this reading need not ask again.
    answered: BTreeSet<Want>,
    /// Secrets that ended with a line feed.
    cut: BTreeSet<String>,
    /// Beside the vault.
    pub(super) files: CertificateFiles,
}

/// An answer.
pub(super) enum Got {
    Names(Vec<String>),
    Secret(Secret),
    Versions(Vec<Version>),
}

impl Fetched {
    /// Reads the certificates of this folder that the settings name and that were not tried yet.
    pub(super) async fn read_files(&mut self, source: &dyn Source, folder: &Path) {
        let mut files = std::mem::take(&mut self.files);
        files.read(&self.overlay(source), folder).await;
        self.files = files;
    }

    /// Begins a reading: everything is asked for again, and what is known stays known.
    pub(super) fn begin(&mut self) {
        self.answered.clear();
    }

    /// Whether this reading has an answer, be it that there is no such secret or that it is refused.
    pub(super) fn is_answered(&self, want: &Want) -> bool {
        self.answered.contains(want)
    }

    /// Takes the answer to a question. One that failed changes nothing that was known.
    pub(super) fn keep(&mut self, want: Want, got: Result<Got, Error>) {
        if !matches!(&got, Err(error) if error.is_passing()) {
            self.answered.insert(want.clone());
        }
        let got = match got {
            Ok(got) => got,
            Err(error) => {
                let times = self
                    .failed
                    .get(&want)
                    .map_or(1, |(_, times)| times.saturating_add(1));
                self.failed.insert(want, (error, times));
                return;
            }
        };
        self.failed.remove(&want);
        match (want, got) {
            (Want::Latest(name), Got::Secret(secret)) => self.keep_latest(name, secret),
            (Want::Version(name, id), Got::Secret(secret)) => drop(self.older.insert((name, id), secret)),
            (Want::Versions(name), Got::Versions(versions)) => drop(self.versions.insert(name, versions)),
            (_, Got::Names(names)) => self.names = Some(names),
            _ => {}
        }
    }

    fn keep_latest(&mut self, name: String, mut secret: Secret) {
        let value = secret.value.expose_secret();
        let whole = value.trim_end_matches(['\r', '\n']);
        if whole.len() < value.len() {
            self.cut.insert(name.clone());
            secret.value = whole.into();
        } else {
            self.cut.remove(&name);
        }
        // The version before is known already: should the list of versions fail now, it still signs.
        if let Some(before) = self.latest.insert(name.clone(), secret)
            && let Some(id) = before.version.clone()
            && self
                .latest
                .get(&name)
                .is_some_and(|latest| latest.version.as_ref() != Some(&id))
        {
            self.older.insert((name, id), before);
        }
    }

    /// Takes the versions of a secret that were noted; false if all were known.
    pub(super) fn recall(&mut self, name: &str, mut noted: Vec<Version>) -> bool {
        noted.sort_by_key(|version| std::cmp::Reverse(version.created));
        let before = self.noted.insert(name.to_owned(), noted);
        before.as_ref() != self.noted.get(name)
    }

    /// The versions of a secret that are known by their ids, the latest first. What was noted and is missing in the list
    /// though it is older, was disabled or deleted, on purpose.
    fn listed(&self, name: &str) -> Vec<&Version> {
        let listed = self.versions.get(name).map_or(&[][..], Vec::as_slice);
        let noted = self.noted.get(name).map_or(&[][..], Vec::as_slice);
        let is_younger = |noted: &&Version| listed.iter().all(|listed| listed.created < noted.created);
        noted.iter().filter(is_younger).chain(listed).collect()
    }

    /// The versions of a secret whose ids and ages are known, the latest among them.
    pub(super) fn identified(&self, name: &str) -> Vec<Version> {
        let latest = self.latest.get(name);
        let latest = latest.and_then(|latest| {
            Some(Version {
                id: latest.version.clone()?,
                created: latest.created?,
            })
        });
        let former = self.former(name).into_iter().map(|(id, _, created)| Version {
            id: id.to_owned(),
            created,
        });
        latest.into_iter().chain(former).collect()
    }

    /// The last complete list.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flatten().map(String::as_str)
    }

    /// Secrets whose latest values are known.
    pub(super) fn known(&self) -> impl Iterator<Item = &str> {
        self.latest.keys().map(String::as_str)
    }

    /// Whether a list was ever read to its end.
    pub(super) fn is_listed(&self) -> bool {
        self.names.is_some()
    }

    /// What a question met the last time, if it was not answered, and how many times in a row.
    pub(super) fn failure(&self, want: &Want) -> Option<(&Error, u32)> {
        self.failed.get(want).map(|(error, times)| (error, *times))
    }

    /// Everything that the last reading met instead of answers.
    pub(super) fn failures(&self) -> impl Iterator<Item = (&Want, &Error, u32)> {
        self.failed
            .iter()
            .map(|(want, (error, times))| (want, error, *times))
    }

    /// Forgets failures of what is not wanted any more.
    pub(super) fn forget_failures(&mut self, wanted: &BTreeSet<Want>) {
        let answered = &self.answered;
        self.failed
            .retain(|want, _| wanted.contains(want) || answered.contains(want));
    }

    /// Whether there is an answer to a question, from whenever.
    pub(super) fn is_known(&self, want: &Want) -> bool {
        match want {
            Want::Names => self.is_listed(),
            Want::Latest(name) => self.latest.contains_key(name),
            Want::Versions(name) => self.versions.contains_key(name),
            Want::Version(name, id) => self.older.contains_key(&(name.clone(), id.clone())),
        }
    }

    /// The same without those settings that the list does not have any more and the vault does not give either; `None`
    /// when there are none. What was refused, disabled or could not be asked for is not among them.
    pub(super) fn without_removed(&self) -> Option<(Self, Vec<String>)> {
        let names = self.names.as_ref()?;
        let is_removed = |name: &String| {
            let missing = self.failure(&Want::Latest(name.clone()));
            matches!(missing, Some((Error::Missing(_), _)))
                && setting_of(name).is_some()
                && !names.iter().any(|listed| listed.eq_ignore_ascii_case(name))
        };
        let removed: Vec<String> = self
            .latest
            .keys()
            .filter(|name| is_removed(name))
            .cloned()
            .collect();
        if removed.is_empty() {
            return None;
        }
        let mut without = self.clone();
        for name in &removed {
            without.latest.remove(name);
        }
        Some((without, removed))
    }

    /// The settings, completed by what was read.
    pub(super) fn overlay<'a>(&self, source: &'a dyn Source) -> Overlay<'a> {
        let secrets = self.latest.iter();
        Overlay::new(
            source,
            secrets.map(|(name, secret)| (name.as_str(), &secret.value)),
        )
    }

    /// The same at a start, where a setting whose secret is refused or disabled must not fall back to its default.
    pub(super) fn overlay_at_start<'a>(&self, source: &'a dyn Source) -> Overlay<'a> {
        let refused = self.failures().filter_map(|(want, error, _)| {
            let Want::Latest(name) = want else { return None };
            let is_refused = matches!(error, Error::Denied { .. } | Error::Disabled(_));
            (is_refused && !self.is_known(want)).then_some((name.as_str(), error.rule()))
        });
        let misplaced = self.names().filter(|name| is_early(name));
        let misplaced = misplaced.map(|name| (name, NEVER_READ));
        self.overlay(source).refusing(refused.chain(misplaced))
    }

    /// The latest values, by name.
    pub(super) fn latest(&self) -> &BTreeMap<String, Secret> {
        &self.latest
    }

    /// Secrets whose values are not among these.
    pub(super) fn changed_since(&self, latest: &BTreeMap<String, Secret>) -> BTreeSet<String> {
        let same = |name: &String, secret: &Secret| {
            let before = latest.get(name);
            before.is_some_and(|before| before.value.expose_secret() == secret.value.expose_secret())
        };
        let changed = self.latest.iter().filter(|(name, secret)| !same(name, secret));
        changed.map(|(name, _)| name.clone()).collect()
    }

    /// Puts another value in a secret's place, or none.
    pub(super) fn put(&mut self, name: &str, secret: Option<&Secret>) {
        match secret {
            Some(secret) => drop(self.latest.insert(name.to_owned(), secret.clone())),
            None => drop(self.latest.remove(name)),
        }
    }

    /// A secret by name.
    pub(super) fn secret(&self, name: &str) -> Option<&Secret> {
        self.latest.get(name)
    }

    /// Why a secret is not known, as the end of a sentence about it.
    pub(super) fn why_not(&self, name: &str) -> &'static str {
        match self.failure(&Want::Latest(name.to_owned())) {
            Some((error, _)) => error.rule(),
            None => "is not in Key Vault",
        }
    }

    /// What is known of the versions of a secret, the latest first, and when each was made.
    pub(super) fn versions(&self, name: &str) -> Vec<(&Secret, OffsetDateTime)> {
        let older = self.former(name);
        // A latest version that somebody has disabled gives way to the others; alone, it stays in force.
        let gives_way = self.is_disabled(name) && !older.is_empty();
        let latest = self.latest.get(name).filter(|_| !gives_way);
        // By its own word, for the list may have been made before it was. One that was never listed is alone.
        let listed = self.listed(name);
        let made = |latest: &Secret| latest.created.or_else(|| Some(listed.first()?.created));
        let latest = latest.map(|latest| (latest, made(latest).unwrap_or(OffsetDateTime::UNIX_EPOCH)));
        let older = older.into_iter().map(|(_, secret, created)| (secret, created));
        latest.into_iter().chain(older).collect()
    }

    /// Versions of a secret other than the latest whose values are known, each with its id and when it was made.
    fn former(&self, name: &str) -> Vec<(&str, &Secret, OffsetDateTime)> {
        let known = self.older_versions(name).into_iter().filter_map(|version| {
            let secret = self.older.get(&(name.to_owned(), version.id.clone()))?;
            Some((version.id.as_str(), secret, version.created))
        });
        let mut former: Vec<_> = known.collect();
        for unlisted in self.unlisted(name) {
            if former.iter().all(|(id, ..)| *id != unlisted.0) {
                former.push(unlisted);
            }
        }
        former
    }

    /// Forgets former values, but for those of these certificates that `needed` picks among their creation times by place.
    pub(super) fn forget_former(
        &mut self,
        certificates: &[&str],
        needed: impl Fn(&[OffsetDateTime]) -> Vec<usize>,
    ) {
        let mut kept = BTreeSet::new();
        for name in certificates {
            let former = self.former(name);
            let all: Vec<_> = self.versions(name).iter().map(|(_, created)| *created).collect();
            let before = all.len() - former.len();
            let former = needed(&all)
                .into_iter()
                .filter_map(|place| former.get(place.checked_sub(before)?));
            kept.extend(former.map(|(id, ..)| ((*name).to_owned(), (*id).to_owned())));
        }
        self.older.retain(|version, _| kept.contains(version));
    }

    /// Whether the latest version of a secret was disabled when it was last asked for.
    fn is_disabled(&self, name: &str) -> bool {
        let failure = self.failure(&Want::Latest(name.to_owned()));
        matches!(failure, Some((Error::Disabled(_), _)))
    }

    /// Versions that were the latest once and are younger than the list, because none could be read since. What is older
    /// and not in the list was disabled or deleted, on purpose.
    fn unlisted(&self, name: &str) -> Vec<(&str, &Secret, OffsetDateTime)> {
        let listed = self.versions.get(name).map_or(&[][..], Vec::as_slice);
        let latest = self.latest.get(name).and_then(|latest| latest.version.as_ref());
        let is_younger = |created: OffsetDateTime| listed.iter().all(|version| version.created < created);
        let known = self
            .older
            .iter()
            .filter(|((of, id), _)| of == name && latest != Some(id));
        known
            .filter_map(|((_, id), secret)| Some((id.as_str(), secret, secret.created?)))
            .filter(|(.., created)| is_younger(*created))
            .collect()
    }

    /// The listed versions other than the latest, which is read without naming it; those that cannot be read left out.
    pub(super) fn older_versions(&self, name: &str) -> Vec<&Version> {
        let listed = self.listed(name);
        // A disabled one is in no list.
        let latest = self.latest.get(name);
        let is_itself = |version: &Version| match latest {
            _ if self.is_disabled(name) => false,
            Some(latest) => is_latest(latest, version, &listed),
            None => listed.first() == Some(&version),
        };
        let is_lost = |version: &Version| {
            let want = Want::Version(name.to_owned(), version.id.clone());
            self.is_answered(&want) && !self.is_known(&want)
        };
        let mut others = listed.clone();
        others.retain(|version| !is_itself(version) && !is_lost(version));
        others
    }

    /// Every value, in a fixed order, to tell whether anything has changed.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &SecretString)> {
        let older = self.older.iter().map(|((name, _), secret)| (name, secret));
        let all = self.latest.iter().chain(older);
        all.map(|(name, secret)| (name.as_str(), &secret.value))
    }

    /// What is not wrong but probably not meant. Names of secrets, no values.
    pub(super) fn remarks(&self) -> impl Iterator<Item = String> {
        let is_cut =
            |name: &String| format!("the Key Vault secret {name} ends with a line feed, which is cut off");
        let stranger = |name: &str| {
            let remark = misspelt::remark(&name.replace("--", ":"))?;
            setting_of(name)
                .is_none()
                .then(|| format!("the Key Vault secret {name} {remark}"))
        };
        let strangers = self
            .names()
            .filter(|name| name.contains("--"))
            .filter_map(stranger);
        let misplaced = self.names().filter(|name| is_early(name));
        let misplaced = misplaced.map(|name| format!("the Key Vault secret {name} {NEVER_READ}"));
        self.cut.iter().map(is_cut).chain(strangers).chain(misplaced)
    }
}

/// Whether a listed version is the latest value. Stores that do not name versions with their values list the latest first.
fn is_latest(latest: &Secret, version: &Version, listed: &[&Version]) -> bool {
    match (&latest.version, latest.created) {
        (Some(id), _) => *id == version.id,
        (None, Some(created)) if listed.iter().all(|listed| listed.created < created) => false,
        (None, _) => listed.first() == Some(&version),
    }
}
