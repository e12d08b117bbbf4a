//! The answer to an authorization request: a code or an error, on its way through the browser (RFC 6749 §4.1.2, RFC 9207,
//! OAuth 2.0 Form Post Response Mode).
//!
//! # Layout
//! - `id_token`: claims; `values`: those that are values of the document; `outcome`: which outcomes are errors; `metadata`: discovery; `refusal`: errors in the words of OAuth

pub(crate) mod id_token;
pub(crate) mod metadata;
pub(crate) mod outcome;
pub(crate) mod refusal;
mod values;

use url::Url;

use crate::grants::{Authorization, ResponseMode};
use crate::openid::answer::outcome::Denial;
use crate::openid::answer::refusal::{Code, Refusal};

/// Parameters to be delivered to a registered redirect address.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Where to.
    pub redirect_uri: String,
    /// How.
    pub mode: ResponseMode,
    /// What, in order.
    pub parameters: Vec<(&'static str, String)>,
}

/// Shows nothing that opens anything or is personal.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("redirect_uri", &self.redirect_uri)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// A code for this authorization.
    #[must_use]
    pub(crate) fn code(authorization: &Authorization, code: String, issuer: &str) -> Self {
        let (uri, mode) = (&authorization.redirect_uri, authorization.response_mode);
        Self::new(
            uri,
            mode,
            vec![("code", code)],
            authorization.state.as_deref(),
            Some(issuer),
        )
    }

    /// What is told instead of a code, because the person was not approved. Without an issuer, none is named.
    #[must_use]
    pub(crate) fn denial(authorization: &Authorization, denial: Denial, issuer: Option<&str>) -> Self {
        let (uri, mode) = (&authorization.redirect_uri, authorization.response_mode);
        let error = error(denial.code, denial.description);
        Self::new(uri, mode, error, authorization.state.as_deref(), issuer)
    }

    /// An ID token for this authorization, which asked for no code (OpenID Connect Core §3.2.2.5).
    #[must_use]
    pub(crate) fn id_token(authorization: &Authorization, id_token: String, issuer: &str) -> Self {
        let (uri, mode) = (&authorization.redirect_uri, authorization.response_mode);
        let state = authorization.state.as_deref();
        Self::new(uri, mode, vec![("id_token", id_token)], state, Some(issuer))
    }

    /// An error for a request whose redirect address is trusted. Without an issuer, none is named.
    #[must_use]
    pub(crate) fn error(
        redirect_uri: &str,
        mode: ResponseMode,
        state: Option<&str>,
        refusal: Refusal,
        issuer: Option<&str>,
    ) -> Self {
        let error = error(refusal.code, refusal.description.to_owned());
        Self::new(redirect_uri, mode, error, state, issuer)
    }

    fn new(
        uri: &str,
        mode: ResponseMode,
        first: Vec<(&'static str, String)>,
        state: Option<&str>,
        issuer: Option<&str>,
    ) -> Self {
        let mut parameters = first;
        parameters.extend(state.map(|state| ("state", state.to_owned())));
        parameters.extend(issuer.map(|issuer| ("iss", issuer.to_owned())));
        Self {
            redirect_uri: uri.to_owned(),
            mode,
            parameters,
        }
    }

    /// The redirect address with the parameters in its query; its own query stays (RFC 6749 §3.1.2).
    ///
    /// # Errors
    /// The registered address is not one: a fault in the settings.
    pub(crate) fn location(&self) -> Result<Url, url::ParseError> {
        let mut location = Url::parse(&self.redirect_uri)?;
        location.query_pairs_mut().extend_pairs(&self.parameters);
        Ok(location)
    }
}

fn error(code: Code, description: String) -> Vec<(&'static str, String)> {
    vec![
        ("error", code.as_str().to_owned()),
        ("error_description", description),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(uri: &str) -> String {
        let refusal = Refusal::new(Code::LoginRequired, "no ticket");
        Answer::error(
            uri,
            ResponseMode::Query,
            Some("a b&c"),
            refusal,
            Some("https://i/t"),
        )
        .location()
        .unwrap()
        .into()
    }

    #[test]
    fn an_error_carries_state_and_issuer() {
        let expected = "https://c.example/cb?error=login_required&error_description=no+ticket&state=a+b%26c&iss=https%3A%2F%2Fi%2Ft";
        assert_eq!(error("https://c.example/cb"), expected);
    }

    #[test]
    fn the_query_of_a_redirect_address_stays() {
        assert!(
            error("https://c.example/cb?x=1").starts_with("https://c.example/cb?x=1&error=login_required&")
        );
    }

    #[test]
    fn an_address_of_an_installed_app_is_served() {
        assert!(error("com.example.app:/cb").starts_with("com.example.app:/cb?error=login_required&"));
    }
}
