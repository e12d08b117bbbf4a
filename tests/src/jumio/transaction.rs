//! One workflow execution and how it changes with time.

use loopback::random;
use serde::Serialize;
use time::{Duration, OffsetDateTime};

use super::asked::Asked;
use super::callback::Content;
use super::document::Document;
use super::netverify::quirks::Quirks;
use super::person::Person;
use super::scenario::{Afterwards, Ending, Pace, Plan};
use super::settings::Timers;
use super::verdict::Verdict;

/// Created, nothing captured.
pub const INITIATED: &str = "INITIATED";
/// The person began; told in callbacks only.
pub const ACQUISITION_STARTED: &str = "ACQUISITION_STARTED";
/// Captured, being processed.
pub const ACQUIRED: &str = "ACQUIRED";
/// Result available.
pub const PROCESSED: &str = "PROCESSED";
/// Begun, then left alone.
pub const SESSION_EXPIRED: &str = "SESSION_EXPIRED";
/// Never opened in time.
pub const TOKEN_EXPIRED: &str = "TOKEN_EXPIRED";

/// So many pictures may be sent.
const ATTEMPTS: u32 = 3;

/// A scenario marked slow takes this many times the usual processing time.
const SLOW: u64 = 5;

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Waiting for the person.
    Created,
    /// The hosted page was opened.
    Begun,
    /// The person has sent everything.
    Submitted,
    /// Over; the status says how.
    Ended(&'static str),
}

/// Something that a callback may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A status on the way.
    Interim(&'static str),
    /// The last status, or the last one again after a reversal.
    Final(&'static str),
}

/// A callback that was tried.
#[derive(Clone, Debug, Serialize)]
pub struct Sent {
    /// When, RFC 3339, by the simulators' clock.
    pub at: String,
    /// The status it told, or `test` for the portal's message.
    pub status: String,
    /// What the receiver answered; absent when there was no answer.
    pub answered: Option<u16>,
}

/// One credential slot each for document, selfie and face map.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "named as Jumio's categories")]
pub struct Credentials {
    pub id: String,
    pub selfie: String,
    pub facemap: String,
}

/// One workflow execution.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// Jumio's account id.
    pub account: String,
    /// Jumio's workflow execution id.
    pub execution: String,
    /// The slots to fill.
    pub credentials: Credentials,
    /// What the customer asked for.
    pub asked: Asked,
    /// The scenario it plays.
    pub plan: Plan,
    /// What the person shows.
    pub document: Document,
    /// Whether this is the document of the very person it is about.
    pub has_own_document: bool,
    /// Whether the hosted page plays the scenario at once, because the person's given name stands for it.
    pub at_once: bool,
    /// Executions in which the face was seen before.
    pub seen_in: Vec<String>,
    /// Where it stands.
    pub stage: Stage,
    /// Since when it exists.
    pub created_at: OffsetDateTime,
    /// When the person began.
    pub started_at: Option<OffsetDateTime>,
    /// Last sign of life of the person, or the submission.
    pub touched_at: OffsetDateTime,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// When the result turned into another one.
    pub updated_at: Option<OffsetDateTime>,
    /// When somebody deleted it.
    pub wiped_at: Option<OffsetDateTime>,
    /// Pictures so far that could not be read.
    pub attempts: u32,
    /// Netverify's variations that this one drew.
    pub quirks: Quirks,
    /// Callbacks tried so far.
    pub sent: Vec<Sent>,
    /// Callbacks held back by the setting `reversed`.
    pub(super) held: Vec<Content>,
}

impl Transaction {
    /// A transaction of an account, just created.
    #[must_use]
    pub fn new(account: String, asked: Asked, plan: Plan, now: OffsetDateTime) -> Self {
        let credentials = Credentials {
            id: random::uuid(),
            selfie: random::uuid(),
            facemap: random::uuid(),
        };
        Self {
            account,
            execution: random::uuid(),
            credentials,
            asked,
            plan,
            document: Document::default(),
            has_own_document: false,
            at_once: false,
            seen_in: Vec::new(),
            stage: Stage::Created,
            created_at: now,
            started_at: None,
            touched_at: now,
            ended_at: None,
            updated_at: None,
            wiped_at: None,
            attempts: 0,
            quirks: Quirks::default(),
            sent: Vec::new(),
            held: Vec::new(),
        }
    }

