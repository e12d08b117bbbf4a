//! What came of the walks.

use std::fmt::Write as _;
use std::time::Duration;

use super::table::Peer;

/// What one peer did.
#[derive(Debug)]
pub struct Verdict {
    /// Its title.
    title: &'static str,
    /// Why it was not walked, if it was not.
    skipped: Option<String>,
    /// What went wrong: step, and why.
    failures: Vec<(&'static str, String)>,
    /// What the application showed a refused person.
    shown: Option<String>,
    /// The end of what it printed, where something went wrong.
    pub(super) output: String,
    /// How long its walks took.
    pub(super) elapsed: Duration,
}

impl Verdict {
    pub(super) fn of(peer: &Peer) -> Self {
        Self {
            title: peer.title,
            skipped: None,
            failures: Vec::new(),
            shown: None,
            output: String::new(),
            elapsed: Duration::ZERO,
        }
    }

    pub(super) fn skipped(peer: &Peer, why: &str) -> Self {
        Self {
            skipped: Some(why.to_owned()),
            ..Self::of(peer)
        }
    }

    pub(super) fn broken(peer: &Peer, why: &str) -> Self {
        let mut verdict = Self::of(peer);
        verdict.fail("installation", why);
        verdict
    }

    pub(super) fn fail(&mut self, step: &'static str, why: &str) {
        self.failures.push((step, why.to_owned()));
    }

    pub(super) fn show(&mut self, text: String) {
        self.shown = Some(text);
    }

    /// Whether nothing went wrong so far.
    pub(super) fn is_good(&self) -> bool {
        self.failures.is_empty()
    }

    /// For the reader.
    fn text(&self) -> String {
        let title = self.title;
        if let Some(why) = &self.skipped {
            return format!("SKIPPED  {title}: {why}");
        }
        let word = if self.is_good() { "ok     " } else { "FAILED " };
        let mut text = format!("{word}  {title}  ({:.1} s)", self.elapsed.as_secs_f32());
        // Writing to a String cannot fail.
        if let Some(shown) = &self.shown {
            let _ = write!(text, "\n           refused: {shown}");
        }
        for (step, why) in &self.failures {
            let _ = write!(text, "\n           {step}: {why}");
        }
        if !self.output.is_empty() {
            let _ = write!(
                text,
                "\n           it said: {}",
                self.output.replace('\n', "\n           ")
            );
        }
        text
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct Report {
    verdicts: Vec<Verdict>,
}

impl Report {
    pub(super) fn add(&mut self, verdict: Verdict, tell: &mut impl FnMut(&str)) {
        tell(&verdict.text());
        self.verdicts.push(verdict);
    }

    /// Whether nobody failed. Who was skipped is told, loudly, and no failure.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.verdicts.iter().all(Verdict::is_good)
    }

    /// How many did what.
    #[must_use]
    pub fn text(&self) -> String {
        let skipped = self.verdicts.iter().filter(|verdict| verdict.skipped.is_some());
        let failed = self.verdicts.iter().filter(|verdict| !verdict.is_good());
        let (skipped, failed) = (skipped.count(), failed.count());
        let passed = self.verdicts.len() - skipped - failed;
        format!("peers: {passed} passed, {failed} failed, {skipped} skipped")
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::PEERS;
    use super::*;

    #[test]
    fn a_failure_fails_the_whole_and_a_skipped_peer_does_not() {
        let (mut report, mut told) = (Report::default(), String::new());
        let peer = &PEERS[0];
        report.add(Verdict::skipped(peer, "no Go"), &mut |text: &str| {
            told.push_str(text);
        });
        assert!(report.is_good() && told.starts_with("SKIPPED"), "{told}");
        let mut verdict = Verdict::of(peer);
        verdict.fail("sign-in", "nobody came back");
        report.add(verdict, &mut |text: &str| told.push_str(text));
        assert!(
            !report.is_good() && told.contains("sign-in: nobody came back"),
            "{told}"
        );
        assert_eq!(report.text(), "peers: 0 passed, 1 failed, 1 skipped");
    }
}
