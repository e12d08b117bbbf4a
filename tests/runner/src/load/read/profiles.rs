//! Technical profiles.

use super::{Element, journeys::preconditions};
use crate::model::{
    ClaimUse, Reference, TechnicalProfile,
    profile::{DisplayClaim, DisplayTarget, ErrorHandler, Protocol, SubjectNaming, ValidationProfile},
};

/// The profiles of one `ClaimsProvider`, each knowing the provider's name and domains.
pub(super) fn of_provider(provider: Element<'_>) -> Vec<TechnicalProfile> {
    let name = provider.child_text("DisplayName").filter(|name| !name.is_empty());
    let domains = domains(provider);
    let one = |element: Element<'_>| {
        let mut profile = profile(element);
        profile.provider.clone_from(&name);
        profile.domains.extend(domains.iter().cloned());
        profile
    };
    provider
        .nested("TechnicalProfiles", "TechnicalProfile")
        .map(one)
        .collect()
}

pub(super) fn profile(element: Element<'_>) -> TechnicalProfile {
    TechnicalProfile {
        id: element.id("Id"),
        provider: None,
        domains: domains(element),
        display_name: element.child_text("DisplayName"),
        description: element.child_text("Description"),
        protocol: element.child("Protocol").and_then(protocol),
        input_token_format: element.child_word("InputTokenFormat"),
        output_token_format: element.child_word("OutputTokenFormat"),
        metadata: element.items("Metadata", "Item", "Key"),
        keys: keys(element),
        include_in_sso: element.child_flag("IncludeInSso"),
        preferred_binding: element.child_text("PreferredBinding"),
        input_token_sources: element
            .nested("InputTokenSources", "TechnicalProfile")
            .map(|source| source.reference("Id"))
            .collect(),
        input_transformations: references(element, "InputClaimsTransformations", "InputClaimsTransformation"),
        input_claims: element
            .nested("InputClaims", "InputClaim")
            .map(claim_use)
            .collect(),
        display_claims: element
            .nested("DisplayClaims", "DisplayClaim")
            .filter_map(display_claim)
            .collect(),
        persisted_claims: element
            .nested("PersistedClaims", "PersistedClaim")
            .map(claim_use)
            .collect(),
        output_claims: element
            .nested("OutputClaims", "OutputClaim")
            .map(claim_use)
            .collect(),
        output_transformations: references(
            element,
            "OutputClaimsTransformations",
            "OutputClaimsTransformation",
        ),
        validations: element
            .nested("ValidationTechnicalProfiles", "ValidationTechnicalProfile")
            .map(|validation| validation_profile(validation, "ReferenceId"))
            .collect(),
        subject: element.child("SubjectNamingInfo").map(subject),
        include: element.child_reference("IncludeTechnicalProfile", "ReferenceId"),
        include_claims_from: element
            .child("IncludeClaimsFromTechnicalProfile")
            .map(|child| Reference {
                id: child.text(),
                span: child.span(),
            }),
        session: element.child_reference("UseTechnicalProfileForSessionManagement", "ReferenceId"),
        error_handlers: element
            .nested("ErrorHandlers", "ErrorHandler")
            .map(error_handler)
            .collect(),
        enabled_for: element.child_word("EnabledForUserJourneys"),
        span: element.span(),
    }
}

/// `CryptographicKeys/Key`: the profile's name for a key, and the policy key's name.
pub(super) fn keys(element: Element<'_>) -> crate::model::Table<crate::model::Item> {
    let key = |key: Element<'_>| crate::model::Item {
        key: key.id("Id"),
        value: key.id("StorageReferenceId"),
        span: key.span(),
    };
    element.nested("CryptographicKeys", "Key").map(key).collect()
}

pub(super) fn claim_use(element: Element<'_>) -> ClaimUse {
    ClaimUse {
        claim: element.id("ClaimTypeReferenceId"),
        partner: element.maybe_id("PartnerClaimType"),
        required: element.flag("Required").unwrap_or(false),
        default: element.attr("DefaultValue"),
        always_default: element.flag("AlwaysUseDefaultValue").unwrap_or(false),
        overwrite: element.flag("OverwriteIfExists").unwrap_or(true),
        span: element.span(),
    }
}

/// A validation profile, or an action of a display control, which names the profile by another attribute.
pub(super) fn validation_profile(element: Element<'_>, attribute: &str) -> ValidationProfile {
    ValidationProfile {
        profile: element.id(attribute),
        continue_on_success: element.flag("ContinueOnSuccess").unwrap_or(true),
        continue_on_error: element.flag("ContinueOnError").unwrap_or(false),
        preconditions: preconditions(element),
        span: element.span(),
    }
}

fn domains(element: Element<'_>) -> Vec<String> {
    let several = element.nested("Domains", "Domain").map(Element::text);
    element
        .child_text("Domain")
        .into_iter()
        .chain(several)
        .filter(|domain| !domain.is_empty())
        .collect()
}

fn protocol(element: Element<'_>) -> Option<Protocol> {
    Some(Protocol {
        name: element.word("Name")?,
        handler: element.maybe_id("Handler"),
        span: element.span(),
    })
}

fn references<'a>(element: Element<'a>, list: &'a str, item: &'a str) -> Vec<Reference> {
    element
        .nested(list, item)
        .map(|item| item.reference("ReferenceId"))
        .collect()
}

fn display_claim(element: Element<'_>) -> Option<DisplayClaim> {
    let claim = element.maybe_id("ClaimTypeReferenceId").map(DisplayTarget::Claim);
    let control = || {
        element
            .maybe_id("DisplayControlReferenceId")
            .map(DisplayTarget::Control)
    };
    Some(DisplayClaim {
        target: claim.or_else(control)?,
        required: element.flag("Required").unwrap_or(false),
        span: element.span(),
    })
}

fn subject(element: Element<'_>) -> SubjectNaming {
    SubjectNaming {
        claim: element.id("ClaimType"),
        format: element.maybe_id("Format"),
        exclude_as_claim: element.flag("ExcludeAsClaim").unwrap_or(false),
        span: element.span(),
    }
}

fn error_handler(element: Element<'_>) -> ErrorHandler {
    ErrorHandler {
        response_match: element.child_text("ResponseMatch").unwrap_or_default(),
        action: element.child_text("Action").unwrap_or_default(),
        parameters: element
            .all("AdditionalRequestParameters")
            .map(|parameter| crate::model::Item {
                key: parameter.id("Key"),
                value: parameter.text(),
                span: parameter.span(),
            })
            .collect(),
        span: element.span(),
    }
}
