//! The table's rows for errors of the fronts: what callers and clients sent.

#![deny(clippy::wildcard_enum_match_arm)]

use tracing::Level;
use warp::http::StatusCode;

use super::{BodyFault, Row, bad, later, refusal};
use crate::checks::Unreadable;
use crate::openid::answer::refusal::{Code, Refusal};
use crate::openid::proof::caller::CallerError;
use crate::openid::proof::client_auth::{ClientError, Unproven};
use crate::openid::request::authorization_request::Untrusted;
use crate::openid::request::parameters::Malformed;
use crate::openid::request::personal::Implausible;
use crate::openid::request::registration::Invalid;
use crate::pages::Message;
use crate::tokens::entra::EntraError;

pub(super) fn body(fault: BodyFault) -> Row {
    let row = |status, code, description| bad(status, code, Message::WentWrong, description);
    match fault {
        BodyFault::TooLarge => row(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body.too_large",
            "the request is too long",
        ),
        BodyFault::CutOff => row(StatusCode::BAD_REQUEST, "body.cut_off", "the body was cut off"),
        BodyFault::TooSlow => row(
            StatusCode::REQUEST_TIMEOUT,
            "body.too_slow",
            "the body took too long",
        ),
        BodyFault::MediaType => row(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "body.media_type",
            "the media type is not supported here",
        ),
        BodyFault::NotText => row(StatusCode::BAD_REQUEST, "body.not_text", "the body is not UTF-8"),
    }
}

/// What a browser must not do so.
pub(super) fn browser(code: &'static str, message: Message, description: &'static str) -> Row {
    bad(StatusCode::FORBIDDEN, code, message, description)
}

pub(super) fn parameters(fault: Malformed) -> Row {
    let row = |code, description| bad(StatusCode::BAD_REQUEST, code, Message::Misdirected, description);
    match fault {
        Malformed::TooMany => row("parameters.too_many", "too many parameters"),
        Malformed::Characters => row(
            "parameters.characters",
            "a parameter has characters that are not allowed",
        ),
    }
}

pub(super) fn client(error: &ClientError) -> Row {
    match error {
        ClientError::Refused(refusal) => refused(*refusal),
        ClientError::NotProven(Unproven::OtherWay { .. }) => Row {
            code: "client.method",
            ..unproven(Level::WARN)
        },
        ClientError::NotProven(why) => unproven(loudness(why)),
        ClientError::NoKeys(_) => later(
            "client.keys_unavailable",
            "the keys at the jwks_uri of the client cannot be fetched",
            Level::WARN,
        ),
        ClientError::CouldNotCheck(_) => {
            later("store.unavailable", "the store cannot be reached", Level::ERROR)
        }
    }
}

/// A client that did not prove itself.
pub(super) fn unproven(level: Level) -> Row {
    let refusal = refusal(Code::InvalidClient, "client authentication failed");
    let (status, message) = (StatusCode::UNAUTHORIZED, Message::Misdirected);
    Row::new(status, "client.unproven", message, refusal, level)
}

/// A known client id with wrong credentials is logged at warn: a guess, or a secret that was changed on one side only.
fn loudness(unproven: &Unproven) -> Level {
    match unproven {
        Unproven::Missing | Unproven::Unknown | Unproven::OtherId => Level::INFO,
        Unproven::OtherWay { .. }
        | Unproven::Unreadable(_)
        | Unproven::Secret(_)
        | Unproven::Assertion(..)
        | Unproven::Used(_) => Level::WARN,
    }
}

pub(super) fn caller(error: &CallerError) -> Row {
    let row = |code| {
        let refusal = refusal(Code::InvalidClient, "caller authentication failed");
        Row::new(
            StatusCode::UNAUTHORIZED,
            code,
            Message::WentWrong,
            refusal,
            Level::WARN,
        )
    };
    match error {
        CallerError::Missing => row("caller.missing"),
        CallerError::NotConfigured => row("caller.not_configured"),
        CallerError::NotTrusted => row("caller.not_trusted"),
        CallerError::Ambiguous => row("caller.ambiguous"),
        CallerError::Certificate(_) => row("caller.certificate"),
        CallerError::Unlisted(_) => row("caller.unlisted"),
        CallerError::Password => row("caller.password"),
        CallerError::Bearer(EntraError::Refused(_)) => row("caller.bearer"),
        CallerError::Bearer(EntraError::CouldNotCheck(_)) => later(
            "caller.could_not_check",
            "the issuer of the token cannot be asked",
            Level::WARN,
        ),
    }
}

