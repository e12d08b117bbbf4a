//! Findings the author allows: `<!-- runner: allow rule-name because … -->`.

use std::{collections::HashSet, sync::LazyLock};

use regex::Regex;

use crate::{finding::Finding, load::Source};

static ALLOW: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"<!--\s*runner:\s*allow\s+([a-z][a-z-]*)\s+because\s+\S").ok());

/// Removes findings allowed in their own line or in the line before. A reason is required.
pub(super) fn remove(sources: &[Source], found: &mut Vec<Finding>) {
    let allowed: HashSet<(&str, String, u32)> = sources.iter().flat_map(of_source).collect();
    let is_allowed = |finding: &Finding| {
        let line = finding.span.line;
        let at = |line| allowed.contains(&(&*finding.span.file, finding.rule.to_owned(), line));
        at(line) || at(line.saturating_sub(1))
    };
    found.retain(|finding| !is_allowed(finding));
}

/// File, rule and the line a comment ends in.
fn of_source(source: &Source) -> Vec<(&str, String, u32)> {
    let Some(regex) = ALLOW.as_ref() else {
        return Vec::new();
    };
    let mut allowed = Vec::new();
    for found in regex.captures_iter(&source.text) {
        let (Some(all), Some(rule)) = (found.get(0), found.get(1)) else {
            continue;
        };
        let rest = source.text.get(all.start()..).unwrap_or_default();
        let end = all.start() + rest.find("-->").unwrap_or(0);
        let line = source.text.get(..end).unwrap_or_default().matches('\n').count() + 1;
        allowed.push((
            &*source.name,
            rule.as_str().to_owned(),
            u32::try_from(line).unwrap_or(u32::MAX),
        ));
    }
    allowed
}

#[cfg(test)]
mod tests {
    use super::remove;
    use crate::{finding::Finding, load::Source, model::Span};

    fn left(text: &str, line: u32) -> usize {
        let source = Source {
            name: "a.xml".into(),
            text: text.to_owned(),
        };
        let span = Span {
            file: "a.xml".into(),
            line,
        };
        let mut found = vec![Finding::warning("rest-anonymous", &span, "x")];
        remove(&[source], &mut found);
        found.len()
    }

    #[test]
    fn a_comment_before_or_beside_allows_a_finding() {
        let text = "a\n<!-- runner: allow rest-anonymous because the service is public -->\nb\nc";
        assert_eq!((left(text, 2), left(text, 3), left(text, 4)), (0, 0, 1));
        let long = "a\n<!-- runner: allow rest-anonymous because\n it is public -->\nb";
        assert_eq!(left(long, 4), 0);
    }

    #[test]
    fn another_rule_or_no_reason_allows_nothing() {
        assert_eq!(left("<!-- runner: allow https because x -->\nb", 2), 1);
        assert_eq!(left("<!-- runner: allow rest-anonymous -->\nb", 2), 1);
    }
}
