//! The typed policy model: what a policy file says, and, in the same types, what a whole inheritance chain adds up to.
//!
//! [`Policy`] is used twice on purpose: once per file as read, and once per policy after its chain of base policies and
//! its `IncludeTechnicalProfile` references were merged ([`crate::load::tenant`]). Element and attribute names follow the
//! published schema 0.3.0.0; every node keeps the [`Span`] it was read from. Identifiers compare case-insensitively.
//!
//! # Layout
//! - [`claim`]: claim types, restrictions, predicates, transformations
//! - [`profile`]: technical profiles
//! - [`journey`]: user journeys, sub journeys, steps, preconditions
//! - [`page`]: content definitions, localisation, display controls
//! - [`relying_party`]: the part applications talk to
//! - [`handler`]: which engine executes a technical profile
//! - [`words`]: the schema's closed vocabularies

pub mod claim;
pub mod handler;
pub mod journey;
pub mod page;
pub mod profile;
pub mod relying_party;
mod span;
mod table;
pub mod words;

pub use claim::{
    ClaimType, ClaimsTransformation, InputValidation, Predicate, PredicateValidation, Restriction,
};
pub use handler::Handler;
pub use journey::{Journey, JourneyKind, Precondition, Step};
pub use page::{ClientDefinition, ContentDefinition, DisplayControl, Localization};
pub use profile::{ClaimUse, TechnicalProfile};
pub use relying_party::RelyingParty;
pub use span::{Item, Reference, Span};
pub use table::{Keyed, Table};

use words::DeploymentMode;

/// One policy: a file as read, or a whole chain merged.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// `PolicyId`, as written.
    pub id: String,
    /// `TenantId`, for example `contoso.onmicrosoft.com`.
    pub tenant: String,
    /// `TenantObjectId`, if written.
    pub tenant_object_id: Option<String>,
    /// `DeploymentMode`; absent means production.
    pub deployment_mode: Option<DeploymentMode>,
    /// `UserJourneyRecorderEndpoint`, if written.
    pub recorder_endpoint: Option<String>,
    /// The policy this one inherits from.
    pub base: Option<Reference>,
    /// Claims schema.
    pub claim_types: Table<ClaimType>,
    /// Predicates (single rules on a value).
    pub predicates: Table<Predicate>,
    /// Older form of predicate validations.
    pub input_validations: Table<InputValidation>,
    /// Groups of predicates a claim type may name.
    pub predicate_validations: Table<PredicateValidation>,
    /// Claims transformations.
    pub transformations: Table<ClaimsTransformation>,
    /// Client definitions (page flags of a journey).
    pub client_definitions: Table<ClientDefinition>,
    /// Content definitions (pages).
    pub content_definitions: Table<ContentDefinition>,
    /// Languages and texts.
    pub localization: Localization,
    /// Display controls.
    pub display_controls: Table<DisplayControl>,
    /// Technical profiles of all claims providers.
    pub profiles: Table<TechnicalProfile>,
    /// User journeys and sub journeys.
    pub journeys: Table<Journey>,
    /// Sub journeys.
    pub sub_journeys: Table<Journey>,
    /// The relying party; only leaf policies have one.
    pub relying_party: Option<RelyingParty>,
    /// The `TrustFrameworkPolicy` element.
    pub span: Span,
}

impl Keyed for Policy {
    fn key(&self) -> &str {
        &self.id
    }
}

/// All policies of a folder, merged, ready to run.
#[derive(Clone, Debug, Default)]
pub struct Tenant {
    /// `TenantId` all policies share, for example `contoso.onmicrosoft.com`.
    pub name: String,
    /// Every policy with its chain merged, parents before children.
    pub policies: Table<Policy>,
}

impl Tenant {
    /// The policies applications can call: those with a relying party of their own or inherited.
    pub fn callable(&self) -> impl Iterator<Item = &Policy> {
        self.policies
            .iter()
            .filter(|policy| policy.relying_party.is_some())
    }
}
