//! What the runner refuses to execute, and shapes the service refuses at run time: said before anything runs.

mod operations;
mod patterns;
mod profiles;
mod steps;
mod transformations;

use crate::{finding::Finding, model::Policy};

/// Reports everything in a merged policy that cannot run.
pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    profiles::check(policy, findings);
    transformations::check(policy, findings);
    patterns::check(policy, findings);
    for journey in policy.journeys.iter().chain(&policy.sub_journeys) {
        steps::check(policy, journey, findings);
    }
    if let Some(party) = &policy.relying_party {
        if party.journey.is_none() {
            findings.push(
                Finding::error(
                    "no-journey",
                    &party.span,
                    "the relying party names no DefaultUserJourney",
                )
                .why("a request to this policy would have nothing to execute")
                .instead("<DefaultUserJourney ReferenceId=\"…\" /> as the first element of RelyingParty"),
            );
        }
        if party.profile.is_none() {
            findings.push(
                Finding::error(
                    "no-policy-profile",
                    &party.span,
                    "the relying party has no TechnicalProfile",
                )
                .why("without one there is no protocol and no claim to answer an application with")
                .instead(
                    "<TechnicalProfile Id=\"PolicyProfile\"> with Protocol, OutputClaims, SubjectNamingInfo",
                ),
            );
        }
    }
}
