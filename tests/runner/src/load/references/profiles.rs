//! Names in technical profiles and display controls.

use super::Names;
use crate::model::{
    ClaimUse, DisplayControl, TechnicalProfile,
    profile::{DisplayTarget, ValidationProfile},
};

/// Metadata items whose value is the name of a claim.
const CLAIM_ITEMS: &[&str] = &[
    "UseClaimAsBearerToken",
    "ClaimUsedForRequestPayload",
    "issuer_refresh_token_user_identity_claim_type",
];

pub(super) fn check(names: &mut Names<'_, '_>, profile: &TechnicalProfile) {
    let lists = [
        &profile.input_claims,
        &profile.persisted_claims,
        &profile.output_claims,
    ];
    for claim in lists.into_iter().flatten() {
        claim_use(names, claim);
    }
    for display in &profile.display_claims {
        match &display.target {
            DisplayTarget::Claim(id) => names.claim(id, &display.span),
            DisplayTarget::Control(id) => {
                names.look(
                    &names.policy.display_controls,
                    "display control",
                    id,
                    &display.span,
                );
            }
        }
    }
    for reference in profile
        .input_transformations
        .iter()
        .chain(&profile.output_transformations)
    {
        names.transformation(&reference.id, &reference.span);
    }
    for validation in &profile.validations {
        validation_profile(names, validation);
    }
    let others = [&profile.include, &profile.session, &profile.include_claims_from];
    for reference in others.into_iter().flatten().chain(&profile.input_token_sources) {
        names.profile(&reference.id, &reference.span);
    }
    metadata(names, profile);
}

fn metadata(names: &mut Names<'_, '_>, profile: &TechnicalProfile) {
    if let Some(item) = profile.metadata.get("ContentDefinitionReferenceId") {
        names.content_definition(&item.value, &item.span);
    }
    for item in CLAIM_ITEMS.iter().filter_map(|key| profile.metadata.get(key)) {
        names.claim(&item.value, &item.span);
    }
}

fn claim_use(names: &mut Names<'_, '_>, claim: &ClaimUse) {
    names.claim(&claim.claim, &claim.span);
}

fn validation_profile(names: &mut Names<'_, '_>, validation: &ValidationProfile) {
    names.profile(&validation.profile, &validation.span);
    for precondition in &validation.preconditions {
        names.claim(&precondition.claim, &precondition.span);
    }
}

pub(super) fn check_control(names: &mut Names<'_, '_>, control: &DisplayControl) {
    for claim in control.input_claims.iter().chain(&control.output_claims) {
        claim_use(names, claim);
    }
    for claim in &control.display_claims {
        names.claim(&claim.claim, &claim.span);
    }
    for profile in control.actions.iter().flat_map(|action| &action.profiles) {
        validation_profile(names, profile);
    }
}
