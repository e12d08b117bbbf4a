//! From what the vendor found to what we conclude. A pure function of the finding and the rules.
//!
//! In this order: did it run to its end (expiry is not rejection), did everything required run and pass, what did the
//! vendor conclude, does the document name the right person. Words we do not know are never a pass, and what could not be
//! checked is never a failed check.
//!
//! # Layout
//! - `rules`: what a finding has to fulfil
//! - `document`: tells the document from others
//! - `matching`: compares what was registered with the document; `faces`: places a repeated face
//! - `family`: what a rejection is about

pub(crate) mod document;
pub(crate) mod faces;
pub(crate) mod family;
pub(crate) mod matching;
pub(crate) mod rules;

use crate::checks::decision::faces::{OTHER_PERSON, OWN};
use crate::checks::decision::matching::{Asked, Hasher, Like, Likeness};
use crate::checks::decision::rules::{OnMismatch, OnMissing, OnWarning, Rules};
use crate::checks::facts::Conclusion;
use crate::checks::outcome::{MISCONFIGURED, Matched, Reason, Status};
use crate::checks::vendor::{Check, End, Finding, Mark};

/// Concludes.
pub(super) fn decide(rules: &Rules, finding: &Finding, asked: &Asked, hasher: &Hasher<'_>) -> Conclusion {
    let likeness = match finding.end {
        End::Processed => hasher.compare(asked, &finding.person),
        End::Abandoned | End::NeverOpened => Likeness::default(),
    };
    let (status, reason) = judge(rules, finding, asked, likeness);
    Conclusion {
        status,
        reason,
        asked: asked.clone(),
        matched: likeness.matched(),
        likeness,
        end: Some(finding.end),
        vendor_decision: finding.vendor_decision,
        checks: finding.checks.clone(),
        document: None,
    }
}

type Judged = (Status, Option<Reason>);

fn judge(rules: &Rules, finding: &Finding, asked: &Asked, likeness: Likeness) -> Judged {
    match finding.end {
        End::Abandoned => return (Status::Expired, Some(Reason::of("abandoned"))),
        End::NeverOpened => return (Status::Expired, Some(Reason::of("never_opened"))),
        End::Processed => {}
    }
    let checked = judge_checks(rules, finding);
    match checked.0 {
        Status::Approved | Status::Review => worse(checked, judge_likeness(rules, asked, likeness)),
        _ => checked,
    }
}

/// A rejection outweighs a review, which outweighs an approval; of equals the first stays.
fn worse(first: Judged, second: Judged) -> Judged {
    let weight = |status| match status {
        Status::Approved => 0,
        Status::Review => 1,
        _ => 2,
    };
    if weight(second.0) > weight(first.0) {
        second
    } else {
        first
    }
}

fn judge_checks(rules: &Rules, finding: &Finding) -> Judged {
    let names = rules.required(finding);
    let required: Vec<&Check> = finding
        .checks
        .iter()
        .filter(|check| names.contains(&check.name.as_str()))
        .collect();
    let with = |mark: Mark| {
        required
            .iter()
            .find(|check| check.mark == mark)
            .map(|check| check.reason.clone())
    };
    let missing = |name: &&str| !required.iter().any(|check| check.name == **name);
    if let Some(reason) = with(Mark::Rejected) {
        return (Status::Rejected, Some(reason));
    }
    if finding.vendor_decision == Some(Mark::Rejected) {
        return (Status::Rejected, Some(worst_reason(finding)));
    }
    if finding.checks.is_empty() || names.iter().any(missing) {
        return not_checked(finding);
    }
    if with(Mark::NotExecuted).is_some() || finding.vendor_decision == Some(Mark::NotExecuted) {
        return (Status::Error, Some(worst_reason(finding)));
    }
    if with(Mark::Unknown).is_some() || finding.vendor_decision == Some(Mark::Unknown) {
        return (Status::Review, Some(Reason::of("unknown_answer")));
    }
    if required
        .iter()
        .any(|check| check.mark == Mark::Warning && check.reason == OTHER_PERSON)
    {
        return on_warning(rules, OTHER_PERSON);
    }
    if let Some(reason) = with(Mark::Warning) {
        return on_warning(rules, reason);
    }
    if finding.vendor_decision == Some(Mark::Warning) && !is_about_an_own_face(finding) {
        return on_warning(rules, worst_reason(finding));
    }
    (Status::Approved, None)
}

