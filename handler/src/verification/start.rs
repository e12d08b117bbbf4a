//! Creates the one transaction of an attempt at the vendor.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;
use tokio::time::{Duration, sleep, timeout};
use tracing::{error, info, warn};

use super::begin::Begun;
use super::facts::{AttemptOf, Failed, Transaction, V1};
use super::history::History;
use super::paths::Name;
use super::records::Created;
use super::vendor::{Start, Started, VendorError};
use super::{Error, Verifications, Visit};
use crate::ids::SubjectHash;
use crate::seal::{Purpose, SealError};

/// A transaction that was paid for is worth several tries to record it.
const RECORD_TRIES: u32 = 4;

impl Verifications {
    /// Starts the attempt that this process has claimed. Nothing when the claim had passed on to somebody faster.
    pub(super) async fn start(
        &self,
        history: &History,
        visit: &Visit,
        attempt: u32,
        claim: u32,
    ) -> Result<Option<Begun>, Error> {
        let of = AttemptOf {
            id: visit.id,
            attempt,
        };
        let (start, slot) = match self.prepare(history, visit, of, claim).await {
            Ok(prepared) => prepared,
            Err(error) => return Err(self.give_up(of, claim, error).await),
        };
        // Well within the lease, so that nobody else has taken over before this has ended.
        let patience = self.deps.limits.claim_lease * 3 / 4;
        let started = match timeout(patience, self.deps.vendor.start(&start)).await {
            Ok(started) => started,
            Err(_) => Err(VendorError::Unavailable("no answer in time".to_owned())),
        };
        match started {
            Ok(started) => self.record(of, &started).await,
            Err(error) => {
                self.deps.release_slot(history.request.subject, slot).await?;
                Err(self.give_up(of, claim, Error::Vendor(error)).await)
            }
        }
    }

    /// What the vendor is asked, and the slot that it takes.
    async fn prepare(
        &self,
        history: &History,
        visit: &Visit,
        of: AttemptOf,
        claim: u32,
    ) -> Result<(Start, u32), Error> {
        let start = self.ask(history, visit, of, claim).await?;
        let slot = self.deps.take_slot(history.request.subject, of, claim).await?;
        Ok((start, slot))
    }

    async fn ask(&self, history: &History, visit: &Visit, of: AttemptOf, claim: u32) -> Result<Start, Error> {
        let request = &history.request;
        let callback = self.deps.callback_credential(of, claim, self.deps.clock.now());
        let ip = request
            .ip
            .as_ref()
            .and_then(|ip| self.deps.seal.unlock(&Name::Request.path(of.id), ip).ok());
        let address = |base: &url::Url, value: &str| {
            base.join(value)
                .map_err(|_| Error::Vendor(VendorError::Refused(format!("no address under {base}"))))
        };
        Ok(Start {
            reference: format!("{}-{}", of.id, of.attempt),
            user_reference: request.subject.to_string(),
            account: self.account(request.subject).await?,
            callback_url: address(&self.deps.addresses.callback_base, &callback)?,
            return_url: address(&self.deps.addresses.return_base, &visit.handle)?,
            locale: visit
                .authorization
                .locale
                .clone()
                .or_else(|| request.locale.clone()),
            consent: request.consent.clone(),
            ip: ip.map(|ip| ip.expose_secret().to_owned()),
        })
    }

    /// The vendor's account of the subject, from its latest transaction.
    async fn account(&self, subject: SubjectHash) -> Result<Option<String>, Error> {
        for taken in self.deps.slots(subject).await?.taken {
            let of = taken.slot.of;
            let path = Name::Transaction(of.attempt).path(of.id);
            if let Some(transaction) = self.deps.read::<Transaction>(&path).await? {
                return Ok(Some(transaction.ids.account).filter(|account| !account.is_empty()));
            }
        }
        Ok(None)
    }

