//! Steps whose shape the service refuses at run time.

use crate::{
    finding::Finding,
    model::{
        Journey, JourneyKind, Policy, Precondition, Step,
        words::{PreconditionAction, PreconditionKind, StepKind},
    },
};

const WHY: &str = "Azure AD B2C would refuse the upload or end the journey with an error";

pub(super) fn check(policy: &Policy, journey: &Journey, findings: &mut Vec<Finding>) {
    numbering(journey, findings);
    for step in &journey.steps {
        shape(policy, journey, step, findings);
        for precondition in &step.preconditions {
            values(precondition, findings);
            if precondition.action != PreconditionAction::SkipThisOrchestrationStep {
                findings.push(wrong_action(
                    precondition,
                    PreconditionAction::SkipThisOrchestrationStep,
                ));
            }
        }
    }
    let sends = journey.steps.iter().any(|step| step.kind == StepKind::SendClaims);
    if journey.kind == JourneyKind::User && !sends && !leaves(policy, journey) {
        findings.push(no_send_claims(journey));
    }
}

/// Orders run from 1 without a gap.
fn numbering(journey: &Journey, findings: &mut Vec<Finding>) {
    for (step, expected) in journey.steps.iter().zip(1u32..) {
        if step.order != expected {
            let message = format!(
                "step {} of \"{}\" should be number {expected}",
                step.order, journey.id
            );
            findings.push(
                Finding::error("step-order", &step.span, message)
                    .why("the orders of a journey's steps must run from 1 without a gap")
                    .instead(format!("Order=\"{expected}\"")),
            );
            return;
        }
    }
}

fn shape(policy: &Policy, journey: &Journey, step: &Step, findings: &mut Vec<Finding>) {
    let wants = match step.kind {
        StepKind::ClaimsExchange if step.exchanges.is_empty() => "a ClaimsExchange",
        StepKind::ClaimsProviderSelection | StepKind::CombinedSignInAndSignUp
            if step.selections.is_empty() =>
        {
            "a ClaimsProviderSelection"
        }
        StepKind::InvokeSubJourney if step.candidates.is_empty() => "a Candidate in its JourneyList",
        StepKind::SendClaims if issuer(policy, journey, step).is_none() => {
            "CpimIssuerTechnicalProfileReferenceId, the profile that issues the token"
        }
        StepKind::ClaimsProviderSelection | StepKind::CombinedSignInAndSignUp
            if step.content_definition.is_none() =>
        {
            "ContentDefinitionReferenceId, the page it shows"
        }
        _ => return,
    };
    let message = format!("step {} of type {} lacks {wants}", step.order, step.kind.word());
    findings.push(
        Finding::error("step-shape", &step.span, message)
            .why(WHY)
            .instead(format!("add {wants}")),
    );
}

fn issuer<'a>(policy: &'a Policy, journey: &'a Journey, step: &'a Step) -> Option<&'a str> {
    let own = step.issuer.as_deref();
    let of_journey = journey.default_issuer.as_ref().map(|issuer| issuer.id.as_str());
    // A sub journey answers with the issuer of the journey that called it.
    let inherited = || {
        let callers = policy
            .journeys
            .iter()
            .filter_map(|caller| caller.default_issuer.as_ref());
        (journey.kind != JourneyKind::User)
            .then(|| callers.map(|issuer| issuer.id.as_str()).next())
            .flatten()
    };
    own.or(of_journey).or_else(inherited)
}

/// Whether a journey may end in a sub journey that does not come back.
fn leaves(policy: &Policy, journey: &Journey) -> bool {
    let targets = journey.steps.iter().flat_map(|step| &step.candidates);
    targets
        .filter_map(|candidate| policy.sub_journeys.get(&candidate.id))
        .any(|sub| sub.steps.iter().any(|step| step.kind == StepKind::SendClaims))
}

fn values(precondition: &Precondition, findings: &mut Vec<Finding>) {
    let instead = match (precondition.kind, &precondition.value) {
        (PreconditionKind::ClaimEquals, None) => "two Value elements: the claim, and what it must equal",
        (PreconditionKind::ClaimsExist, Some(_)) => "one Value element: the claim",
        _ => return,
    };
    let message = format!(
        "a {} precondition has the wrong number of values",
        precondition.kind.word()
    );
    findings.push(
        Finding::error("precondition-values", &precondition.span, message)
            .why(WHY)
            .instead(instead),
    );
}

fn wrong_action(precondition: &Precondition, wanted: PreconditionAction) -> Finding {
    let message = format!("{} has no meaning here", precondition.action.word());
    Finding::error("precondition-action", &precondition.span, message)
        .why(WHY)
        .instead(wanted.word())
}

fn no_send_claims(journey: &Journey) -> Finding {
    Finding::error("no-send-claims", &journey.span, format!("\"{}\" has no SendClaims step", journey.id))
        .why("a journey that issues nothing ends with AADB2C90040")
        .instead("<OrchestrationStep Order=\"…\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\" />")
}
