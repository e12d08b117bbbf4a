//! Every way in which a request can fail, and the one table of what is answered and logged.
//!
//! "Could not check" is 5xx and worth another try; "is not good" is 4xx. The table says nothing that came from a caller.

mod core;
mod front;
mod sample;

use tracing::Level;
use warp::http::StatusCode;

use crate::background::Panicked;
use crate::checks::{Error, RedeemError, Unreadable};
use crate::openid::answer::id_token::UnknownClaims;
use crate::openid::answer::refusal::{Code, Refusal};
use crate::openid::proof::caller::CallerError;
use crate::openid::proof::client_auth::ClientError;
use crate::openid::request::authorization_request::Untrusted;
use crate::openid::request::parameters::Malformed;
use crate::openid::request::registration::Invalid;
use crate::pages::Message;
use crate::routes::traffic::Overloaded;
use crate::sample::broken::Broken;
use crate::sample::front::{Refused, Unregistered};
use crate::sample::link::Unlinkable;
use crate::sample::token::IssueError;
use crate::seal::SealError;
use crate::tokens::SignError;

/// The services are not there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("settings or secrets are not loaded yet")]
pub(crate) struct NotReady;

/// It was not done in time. What was begun goes on, and asking again finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not finished in time; what was started goes on")]
pub(crate) struct TooSlow;

