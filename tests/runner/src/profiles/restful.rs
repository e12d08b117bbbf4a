//! `RestfulProvider`: calls a REST service.
//!
//! Like B2C it gives a call ten seconds and then repeats it once, so a service that is not idempotent shows here.

mod answer;
mod request;

use crate::claims::Bag;
use crate::engine::Failure;
use crate::engine::pipeline::{Input, Returned, Stage};
use crate::model::TechnicalProfile;
use crate::outbound::{Answer, CallError};
use crate::trace::{Kind, mask};

pub(super) async fn call(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
    bag: &Bag,
) -> Result<Returned, Failure> {
    let draft = request::draft(stage, profile, inputs, bag)?;
    let answer = send(stage, profile, &draft).await?;
    answer::read(stage, profile, &answer)
}

/// Sends, and repeats what brought no answer at all.
async fn send(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    draft: &request::Draft,
) -> Result<Answer, Failure> {
    let outbound = &stage.realm.outbound;
    for attempt in 0.. {
        let began = stage.trace.elapsed_ms();
        let request = draft.build(stage, profile)?;
        let outcome = outbound.send(request).await;
        note(stage, draft, attempt, began, &outcome);
        match outcome {
            Ok(answer) => return Ok(answer),
            Err(_) if attempt < outbound.repeats() => {
                stage.trace.warn(format!(
                    "{}: no answer; the call is repeated, as B2C does",
                    profile.id
                ));
            }
            Err(fault) => return Err(no_answer(stage, profile, &fault)),
        }
    }
    Err(Failure::new(
        "AADB2C90085",
        "a call was neither answered nor given up",
    ))
}

fn note(
    stage: Stage<'_>,
    draft: &request::Draft,
    attempt: u32,
    began: i64,
    outcome: &Result<Answer, CallError>,
) {
    let entry = stage.trace.entry(
        3,
        Kind::Http,
        format!("{} {}", draft.method, draft.shown_address()),
    );
    let entry = entry.since(began).detail("attempt", (attempt + 1).to_string());
    let entry = draft
        .shown_headers()
        .into_iter()
        .fold(entry, |entry, (name, text)| entry.detail(&name, text));
    let entry = entry.detail("request", draft.shown_body());
    match outcome {
        Ok(answer) => {
            let entry = entry.detail("status", format!("{} {}", answer.status, answer.reason));
            entry.detail("answer", mask::body(&answer.body)).write();
        }
        Err(fault) => entry.detail("no answer", fault.to_string()).write(),
    }
}

fn no_answer(stage: Stage<'_>, profile: &TechnicalProfile, fault: &CallError) -> Failure {
    let key = match fault {
        CallError::TimedOut(_) => "UserMessageIfRequestTimeout",
        CallError::NoSuchHost(_) => "UserMessageIfDnsResolutionFailed",
        CallError::Failed(_) | CallError::TooLong => "DefaultUserMessageIfRequestFailed",
    };
    let text = format!("The service of '{}' did not answer: {fault}", profile.id);
    let failure = Failure::new("AADB2C90289", text).http(0, fault.to_string());
    let shown = stage
        .message(profile, key)
        .or_else(|| stage.message(profile, "DefaultUserMessageIfRequestFailed"));
    match shown {
        Some(shown) => failure.shown(shown),
        None => failure,
    }
}
