//! The table's rows for what the sample front refuses. Its readers take the status and the sentence for the person; the rest is for
//! the log.

#![deny(clippy::wildcard_enum_match_arm)]

use tracing::Level;
use warp::http::StatusCode;

use super::{Row, bad, ours};
use crate::pages::Message;
use crate::sample::broken::Broken;
use crate::sample::front::{Refused, Unregistered};

pub(super) fn refused(refused: &Refused) -> Row {
    match refused {
        Refused::Body(unread) if unread.is_conflict() => {
            conflict("sample.incomplete", "a value is missing or empty")
        }
        Refused::Body(_) => Row {
            status: StatusCode::BAD_REQUEST,
            ..conflict("sample.malformed", "the body is not a JSON object of texts")
        },
        Refused::Unregistered(
            Unregistered::Client
            | Unregistered::RedirectUri
            | Unregistered::RedirectUriCase
            | Unregistered::Policy,
        ) => Row {
            message: Message::Misdirected,
            ..conflict(
                "sample.unregistered",
                "the client, its redirect address or the policy is not registered",
            )
        },
        // Nothing is known of it, so nothing is said of it.
        Refused::Token(Broken::Unchecked) => ours("sample.token_unchecked"),
        Refused::Token(_) => Row {
            message: Message::Expired,
            ..conflict("sample.token", "the verification token is not valid")
        },
        Refused::OtherToken => conflict(
            "sample.other_token",
            "the verification token is of another account or transaction",
        ),
        Refused::OtherTransaction => conflict(
            "sample.other_transaction",
            "the transaction is not one of this account",
        ),
        Refused::TooOften => Row {
            status: StatusCode::TOO_MANY_REQUESTS,
            level: Level::INFO,
            ..conflict("sample.too_often", "asked too often about one transaction")
        },
        Refused::PublicSecret => Row {
            status: StatusCode::UNAUTHORIZED,
            level: Level::ERROR,
            ..conflict("sample.secret_public", "the base secret is public, rotate it")
        },
        Refused::Secret => Row {
            status: StatusCode::UNAUTHORIZED,
            ..conflict("sample.secret", "caller authentication failed")
        },
    }
}

/// What a policy or a page does wrong: 409, and worth a warning, since neither changes by itself.
fn conflict(code: &'static str, description: &'static str) -> Row {
    Row {
        level: Level::WARN,
        ..bad(StatusCode::CONFLICT, code, Message::WentWrong, description)
    }
}
