//! The relying party: which journeys an application reaches, and what it is told.

use super::{
    Item, Keyed, Reference, Span, TechnicalProfile,
    words::{ErrorMode, ScriptExecution, SessionExpiry, SessionScope},
};

/// `RelyingParty`.
#[derive(Clone, Debug, Default)]
pub struct RelyingParty {
    /// `DefaultUserJourney`.
    pub journey: Option<Reference>,
    /// Other journeys by endpoint, for example `Token` for refresh tokens.
    pub endpoints: Vec<Endpoint>,
    /// `UserJourneyBehaviors`.
    pub behaviors: Behaviors,
    /// The technical profile of the application (`PolicyProfile`).
    pub profile: Option<TechnicalProfile>,
    /// Where it stands.
    pub span: Span,
}

impl RelyingParty {
    /// The journey behind an endpoint, for example `Token` or `UserInfo`.
    #[must_use]
    pub fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints
            .iter()
            .find(|endpoint| endpoint.id.eq_ignore_ascii_case(id))
    }
}

/// `Endpoint`.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// `Id`.
    pub id: String,
    /// `UserJourneyReferenceId`.
    pub journey: String,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for Endpoint {
    fn key(&self) -> &str {
        &self.id
    }
}

/// `UserJourneyBehaviors`.
#[derive(Clone, Debug, Default)]
pub struct Behaviors {
    /// `SingleSignOn`.
    pub single_sign_on: Option<SingleSignOn>,
    /// `SessionExpiryType`; rolling if absent.
    pub session_expiry: Option<SessionExpiry>,
    /// `SessionExpiryInSeconds`; 86400 if absent.
    pub session_expiry_s: Option<u32>,
    /// `JourneyInsights` or the older `AzureApplicationInsights`.
    pub insights: Option<Insights>,
    /// `ContentDefinitionParameters`: query parameters added to every `LoadUri`.
    pub parameters: Vec<Item>,
    /// `JourneyFraming`.
    pub framing: Option<Framing>,
    /// `ScriptExecution`; disallowed if absent.
    pub script: Option<ScriptExecution>,
    /// `OnError/@Mode`.
    pub on_error: Option<ErrorMode>,
    /// Where it stands.
    pub span: Span,
}

/// `SingleSignOn`.
#[derive(Clone, Debug)]
pub struct SingleSignOn {
    /// `Scope`.
    pub scope: SessionScope,
    /// `KeepAliveInDays`.
    pub keep_alive_days: Option<u32>,
    /// `EnforceIdTokenHintOnLogout`.
    pub enforce_hint_on_logout: bool,
    /// Where it stands.
    pub span: Span,
}

/// `JourneyInsights`.
#[derive(Clone, Debug, Default)]
pub struct Insights {
    /// `InstrumentationKey`.
    pub instrumentation_key: String,
    /// `DeveloperMode`: every claim is logged.
    pub developer_mode: bool,
    /// Where it stands.
    pub span: Span,
}

/// `JourneyFraming`.
#[derive(Clone, Debug, Default)]
pub struct Framing {
    /// `Enabled`.
    pub enabled: bool,
    /// `Sources`: origins that may frame the pages.
    pub sources: String,
    /// Where it stands.
    pub span: Span,
}
