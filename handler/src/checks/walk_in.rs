//! A person whom nobody has named: the subject is their browser's own.
//!
//! # Layout
//! - `held`: requests that wait for such a person

pub(crate) mod held;

use std::sync::Arc;

use time::OffsetDateTime;

use crate::checks::confirm::Word;
use crate::checks::decision::matching::Asked;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::history::earlier::{self, Wanted};
use crate::checks::history::is_approval;
use crate::checks::register::request_of;
use crate::checks::{Checks, Error, Registration, Verification};
use crate::ids::{FactHash, SubjectHash, VerificationId};

/// Somebody who has come with a browser of ours, and of whom nothing is stored yet for this request.
pub(crate) struct Newcomer {
    /// Who they are as long as no document was approved.
    pub subject: SubjectHash,
    registration: Registration,
    seen: Arc<Snapshot>,
}

/// An approval that a browser holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remembered {
    /// The document; nothing where it says too little to tell it from others.
    pub document: Option<FactHash>,
}

impl Checks {
    /// Who comes with a browser. Nothing is read or written. `registration.subject` names the browser.
    ///
    /// # Errors
    /// The subject is one of our own values.
    pub(crate) fn newcomer(&self, registration: Registration) -> Result<Newcomer, Error> {
        let (subject, seen) = self.subject_of(&registration)?;
        Ok(Newcomer {
            subject,
            registration,
            seen,
        })
    }

    /// The latest approval of this browser that is good enough for a request that comes now and takes none older than
    /// `max_age_s`. Reads, and asks nobody.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn remembered(
        &self,
        newcomer: &Newcomer,
        max_age_s: Option<u64>,
    ) -> Result<Option<Remembered>, Error> {
        let since = self.approved_since(max_age_s, self.deps.clock.now());
        self.approval_since(newcomer, since).await
    }

    async fn approval_since(
        &self,
        newcomer: &Newcomer,
        approved_since: OffsetDateTime,
    ) -> Result<Option<Remembered>, Error> {
        let seen = &newcomer.seen;
        let wanted = Wanted {
            // None: what this very request has led to counts too.
            by: VerificationId::of(newcomer.subject.key(), [0; 8]),
            asked: &Asked::default(),
            approved_since,
            // Nobody is asked here.
            word: Word::Yes,
        };
        let reusable = earlier::reusable(&self.deps, seen, &wanted, 0).await?;
        let Some(of) = reusable.approval else {
            return Ok(None);
        };
        let home = seen.own_history(of.id).await?;
        let decision = home
            .attempts
            .get(&of.attempt)
            .and_then(|attempt| attempt.decision.as_ref());
        Ok(decision
            .filter(|decision| is_approval(decision))
            .map(|decision| Remembered {
                document: decision.conclusion.document,
            }))
    }

    /// The verification of this request, stored now or before.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn verification_for(&self, newcomer: Newcomer) -> Result<Verification, Error> {
        let Newcomer {
            subject,
            registration,
            seen,
        } = newcomer;
        let (id, _) = request_of(&self.deps, &seen, subject, &registration).await?;
        Ok(Verification { id, seen })
    }
}
