//! What broke, counted.

use std::fmt::Write as _;

use super::Store;

/// One journey, judged.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) kills: u32,
    /// What must never happen, in words.
    pub(super) violations: Vec<String>,
    /// Transactions beyond the first, where nothing but a kill can have caused them.
    pub(super) paid_twice: u32,
    /// How many of those the log tells.
    pub(super) paid_twice_told: u32,
    /// Answers of the token endpoint that were lost and given again.
    pub(super) answered_again: u32,
}

/// All journeys over one store.
#[derive(Debug)]
pub struct Report {
    store: Store,
    /// Journeys walked.
    pub journeys: u32,
    /// Kills struck.
    pub kills: u32,
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
            paid_twice: 0,
            paid_twice_told: 0,
            answered_again: 0,
            violations: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, walked: Walked, tell: &mut impl FnMut(&str)) {
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
        self.violations.is_empty() && self.paid_twice <= self.paid_twice_told
    }

    /// For the reader.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!(
            "{}: {} kills over {} journeys; {} violations; {} double payments, {} of them told; {} token answers given again",
            self.store.name(),
            self.kills,
            self.journeys,
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
