//! The table's rows for what the sample front refuses. Its readers take the status and the sentence for the person; the rest is for
//! the log.

#![deny(clippy::wildcard_enum_match_arm)]

use tracing::Level;
use warp::http::StatusCode;

use super::{Row, bad};
use crate::pages::Message;
use crate::sample::front::{Refused, Unregistered};

pub(super) fn refused(refused: &Refused) -> Row {
    let row = |status, code, description| bad(status, code, Message::WentWrong, description);
    let warning = |row| Row {
        level: Level::WARN,
        ..row
    };
    match refused {
        Refused::Body(unread) if unread.is_conflict() => warning(row(
            StatusCode::CONFLICT,
            "sample.incomplete",
            "a value is missing or empty",
        )),
        Refused::Body(_) => warning(row(
            StatusCode::BAD_REQUEST,
            "sample.malformed",
            "the body is not a JSON object of texts",
        )),
        Refused::Unregistered(Unregistered::Client | Unregistered::RedirectUri | Unregistered::Policy) => {
            warning(Row {
                message: Message::Misdirected,
                ..row(
                    StatusCode::CONFLICT,
                    "sample.unregistered",
                    "the client, its redirect address or the policy is not registered",
                )
            })
        }
        Refused::Token(_) => warning(Row {
            message: Message::Expired,
            ..row(
                StatusCode::CONFLICT,
                "sample.token",
                "the verification token is not valid",
            )
        }),
        Refused::OtherToken => warning(row(
            StatusCode::CONFLICT,
            "sample.other_token",
            "the verification token is of another account or transaction",
        )),
        Refused::OtherTransaction => warning(row(
            StatusCode::CONFLICT,
            "sample.other_transaction",
            "the transaction is not one of this account",
        )),
        Refused::TooOften => row(
            StatusCode::TOO_MANY_REQUESTS,
            "sample.too_often",
            "asked too often about one transaction",
        ),
        Refused::PublicSecret => Row {
            level: Level::ERROR,
            ..row(
                StatusCode::UNAUTHORIZED,
                "sample.secret_public",
                "the base secret is public, rotate it",
            )
        },
        Refused::Secret => warning(row(
            StatusCode::UNAUTHORIZED,
            "sample.secret",
            "caller authentication failed",
        )),
    }
}