    /// It is about this person, whose given name may stand for a scenario.
    pub fn is_of(&mut self, person: &Person) {
        self.document = person.document();
        self.has_own_document = true;
        if let Some(plan) = Plan::of_given_name(&person.given_name) {
            self.plan = plan;
            self.at_once = true;
        }
    }

    /// The status as the retrieval host tells it.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self.stage {
            Stage::Created | Stage::Begun => INITIATED,
            Stage::Submitted => ACQUIRED,
            Stage::Ended(status) => status,
        }
    }

    /// Nothing will happen to it any more, unless somebody finishes it again.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Ended(_)) && (self.plan.afterwards.is_none() || self.wiped_at.is_some())
    }

    /// What the check concluded. A transaction that ran out of time concluded nothing, whatever was planned.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let ended_as_planned = match self.stage {
            Stage::Ended(PROCESSED) => self.plan.ending == Ending::Processed,
            Stage::Ended(SESSION_EXPIRED) => self.plan.ending == Ending::SessionExpired,
            Stage::Ended(TOKEN_EXPIRED) => self.plan.ending == Ending::TokenExpired,
            _ => false,
        };
        if ended_as_planned {
            self.plan.verdict.clone()
        } else {
            Verdict::not_executed(self.status())
        }
    }

    /// The person opens the hosted page, or does something on it.
    pub fn begin(&mut self, now: OffsetDateTime) -> Vec<Event> {
        self.touched_at = now;
        if self.stage != Stage::Created {
            return Vec::new();
        }
        self.stage = Stage::Begun;
        self.started_at = Some(now);
        vec![Event::Interim(ACQUISITION_STARTED)]
    }

    /// Plays a scenario to its end, or for a transaction that has ended, to another one.
    pub fn finish(&mut self, plan: Plan, now: OffsetDateTime) -> Vec<Event> {
        let again = matches!(self.stage, Stage::Ended(_));
        let ending = plan.ending;
        self.attempts += plan.attempts;
        if let Some(given_names) = plan.given_names {
            given_names.clone_into(&mut self.document.first_name);
        }
        self.plan = plan;
        if again {
            self.updated_at = Some(now);
        }
        match ending {
            Ending::TokenExpired => self.end(TOKEN_EXPIRED, now),
            Ending::SessionExpired => {
                let mut events = self.begin(now);
                events.extend(self.end(SESSION_EXPIRED, now));
                events
            }
            Ending::Processed if again => self.end(PROCESSED, now),
            Ending::Processed => {
                let mut events = self.begin(now);
                self.stage = Stage::Submitted;
                events.push(Event::Interim(ACQUIRED));
                events
            }
        }
    }

    /// The person sends a picture that cannot be read; the last one that is allowed ends the check. Also says whether it was.
    pub fn attempt(&mut self, now: OffsetDateTime) -> (Vec<Event>, bool) {
        let mut events = self.begin(now);
        self.attempts += 1;
        let is_last = self.is_exhausted();
        if let Some(unreadable) = Plan::named("unreadable").filter(|_| is_last) {
            events.extend(self.finish(unreadable, now));
        }
        (events, is_last)
    }

    /// Whether there is no attempt left.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.attempts >= ATTEMPTS
    }

    /// Ends the session of a person who left.
    pub fn expire(&mut self, now: OffsetDateTime) -> Vec<Event> {
        match self.stage {
            Stage::Created => self.end(TOKEN_EXPIRED, now),
            Stage::Begun => self.end(SESSION_EXPIRED, now),
            Stage::Submitted | Stage::Ended(_) => Vec::new(),
        }
    }

    fn end(&mut self, status: &'static str, now: OffsetDateTime) -> Vec<Event> {
        self.stage = Stage::Ended(status);
        self.ended_at = Some(now);
        vec![Event::Final(status)]
    }

    /// Does what is due by now.
    pub fn pass_time(&mut self, timers: &Timers, now: OffsetDateTime) -> Vec<Event> {
        let link_life = self
            .asked
            .link_life_s
            .unwrap_or_else(|| signed(timers.link_life_s));
        match self.stage {
            Stage::Created if now >= self.created_at + Duration::seconds(link_life) => self.expire(now),
            Stage::Begun if now >= self.touched_at + Duration::seconds(signed(timers.inactivity_s)) => {
                self.expire(now)
            }
            Stage::Submitted if self.plan.pace == Pace::Held => Vec::new(),
            Stage::Submitted if now >= self.touched_at + self.processing(timers) => self.end(PROCESSED, now),
            Stage::Ended(_) => self.pass_afterwards(timers, now),
            _ => Vec::new(),
        }
    }

    fn processing(&self, timers: &Timers) -> Duration {
        let factor = if self.plan.pace == Pace::Slow { SLOW } else { 1 };
        Duration::milliseconds(signed(timers.processing_ms.saturating_mul(factor)))
    }

    fn pass_afterwards(&mut self, timers: &Timers, now: OffsetDateTime) -> Vec<Event> {
        let due = self
            .ended_at
            .map(|at| at + Duration::milliseconds(signed(timers.afterwards_ms)));
        if due.is_none_or(|due| now < due) {
            return Vec::new();
        }
        match self.plan.afterwards.take() {
            None => Vec::new(),
            Some(Afterwards::Deletion) => {
                self.wiped_at = Some(now);
                Vec::new()
            }
            Some(Afterwards::Reversal) => match Plan::named("fraud") {
                Some(fraud) => self.finish(fraud, now),
                None => Vec::new(),
            },
        }
    }

    /// Whether the result can be read: for a while after the end it may answer 404.
    #[must_use]
    pub fn is_readable(&self, timers: &Timers, now: OffsetDateTime) -> bool {
        let wait_ms = if self.plan.callback_first {
            timers.not_ready_ms.max(1000)
        } else {
            timers.not_ready_ms
        };
        self.ended_at
            .is_none_or(|at| now >= at + Duration::milliseconds(signed(wait_ms)))
    }
}

