//! Pages: content definitions, localisation, display controls.

use super::{
    ClaimUse, Item, Keyed, Reference, Span, Table,
    claim::Choice,
    profile::ValidationProfile,
    words::{ControlKind, MergeBehavior},
};

/// `ContentDefinition`.
#[derive(Clone, Debug, Default)]
pub struct ContentDefinition {
    /// Identifier, for example `api.signuporsignin`.
    pub id: String,
    /// `LoadUri`: the page template, fetched by the browser.
    pub load_uri: Option<Item>,
    /// `RecoveryUri`.
    pub recovery_uri: Option<Item>,
    /// `DataUri`: page kind and version.
    pub data_uri: Option<Item>,
    /// `Metadata/Item`.
    pub metadata: Table<Item>,
    /// How the list of localised resources joins the parent's.
    pub localized_merge: Option<MergeBehavior>,
    /// Localised resources by language.
    pub localized: Vec<LocalizedReference>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for ContentDefinition {
    fn key(&self) -> &str {
        &self.id
    }
}

/// `LocalizedResourcesReference`.
#[derive(Clone, Debug, Default)]
pub struct LocalizedReference {
    /// `Language`, for example `en` or `pt-BR`.
    pub language: String,
    /// `LocalizedResourcesReferenceId`.
    pub resources: String,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for LocalizedReference {
    fn key(&self) -> &str {
        &self.language
    }
}

/// `ClientDefinition`.
#[derive(Clone, Debug, Default)]
pub struct ClientDefinition {
    /// Identifier.
    pub id: String,
    /// `ClientUIFilterFlags`.
    pub flags: Option<String>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for ClientDefinition {
    fn key(&self) -> &str {
        &self.id
    }
}

/// `Localization`.
#[derive(Clone, Debug, Default)]
pub struct Localization {
    /// `Enabled`; absent means not said in this policy.
    pub enabled: Option<bool>,
    /// `SupportedLanguages/@DefaultLanguage`.
    pub default_language: Option<String>,
    /// How the languages join the parent's.
    pub merge: Option<MergeBehavior>,
    /// Supported languages, in order.
    pub languages: Vec<Reference>,
    /// Texts by identifier.
    pub resources: Table<LocalizedResources>,
    /// Where it stands.
    pub span: Span,
}

/// `LocalizedResources`.
#[derive(Clone, Debug, Default)]
pub struct LocalizedResources {
    /// Identifier.
    pub id: String,
    /// `Culture`.
    pub culture: Option<String>,
    /// Localised lists of values.
    pub collections: Vec<LocalizedCollection>,
    /// Localised texts.
    pub strings: Vec<LocalizedString>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for LocalizedResources {
    fn key(&self) -> &str {
        &self.id
    }
}

impl LocalizedResources {
    /// The text of an element, for example `("ClaimType", Some("email"), "DisplayName")`.
    #[must_use]
    pub fn text(&self, element: &str, id: Option<&str>, string: &str) -> Option<&str> {
        let same = |row: &&LocalizedString| {
            row.element.eq_ignore_ascii_case(element)
                && row.string.eq_ignore_ascii_case(string)
                && id.is_none_or(|id| {
                    row.id
                        .as_deref()
                        .is_some_and(|found| found.eq_ignore_ascii_case(id))
                })
        };
        self.strings.iter().find(same).map(|row| row.text.as_str())
    }
}

/// `LocalizedCollection`.
#[derive(Clone, Debug, Default)]
pub struct LocalizedCollection {
    /// `ElementType`, usually `ClaimType`.
    pub element: String,
    /// `ElementId`.
    pub id: String,
    /// `TargetCollection`, usually `Restriction`.
    pub target: String,
    /// Values.
    pub items: Vec<Choice>,
    /// Where it stands.
    pub span: Span,
}

/// `LocalizedString`.
#[derive(Clone, Debug, Default)]
pub struct LocalizedString {
    /// `ElementType`, for example `UxElement`.
    pub element: String,
    /// `ElementId`.
    pub id: Option<String>,
    /// `StringId`.
    pub string: String,
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `DisplayControl`.
#[derive(Clone, Debug)]
pub struct DisplayControl {
    /// Identifier.
    pub id: String,
    /// `UserInterfaceControlType`.
    pub kind: ControlKind,
    /// Claims that prefill the control.
    pub input_claims: Vec<ClaimUse>,
    /// Claims shown by the control.
    pub display_claims: Vec<ControlClaim>,
    /// Claims the control gives back to the profile.
    pub output_claims: Vec<ClaimUse>,
    /// What its buttons do, for example `SendCode`, `VerifyCode`.
    pub actions: Vec<ControlAction>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for DisplayControl {
    fn key(&self) -> &str {
        &self.id
    }
}

/// `DisplayClaim` of a display control.
#[derive(Clone, Debug, Default)]
pub struct ControlClaim {
    /// `ClaimTypeReferenceId`.
    pub claim: String,
    /// `ControlClaimType`, for example `VerificationCode`.
    pub control_type: Option<String>,
    /// `Required`.
    pub required: bool,
    /// Where it stands.
    pub span: Span,
}

/// `Action` of a display control.
#[derive(Clone, Debug, Default)]
pub struct ControlAction {
    /// `Id`.
    pub id: String,
    /// Technical profiles executed in order.
    pub profiles: Vec<ValidationProfile>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for ControlAction {
    fn key(&self) -> &str {
        &self.id
    }
}
