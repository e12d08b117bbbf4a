//! Names in journeys and the relying party.

use super::Names;
use crate::{
    finding::Finding,
    model::{Journey, RelyingParty, Span, Step},
};

pub(super) fn check(names: &mut Names<'_, '_>, journey: &Journey) {
    for reference in journey.default_issuer.iter().chain(&journey.authorization) {
        names.profile(&reference.id, &reference.span);
    }
    if let Some(reference) = &journey.client_definition {
        names.look(
            &names.policy.client_definitions,
            "client definition",
            &reference.id,
            &reference.span,
        );
    }
    for (at, step) in journey.steps.iter().enumerate() {
        check_step(names, step);
        selections(names, step, journey.steps.get(at + 1));
    }
}

fn check_step(names: &mut Names<'_, '_>, step: &Step) {
    for exchange in &step.exchanges {
        names.profile(&exchange.profile, &exchange.span);
    }
    for candidate in &step.candidates {
        names.look(
            &names.policy.sub_journeys,
            "sub journey",
            &candidate.id,
            &candidate.span,
        );
    }
    for precondition in &step.preconditions {
        names.claim(&precondition.claim, &precondition.span);
    }
    if let Some(issuer) = &step.issuer {
        names.profile(issuer, &step.span);
    }
    if let Some(page) = &step.content_definition {
        names.content_definition(page, &step.span);
    }
}

/// A selection's target is an exchange of the next step, its validation one of its own.
fn selections(names: &mut Names<'_, '_>, step: &Step, next: Option<&Step>) {
    for selection in &step.selections {
        if let Some(target) = &selection.target
            && next.is_none_or(|next| next.exchange(target).is_none())
        {
            names
                .findings
                .push(no_exchange(target, "the next step", &selection.span));
        }
        if let Some(validation) = &selection.validation
            && step.exchange(validation).is_none()
        {
            names
                .findings
                .push(no_exchange(validation, "the same step", &selection.span));
        }
    }
}

fn no_exchange(id: &str, place: &str, at: &Span) -> Finding {
    Finding::error(
        "dangling-reference",
        at,
        format!("there is no claims exchange \"{id}\" in {place}"),
    )
    .why("the choice would lead nowhere and the journey would end with an error")
    .instead(format!("<ClaimsExchange Id=\"{id}\" … /> in {place}"))
}

pub(super) fn check_relying_party(names: &mut Names<'_, '_>, party: &RelyingParty) {
    let policy = names.policy;
    if let Some(reference) = &party.journey {
        names.look(&policy.journeys, "user journey", &reference.id, &reference.span);
    }
    for endpoint in &party.endpoints {
        names.look(
            &policy.journeys,
            "user journey",
            &endpoint.journey,
            &endpoint.span,
        );
    }
    if let Some(profile) = &party.profile {
        super::profiles::check(names, profile);
    }
}
