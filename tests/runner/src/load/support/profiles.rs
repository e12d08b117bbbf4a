//! Technical profiles no engine of the runner executes.

use std::collections::HashSet;

use crate::{
    finding::Finding,
    model::{Policy, TechnicalProfile},
};

pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    let used = used(policy);
    for profile in &policy.profiles {
        match (&profile.protocol, profile.handler()) {
            (Some(protocol), None) => {
                let what = protocol
                    .handler
                    .as_deref()
                    .unwrap_or_else(|| protocol.name.word());
                findings.push(unsupported(profile, &protocol.span, what));
            }
            (None, None) if used.contains(&profile.id.to_lowercase()) => {
                findings.push(abstract_used(profile));
            }
            (_, Some(_)) | (None, None) => {}
        }
    }
}

/// Profiles a step, a validation or a control executes, in lower case.
fn used(policy: &Policy) -> HashSet<String> {
    let steps = policy
        .journeys
        .iter()
        .chain(&policy.sub_journeys)
        .flat_map(|journey| &journey.steps);
    let exchanges = steps.flat_map(|step| step.exchanges.iter().map(|exchange| &exchange.profile));
    let validations = policy.profiles.iter().flat_map(|profile| &profile.validations);
    let actions = policy
        .display_controls
        .iter()
        .flat_map(|control| &control.actions);
    let actions = actions.flat_map(|action| &action.profiles);
    exchanges
        .map(|id| id.to_lowercase())
        .chain(
            validations
                .chain(actions)
                .map(|validation| validation.profile.to_lowercase()),
        )
        .collect()
}

fn unsupported(profile: &TechnicalProfile, at: &crate::model::Span, what: &str) -> Finding {
    Finding::error(
        "unsupported-handler",
        at,
        format!(
            "\"{}\" is executed by {what}, which the runner does not know",
            profile.id
        ),
    )
    .why("the runner would have to guess what the profile does")
    .instead(
        "a handler of the Identity Experience Framework, spelt as in its reference; see the runner's README",
    )
}

fn abstract_used(profile: &TechnicalProfile) -> Finding {
    Finding::error(
        "no-protocol",
        &profile.span,
        format!("\"{}\" is executed but has no Protocol", profile.id),
    )
    .why("only a profile that is included by others may lack a protocol")
    .instead("<Protocol Name=\"…\" /> or IncludeTechnicalProfile of a profile that has one")
}
