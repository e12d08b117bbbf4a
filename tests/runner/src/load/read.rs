//! From elements to the model, one file at a time.

mod claims;
mod journeys;
mod pages;
mod profiles;
mod relying_party;

use super::xml::Element;
use crate::model::{Policy, Reference};

/// The policy a `TrustFrameworkPolicy` element says.
pub(super) fn policy(root: Element<'_>) -> Policy {
    let mut policy = Policy {
        id: root.id("PolicyId"),
        tenant: root.id("TenantId"),
        tenant_object_id: root.maybe_id("TenantObjectId"),
        deployment_mode: root.word("DeploymentMode"),
        recorder_endpoint: root.maybe_id("UserJourneyRecorderEndpoint"),
        base: root.child("BasePolicy").and_then(base),
        relying_party: root.child("RelyingParty").map(relying_party::relying_party),
        span: root.span(),
        ..Policy::default()
    };
    if let Some(blocks) = root.child("BuildingBlocks") {
        building_blocks(blocks, &mut policy);
    }
    policy.profiles = root
        .nested("ClaimsProviders", "ClaimsProvider")
        .flat_map(profiles::of_provider)
        .collect();
    policy.journeys = root
        .nested("UserJourneys", "UserJourney")
        .map(journeys::user)
        .collect();
    policy.sub_journeys = root
        .nested("SubJourneys", "SubJourney")
        .map(journeys::sub)
        .collect();
    policy
}

fn base(element: Element<'_>) -> Option<Reference> {
    let id = element.child("PolicyId")?;
    Some(Reference {
        id: id.text(),
        span: id.span(),
    })
}

fn building_blocks(blocks: Element<'_>, policy: &mut Policy) {
    policy.claim_types = blocks
        .nested("ClaimsSchema", "ClaimType")
        .map(claims::claim_type)
        .collect();
    policy.predicates = blocks
        .nested("Predicates", "Predicate")
        .map(claims::predicate)
        .collect();
    policy.input_validations = blocks
        .nested("InputValidations", "InputValidation")
        .map(claims::input_validation)
        .collect();
    policy.predicate_validations = blocks
        .nested("PredicateValidations", "PredicateValidation")
        .map(claims::predicate_validation)
        .collect();
    policy.transformations = blocks
        .nested("ClaimsTransformations", "ClaimsTransformation")
        .map(claims::transformation)
        .collect();
    policy.client_definitions = blocks
        .nested("ClientDefinitions", "ClientDefinition")
        .map(pages::client_definition)
        .collect();
    policy.content_definitions = blocks
        .nested("ContentDefinitions", "ContentDefinition")
        .map(pages::content_definition)
        .collect();
    policy.display_controls = blocks
        .nested("DisplayControls", "DisplayControl")
        .filter_map(pages::display_control)
        .collect();
    if let Some(element) = blocks.child("Localization") {
        policy.localization = pages::localization(element);
    }
}
