//! Goes through a journey's orchestration steps until somebody has to act or the answer is there.

mod choice;
mod exchange;
pub mod sso;

pub(crate) use choice::sign_up_target;
pub use choice::{choose, providers};
pub use exchange::complete;
pub use sso::persist as remember;

use super::answer::Reply;
use super::pipeline::{Stage, find_profile};
use super::walk::{Frame, Waiting, Walk};
use super::{Failure, Realm, pipeline, tokens};
use crate::model::words::{StepKind, SubJourneyKind};
use crate::model::{Handler, JourneyKind, Policy, Precondition, Step};
use crate::trace::Kind;

/// More steps than any journey has: a transfer in a circle would never end.
const MOST_STEPS: u32 = 1000;

/// What a step came to.
pub(super) enum Flow {
    /// Done: the next step.
    Next,
    /// It moved the walk by itself, for example into a sub journey.
    Moved,
    /// Somebody has to act.
    Wait(Reply),
    /// The journey is over: whatever follows would only hide the error that was told.
    End,
}

/// Goes on with a walk. A failure becomes the error answer to the application.
pub async fn proceed(realm: &Realm, walk: &mut Walk) -> Reply {
    let outcome = match realm.policy(&walk.policy) {
        Some(policy) => advance(realm, policy, walk).await,
        None => Err(Failure::new("AADB2C90035", "the policy is gone")),
    };
    outcome.unwrap_or_else(|failure| fail(realm, walk, &failure))
}

/// Ends a walk with an error answer to the application.
pub fn fail(realm: &Realm, walk: &mut Walk, failure: &Failure) -> Reply {
    walk.trace
        .entry(1, Kind::Error, failure.to_string())
        .detail("error", failure.oauth)
        .write();
    walk.trace.end(format!("{} {}", failure.oauth, failure.code));
    walk.waiting = Waiting::Finished;
    Reply::failure(realm, walk, failure)
}

async fn advance(realm: &Realm, policy: &Policy, walk: &mut Walk) -> Result<Reply, Failure> {
    walk.waiting = Waiting::Nothing;
    for _ in 0..MOST_STEPS {
        let Some(step) = walk.next_step(policy) else {
            if walk.frames.len() > 1 {
                walk.frames.pop();
                walk.pass_step();
                continue;
            }
            return finish(walk);
        };
        walk.trace.enter_step(step.order);
        if skipped(walk, step) {
            walk.pass_step();
            continue;
        }
        note_taken(walk, step);
        match take(realm, policy, walk, step).await? {
            Flow::Next => walk.pass_step(),
            Flow::Moved => {}
            Flow::End => return finish(walk),
            Flow::Wait(reply) if walk.answer.is_none() => return Ok(reply),
            Flow::Wait(_) => {
                let text = format!(
                    "step {} needs a person after SendClaims already answered",
                    step.order
                );
                return Err(Failure::new("AADB2C90108", text));
            }
        }
    }
    Err(Failure::new(
        "AADB2C90277",
        format!("more than {MOST_STEPS} steps: the sub journeys go in a circle"),
    ))
}

fn finish(walk: &mut Walk) -> Result<Reply, Failure> {
    walk.waiting = Waiting::Finished;
    let journey = walk
        .frames
        .first()
        .map(|frame| frame.journey.clone())
        .unwrap_or_default();
    let missing = || {
        let text = format!("User journey '{journey}' doesn't contain a send claims step.");
        Failure::new("AADB2C90040", text)
    };
    let reply = walk.answer.take().ok_or_else(missing)?;
    walk.trace.end("answered");
    Ok(reply)
}

/// The first satisfied precondition skips the step.
fn skipped(walk: &Walk, step: &Step) -> bool {
    for condition in &step.preconditions {
        let text = walk.claims.text(&condition.claim);
        if condition.satisfied(text.as_deref()) {
            let title = format!("Step {} {} skipped", step.order, step.kind.word());
            let entry = walk.trace.entry(1, Kind::Skipped, title);
            entry
                .detail("because", reason(condition, text.as_deref()))
                .write();
            return true;
        }
        if text.is_none() && condition.value.is_some() {
            let id = &condition.claim;
            walk.trace.warn(format!(
                "step {}: {id} has no value, so its ClaimEquals precondition is ignored, whichever way it is written",
                step.order
            ));
        }
    }
    false
}

