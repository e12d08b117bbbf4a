//! Claims schema: claim types with their restrictions, predicates, and claims transformations.

use super::{
    Item, Keyed, Reference, Span, Table,
    words::{DataType, MaskKind, MergeBehavior, ProtocolName, UserInputType},
};

/// `ClaimType`.
#[derive(Clone, Debug, Default)]
pub struct ClaimType {
    /// Identifier, case-insensitive.
    pub id: String,
    /// Label on pages.
    pub display_name: Option<String>,
    /// Data type; B2C treats a claim without one as a string.
    pub data_type: Option<DataType>,
    /// Default names of the claim in tokens, by protocol.
    pub partner_names: Vec<PartnerName>,
    /// How the value is masked when shown.
    pub mask: Option<Mask>,
    /// Help for administrators.
    pub admin_help: Option<String>,
    /// Help for the person.
    pub user_help: Option<String>,
    /// How a page asks for it; a claim without one is not rendered.
    pub input_type: Option<UserInputType>,
    /// Allowed values or pattern.
    pub restriction: Option<Restriction>,
    /// `InputValidationReference`.
    pub input_validation: Option<Reference>,
    /// `PredicateValidationReference`.
    pub predicate_validation: Option<Reference>,
    /// Where it stands.
    pub span: Span,
}

impl ClaimType {
    /// The data type, a string unless said otherwise.
    #[must_use]
    pub fn kind(&self) -> DataType {
        self.data_type.unwrap_or(DataType::String)
    }

    /// The claim's default name in a token of `protocol`, if it has one.
    #[must_use]
    pub fn partner_name(&self, protocol: ProtocolName) -> Option<&str> {
        self.partner_names
            .iter()
            .find(|name| name.protocol == protocol)
            .map(|name| name.name.as_str())
    }
}

impl Keyed for ClaimType {
    fn key(&self) -> &str {
        &self.id
    }
}

/// One `DefaultPartnerClaimTypes/Protocol`.
#[derive(Clone, Debug)]
pub struct PartnerName {
    /// Protocol the name is for.
    pub protocol: ProtocolName,
    /// `PartnerClaimType`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// `Mask`: the text is a template (Simple) or a replacement (Regex).
#[derive(Clone, Debug)]
pub struct Mask {
    /// Kind of mask.
    pub kind: MaskKind,
    /// Expression, for a regular-expression mask.
    pub regex: Option<String>,
    /// Mask text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `Restriction`: either a list of values or a pattern.
#[derive(Clone, Debug, Default)]
pub struct Restriction {
    /// How the list joins the parent policy's.
    pub merge: Option<MergeBehavior>,
    /// Allowed values, in order.
    pub choices: Vec<Choice>,
    /// Pattern of a typed value.
    pub pattern: Option<Pattern>,
    /// Where it stands.
    pub span: Span,
}

/// One allowed value: `Enumeration`, or `Item` of a localised collection.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Text shown.
    pub text: String,
    /// Value of the claim.
    pub value: String,
    /// Whether it is chosen to begin with.
    pub selected: bool,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for Choice {
    fn key(&self) -> &str {
        &self.value
    }
}

/// `Pattern`.
#[derive(Clone, Debug, Default)]
pub struct Pattern {
    /// Regular expression in .NET syntax.
    pub regex: String,
    /// Text shown when it does not match.
    pub help: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// `Predicate`: one rule with a method.
#[derive(Clone, Debug, Default)]
pub struct Predicate {
    /// Identifier.
    pub id: String,
    /// Method, for example `IsLengthRange`, `MatchesRegex`, `IncludesCharacters`, `IsDateRange`.
    pub method: String,
    /// Text shown when it fails.
    pub help: Option<String>,
    /// Parameters of the method by name.
    pub parameters: Table<Item>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for Predicate {
    fn key(&self) -> &str {
        &self.id
    }
}

/// `InputValidation`: the older form of [`PredicateValidation`], one group only.
#[derive(Clone, Debug, Default)]
pub struct InputValidation {
    /// Identifier.
    pub id: String,
    /// Lists of predicates, each of which must hold.
    pub lists: Vec<PredicateList>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for InputValidation {
    fn key(&self) -> &str {
        &self.id
    }
}

/// `PredicateValidation`: all groups must hold.
#[derive(Clone, Debug, Default)]
pub struct PredicateValidation {
    /// Identifier.
    pub id: String,
    /// Groups, each of which must hold.
    pub groups: Vec<PredicateGroup>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for PredicateValidation {
    fn key(&self) -> &str {
        &self.id
    }
}

/// `PredicateGroup`.
#[derive(Clone, Debug, Default)]
pub struct PredicateGroup {
    /// Identifier.
    pub id: String,
    /// Text shown when the group fails.
    pub help: Option<String>,
    /// Lists of predicates.
    pub lists: Vec<PredicateList>,
    /// Where it stands.
    pub span: Span,
}

/// `PredicateReferences`: how many of the predicates must hold.
#[derive(Clone, Debug, Default)]
pub struct PredicateList {
    /// `MatchAtLeast`; all, if absent.
    pub at_least: Option<u32>,
    /// Text shown when too few hold.
    pub help: Option<String>,
    /// Whether a match refuses the value instead of allowing it.
    pub reject: bool,
    /// Predicates by name.
    pub predicates: Vec<Reference>,
    /// Where it stands.
    pub span: Span,
}

/// `ClaimsTransformation`.
#[derive(Clone, Debug, Default)]
pub struct ClaimsTransformation {
    /// Identifier.
    pub id: String,
    /// `TransformationMethod`.
    pub method: String,
    /// Claims read.
    pub inputs: Vec<TransformationClaim>,
    /// Constants.
    pub parameters: Vec<Parameter>,
    /// Claims written.
    pub outputs: Vec<TransformationClaim>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for ClaimsTransformation {
    fn key(&self) -> &str {
        &self.id
    }
}

/// A claim of a transformation, with the part it plays there.
#[derive(Clone, Debug, Default)]
pub struct TransformationClaim {
    /// `ClaimTypeReferenceId`.
    pub claim: String,
    /// `TransformationClaimType`: the part, for example `inputClaim`.
    pub role: String,
    /// Where it stands.
    pub span: Span,
}

/// `InputParameter`.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// `Id`.
    pub id: String,
    /// `DataType`.
    pub data_type: DataType,
    /// `Value`.
    pub value: String,
    /// Where it stands.
    pub span: Span,
}
