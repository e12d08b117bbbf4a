//! One attempt of a verification, as its facts say.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::checks::decision::matching::Asked;
use crate::checks::facts::{AttemptOf, Decision, Transaction};
use crate::checks::history::decisions::Decisions;
use crate::checks::history::is_approval;
use crate::checks::outcome::{Reason, Status};
use crate::ids::{FactHash, VerificationId};

/// A human has refused the same transaction for another registration.
const REFUSED_ELSEWHERE: Reason = Reason::of("refused_in_review");

/// One attempt, as its facts say.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact that is there or not, independent of the others"
)]
#[derive(Clone, Debug)]
pub(in crate::checks) struct Attempt {
    /// The subject's start of the same number made the transaction.
    pub(in crate::checks) number: u32,
    /// It uses a transaction that lies in another verification.
    pub(in crate::checks) is_joined: bool,
    /// It was taken up again after it had been given up.
    pub(in crate::checks) is_rejoined: bool,
    /// Where its transaction lies: in another verification when it was joined.
    pub(in crate::checks) home: AttemptOf,
    pub(in crate::checks) has_transaction: bool,
    /// Read only as long as nothing is concluded.
    pub(in crate::checks) transaction: Option<Transaction>,
    /// The vendor has what it needs.
    pub(in crate::checks) captured: bool,
    pub(in crate::checks) has_returned: bool,
    /// Read only as long as nothing is concluded.
    pub(in crate::checks) returned_at: Vec<OffsetDateTime>,
    /// Genuine callbacks about its transaction.
    pub(in crate::checks) callbacks: BTreeSet<FactHash>,
    /// What was decided of it, by the registration that `decided_in` names.
    pub(in crate::checks) decisions: Decisions,
    /// Where those decisions lie: where the transaction lies, or here.
    pub(in crate::checks) decided_in: AttemptOf,
    /// What is told. Nothing while a callback is unread: an answer that is older than a callback is not told.
    pub(in crate::checks) decision: Option<Decision>,
    /// It is decided where the transaction lies, and was not read for this verification yet.
    is_behind: bool,
    /// The person of this sign-in gave it up, and those who share its transaction did not.
    given_up: Option<Decision>,
    /// A human has refused its transaction for another registration: where that lies, or for one that has joined it.
    pub(in crate::checks) is_refused_elsewhere: bool,
    /// What was added to the registration. A decision compares and names it as it names callbacks.
    pub(in crate::checks) added: BTreeSet<FactHash>,
    /// When the vendor was first found to have checked the person, as the decisions where the transaction lies say.
    checked_at_home: Option<OffsetDateTime>,
}

impl Attempt {
    pub(in crate::checks) fn new(id: VerificationId, number: u32) -> Self {
        let own = AttemptOf { id, attempt: number };
        Self {
            number,
            is_joined: false,
            is_rejoined: false,
            home: own,
            has_transaction: false,
            transaction: None,
            captured: false,
            has_returned: false,
            returned_at: Vec::new(),
            callbacks: BTreeSet::new(),
            decisions: Decisions::default(),
            decided_in: own,
            decision: None,
            is_behind: false,
            given_up: None,
            is_refused_elsewhere: false,
            added: BTreeSet::new(),
            checked_at_home: None,
        }
    }

    /// A transaction that lies elsewhere is used, unless there is one of its own, or this sign-in has given it up.
    pub(in crate::checks) fn adopts(&self) -> bool {
        self.is_joined && !self.has_transaction && (self.is_rejoined || !self.is_left())
    }

    /// The person gave it up, and it has not ended otherwise.
    pub(in crate::checks) fn is_left(&self) -> bool {
        let is_left = |decision: &Decision| decision.conclusion.status == Status::Cancelled;
        self.decision.as_ref().is_some_and(is_left)
    }

    /// This sign-in gave up a transaction that lies elsewhere, and has not taken it up again.
    pub(in crate::checks) fn is_given_up_here(&self) -> bool {
        self.is_joined && !self.is_rejoined && !self.has_transaction && self.is_left()
    }

    /// When the check was made that the decision rests on; nothing when it rests on none.
    pub(in crate::checks) fn checked(&self) -> Option<OffsetDateTime> {
        self.decision.as_ref().filter(|told| told.conclusion.is_check())?;
        let first = [self.decisions.checked_at(), self.checked_at_home];
        first.into_iter().flatten().min()
    }

    /// There is more of it than a callback that came before the start was recorded, or after it was lost.
    pub(in crate::checks) fn is_known(&self) -> bool {
        self.has_transaction || self.is_joined || !self.decisions.is_empty()
    }

