//! Expressions that cannot be understood, and predicates without a known method.

use crate::{
    finding::Finding,
    model::{Policy, Predicate, Span, words::MaskKind},
    pattern::Pattern,
    restrictions,
};

pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    for claim in &policy.claim_types {
        let pattern = claim
            .restriction
            .as_ref()
            .and_then(|restriction| restriction.pattern.as_ref());
        if let Some(pattern) = pattern {
            compiles(&pattern.regex, &pattern.span, findings);
        }
        if let Some(mask) = claim.mask.as_ref().filter(|mask| mask.kind == MaskKind::Regex) {
            compiles(mask.regex.as_deref().unwrap_or_default(), &mask.span, findings);
        }
    }
    for transformation in &policy.transformations {
        if transformation
            .method
            .eq_ignore_ascii_case("SetClaimsIfRegexMatch")
        {
            let expressions = transformation
                .parameters
                .iter()
                .filter(|parameter| parameter.id == "matchTo");
            expressions.for_each(|expression| compiles(&expression.value, &expression.span, findings));
        }
    }
    for predicate in &policy.predicates {
        check_predicate(predicate, findings);
    }
}

fn check_predicate(predicate: &Predicate, findings: &mut Vec<Finding>) {
    if !restrictions::METHODS.contains(&predicate.method.as_str()) {
        let message = format!("there is no predicate method \"{}\"", predicate.method);
        findings.push(
            Finding::error("unsupported-predicate", &predicate.span, message)
                .why("a predicate that cannot be evaluated would refuse every value")
                .instead(format!("one of {}", restrictions::METHODS.join(", "))),
        );
    }
    if let Some(regex) = predicate.parameters.get("RegularExpression") {
        compiles(&regex.value, &regex.span, findings);
    }
    if let Some(set) = predicate.parameters.get("CharacterSet")
        && let Err(error) = Pattern::characters(&set.value)
    {
        findings.push(unreadable(&set.value, &set.span, &error.to_string()));
    }
}

fn compiles(expression: &str, span: &Span, findings: &mut Vec<Finding>) {
    if let Err(error) = Pattern::compile(expression) {
        findings.push(unreadable(expression, span, &error.to_string()));
    }
}

fn unreadable(expression: &str, span: &Span, error: &str) -> Finding {
    Finding::error(
        "pattern",
        span,
        format!("the expression {expression} cannot be understood: {error}"),
    )
    .why("a value cannot be checked against it, neither by the runner nor by the script of the page")
    .instead("an expression both .NET and JavaScript understand")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::model::{ClaimType, Item, Policy, Predicate, Restriction, claim::Pattern};

    fn rules(policy: &Policy) -> Vec<&'static str> {
        let mut findings = Vec::new();
        check(policy, &mut findings);
        findings.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn a_broken_pattern_is_refused() {
        let pattern = Pattern {
            regex: "([a-z".to_owned(),
            ..Pattern::default()
        };
        let restriction = Restriction {
            pattern: Some(pattern),
            ..Restriction::default()
        };
        let claim = ClaimType {
            id: "a".to_owned(),
            restriction: Some(restriction),
            ..ClaimType::default()
        };
        assert_eq!(
            rules(&Policy {
                claim_types: [claim].into_iter().collect(),
                ..Policy::default()
            }),
            ["pattern"]
        );
    }

    #[test]
    fn an_unknown_predicate_method_and_a_broken_set_are_refused() {
        let set = Item {
            key: "CharacterSet".to_owned(),
            value: "z-a".to_owned(),
            ..Item::default()
        };
        let predicate = Predicate {
            id: "p".to_owned(),
            method: "IsNice".to_owned(),
            parameters: [set].into_iter().collect(),
            ..Predicate::default()
        };
        let policy = Policy {
            predicates: [predicate].into_iter().collect(),
            ..Policy::default()
        };
        assert_eq!(rules(&policy), ["unsupported-predicate", "pattern"]);
    }
}
