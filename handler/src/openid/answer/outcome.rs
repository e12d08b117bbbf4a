//! What a client is told of a check that did not end in an approval, where it reads no claims: an error (RFC 6749 §4.1.2.1,
//! §5.2). No client takes one for a sign-in, whatever it looks at.

use crate::checks::outcome::MISCONFIGURED;
use crate::checks::{Outcome, RedeemError, Status};
use crate::clients::Outcomes;
use crate::grants::Grant;
use crate::ids::PersonReference;
use crate::openid::answer::refusal::Code;

/// An error for the client, and a sentence for whoever reads it: in many applications that is the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    /// The code.
    pub code: Code,
    /// The word of the status, then one sentence with the reference that the person may read out. Plain ASCII without quotes
    /// and backslashes (RFC 6749 §4.1.2.1), and never the reason.
    pub description: String,
}

/// What is told instead of a code; nothing for an approval. `access_denied` is the one word that libraries treat as an end of
/// the sign-in and not as a fault of the server; where nobody judged the person, it is ours.
#[must_use]
pub(crate) fn denial(outcome: &Outcome) -> Option<Denial> {
    let is_misconfigured = outcome.reason.as_ref() == Some(&MISCONFIGURED);
    let (code, sentence) = match outcome.status {
        Status::Approved => return None,
        Status::Rejected => (Code::AccessDenied, "The identity check was not accepted"),
        Status::Cancelled => (Code::AccessDenied, "The identity check was not finished"),
        Status::Expired => (Code::AccessDenied, "The identity check was not finished in time"),
        Status::Review => (
            Code::AccessDenied,
            "The identity check is being reviewed; sign in again later",
        ),
        Status::Pending => (
            Code::AccessDenied,
            "The identity check has no result yet; sign in again later",
        ),
        Status::Error if is_misconfigured => (Code::ServerError, "The identity check could not be made"),
        Status::Error => (
            Code::TemporarilyUnavailable,
            "The identity check could not be made; sign in again later",
        ),
    };
    let (status, reference) = (outcome.status.as_str(), PersonReference::of(outcome.id));
    Some(Denial {
        code,
        description: format!("{status}. {sentence} (reference {reference})."),
    })
}

/// Whether what a code or an access token was given for still stands, for a client that takes each of them for an approval.
///
/// # Errors
/// It does not; or that could not be read now.
pub(crate) fn check(grant: &Grant, outcomes: Outcomes) -> Result<(), RedeemError> {
    match (outcomes, grant.outcome.status) {
        (Outcomes::Claims, _) | (Outcomes::Errors, Status::Approved) => Ok(()),
        // There was an approval, so this is a callback that nobody has read.
        (Outcomes::Errors, Status::Pending) => Err(RedeemError::Unread),
        (Outcomes::Errors, _) => Err(RedeemError::Reversed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{Matched, Reason};
    use crate::ids::VerificationId;

    fn told(status: Status, reason: Option<Reason>) -> Option<Denial> {
        denial(&Outcome {
            id: VerificationId([7; 16]),
            status,
            reason,
            at: time::macros::datetime!(2026-02-03 10:00 UTC),
            attempts_left: 2,
            next_at: None,
            matched: Matched::default(),
            document: None,
        })
    }

    #[test]
    fn only_an_approval_is_no_error() {
        assert_eq!(told(Status::Approved, None), None);
        for (status, code) in [
            (Status::Rejected, Code::AccessDenied),
            (Status::Cancelled, Code::AccessDenied),
            (Status::Expired, Code::AccessDenied),
            (Status::Review, Code::AccessDenied),
            (Status::Pending, Code::AccessDenied),
            (Status::Error, Code::TemporarilyUnavailable),
        ] {
            let told = told(status, Some(Reason::of("of_no_concern"))).unwrap();
            assert_eq!(told.code, code, "{status:?}");
        }
        let ours = told(Status::Error, Some(MISCONFIGURED)).unwrap();
        assert_eq!(ours.code, Code::ServerError);
    }

    /// RFC 6749 section 4.1.2.1.
    #[test]
    fn the_sentence_is_ascii_names_the_reference_and_never_the_reason() {
        let reference = PersonReference::of(VerificationId([7; 16])).to_string();
        for status in [
            Status::Rejected,
            Status::Cancelled,
            Status::Expired,
            Status::Review,
            Status::Pending,
            Status::Error,
        ] {
            let text = told(status, Some(Reason::of("name_mismatch")))
                .unwrap()
                .description;
            assert!(text.starts_with(&format!("{}. ", status.as_str())), "{text}");
            assert!(
                text.contains(&reference) && !text.contains("name_mismatch"),
                "{text}"
            );
            assert!(
                text.bytes()
                    .all(|b| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\'),
                "{text}"
            );
        }
    }
}
