//! Which engine executes a technical profile.

use super::{
    TechnicalProfile,
    words::{ProtocolName, TokenFormat},
};

/// The engines the runner knows. A profile that fits none of them is an error when it is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handler {
    /// `SelfAssertedAttributeProvider`: a page.
    SelfAsserted,
    /// `RestfulProvider`: a REST call.
    Rest,
    /// `AzureActiveDirectoryProvider`: read or write the directory.
    Directory,
    /// `ClaimsTransformationProtocolProvider`: transformations only.
    Transformation,
    /// `UserJourneyContextProvider`: settings of the journey as claims.
    JourneyContext,
    /// `PhoneFactorProtocolProvider`: enrol and verify a phone on its own page.
    PhoneFactor,
    /// `AzureMfaProtocolProvider`: send and verify phone or authenticator codes without a page.
    Mfa,
    /// `OneTimePasswordProtocolProvider`: make and verify a code.
    OneTimePassword,
    /// `AadSsprProtocolProvider`: send and verify an e-mail code.
    EmailCode,
    /// `ConditionalAccessProtocolProvider`: risk evaluation.
    ConditionalAccess,
    /// `AzureApplicationInsightsProvider`: an event.
    Insights,
    /// One of the session providers.
    Session(SessionProvider),
    /// `OpenIdConnect` without a token to issue: an outside provider, in a browser.
    OpenIdConnect,
    /// `OpenIdConnect` with password grant (`login-NonInteractive`): the local account's password.
    PasswordGrant,
    /// `OAuth2`, an outside provider without id token.
    OAuth2,
    /// `OAuth1`, an outside provider (Twitter).
    OAuth1,
    /// `SAML2`, an outside provider.
    Saml2,
    /// Issues a JWT.
    JwtIssuer,
    /// Issues a SAML assertion.
    SamlIssuer,
    /// Ends the journey with an OAuth 2 error (`OutputTokenFormat` `OAuth2Error`).
    ErrorIssuer,
    /// `None` with input claims from a request: `id_token_hint`.
    IdTokenHint,
    /// `None` that reads a refresh token.
    RefreshToken,
    /// `None`, page and settings of the trust framework itself (`TpEngine_…`).
    Framework,
}

/// How a profile takes part in single sign-on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionProvider {
    /// `NoopSSOSessionProvider`: keeps nothing.
    Noop,
    /// `DefaultSSOSessionProvider`: keeps claims.
    Default,
    /// `ExternalLoginSSOSessionProvider`: remembers which outside provider was chosen.
    ExternalLogin,
    /// `OAuthSSOSessionProvider`: remembers applications for sign-out.
    OAuth,
    /// `SamlSSOSessionProvider`.
    Saml,
}

const CLASSES: &[(&str, Handler)] = &[
    (
        "Web.TPEngine.Providers.SelfAssertedAttributeProvider",
        Handler::SelfAsserted,
    ),
    ("Web.TPEngine.Providers.RestfulProvider", Handler::Rest),
    (
        "Web.TPEngine.Providers.AzureActiveDirectoryProvider",
        Handler::Directory,
    ),
    (
        "Web.TPEngine.Providers.ClaimsTransformationProtocolProvider",
        Handler::Transformation,
    ),
    (
        "Web.TPEngine.Providers.UserJourneyContextProvider",
        Handler::JourneyContext,
    ),
    (
        "Web.TPEngine.Providers.PhoneFactorProtocolProvider",
        Handler::PhoneFactor,
    ),
    ("Web.TPEngine.Providers.AzureMfaProtocolProvider", Handler::Mfa),
    (
        "Web.TPEngine.Providers.OneTimePasswordProtocolProvider",
        Handler::OneTimePassword,
    ),
    (
        "Web.TPEngine.Providers.AadSsprProtocolProvider",
        Handler::EmailCode,
    ),
    (
        "Web.TPEngine.Providers.ConditionalAccessProtocolProvider",
        Handler::ConditionalAccess,
    ),
    (
        "Web.TPEngine.Providers.Insights.AzureApplicationInsightsProvider",
        Handler::Insights,
    ),
    (
        "Web.TPEngine.Providers.AzureApplicationInsightsProvider",
        Handler::Insights,
    ),
    (
        "Web.TPEngine.SSO.NoopSSOSessionProvider",
        Handler::Session(SessionProvider::Noop),
    ),
    (
        "Web.TPEngine.SSO.DefaultSSOSessionProvider",
        Handler::Session(SessionProvider::Default),
    ),
    (
        "Web.TPEngine.SSO.ExternalLoginSSOSessionProvider",
        Handler::Session(SessionProvider::ExternalLogin),
    ),
    (
        "Web.TPEngine.SSO.OAuthSSOSessionProvider",
        Handler::Session(SessionProvider::OAuth),
    ),
    (
        "Web.TPEngine.SSO.SamlSSOSessionProvider",
        Handler::Session(SessionProvider::Saml),
    ),
];

