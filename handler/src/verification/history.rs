//! What the facts of a verification add up to.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::decisions::Decisions;
use super::facts::{
    Added, AttemptOf, Continued, Decision, Happened, Joined, NoticeFact, Request, Transaction,
};
use super::outcome::{Reason, Status};
use super::paths::{self, Name};
use super::{Deps, Error};
use crate::ids::{FactHash, VerificationId};

/// A human has refused the same transaction for another registration.
const REFUSED_ELSEWHERE: Reason = Reason::of("refused_in_review");

/// A verification, as its facts say.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) id: VerificationId,
    /// What was registered, and what was added to it.
    pub(super) request: Request,
    /// What was added to the registration.
    added: BTreeSet<FactHash>,
    pub(super) names: BTreeSet<Name>,
    pub(super) attempts: BTreeMap<u32, Attempt>,
}

/// One attempt, as its facts say.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// The subject's start of the same number made the transaction.
    pub(super) number: u32,
    /// The verification whose transaction it joins.
    joined: Option<VerificationId>,
    /// Where its transaction lies: in another verification when it was joined.
    pub(super) home: AttemptOf,
    pub(super) transaction: Option<Transaction>,
    /// The vendor has what it needs.
    pub(super) captured: bool,
    pub(super) returned_at: Vec<OffsetDateTime>,
    /// Genuine callbacks about its transaction, and when they came.
    pub(super) callbacks: BTreeMap<FactHash, OffsetDateTime>,
    /// What was decided of it, by the registration that `decided_in` names.
    pub(super) decisions: Decisions,
    /// Where those decisions lie: where the transaction lies, or here.
    pub(super) decided_in: AttemptOf,
    /// What is told. Nothing while a callback is unread: an answer that is older than a callback is not told.
    pub(super) decision: Option<Decision>,
    /// It is decided where the transaction lies, and was not read for this verification yet.
    is_behind: bool,
    /// The person of this sign-in gave it up, and those who share its transaction did not.
    given_up: Option<Decision>,
    /// A human has refused its transaction for another registration: where that lies, or for one that has joined it.
    is_refused_elsewhere: bool,
    /// What was added to the registration. A decision compares and names it as it names callbacks.
    added: BTreeSet<FactHash>,
    /// When the vendor was first found to have checked the person, as the decisions where the transaction lies say.
    checked_at_home: Option<OffsetDateTime>,
}

impl Attempt {
    fn new(id: VerificationId, number: u32) -> Self {
        Self {
            number,
            joined: None,
            home: AttemptOf { id, attempt: number },
            transaction: None,
            captured: false,
            returned_at: Vec::new(),
            callbacks: BTreeMap::new(),
            decisions: Decisions::default(),
            decided_in: AttemptOf { id, attempt: number },
            decision: None,
            is_behind: false,
            given_up: None,
            is_refused_elsewhere: false,
            added: BTreeSet::new(),
            checked_at_home: None,
        }
    }

    /// The verification whose transaction is used, unless there is one of its own, or this sign-in has given it up.
    fn adopts(&self) -> Option<AttemptOf> {
        let is_left = |decision: &Decision| decision.conclusion.status == Status::Cancelled;
        if self.transaction.is_some() || self.decision.as_ref().is_some_and(is_left) {
            return None;
        }
        Some(AttemptOf {
            id: self.joined?,
            attempt: self.number,
        })
    }

    /// When the check was made that the decision rests on; nothing when it rests on none.
    pub(super) fn checked(&self) -> Option<OffsetDateTime> {
        self.decision.as_ref().filter(|told| told.conclusion.is_check())?;
        let first = [self.decisions.checked_at(), self.checked_at_home];
        first.into_iter().flatten().min()
    }

    /// There is more of it than a callback that came before the start was recorded, or after it was lost.
    fn is_known(&self) -> bool {
        self.transaction.is_some() || self.joined.is_some() || !self.decisions.is_empty()
    }

