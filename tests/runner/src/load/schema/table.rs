//! The schema as a table.
//!
//! One line per kind of element: `kind | children in order | attributes | text`. After a child's name `*` means any
//! number, `+` one or more, `!` exactly one, nothing at most one; `:kind` names its kind when that is not its own name,
//! and a kind starting with `@` is text of that form. After an attribute's name `!` means required, `:` its form. A kind
//! without a line is plain text. Text in the last column says that the element itself holds text.

use std::{collections::HashMap, sync::LazyLock};

const TABLE: &str = "
TrustFrameworkPolicy | BasePolicy PolicyConstraints Contacts DocumentReferences BuildingBlocks ClaimsProviders UserJourneys SubJourneys RelyingParty | PolicySchemaVersion!:version TenantId!:tenant TenantObjectId:guid PolicyId!:policy PublicPolicyUri! StateTableName DeploymentMode:DeploymentMode UserJourneyRecorderEndpoint
BasePolicy | TenantId!:@tenant PolicyId!:@policy
PolicyConstraints | Inheritance RerouteRules
Inheritance | Tenants ConstraintHandler | DerivingPolicies!
Tenants | Tenant+
Tenant | | ReferenceId!:guid
ConstraintHandler | | Id! Handler!
RerouteRules | RerouteRule* | Type!
RerouteRule | | PolicyId! Weight:int Match
Contacts | Contact*
Contact | DisplayName! TelephoneNumber! Email! Role! | Id!
DocumentReferences | DocumentReference*
DocumentReference | DisplayName! Url! | Id!

BuildingBlocks | ClaimsSchema Predicates InputValidations PredicateValidations ClaimsTransformations ClientDefinitions ContentDefinitions Localization DisplayControls
ClaimsSchema | ClaimType+
ClaimType | DisplayName DataType:@DataType DefaultPartnerClaimTypes* Mask AdminHelpText UserHelpText UserInputType:@UserInputType Restriction InputValidationReference:IdReference PredicateValidationReference:IdReference | Id! StatementType:StatementType
DefaultPartnerClaimTypes | Protocol*:PartnerProtocol
PartnerProtocol | | Name!:ProtocolName Handler PartnerClaimType!
Mask | | Type!:MaskKind Regex | text
Restriction | Enumeration*:Choice Pattern | MergeBehavior:MergeBehavior
Choice | | Text! Value! SelectByDefault:bool | text
Pattern | | RegularExpression! HelpText
IdReference | | Id!
Predicates | Predicate*
Predicate | UserHelpText Parameters | Id! Method! HelpText
Parameters | Parameter*
Parameter | | Id! | text
InputValidations | InputValidation*
InputValidation | PredicateReferences* | Id!
PredicateReferences | PredicateReference+:IdReference | Id HelpText MatchAtLeast:int Reject:bool
PredicateValidations | PredicateValidation*
PredicateValidation | PredicateGroups* | Id!
PredicateGroups | PredicateGroup+
PredicateGroup | UserHelpText PredicateReferences* | Id!
ClaimsTransformations | ClaimsTransformation*
ClaimsTransformation | InputClaims:TransformationInputs InputParameters OutputClaims:TransformationOutputs | Id! TransformationMethod!
TransformationInputs | InputClaim*:TransformationClaim
TransformationOutputs | OutputClaim+:TransformationClaim
TransformationClaim | | ClaimTypeReferenceId! TransformationClaimType
InputParameters | InputParameter+
InputParameter | | Id! DataType!:DataType Value!
ClientDefinitions | ClientDefinition*
ClientDefinition | ClientUIFilterFlags! | Id!
ContentDefinitions | ContentDefinition*
ContentDefinition | LoadUri RecoveryUri:@uri DataUri:@uri Metadata LocalizedResourcesReferences | Id!
LocalizedResourcesReferences | LocalizedResourcesReference* | MergeBehavior:MergeBehavior
LocalizedResourcesReference | | Language!:culture Url LocalizedResourcesReferenceId
Metadata | Item+:MetadataItem
MetadataItem | | Key! | text
Localization | SupportedLanguages LocalizedResources* | Enabled:bool
SupportedLanguages | SupportedLanguage*:@culture | DefaultLanguage:culture PolicyLanguage:culture MergeBehavior:MergeBehavior
LocalizedResources | LocalizedCollections LocalizedStrings | Culture:culture Id
LocalizedCollections | LocalizedCollection*
LocalizedCollection | Item+:Choice | ElementType! ElementId! TargetCollection!
LocalizedStrings | LocalizedString*
LocalizedString | | ElementType! ElementId StringId! | text
DisplayControls | DisplayControl*
DisplayControl | InputClaims:ControlInputs DisplayClaims:ControlDisplays OutputClaims:ControlOutputs Actions | Id! UserInterfaceControlType!:ControlKind
ControlInputs | InputClaim*:ControlClaim
ControlDisplays | DisplayClaim*:ControlDisplay
ControlOutputs | OutputClaim*:ControlClaim
ControlClaim | | ClaimTypeReferenceId Required:bool DefaultValue AlwaysUseDefaultValue:bool
ControlDisplay | | ClaimTypeReferenceId ControlClaimType Required:bool
Actions | Action*:ControlAction
ControlAction | ValidationClaimsExchange! | Id!
ValidationClaimsExchange | ValidationClaimsExchangeTechnicalProfile+
ValidationClaimsExchangeTechnicalProfile | Preconditions* | TechnicalProfileReferenceId! ContinueOnSuccess:bool ContinueOnError:bool

