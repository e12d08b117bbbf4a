//! Callbacks of the vendor: hints that something changed, never the result itself.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tracing::warn;

use crate::checks::fact_store::Created;
use crate::checks::facts::names::FactName;
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, CallbackFact, Transaction, V2};
use crate::checks::history::History;
use crate::checks::history::attempt::Attempt;
use crate::checks::settle::Why;
use crate::checks::vendor::Vendor;
use crate::checks::vendor::callback::Callback;
use crate::checks::vendor::id::VendorPrint;
use crate::checks::{Checks, Error, Outcome, Verification};
use crate::ids::{FactHash, VerificationId};
use crate::seal::{Purpose, SealError};

/// Whom a callback is about, by the credential in its address: genuine, and not expired.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addressee {
    /// The verification.
    pub(crate) id: VerificationId,
    /// The attempt that the credential was made for.
    attempt: u32,
    /// The vendor that it was given to.
    vendor: VendorPrint,
}

/// What became of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallbackReceipt {
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
    pub(crate) fn addressee(&self, credential: &str) -> Result<Addressee, SealError> {
        let now = self.deps.clock.now();
        let opened = self.deps.seal.open(Purpose::Callback, credential, now)?;
        let (attempt, vendor) = addressed(&opened.extra);
        Ok(Addressee {
            id: opened.id,
            attempt,
            vendor,
        })
    }

    /// The vendor to whom the address was given, who reads what comes to it.
    ///
    /// # Errors
    /// There are no settings of that vendor any more.
    pub(crate) fn sender(&self, to: &Addressee) -> Result<&dyn Vendor, Error> {
        Ok(self.deps.vendors.printed(to.vendor)?)
    }

    /// Stores a callback. The result is read later, by [`Checks::settle_received`], which is worth calling after a duplicate
    /// too: the first one's reading may have failed. Where too many are stored already, the result is read at once: a
    /// callback that is neither stored nor read is not acknowledged.
    ///
    /// # Errors
    /// No such verification; the store; and where the result has to be read at once, the vendor.
    pub(crate) async fn callback(&self, to: &Addressee, callback: Callback) -> Result<Received, Error> {
        let verification = self.open(to.id);
        let receipt = self.receive(&verification, to.attempt, callback).await?;
        Ok(Received {
            receipt,
            verification,
        })
    }

    async fn receive(
        &self,
        verification: &Verification,
        addressed: u32,
        callback: Callback,
    ) -> Result<CallbackReceipt, Error> {
        let Verification { id, seen } = verification;
        let history = seen.own_history(*id).await?;
        let attempt = attempt_of(seen, &history, &callback, addressed).await?;
        let fact = self.fact_of(callback, attempt);
        let name = name_of(&history, &fact, attempt);
        let is_full = history.names.iter().filter(|name| is_callback(name)).count() >= MAX_CALLBACKS;
        if is_full && !history.names.contains(&name) {
            return self.read_instead(seen, &history, attempt).await;
        }
        match seen.create(*id, name, &fact).await? {
            _ if attempt.is_none() => Ok(CallbackReceipt::Foreign),
            Created::New => Ok(CallbackReceipt::Recorded),
            Created::Existed => Ok(CallbackReceipt::Duplicate),
        }
    }

    fn fact_of(&self, callback: Callback, attempt: Option<u32>) -> CallbackFact {
        let short = |text: String| text.chars().take(MAX_WORD).collect::<String>();
        CallbackFact {
            version: V2,
            at: self.deps.clock.now(),
            attempt,
            execution: callback.execution.map(short),
            account: callback.account.map(short),
            status_word: short(callback.status_word),
            sent_at: callback.sent_at.map(short),
        }
    }

    /// The store of a verification is bounded, and what is acknowledged is never lost: so it is read before that.
    async fn read_instead(
        &self,
        seen: &std::sync::Arc<Snapshot>,
        history: &History,
        attempt: Option<u32>,
    ) -> Result<CallbackReceipt, Error> {
        let Some(attempt) = attempt else {
            return Ok(CallbackReceipt::Foreign);
        };
        warn!(verification.id = %history.id, attempt, code = "callback.too_many",
            "maximum number of stored callbacks reached; the result is read instead");
        if history.next_decision() > MAX_DECISIONS {
            return Err(Error::Busy);
        }
        let of = AttemptOf {
            id: history.id,
            attempt,
        };
        self.read(seen, of, Why::NotStored).await?;
        self.settle_joined(seen, history, Why::NotStored).await;
        Ok(CallbackReceipt::Read)
    }

    /// Reads the result that a stored callback announces, by what was listed for it.
    ///
    /// # Errors
    /// The vendor or the store. The callback is stored, so nothing is lost.
    pub(crate) async fn settle_received(&self, received: &Received) -> Result<Outcome, Error> {
        let Verification { id, seen } = &received.verification;
        self.settle_seen(seen, *id).await
    }
}

