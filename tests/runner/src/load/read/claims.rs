//! Claims schema, predicates, transformations.

use super::Element;
use crate::model::{
    ClaimType, ClaimsTransformation, InputValidation, Predicate, PredicateValidation, Restriction,
    claim::{
        Choice, Mask, Parameter, PartnerName, Pattern, PredicateGroup, PredicateList, TransformationClaim,
    },
};

pub(super) fn claim_type(element: Element<'_>) -> ClaimType {
    ClaimType {
        id: element.id("Id"),
        display_name: element.child_text("DisplayName"),
        data_type: element.child_word("DataType"),
        partner_names: element
            .nested("DefaultPartnerClaimTypes", "Protocol")
            .filter_map(partner_name)
            .collect(),
        mask: element.child("Mask").and_then(mask),
        admin_help: element.child_text("AdminHelpText"),
        user_help: element.child_text("UserHelpText"),
        input_type: element.child_word("UserInputType"),
        restriction: element.child("Restriction").map(restriction),
        input_validation: element.child_reference("InputValidationReference", "Id"),
        predicate_validation: element.child_reference("PredicateValidationReference", "Id"),
        span: element.span(),
    }
}

fn partner_name(element: Element<'_>) -> Option<PartnerName> {
    let protocol = element.word("Name")?;
    Some(PartnerName {
        protocol,
        name: element.id("PartnerClaimType"),
        span: element.span(),
    })
}

fn mask(element: Element<'_>) -> Option<Mask> {
    let kind = element.word("Type")?;
    Some(Mask {
        kind,
        regex: element.attr("Regex"),
        text: element.text(),
        span: element.span(),
    })
}

fn restriction(element: Element<'_>) -> Restriction {
    Restriction {
        merge: element.word("MergeBehavior"),
        choices: element.all("Enumeration").map(choice).collect(),
        pattern: element.child("Pattern").map(|pattern| Pattern {
            regex: pattern.attr("RegularExpression").unwrap_or_default(),
            help: pattern.attr("HelpText"),
            span: pattern.span(),
        }),
        span: element.span(),
    }
}

pub(super) fn choice(element: Element<'_>) -> Choice {
    Choice {
        text: element.attr("Text").unwrap_or_default(),
        value: element.attr("Value").unwrap_or_default(),
        selected: element.flag("SelectByDefault").unwrap_or(false),
        span: element.span(),
    }
}

pub(super) fn predicate(element: Element<'_>) -> Predicate {
    Predicate {
        id: element.id("Id"),
        method: element.id("Method"),
        help: element
            .child_text("UserHelpText")
            .or_else(|| element.attr("HelpText")),
        parameters: element.items("Parameters", "Parameter", "Id"),
        span: element.span(),
    }
}

pub(super) fn input_validation(element: Element<'_>) -> InputValidation {
    InputValidation {
        id: element.id("Id"),
        lists: predicate_lists(element),
        span: element.span(),
    }
}

pub(super) fn predicate_validation(element: Element<'_>) -> PredicateValidation {
    let group = |element: Element<'_>| PredicateGroup {
        id: element.id("Id"),
        help: element.child_text("UserHelpText"),
        lists: predicate_lists(element),
        span: element.span(),
    };
    PredicateValidation {
        id: element.id("Id"),
        groups: element
            .nested("PredicateGroups", "PredicateGroup")
            .map(group)
            .collect(),
        span: element.span(),
    }
}

fn predicate_lists(element: Element<'_>) -> Vec<PredicateList> {
    let list = |element: Element<'_>| PredicateList {
        at_least: element.number("MatchAtLeast"),
        help: element.attr("HelpText"),
        reject: element.flag("Reject").unwrap_or(false),
        predicates: element
            .all("PredicateReference")
            .map(|predicate| predicate.reference("Id"))
            .collect(),
        span: element.span(),
    };
    element.all("PredicateReferences").map(list).collect()
}

pub(super) fn transformation(element: Element<'_>) -> ClaimsTransformation {
    ClaimsTransformation {
        id: element.id("Id"),
        method: element.id("TransformationMethod"),
        inputs: element
            .nested("InputClaims", "InputClaim")
            .map(transformation_claim)
            .collect(),
        parameters: element
            .nested("InputParameters", "InputParameter")
            .filter_map(parameter)
            .collect(),
        outputs: element
            .nested("OutputClaims", "OutputClaim")
            .map(transformation_claim)
            .collect(),
        span: element.span(),
    }
}

fn transformation_claim(element: Element<'_>) -> TransformationClaim {
    TransformationClaim {
        claim: element.id("ClaimTypeReferenceId"),
        role: element.id("TransformationClaimType"),
        span: element.span(),
    }
}

fn parameter(element: Element<'_>) -> Option<Parameter> {
    Some(Parameter {
        id: element.id("Id"),
        data_type: element.word("DataType")?,
        value: element.attr("Value").unwrap_or_default(),
        span: element.span(),
    })
}