/// The vendor's doubt has one cause, and that one is no finding.
fn is_about_an_own_face(finding: &Finding) -> bool {
    let passed = |check: &Check| check.mark == Mark::Passed;
    !finding.has_own_cause
        && finding.checks.iter().all(passed)
        && finding.checks.iter().any(|check| check.reason == OWN)
}

/// Something required is not even listed. When the vendor itself says that it could not do its work, that is the reason;
/// otherwise it was told to do too little.
fn not_checked(finding: &Finding) -> Judged {
    match finding.vendor_decision {
        Some(Mark::NotExecuted) => (Status::Error, Some(worst_reason(finding))),
        Some(Mark::Unknown) => (Status::Review, Some(Reason::of("unknown_answer"))),
        _ => (Status::Error, Some(MISCONFIGURED)),
    }
}

fn on_warning(rules: &Rules, reason: Reason) -> Judged {
    match rules.warning {
        OnWarning::Review => (Status::Review, Some(reason)),
        OnWarning::Approve => (Status::Approved, None),
        OnWarning::Reject => (Status::Rejected, Some(reason)),
    }
}

/// What went wrong first: a rejection, else a warning, which is often why other checks did not run, else those.
fn worst_reason(finding: &Finding) -> Reason {
    let first = |mark: Mark| finding.checks.iter().find(|check| check.mark == mark);
    [Mark::Rejected, Mark::Warning, Mark::Unknown, Mark::NotExecuted]
        .into_iter()
        .find_map(first)
        .map_or_else(
            || unexplained(finding.vendor_decision),
            |check| check.reason.clone(),
        )
}

fn unexplained(vendor_decision: Option<Mark>) -> Reason {
    Reason::of(match vendor_decision {
        Some(Mark::Rejected) => "rejected",
        Some(Mark::Warning) => "warning",
        _ => "not_executed",
    })
}

fn judge_likeness(rules: &Rules, asked: &Asked, likeness: Likeness) -> Judged {
    let fields = [
        (asked.given_name.is_some(), likeness.given_name, "name_mismatch"),
        (asked.family_name.is_some(), likeness.family_name, "name_mismatch"),
        (
            asked.birthdate.is_some(),
            likeness.birthdate,
            "birthdate_mismatch",
        ),
    ];
    if let Some((_, _, word)) = fields
        .iter()
        .find(|(asked, like, _)| *asked && *like == Some(Like::Different))
    {
        let status = match rules.mismatch {
            OnMismatch::Reject => Status::Rejected,
            OnMismatch::Review => Status::Review,
        };
        return (status, Some(Reason::of(word)));
    }
    if asked.is_beyond_comparison(likeness) {
        return (Status::Review, Some(Reason::of("not_comparable")));
    }
    if fields.iter().any(|(asked, like, _)| *asked && like.is_none()) {
        let reason = Some(Reason::of("not_on_document"));
        return match rules.match_missing {
            OnMissing::Review => (Status::Review, reason),
            OnMissing::Approve => (Status::Approved, None),
            OnMissing::Reject => (Status::Rejected, reason),
        };
    }
    (Status::Approved, None)
}

impl Matched {
    /// Of what a transaction of several registrations has confirmed, what this one asked.
    pub(in crate::checks) fn only(self, asked: &Asked) -> Self {
        Self {
            given_name: self.given_name.filter(|_| asked.given_name.is_some()),
            family_name: self.family_name.filter(|_| asked.family_name.is_some()),
            birthdate: self.birthdate.filter(|_| asked.birthdate.is_some()),
        }
    }
}

#[cfg(test)]
mod tests;
