//! What Netverify says about a transaction.

use super::super::scenario::Ending;
use super::super::transaction::{PROCESSED, SESSION_EXPIRED, Stage, Transaction};
use super::super::verdict::{NOT_EXECUTED, PASSED, REJECTED, Verdict, WARNING};
use super::codes::{self, APPROVED, NO_ID};
use super::findings::{self, Finding};

/// Not over yet.
pub const PENDING: &str = "PENDING";
/// Over, with a result.
pub const DONE: &str = "DONE";
/// Over, because the person left or never came.
pub const FAILED: &str = "FAILED";

/// Every `verificationStatus` that Netverify documents.
pub const VERDICTS: &[&str] = &[
    "APPROVED_VERIFIED",
    "DENIED_FRAUD",
    "DENIED_UNSUPPORTED_ID_TYPE",
    "DENIED_UNSUPPORTED_ID_COUNTRY",
    "DENIED_NAME_MISMATCH",
    "ERROR_NOT_READABLE_ID",
    "NO_ID_UPLOADED",
];

/// Everything that documents and callbacks say about the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// `document.status` and `verificationStatus`; none while there is no result.
    pub verdict: Option<String>,
    /// Why it is not accepted.
    pub reason: Option<Reason>,
    /// `identityVerification`: what the selfie told.
    pub selfie: Option<Selfie>,
    /// Whether there is a block `verification` at all.
    pub has_verification: bool,
    /// Whether the machine-readable zone was checked.
    pub has_zone: bool,
    /// Whether the face was found in other scans.
    pub is_repeated: bool,
    /// Names in `additionalChecks`.
    pub additional: Vec<&'static str>,
}

/// `rejectReason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// `rejectReasonCode`.
    pub code: &'static str,
    /// Codes of `rejectReasonDetails`.
    pub details: Vec<&'static str>,
}

/// `identityVerification`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selfie {
    /// `MATCH`, `NO_MATCH`, `NOT_POSSIBLE`.
    pub similarity: &'static str,
    /// Why it is not valid; none when it is.
    pub invalid: Option<&'static str>,
}

/// `PENDING`, `DONE` or `FAILED`.
#[must_use]
pub fn status(transaction: &Transaction) -> &'static str {
    match transaction.stage {
        Stage::Created | Stage::Begun | Stage::Submitted => PENDING,
        Stage::Ended(PROCESSED) => DONE,
        // Who leaves after a picture that could not be read has a result: that one.
        Stage::Ended(SESSION_EXPIRED) if transaction.attempts > 0 => DONE,
        Stage::Ended(_) => FAILED,
    }
}

impl Words {
    /// What is said about a transaction as it stands.
    #[must_use]
    pub fn of(transaction: &Transaction) -> Self {
        let plan = &transaction.plan;
        match transaction.stage {
            Stage::Created | Stage::Begun | Stage::Submitted => Self::default(),
            Stage::Ended(PROCESSED) => Self::concluded(&plan.verdict, transaction),
            Stage::Ended(SESSION_EXPIRED) if transaction.attempts > 0 => Self::blurred(),
            // A result beside an expiry: whoever looks at it first is wrong.
            Stage::Ended(SESSION_EXPIRED)
                if plan.ending == Ending::SessionExpired && plan.verdict.overall.kind == REJECTED =>
            {
                Self::refused("100", &["1007"])
            }
            Stage::Ended(_) => Self {
                verdict: Some(NO_ID.to_owned()),
                ..Self::default()
            },
        }
    }

    /// Whether the document is accepted.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.verdict.as_deref() == Some(APPROVED)
    }

    fn blurred() -> Self {
        Self::refused("200", &["2001"])
    }

    fn refused(code: &'static str, details: &[&'static str]) -> Self {
        Self {
            verdict: codes::reason(code).map(|(_, _, status)| status.to_owned()),
            reason: Some(Reason {
                code,
                details: details.to_vec(),
            }),
            has_verification: true,
            ..Self::default()
        }
    }

    /// A result of KYX in Netverify's words.
    fn concluded(verdict: &Verdict, transaction: &Transaction) -> Self {
        let decisions = verdict.capabilities.iter();
        let found: Vec<Finding> = decisions
            .flat_map(|(name, all)| all.iter().filter_map(|decision| findings::of(name, decision)))
            .collect();
        let mut words = Self::refusal(&found).unwrap_or_else(|| Self {
            verdict: Some(without_refusal(verdict, &found).to_owned()),
            has_verification: !verdict.capabilities.is_empty(),
            has_zone: transaction.document.kind == "PASSPORT",
            ..Self::default()
        });
        // Only accepted documents have a selfie's result, and those that were accepted once.
        if words.is_approved() || transaction.updated_at.is_some() {
            words.selfie = selfie(verdict, &found, transaction);
            words.is_repeated = found.contains(&Finding::Repeated);
            words.additional = found.iter().filter_map(additional).collect();
        }
        words
    }

    /// The first finding that denies the document, with all details that belong to it.
    fn refusal(found: &[Finding]) -> Option<Self> {
        let refused = found.iter().find_map(|finding| match finding {
            Finding::Status(status) => Some(Self {
                verdict: Some((*status).to_owned()),
                has_verification: true,
                ..Self::default()
            }),
            Finding::Reason(code, _) => Some(Self::refused(code, &[])),
            _ => None,
        });
        refused.map(|mut words| {
            if let Some(reason) = &mut words.reason {
                reason.details = found
                    .iter()
                    .filter_map(|finding| detail(finding, reason.code))
                    .collect();
            }
            words
        })
    }
}

