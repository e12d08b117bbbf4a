//! Facts that have been kept for long enough.
//!
//! Subjects are gone through in the order of their folders, a number of them in each sweep, so that a store with many costs
//! each sweep no more than one with few.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use super::PATIENCE;
use crate::checks::decision::faces;
use crate::checks::facts::names::{self, FactName};
use crate::checks::facts::{Operated, Request, SweepDone, Transaction, V2};
use crate::checks::{Checks, Deps, Error};
use crate::ids::{SubjectKey, VerificationId};

/// How long it rests when all were looked through.
const DAY: Duration = Duration::from_secs(86_400);
/// Maximum number of subjects of one sweep.
const SUBJECTS: usize = 500;

/// Removes what was registered too long ago, once a day. Gives the number of verifications.
pub(super) async fn sweep_retention(checks: &Checks, period: i64) -> Result<u32, Error> {
    let (now, before) = (checks.deps.clock.now(), swept_before(&checks.deps, period).await?);
    let is_rested = before.looked_through.is_none() && before.whole_at.is_some_and(|at| at + DAY > now);
    let (removed, done) = if is_rested {
        (0, SweepDone { at: now, ..before })
    } else {
        look_through(checks, before).await?
    };
    checks.deps.write(&names::swept(period), &done).await?;
    Ok(removed)
}

async fn look_through(checks: &Checks, before: SweepDone) -> Result<(u32, SweepDone), Error> {
    let (now, until) = (checks.deps.clock.now(), Instant::now() + PATIENCE);
    let mut folders = checks.deps.store.folders(names::SUBJECTS).await?;
    folders.retain(|folder| before.looked_through.as_ref().is_none_or(|after| folder > after));
    let (mut removed, mut through) = (0, before.looked_through);
    let last = folders.last().cloned();
    for folder in folders.into_iter().take(SUBJECTS) {
        if Instant::now() >= until {
            break;
        }
        if let Ok(subject) = folder.parse::<SubjectKey>() {
            removed += remove_old(&checks.deps, subject).await?;
        }
        through = Some(folder);
    }
    let is_whole = last.is_none() || through == last;
    if is_whole {
        checks.deps.store.tidy(now).await?;
    }
    let done = SweepDone {
        version: V2,
        at: now,
        looked_through: through.filter(|_| !is_whole),
        whole_at: if is_whole { Some(now) } else { before.whole_at },
    };
    Ok((removed, done))
}

/// How far the sweep before this one came. Notes of older sweeps go.
async fn swept_before(deps: &Deps, period: i64) -> Result<SweepDone, Error> {
    let mut known = None;
    for file in deps.store.list(names::SWEEPS).await? {
        let path = format!("{}/{file}", names::SWEEPS);
        if path == names::sweep(period) || path == names::swept(period) {
            continue;
        }
        if file.ends_with("-done.json") {
            known = deps.read::<SweepDone>(&path).await?.or(known);
        }
        deps.store.delete(&path).await?;
    }
    Ok(known.unwrap_or(SweepDone {
        version: V2,
        at: deps.clock.now(),
        looked_through: None,
        whole_at: None,
    }))
}

async fn remove_old(deps: &Deps, subject: SubjectKey) -> Result<u32, Error> {
    let files = deps.store.list(&names::folder(subject)).await?;
    let mut verifications: BTreeMap<VerificationId, BTreeSet<&str>> = BTreeMap::new();
    for (id, name) in files.iter().filter_map(|file| names::placed(subject, file)) {
        verifications.entry(id).or_default().insert(name);
    }
    let mut removed = 0;
    for (id, names) in verifications {
        if is_old(deps, id, &names).await? {
            remove(deps, id, &names).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// What is without a registration is what an interrupted removal has left.
async fn is_old(deps: &Deps, id: VerificationId, names: &BTreeSet<&str>) -> Result<bool, Error> {
    let has = |name: FactName| names.iter().any(|each| FactName::parse(each) == Some(name));
    let at: Option<OffsetDateTime> = if has(FactName::Erased) {
        // Who removes what is behind a tombstone is the erasure.
        if names.len() > 1 {
            return Ok(false);
        }
        deps.read::<Operated>(&FactName::Erased.path(id))
            .await?
            .map(|fact| fact.at)
    } else if has(FactName::Request) {
        deps.read::<Request>(&FactName::Request.path(id))
            .await?
            .map(|fact| fact.at)
    } else {
        return Ok(true);
    };
    Ok(at.is_some_and(|at| at + deps.limits.keep_facts <= deps.clock.now()))
}

/// The registration goes first: what is without one is told to nobody.
async fn remove(deps: &Deps, id: VerificationId, names: &BTreeSet<&str>) -> Result<(), Error> {
    deps.store.delete(&FactName::Request.path(id)).await?;
    deps.store.delete(&names::reference(id)).await?;
    for name in names {
        let path = names::file(id, name);
        if matches!(FactName::parse(name), Some(FactName::Transaction(_)))
            && let Some(transaction) = deps.read::<Transaction>(&path).await?
        {
            deps.store
                .delete(&faces::whereabouts(deps, &transaction.ids.execution))
                .await?;
        }
        deps.store.delete(&path).await?;
    }
    Ok(())
}