    /// Callbacks that no decision names, and what was added to the registration since it was compared.
    pub(super) fn unread(&self) -> Vec<FactHash> {
        let is_unread = |hash: &&FactHash| !self.decisions.names(hash);
        let all = self.callbacks.keys().chain(&self.added);
        all.filter(is_unread).copied().collect()
    }

    /// The vendor has to be asked before anything is told.
    pub(super) fn is_unread(&self) -> bool {
        let is_unnamed = |hash: &FactHash| !self.decisions.names(hash);
        let is_compared = self.transaction.is_some() && self.is_concluded();
        self.is_behind
            || self.callbacks.keys().any(is_unnamed)
            || is_compared && self.added.iter().any(is_unnamed)
    }

    /// Somebody has concluded something, though it may be out of date.
    pub(super) fn is_concluded(&self) -> bool {
        self.decisions.last_reading().is_some()
    }

    /// Takes over what is known of the joined attempt. Whoever asks the same is told the same, and whatever a human says
    /// holds for both; whoever asks less is told an approval. Everybody else compares the document with what they ask. Who
    /// gave up did so for themselves alone.
    fn join(&mut self, other: &Self, asks: Asks) {
        self.home = other.home;
        self.transaction.clone_from(&other.transaction);
        self.captured |= other.captured;
        self.is_refused_elsewhere = other.is_refused_elsewhere;
        self.returned_at.extend(&other.returned_at);
        self.callbacks.clone_from(&other.callbacks);
        self.checked_at_home = other.decisions.checked_at();
        self.given_up = self.decisions.given_up().cloned();
        let theirs = other.decisions.of_the_transaction();
        let is_approved = || {
            let told = theirs.told();
            told.is_some_and(|told| told.conclusion.status == Status::Approved)
        };
        let is_shared = match asks {
            Asks::TheSame => true,
            Asks::Less => self.decisions.is_empty() && is_approved(),
            Asks::Other => false,
        };
        if is_shared {
            self.decisions = theirs;
            self.decided_in = other.home;
        } else {
            let refused = |human: &Decision| human.conclusion.status == Status::Rejected;
            self.is_behind = !self.is_concluded() && theirs.last_reading().is_some();
            self.is_refused_elsewhere |= other.decisions.last_human().is_some_and(refused);
        }
        self.conclude();
    }

