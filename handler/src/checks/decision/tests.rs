use super::*;
use crate::grants::tests::vendor::CHECKS as REQUIRED;
use crate::ids::{SubjectHash, VerificationId};
use crate::person::{Person, Personal};
use crate::seal::{KeyMaterial, Seal, StateKeys, SubjectKey};

fn check(name: &str, mark: Mark, reason: &'static str) -> Check {
    Check {
        name: name.to_owned(),
        mark,
        reason: Reason::of(reason),
    }
}

fn passed() -> Finding {
    Finding {
        end: End::Processed,
        vendor_decision: Some(Mark::Passed),
        has_own_cause: false,
        makes: &REQUIRED,
        rests_on: &REQUIRED,
        checks: REQUIRED.map(|name| check(name, Mark::Passed, "ok")).to_vec(),
        person: Person {
            given_name: Some(Personal::new("ADA")),
            family_name: Some(Personal::new("LOVELACE")),
            birthdate: Some(Personal::new("1815-12-10")),
            ..Person::default()
        },
        document: None,
        repeated_face: None,
    }
}

fn with(name: &str, mark: Mark, reason: &'static str) -> Finding {
    let mut finding = passed();
    finding
        .checks
        .iter_mut()
        .filter(|check| check.name == name)
        .for_each(|check| {
            check.mark = mark;
            check.reason = Reason::of(reason);
        });
    finding
}

fn decided(rules: &Rules, finding: &Finding, account: &Person) -> (Status, Option<String>) {
    let key = KeyMaterial::new([1; 32]).unwrap();
    let seal = Seal::new(StateKeys::new(&key, None), SubjectKey::new(&key));
    let hasher = Hasher {
        seal: &seal,
        id: VerificationId([1; 16]),
        subject: SubjectHash([2; 32]),
    };
    let conclusion = decide(rules, finding, &hasher.asked(account), &hasher);
    (
        conclusion.status,
        conclusion.reason.map(|reason| reason.as_str().to_owned()),
    )
}

fn plain(finding: &Finding) -> (Status, Option<String>) {
    decided(&Rules::default(), finding, &Person::default())
}

fn because(status: Status, reason: &str) -> (Status, Option<String>) {
    (status, Some(reason.to_owned()))
}

#[test]
fn everything_passed_is_approved() {
    assert_eq!(plain(&passed()), (Status::Approved, None));
}

#[test]
fn everything_passed_without_a_verdict_is_approved() {
    assert_eq!(
        plain(&Finding {
            vendor_decision: None,
            ..passed()
        }),
        (Status::Approved, None)
    );
}

#[test]
fn expiry_is_not_rejection_whatever_the_verdict_says() {
    for (end, reason) in [(End::Abandoned, "abandoned"), (End::NeverOpened, "never_opened")] {
        for vendor_decision in [
            None,
            Some(Mark::Rejected),
            Some(Mark::Passed),
            Some(Mark::NotExecuted),
        ] {
            let finding = Finding {
                end,
                vendor_decision,
                ..passed()
            };
            assert_eq!(plain(&finding), because(Status::Expired, reason));
        }
    }
}

#[test]
fn passed_with_nothing_checked_is_misconfigured() {
    let finding = Finding {
        checks: Vec::new(),
        ..passed()
    };
    assert_eq!(plain(&finding), because(Status::Error, "misconfigured"));
    let none_required = Rules {
        required: Some(Vec::new()),
        ..Rules::default()
    };
    assert_eq!(
        decided(&none_required, &finding, &Person::default()),
        because(Status::Error, "misconfigured")
    );
}

/// Rules that name another vendor's checks say nothing of this one's, and least of all that it needs none.
#[test]
fn rules_for_the_checks_of_another_vendor_leave_what_an_approval_rests_on() {
    let another = |named: &[&str]| Rules {
        required: Some(named.iter().map(|name| (*name).to_owned()).collect()),
        ..Rules::default()
    };
    let mut finding = passed();
    finding.checks.retain(|check| check.name != REQUIRED[0]);
    let kept = REQUIRED[1];
    for named in [&["document"][..], &["document", kept]] {
        let decided = decided(&another(named), &finding, &Person::default());
        assert_eq!(decided, because(Status::Error, "misconfigured"), "{named:?}");
    }
    let decided = decided(&another(&[kept]), &finding, &Person::default());
    assert_eq!(decided.0, Status::Approved, "its own are enough");
}

#[test]
fn each_required_check_must_be_there() {
    for name in REQUIRED {
        let mut finding = passed();
        finding.checks.retain(|check| check.name != name);
        assert_eq!(plain(&finding), because(Status::Error, "misconfigured"), "{name}");
    }
}

#[test]
fn each_required_check_must_have_passed() {
    for name in REQUIRED {
        for (mark, expected) in [
            (Mark::Rejected, because(Status::Rejected, "why")),
            (Mark::Warning, because(Status::Review, "why")),
            (Mark::NotExecuted, because(Status::Error, "why")),
            (Mark::Unknown, because(Status::Review, "unknown_answer")),
        ] {
            assert_eq!(plain(&with(name, mark, "why")), expected, "{name} {mark:?}");
        }
    }
}

