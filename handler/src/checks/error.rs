//! Why an operation was not done. Words of the core; routes turn them into answers.

use crate::checks::fact_store::StoreError;
use crate::checks::vendor::VendorError;
use crate::seal::SealError;

/// Why an operation was not done. None of these is a conclusion about the person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The fact store could not be asked. Trying again later may help; nothing that was acknowledged is lost.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fact cannot be read: damaged, or written by a newer release. An operator must act.
    #[error("fact {0} cannot be parsed")]
    Corrupt(String),
    /// The vendor could not be asked. The attempt is not lost: the person may try again.
    #[error(transparent)]
    Vendor(#[from] VendorError),
    /// A ticket, handle, `request_uri` or callback credential is malformed, forged or expired.
    #[error("the presented value is refused: {0}")]
    Handle(#[from] SealError),
    /// The value is genuine, but what it names is not there.
    #[error("there is no such verification")]
    NotFound,
    /// The browser is not the one that started (no cookie, or another one): another device, or a stolen address.
    #[error("this browser did not start this sign-in")]
    WrongBrowser,
    /// The client is not the one that registered.
    #[error("this client did not register this verification")]
    WrongClient,
    /// What is given as a subject is one of our own values: a ticket that stands in the wrong place, or is no good any more.
    #[error("the subject is one of our own values")]
    OurOwnValue,
    /// A pushed request was used before by another browser.
    #[error("the request was used before")]
    Used,
    /// The code of this sign-in has been redeemed: it is finished.
    #[error("this sign-in is finished")]
    Finished,
    /// Who was checked is not whom the client's `id_token_hint` names.
    #[error("the person is not the one whom the client means")]
    OtherPerson,
    /// More requests, codes or people for one verification than any honest client makes.
    #[error("too many requests for one verification")]
    TooMany,
    /// Nothing is known yet that could be handed over: begin first, or wait.
    #[error("not started, or not finished by the person yet")]
    NotReady,
    /// The last attempt did not end in a way that another one could change.
    #[error("there is nothing to try again")]
    NotRetryable,
    /// The vendor has given no result that a human could judge.
    #[error("there is no result to decide about")]
    NotDecidable,
    /// A human's judgement names nobody or no reason, or is too long.
    #[error("the name or reason of a manual decision is missing, too long, or has control characters")]
    ManualDecision,
    /// The subject has used up its attempts; more become possible as the window moves on.
    #[error("no attempts are left")]
    AttemptsExhausted,
    /// Attempts are left, but as many starts were paid in the window as the limit allows, however they ended; more become
    /// possible as it moves on. Nobody was refused.
    #[error("no starts are left")]
    StartsExhausted,
    /// The vendor takes fewer starts than people came, for longer than a person waits. Asking again helps.
    #[error("too many people are waiting in line for the vendor")]
    LineTooLong,
    /// All starts are made that are paid for a day or a minute, for everybody or for this client, browser or address. Asking
    /// again later helps.
    #[error("all starts that are paid have been made")]
    PurseEmpty,
    /// An operator lets no check be begun. Asking again helps once they do.
    #[error("no checks are begun: Verification:Closed")]
    Closed,
    /// It was not done in time. Asking again helps.
    #[error("the check cannot be started now")]
    Busy,
}

/// Why a code or access token is refused (RFC 6749 section 5.2, RFC 6750 section 3.1).
#[derive(Debug, thiserror::Error)]
pub(crate) enum RedeemError {
    /// Not one of ours.
    #[error("unknown")]
    Unknown,
    /// Ours, but over.
    #[error("expired")]
    Expired,
    /// Used before. Noted as a fact; the access token of the first use is revoked.
    #[error("used before")]
    Replayed,
    /// Issued to another client.
    #[error("issued to another client")]
    WrongClient,
    /// The redirect address is not the one of the authorization request, byte for byte.
    #[error("another redirect address")]
    WrongRedirect,
    /// The PKCE verifier does not fit the challenge (RFC 7636 section 4.6), or none was expected.
    #[error("the code verifier does not match")]
    WrongVerifier,
    /// The authorization request had a challenge and no verifier came.
    #[error("the code verifier is missing")]
    MissingVerifier,
    /// The client's assertion was used before, and not for this request a moment ago: it proves nothing.
    #[error("the client's assertion was used before")]
    UsedProof,
    /// The approval that it was given for does not stand any more.
    #[error("the approval was taken back")]
    Reversed,
    /// Something has come up about the approval that it was given for, and could not be read yet.
    #[error("a callback about the approval could not be read")]
    Unread,
    /// Could not be checked, or not recorded. A repeat of the same request within ten seconds is served.
    #[error("could not be checked: {0}")]
    Unavailable(#[from] Box<Error>),
}

impl From<Error> for RedeemError {
    fn from(error: Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