ClaimsProviders | ClaimsProvider+
ClaimsProvider | Domains Domain DisplayName TechnicalProfiles!
Domains | Domain+
TechnicalProfiles | TechnicalProfile*
TechnicalProfile | Domains Domain DisplayName Description Protocol InputTokenFormat:@TokenFormat OutputTokenFormat:@TokenFormat AssuranceLevelOfOutputClaims RequiredAssuranceLevelsOfInputClaims SubjectAuthenticationRequirements Metadata CryptographicKeys Suppressions PreferredBinding IncludeInSso:@bool InputTokenSources InputClaimsTransformations* InputClaims DisplayClaims PersistedClaims OutputClaims OutputClaimsTransformations* ValidationTechnicalProfiles* SubjectNamingInfo Extensions IncludeClaimsFromTechnicalProfile IncludeTechnicalProfile:Reference UseTechnicalProfileForSessionManagement:Reference ErrorHandlers EnabledForUserJourneys:@EnabledFor | Id!
Protocol | | Name!:ProtocolName Handler
RequiredAssuranceLevelsOfInputClaims | RequiredAssuranceLevelOfInputClaims*
SubjectAuthenticationRequirements | | TimeToLive!:int ResetExpiryWhenTokenIssued:bool
CryptographicKeys | Key+
Key | | Id! StorageReferenceId!
Suppressions | Item+:SuppressionItem
SuppressionItem | | Key! Value!
InputTokenSources | TechnicalProfile+:IdReference
InputClaimsTransformations | InputClaimsTransformation+:Reference
OutputClaimsTransformations | OutputClaimsTransformation+:Reference
InputClaims | InputClaim*:ClaimUse
OutputClaims | OutputClaim*:ClaimUse
ClaimUse | From*:ProfileReference | ClaimTypeReferenceId! PartnerClaimType Required:bool DefaultValue AlwaysUseDefaultValue:bool
ProfileReference | | TechnicalProfileReferenceId!
DisplayClaims | DisplayClaim*
DisplayClaim | | ClaimTypeReferenceId DisplayControlReferenceId Required:bool
PersistedClaims | PersistedClaim*
PersistedClaim | | ClaimTypeReferenceId! PartnerClaimType DefaultValue OverwriteIfExists:bool AlwaysUseDefaultValue:bool
ValidationTechnicalProfiles | ValidationTechnicalProfile+
ValidationTechnicalProfile | Preconditions* | ReferenceId! ContinueOnSuccess:bool ContinueOnError:bool
SubjectNamingInfo | | ClaimType! NameQualifier SPNameQualifier Format SPProvidedID ExcludeAsClaim:bool
Extensions | ...
ErrorHandlers | ErrorHandler*
ErrorHandler | ErrorResponseFormat:@ErrorFormat ResponseMatch! Action!:@ErrorAction AdditionalRequestParameters*:MetadataItem
Reference | | ReferenceId!

UserJourneys | UserJourney+
UserJourney | AssuranceLevel PreserveOriginalAssertion:@bool Authorization OrchestrationSteps ClientDefinition:MaybeReference CryptographicKeys | Id! NonInteractive:bool DefaultCpimIssuerTechnicalProfileReferenceId
Authorization | AuthorizationTechnicalProfiles
AuthorizationTechnicalProfiles | AuthorizationTechnicalProfile+:Reference
MaybeReference | | ReferenceId
OrchestrationSteps | OrchestrationStep+
OrchestrationStep | Preconditions* ClaimsProviderSelections* ClaimsExchanges* JourneyList* | Order!:int Type!:StepKind ContentDefinitionReferenceId CpimIssuerTechnicalProfileReferenceId
Preconditions | Precondition+
Precondition | Value+ Action+:@PreconditionAction | Type!:PreconditionKind ExecuteActionsIf!:bool
ClaimsProviderSelections | ClaimsProviderSelection+ | DisplayOption:SelectionDisplay
ClaimsProviderSelection | | TargetClaimsExchangeId ValidationClaimsExchangeId
ClaimsExchanges | ClaimsExchange* | UserIdentity:bool
ClaimsExchange | | Id! TechnicalProfileReferenceId!
JourneyList | Candidate+
Candidate | | SubJourneyReferenceId!
SubJourneys | SubJourney+
SubJourney | OrchestrationSteps | Id! Type!:SubJourneyKind

