//! Notices of the vendor: hints that something changed, never the result itself.

use tracing::warn;

use super::fact_store::Created;
use super::facts::{AttemptOf, CallbackFact, V1};
use super::history::{Attempt, History};
use super::names::Name;
use super::settle::Why;
use super::subject::lead;
use super::{Checks, Error};
use crate::ids::{FactHash, VerificationId};
use crate::seal::{self, Purpose};

/// A callback without anything personal. Only its ids are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callback {
    /// The vendor's id of the check it is about.
    pub execution: Option<String>,
    /// The vendor's id of the person's account.
    pub account: Option<String>,
    /// The vendor's word for what happened, at most 64 characters are kept.
    pub status_word: String,
    /// When the vendor says it was sent, as written.
    pub sent_at: Option<String>,
}

/// What became of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackReceipt {
    /// Stored durably; reading the result is due.
    Recorded,
    /// Known already.
    Duplicate,
    /// One too many to be stored: the result was read instead.
    Read,
    /// Its ids are not of this verification: stored with that remark, and ignored.
    Foreign,
}

/// Maximum number of callbacks stored per verification; a vendor sends about five of each attempt.
const MAX_CALLBACKS: usize = 200;
/// Maximum number of decisions of a verification to which callbacks may lead that are not stored.
const MAX_DECISIONS: u32 = 1000;
/// Longer words of the vendor are cut: nothing here depends on them.
const MAX_WORD: usize = 64;

impl Checks {
    /// Authenticates a callback by the credential in its address, before its body is read.
    ///
    /// # Errors
    /// The credential is malformed, forged or expired.
    pub fn check_callback(&self, credential: &str) -> Result<VerificationId, Error> {
        Ok(self
            .deps
            .seal
            .open(Purpose::Callback, credential, self.deps.clock.now())?
            .id)
    }

    /// Stores a callback. The result is read later, by [`Checks::settle`], which is worth calling after a duplicate
    /// too: the first one's reading may have failed. Where too many are stored already, the result is read at once: a
    /// callback that is neither stored nor read is not acknowledged.
    ///
    /// # Errors
    /// The credential; no such verification; the store; and where the result has to be read at once, the vendor.
    pub async fn callback(&self, credential: &str, callback: Callback) -> Result<CallbackReceipt, Error> {
        let at = self.deps.clock.now();
        let opened = self.deps.seal.open(Purpose::Callback, credential, at)?;
        let history = self.deps.own_history(opened.id).await?;
        let attempt = attempt_of(&history, &callback, claimed_attempt(&opened.extra));
        let short = |text: String| text.chars().take(MAX_WORD).collect::<String>();
        let fact = CallbackFact {
            version: V1,
            at,
            attempt,
            execution: callback.execution.map(short),
            account: callback.account.map(short),
            status_word: short(callback.status_word),
            sent_at: callback.sent_at.map(short),
        };
        let name = Name::Callback(hash(&fact));
        let is_callback = |name: &&Name| matches!(name, Name::Callback(_));
        let is_full = history.names.iter().filter(is_callback).count() >= MAX_CALLBACKS;
        if is_full && !history.names.contains(&name) {
            return self.read_instead(&history, attempt).await;
        }
        match self.deps.create(&name.path(opened.id), &fact).await? {
            _ if attempt.is_none() => {
                warn!(verification.id = %opened.id, "a callback with foreign ids is ignored");
                Ok(CallbackReceipt::Foreign)
            }
            Created::New => Ok(CallbackReceipt::Recorded),
            Created::Existed => Ok(CallbackReceipt::Duplicate),
        }
    }

    /// The store of a verification is bounded, and what is acknowledged is never lost: so it is read before that.
    async fn read_instead(&self, history: &History, attempt: Option<u32>) -> Result<CallbackReceipt, Error> {
        let Some(attempt) = attempt else {
            return Ok(CallbackReceipt::Foreign);
        };
        warn!(verification.id = %history.id, attempt, "more callbacks than anybody sends; this one is read, not stored");
        if history.next_decision() > MAX_DECISIONS {
            return Err(Error::Busy);
        }
        let of = AttemptOf {
            id: history.id,
            attempt,
        };
        self.read(of, Why::NotStored).await?;
        self.settle_joined(history, Why::NotStored).await;
        Ok(CallbackReceipt::Read)
    }
}

/// The attempt that the credential was made for.
fn claimed_attempt(extra: &[u8; 16]) -> u32 {
    let [a, b, c, d, ..] = *extra;
    u32::from_be_bytes([a, b, c, d])
}

/// The attempt that a callback is about: the one whose ids it names. A callback that names none, or that overtakes the answer
/// to our own start, is about the attempt of its credential.
fn attempt_of(history: &History, callback: &Callback, claimed: u32) -> Option<u32> {
    let agrees = |ours: &str, theirs: &Option<String>| theirs.as_ref().is_none_or(|theirs| theirs == ours);
    let names_none = callback.execution.is_none() && callback.account.is_none();
    // Its credential is genuine, so that start is ours, even if nobody has recorded yet how it went.
    let Some(of_claim) = history.attempts.get(&claimed) else {
        return Some(claimed);
    };
    if names_none || of_claim.transaction.is_none() {
        return Some(claimed);
    }
    let is_about = |attempt: &&Attempt| {
        attempt.transaction.as_ref().is_some_and(|transaction| {
            agrees(&transaction.ids.execution, &callback.execution)
                && agrees(&transaction.ids.account, &callback.account)
        })
    };
    Some(of_claim)
        .filter(is_about)
        .or_else(|| history.attempts.values().find(is_about))
        .map(|attempt| attempt.number)
}

/// The same for the same callback, whenever and however often it comes.
fn hash(fact: &CallbackFact) -> FactHash {
    let text = |value: &Option<String>| {
        value
            .as_ref()
            .map_or_else(String::new, |value| format!("={value}"))
    };
    let parts = [
        text(&fact.execution),
        text(&fact.account),
        fact.status_word.clone(),
        text(&fact.sent_at),
    ];
    let [execution, account, word, sent_at] = &parts;
    FactHash(lead(&seal::digest(&[
        "callback", execution, account, word, sent_at,
    ])))
}
