//! Transformations whose method is unknown, or whose claims and parameters do not fit the method.

use crate::{
    finding::Finding,
    model::{ClaimsTransformation, Policy, Span},
    transform::{self, Method},
};

pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    for transformation in &policy.transformations {
        match transform::method(&transformation.method) {
            Some(method) => parts(transformation, method, findings),
            None => findings.push(unknown(transformation)),
        }
    }
}

fn parts(transformation: &ClaimsTransformation, method: &Method, findings: &mut Vec<Finding>) {
    let inputs: Vec<_> = transformation
        .inputs
        .iter()
        .map(|claim| (claim.role.as_str(), &claim.span))
        .collect();
    let parameters: Vec<_> = transformation
        .parameters
        .iter()
        .map(|parameter| (parameter.id.as_str(), &parameter.span))
        .collect();
    let outputs: Vec<_> = transformation
        .outputs
        .iter()
        .map(|claim| (claim.role.as_str(), &claim.span))
        .collect();
    for (kind, wanted, given) in [
        ("InputClaim", method.inputs, inputs),
        ("InputParameter", method.parameters, parameters),
        ("OutputClaim", method.outputs, outputs),
    ] {
        missing(transformation, kind, wanted, &given, findings);
        surplus(method, kind, wanted, &given, findings);
    }
}

fn missing(
    transformation: &ClaimsTransformation,
    kind: &str,
    wanted: &[&str],
    given: &[(&str, &Span)],
    findings: &mut Vec<Finding>,
) {
    let required = wanted.iter().filter(|part| !part.ends_with('?') && **part != "*");
    for part in required.filter(|part| !given.iter().any(|(role, _)| role.eq_ignore_ascii_case(part))) {
        let message = format!(
            "\"{}\" lacks the {kind} \"{part}\" of {}",
            transformation.id, transformation.method
        );
        let attribute = if kind == "InputParameter" {
            "Id"
        } else {
            "TransformationClaimType"
        };
        findings.push(
            Finding::error("transformation-part", &transformation.span, message)
                .why("the method cannot work without it, and ends the journey with an error")
                .instead(format!("<{kind} … {attribute}=\"{part}\" />")),
        );
    }
}

fn surplus(
    method: &Method,
    kind: &str,
    wanted: &[&str],
    given: &[(&str, &Span)],
    findings: &mut Vec<Finding>,
) {
    if wanted.contains(&"*") {
        return;
    }
    let known = |role: &str| {
        wanted
            .iter()
            .any(|part| part.trim_end_matches('?').eq_ignore_ascii_case(role))
    };
    for (role, span) in given.iter().filter(|(role, _)| !known(role)) {
        let names: Vec<_> = wanted.iter().map(|part| part.trim_end_matches('?')).collect();
        let message = format!("{} has no {kind} called \"{role}\"", method.name);
        let instead = if names.is_empty() {
            "nothing".to_owned()
        } else {
            format!("one of {}", names.join(", "))
        };
        findings.push(
            Finding::warning("transformation-part", span, message)
                .why("a part the method does not know is not looked at")
                .instead(instead),
        );
    }
}

fn unknown(transformation: &ClaimsTransformation) -> Finding {
    let message = format!("there is no transformation method \"{}\"", transformation.method);
    Finding::error("unsupported-transformation", &transformation.span, message)
        .why("neither the reference nor the runner knows what it would do")
        .instead("a method of the claims transformations reference, for example CompareClaimToValue")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::model::{ClaimsTransformation, Policy, claim::TransformationClaim};

    fn rules(method: &str, roles: &[&str]) -> Vec<String> {
        let part = |role: &&str| TransformationClaim {
            claim: "a".to_owned(),
            role: (*role).to_owned(),
            ..TransformationClaim::default()
        };
        let transformation = ClaimsTransformation {
            id: "t".to_owned(),
            method: method.to_owned(),
            inputs: roles.iter().map(part).collect(),
            outputs: vec![part(&"outputClaim")],
            ..ClaimsTransformation::default()
        };
        let policy = Policy {
            transformations: [transformation].into_iter().collect(),
            ..Policy::default()
        };
        let mut findings = Vec::new();
        check(&policy, &mut findings);
        findings
            .iter()
            .map(|finding| format!("{} {}", finding.severity, finding.rule))
            .collect()
    }

    #[test]
    fn an_unknown_method_is_refused() {
        assert_eq!(rules("ReadMind", &[]), ["error unsupported-transformation"]);
    }

    #[test]
    fn a_missing_part_is_refused_and_a_surplus_one_is_a_warning() {
        assert_eq!(rules("AndClaims", &["inputClaim1", "INPUTCLAIM2"]), [""; 0]);
        assert_eq!(
            rules("andclaims", &["inputClaim1"]),
            ["error transformation-part"]
        );
        assert_eq!(
            rules("NotClaims", &["inputClaim", "other"]),
            ["warning transformation-part"]
        );
    }
}
