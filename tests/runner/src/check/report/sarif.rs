//! SARIF 2.1.0 (OASIS, §3): one run, one rule per kind of finding.

use serde_json::{Value as Json, json};

use crate::finding::Finding;

/// The whole log.
pub(super) fn document(findings: &[Finding]) -> Json {
    let mut rules: Vec<&Finding> = Vec::new();
    for finding in findings {
        if !rules.iter().any(|known| known.rule == finding.rule) {
            rules.push(finding);
        }
    }
    let results: Vec<_> = findings.iter().map(|finding| result(finding, &rules)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "runner",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
            } },
            "results": results,
        }],
    })
}

fn described(finding: &Finding) -> Json {
    let words = finding.rule.replace('-', " ");
    json!({
        "id": finding.rule,
        "shortDescription": { "text": words },
        "fullDescription": { "text": if finding.why.is_empty() { words.clone() } else { finding.why.to_owned() } },
    })
}

fn result(finding: &Finding, rules: &[&Finding]) -> Json {
    let index = rules
        .iter()
        .position(|rule| rule.rule == finding.rule)
        .unwrap_or_default();
    let mut place = json!({ "artifactLocation": { "uri": uri(&finding.span.file) } });
    // A finding about a whole file has no region: lines start at 1.
    if finding.span.line > 0
        && let Some(place) = place.as_object_mut()
    {
        place.insert("region".to_owned(), json!({ "startLine": finding.span.line }));
    }
    let text = match (finding.why, finding.instead.as_str()) {
        ("", "") => finding.message.clone(),
        (why, instead) => format!("{}. Why: {why}. Instead: {instead}", finding.message),
    };
    json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.to_string(),
        "message": { "text": text },
        "locations": [{ "physicalLocation": place }],
    })
}

/// A relative path as URI reference (RFC 3986 §4.2).
fn uri(path: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    path.bytes().map(byte).collect()
}
