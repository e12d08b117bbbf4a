//! Creates transactions at the vendor, and never forgets one that may have been created.
//!
//! Before the vendor is called the subject's next start is leased; after it answered, the start is recorded, or freed if it
//! certainly was not executed. Whatever happens in between leaves a start without a word of how it went: whoever meets it
//! next looks it up at the vendor, or counts it as one that may have been paid.

use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;
use tokio::time::{Duration, sleep, timeout};
use tracing::{error, info, warn};

use crate::checks::begin::next_step::Latest;
use crate::checks::callback::addressing;
use crate::checks::decision::faces;
use crate::checks::fact_store::Created;
use crate::checks::facts::names::{self, FactName, StartMark};
use crate::checks::facts::snapshot::Snapshot;
use crate::checks::facts::{AttemptOf, Happened, StartLease, Transaction, V2};
use crate::checks::history::starts::{self, Room, Starts};
use crate::checks::register::{consent, place};
use crate::checks::vendor::id::VendorId;
use crate::checks::vendor::{Found, Start, Started, VendorError};
use crate::checks::{Checks, Deps, Entry, Error};
use crate::seal::Purpose;

/// A transaction that was paid for is worth several tries to record it.
const RECORD_TRIES: u32 = 4;
/// How far the clocks of two processes may be apart. A lease ends for its owner so much earlier than for everybody else.
const CLOCK_SKEW: Duration = Duration::from_secs(2);

/// Makes start `number` of the subject and gives the address of the vendor's page. Nothing when somebody else was
/// faster, or when the facts have to be looked at again.
pub(in crate::checks) async fn start(
    checks: &Checks,
    entry: &Entry,
    number: u32,
) -> Result<Option<SecretString>, Error> {
    let seen = &entry.seen;
    let of = AttemptOf {
        id: entry.id,
        attempt: number,
    };
    // Everything that can be read is read before the lease begins.
    let start = ask(checks, entry, of).await?;
    // Before the lease: who is refused leaves none behind.
    let spent = checks.spend(of, entry.purse).await?;
    let (made, started) = lease_and_call(checks, seen, of, &start).await;
    if made == Made::No {
        checks.put_back(&spent).await;
    }
    started
}

/// Whether a start was paid.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    /// Certainly not.
    No,
    /// It was, or may have been.
    Maybe,
}

type Href = Result<Option<SecretString>, Error>;

async fn lease_and_call(checks: &Checks, seen: &Snapshot, of: AttemptOf, start: &Start) -> (Made, Href) {
    match lease(checks, seen, of).await {
        Ok(Some(lease)) => call(checks, seen, &lease, start).await,
        other => (Made::No, other.map(|_| None)),
    }
}

/// The lease on a start, if nobody was faster and enough of it is left for the vendor.
async fn lease(checks: &Checks, seen: &Snapshot, of: AttemptOf) -> Result<Option<StartLease>, Error> {
    // Whatever becomes of it, also when nobody comes back for it, a sweep looks after it.
    let begun = Happened::at(checks.deps.clock.now());
    checks.deps.write(&names::open(of), &begun).await?;
    let Some(lease) = starts::lease(&checks.deps, seen, of).await? else {
        seen.refresh().await?;
        return Ok(None);
    };
    if left_of(checks, &lease) < checks.deps.limits.vendor_budget {
        // The store was too slow. When the vendor answers, another process might already own the next start.
        free(checks, seen, of, "the lease was too short").await?;
        return Err(Error::Busy);
    }
    Ok(Some(lease))
}

async fn call(checks: &Checks, seen: &Snapshot, lease: &StartLease, start: &Start) -> (Made, Href) {
    let answer = timeout(left_of(checks, lease), checks.deps.vendors.present().start(start)).await;
    let answer = answer.unwrap_or_else(|_| Err(VendorError::unavailable("no answer in time")));
    let made = match &answer {
        Err(error) if !error.may_have_started() => Made::No,
        _ => Made::Maybe,
    };
    (made, answered(checks, seen, lease, answer).await)
}

