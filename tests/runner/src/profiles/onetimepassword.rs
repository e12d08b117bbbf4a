//! `OneTimePasswordProtocolProvider`: makes and checks one-time codes.

use crate::engine::Failure;
use crate::engine::pipeline::{Input, Returned, Stage};
use crate::expiring::Expiring;
use crate::mailbox::{Channel, Message};
use crate::model::TechnicalProfile;
use loopback::jose::same;
use serde_json::Value as Json;
use std::sync::{Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

/// How codes are made and how long they are good.
#[derive(Debug, Clone)]
pub struct Plan {
    life: Duration,
    length: u32,
    characters: Vec<char>,
    tries: u32,
    generations: u32,
    reuse: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            life: Duration::minutes(10),
            length: 6,
            characters: ('0'..='9').collect(),
            tries: 5,
            generations: 10,
            reuse: false,
        }
    }
}

/// Why a code is not accepted or not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// None was sent, or it is too old.
    NoSession,
    /// It was tried too often.
    TooOften,
    /// It is another one.
    Wrong,
    /// Too many were made.
    TooMany,
}

impl CodeFault {
    /// What the person reads.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NoSession => "That code is expired. Please request a new code.",
            Self::TooOften => "You've made too many incorrect attempts. Please try again later.",
            Self::Wrong => "That code is incorrect. Please try again.",
            Self::TooMany => {
                "There have been too many requests for a code. Please wait a while, then try again."
            }
        }
    }

    /// The page's own text for it, by string id.
    #[must_use]
    pub fn ux(self) -> &'static str {
        match self {
            Self::NoSession => "ver_fail_code_expired",
            Self::TooOften => "ver_fail_no_retry",
            Self::Wrong => "ver_fail_retry",
            Self::TooMany => "ver_fail_throttled",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::NoSession => "UserMessageIfSessionDoesNotExist",
            Self::TooOften => "UserMessageIfMaxRetryAttempted",
            Self::Wrong => "UserMessageIfInvalidCode",
            Self::TooMany => "UserMessageIfMaxNumberOfCodeGenerated",
        }
    }
}

#[derive(Debug)]
struct Pending {
    identifier: String,
    code: String,
    expires_at: OffsetDateTime,
    tries_left: u32,
    made: u32,
    plan: Plan,
}

/// Codes waiting to be typed, by walk and slot.
#[derive(Debug, Default)]
pub struct Codes {
    pending: Mutex<Expiring<(String, String), Pending>>,
    /// Account and offered key of walks in which an authenticator is being checked.
    begun: Mutex<Expiring<String, (String, String)>>,
}

/// For so long after a code has ended it is known how many were made, longer than anybody stays at a page; and whose
/// authenticator is being checked.
const REMEMBERED: Duration = Duration::days(1);

impl Codes {
    /// Remembers whose authenticator a walk is about to check, and the key offered to it.
    pub fn begin(&self, walk: &str, subject: (String, String), now: OffsetDateTime) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.insert(walk.to_owned(), subject, now + REMEMBERED, now);
    }

    /// Whose authenticator the walk checks, and the key offered to it.
    #[must_use]
    pub fn begun(&self, walk: &str) -> Option<(String, String)> {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.get(walk).cloned()
    }

    /// Makes a code for `identifier` (an address or number).
    ///
    /// # Errors
    /// [`CodeFault::TooMany`].
    pub fn generate(
        &self,
        walk: &str,
        slot: &str,
        identifier: &str,
        plan: Plan,
        now: OffsetDateTime,
    ) -> Result<String, CodeFault> {
        let mut all = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (walk.to_owned(), slot.to_owned());
        let earlier = all.get(&key);
        let made = earlier.map_or(0, |earlier| earlier.made);
        if made >= plan.generations {
            return Err(CodeFault::TooMany);
        }
        let again = earlier.filter(|old| plan.reuse && old.expires_at > now && old.identifier == identifier);
        let code = again.map_or_else(|| draw(&plan), |old| old.code.clone());
        let pending = Pending {
            identifier: identifier.to_owned(),
            code: code.clone(),
            expires_at: now + plan.life,
            tries_left: plan.tries,
            made: made + 1,
            plan,
        };
        let remembered = pending.expires_at + REMEMBERED;
        all.insert(key, pending, remembered, now);
        Ok(code)
    }

    /// Checks a code; the right one works once.
    ///
    /// # Errors
    /// [`CodeFault`].
    pub fn verify(
        &self,
        walk: &str,
        slot: &str,
        identifier: &str,
        code: &str,
        now: OffsetDateTime,
    ) -> Result<(), CodeFault> {
        let mut all = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (walk.to_owned(), slot.to_owned());
        let pending = all.get_mut(&key).ok_or(CodeFault::NoSession)?;
        if pending.expires_at <= now
            || !pending.identifier.eq_ignore_ascii_case(identifier)
            || pending.code.is_empty()
        {
            return Err(CodeFault::NoSession);
        }
        if pending.tries_left == 0 {
            return Err(CodeFault::TooOften);
        }
        if !same(pending.code.as_bytes(), code.trim().as_bytes()) {
            pending.tries_left -= 1;
            return Err(if pending.tries_left == 0 {
                CodeFault::TooOften
            } else {
                CodeFault::Wrong
            });
        }
        if !pending.plan.reuse {
            pending.code.clear();
        }
        Ok(())
    }
}

fn draw(plan: &Plan) -> String {
    let count = u64::try_from(plan.characters.len()).unwrap_or(0).max(1);
    let one = |_| {
        let at = usize::try_from(loopback::random::below(count)).ok();
        at.and_then(|at| plan.characters.get(at)).copied().unwrap_or('0')
    };
    (0..plan.length).map(one).collect()
}

