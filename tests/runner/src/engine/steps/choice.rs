//! Pages that offer choices: `CombinedSignInAndSignUp`, `ClaimsProviderSelection`, and the plain dialogs.

use super::exchange::refuse_silent;
use super::{Flow, sso};
use crate::engine::answer::Reply;
use crate::engine::pipeline::{Stage, find_profile};
use crate::engine::walk::{PageState, Waiting, Walk};
use crate::engine::{Failure, Realm};
use crate::model::journey::Exchange;
use crate::model::words::{SelectionDisplay, StepKind};
use crate::model::{Policy, Step};
use crate::page::{self, Provider};
use crate::profiles::selfasserted;
use crate::trace::Kind;

pub(super) fn take(realm: &Realm, policy: &Policy, walk: &mut Walk, step: &Step) -> Result<Flow, Failure> {
    if sso::restore_choice(realm, policy, walk, step)? {
        return Ok(Flow::Next);
    }
    if let Some(exchange) = only_choice(policy, walk, step) {
        walk.trace
            .entry(2, Kind::Page, format!("{exchange} chosen without a page"))
            .write();
        walk.chosen = Some(exchange);
        return Ok(Flow::Next);
    }
    let local = local_profile(policy, step)?;
    if let Some(profile) = local {
        let (stage, bag) = Stage::of(realm, policy, walk);
        selfasserted::begin(stage, find_profile(policy, profile)?, bag)?;
    }
    refuse_silent(walk)?;
    show(realm, policy, walk, local.map(str::to_owned))
}

fn show(realm: &Realm, policy: &Policy, walk: &mut Walk, profile: Option<String>) -> Result<Flow, Failure> {
    walk.waiting = Waiting::Page(Box::new(PageState {
        profile,
        ..PageState::default()
    }));
    Ok(Flow::Wait(Reply::Page(Box::new(page::build(
        realm, policy, walk,
    )?))))
}

/// A dialog without a technical profile: shows its content definition and waits for Continue.
pub(super) fn dialog(realm: &Realm, policy: &Policy, walk: &mut Walk) -> Result<Flow, Failure> {
    refuse_silent(walk)?;
    show(realm, policy, walk, None)
}

/// The profile of the local sign-in on a combined page.
pub(crate) fn local_profile<'p>(policy: &'p Policy, step: &'p Step) -> Result<Option<&'p str>, Failure> {
    if step.kind != StepKind::CombinedSignInAndSignUp {
        return Ok(None);
    }
    let Some(id) = step
        .selections
        .iter()
        .find_map(|selection| selection.validation.as_deref())
    else {
        return Ok(None);
    };
    let missing = || {
        Failure::new(
            "AADB2C90108",
            format!("step {} has no claims exchange '{id}'", step.order),
        )
    };
    let exchange = step.exchange(id).ok_or_else(missing)?;
    find_profile(policy, &exchange.profile).map(|profile| Some(profile.id.as_str()))
}

/// Exchanges of the steps after this one that its selections point at, in the order of the selections.
pub(crate) fn targets<'p>(policy: &'p Policy, walk: &Walk, step: &'p Step) -> Vec<&'p Exchange> {
    let later = walk
        .frames
        .last()
        .and_then(|frame| walk.journey_of(policy, frame))
        .map(|journey| {
            journey
                .steps
                .iter()
                .filter(|later| later.order > step.order)
                .collect::<Vec<_>>()
        });
    let later = later.unwrap_or_default();
    let wanted = step
        .selections
        .iter()
        .filter_map(|selection| selection.target.as_deref());
    wanted
        .filter_map(|id| later.iter().find_map(|step| step.exchange(id)))
        .collect()
}

/// What the page offers: an id and a name for each target.
#[must_use]
pub fn providers(policy: &Policy, walk: &Walk, step: &Step) -> Vec<Provider> {
    let name = |exchange: &Exchange| {
        let profile = policy.profiles.get(&exchange.profile);
        profile
            .and_then(|profile| profile.display_name.clone())
            .unwrap_or_else(|| exchange.id.clone())
    };
    targets(policy, walk, step)
        .into_iter()
        .map(|exchange| Provider {
            id: exchange.id.clone(),
            name: name(exchange),
        })
        .collect()
}

/// A selection of one is followed without asking; `domain_hint` picks the profile of that domain.
fn only_choice(policy: &Policy, walk: &Walk, step: &Step) -> Option<String> {
    let targets = targets(policy, walk, step);
    if let Some(hint) = walk.request.parameter("domain_hint") {
        let has = |exchange: &&&Exchange| {
            let profile = policy.profiles.get(&exchange.profile);
            profile.is_some_and(|profile| {
                profile
                    .domains
                    .iter()
                    .any(|domain| domain.eq_ignore_ascii_case(hint))
            })
        };
        if let Some(hinted) = targets.iter().find(has) {
            return Some(hinted.id.clone());
        }
    }
    let ask = step.selection_display == SelectionDisplay::ShowSingleProvider;
    match targets.as_slice() {
        [only] if step.kind == StepKind::ClaimsProviderSelection && !ask => Some(only.id.clone()),
        _ => None,
    }
}

/// The person picked an exchange on the page.
///
/// # Errors
/// AADB2C90051 when the page did not offer it.
pub fn choose(policy: &Policy, walk: &mut Walk, exchange: &str) -> Result<(), Failure> {
    let step = walk
        .next_step(policy)
        .ok_or_else(|| Failure::new("AADB2C90255", "no step waits for a choice"))?;
    let offered = targets(policy, walk, step)
        .iter()
        .any(|target| target.id.eq_ignore_ascii_case(exchange))
        || sign_up_target(policy, step).is_some_and(|target| target.eq_ignore_ascii_case(exchange));
    if walk.page().is_none() || !offered {
        let text = format!("'{exchange}' is no claims exchange this page offers");
        return Err(Failure::new("AADB2C90051", text));
    }
    walk.trace
        .entry(0, Kind::Submit, format!("chose {exchange}"))
        .write();
    walk.chosen = Some(exchange.to_owned());
    walk.pass_step();
    Ok(())
}

/// Where the sign-up link of a combined page leads.
#[must_use]
pub(crate) fn sign_up_target<'p>(policy: &'p Policy, step: &'p Step) -> Option<&'p str> {
    let profile = local_profile(policy, step)
        .ok()
        .flatten()
        .and_then(|id| policy.profiles.get(id))?;
    profile
        .meta("SignUpTarget")
        .filter(|_| profile.meta_flag("setting.showSignupLink", true))
}
