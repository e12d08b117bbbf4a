//! What the runner refuses to execute, and shapes the service refuses at run time: said before anything runs.

mod operations;
mod patterns;
mod profiles;
mod steps;
mod transformations;

use crate::{
    finding::Finding,
    model::{Policy, words::ControlKind},
};

/// Reports everything in a merged policy that cannot run.
pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    profiles::check(policy, findings);
    transformations::check(policy, findings);
    patterns::check(policy, findings);
    controls(policy, findings);
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

/// A captcha is made and judged by Azure alone; a stand-in would say yes to everybody.
fn controls(policy: &Policy, findings: &mut Vec<Finding>) {
    let captchas = policy
        .display_controls
        .iter()
        .filter(|control| control.kind == ControlKind::CaptchaControl);
    findings.extend(captchas.map(|control| {
        let message = format!("\"{}\" is a captcha, which the runner does not have", control.id);
        Finding::error("unsupported-control", &control.span, message)
            .why("the page would be passed without it, or never")
            .instead("a policy for the runner without the control")
    }));
}

#[cfg(test)]
mod tests {
    use super::controls;
    use crate::model::{DisplayControl, Policy, Span, words::ControlKind};

    fn found(kind: ControlKind) -> usize {
        let control = DisplayControl {
            id: "c".to_owned(),
            kind,
            input_claims: vec![],
            display_claims: vec![],
            output_claims: vec![],
            actions: vec![],
            span: Span::default(),
        };
        let policy = Policy {
            display_controls: [control].into_iter().collect(),
            ..Policy::default()
        };
        let mut findings = Vec::new();
        controls(&policy, &mut findings);
        findings.len()
    }

    #[test]
    fn a_captcha_is_refused_and_other_controls_are_not() {
        assert_eq!(found(ControlKind::CaptchaControl), 1);
        assert_eq!(found(ControlKind::VerificationControl), 0);
    }
}