    /// Callbacks that no decision names, and what was added to the registration since it was compared.
    pub(in crate::checks) fn unread(&self) -> Vec<FactHash> {
        let is_unread = |hash: &&FactHash| !self.decisions.names(hash);
        let all = self.callbacks.iter().chain(&self.added);
        all.filter(is_unread).copied().collect()
    }

    /// The vendor has to be asked before anything is told.
    pub(in crate::checks) fn is_unread(&self) -> bool {
        let is_unnamed = |hash: &FactHash| !self.decisions.names(hash);
        let is_compared = self.has_transaction && self.is_concluded();
        self.is_behind
            || self.callbacks.iter().any(is_unnamed)
            || is_compared && self.added.iter().any(is_unnamed)
    }

    /// Somebody has concluded something, though it may be out of date.
    pub(in crate::checks) fn is_concluded(&self) -> bool {
        self.decisions.last_reading().is_some()
    }

    /// Takes over what is known of the joined attempt. Whoever asks the same is told the same, and whatever a human says
    /// holds for both; whoever asks less is told an approval. Everybody else compares the document with what they ask. Who
    /// gave up did so for themselves alone.
    pub(in crate::checks) fn join(&mut self, other: &Self, asks: Asks) {
        self.home = other.home;
        self.has_transaction = other.has_transaction;
        self.transaction.clone_from(&other.transaction);
        self.captured |= other.captured;
        self.is_refused_elsewhere = other.is_refused_elsewhere;
        self.has_returned |= other.has_returned;
        self.returned_at.extend(&other.returned_at);
        self.callbacks.clone_from(&other.callbacks);
        self.checked_at_home = other.decisions.checked_at();
        if self.is_rejoined {
            self.decisions = self.decisions.of_the_transaction();
        }
        self.given_up = self.decisions.given_up().cloned();
        let theirs = other.decisions.of_the_transaction();
        let is_shared = match asks {
            Asks::TheSame => true,
            Asks::Less => self.decisions.is_empty() && theirs.told().as_ref().is_some_and(is_approval),
            Asks::Other => false,
        };
        if is_shared {
            // What was added here is asked there as well, under names of its own.
            self.added.clone_from(&other.added);
            self.decisions = theirs;
            self.decided_in = other.home;
        } else {
            let refused = |human: &Decision| human.conclusion.status == Status::Rejected;
            self.is_behind = !self.is_concluded() && theirs.last_reading().is_some();
            self.is_refused_elsewhere |= other.decisions.last_human().is_some_and(refused);
        }
        self.conclude();
    }

    /// Takes over what was decided of the same transaction for somebody who has corrected what was registered, and asks the
    /// same: what a human says there holds here. Where nothing is read there, or no more up to date, and where a human has
    /// spoken here, this one goes by its own readings.
    pub(in crate::checks) fn share_correction(&mut self, corrected: &Self) {
        let theirs = corrected.decisions.of_the_transaction();
        let is_told = corrected.decision.is_some() && theirs.last_reading().is_some();
        if is_told && self.decisions.last_human().is_none() {
            self.added.clone_from(&corrected.added);
            self.decisions = theirs;
            self.decided_in = corrected.decided_in;
            self.is_behind = false;
            self.conclude();
        }
    }

    /// Works out what is told.
    pub(in crate::checks) fn conclude(&mut self) {
        self.decision = self.decisions.told().or_else(|| self.given_up.clone());
        if self.is_refused_elsewhere && self.decisions.last_human().is_none() {
            self.decision = self.decision.take().map(in_review_if_approved);
        }
        if self.is_behind || self.decision.is_some() && self.is_unread() {
            self.decision = None;
            self.captured = true;
        }
    }
}

fn in_review_if_approved(decision: Decision) -> Decision {
    match decision.conclusion.status {
        Status::Approved => Decision {
            conclusion: decision.conclusion.in_review(REFUSED_ELSEWHERE),
            ..decision
        },
        _ => decision,
    }
}

/// What a registration asks of a document, beside what another one asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum Asks {
    TheSame,
    /// Part of it.
    Less,
    Other,
}

impl Asks {
    pub(in crate::checks) fn of(ours: &Asked, theirs: &Asked) -> Self {
        match (ours.is_covered_by(theirs), theirs.is_covered_by(ours)) {
            (true, true) => Self::TheSame,
            (true, false) => Self::Less,
            (false, _) => Self::Other,
        }
    }
}