async fn answered(
    checks: &Checks,
    seen: &Snapshot,
    lease: &StartLease,
    answer: Result<Started, VendorError>,
) -> Href {
    let of = lease.of;
    match answer {
        Ok(started) => {
            record(checks, seen, of, &lease.vendor, &started).await?;
            Ok((!left_of(checks, lease).is_zero()).then_some(started.href))
        }
        Err(error) if error.may_have_started() => {
            warn!(verification.id = %of.id, attempt = of.attempt, cause = %error, code = "start.unanswered",
                "starting the vendor transaction failed; it may have been created");
            match recover(checks, seen, of).await? {
                Recovered::Found => Ok(None),
                Recovered::Lost => Err(Error::Vendor(error)),
            }
        }
        Err(error) => {
            free(checks, seen, of, &error.to_string()).await?;
            Err(Error::Vendor(error))
        }
    }
}

/// What is left of a lease for its owner.
fn left_of(checks: &Checks, lease: &StartLease) -> Duration {
    let end = lease.at + checks.deps.limits.start_lease - CLOCK_SKEW;
    (end - checks.deps.clock.now()).try_into().unwrap_or_default()
}

async fn ask(checks: &Checks, entry: &Entry, of: AttemptOf) -> Result<Start, Error> {
    let request = entry.seen.request(entry.id).await?;
    let callback = callback_credential(&checks.deps, of, checks.deps.clock.now());
    let place = FactName::Request.path(of.id);
    let ip = request
        .ip
        .as_ref()
        .and_then(|ip| checks.deps.seal.unlock(&place, ip).ok());
    let address = |base: &url::Url, value: &str| {
        base.join(value)
            .map_err(|_| Error::Vendor(VendorError::Refused(format!("no address under {base}"))))
    };
    Ok(Start {
        reference: reference(of),
        user_reference: request.subject.to_string(),
        account: account(&entry.seen).await?,
        callback_url: address(&checks.deps.addresses.callback_base, &callback)?,
        return_url: address(&checks.deps.addresses.return_base, &entry.handle)?,
        locale: entry.locale.clone().or_else(|| request.locale.clone()),
        consent: consent::consent(&entry.seen, entry.id, &request).await?,
        place: place::place(&checks.deps, &entry.seen, entry.id, &request).await?,
        ip: ip.map(|ip| ip.expose_secret().to_owned()),
    })
}

async fn record(
    checks: &Checks,
    seen: &Snapshot,
    of: AttemptOf,
    vendor: &VendorId,
    started: &Started,
) -> Result<(), Error> {
    let path = FactName::Transaction(of.attempt).path(of.id);
    let href = started.href.expose_secret();
    let transaction = Transaction {
        version: V2,
        at: checks.deps.clock.now(),
        vendor: vendor.clone(),
        ids: started.ids.clone(),
        href: checks.deps.seal.lock(&path, checks.deps.random.bytes(), href),
    };
    let mut tries = 1;
    loop {
        match faces::record_transaction(&checks.deps, seen, of, &transaction).await {
            Ok(Created::New) => break,
            // By an earlier try of ours whose answer was lost, or by somebody who found it at the vendor.
            Ok(Created::Existed) => return Ok(()),
            Err(error) if tries == RECORD_TRIES => {
                error!(verification.id = %of.id, attempt = of.attempt, transaction.id = transaction.ids.execution,
                    code = "start.unrecorded", "vendor transaction created but not recorded");
                return Err(error);
            }
            Err(_) => sleep(Duration::from_millis(100) * tries).await,
        }
        tries += 1;
    }
    info!(verification.id = %of.id, attempt = of.attempt, transaction.id = transaction.ids.execution,
        code = "start.recorded", "vendor transaction started");
    Ok(())
}

