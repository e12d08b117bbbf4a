//! Traces for a terminal.

use super::{Change, Entry, Kind, Trace};
use std::fmt::Write as _;

/// How a trace is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// With ANSI colours.
    pub colour: bool,
    /// With details of each entry.
    pub details: bool,
}

/// One line for each trace.
#[must_use]
pub fn list(traces: &[Trace]) -> String {
    let line = |trace: &Trace| {
        let outcome = trace.outcome.as_deref().unwrap_or("under way");
        format!(
            "{}  {}  {}  {outcome}\n",
            trace.id,
            trace.started_at.time().truncate_to_second(),
            trace.policy
        )
    };
    traces.iter().map(line).collect()
}

/// A trace as a timeline.
#[must_use]
pub fn one(trace: &Trace, style: Style) -> String {
    let mut out = String::new();
    let outcome = trace.outcome.as_deref().unwrap_or("under way");
    let _ = writeln!(
        out,
        "{} · {} · {}\ncorrelation id {}\n{outcome}\n",
        trace.policy, trace.journey, trace.client, trace.id
    );
    for entry in &trace.entries {
        write_entry(&mut out, entry, style);
    }
    out
}

fn write_entry(out: &mut String, entry: &Entry, style: Style) {
    let (mark, code) = mark(entry.kind);
    let indent = "  ".repeat(usize::from(entry.depth));
    let took = entry.took_ms.map(|ms| format!("  ({ms} ms)")).unwrap_or_default();
    let title = paint(&format!("{mark} {}", entry.title), code, style);
    let _ = writeln!(out, "{:>7} ms {indent}{title}{took}", entry.at_ms);
    let margin = format!("{:>10} {indent}    ", "");
    for change in &entry.changes {
        let _ = writeln!(out, "{margin}{}", shown(change, style));
    }
    let always = matches!(entry.kind, Kind::Skipped | Kind::Error);
    for (name, value) in entry.detail.iter().filter(|_| style.details || always) {
        let _ = writeln!(out, "{margin}{name}: {value}");
    }
}

fn mark(kind: Kind) -> (char, u8) {
    match kind {
        Kind::Request => ('▶', 36),
        Kind::Step => ('●', 34),
        Kind::Skipped => ('○', 90),
        Kind::Profile => ('◆', 0),
        Kind::Transformation => ('ƒ', 0),
        Kind::Http => ('⇄', 35),
        Kind::Page => ('▣', 0),
        Kind::Submit => ('↵', 36),
        Kind::Session => ('∞', 0),
        Kind::Token => ('✓', 32),
        Kind::Event => ('•', 0),
        Kind::Warning => ('!', 33),
        Kind::Error => ('✗', 31),
    }
}

fn paint(text: &str, code: u8, style: Style) -> String {
    if style.colour && code > 0 {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

fn shown(change: &Change, style: Style) -> String {
    let claim = &change.claim;
    match (&change.before, &change.after) {
        (None, Some(after)) => paint(&format!("+ {claim} = {after}"), 32, style),
        (Some(before), Some(after)) => paint(&format!("~ {claim}: {before} → {after}"), 33, style),
        (Some(before), None) => paint(&format!("- {claim} (was {before})"), 31, style),
        (None, None) => claim.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Traces;
    use super::*;
    use crate::claims::{Bag, Value};
    use loopback::clock::Clock;

    #[test]
    fn a_skip_says_why_and_changes_are_marked() {
        let traces = Traces::default();
        let recorder = traces.begin("id", "p", "j", "c", &Clock::default());
        recorder
            .entry(1, Kind::Skipped, "Step 2 skipped")
            .detail("because", "objectId exists")
            .write();
        let after: Bag = [("a".to_owned(), Value::string("2"))].into_iter().collect();
        recorder
            .entry(2, Kind::Profile, "tp")
            .changes(&Bag::default(), &after)
            .write();
        let text = one(&traces.get("id").unwrap(), Style::default());
        assert!(
            text.contains("because: objectId exists") && text.contains("+ a = 2"),
            "{text}"
        );
    }
}