/// Why a satisfied precondition was.
#[must_use]
pub fn reason(condition: &Precondition, found: Option<&str>) -> String {
    match (&condition.value, found) {
        (Some(wanted), found) => {
            let relation = if condition.execute_if {
                "equals"
            } else {
                "does not equal"
            };
            let found = found
                .map(|found| crate::trace::mask::value(&condition.claim, found))
                .unwrap_or_default();
            format!("{} ({found}) {relation} {wanted}", condition.claim)
        }
        (None, Some(_)) => format!("{} exists", condition.claim),
        (None, None) => format!("{} does not exist", condition.claim),
    }
}

fn note_taken(walk: &Walk, step: &Step) {
    let title = format!("Step {} {}", step.order, step.kind.word());
    let mut entry = walk
        .trace
        .entry(1, Kind::Step, title)
        .detail("at", step.span.to_string());
    if let Some(frame) = walk.frames.last() {
        entry = entry.detail("journey", &frame.journey);
    }
    for condition in &step.preconditions {
        entry = entry.detail(
            "not skipped",
            format!("{:?} {} is not met", condition.kind, condition.claim),
        );
    }
    entry.write();
}

async fn take(realm: &Realm, policy: &Policy, walk: &mut Walk, step: &Step) -> Result<Flow, Failure> {
    match step.kind {
        StepKind::ClaimsExchange => exchange::take(realm, policy, walk, step).await,
        StepKind::CombinedSignInAndSignUp | StepKind::ClaimsProviderSelection => {
            choice::take(realm, policy, walk, step)
        }
        StepKind::ConsentScreen | StepKind::ReviewScreen | StepKind::UserDialog => {
            choice::dialog(realm, policy, walk)
        }
        StepKind::GetClaims => get_claims(realm, policy, walk, step).await,
        StepKind::SendClaims => send_claims(realm, policy, walk, step),
        StepKind::InvokeSubJourney => invoke(policy, walk, step),
        StepKind::Noop => Ok(Flow::Next),
    }
}

async fn get_claims(realm: &Realm, policy: &Policy, walk: &mut Walk, step: &Step) -> Result<Flow, Failure> {
    let Some(id) = &step.issuer else {
        return Ok(Flow::Next);
    };
    let (stage, bag) = Stage::of(realm, policy, walk);
    pipeline::run(stage, stage.profile(id)?, bag).await?;
    Ok(Flow::Next)
}

fn send_claims(realm: &Realm, policy: &Policy, walk: &mut Walk, step: &Step) -> Result<Flow, Failure> {
    let frame = walk.frames.last().cloned();
    let journey = frame.and_then(|frame| walk.journey_of(policy, &frame));
    let default = journey
        .and_then(|journey| journey.default_issuer.as_ref())
        .map(|issuer| issuer.id.as_str());
    let id = step.issuer.as_deref().or(default).ok_or_else(|| {
        Failure::new(
            "AADB2C90108",
            format!("step {} names no token issuer", step.order),
        )
    })?;
    if walk.answer.is_some() {
        let order = step.order;
        walk.trace.warn(format!(
            "step {order}: the application was answered before; it is answered once"
        ));
        return Ok(Flow::Next);
    }
    let issuer = find_profile(policy, id)?;
    walk.answer = Some(tokens::send(realm, policy, walk, issuer)?);
    Ok(match issuer.handler() {
        Some(Handler::ErrorIssuer) => Flow::End,
        _ => Flow::Next,
    })
}

fn invoke(policy: &Policy, walk: &mut Walk, step: &Step) -> Result<Flow, Failure> {
    let missing = || {
        Failure::new(
            "AADB2C90288",
            format!("step {} names no sub journey that exists", step.order),
        )
    };
    let candidate = step.candidates.first().ok_or_else(missing)?;
    let journey = policy.sub_journeys.get(&candidate.id).ok_or_else(missing)?;
    if journey.kind == JourneyKind::Sub(SubJourneyKind::Transfer) {
        walk.frames.clear();
    }
    walk.frames.push(Frame::start_of(journey));
    Ok(Flow::Moved)
}
