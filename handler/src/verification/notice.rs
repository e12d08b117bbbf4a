//! Notices of the vendor: hints that something changed, never the result itself.

use tracing::warn;

use super::facts::{AttemptOf, NoticeFact, V1};
use super::history::{Attempt, History};
use super::paths::Name;
use super::records::Created;
use super::settle::Why;
use super::subject::lead;
use super::{Error, Verifications};
use crate::ids::{FactHash, VerificationId};
use crate::seal::{self, Purpose};

/// A notice without anything personal. Only its ids are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// The vendor's id of the check it is about.
    pub execution: Option<String>,
    /// The vendor's id of the person's account.
    pub account: Option<String>,
    /// The vendor's word for what happened, at most 64 characters are kept.
    pub status_word: String,
    /// When the vendor says it was sent, as written.
    pub sent_at: Option<String>,
}

/// What became of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noticed {
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
const MAX_NOTICES: usize = 200;
/// Maximum number of decisions of a verification to which callbacks may lead that are not stored.
const MAX_DECISIONS: u32 = 1000;
/// Longer words of the vendor are cut: nothing here depends on them.
const MAX_WORD: usize = 64;

impl Verifications {
    /// Authenticates a notice by the credential in its address, before its body is read.
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

    /// Stores a callback. The result is read later, by [`Verifications::settle`], which is worth calling after a duplicate
    /// too: the first one's reading may have failed. Where too many are stored already, the result is read at once: a
    /// callback that is neither stored nor read is not acknowledged.
    ///
    /// # Errors
    /// The credential; no such verification; the store; and where the result has to be read at once, the vendor.
    pub async fn notice(&self, credential: &str, notice: Notice) -> Result<Noticed, Error> {
        let at = self.deps.clock.now();
        let opened = self.deps.seal.open(Purpose::Callback, credential, at)?;
        let history = self.deps.own_history(opened.id).await?;
        let attempt = attempt_of(&history, &notice, claimed_attempt(&opened.extra));
        let short = |text: String| text.chars().take(MAX_WORD).collect::<String>();
        let fact = NoticeFact {
            version: V1,
            at,
            attempt,
            execution: notice.execution.map(short),
            account: notice.account.map(short),
            status_word: short(notice.status_word),
            sent_at: notice.sent_at.map(short),
        };
        let name = Name::Notice(hash(&fact));
        let is_notice = |name: &&Name| matches!(name, Name::Notice(_));
        let is_full = history.names.iter().filter(is_notice).count() >= MAX_NOTICES;
        if is_full && !history.names.contains(&name) {
            return self.read_instead(&history, attempt).await;
        }
        match self.deps.create(&name.path(opened.id), &fact).await? {
            _ if attempt.is_none() => {
                warn!(verification.id = %opened.id, "a notice with foreign ids is ignored");
                Ok(Noticed::Foreign)
            }
            Created::New => Ok(Noticed::Recorded),
            Created::Existed => Ok(Noticed::Duplicate),
        }
    }

    /// The store of a verification is bounded, and what is acknowledged is never lost: so it is read before that.
    async fn read_instead(&self, history: &History, attempt: Option<u32>) -> Result<Noticed, Error> {
        let Some(attempt) = attempt else {
            return Ok(Noticed::Foreign);
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
        Ok(Noticed::Read)
    }
}

/// The attempt that the credential was made for.
fn claimed_attempt(extra: &[u8; 16]) -> u32 {
    let [a, b, c, d, ..] = *extra;
    u32::from_be_bytes([a, b, c, d])
}

/// The attempt that a notice is about: the one whose ids it names. A notice that names none, or that overtakes the answer
/// to our own start, is about the attempt of its credential.
fn attempt_of(history: &History, notice: &Notice, claimed: u32) -> Option<u32> {
    let agrees = |ours: &str, theirs: &Option<String>| theirs.as_ref().is_none_or(|theirs| theirs == ours);
    let names_none = notice.execution.is_none() && notice.account.is_none();
    // Its credential is genuine, so that start is ours, even if nobody has recorded yet how it went.
    let Some(of_claim) = history.attempts.get(&claimed) else {
        return Some(claimed);
    };
    if names_none || of_claim.transaction.is_none() {
        return Some(claimed);
    }
    let is_about = |attempt: &&Attempt| {
        attempt.transaction.as_ref().is_some_and(|transaction| {
            agrees(&transaction.ids.execution, &notice.execution)
                && agrees(&transaction.ids.account, &notice.account)
        })
    };
    Some(of_claim)
        .filter(is_about)
        .or_else(|| history.attempts.values().find(is_about))
        .map(|attempt| attempt.number)
}

/// The same for the same notice, whenever and however often it comes.
fn hash(fact: &NoticeFact) -> FactHash {
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
        "notice", execution, account, word, sent_at,
    ])))
}