impl Handler {
    /// The engine of a profile; `None` when it names no protocol or one the runner does not know.
    #[must_use]
    pub fn of(profile: &TechnicalProfile) -> Option<Self> {
        let protocol = profile.protocol.as_ref()?;
        match (protocol.name, profile.output_token_format) {
            (ProtocolName::Proprietary, _) => Self::of_class(protocol.handler.as_deref()?),
            (_, Some(TokenFormat::OAuth2Error)) => Some(Self::ErrorIssuer),
            (ProtocolName::OpenIdConnect | ProtocolName::None, Some(TokenFormat::Jwt)) => {
                Some(Self::JwtIssuer)
            }
            (ProtocolName::Saml2 | ProtocolName::None, Some(TokenFormat::Saml2 | TokenFormat::Saml11)) => {
                Some(Self::SamlIssuer)
            }
            (ProtocolName::OpenIdConnect, _) if asks_for_password(profile) => Some(Self::PasswordGrant),
            (ProtocolName::OpenIdConnect, _) => Some(Self::OpenIdConnect),
            (ProtocolName::OAuth2, _) => Some(Self::OAuth2),
            (ProtocolName::OAuth1, _) => Some(Self::OAuth1),
            (ProtocolName::Saml2, _) => Some(Self::Saml2),
            (ProtocolName::None, _) => Some(Self::of_none(profile)),
            (ProtocolName::WsFed | ProtocolName::WsTrust | ProtocolName::UProve11, _) => None,
        }
    }

    /// The engine of a handler class, whatever the assembly's version.
    #[must_use]
    pub fn of_class(name: &str) -> Option<Self> {
        let class = name.split(',').next()?.trim();
        CLASSES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(class))
            .map(|(_, handler)| *handler)
    }

    fn of_none(profile: &TechnicalProfile) -> Self {
        let reads_refresh_token = profile
            .output_claims
            .iter()
            .any(|claim| claim.claim.eq_ignore_ascii_case("refreshTokenIssuedOnDateTime"));
        if profile.id.starts_with("TpEngine_") {
            Self::Framework
        } else if reads_refresh_token {
            Self::RefreshToken
        } else {
            Self::IdTokenHint
        }
    }
}

/// A local sign-in names `grant_type` `password` as an input claim; it never leaves for another site.
fn asks_for_password(profile: &TechnicalProfile) -> bool {
    profile.input_claims.iter().any(|claim| {
        claim.partner_name().eq_ignore_ascii_case("grant_type")
            && claim.default.as_deref() == Some("password")
    })
}

#[cfg(test)]
mod tests {
    use super::{Handler, SessionProvider};

    #[test]
    fn the_assembly_version_does_not_matter() {
        let name = "Web.TPEngine.SSO.NoopSSOSessionProvider, Web.TPEngine, Version=9.0.0.0";
        assert_eq!(
            Handler::of_class(name),
            Some(Handler::Session(SessionProvider::Noop))
        );
    }

    #[test]
    fn an_unknown_class_has_no_engine() {
        assert_eq!(
            Handler::of_class("Web.TPEngine.Providers.Telepathy, Web.TPEngine"),
            None
        );
    }
}