fn detail(finding: &Finding, of: &str) -> Option<&'static str> {
    match finding {
        Finding::Reason(code, detail) if *code == of => *detail,
        _ => None,
    }
}

fn additional(finding: &Finding) -> Option<&'static str> {
    match finding {
        Finding::Additional(name) => Some(name),
        _ => None,
    }
}

/// Words that nobody knows stay what they are; `UNKNOWN` is what a long-lived client met where nothing was concluded.
fn without_refusal<'v>(verdict: &'v Verdict, found: &[Finding]) -> &'v str {
    let overall = verdict.overall.kind.as_str();
    if ![PASSED, WARNING, REJECTED, NOT_EXECUTED].contains(&overall) {
        return overall;
    }
    if found.contains(&Finding::Missing) {
        return "UNKNOWN";
    }
    APPROVED
}

/// None where the workflow takes no selfie, or the scenario compared none.
fn selfie(verdict: &Verdict, found: &[Finding], transaction: &Transaction) -> Option<Selfie> {
    let compared = verdict.capabilities.iter().any(|(name, _)| *name == "similarity");
    if !compared || !transaction.asked.takes_selfie() {
        return None;
    }
    let mut selfie = Selfie {
        similarity: "MATCH",
        invalid: None,
    };
    for finding in found {
        match finding {
            Finding::Similarity(word) => selfie.similarity = word,
            Finding::Invalid(reason) => selfie.invalid = Some(reason),
            _ => {}
        }
    }
    Some(selfie)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::OffsetDateTime;

    use super::super::super::scenario::Plan;
    use super::super::super::settings::{Settings, Timers};
    use super::super::asked;
    use super::*;

    /// A transaction of this workflow after a scenario was played to its end.
    fn played(scenario: &str, workflow: u16) -> Transaction {
        let body = json!({ "customerInternalReference": "ref-1", "userReference": "user-1", "workflowId": workflow });
        let asked = asked::read(&body, &Settings::default()).unwrap();
        let start = OffsetDateTime::UNIX_EPOCH;
        let mut transaction = Transaction::new("user-1".to_owned(), asked, Plan::default(), start);
        transaction.finish(Plan::named(scenario).unwrap(), start);
        transaction.pass_time(&Timers::default(), start + time::Duration::seconds(3));
        transaction
    }

    fn told(scenario: &str) -> (&'static str, String, Words) {
        let transaction = played(scenario, 200);
        let words = Words::of(&transaction);
        (
            status(&transaction),
            words.verdict.clone().unwrap_or_default(),
            words,
        )
    }

    #[test]
    fn what_passes_has_a_selfie_that_matches() {
        let (status, verdict, words) = told("pass");
        assert_eq!((status, verdict.as_str()), (DONE, APPROVED));
        let selfie = words.selfie.unwrap();
        assert_eq!((selfie.similarity, selfie.invalid), ("MATCH", None));
    }

    #[test]
    fn another_face_leaves_the_document_accepted() {
        let (_, verdict, words) = told("other-face");
        assert_eq!(verdict, APPROVED);
        assert_eq!(words.selfie.unwrap().similarity, "NO_MATCH");
        let (_, _, words) = told("liveness/NO_FACE_PRESENT");
        assert_eq!(words.selfie.unwrap().invalid, Some("NO_FACE_PRESENT"));
    }

    #[test]
    fn a_workflow_without_selfie_has_no_selfies_result() {
        assert_eq!(Words::of(&played("other-face", 100)).selfie, None);
        assert!(Words::of(&played("other-face", 100)).is_approved());
    }

    #[test]
    fn details_belong_to_their_reason() {
        let (_, verdict, words) = told("fraud-many");
        assert_eq!(verdict, codes::FRAUD);
        assert_eq!(
            words.reason.unwrap(),
            Reason {
                code: "100",
                details: vec!["1005", "1001"]
            }
        );
    }

    #[test]
    fn expiry_has_no_result_unless_a_picture_was_sent() {
        for scenario in ["never-opened", "abandoned"] {
            assert_eq!(told(scenario).1, NO_ID);
            assert_eq!(told(scenario).0, FAILED);
        }
        let (status, verdict, _) = told("abandoned-late");
        assert_eq!((status, verdict.as_str()), (DONE, codes::UNREADABLE));
        let (status, verdict, _) = told("expired-rejected");
        assert_eq!((status, verdict.as_str()), (FAILED, codes::FRAUD));
    }

    #[test]
    fn what_did_not_run_is_no_pass() {
        assert_eq!(told("technical-error").1, "UNKNOWN");
        assert_eq!(told("unknown-words").1, "PROBABLY");
        let (_, _, words) = told("nothing-checked");
        assert!(words.is_approved() && !words.has_verification && words.selfie.is_none());
        let (_, _, words) = told("no-face-match");
        assert!(words.is_approved() && words.has_verification && words.selfie.is_none());
    }
}
