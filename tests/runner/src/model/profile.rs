//! Technical profiles.

use super::{
    Handler, Item, Keyed, Precondition, Reference, Span, Table,
    words::{EnabledFor, ProtocolName, TokenFormat},
};

/// `TechnicalProfile`. After loading, inheritance and `IncludeTechnicalProfile` are merged in.
#[derive(Clone, Debug, Default)]
pub struct TechnicalProfile {
    /// Identifier.
    pub id: String,
    /// `DisplayName` of the enclosing claims provider.
    pub provider: Option<String>,
    /// Domains of the profile or of its claims provider, matched with `domain_hint`.
    pub domains: Vec<String>,
    /// Name on a selection page.
    pub display_name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Protocol; abstract profiles that are only included may lack one.
    pub protocol: Option<Protocol>,
    /// Format of a token read by the profile.
    pub input_token_format: Option<TokenFormat>,
    /// Format of a token written by the profile.
    pub output_token_format: Option<TokenFormat>,
    /// `Metadata/Item` by key.
    pub metadata: Table<Item>,
    /// `CryptographicKeys/Key`: key is the profile's name for it, value the policy key (`StorageReferenceId`).
    pub keys: Table<Item>,
    /// `IncludeInSso`.
    pub include_in_sso: Option<bool>,
    /// `PreferredBinding`.
    pub preferred_binding: Option<String>,
    /// Profiles whose original token a REST profile wants (`InputTokenSources`).
    pub input_token_sources: Vec<Reference>,
    /// `InputClaimsTransformations`, in order.
    pub input_transformations: Vec<Reference>,
    /// `InputClaims`, in order.
    pub input_claims: Vec<ClaimUse>,
    /// `DisplayClaims`, in order; if any, output claims are not shown.
    pub display_claims: Vec<DisplayClaim>,
    /// `PersistedClaims`, in order.
    pub persisted_claims: Vec<ClaimUse>,
    /// `OutputClaims`, in order.
    pub output_claims: Vec<ClaimUse>,
    /// `OutputClaimsTransformations`, in order.
    pub output_transformations: Vec<Reference>,
    /// `ValidationTechnicalProfiles`, in order.
    pub validations: Vec<ValidationProfile>,
    /// `SubjectNamingInfo`.
    pub subject: Option<SubjectNaming>,
    /// `IncludeTechnicalProfile`; already merged after loading, kept for the trace.
    pub include: Option<Reference>,
    /// `IncludeClaimsFromTechnicalProfile`: whose claims are added when this one completes.
    pub include_claims_from: Option<Reference>,
    /// `UseTechnicalProfileForSessionManagement`.
    pub session: Option<Reference>,
    /// `ErrorHandlers`.
    pub error_handlers: Vec<ErrorHandler>,
    /// `EnabledForUserJourneys`.
    pub enabled_for: Option<EnabledFor>,
    /// Where it stands; after a merge, in the most derived file that mentions it.
    pub span: Span,
}

impl Keyed for TechnicalProfile {
    fn key(&self) -> &str {
        &self.id
    }
}

impl TechnicalProfile {
    /// Value of a metadata item; keys compare whatever their case.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(|item| item.value.as_str())
    }

    /// A metadata item read as a boolean (`true`, `True`, `1`), `default` if absent or something else.
    #[must_use]
    pub fn meta_flag(&self, key: &str, default: bool) -> bool {
        match self.meta(key).map(str::to_ascii_lowercase).as_deref() {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            _ => default,
        }
    }

    /// The policy key the profile calls `key`.
    #[must_use]
    pub fn policy_key(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(|item| item.value.as_str())
    }

    /// Which engine executes the profile; `None` for abstract profiles.
    #[must_use]
    pub fn handler(&self) -> Option<Handler> {
        Handler::of(self)
    }
}

/// `Protocol`.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// `Name`.
    pub name: ProtocolName,
    /// `Handler`: assembly-qualified class name.
    pub handler: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// `InputClaim`, `PersistedClaim` or `OutputClaim`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimUse {
    /// `ClaimTypeReferenceId`.
    pub claim: String,
    /// `PartnerClaimType`: the other side's name.
    pub partner: Option<String>,
    /// `Required`.
    pub required: bool,
    /// `DefaultValue`, possibly with claims resolvers.
    pub default: Option<String>,
    /// `AlwaysUseDefaultValue`.
    pub always_default: bool,
    /// `OverwriteIfExists` of a persisted claim; true if absent.
    pub overwrite: bool,
    /// Where it stands.
    pub span: Span,
}

impl ClaimUse {
    /// The other side's name: `PartnerClaimType`, else the claim's own identifier.
    #[must_use]
    pub fn partner_name(&self) -> &str {
        self.partner.as_deref().unwrap_or(&self.claim)
    }
}

/// `DisplayClaim` of a self-asserted profile.
#[derive(Clone, Debug)]
pub struct DisplayClaim {
    /// What is shown.
    pub target: DisplayTarget,
    /// `Required`.
    pub required: bool,
    /// Where it stands.
    pub span: Span,
}

/// What a display claim shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisplayTarget {
    /// A claim type.
    Claim(String),
    /// A display control.
    Control(String),
}

/// `ValidationTechnicalProfile`; also an action of a display control.
#[derive(Clone, Debug)]
pub struct ValidationProfile {
    /// The technical profile to execute.
    pub profile: String,
    /// Whether validation goes on after it succeeded; default true.
    pub continue_on_success: bool,
    /// Whether validation goes on after it failed; default false.
    pub continue_on_error: bool,
    /// Conditions to skip it.
    pub preconditions: Vec<Precondition>,
    /// Where it stands.
    pub span: Span,
}

/// `SubjectNamingInfo`.
#[derive(Clone, Debug, Default)]
pub struct SubjectNaming {
    /// `ClaimType`: name of the token claim that names the subject.
    pub claim: String,
    /// `Format` (SAML).
    pub format: Option<String>,
    /// `ExcludeAsClaim`.
    pub exclude_as_claim: bool,
    /// Where it stands.
    pub span: Span,
}

/// `ErrorHandler`.
#[derive(Clone, Debug, Default)]
pub struct ErrorHandler {
    /// JSON path condition, for example `$[?(@.error == 'invalid_grant')]`.
    pub response_match: String,
    /// `Reauthenticate` or `InvalidClient`.
    pub action: String,
    /// Parameters added to a repeated request.
    pub parameters: Vec<Item>,
    /// Where it stands.
    pub span: Span,
}
