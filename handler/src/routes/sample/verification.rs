//! The three calls about a verification that was begun. What was found is read from the facts each time; a token only proves that
//! its bearer was given it for this account and this transaction.

use secrecy::{ExposeSecret as _, SecretString};

use super::{BODY_MAX, answer, caller, front};
use crate::checks::standing::Named;
use crate::checks::{Checks, Error, Status};
use crate::ids::VerificationId;
use crate::pages::{self, State};
use crate::random::Random;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::Response;
use crate::routes::problem::Fault;
use crate::sample::answer::{self, Progress};
use crate::sample::front::{CALLER, Front, Refused};
use crate::sample::token::{self, VerificationToken};
use crate::sample::wire::{InitializeVerification, ValidateVerificationToken, VerifyTransactionStatus};
use crate::seal;
use crate::telemetry;

/// `InitializeVerification`: the first token, for an account and a transaction of it.
pub(super) async fn initialize(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let front = front(&services)?;
    let body = caller::body(&mut call, &services, front).await?;
    let asked = InitializeVerification::parse(&body).map_err(Refused::from)?;
    // Only whether it is one of the account's: a token says nothing of an outcome.
    stands(&services.checks, &asked.object_id, &asked.transaction_reference).await?;
    let token = issue(
        &call,
        front,
        asked.object_id,
        asked.transaction_reference,
        Progress::Retry,
    )?;
    Ok(answer(answer::verification(&token)))
}

/// `VerifyTransactionStatus`: asked by the sample's page, from another origin, with the token as its proof.
pub(super) async fn status(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let front = front(&services)?;
    let body = call.json(BODY_MAX).await?;
    let asked = VerifyTransactionStatus::parse(&body).map_err(Refused::from)?;
    let given = read(&call, front, &asked.verification_token)?;
    let id = given.transaction_reference.parse().ok();
    if id.is_some_and(|id| call.gate.traffic.is_asked_too_often(id)) {
        return Err(Refused::TooOften.into());
    }
    let progress = stands(&services.checks, &given.object_id, &given.transaction_reference)
        .await?
        .progress;
    let token = issue(
        &call,
        front,
        given.object_id,
        given.transaction_reference,
        progress,
    )?;
    Ok(answer(answer::status(&token, progress)))
}

/// The same below the secret, where it is not: only whoever proves nothing is told something else.
pub(super) async fn status_below_secret(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    caller::check(&call, &services, front(&services)?).await?;
    Err(Fault::NoRoute)
}

/// `ValidateVerificationToken`: what was found, for an account and a transaction that B2C names, and the token that came out of the
/// page. The token's own word does not count.
pub(super) async fn validate(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let front = front(&services)?;
    let body = caller::body(&mut call, &services, front).await?;
    let asked = ValidateVerificationToken::parse(&body).map_err(Refused::from)?;
    let given = read(&call, front, &asked.verification_token)?;
    let is_same = seal::same(given.object_id.as_bytes(), asked.object_id.as_bytes())
        & seal::same(
            given.transaction_reference.as_bytes(),
            asked.transaction_reference.as_bytes(),
        );
    if !is_same {
        return Err(Refused::OtherToken.into());
    }
    let Stands { progress, state } =
        stands(&services.checks, &asked.object_id, &asked.transaction_reference).await?;
    let language = call.speak(&[], services.default_language);
    let is_verified = progress == Progress::Success;
    let message = (!is_verified).then(|| pages::said_of(language, state));
    Ok(answer(answer::validation(is_verified, message)))
}

/// How a transaction of an account stands.
#[derive(Clone, Copy)]
struct Stands {
    progress: Progress,
    /// What the person would be shown here.
    state: State,
}

/// How a transaction of an account stands. Of a reference of before the change to this handler, which is no id of ours, and of what
/// was erased, nothing is known, and waiting does not help.
async fn stands(checks: &Checks, object_id: &str, reference: &str) -> Result<Stands, Fault> {
    let unknown = Stands {
        progress: Progress::Failed,
        state: State::Expired,
    };
    let Ok(id) = reference.parse::<VerificationId>() else {
        return Ok(unknown);
    };
    telemetry::note_verification(id);
    let account = Named {
        caller: CALLER,
        client_id: None,
        subject: object_id,
    };
    match checks.status(&account, id).await {
        Ok(outcome) => Ok(outcome.map_or(unknown, |outcome| of_status(outcome.status))),
        Err(Error::NotFound) => Err(Refused::OtherTransaction.into()),
        Err(error) => Err(error.into()),
    }
}

const fn of_status(status: Status) -> Stands {
    let (progress, state) = match status {
        Status::Approved => (Progress::Success, State::Approved),
        Status::Pending => (Progress::Retry, State::Checking),
        Status::Review => (Progress::Retry, State::Review),
        Status::Rejected => (Progress::Failed, State::Rejected),
        Status::Expired => (Progress::Failed, State::Expired),
        Status::Cancelled => (Progress::Failed, State::Cancelled),
        Status::Error => (Progress::Failed, State::Trouble),
    };
    Stands { progress, state }
}

fn read(call: &Call, front: &Front, token: &SecretString) -> Result<VerificationToken, Fault> {
    let now = call.gate.clock.now();
    let read = token::read(&front.tokens, token.expose_secret(), now);
    Ok(read.map_err(Refused::from)?)
}

fn issue(
    call: &Call,
    front: &Front,
    object_id: String,
    transaction_reference: String,
    progress: Progress,
) -> Result<String, Fault> {
    let says = VerificationToken {
        object_id,
        transaction_reference,
        is_verified: progress == Progress::Success,
        message: String::new(),
    };
    let random: &dyn Random = &*call.gate.random;
    Ok(token::issue(
        &front.tokens,
        &says,
        call.gate.clock.now(),
        random.bytes(),
    )?)
}
