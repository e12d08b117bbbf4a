//! Outcomes for people and for continuous integration.

use super::run::Outcome;
use anyhow::Result;
use loopback::counted::counted;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::fmt::Write as _;

/// Outcomes as lines of text: what failed, with its trace.
#[must_use]
pub fn text(outcomes: &[Outcome]) -> String {
    let mut out = String::new();
    for outcome in outcomes {
        let mark = if outcome.differences.is_empty() {
            "ok    "
        } else {
            "FAILED"
        };
        let _ = writeln!(out, "{mark} {} ({} ms)", outcome.name, outcome.took.as_millis());
        for difference in &outcome.differences {
            let _ = writeln!(out, "       {difference}");
        }
        if !outcome.differences.is_empty() {
            for line in outcome.trace.lines() {
                let _ = writeln!(out, "       | {line}");
            }
        }
    }
    let failed = outcomes
        .iter()
        .filter(|outcome| !outcome.differences.is_empty())
        .count();
    let _ = write!(out, "{}, {failed} failed", counted(outcomes.len(), "journey"));
    out
}

/// Outcomes of scripts, by their names, as JUnit XML.
///
/// # Errors
/// When a name cannot be written as XML.
pub fn junit(scripts: &[(String, Vec<Outcome>)]) -> Result<String> {
    let mut report = Report::new("runner");
    for (suite, outcomes) in scripts {
        report.add_test_suite(tests(suite, outcomes));
    }
    Ok(report.to_string()?)
}

fn tests(suite: &str, outcomes: &[Outcome]) -> TestSuite {
    let mut tests = TestSuite::new(suite);
    for outcome in outcomes {
        let status = if outcome.differences.is_empty() {
            TestCaseStatus::success()
        } else {
            let mut failed = TestCaseStatus::non_success(NonSuccessKind::Failure);
            failed
                .set_message(outcome.differences.join("; "))
                .set_description(outcome.trace.clone());
            failed
        };
        let mut test = TestCase::new(outcome.name.clone(), status);
        test.set_classname(suite).set_time(outcome.took);
        tests.add_test_case(test);
    }
    tests
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn outcomes() -> Vec<Outcome> {
        let outcome = |name: &str, differences: &[&str]| Outcome {
            name: name.to_owned(),
            differences: differences.iter().map(|text| (*text).to_owned()).collect(),
            trace: "the <trace>".to_owned(),
            took: Duration::from_millis(5),
        };
        vec![
            outcome("one", &[]),
            outcome("two", &["claim x: expected 1, found 2"]),
        ]
    }

    #[test]
    fn a_failure_is_told_with_its_trace() {
        let text = text(&outcomes());
        assert!(text.contains("ok     one") && text.contains("FAILED two"));
        assert!(
            text.contains("expected 1")
                && text.contains("| the <trace>")
                && text.ends_with("2 journeys, 1 failed")
        );
    }

    #[test]
    fn junit_counts_failures() {
        let xml = junit(&[("suite".to_owned(), outcomes())]).unwrap();
        assert!(
            xml.contains(r#"tests="2""#) && xml.contains(r#"failures="1""#),
            "{xml}"
        );
        assert!(
            xml.contains("the &lt;trace&gt;") || xml.contains("the &lt;trace>"),
            "{xml}"
        );
    }
}
