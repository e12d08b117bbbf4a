//! Findings as text for people, JSON for scripts, SARIF for code scanning.

mod sarif;

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use crate::finding::{Finding, Severity};

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document with a list `findings`.
    Json,
    /// SARIF 2.1.0 (OASIS), as code scanning services read it.
    Sarif,
}

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            "sarif" => Ok(Self::Sarif),
            other => Err(format!("{other:?} is no format; there are text, json and sarif")),
        }
    }
}

/// Writes findings of so many files.
///
/// # Errors
/// When `out` refuses.
pub fn write(findings: &[Finding], files: usize, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text(findings, files, out),
        Format::Json => writeln!(out, "{:#}", json(findings, files)),
        Format::Sarif => writeln!(out, "{:#}", sarif::document(findings)),
    }
}

fn text(findings: &[Finding], files: usize, out: &mut dyn Write) -> io::Result<()> {
    for finding in findings {
        writeln!(out, "{finding}\n")?;
    }
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    writeln!(
        out,
        "{}, {}, {}, {}",
        counted(files, "file"),
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
        counted(count(Severity::Note), "note")
    )
}

/// `1 error`, `2 errors`.
fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

fn json(findings: &[Finding], files: usize) -> Json {
    let one = |finding: &Finding| {
        json!({
            "rule": finding.rule,
            "severity": finding.severity.to_string(),
            "file": &*finding.span.file,
            "line": finding.span.line,
            "message": finding.message,
            "why": finding.why,
            "instead": finding.instead,
        })
    };
    json!({ "files": files, "findings": findings.iter().map(one).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::{Format, write};
    use crate::{finding::Finding, model::Span};
    use serde_json::{Value as Json, json};

    fn written(format: &str) -> String {
        let span = Span {
            file: "a b/Base.xml".into(),
            line: 7,
        };
        let findings = [
            Finding::error("dangling-reference", &span, "there is no claim type \"x\"")
                .why("refused")
                .instead("y"),
            Finding::note(
                "not-a-policy",
                &Span {
                    file: "c.xml".into(),
                    line: 0,
                },
                "left out",
            ),
        ];
        let mut out = Vec::new();
        write(&findings, 2, format.parse().unwrap(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_names_place_reason_and_remedy() {
        let text = written("text");
        let first = "a b/Base.xml:7: error: there is no claim type \"x\" [dangling-reference]\n    why: refused\n    instead: y";
        assert!(text.starts_with(first), "{text}");
        assert!(text.ends_with("2 files, 1 error, 0 warnings, 1 note\n"), "{text}");
    }

    #[test]
    fn json_holds_the_same() {
        let document: Json = serde_json::from_str(&written("json")).unwrap();
        assert_eq!(document["files"], json!(2));
        assert_eq!(document["findings"][0]["line"], json!(7));
        assert_eq!(document["findings"][1]["severity"], json!("note"));
    }

    #[test]
    fn sarif_has_rules_and_results_that_point_at_them() {
        let document: Json = serde_json::from_str(&written("sarif")).unwrap();
        assert_eq!(document["version"], json!("2.1.0"));
        let run = &document["runs"][0];
        let result = &run["results"][0];
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], json!("a%20b/Base.xml"));
        assert_eq!(place["region"]["startLine"], json!(7));
        assert_eq!(run["results"][1]["level"], json!("note"));
        assert_eq!(
            run["results"][1]["locations"][0]["physicalLocation"]["region"],
            Json::Null
        );
    }

    #[test]
    fn another_format_is_refused() {
        assert!("xml".parse::<Format>().is_err());
    }
}
