//! Identifiers that may be used once.

use std::collections::HashMap;

use super::{Element, WHY};
use crate::finding::{Finding, Severity};
use crate::model::Span;

/// A list, the way from it to the nodes compared, the attribute compared, and whether the schema itself demands it.
type Rule = (&'static str, &'static [&'static str], &'static str, bool);

const RULES: &[Rule] = &[
    (
        "ClaimsProviders",
        &["ClaimsProvider", "TechnicalProfiles", "TechnicalProfile"],
        "Id",
        true,
    ),
    ("UserJourneys", &["UserJourney"], "Id", true),
    ("SubJourneys", &["SubJourney"], "Id", true),
    ("Endpoints", &["Endpoint"], "Id", true),
    (
        "ValidationTechnicalProfiles",
        &["ValidationTechnicalProfile"],
        "ReferenceId",
        true,
    ),
    ("OrchestrationSteps", &["OrchestrationStep"], "Order", true),
    (
        "OrchestrationSteps",
        &["OrchestrationStep", "ClaimsExchanges", "ClaimsExchange"],
        "Id",
        true,
    ),
    ("ClaimsSchema", &["ClaimType"], "Id", true),
    ("Predicates", &["Predicate"], "Id", true),
    ("InputValidations", &["InputValidation"], "Id", true),
    ("PredicateValidations", &["PredicateValidation"], "Id", true),
    ("ClaimsTransformations", &["ClaimsTransformation"], "Id", true),
    ("ClientDefinitions", &["ClientDefinition"], "Id", true),
    ("ContentDefinitions", &["ContentDefinition"], "Id", true),
    ("Localization", &["LocalizedResources"], "Id", false),
    ("DisplayControls", &["DisplayControl"], "Id", false),
    ("Metadata", &["Item"], "Key", false),
    ("CryptographicKeys", &["Key"], "Id", false),
];

/// Reports every identifier used twice below `node`.
pub(super) fn check(node: Element<'_>, findings: &mut Vec<Finding>) {
    for (_, path, attribute, schema) in RULES.iter().filter(|(list, ..)| *list == node.name()) {
        duplicates(node, path, attribute, *schema, findings);
    }
    for child in node.children() {
        check(child, findings);
    }
}

fn duplicates(list: Element<'_>, path: &[&str], attribute: &str, schema: bool, findings: &mut Vec<Finding>) {
    let mut seen: HashMap<String, Span> = HashMap::new();
    for node in along(list, path) {
        let id = node.id(attribute);
        let Some(first) = seen.get(&id) else {
            seen.insert(id, node.span());
            continue;
        };
        let message = format!(
            "{attribute} \"{id}\" of `{}` is used twice; first in line {}",
            node.name(),
            first.line
        );
        let mut finding =
            Finding::error("duplicate", &node.span(), message).instead("one of the two, or another name");
        finding.why = if schema {
            WHY
        } else {
            "the second silently replaces the first"
        };
        finding.severity = if schema {
            Severity::Error
        } else {
            Severity::Warning
        };
        findings.push(finding);
    }
}

fn along<'a>(node: Element<'a>, path: &[&str]) -> Vec<Element<'a>> {
    let Some((first, rest)) = path.split_first() else {
        return vec![node];
    };
    node.all(first)
        .collect::<Vec<_>>()
        .into_iter()
        .flat_map(|child| along(child, rest))
        .collect()
}