/// The start certainly was not executed: another may follow at once.
async fn free(checks: &Checks, seen: &Snapshot, of: AttemptOf, cause: &str) -> Result<(), Error> {
    warn!(verification.id = %of.id, attempt = of.attempt, cause, code = "start.not_executed",
        "starting the vendor transaction failed; none was created");
    starts::mark(&checks.deps, seen, of, StartMark::Released)
        .await
        .map(|_| ())
}

/// Clears up a start without a word of how it went: by our own reference at the vendor, or by counting it as one that
/// may have been paid. Safe to repeat and to race.
///
/// # Errors
/// The store. The vendor, if it can be asked but not now: then it is asked again by whoever comes next.
pub(in crate::checks) async fn recover(
    checks: &Checks,
    seen: &Snapshot,
    of: AttemptOf,
) -> Result<Recovered, Error> {
    let lease: StartLease = seen.start(of.attempt, StartMark::Leased).await?;
    let is_unknown = match checks
        .deps
        .vendors
        .of(&lease.vendor)?
        .find(&reference(of))
        .await?
    {
        Found::Started(started) => {
            record(checks, seen, of, &lease.vendor, &started).await?;
            return Ok(Recovered::Found);
        }
        Found::Nothing => false,
        Found::CannotBeAsked => true,
    };
    // Its owner may have recorded it after this request's listing, and died then.
    seen.refresh().await?;
    if seen.has(of.id, FactName::Transaction(of.attempt)).await? {
        return Ok(Recovered::Found);
    }
    if is_unknown {
        // Told first: once it is written down nobody comes by here again. So it may be told more than once.
        warn!(verification.id = %of.id, attempt = of.attempt, code = "start.may_have_been_paid",
            "start lost; the vendor may have created a transaction and may charge it");
        starts::mark(&checks.deps, seen, of, StartMark::Unconfirmed).await?;
    } else {
        free(checks, seen, of, "the vendor does not know it").await?;
    }
    Ok(Recovered::Lost)
}

/// The starts of a subject, after looking whether some attempts have expired meanwhile if there seems to be no room for
/// another one.
pub(in crate::checks) async fn with_room(
    checks: &Checks,
    seen: &std::sync::Arc<Snapshot>,
    starts: Starts,
    latest: Latest,
) -> Result<Starts, Error> {
    let room = starts.room(&checks.deps.limits, checks.deps.clock.now());
    if latest != Latest::Concluded || room == Room::Free {
        return Ok(starts);
    }
    for start in starts.all.iter().filter(|start| start.is_attempt()) {
        match checks.settle_due(seen, start.of.id).await {
            Ok(_) | Err(Error::NotFound) => {} // erased, but counted all the same
            Err(error) => return Err(error),
        }
    }
    seen.known_starts().await
}

/// What became of a start that was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum Recovered {
    /// Its transaction is recorded now.
    Found,
    /// It is free again, or counted as one that may have been paid.
    Lost,
}

/// Our name for a start at the vendor.
fn reference(of: AttemptOf) -> String {
    format!("{}-{}", of.id, of.attempt)
}

/// The vendor's account of the subject, from its latest transaction.
async fn account(seen: &Snapshot) -> Result<Option<String>, Error> {
    for start in seen.known_starts().await?.all {
        let name = FactName::Transaction(start.of.attempt);
        if let Some(transaction) = seen.find::<Transaction>(start.of.id, name).await? {
            return Ok(Some(transaction.ids.account).filter(|account| !account.is_empty()));
        }
    }
    Ok(None)
}

/// The last part of the address to which the vendor sends the callbacks of a start.
fn callback_credential(deps: &Deps, of: AttemptOf, now: OffsetDateTime) -> String {
    let extra = addressing(of.attempt, deps.vendors.present_id().print());
    deps.seal
        .seal(Purpose::Callback, of.id, now + deps.limits.callback_life, extra)
}
