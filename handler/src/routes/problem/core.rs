//! The table's rows for errors of the core. Every match names every case, so that a new error cannot be forgotten.

#![deny(clippy::wildcard_enum_match_arm)]

use tracing::Level;
use warp::http::StatusCode;

use super::front::unproven;
use super::{Row, bad, later, ours, refusal};
use crate::checks::vendor::VendorError;
use crate::checks::{Error, RedeemError};
use crate::openid::answer::refusal::Code;
use crate::pages::Message;
use crate::seal::SealError;

pub(super) fn error(error: &Error) -> Row {
    match error {
        Error::Store(_) => later("store.unavailable", "the store cannot be reached", Level::ERROR),
        Error::Corrupt(_) => ours("store.corrupt"),
        Error::Vendor(error) => vendor(error),
        Error::Handle(error) => sealed(*error),
        Error::NotFound => unknown("verification.unknown", "there is no such verification"),
        Error::WrongBrowser => other_browser(),
        Error::WrongClient => other_client(),
        Error::OurOwnValue => bad(
            StatusCode::BAD_REQUEST,
            "subject.ticket",
            Message::Misdirected,
            "the subject is a ticket or another value of this service",
        ),
        Error::Used => used(),
        Error::Finished => gone(
            "verification.finished",
            Message::Finished,
            "this sign-in is finished",
        ),
        Error::OtherPerson => Row {
            refusal: refusal(Code::LoginRequired, "the person is not the one of id_token_hint"),
            ..conflict("person.other", "the person is not the one of id_token_hint")
        },
        Error::TooMany => bad(
            StatusCode::TOO_MANY_REQUESTS,
            "verification.too_many",
            Message::WentWrong,
            "too many requests for one verification",
        ),
        Error::NotReady => conflict("verification.not_ready", "there is no outcome yet"),
        Error::NotRetryable => conflict("verification.not_retryable", "there is nothing to try again"),
        Error::NotDecidable => conflict("verification.not_decidable", "there is no result to decide about"),
        Error::ManualDecision => bad(
            StatusCode::BAD_REQUEST,
            "decision.invalid",
            Message::Invalid,
            "the name or reason of the manual decision is not valid",
        ),
        Error::AttemptsExhausted => Row {
            status: StatusCode::TOO_MANY_REQUESTS,
            message: Message::NoAttempts,
            ..conflict("attempts.exhausted", "no attempts are left")
        },
        Error::StartsExhausted => later(
            "starts.exhausted",
            "no more checks of this person are started for now",
            Level::WARN,
        ),
        Error::LineTooLong => later("vendor.line", "the vendor is busy", Level::WARN),
        Error::PurseEmpty => later("spend.empty", "no more checks are started for now", Level::INFO),
        Error::Closed => later(
            "verification.closed",
            "no checks are started for now",
            Level::INFO,
        ),
        Error::Busy => later("verification.busy", "the check is being started", Level::INFO),
    }
}

fn other_browser() -> Row {
    Row {
        status: StatusCode::FORBIDDEN,
        message: Message::WrongBrowser,
        ..unknown("browser.other", "another browser started this")
    }
}

fn other_client() -> Row {
    Row {
        status: StatusCode::FORBIDDEN,
        message: Message::Misdirected,
        level: Level::WARN,
        ..unknown("client.other", "another client registered this verification")
    }
}

fn used() -> Row {
    Row {
        refusal: refusal(Code::InvalidRequestUri, "the request was used before"),
        ..gone("request.used", Message::Taken, "")
    }
}

/// What is at the end of a callback's address. Whoever sent it is told no more than that it is none of ours.
pub(super) fn callback_credential(error: SealError) -> Row {
    let row = match error {
        SealError::Expired => gone("callback.expired", Message::Expired, "the value has expired"),
        SealError::Forged | SealError::Malformed | SealError::UnknownKey => {
            unknown("callback.credential", "the value is not one of ours")
        }
    };
    Row {
        level: Level::WARN,
        ..row
    }
}