#[test]
fn every_entry_of_a_check_counts() {
    let mut finding = passed();
    finding.checks.push(check("liveness", Mark::Rejected, "no_face"));
    assert_eq!(plain(&finding), because(Status::Rejected, "no_face"));
}

#[test]
fn a_check_that_is_not_required_is_left_to_the_verdict() {
    let mut finding = passed();
    finding
        .checks
        .push(check("addressValidation", Mark::Rejected, "address"));
    assert_eq!(plain(&finding), (Status::Approved, None));
    finding.vendor_decision = Some(Mark::Rejected);
    assert_eq!(plain(&finding), because(Status::Rejected, "address"));
}

#[test]
fn the_verdict_counts_even_when_all_checks_passed() {
    for (mark, expected) in [
        (Mark::Rejected, because(Status::Rejected, "rejected")),
        (Mark::Warning, because(Status::Review, "warning")),
        (Mark::NotExecuted, because(Status::Error, "not_executed")),
        (Mark::Unknown, because(Status::Review, "unknown_answer")),
    ] {
        assert_eq!(
            plain(&Finding {
                vendor_decision: Some(mark),
                ..passed()
            }),
            expected,
            "{mark:?}"
        );
    }
}

#[test]
fn a_warning_means_what_the_rules_say() {
    let finding = with("imageChecks", Mark::Warning, "repeated_face");
    for (warning, expected) in [
        (OnWarning::Review, because(Status::Review, "repeated_face")),
        (OnWarning::Reject, because(Status::Rejected, "repeated_face")),
        (OnWarning::Approve, (Status::Approved, None)),
    ] {
        let rules = Rules {
            warning,
            ..Rules::default()
        };
        assert_eq!(decided(&rules, &finding, &Person::default()), expected);
    }
}

#[test]
fn an_accepted_warning_does_not_stand_in_for_a_check_that_did_not_run() {
    let mut finding = with("usability", Mark::Warning, "unsupported_document");
    finding
        .checks
        .iter_mut()
        .skip(1)
        .for_each(|check| check.mark = Mark::NotExecuted);
    let rules = Rules {
        warning: OnWarning::Approve,
        ..Rules::default()
    };
    for vendor_decision in [None, Some(Mark::Warning), Some(Mark::Passed)] {
        let finding = Finding {
            vendor_decision,
            ..finding.clone()
        };
        assert_eq!(
            decided(&rules, &finding, &Person::default()),
            because(Status::Error, "unsupported_document")
        );
    }
    finding.vendor_decision = Some(Mark::Rejected);
    assert_eq!(plain(&finding), because(Status::Rejected, "unsupported_document"));
}

fn account(family: &str, birthdate: &str) -> Person {
    Person {
        given_name: Some(Personal::new("Ada")),
        family_name: Some(Personal::new(family)),
        birthdate: Some(Personal::new(birthdate)),
        ..Person::default()
    }
}

#[test]
fn a_document_of_the_account_s_person_is_approved() {
    let rules = Rules::default();
    assert_eq!(
        decided(&rules, &passed(), &account("Lovelace", "1815-12-10")),
        (Status::Approved, None)
    );
}

#[test]
fn somebody_else_s_document_is_not() {
    let rules = Rules::default();
    let review = Rules {
        mismatch: OnMismatch::Review,
        ..Rules::default()
    };
    let other_name = account("Hopper", "1815-12-10");
    let other_day = account("Lovelace", "1906-12-09");
    assert_eq!(
        decided(&rules, &passed(), &other_name),
        because(Status::Rejected, "name_mismatch")
    );
    assert_eq!(
        decided(&rules, &passed(), &other_day),
        because(Status::Rejected, "birthdate_mismatch")
    );
    assert_eq!(
        decided(&review, &passed(), &other_day),
        because(Status::Review, "birthdate_mismatch")
    );
}

#[test]
fn a_document_that_does_not_say_means_what_the_rules_say() {
    let finding = Finding {
        person: Person::default(),
        ..passed()
    };
    for (match_missing, expected) in [
        (OnMissing::Review, because(Status::Review, "not_on_document")),
        (OnMissing::Reject, because(Status::Rejected, "not_on_document")),
        (OnMissing::Approve, (Status::Approved, None)),
    ] {
        let rules = Rules {
            match_missing,
            ..Rules::default()
        };
        assert_eq!(
            decided(&rules, &finding, &account("Lovelace", "1815-12-10")),
            expected
        );
    }
}

#[test]
fn a_mismatch_outweighs_a_warning() {
    let finding = with("imageChecks", Mark::Warning, "repeated_face");
    let other = account("Hopper", "1815-12-10");
    assert_eq!(
        decided(&Rules::default(), &finding, &other),
        because(Status::Rejected, "name_mismatch")
    );
}

#[test]
fn a_person_is_not_compared_when_the_check_failed() {
    let finding = with("imageChecks", Mark::Rejected, "manipulated");
    let other = account("Hopper", "1815-12-10");
    assert_eq!(
        decided(&Rules::default(), &finding, &other),
        because(Status::Rejected, "manipulated")
    );
}