/// A body that cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyFault {
    /// Longer than the route allows.
    #[error("the body (or query) is too long")]
    TooLarge,
    /// The connection ended before the body did.
    #[error("the body was cut off")]
    CutOff,
    /// It did not arrive in time.
    #[error("the body took too long")]
    TooSlow,
    /// Not of the media type the route takes.
    #[error("the body is of another media type")]
    MediaType,
    /// Not UTF-8.
    #[error("the body is not text")]
    NotText,
}

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// No such route.
    #[error("no such route")]
    NoRoute,
    /// The route does not take this method; it takes these.
    #[error("the method is not one of {0}")]
    Method(&'static str),
    /// The services are not there yet.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// The store, or whom we had to ask, takes too long.
    #[error(transparent)]
    TooSlow(#[from] TooSlow),
    /// Too much at once.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// A failed proof, one of too many.
    #[error("too many failed authentications: {0}")]
    Braked(#[source] Box<Self>),
    /// The body.
    #[error(transparent)]
    Body(#[from] BodyFault),
    /// The parameters.
    #[error(transparent)]
    Parameters(#[from] Malformed),
    /// The core.
    #[error(transparent)]
    Core(#[from] Error),
    /// A ticket in an authorization request.
    #[error("ticket refused: {0}")]
    Ticket(#[source] Error),
    /// A code, at the token route.
    #[error("code refused: {0}")]
    Redeem(#[from] RedeemError),
    /// An access token, at the userinfo route.
    #[error("access token refused: {0}")]
    Bearer(#[source] RedeemError),
    /// A client's proof.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A caller's proof; and the challenge that goes with the refusal.
    #[error("caller refused: {0}")]
    Caller(#[source] CallerError, &'static str),
    /// What a caller wants to register.
    #[error("registration refused: {0}")]
    Registration(#[from] Invalid),
    /// An authorization request whose answer has nowhere to go.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// An OAuth request.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The sample front.
    #[error(transparent)]
    Sample(#[from] Refused),
    /// A verification token could not be made.
    #[error(transparent)]
    Token(#[from] IssueError),
    /// The address back to a policy could not be made.
    #[error(transparent)]
    Unlinkable(#[from] Unlinkable),
    /// Another page loads what a person opens.
    #[error("loaded into another page, not opened")]
    Embedded,
    /// A form that is none of our pages', or of another browser's.
    #[error("a form without its token")]
    Form,
    /// A browser was handed a cookie and came back without any.
    #[error("the browser does not accept our cookie")]
    NoCookie,
    /// The credential in a callback's address.
    #[error("callback refused: its credential {0}")]
    CallbackCredential(#[source] SealError),
    /// A callback.
    #[error("callback refused: {0}")]
    Callback(#[from] Unreadable),
    /// A stored request asks for claims in a shape that this release does not know.
    #[error(transparent)]
    Claims(#[from] UnknownClaims),
    /// A signature could not be made.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A registered redirect address is none: the settings let it pass.
    #[error("a redirect address of the settings is malformed")]
    RedirectUri(#[from] url::ParseError),
    /// Work of ours panicked.
    #[error(transparent)]
    Panicked(#[from] Panicked),
}

/// What is answered and logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable word for logs and B2C.
    pub code: &'static str,
    /// What a person reads, in their language.
    pub message: Message,
    /// What an OAuth client reads, and B2C's developers.
    pub refusal: Refusal,
    /// How loud it is logged: `info` for what callers do wrong, `warn` for the vendor's faults and for what smells of an
    /// attack or of a wrong policy, `error` for ours.
    pub level: Level,
}

impl Row {
    const fn new(
        status: StatusCode,
        code: &'static str,
        message: Message,
        refusal: Refusal,
        level: Level,
    ) -> Self {
        Self {
            status,
            code,
            message,
            refusal,
            level,
        }
    }

    /// Whether the same request may well succeed a moment later.
    #[must_use]
    pub(crate) fn is_passing(&self) -> bool {
        self.status == StatusCode::SERVICE_UNAVAILABLE
    }
}

const fn refusal(code: Code, description: &'static str) -> Refusal {
    Refusal::new(code, description)
}

/// A request that breaks a rule: 4xx, `invalid_request`, logged as `info`.
const fn bad(status: StatusCode, code: &'static str, message: Message, description: &'static str) -> Row {
    Row::new(status, code, message, Refusal::invalid(description), Level::INFO)
}

/// Ours, or the vendor's: 503, `temporarily_unavailable`.
const fn later(code: &'static str, description: &'static str, level: Level) -> Row {
    let refusal = refusal(Code::TemporarilyUnavailable, description);
    Row::new(
        StatusCode::SERVICE_UNAVAILABLE,
        code,
        Message::Unavailable,
        refusal,
        level,
    )
}

/// Ours, and trying again does not help: 500, `server_error`.
const fn ours(code: &'static str) -> Row {
    let refusal = refusal(Code::ServerError, "something is wrong on our side");
    Row::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        code,
        Message::WentWrong,
        refusal,
        Level::ERROR,
    )
}

/// What a client may prove itself with in a header.
const BASIC: &str = r#"Basic realm="token", charset="UTF-8""#;

impl From<Unregistered> for Fault {
    fn from(unregistered: Unregistered) -> Self {
        Refused::from(unregistered).into()
    }
}

impl Fault {
    /// The table.
    #[must_use]
    pub(crate) fn row(&self) -> Row {
        match self {
            Self::NoRoute => bad(
                StatusCode::NOT_FOUND,
                "route.unknown",
                Message::NotFound,
                "there is no such route",
            ),
            Self::Method(_) => bad(
                StatusCode::METHOD_NOT_ALLOWED,
                "route.method",
                Message::NotFound,
                "the method is not allowed here",
            ),
            Self::NotReady(NotReady) => later("handler.starting", "the service is starting", Level::WARN),
            Self::TooSlow(TooSlow) => later("handler.too_slow", "the service takes too long", Level::ERROR),
            Self::Overloaded(Overloaded) => {
                later("handler.overloaded", "too many requests at once", Level::WARN)
            }
            Self::Braked(fault) => Row {
                status: StatusCode::TOO_MANY_REQUESTS,
                code: "proof.braked",
                ..fault.row()
            },
            Self::Body(fault) => front::body(*fault),
            Self::Parameters(fault) => front::parameters(*fault),
            Self::Core(error) => core::error(error),
            Self::Ticket(error) => core::ticket(error),
            Self::CallbackCredential(error) => core::callback_credential(*error),
            Self::Redeem(error) => core::redeem(error),
            Self::Bearer(error) => core::bearer(error),
            Self::Client(error) => front::client(error),
            Self::Caller(error, _) => front::caller(error),
            Self::Registration(invalid) => front::registration(*invalid),
            Self::Untrusted(untrusted) => front::untrusted(*untrusted),
            Self::Refused(refusal) => front::refused(*refusal),
            Self::Sample(refused) => sample::refused(refused),
            Self::Token(_) => ours("sample.token_not_made"),
            Self::Unlinkable(_) => ours("sample.no_link"),
            Self::Embedded => front::browser(
                "browser.embedded",
                Message::Invalid,
                "this must be opened as a page of its own",
            ),
            Self::Form => front::browser("browser.form", Message::Invalid, "the form is none of this page"),
            Self::NoCookie => front::browser(
                "browser.no_cookie",
                Message::NoCookies,
                "the browser does not accept our cookie",
            ),
            Self::Callback(unreadable) => front::callback(*unreadable),
            Self::Claims(UnknownClaims) => ours("claims.unknown"),
            Self::Sign(_) => ours("tokens.sign"),
            Self::RedirectUri(_) => ours("settings.redirect_uri"),
            Self::Panicked(Panicked) => ours("handler.panic"),
        }
    }

    /// Whether somebody did not prove who they are: what is braked.
    #[must_use]
    pub(crate) fn is_failed_proof(&self) -> bool {
        match self {
            // It was a good proof, or nobody knows yet.
            Self::Bearer(RedeemError::Reversed) | Self::Sample(Refused::Token(Broken::Unchecked)) => false,
            Self::Caller(..) | Self::Client(_) | Self::Bearer(_) | Self::Refused(_) => {
                self.row().status == StatusCode::UNAUTHORIZED
            }
            Self::Sample(Refused::Secret | Refused::Token(_)) => true,
            _ => false,
        }
    }

    /// The `WWW-Authenticate` header that goes with a 401 (RFC 9110 §15.5.2, RFC 6749 §5.2, RFC 6750 §3).
    #[must_use]
    pub(crate) fn challenge(&self) -> Option<&'static str> {
        match self {
            Self::Caller(_, challenge) => Some(challenge),
            Self::Client(ClientError::NotProven(_)) | Self::Redeem(RedeemError::UsedProof) => Some(BASIC),
            Self::Client(ClientError::Refused(refusal)) | Self::Refused(refusal) => match refusal.code {
                Code::InvalidClient => Some(BASIC),
                Code::InvalidToken => Some(r#"Bearer realm="userinfo""#),
                _ => None,
            },
            Self::Bearer(_) => Some(r#"Bearer realm="userinfo", error="invalid_token""#),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
