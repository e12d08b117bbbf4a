//! Claims that are read and never set by anything the relying party reaches.

use std::collections::HashSet;

use super::reach::{Reach, id};
use crate::{
    finding::Finding,
    model::{ClaimUse, Handler, Policy, Span, TechnicalProfile},
    transform,
};

pub(super) fn check(policy: &Policy, reach: &Reach<'_>, found: &mut Vec<Finding>) {
    let set = set(policy, reach);
    let mut read = |claim: &str, span: &Span, reader: &str| {
        if !set.contains(&claim.to_lowercase()) {
            found.push(never_set(claim, span, reader));
        }
    };
    for step in reach.journeys.iter().flat_map(|journey| &journey.steps) {
        for precondition in &step.preconditions {
            read(
                &precondition.claim,
                &precondition.span,
                "this precondition reads it",
            );
        }
    }
    for profile in &reach.profiles {
        for precondition in profile
            .validations
            .iter()
            .flat_map(|validation| &validation.preconditions)
        {
            read(
                &precondition.claim,
                &precondition.span,
                "this precondition reads it",
            );
        }
        for claim in sent(profile).filter(|claim| claim.default.is_none()) {
            read(&claim.claim, &claim.span, "this profile sends it");
        }
    }
    for transformation in reach.transformations() {
        for input in transformation
            .inputs
            .iter()
            .filter(|input| needed(&transformation.method, &input.role))
        {
            read(&input.claim, &input.span, "this transformation reads it");
        }
    }
    token(policy, reach, &set, found);
}

/// Claims of the token. A relying party whose journey does not exist is told that, and not this as well.
fn token(policy: &Policy, reach: &Reach<'_>, set: &HashSet<String>, found: &mut Vec<Finding>) {
    if reach.journeys.is_empty() {
        return;
    }
    let party = policy
        .relying_party
        .iter()
        .filter_map(|party| party.profile.as_ref());
    for claim in party
        .flat_map(|profile| &profile.output_claims)
        .filter(|claim| claim.default.is_none())
    {
        if !set.contains(&id(claim)) {
            found.push(not_in_journey(&claim.claim, &claim.span));
        }
    }
}

/// Claims that leave for another system; a page's input claims only prefill it, and a directory ignores what it is not
/// given.
fn sent(profile: &TechnicalProfile) -> impl Iterator<Item = &ClaimUse> {
    let quiet = matches!(
        profile.handler(),
        Some(Handler::SelfAsserted | Handler::Session(_) | Handler::Insights)
    );
    profile.input_claims.iter().filter(move |_| !quiet)
}

/// Whether a transformation cannot do without the claim of a part: parts that may be absent by their nature (an item is
/// added to a collection that need not exist) are left out.
fn needed(method: &str, role: &str) -> bool {
    let optional = transform::method(method).is_none_or(|method| {
        method.inputs.iter().any(|part| {
            part.strip_suffix('?')
                .is_some_and(|part| part.eq_ignore_ascii_case(role))
        })
    });
    !optional && !role.eq_ignore_ascii_case("collection") && !method.eq_ignore_ascii_case("DoesClaimExist")
}

/// Everything that may set a claim: outputs of profiles and controls, defaults of input claims (which the profile's own
/// transformations see), transformations, the request.
fn set(policy: &Policy, reach: &Reach<'_>) -> HashSet<String> {
    let inputs = reach.profiles.iter().flat_map(|profile| &profile.input_claims);
    let defaults = inputs.filter(|claim| claim.default.is_some()).map(id);
    let outputs = reach
        .profiles
        .iter()
        .flat_map(|profile| &profile.output_claims)
        .map(id);
    let controls = policy.display_controls.iter().flat_map(|control| {
        let shown = control
            .display_claims
            .iter()
            .map(|claim| claim.claim.to_lowercase());
        control.output_claims.iter().map(id).chain(shown)
    });
    let written = reach.transformations().into_iter().flat_map(|one| &one.outputs);
    let party = policy
        .relying_party
        .iter()
        .filter_map(|party| party.profile.as_ref());
    let request = party.flat_map(|profile| &profile.input_claims).map(id);
    outputs
        .chain(defaults)
        .chain(controls)
        .chain(written.map(|claim| claim.claim.to_lowercase()))
        .chain(request)
        .collect()
}

fn never_set(claim: &str, span: &Span, reader: &str) -> Finding {
    Finding::warning(
        "claim-never-set",
        span,
        format!("nothing sets the claim \"{claim}\", but {reader}"),
    )
    .why("it has no value in any journey: a condition on it never holds, and what is sent lacks it")
    .instead("an OutputClaim or transformation that sets it before, a DefaultValue, or nothing at all")
}

fn not_in_journey(claim: &str, span: &Span) -> Finding {
    let message =
        format!("the token is to carry \"{claim}\", which no step of the journey has as output claim");
    Finding::error("token-claim-never-set", span, message)
        .why("Azure AD B2C refuses to upload a relying party with such a claim")
        .instead("an OutputClaim in a profile of the journey, a DefaultValue, or nothing at all")
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    const READ: &str = "<Preconditions><Precondition Type=\"ClaimsExist\" ExecuteActionsIf=\"true\"><Value>email</Value>\
        <Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions>";

    #[test]
    fn a_condition_on_a_claim_nobody_sets_is_a_warning() {
        let sample = Sample::new().profile("Page", "SelfAssertedAttributeProvider", "", "");
        assert_eq!(rules(&sample.step("Page", READ), "claim-never-set").len(), 1);
    }

    #[test]
    fn a_claim_set_anywhere_on_the_way_is_fine() {
        let output = "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"EMAIL\" /></OutputClaims>";
        let sample = Sample::new().profile("Page", "SelfAssertedAttributeProvider", "", output);
        assert!(rules(&sample.step("Page", READ), "claim-never-set").is_empty());
    }

    #[test]
    fn a_claim_sent_to_a_service_without_value_is_a_warning() {
        let input = |default: &str| {
            let claims =
                format!("<InputClaims><InputClaim ClaimTypeReferenceId=\"email\" {default}/></InputClaims>");
            let sample = Sample::new()
                .profile("Rest", "RestfulProvider", "", &claims)
                .step("Rest", "");
            rules(&sample, "claim-never-set").len()
        };
        assert_eq!((input(""), input("DefaultValue=\"x\" ")), (1, 0));
    }

    #[test]
    fn a_token_claim_nobody_sets_is_an_error() {
        let sample = Sample::new().token("<OutputClaim ClaimTypeReferenceId=\"email\" />");
        assert_eq!(rules(&sample, "token-claim-never-set").len(), 1);
        let sample = Sample::new().token("<OutputClaim ClaimTypeReferenceId=\"email\" DefaultValue=\"x\" />");
        assert!(rules(&sample, "token-claim-never-set").is_empty());
    }
}
