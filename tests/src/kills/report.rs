//! What broke, counted.

use std::fmt::Write as _;
use std::time::Duration;

use super::Store;

/// One journey, judged.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) kills: u32,
    /// What must never happen, in words.
    pub(super) violations: Vec<String>,
    /// Transactions beyond the first, where nothing but a kill can have caused them.
    pub(super) paid_twice: u32,
    /// Starts of which the log tells that they may have been paid: each of those, and some that Jumio never saw.
    pub(super) paid_twice_told: u32,
    /// Answers of the token endpoint that were lost and given again.
    pub(super) answered_again: u32,
}

impl Walked {
    /// Every double payment was told by the process that found it possible, which was before it paid again.
    fn judge_payments(&mut self) {
        if self.paid_twice > self.paid_twice_told {
            self.violations.push(format!(
                "paid {} times too often, and told {} times",
                self.paid_twice, self.paid_twice_told
            ));
        }
    }
}

/// All journeys over one store.
#[derive(Debug)]
pub struct Report {
    store: Store,
    /// Journeys walked.
    pub journeys: u32,
    /// Kills struck.
    pub kills: u32,
    /// From the first journey to the end of the last.
    pub elapsed: Duration,
    paid_twice: u32,
    paid_twice_told: u32,
    answered_again: u32,
    violations: Vec<String>,
}

impl Report {
    pub(super) const fn new(store: Store) -> Self {
        Self {
            store,
            journeys: 0,
            kills: 0,
            elapsed: Duration::ZERO,
            paid_twice: 0,
            paid_twice_told: 0,
            answered_again: 0,
            violations: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, mut walked: Walked, tell: &mut impl FnMut(&str)) {
        walked.judge_payments();
        self.journeys += 1;
        self.kills += walked.kills;
        self.paid_twice += walked.paid_twice;
        self.paid_twice_told += walked.paid_twice_told;
        self.answered_again += walked.answered_again;
        let number = self.journeys;
        for text in walked.violations {
            let text = format!("journey {number}: {text}");
            tell(&text);
            self.violations.push(text);
        }
    }

    /// Whether nothing happened that must not.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// For the reader.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!(
            "{} {} kills over {} journeys in {} s; {} violations; {} double payments, {} starts told that may be paid; \
             {} token answers given again",
            self.store.name(),
            self.kills,
            self.journeys,
            self.elapsed.as_secs(),
            self.violations.len(),
            self.paid_twice,
            self.paid_twice_told,
            self.answered_again,
        );
        for violation in &self.violations {
            let _ = write!(text, "\n  {violation}"); // writing to a String cannot fail
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(paid_twice: u32, paid_twice_told: u32) -> Report {
        let mut report = Report::new(Store::Files);
        // Enough of them are told elsewhere: each journey is judged by itself.
        for walked in [(0, 5), (paid_twice, paid_twice_told)] {
            let walked = Walked {
                paid_twice: walked.0,
                paid_twice_told: walked.1,
                ..Walked::default()
            };
            report.add(walked, &mut |_: &str| {});
        }
        report
    }

    #[test]
    fn a_double_payment_that_nobody_told_is_a_violation() {
        assert!(judged(1, 1).is_clean());
        let report = judged(2, 1);
        assert!(!report.is_clean());
        assert!(report.text().contains("journey 2: paid 2 times too often"));
    }
}
