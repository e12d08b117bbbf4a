use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use time::macros::datetime;

use super::*;
use crate::checks::facts::Human;
use crate::checks::vendor::{End, Mark};

/// One decision, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Vendor(Status),
    Human(bool),
}

const APPROVED: Written = Written::Vendor(Status::Approved);
const REJECTED: Written = Written::Vendor(Status::Rejected);
const REVIEW: Written = Written::Vendor(Status::Review);
const YES: Written = Written::Human(true);
const NO: Written = Written::Human(false);

/// A conclusion whose vendor's part differs with its status.
fn conclusion(status: Status) -> Conclusion {
    Conclusion {
        end: Some(End::Processed),
        vendor_decision: Some(match status {
            Status::Approved => Mark::Passed,
            Status::Rejected => Mark::Rejected,
            _ => Mark::Warning,
        }),
        ..Conclusion::plain(status, "test")
    }
}

fn ledger(written: &[Written]) -> Decisions {
    let mut decisions = Decisions::default();
    for (number, written) in (1..).zip(written) {
        let at = datetime!(2026-02-03 10:00 UTC) + time::Duration::seconds(i64::from(number));
        let decision = match written {
            Written::Vendor(status) => Decision::unread(1, at, conclusion(*status)),
            Written::Human(accepts) => {
                let (over, reading) = decisions.last_reading().unwrap();
                let said = if *accepts {
                    Status::Approved
                } else {
                    Status::Rejected
                };
                let conclusion = Conclusion {
                    status: said,
                    ..reading.clone()
                };
                Decision {
                    human: Some(Human {
                        who: "operator-1".to_owned(),
                        why: "ticket 1".to_owned(),
                        over,
                    }),
                    ..Decision::unread(1, at, conclusion)
                }
            }
        };
        decisions.add(number, decision);
    }
    decisions
}

fn told(written: &[Written]) -> Status {
    ledger(written).told().unwrap().conclusion.status
}

#[test]
fn nothing_is_told_before_there_is_a_conclusion() {
    assert!(ledger(&[]).told().is_none());
    assert!(ledger(&[Written::Vendor(Status::Pending)]).told().is_none());
}

#[test]
fn the_last_reading_is_told() {
    assert_eq!(told(&[APPROVED, REJECTED]), Status::Rejected);
    assert_eq!(told(&[APPROVED, REJECTED, APPROVED]), Status::Approved);
    assert_eq!(told(&[REVIEW, APPROVED]), Status::Approved);
}

#[test]
fn a_human_s_word_stands_over_what_the_vendor_had_said() {
    assert_eq!(told(&[REVIEW, YES]), Status::Approved);
    assert_eq!(told(&[REVIEW, NO]), Status::Rejected);
    assert_eq!(told(&[APPROVED, NO]), Status::Rejected, "a late reversal");
    assert_eq!(
        told(&[REVIEW, YES, REVIEW]),
        Status::Approved,
        "read again, unchanged"
    );
    assert_eq!(told(&[APPROVED, NO, APPROVED]), Status::Rejected);
}

#[test]
fn a_change_by_the_vendor_reopens_the_review() {
    assert_eq!(told(&[REVIEW, YES, REJECTED]), Status::Review);
    assert_eq!(told(&[REVIEW, NO, APPROVED]), Status::Review);
    assert_eq!(told(&[REVIEW, NO, APPROVED, YES]), Status::Approved);
}

#[test]
fn a_change_by_the_vendor_to_what_the_human_said_needs_nobody() {
    assert_eq!(told(&[REVIEW, YES, APPROVED]), Status::Approved);
    assert_eq!(told(&[REVIEW, NO, REJECTED]), Status::Rejected);
}

#[test]
fn a_further_reversal_turns_no_human_s_no_into_an_approval() {
    assert_eq!(told(&[REVIEW, NO, APPROVED, REJECTED, APPROVED]), Status::Review);
    assert_eq!(told(&[APPROVED, NO, REJECTED, APPROVED]), Status::Review);
}

#[test]
fn a_reading_that_the_human_had_not_listed_reopens_the_review() {
    let mut decisions = ledger(&[REVIEW, REJECTED, YES]);
    let mut late = decisions.last_human().unwrap().clone();
    late.conclusion = Conclusion {
        status: Status::Approved,
        ..conclusion(Status::Review)
    };
    late.human.as_mut().unwrap().over = 1;
    decisions.add(3, late);
    assert_eq!(decisions.told().unwrap().conclusion.status, Status::Review);
}

#[test]
fn reading_the_same_again_makes_nothing_younger() {
    let at = |written: &[Written]| ledger(written).told().unwrap().at;
    assert_eq!(at(&[APPROVED, APPROVED]), at(&[APPROVED]));
    assert!(at(&[APPROVED, REJECTED, APPROVED]) > at(&[APPROVED, APPROVED]));
    assert!(at(&[REVIEW, YES, REVIEW]) > at(&[REVIEW]));
}

fn written() -> impl Strategy<Value = Vec<Written>> {
    vec(
        prop_oneof![
            proptest::strategy::Just(APPROVED),
            proptest::strategy::Just(REJECTED),
            proptest::strategy::Just(REVIEW),
            proptest::strategy::Just(YES),
            proptest::strategy::Just(NO),
        ],
        0..12,
    )
}

proptest! {
    #[test]
    fn an_approval_is_told_only_after_one_and_never_against_a_human(first in 0usize..3, later in written()) {
        let mut all = vec![[APPROVED, REJECTED, REVIEW][first]];
        all.extend(later);
        let status = told(&all);
        let is_human = |written: &&Written| matches!(written, Written::Human(_));
        let word = all.iter().rev().find(is_human);
        let reading = all.iter().rev().find(|written| !is_human(written));
        if word == Some(&NO) {
            prop_assert!(status != Status::Approved);
        }
        if status == Status::Approved {
            prop_assert!(reading == Some(&APPROVED) || word == Some(&YES));
        }
        if word.is_none() {
            prop_assert_eq!(Some(&Written::Vendor(status)), reading);
        }
        if let Some(Written::Human(accepts)) = all.last() {
            prop_assert_eq!(status == Status::Approved, *accepts);
        }
    }
}
