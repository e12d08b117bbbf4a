//! What the facts of a verification add up to.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use super::facts::{AttemptOf, Claim, Continued, Decision, Happened, NoticeFact, Request, Transaction};
use super::paths::{self, Name};
use super::{Deps, Error};
use crate::ids::VerificationId;

/// A verification, as its facts say.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) id: VerificationId,
    pub(super) request: Request,
    pub(super) names: BTreeSet<Name>,
    pub(super) attempts: BTreeMap<u32, Attempt>,
}

/// One attempt, as its facts say.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) number: u32,
    pub(super) claims: BTreeMap<u32, Claim>,
    pub(super) failed: BTreeSet<u32>,
    /// Where its transaction lies: in another verification when it was adopted.
    pub(super) home: AttemptOf,
    pub(super) transaction: Option<Transaction>,
    /// The vendor has what it needs.
    pub(super) captured: bool,
    pub(super) returned_at: Vec<OffsetDateTime>,
    pub(super) noticed_at: Vec<OffsetDateTime>,
    /// The latest.
    pub(super) decision: Option<Decision>,
    /// The decision is the adopted attempt's, and not recorded here yet.
    pub(super) is_borrowed: bool,
}

/// Who has a transaction of an attempt in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hands {
    /// Nobody: this claim may be made.
    Free(u32),
    /// This claim, since then.
    Claimed(u32, OffsetDateTime),
}

impl Attempt {
    fn new(id: VerificationId, number: u32) -> Self {
        Self {
            number,
            claims: BTreeMap::new(),
            failed: BTreeSet::new(),
            home: AttemptOf { id, attempt: number },
            transaction: None,
            captured: false,
            returned_at: Vec::new(),
            noticed_at: Vec::new(),
            decision: None,
            is_borrowed: false,
        }
    }

    /// The verification whose transaction is used, unless there is one of its own.
    fn adopts(&self) -> Option<AttemptOf> {
        if self.transaction.is_some() {
            None
        } else {
            self.claims.values().rev().find_map(|claim| claim.adopts)
        }
    }

    /// When somebody first meant to start it; an attempt that was only ever cancelled has no such time.
    pub(super) fn began_at(&self) -> Option<OffsetDateTime> {
        self.claims.values().map(|claim| claim.at).min()
    }

    pub(super) fn hands(&self) -> Hands {
        match self.claims.last_key_value() {
            Some((k, claim)) if !self.failed.contains(k) => Hands::Claimed(*k, claim.at),
            Some((k, _)) => Hands::Free(k + 1),
            None => Hands::Free(1),
        }
    }

    /// Takes over what is known of the adopted attempt.
    fn lean_on(&mut self, other: &Self) {
        self.home = other.home;
        self.transaction.clone_from(&other.transaction);
        self.captured |= other.captured;
        self.returned_at.extend(&other.returned_at);
        self.noticed_at.extend(&other.noticed_at);
        if let (None, Some(decision)) = (&self.decision, &other.decision) {
            self.decision = Some(Decision {
                attempt: self.number,
                adopted: Some(other.home),
                ..decision.clone()
            });
            self.is_borrowed = true;
        }
    }
}

impl History {
    /// The attempt that counts: the last one.
    pub(super) fn current(&self) -> Option<&Attempt> {
        self.attempts.values().next_back()
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
        if let Some(attempt) = history.attempts.get_mut(&number) {
            attempt.lean_on(adopted);
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
            attempts: BTreeMap::new(),
        };
        for piece in pieces {
            history.add(piece);
        }
        Ok(history)
    }

    /// When another sign-in took over the transaction, the latest to do so.
    pub(super) async fn continued(&self, history: &History) -> Result<Option<Continued>, Error> {
        let names = history
            .names
            .iter()
            .filter(|name| matches!(name, Name::Continued(_)));
        let all = try_join_all(names.map(|name| self.fact::<Continued>(history.id, *name))).await?;
        Ok(all.into_iter().max_by_key(|continued| continued.at))
    }

    async fn pieces(&self, id: VerificationId, names: &BTreeSet<Name>) -> Result<Vec<Piece>, Error> {
        try_join_all(names.iter().map(|name| self.piece(id, *name))).await
    }

    async fn piece(&self, id: VerificationId, name: Name) -> Result<Piece, Error> {
        Ok(match name {
            Name::Claim(n, k) => Piece::Claim(n, k, self.fact(id, name).await?),
            Name::Failed(n, k) => Piece::Failed(n, k),
            Name::Transaction(n) => Piece::Transaction(n, self.fact(id, name).await?),
            Name::Captured(n) => Piece::Captured(n),
            Name::Returned(n, _) => Piece::Returned(n, self.fact::<Happened>(id, name).await?.at),
            Name::Notice(_) => Piece::Notice(self.fact(id, name).await?),
            Name::Decision(_) => Piece::Decision(self.fact(id, name).await?),
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
    Claim(u32, u32, Claim),
    Failed(u32, u32),
    Transaction(u32, Transaction),
    Captured(u32),
    Returned(u32, OffsetDateTime),
    Notice(NoticeFact),
    Decision(Decision),
    Other,
}

impl History {
    /// Pieces come in the order of [`Name`], so of several decisions the last one stays.
    fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Claim(n, k, claim) => {
                self.attempt(n).claims.insert(k, claim);
            }
            Piece::Failed(n, k) => {
                self.attempt(n).failed.insert(k);
            }
            Piece::Transaction(n, transaction) => self.attempt(n).transaction = Some(transaction),
            Piece::Captured(n) => self.attempt(n).captured = true,
            Piece::Returned(n, at) => self.attempt(n).returned_at.push(at),
            Piece::Notice(NoticeFact {
                attempt: Some(n), at, ..
            }) => self.attempt(n).noticed_at.push(at),
            Piece::Decision(decision) => {
                let number = decision.attempt;
                self.attempt(number).decision = Some(decision);
            }
            Piece::Notice(_) | Piece::Other => {}
        }
    }

    fn attempt(&mut self, number: u32) -> &mut Attempt {
        self.attempts
            .entry(number)
            .or_insert_with(|| Attempt::new(self.id, number))
    }
}