RelyingParty | DefaultUserJourney:Reference Endpoints UserJourneyBehaviors TechnicalProfile*
Endpoints | Endpoint+
Endpoint | | Id! UserJourneyReferenceId!
UserJourneyBehaviors | SingleSignOn SessionExpiryType:@SessionExpiry SessionExpiryInSeconds:@int AzureApplicationInsights JourneyInsights ContentDefinitionParameters JourneyFraming ScriptExecution:@ScriptExecution OnError
SingleSignOn | | Scope!:SessionScope KeepAliveInDays:int EnforceIdTokenHintOnLogout:bool
AzureApplicationInsights | | InstrumentationKey!:guid
JourneyInsights | | InstrumentationKey!:guid TelemetryEngine!:TelemetryEngine DeveloperMode:bool ClientEnabled:bool ServerEnabled:bool TelemetryVersion
ContentDefinitionParameters | Parameter+:NamedParameter
NamedParameter | | Name! | text
JourneyFraming | | Enabled!:bool Sources!
OnError | | Mode!:ErrorMode
";

static SHAPES: LazyLock<HashMap<&'static str, Shape>> =
    LazyLock::new(|| TABLE.lines().filter(|line| !line.is_empty()).map(line).collect());

/// What an element of one kind holds.
pub(super) struct Shape {
    /// Children in the order the schema wants.
    pub(super) children: Vec<Child>,
    /// Attributes.
    pub(super) attributes: Vec<Attribute>,
    /// Whether the element holds text.
    pub(super) text: bool,
    /// Whether anything may stand in it.
    pub(super) open: bool,
}

/// A child element.
pub(super) struct Child {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) required: bool,
    pub(super) many: bool,
}

/// An attribute.
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) form: Option<&'static str>,
}

impl Shape {
    /// The child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Child> {
        self.children.iter().find(|child| child.name == name)
    }
}

/// The shape of a kind; `None` means plain text.
pub(super) fn shape(kind: &str) -> Option<&'static Shape> {
    SHAPES.get(kind)
}

fn line(text: &'static str) -> (&'static str, Shape) {
    let mut columns = text.split('|').map(str::trim);
    let kind = columns.next().unwrap_or_default();
    let children = columns.next().unwrap_or_default();
    let shape = Shape {
        open: children == "...",
        children: children
            .split_whitespace()
            .filter(|word| *word != "...")
            .map(child)
            .collect(),
        attributes: columns
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .map(attribute)
            .collect(),
        text: columns.next().is_some(),
    };
    (kind, shape)
}

fn child(word: &'static str) -> Child {
    let (head, kind) = word
        .split_once(':')
        .map_or((word, None), |(head, kind)| (head, Some(kind)));
    let name = head.trim_end_matches(['*', '+', '!']);
    Child {
        name,
        kind: kind.unwrap_or(name),
        required: head.ends_with(['+', '!']),
        many: head.ends_with(['*', '+']),
    }
}

fn attribute(word: &'static str) -> Attribute {
    let (head, form) = word
        .split_once(':')
        .map_or((word, None), |(head, form)| (head, Some(form)));
    let name = head.trim_end_matches('!');
    Attribute {
        name,
        required: head.ends_with('!'),
        form,
    }
}

#[cfg(test)]
mod tests {
    use super::{SHAPES, shape};
    use crate::load::schema::values;

    #[test]
    fn every_form_named_in_the_table_is_known() {
        let attributes = SHAPES.values().flat_map(|s| &s.attributes).filter_map(|a| a.form);
        let texts = SHAPES
            .values()
            .flat_map(|s| &s.children)
            .filter_map(|c| c.kind.strip_prefix('@'));
        for form in attributes.chain(texts) {
            assert!(values::knows(form), "{form}");
        }
    }

    #[test]
    fn a_kind_other_than_the_name_has_a_line() {
        for child in SHAPES
            .values()
            .flat_map(|s| &s.children)
            .filter(|c| c.kind != c.name)
        {
            assert!(
                child.kind.starts_with('@') || shape(child.kind).is_some(),
                "{}",
                child.kind
            );
        }
    }

    #[test]
    fn every_kind_is_reachable_from_the_root() {
        let mut seen = vec!["TrustFrameworkPolicy"];
        let mut at = 0;
        while at < seen.len() {
            for child in shape(seen[at]).iter().flat_map(|s| &s.children) {
                if !seen.contains(&child.kind) {
                    seen.push(child.kind);
                }
            }
            at += 1;
        }
        for kind in SHAPES.keys() {
            assert!(seen.contains(kind), "{kind}");
        }
    }
}