    /// Works out what is told.
    fn conclude(&mut self) {
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
enum Asks {
    TheSame,
    /// Part of it.
    Less,
    Other,
}

impl Asks {
    fn of(ours: &Request, theirs: &Request) -> Self {
        match (
            ours.asked.is_covered_by(&theirs.asked),
            theirs.asked.is_covered_by(&ours.asked),
        ) {
            (true, true) => Self::TheSame,
            (true, false) => Self::Less,
            (false, _) => Self::Other,
        }
    }
}

impl History {
    /// The attempt that counts: the last one.
    pub(super) fn current(&self) -> Option<&Attempt> {
        self.attempts.values().rev().find(|attempt| attempt.is_known())
    }

    /// The number that the next decision gets.
    pub(super) fn next_decision(&self) -> u32 {
        let last = self.names.iter().filter_map(|name| match name {
            Name::Decision(d) => Some(*d),
            _ => None,
        });
        last.max().unwrap_or(0) + 1
    }

    /// How often the browser came back in an attempt.
    pub(super) fn returns(&self, attempt: u32) -> u32 {
        let of = |name: &&Name| matches!(name, Name::Returned(n, _) if *n == attempt);
        u32::try_from(self.names.iter().filter(of).count()).unwrap_or(u32::MAX)
    }
}

impl Deps {
    /// Reads a verification, together with the transaction that it adopted, if any.
    pub(super) async fn history(&self, id: VerificationId) -> Result<History, Error> {
        let mut history = self.own_history(id).await?;
        let Some((number, home)) = history
            .current()
            .and_then(|last| Some((last.number, last.adopts()?)))
        else {
            return Ok(history);
        };
        let other = self.own_history(home.id).await?;
        let adopted = other.attempts.get(&home.attempt).ok_or(Error::NotFound)?;
        let asks = Asks::of(&history.request, &other.request);
        if let Some(attempt) = history.attempts.get_mut(&number) {
            attempt.join(adopted, asks);
        }
        Ok(history)
    }

    /// Reads a verification without looking at any other.
    pub(super) async fn own_history(&self, id: VerificationId) -> Result<History, Error> {
        let files = self.records.list(&paths::folder(id)).await?;
        let names: BTreeSet<Name> = files.iter().filter_map(|file| Name::parse(file)).collect();
        if !names.contains(&Name::Request) {
            return Err(Error::NotFound);
        }
        let (request, pieces) =
            futures::try_join!(self.fact::<Request>(id, Name::Request), self.pieces(id, &names))?;
        let mut history = History {
            id,
            request,
            names,
            added: BTreeSet::new(),
            attempts: BTreeMap::new(),
        };
        for piece in pieces {
            history.add(piece);
        }
        for attempt in history.attempts.values_mut() {
            attempt.added.clone_from(&history.added);
            attempt.conclude();
        }
        Ok(history)
    }

    /// The other sign-ins that use a transaction of this verification too.
    pub(super) async fn continued(&self, history: &History) -> Result<Vec<Continued>, Error> {
        let names = history
            .names
            .iter()
            .filter(|name| matches!(name, Name::Continued(_)));
        try_join_all(names.map(|name| self.fact::<Continued>(history.id, *name))).await
    }

    async fn pieces(&self, id: VerificationId, names: &BTreeSet<Name>) -> Result<Vec<Piece>, Error> {
        try_join_all(names.iter().map(|name| self.piece(id, *name))).await
    }

    async fn piece(&self, id: VerificationId, name: Name) -> Result<Piece, Error> {
        Ok(match name {
            Name::Added(hash) => Piece::Added(hash, self.fact(id, name).await?),
            Name::Joined(n) => Piece::Joined(n, self.fact(id, name).await?),
            Name::Transaction(n) => Piece::Transaction(n, self.fact(id, name).await?),
            Name::Captured(n) => Piece::Captured(n),
            Name::Refused(n) => Piece::Refused(n),
            Name::Returned(n, _) => Piece::Returned(n, self.fact::<Happened>(id, name).await?.at),
            Name::Notice(hash) => Piece::Notice(hash, self.fact(id, name).await?),
            Name::Decision(d) => Piece::Decision(d, self.fact(id, name).await?),
            _ => Piece::Other,
        })
    }

    /// A fact that a listing has named.
    pub(super) async fn fact<T: DeserializeOwned>(&self, id: VerificationId, name: Name) -> Result<T, Error> {
        let path = name.path(id);
        self.read(&path).await?.ok_or(Error::Corrupt(path))
    }
}

enum Piece {
    Added(FactHash, Added),
    Joined(u32, Joined),
    Transaction(u32, Transaction),
    Captured(u32),
    Refused(u32),
    Returned(u32, OffsetDateTime),
    Notice(FactHash, NoticeFact),
    Decision(u32, Decision),
    Other,
}

impl History {
    fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Added(hash, added) => {
                self.added.insert(hash);
                self.request.asked.add(added.asked);
            }
            Piece::Joined(n, joined) => self.attempt(n).joined = Some(joined.home),
            Piece::Transaction(n, transaction) => self.attempt(n).transaction = Some(transaction),
            Piece::Captured(n) => self.attempt(n).captured = true,
            Piece::Refused(n) => self.attempt(n).is_refused_elsewhere = true,
            Piece::Returned(n, at) => self.attempt(n).returned_at.push(at),
            Piece::Notice(hash, notice) => {
                // A foreign one is about no attempt.
                if let Some(n) = notice.attempt {
                    self.attempt(n).callbacks.insert(hash, notice.at);
                }
            }
            Piece::Decision(d, decision) => {
                let number = decision.attempt;
                self.attempt(number).decisions.add(d, decision);
            }
            Piece::Other => {}
        }
    }

    fn attempt(&mut self, number: u32) -> &mut Attempt {
        self.attempts
            .entry(number)
            .or_insert_with(|| Attempt::new(self.id, number))
    }
}