/// What a policy sends is fixed by its author, so these are worth a warning.
pub(super) fn registration(invalid: Invalid) -> Row {
    let row = |code, description| {
        Row::new(
            StatusCode::CONFLICT,
            code,
            Message::WentWrong,
            Refusal::invalid(description),
            Level::WARN,
        )
    };
    match invalid {
        Invalid::NotFlat => row("registration.not_flat", "the body is not a flat JSON object"),
        Invalid::Repeated => row("registration.repeated", "a member is repeated"),
        Invalid::Subject => row(
            "registration.subject",
            "objectId or subject is missing or not 1 to 255 characters",
        ),
        Invalid::CorrelationId => row(
            "registration.correlation_id",
            "correlationId is missing or not 1 to 128 characters",
        ),
        Invalid::ClientId => row(
            "registration.client_id",
            "clientId is not a client of this handler",
        ),
        Invalid::WhichClient => row(
            "registration.which_client",
            "clientId is missing, and there are several clients: name the one for which the person is verified",
        ),
        Invalid::Implausible(why) => implausible(why),
        Invalid::Name => row("registration.name", "a name is not 1 to 200 characters"),
        Invalid::Birthdate => row("registration.birthdate", "birthdate is not a date"),
        Invalid::Email => row("registration.email", "email is not an address"),
        Invalid::Consent => row("registration.consent", "consent is incomplete or malformed"),
    }
}

/// What the person has typed, and can mend.
fn implausible(why: Implausible) -> Row {
    let row = |code, message| bad(StatusCode::CONFLICT, code, message, why.description());
    match why {
        Implausible::NameCharacters => row("registration.name_characters", Message::Name),
        Implausible::BirthdateRange => row("registration.birthdate_range", Message::Birthdate),
    }
}

pub(super) fn untrusted(untrusted: Untrusted) -> Row {
    let row = |code, description| Row {
        level: Level::WARN,
        ..bad(StatusCode::BAD_REQUEST, code, Message::Misdirected, description)
    };
    match untrusted {
        Untrusted::Client => row("client.unknown", "client_id is missing or unknown"),
        Untrusted::RedirectUri | Untrusted::RedirectUriCase => {
            row("client.redirect_uri", "redirect_uri is missing or not registered")
        }
    }
}

pub(super) fn refused(refusal: Refusal) -> Row {
    let status = match refusal.code {
        Code::InvalidClient | Code::InvalidToken => StatusCode::UNAUTHORIZED,
        Code::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        Code::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::InvalidRequest
        | Code::InvalidGrant
        | Code::UnsupportedGrantType
        | Code::UnsupportedResponseType
        | Code::InvalidScope
        | Code::AccessDenied
        | Code::LoginRequired
        | Code::InteractionRequired
        | Code::RequestNotSupported
        | Code::RequestUriNotSupported
        | Code::UnmetAuthenticationRequirements
        | Code::InvalidRequestUri => StatusCode::BAD_REQUEST,
    };
    Row::new(
        status,
        refusal.code.as_str(),
        Message::Misdirected,
        refusal,
        Level::INFO,
    )
}

pub(super) fn callback(unreadable: Unreadable) -> Row {
    let row = |status, code| bad(status, code, Message::WentWrong, "the callback cannot be read");
    match unreadable {
        Unreadable::ContentType => row(StatusCode::UNSUPPORTED_MEDIA_TYPE, "callback.media_type"),
        Unreadable::TooLong => row(StatusCode::PAYLOAD_TOO_LARGE, "callback.too_large"),
        Unreadable::TooDeep => row(StatusCode::BAD_REQUEST, "callback.too_deep"),
        Unreadable::Malformed => row(StatusCode::BAD_REQUEST, "callback.malformed"),
        Unreadable::Duplicate => row(StatusCode::BAD_REQUEST, "callback.repeated"),
        Unreadable::NoTransaction => row(StatusCode::BAD_REQUEST, "callback.no_transaction"),
    }
}
