//! Errors in the words of OAuth and OpenID Connect.

/// Error codes that may appear in an `error` parameter or member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidRequest,
    /// RFC 6749 §5.2: the client could not be authenticated.
    InvalidClient,
    /// RFC 6749 §5.2: the code is not (or no longer) good.
    InvalidGrant,
    /// RFC 6749 §5.2.
    UnsupportedGrantType,
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 §4.1.2.1.
    InvalidScope,
    /// RFC 6749 §4.1.2.1: the person was not approved.
    AccessDenied,
    /// RFC 6749 §4.1.2.1: ours, nothing the caller can mend.
    ServerError,
    /// RFC 6749 §4.1.2.1: ours, and worth another try later.
    TemporarilyUnavailable,
    /// `OpenID` Connect Core §3.1.2.6: `prompt=none` and nobody known.
    LoginRequired,
    /// `OpenID` Connect Core §3.1.2.6: `prompt=none` and the person has to do something.
    InteractionRequired,
    /// `OpenID` Connect Core §3.1.2.6: the `request` parameter is not supported.
    RequestNotSupported,
    /// `OpenID` Connect Core §3.1.2.6: only addresses of RFC 9126 are supported in `request_uri`.
    RequestUriNotSupported,
    /// `OpenID` Connect Core Unmet Authentication Requirements 1.0.
    UnmetAuthenticationRequirements,
    /// RFC 9101 §7: the `request_uri` is forged, expired, used or another client's.
    InvalidRequestUri,
    /// RFC 6750 §3.1: the access token is invalid.
    InvalidToken,
}

impl Code {
    /// The word on the wire.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidToken => "invalid_token",
        }
    }
}

/// A request that is not granted, and why, in a sentence for the client's developer: plain ASCII without quotes and
/// backslashes (RFC 6749 §5.2), and without anything that came from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {description}", code.as_str())]
pub(crate) struct Refusal {
    /// The code.
    pub code: Code,
    /// The sentence.
    pub description: &'static str,
}

impl Refusal {
    /// A refusal with its sentence.
    #[must_use]
    pub(crate) const fn new(code: Code, description: &'static str) -> Self {
        Self { code, description }
    }

    /// The request breaks a rule of its specification.
    #[must_use]
    pub(crate) const fn invalid(description: &'static str) -> Self {
        Self::new(Code::InvalidRequest, description)
    }
}

/// A parameter stood twice in a query or form.
pub(crate) const REPEATED: Refusal = Refusal::invalid("a parameter is repeated");
