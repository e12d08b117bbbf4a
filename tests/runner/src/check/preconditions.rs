//! Preconditions that open a door when a claim is absent, and comparisons that never hold.

use super::reach::{Reach, certain_before};
use crate::{
    finding::Finding,
    model::{
        Policy, Precondition, Step,
        words::{DataType, PreconditionKind},
    },
};

/// Values that say no: skipping a step when a claim has one of them opens the step when the claim is absent.
const REFUSALS: [&str; 9] = [
    "false",
    "no",
    "none",
    "rejected",
    "failed",
    "denied",
    "blocked",
    "unverified",
    "notverified",
];

pub(super) fn check(policy: &Policy, reach: &Reach<'_>, found: &mut Vec<Finding>) {
    for journey in &reach.journeys {
        let certain = certain_before(policy, journey);
        for (step, before) in journey.steps.iter().zip(&certain) {
            let absent_possible = |one: &&Precondition| !before.contains(&one.claim.to_lowercase());
            for precondition in step.preconditions.iter().filter(absent_possible) {
                if opens_when_absent(step, precondition) {
                    found.push(fail_open(step, precondition));
                }
            }
        }
        let conditions = journey.steps.iter().flat_map(|step| &step.preconditions);
        conditions.for_each(|condition| boolean_word(policy, condition, found));
    }
    let validations = reach.profiles.iter().flat_map(|profile| &profile.validations);
    for condition in validations.flat_map(|validation| &validation.preconditions) {
        boolean_word(policy, condition, found);
    }
}

/// `ClaimEquals` is ignored when its claim is absent. That leaves the step open if the condition was to close it: skip
/// unless the claim has a value, or skip if it has a refusing one. Another precondition of the step may still close it.
fn opens_when_absent(step: &Step, precondition: &Precondition) -> bool {
    if precondition.kind != PreconditionKind::ClaimEquals {
        return false;
    }
    let value = precondition.value.as_deref().unwrap_or_default().to_lowercase();
    let closes = !precondition.execute_if || REFUSALS.contains(&value.as_str());
    let closed_by_absence = step.preconditions.iter().any(|other| {
        other.kind == PreconditionKind::ClaimsExist
            && !other.execute_if
            && other.claim.eq_ignore_ascii_case(&precondition.claim)
    });
    closes && !closed_by_absence
}

fn fail_open(step: &Step, precondition: &Precondition) -> Finding {
    let claim = &precondition.claim;
    let message = format!("step {} is executed when \"{claim}\" has no value", step.order);
    Finding::warning("fail-open-precondition", &precondition.span, message)
        .why("ClaimEquals is ignored when its claim is absent, whichever way ExecuteActionsIf is written")
        .instead(format!(
            "set \"{claim}\" before (DefaultValue=\"false\" where it is read), or before this precondition: \
             <Precondition Type=\"ClaimsExist\" ExecuteActionsIf=\"false\"><Value>{claim}</Value>…"
        ))
}

/// Booleans compare as `True` and `False`, with their case.
fn boolean_word(policy: &Policy, precondition: &Precondition, found: &mut Vec<Finding>) {
    let Some(value) = precondition.value.as_deref() else {
        return;
    };
    let boolean = policy
        .claim_types
        .get(&precondition.claim)
        .is_some_and(|claim| claim.kind() == DataType::Boolean);
    if !boolean || matches!(value, "True" | "False") {
        return;
    }
    let right = if value.eq_ignore_ascii_case("false") {
        "False"
    } else {
        "True"
    };
    let message = format!(
        "the boolean claim \"{}\" never equals \"{value}\"",
        precondition.claim
    );
    found.push(
        Finding::warning("boolean-comparison", &precondition.span, message)
            .why("ClaimEquals compares text with its case, and the text of a boolean is True or False")
            .instead(format!("<Value>{right}</Value>")),
    );
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    fn equals(execute_if: bool, claim: &str, value: &str) -> String {
        format!(
            "<Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"{execute_if}\"><Value>{claim}</Value>\
             <Value>{value}</Value><Action>SkipThisOrchestrationStep</Action></Precondition>"
        )
    }

    fn findings(conditions: &str, default: &str, rule: &str) -> usize {
        let output = format!(
            "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"verified\" {default}/></OutputClaims>"
        );
        let sample = Sample::new().profile("Read", "ClaimsTransformationProtocolProvider", "", &output);
        let conditions = format!("<Preconditions>{conditions}</Preconditions>");
        rules(&sample.step("Read", "").step("Read", &conditions), rule).len()
    }

    #[test]
    fn a_gate_on_a_claim_that_may_be_absent_is_a_warning() {
        assert_eq!(
            findings(&equals(false, "verified", "True"), "", "fail-open-precondition"),
            1
        );
        assert_eq!(
            findings(&equals(true, "verified", "False"), "", "fail-open-precondition"),
            1
        );
    }

    #[test]
    fn a_gate_on_an_initialised_claim_is_fine() {
        assert_eq!(
            findings(
                &equals(false, "verified", "True"),
                "DefaultValue=\"false\" ",
                "fail-open-precondition"
            ),
            0
        );
    }

    #[test]
    fn a_gate_that_absence_closes_is_fine() {
        let absent = "<Precondition Type=\"ClaimsExist\" ExecuteActionsIf=\"false\"><Value>verified</Value>\
                      <Action>SkipThisOrchestrationStep</Action></Precondition>";
        let both = format!("{absent}{}", equals(false, "verified", "True"));
        assert_eq!(findings(&both, "", "fail-open-precondition"), 0);
    }

    #[test]
    fn skipping_on_a_good_value_is_fine() {
        assert_eq!(
            findings(&equals(true, "verified", "True"), "", "fail-open-precondition"),
            0
        );
    }

    #[test]
    fn a_boolean_in_lower_case_is_a_warning() {
        assert_eq!(
            findings(&equals(true, "verified", "true"), "", "boolean-comparison"),
            1
        );
        assert_eq!(
            findings(&equals(true, "verified", "True"), "", "boolean-comparison"),
            0
        );
        assert_eq!(
            findings(&equals(true, "email", "true"), "", "boolean-comparison"),
            0
        );
    }
}
