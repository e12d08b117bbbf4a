//! Policy files of the runner.

use std::sync::Arc;

use runner::load::{Source, from_sources};

use super::text;

/// Whatever is found wrong is found in the file, on a line it has.
pub(super) fn policy(bytes: &[u8]) {
    let Some(xml) = text(bytes) else { return };
    let lines = xml.split('\n').count();
    let source = Source {
        name: Arc::from("policy.xml"),
        text: xml.to_owned(),
    };
    for finding in from_sources(vec![source], Vec::new()).findings {
        let line = usize::try_from(finding.span.line).expect("a line is a number");
        assert!(line <= lines, "line {line} of {lines}: {}", finding.rule);
        assert!(!finding.message.is_empty());
    }
}
