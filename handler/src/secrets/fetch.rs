//! Reads what is wanted in as few rounds as possible: what the environment names is read at once, beside the list of all
//! names where there is none yet; only what that brings to light needs a second round. Each question stands by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt as _;
use time::OffsetDateTime;

use super::fetched::{Fetched, Got};
use super::want::Want;
use super::wanted::{forget_former, is_too_young, rotating, wanted};
use super::{Error, SecretStore};
use crate::settings::table::Setting;
use crate::settings::{Fault, Faults, Names, Source, table};

/// Reads at the same time; each may be a TLS connection of its own.
const PARALLEL: usize = 16;
/// Timeout for one read, including retries.
const READ_LIMIT: Duration = Duration::from_secs(8);
/// Timeout for a list, which comes in pages of 25, one after another.
const LIST_LIMIT: Duration = Duration::from_secs(90);
/// Maximum depth of settings that refer to secrets that refer to secrets; more is a mistake.
const MAX_ROUNDS: usize = 8;

/// Asks for all that this reading has no answer to yet. Where a list is known the next one comes last, and
/// `midway` is called before it with what is known by then.
///
/// # Errors
/// Something could not be asked for; the first of it. What is missing or refused counts as answered.
pub(super) async fn fetch(
    source: &dyn Source,
    store: &dyn SecretStore,
    names: Names,
    now: OffsetDateTime,
    fetched: &mut Fetched,
    midway: impl FnOnce(&mut Fetched),
) -> Result<(), Error> {
    let (mut tried, mut failure) = (BTreeSet::new(), None);
    let mut midway = (names == Names::List && fetched.is_listed()).then_some(midway);
    let mut prepared = None;
    for _ in 0..MAX_ROUNDS {
        let wanted = wanted(source, fetched, names, now);
        fetched.forget_failures(&wanted);
        let is_due = |want: &&Want| {
            let waits = midway.is_some() && **want == Want::Names;
            !waits && !fetched.is_answered(want) && !tried.contains(*want)
        };
        let due: Vec<Want> = wanted.iter().filter(is_due).cloned().collect();
        if due.is_empty() {
            let Some(midway) = midway.take() else { break };
            midway(fetched);
            continue;
        }
        tried.extend(due.iter().cloned());
        let connections = due.len().min(PARALLEL);
        let reads = read_all(store, due);
        let got = if prepared.is_none() {
            let prepare = store.prepare(connections);
            let (got, token) = futures::join!(reads, in_time("a token", READ_LIMIT, prepare));
            prepared = Some(token);
            got
        } else {
            reads.await
        };
        for (want, got) in got {
            failure = failure.or_else(|| got.as_ref().err().filter(|error| error.is_passing()).cloned());
            fetched.keep(want, got);
        }
    }
    forget_former(source, fetched, now);
    // Without a token nothing can be read: that is the cause to tell.
    match (failure, prepared) {
        (None, _) => Ok(()),
        (Some(_), Some(Err(error))) | (Some(error), _) => Err(error),
    }
}

async fn read_all(store: &dyn SecretStore, due: Vec<Want>) -> Vec<(Want, Result<Got, Error>)> {
    let reads = due.into_iter().map(|want| async move {
        let got = read(store, &want).await;
        (want, got)
    });
    futures::stream::iter(reads)
        .buffer_unordered(PARALLEL)
        .collect()
        .await
}

async fn read(store: &dyn SecretStore, want: &Want) -> Result<Got, Error> {
    match want {
        Want::Names => Ok(Got::Names(
            in_time("the list of secrets", LIST_LIMIT, store.names()).await?,
        )),
        Want::Latest(name) => Ok(Got::Secret(
            in_time(name, READ_LIMIT, store.get(name, None)).await?,
        )),
        Want::Versions(name) => {
            let versions = in_time(name, READ_LIMIT, store.versions(name)).await;
            Ok(Got::Versions(versions?))
        }
        Want::Version(name, id) => {
            let secret = in_time(name, READ_LIMIT, store.get(name, Some(id))).await;
            Ok(Got::Secret(secret?))
        }
    }
}

async fn in_time<T>(
    what: &str,
    limit: Duration,
    read: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let late = |_| Error::Unavailable {
        what: what.to_owned(),
        why: format!("no answer within {} s", limit.as_secs()),
    };
    tokio::time::timeout(limit, read).await.map_err(late)?
}

/// What a start must not do without, beside the secrets that settings need: a list that was refused hides settings, and
/// versions that were refused hide the key that signs.
pub(super) fn hidden(
    source: &dyn Source,
    fetched: &Fetched,
    names: Names,
    now: OffsetDateTime,
) -> Vec<Fault> {
    let mut hidden = Vec::new();
    if names == Names::List && !fetched.is_listed() {
        hidden.push(Fault {
            setting: table::KEY_VAULT_NAMES.name.to_owned(),
            rule: "is list, but the list of secrets is refused: allow the app's identity to list secrets, or set it to \
                   named if no setting is in Key Vault but the secrets that are named"
                .into(),
        });
    }
    for (setting, name) in rotating(&fetched.overlay(source)) {
        hidden.extend(hidden_versions(source, fetched, names, (setting, name), now));
    }
    hidden
}

/// What is hidden of a certificate that signs.
fn hidden_versions(
    source: &dyn Source,
    fetched: &Fetched,
    names: Names,
    (setting, name): (&Setting, String),
    now: OffsetDateTime,
) -> Vec<Fault> {
    let fault = |rule: &'static str| Fault {
        setting: setting.name.to_owned(),
        rule: rule.into(),
    };
    let mut hidden = Vec::new();
    let is_refused_version = |(want, error, _): (&Want, &Error, u32)| {
        matches!((want, error), (Want::Version(of, _), Error::Denied { .. }) if *of == name)
            && !fetched.is_known(want)
    };
    let is_refused = fetched.failures().any(is_refused_version) && is_too_young(source, fetched, &name, now);
    let versions = Want::Versions(name);
    if names == Names::List && fetched.failure(&versions).is_some() && !fetched.is_known(&versions) {
        hidden.push(fault(
            "names a certificate whose versions are refused, so that a new one would sign at once: allow the app's \
             identity to list secrets",
        ));
    }
    if is_refused {
        hidden.push(fault(
            "names a certificate of which an earlier version is refused, so that a new one would sign at once: allow \
             the app's identity to read it, or disable it",
        ));
    }
    hidden
}

/// Faults of settings that are missing because their secrets are hidden, told by that cause.
pub(super) fn explained(faults: Faults, hidden: Vec<Fault>) -> Faults {
    let mut all = faults.0;
    for cause in hidden {
        match all.iter_mut().find(|fault| fault.setting == cause.setting) {
            Some(fault) => *fault = cause,
            None => all.push(cause),
        }
    }
    Faults(all)
}

#[cfg(test)]
mod tests;