    async fn record(&self, of: AttemptOf, started: &Started) -> Result<Option<Begun>, Error> {
        let path = Name::Transaction(of.attempt).path(of.id);
        let transaction = Transaction {
            version: V1,
            at: self.deps.clock.now(),
            ids: started.ids.clone(),
            href: self
                .deps
                .seal
                .lock(&path, self.deps.random.bytes(), started.href.expose_secret()),
        };
        let mut tries = 1;
        loop {
            match self.deps.record_transaction(of, &transaction).await {
                Ok(Created::New) => break,
                Ok(Created::Existed) => return self.recorded_before(of, &transaction).await,
                Err(error) if tries == RECORD_TRIES => {
                    error!(verification.id = %of.id, attempt = of.attempt, "a transaction was created but cannot be recorded");
                    return Err(error);
                }
                Err(_) => sleep(Duration::from_millis(100) * tries).await,
            }
            tries += 1;
        }
        info!(verification.id = %of.id, attempt = of.attempt, "transaction started");
        Ok(Some(Begun::Redirect(started.href.clone())))
    }

    /// The fact is there: by an earlier try of ours whose answer was lost, or by somebody who took over.
    async fn recorded_before(&self, of: AttemptOf, ours: &Transaction) -> Result<Option<Begun>, Error> {
        let first: Transaction = self.deps.fact(of.id, Name::Transaction(of.attempt)).await?;
        if first.ids != ours.ids {
            error!(verification.id = %of.id, attempt = of.attempt, "a second transaction was created; the first one counts");
        }
        Ok(None)
    }

    /// Lets others claim the attempt at once.
    async fn give_up(&self, of: AttemptOf, claim: u32, error: Error) -> Error {
        warn!(verification.id = %of.id, attempt = of.attempt, cause = %error, "a start came to nothing");
        let failed = Failed {
            version: V1,
            at: self.deps.clock.now(),
            why: why(&error).to_owned(),
        };
        match self
            .deps
            .create(&Name::Failed(of.attempt, claim).path(of.id), &failed)
            .await
        {
            Ok(_) => error,
            // The claim passes on when its lease is over.
            Err(store) => store,
        }
    }

    /// Refuses when the subject has no attempts left, after looking whether some of them have expired meanwhile, or
    /// belong to processes that died while they started this one.
    pub(super) async fn make_room(
        &self,
        subject: SubjectHash,
        of: AttemptOf,
        claim: u32,
    ) -> Result<(), Error> {
        self.deps.discount_before(subject, of, claim).await?;
        let slots = self.deps.slots(subject).await?;
        if self.deps.has_room(&slots) {
            return Ok(());
        }
        let counted = slots.taken.iter().filter(|taken| !taken.uncounted);
        for id in counted.map(|taken| taken.slot.of.id).collect::<BTreeSet<_>>() {
            self.look(id).await?;
        }
        let slots = self.deps.slots(subject).await?;
        if self.deps.has_room(&slots) {
            Ok(())
        } else {
            Err(Error::AttemptsExhausted)
        }
    }
}

impl super::Deps {
    /// The vendor's page of a transaction.
    pub(super) fn href(&self, home: AttemptOf, transaction: &Transaction) -> Result<SecretString, SealError> {
        self.seal
            .unlock(&Name::Transaction(home.attempt).path(home.id), &transaction.href)
    }

    /// The last part of the address to which the vendor sends the notices of a claim.
    fn callback_credential(&self, of: AttemptOf, claim: u32, now: OffsetDateTime) -> String {
        let mut extra = [0; 16];
        let numbers = of.attempt.to_be_bytes().into_iter().chain(claim.to_be_bytes());
        extra.iter_mut().zip(numbers).for_each(|(to, from)| *to = from);
        self.seal
            .seal(Purpose::Callback, of.id, now + self.limits.callback_life, extra)
    }
}

fn why(error: &Error) -> &'static str {
    match error {
        Error::Vendor(VendorError::Unavailable(_)) => "unavailable",
        Error::Vendor(VendorError::Throttled) => "throttled",
        Error::Vendor(VendorError::Refused(_)) => "refused",
        Error::Vendor(VendorError::Invalid(_)) => "invalid",
        Error::AttemptsExhausted => "exhausted",
        _ => "not_started",
    }
}