/// A callback that was taken in.
pub(crate) struct Received {
    /// What became of it.
    pub receipt: CallbackReceipt,
    verification: Verification,
}

fn is_callback(name: &FactName) -> bool {
    matches!(name, FactName::Callback(..) | FactName::Foreign(_))
}

/// What a credential says beside the verification: attempt and vendor.
pub(in crate::checks) fn addressing(attempt: u32, vendor: VendorPrint) -> [u8; 16] {
    let mut extra = [0; 16];
    let bytes = attempt.to_be_bytes().into_iter().chain(vendor);
    extra.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    extra
}

fn addressed(extra: &[u8; 16]) -> (u32, VendorPrint) {
    let [a, b, c, d, vendor @ .., _, _, _, _] = *extra;
    (u32::from_be_bytes([a, b, c, d]), vendor)
}

/// The attempt that a callback is about: the one whose ids it names. A callback that names none, or that overtakes the answer
/// to our own start, is about the attempt of its credential.
async fn attempt_of(
    seen: &Snapshot,
    history: &History,
    callback: &Callback,
    addressed: u32,
) -> Result<Option<u32>, Error> {
    let names_none = callback.execution.is_none() && callback.account.is_none();
    let has_transaction = |attempt: &Attempt| history.names.contains(&FactName::Transaction(attempt.number));
    // Its credential is genuine, so that start is ours, even if nobody has recorded yet how it went.
    let is_recorded = history.attempts.get(&addressed).is_some_and(has_transaction);
    if names_none || !is_recorded {
        return Ok(Some(addressed));
    }
    let others = history
        .attempts
        .values()
        .filter(|attempt| has_transaction(attempt));
    let others = others
        .map(|attempt| attempt.number)
        .filter(|number| *number != addressed);
    for number in std::iter::once(addressed).chain(others) {
        let transaction: Transaction = seen.fact(history.id, FactName::Transaction(number)).await?;
        if is_about(&transaction, callback) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

fn is_about(transaction: &Transaction, callback: &Callback) -> bool {
    let agrees = |ours: &str, theirs: &Option<String>| theirs.as_ref().is_none_or(|theirs| theirs == ours);
    agrees(&transaction.ids.execution, &callback.execution)
        && agrees(&transaction.ids.account, &callback.account)
}

/// The same for the same callback, however often it comes. One that does not say when it was sent may announce something
/// new although it looks the same: so it is the same only until it was read.
fn name_of(history: &History, fact: &CallbackFact, attempt: Option<u32>) -> FactName {
    let Some(attempt) = attempt else {
        return FactName::Foreign(hash(fact, 0));
    };
    let known = history.attempts.get(&attempt);
    let is_read = |hash: &FactHash| known.is_some_and(|known| known.decisions.names(hash));
    let says_when = |sent_at: &String| OffsetDateTime::parse(sent_at, &Rfc3339).is_ok();
    let is_dated = fact.sent_at.as_ref().is_some_and(says_when);
    let mut hashes = (0..=MAX_CALLBACKS).map(|nth| hash(fact, nth));
    let unread = hashes.find(|hash| is_dated || !is_read(hash));
    FactName::Callback(attempt, unread.unwrap_or_else(|| hash(fact, 0)))
}

fn hash(fact: &CallbackFact, nth: usize) -> FactHash {
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
    let nth = nth.to_string();
    FactHash::of(&["callback", execution, account, word, sent_at, &nth])
}
