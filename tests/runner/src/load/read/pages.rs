//! Content definitions, localisation, display controls.

use super::{
    Element,
    claims::choice,
    profiles::{claim_use, validation_profile},
};
use crate::model::{
    ClientDefinition, ContentDefinition, DisplayControl, Localization, Reference,
    page::{
        ControlAction, ControlClaim, LocalizedCollection, LocalizedReference, LocalizedResources,
        LocalizedString,
    },
};

pub(super) fn content_definition(element: Element<'_>) -> ContentDefinition {
    let references = element.child("LocalizedResourcesReferences");
    let localized = |reference: Element<'_>| LocalizedReference {
        language: reference.id("Language"),
        resources: reference.id("LocalizedResourcesReferenceId"),
        span: reference.span(),
    };
    ContentDefinition {
        id: element.id("Id"),
        load_uri: element.child_item("LoadUri"),
        recovery_uri: element.child_item("RecoveryUri"),
        data_uri: element.child_item("DataUri"),
        metadata: element.items("Metadata", "Item", "Key"),
        localized_merge: references.and_then(|list| list.word("MergeBehavior")),
        localized: element
            .nested("LocalizedResourcesReferences", "LocalizedResourcesReference")
            .map(localized)
            .collect(),
        span: element.span(),
    }
}

pub(super) fn client_definition(element: Element<'_>) -> ClientDefinition {
    ClientDefinition {
        id: element.id("Id"),
        flags: element.child_text("ClientUIFilterFlags"),
        span: element.span(),
    }
}

pub(super) fn localization(element: Element<'_>) -> Localization {
    let supported = element.child("SupportedLanguages");
    Localization {
        enabled: element.flag("Enabled"),
        default_language: supported.and_then(|list| list.maybe_id("DefaultLanguage")),
        merge: supported.and_then(|list| list.word("MergeBehavior")),
        languages: element
            .nested("SupportedLanguages", "SupportedLanguage")
            .map(|language| Reference {
                id: language.text(),
                span: language.span(),
            })
            .collect(),
        resources: element.all("LocalizedResources").map(resources).collect(),
        span: element.span(),
    }
}

fn resources(element: Element<'_>) -> LocalizedResources {
    LocalizedResources {
        id: element.id("Id"),
        culture: element.maybe_id("Culture"),
        collections: element
            .nested("LocalizedCollections", "LocalizedCollection")
            .map(collection)
            .collect(),
        strings: element
            .nested("LocalizedStrings", "LocalizedString")
            .map(string)
            .collect(),
        span: element.span(),
    }
}

fn collection(element: Element<'_>) -> LocalizedCollection {
    LocalizedCollection {
        element: element.id("ElementType"),
        id: element.id("ElementId"),
        target: element.id("TargetCollection"),
        items: element.all("Item").map(choice).collect(),
        span: element.span(),
    }
}

fn string(element: Element<'_>) -> LocalizedString {
    LocalizedString {
        element: element.id("ElementType"),
        id: element.maybe_id("ElementId"),
        string: element.id("StringId"),
        text: element.text(),
        span: element.span(),
    }
}

pub(super) fn display_control(element: Element<'_>) -> Option<DisplayControl> {
    Some(DisplayControl {
        id: element.id("Id"),
        kind: element.word("UserInterfaceControlType")?,
        input_claims: element
            .nested("InputClaims", "InputClaim")
            .map(claim_use)
            .collect(),
        display_claims: element
            .nested("DisplayClaims", "DisplayClaim")
            .map(control_claim)
            .collect(),
        output_claims: element
            .nested("OutputClaims", "OutputClaim")
            .map(claim_use)
            .collect(),
        actions: element.nested("Actions", "Action").map(action).collect(),
        span: element.span(),
    })
}

fn control_claim(element: Element<'_>) -> ControlClaim {
    ControlClaim {
        claim: element.id("ClaimTypeReferenceId"),
        control_type: element.maybe_id("ControlClaimType"),
        required: element.flag("Required").unwrap_or(false),
        span: element.span(),
    }
}

fn action(element: Element<'_>) -> ControlAction {
    ControlAction {
        id: element.id("Id"),
        profiles: element
            .nested(
                "ValidationClaimsExchange",
                "ValidationClaimsExchangeTechnicalProfile",
            )
            .map(|profile| validation_profile(profile, "TechnicalProfileReferenceId"))
            .collect(),
        span: element.span(),
    }
}