fn plan(profile: &TechnicalProfile) -> Plan {
    let plan = Plan::default();
    let number = |key: &str, default: u32| {
        profile
            .meta(key)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    Plan {
        life: Duration::seconds(i64::from(number("CodeExpirationInSeconds", 600))),
        length: number("CodeLength", plan.length),
        characters: profile.meta("CharacterSet").map_or(plan.characters, characters),
        tries: number("NumRetryAttempts", plan.tries),
        generations: number("NumCodeGenerationAttempts", plan.generations),
        reuse: profile.meta_flag("ReuseSameCode", plan.reuse),
    }
}

/// The characters of a set such as `a-z0-9A-Z`.
fn characters(set: &str) -> Vec<char> {
    let all: Vec<char> = set.chars().collect();
    let mut out = vec![];
    let mut at = 0;
    while let Some(first) = all.get(at) {
        if let (Some('-'), Some(last)) = (all.get(at + 1), all.get(at + 2)) {
            out.extend(*first..=*last);
            at += 3;
        } else {
            out.push(*first);
            at += 1;
        }
    }
    out
}

pub(super) fn call(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    inputs: &[Input],
) -> Result<Returned, Failure> {
    let identifier = Input::text_of(inputs, "identifier");
    let (realm, now) = (stage.realm, stage.realm.clock.now());
    let refused = |fault: CodeFault| {
        let shown = stage
            .message(profile, fault.key())
            .unwrap_or_else(|| fault.text().to_owned());
        Failure::new("AADB2C90037", format!("{fault:?}")).shown(shown)
    };
    match profile
        .meta("Operation")
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "generatecode" => {
            let code = realm
                .codes
                .generate(stage.walk, "otp", &identifier, plan(profile), now)
                .map_err(refused)?;
            realm.mailbox.deliver(Message {
                channel: Channel::Email,
                to: identifier,
                subject: format!("One-time code made by {}", profile.id),
                code: code.clone(),
                sent_at: now,
            });
            Ok([("otpGenerated".to_owned(), Json::from(code))]
                .into_iter()
                .collect())
        }
        "verifycode" => {
            let typed = Input::text_of(inputs, "otpToVerify");
            realm
                .codes
                .verify(stage.walk, "otp", &identifier, &typed, now)
                .map_err(refused)?;
            Ok(Returned::new())
        }
        other => Err(Failure::unsupported(format_args!(
            "Operation '{other}' of '{}' ({})",
            profile.id, profile.span
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn made() -> (Codes, String) {
        let codes = Codes::default();
        let code = codes
            .generate("w", "s", "a@example.com", Plan::default(), NOW)
            .unwrap();
        (codes, code)
    }

    #[test]
    fn no_code_prints() {
        let (codes, code) = made();
        codes.begin("w", ("id".to_owned(), "hush".to_owned()), NOW);
        let printed = format!("{codes:?}");
        assert!(!printed.contains(&code) && !printed.contains("hush"), "{printed}");
    }

    #[test]
    fn the_right_code_works_once() {
        let (codes, code) = made();
        assert_eq!(codes.verify("w", "s", "A@example.com", &code, NOW), Ok(()));
        assert_eq!(
            codes.verify("w", "s", "a@example.com", &code, NOW),
            Err(CodeFault::NoSession)
        );
    }

    #[test]
    fn another_address_walk_or_time_has_no_code() {
        let (codes, code) = made();
        assert_eq!(
            codes.verify("w", "s", "b@example.com", &code, NOW),
            Err(CodeFault::NoSession)
        );
        assert_eq!(
            codes.verify("x", "s", "a@example.com", &code, NOW),
            Err(CodeFault::NoSession)
        );
        let late = NOW + Duration::minutes(10);
        assert_eq!(
            codes.verify("w", "s", "a@example.com", &code, late),
            Err(CodeFault::NoSession)
        );
    }

    #[test]
    fn after_five_wrong_tries_even_the_right_code_is_refused() {
        let (codes, code) = made();
        for _ in 0..4 {
            assert_eq!(
                codes.verify("w", "s", "a@example.com", "x", NOW),
                Err(CodeFault::Wrong)
            );
        }
        assert_eq!(
            codes.verify("w", "s", "a@example.com", "x", NOW),
            Err(CodeFault::TooOften)
        );
        assert_eq!(
            codes.verify("w", "s", "a@example.com", &code, NOW),
            Err(CodeFault::TooOften)
        );
    }

    #[test]
    fn codes_are_not_made_without_end() {
        let codes = Codes::default();
        for _ in 0..10 {
            codes
                .generate("w", "s", "a@example.com", Plan::default(), NOW)
                .unwrap();
        }
        assert_eq!(
            codes.generate("w", "s", "a@example.com", Plan::default(), NOW),
            Err(CodeFault::TooMany)
        );
    }

    #[test]
    fn codes_of_days_ago_take_no_room() {
        let (codes, _) = made();
        let later = NOW + Duration::days(2);
        codes
            .generate("x", "s", "a@example.com", Plan::default(), later)
            .unwrap();
        assert_eq!(codes.pending.lock().unwrap().len(), 1);
    }

    #[test]
    fn there_are_never_more_codes_than_fit() {
        let codes = Codes::default();
        for walk in 0..10_010 {
            codes
                .generate(&walk.to_string(), "s", "a@example.com", Plan::default(), NOW)
                .unwrap();
        }
        assert_eq!(codes.pending.lock().unwrap().len(), 10_000);
    }

    #[test]
    fn character_sets_have_ranges() {
        assert_eq!(characters("a-c9"), ['a', 'b', 'c', '9']);
        let plan = Plan {
            length: 40,
            characters: characters("x"),
            ..Plan::default()
        };
        assert_eq!(draw(&plan), "x".repeat(40));
    }
}