/// A ticket in a request whose sender can be told what is wrong with it.
pub(super) fn ticket(error: &Error) -> Row {
    let row = |code, description, level| Row {
        level,
        ..bad(StatusCode::BAD_REQUEST, code, Message::Misdirected, description)
    };
    match error {
        Error::Handle(SealError::Expired) => row(
            "ticket.expired",
            "the ticket in login_hint has expired",
            Level::INFO,
        ),
        Error::Handle(SealError::Forged) => row(
            "ticket.forged",
            "the ticket in login_hint is damaged or not one of this service",
            Level::WARN,
        ),
        Error::Handle(SealError::Malformed | SealError::UnknownKey) | Error::NotFound => row(
            "ticket.unknown",
            "the ticket in login_hint is damaged or not one of this service",
            Level::INFO,
        ),
        Error::WrongClient => row(
            "ticket.client",
            "the ticket in login_hint was registered for another client",
            Level::WARN,
        ),
        Error::Store(_)
        | Error::Corrupt(_)
        | Error::Vendor(_)
        | Error::WrongBrowser
        | Error::OurOwnValue
        | Error::Used
        | Error::Finished
        | Error::OtherPerson
        | Error::TooMany
        | Error::NotReady
        | Error::NotRetryable
        | Error::NotDecidable
        | Error::ManualDecision
        | Error::AttemptsExhausted
        | Error::StartsExhausted
        | Error::LineTooLong
        | Error::PurseEmpty
        | Error::Closed
        | Error::Busy => self::error(error),
    }
}

fn unknown(code: &'static str, description: &'static str) -> Row {
    bad(StatusCode::NOT_FOUND, code, Message::Invalid, description)
}

fn gone(code: &'static str, message: Message, description: &'static str) -> Row {
    bad(StatusCode::GONE, code, message, description)
}

fn conflict(code: &'static str, description: &'static str) -> Row {
    bad(StatusCode::CONFLICT, code, Message::Invalid, description)
}

fn vendor(error: &VendorError) -> Row {
    match error {
        VendorError::Unavailable { .. } => {
            later("vendor.unavailable", "the vendor cannot be reached", Level::WARN)
        }
        VendorError::Throttled { .. } => later("vendor.throttled", "the vendor is busy", Level::WARN),
        VendorError::Unusable(_) => ours("vendor.unusable"),
        VendorError::Refused(_) => ours("vendor.refused"),
        VendorError::Invalid(_) => ours("vendor.invalid"),
    }
}

fn sealed(error: SealError) -> Row {
    let unknown = unknown("handle.invalid", "the value was not issued by this service");
    match error {
        SealError::Malformed | SealError::UnknownKey => unknown,
        SealError::Forged => Row {
            level: Level::WARN,
            ..unknown
        },
        SealError::Expired => gone("handle.expired", Message::Expired, "the value has expired"),
    }
}

/// Neither an approval nor its end is told before the callback was read.
fn unread() -> Row {
    later(
        "result.unread",
        "the result is being read again; ask again in a moment",
        Level::WARN,
    )
}

/// RFC 6749 §5.2.
pub(super) fn redeem(error: &RedeemError) -> Row {
    let row = |code, description, level| {
        let refusal = refusal(Code::InvalidGrant, description);
        Row::new(StatusCode::BAD_REQUEST, code, Message::Expired, refusal, level)
    };
    match error {
        RedeemError::Unknown => row(
            "code.unknown",
            "the code was not issued by this service",
            Level::INFO,
        ),
        RedeemError::Expired => row("code.expired", "the code has expired", Level::INFO),
        RedeemError::Replayed => row("code.replayed", "the code was used before", Level::WARN),
        RedeemError::WrongClient => row("code.client", "the code is not for this client", Level::WARN),
        RedeemError::WrongRedirect => row(
            "code.redirect_uri",
            "redirect_uri differs from that of the request",
            Level::WARN,
        ),
        RedeemError::WrongVerifier => row("code.verifier", "code_verifier does not match", Level::WARN),
        RedeemError::MissingVerifier => row("code.verifier", "code_verifier is missing", Level::WARN),
        RedeemError::UsedProof => unproven(Level::WARN),
        RedeemError::Reversed => row(
            "code.reversed",
            "the approval that the code was issued for no longer stands",
            Level::WARN,
        ),
        RedeemError::Unread => unread(),
        RedeemError::Unavailable(cause) => self::error(cause),
    }
}

/// RFC 6750 §3.1.
pub(super) fn bearer(error: &RedeemError) -> Row {
    let row = |code, level| {
        let refusal = refusal(Code::InvalidToken, "the access token is invalid");
        Row::new(StatusCode::UNAUTHORIZED, code, Message::Expired, refusal, level)
    };
    match error {
        RedeemError::Unknown
        | RedeemError::WrongClient
        | RedeemError::WrongRedirect
        | RedeemError::WrongVerifier
        | RedeemError::MissingVerifier
        | RedeemError::UsedProof => row("access_token.unknown", Level::INFO),
        RedeemError::Expired => row("access_token.expired", Level::INFO),
        RedeemError::Replayed => row("access_token.revoked", Level::WARN),
        RedeemError::Reversed => row("access_token.reversed", Level::INFO),
        RedeemError::Unread => unread(),
        RedeemError::Unavailable(cause) => self::error(cause),
    }
}