/// Settings hold what cannot be negative; arithmetic on times wants a sign.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX / 4096)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::asked;
    use super::super::settings::Settings;
    use super::*;

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn transaction(scenario: &str) -> Transaction {
        let body = json!({ "customerInternalReference": "ref-1", "workflowDefinition": { "key": "10164" },
            "userConsent": { "userLocation": { "country": "AUT" } } });
        let asked = asked::read(&body, &Settings::default()).unwrap();
        Transaction::new(
            "account-1".to_owned(),
            asked,
            Plan::named(scenario).unwrap(),
            START,
        )
    }

    fn after(s: i64) -> OffsetDateTime {
        START + Duration::seconds(s)
    }

    #[test]
    fn a_link_nobody_opens_runs_out() {
        let mut transaction = transaction("pass");
        assert_eq!(transaction.pass_time(&Timers::default(), after(1799)), []);
        assert_eq!(
            transaction.pass_time(&Timers::default(), after(1800)),
            [Event::Final(TOKEN_EXPIRED)]
        );
        assert_eq!(transaction.verdict(), Verdict::not_executed(TOKEN_EXPIRED));
    }

    #[test]
    fn a_person_who_leaves_loses_the_session_after_the_last_sign_of_life() {
        let mut transaction = transaction("pass");
        assert_eq!(
            transaction.begin(after(10)),
            [Event::Interim(ACQUISITION_STARTED)]
        );
        assert_eq!(transaction.begin(after(600)), []);
        assert_eq!(transaction.pass_time(&Timers::default(), after(1499)), []);
        assert_eq!(
            transaction.pass_time(&Timers::default(), after(1500)),
            [Event::Final(SESSION_EXPIRED)]
        );
        assert_eq!(transaction.verdict(), Verdict::not_executed(SESSION_EXPIRED));
    }

    #[test]
    fn a_submission_is_processed_in_its_time() {
        let mut transaction = transaction("pass");
        let events = transaction.finish(Plan::named("warning").unwrap(), after(5));
        assert_eq!(
            events,
            [Event::Interim(ACQUISITION_STARTED), Event::Interim(ACQUIRED)]
        );
        assert_eq!(transaction.status(), ACQUIRED);
        assert_eq!(
            transaction.pass_time(&Timers::default(), after(6)),
            [Event::Final(PROCESSED)]
        );
        assert_eq!(transaction.verdict().overall.kind, "WARNING");
    }

    #[test]
    fn a_given_name_of_the_catalogue_chooses_what_is_played_and_others_do_not() {
        let mut transaction = transaction("pass");
        let person = |given_name: &str| Person {
            given_name: given_name.to_owned(),
            ..Person::default()
        };
        transaction.is_of(&person("Layth"));
        assert_eq!(
            (transaction.plan.name.as_str(), transaction.at_once),
            ("pass", false)
        );
        assert_eq!(transaction.document.first_name, "LAYTH");
        transaction.is_of(&person("rejected"));
        assert_eq!(
            (transaction.plan.name.as_str(), transaction.at_once),
            ("fraud", true)
        );
    }

    #[test]
    fn a_document_may_say_another_given_name_than_was_typed() {
        let mut transaction = transaction("pass");
        transaction.is_of(&Person {
            given_name: "misspelt".to_owned(),
            surname: "Talvik".to_owned(),
            ..Person::default()
        });
        assert!(transaction.at_once);
        transaction.finish(transaction.plan.clone(), after(5));
        let document = &transaction.document;
        assert_eq!(
            (document.first_name.as_str(), document.last_name.as_str()),
            ("MIRA", "TALVIK")
        );
        transaction.pass_time(&Timers::default(), after(6));
        assert_eq!(transaction.verdict(), Verdict::passed());
    }

    #[test]
    fn what_is_held_is_decided_by_another_end_alone() {
        let mut transaction = transaction("held");
        transaction.finish(transaction.plan.clone(), after(5));
        assert_eq!(transaction.pass_time(&Timers::default(), after(1_000_000)), []);
        transaction.finish(Plan::named("pass").unwrap(), after(1_000_001));
        assert_eq!(
            transaction.pass_time(&Timers::default(), after(1_000_002)),
            [Event::Final(PROCESSED)]
        );
        assert_eq!(transaction.verdict(), Verdict::passed());
    }

    #[test]
    fn an_expired_session_may_carry_a_rejection() {
        let mut transaction = transaction("pass");
        transaction.finish(Plan::named("expired-rejected").unwrap(), after(5));
        assert_eq!(transaction.status(), SESSION_EXPIRED);
        assert_eq!(transaction.verdict().overall.kind, "REJECTED");
    }

    #[test]
    fn a_late_reversal_is_told_once() {
        let mut transaction = transaction("pass");
        transaction.finish(Plan::named("late-reversal").unwrap(), after(5));
        transaction.pass_time(&Timers::default(), after(6));
        assert!(!transaction.is_over());
        assert_eq!(
            transaction.pass_time(&Timers::default(), after(7)),
            [Event::Final(PROCESSED)]
        );
        assert_eq!(transaction.verdict().overall.kind, "REJECTED");
        assert_eq!(transaction.pass_time(&Timers::default(), after(8)), []);
        assert!(transaction.is_over());
    }

    #[test]
    fn a_result_may_be_late() {
        let mut transaction = transaction("callback-before-result");
        transaction.finish(transaction.plan.clone(), after(5));
        transaction.pass_time(&Timers::default(), after(6));
        assert!(!transaction.is_readable(&Timers::default(), after(6)));
        assert!(transaction.is_readable(&Timers::default(), after(7)));
    }
}
