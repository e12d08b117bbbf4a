//! `ClaimsExchange` steps: run the chosen technical profile, at a page, at a provider, or at once.

use super::{Flow, sso};
use crate::engine::answer::Reply;
use crate::engine::pipeline::{Stage, disabled, find_profile, run};
use crate::engine::walk::{PageState, Waiting, Walk};
use crate::engine::{Failure, Realm};
use crate::model::{Handler, Policy, Step, TechnicalProfile};
use crate::profiles::{openidconnect, selfasserted};
use crate::trace::Kind;

pub(super) async fn take(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    step: &Step,
) -> Result<Flow, Failure> {
    let profile = find_profile(policy, &chosen(walk, step)?)?;
    if let Some(why) = disabled(profile, &walk.claims) {
        walk.trace
            .entry(2, Kind::Skipped, format!("{}: {why}", profile.id))
            .write();
        return Ok(Flow::Next);
    }
    if sso::restore(realm, policy, walk, profile)? {
        return Ok(Flow::Next);
    }
    execute(realm, policy, walk, profile).await
}

/// The exchange picked before, or the only one.
fn chosen(walk: &mut Walk, step: &Step) -> Result<String, Failure> {
    let picked = walk
        .chosen
        .as_deref()
        .and_then(|id| step.exchange(id))
        .map(|exchange| exchange.profile.clone());
    if let Some(profile) = picked {
        walk.chosen = None;
        return Ok(profile);
    }
    match step.exchanges.as_slice() {
        [only] => Ok(only.profile.clone()),
        [] => Err(Failure::new(
            "AADB2C90108",
            format!("step {} has no claims exchange", step.order),
        )),
        _ => {
            let text = format!(
                "step {} has several claims exchanges and none was chosen before",
                step.order
            );
            Err(Failure::new("AADB2C90051", text))
        }
    }
}

async fn execute(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    profile: &TechnicalProfile,
) -> Result<Flow, Failure> {
    match profile.handler() {
        Some(handler @ (Handler::SelfAsserted | Handler::PhoneFactor)) => {
            let (stage, bag) = Stage::of(realm, policy, walk);
            // A phone page has something to ask whatever the claims of its profile look like.
            if !selfasserted::begin(stage, profile, bag)? && handler == Handler::SelfAsserted {
                complete(realm, policy, walk, profile).await?;
                return Ok(Flow::Next);
            }
            refuse_silent(walk)?;
            walk.waiting = Waiting::Page(Box::new(PageState {
                profile: Some(profile.id.clone()),
                ..PageState::default()
            }));
            Ok(Flow::Wait(Reply::Page(Box::new(crate::page::build(
                realm, policy, walk,
            )?))))
        }
        Some(Handler::OpenIdConnect | Handler::OAuth2) => {
            refuse_silent(walk)?;
            Ok(Flow::Wait(
                openidconnect::leave(realm, policy, walk, profile).await?,
            ))
        }
        _ => {
            let (stage, bag) = Stage::of(realm, policy, walk);
            run(stage, profile, bag)
                .await
                .map_err(|failure| in_step(profile, stage, failure))?;
            sso::persist(realm, policy, walk, profile);
            Ok(Flow::Next)
        }
    }
}

/// `prompt=none` allows no page.
pub(super) fn refuse_silent(walk: &Walk) -> Result<(), Failure> {
    if walk.refresh.is_some() {
        return Err(Failure::new(
            "AADB2C90277",
            "a refresh journey reached a step that needs a person",
        ));
    }
    if walk.request.prompts("none") {
        let text =
            "User does not have an existing session and request prompt parameter has a value of 'None'.";
        return Err(Failure::new("AADB2C90077", text).oauth("interaction_required"));
    }
    Ok(())
}

/// An HTTP error answer has its own code when it ends a step.
fn in_step(profile: &TechnicalProfile, stage: Stage<'_>, failure: Failure) -> Failure {
    let Some((status, reason)) = &failure.http else {
        return failure;
    };
    stage.trace.warn(format!("{}: {failure}", profile.id));
    let text = format!(
        "The claims exchange '{}' specified in the user journey returned HTTP error response with Code '{status}' and \
         Reason '{reason}'.",
        profile.id
    );
    Failure {
        code: "AADB2C90075".to_owned(),
        message: text,
        ..failure
    }
}

/// After a page was confirmed: its claims go into the journey's bag.
///
/// # Errors
/// When an output claims transformation fails.
pub async fn complete(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    profile: &TechnicalProfile,
) -> Result<(), Failure> {
    let scope = walk
        .page()
        .and_then(|page| page.submitted.clone())
        .unwrap_or_else(|| walk.claims.clone());
    let (stage, bag) = Stage::of(realm, policy, walk);
    selfasserted::finish(stage, profile, &scope, bag)?;
    sso::persist(realm, policy, walk, profile);
    walk.waiting = Waiting::Nothing;
    Ok(())
}
