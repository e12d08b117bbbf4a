//! User journeys and sub journeys.

use super::{Element, profiles::keys};
use crate::model::{
    Journey, JourneyKind, Precondition, Step,
    journey::{Exchange, Selection},
    words::{SelectionDisplay, SubJourneyKind},
};

pub(super) fn user(element: Element<'_>) -> Journey {
    let authorization = element.child("Authorization").map(|authorization| {
        authorization
            .nested("AuthorizationTechnicalProfiles", "AuthorizationTechnicalProfile")
            .map(|profile| profile.reference("ReferenceId"))
            .collect()
    });
    Journey {
        non_interactive: element.flag("NonInteractive").unwrap_or(false),
        preserve_original_assertion: element.child_flag("PreserveOriginalAssertion").unwrap_or(false),
        default_issuer: element
            .maybe_id("DefaultCpimIssuerTechnicalProfileReferenceId")
            .map(|_| element.reference("DefaultCpimIssuerTechnicalProfileReferenceId")),
        authorization: authorization.unwrap_or_default(),
        client_definition: element.child_reference("ClientDefinition", "ReferenceId"),
        keys: keys(element),
        ..journey(element, JourneyKind::User)
    }
}

pub(super) fn sub(element: Element<'_>) -> Journey {
    journey(
        element,
        JourneyKind::Sub(element.word("Type").unwrap_or(SubJourneyKind::Call)),
    )
}

fn journey(element: Element<'_>, kind: JourneyKind) -> Journey {
    let mut steps: Vec<Step> = element
        .nested("OrchestrationSteps", "OrchestrationStep")
        .filter_map(step)
        .collect();
    steps.sort_by_key(|step| step.order);
    Journey {
        id: element.id("Id"),
        kind,
        steps,
        span: element.span(),
        ..Journey::default()
    }
}

fn step(element: Element<'_>) -> Option<Step> {
    let display = element
        .child("ClaimsProviderSelections")
        .and_then(|list| list.word("DisplayOption"));
    Some(Step {
        order: element.number("Order")?,
        kind: element.word("Type")?,
        preconditions: preconditions(element),
        selections: element
            .nested("ClaimsProviderSelections", "ClaimsProviderSelection")
            .map(selection)
            .collect(),
        selection_display: display.unwrap_or(SelectionDisplay::DoNotShowSingleProvider),
        exchanges: element
            .nested("ClaimsExchanges", "ClaimsExchange")
            .map(exchange)
            .collect(),
        candidates: element
            .nested("JourneyList", "Candidate")
            .map(|candidate| candidate.reference("SubJourneyReferenceId"))
            .collect(),
        content_definition: element.maybe_id("ContentDefinitionReferenceId"),
        issuer: element.maybe_id("CpimIssuerTechnicalProfileReferenceId"),
        span: element.span(),
    })
}

fn selection(element: Element<'_>) -> Selection {
    Selection {
        target: element.maybe_id("TargetClaimsExchangeId"),
        validation: element.maybe_id("ValidationClaimsExchangeId"),
        span: element.span(),
    }
}

fn exchange(element: Element<'_>) -> Exchange {
    Exchange {
        id: element.id("Id"),
        profile: element.id("TechnicalProfileReferenceId"),
        span: element.span(),
    }
}

/// The preconditions of a step, a validation profile or a display control's action.
pub(super) fn preconditions(element: Element<'_>) -> Vec<Precondition> {
    element
        .nested("Preconditions", "Precondition")
        .filter_map(precondition)
        .collect()
}

fn precondition(element: Element<'_>) -> Option<Precondition> {
    let mut values = element.all("Value").map(Element::text);
    Some(Precondition {
        kind: element.word("Type")?,
        execute_if: element.flag("ExecuteActionsIf")?,
        claim: values.next()?,
        value: values.next(),
        action: element.child_word("Action")?,
        span: element.span(),
    })
}
