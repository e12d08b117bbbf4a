//! Looking texts up: in parameters, localised texts, restrictions and predicates.

use super::super::{
    Failure,
    call::{Call, Made, Outcome, one},
};
use crate::{claims::Value, model::claim::Choice, restrictions};

/// The parameter named by the claim.
pub(in super::super) fn lookup(call: &Call<'_>) -> Outcome {
    let wanted = call.text("inputParameterId").unwrap_or_default();
    let mut parameters = call.transformation.parameters.iter();
    let found = parameters.find(|parameter| parameter.id == wanted && parameter.id != "errorOnFailedLookup");
    match found {
        Some(found) => Ok(one("outputClaim", Value::string(&found.value))),
        None if call.switch("errorOnFailedLookup", false) => Err(Failure::Refused {
            message: "LookupNotFound",
            default: "There is no entry for this value.",
        }),
        None => Ok(Made::new()),
    }
}

/// Localised texts by the part of each output claim.
pub(in super::super) fn localized(call: &Call<'_>) -> Outcome {
    let outputs = call.transformation.outputs.iter();
    let text = |role: &String| {
        let text = call.localized("GetLocalizedStringsTransformationClaimType", role)?;
        Some((role.clone(), Some(Value::String(text))))
    };
    Ok(outputs.filter_map(|output| text(&output.role)).collect())
}

/// The value of the choice whose text is the claim's, in the language of the page.
pub(in super::super) fn mapped_value(call: &Call<'_>) -> Outcome {
    let Some(text) = call.text("mapFromClaim") else {
        return Ok(Made::new());
    };
    let choices = choices(call, "restrictionValueClaim");
    let found = choices.into_iter().find(|choice| choice.text == text);
    Ok(found.map_or_else(Made::new, |choice| {
        one("restrictionValueClaim", Value::String(choice.value))
    }))
}

/// Copies the claim if it fits the predicates of the claim it is copied to.
pub(in super::super) fn copy_if_predicate(call: &Call<'_>) -> Outcome {
    let Some(text) = call.text("inputClaim") else {
        return Ok(Made::new());
    };
    let policy = call.context.policy;
    let target = call
        .transformation
        .outputs
        .iter()
        .find(|output| output.role.eq_ignore_ascii_case("outputClaim"));
    let fits = target
        .and_then(|target| policy.claim_types.get(&target.claim))
        .is_some_and(|claim| restrictions::predicates(policy, claim, &text, call.context.now.date()).is_ok());
    Ok(if fits {
        one("outputClaim", Value::String(text))
    } else {
        Made::new()
    })
}

/// The choices of the output claim that plays `role`, localised if the page localises them.
fn choices(call: &Call<'_>, role: &str) -> Vec<Choice> {
    let outputs = &call.transformation.outputs;
    let Some(output) = outputs
        .iter()
        .find(|output| output.role.eq_ignore_ascii_case(role))
    else {
        return Vec::new();
    };
    let collections = call
        .context
        .texts
        .map(|texts| texts.collections.as_slice())
        .unwrap_or_default();
    let localized = collections
        .iter()
        .find(|list| list.id.eq_ignore_ascii_case(&output.claim));
    let own = || {
        call.context
            .policy
            .claim_types
            .get(&output.claim)?
            .restriction
            .as_ref()
    };
    match localized {
        Some(localized) => localized.items.clone(),
        None => own()
            .map(|restriction| restriction.choices.clone())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::bench::{Bench, Refusal};
    use super::Choice;
    use crate::model::{
        Item, Predicate, PredicateValidation, Reference, Restriction,
        claim::{PredicateGroup, PredicateList},
        page::{LocalizedCollection, LocalizedResources, LocalizedString},
    };

    fn looked_up(domain: &str, errors: &str) -> Bench {
        Bench::new("LookupValue")
            .input("d", "inputParameterId", domain)
            .parameter("contoso.com", "13c15f79")
            .parameter("test.com", "c7026f88")
            .parameter("errorOnFailedLookup", errors)
            .output("out", "outputClaim")
    }

    #[test]
    fn a_parameter_is_looked_up() {
        assert_eq!(looked_up("test.com", "false").out().as_deref(), Some("c7026f88"));
        assert_eq!(looked_up("live.com", "false").out(), None);
        assert_eq!(looked_up("live.com", "true").refused(), Refusal("LookupNotFound"));
        assert_eq!(looked_up("errorOnFailedLookup", "false").out(), None);
    }

    #[test]
    fn localised_texts_become_claims() {
        let text = |string: &str, text: &str| LocalizedString {
            element: "GetLocalizedStringsTransformationClaimType".to_owned(),
            string: string.to_owned(),
            text: text.to_owned(),
            ..LocalizedString::default()
        };
        let strings = vec![
            text("email_subject", "Contoso account"),
            text("email_code", "Your code is"),
        ];
        let texts = LocalizedResources {
            strings,
            ..LocalizedResources::default()
        };
        let bench = Bench::new("GetLocalizedStringsTransformation").texts(texts);
        let bench = bench
            .output("subject", "email_subject")
            .output("codeIntro", "email_code")
            .output("x", "other");
        let bag = bench.run().unwrap();
        assert_eq!(bag.text("subject").as_deref(), Some("Contoso account"));
        assert_eq!(bag.text("codeIntro").as_deref(), Some("Your code is"));
        assert!(!bag.contains("x"));
    }

    fn choice(text: &str, value: &str) -> Choice {
        Choice {
            text: text.to_owned(),
            value: value.to_owned(),
            ..Choice::default()
        }
    }

    fn mapped() -> Bench {
        let bench =
            Bench::new("GetMappedValueFromLocalizedCollection").input("c", "mapFromClaim", "B2C_V1_90001");
        bench.output("out", "restrictionValueClaim").policy(|policy| {
            let choices = vec![
                choice("B2C_V1_90001", "You are a minor"),
                choice("B2C_V1_90002", "x"),
            ];
            let restriction = Restriction {
                choices,
                ..Restriction::default()
            };
            policy.claim_types.get_mut("out").unwrap().restriction = Some(restriction);
        })
    }

    #[test]
    fn the_value_of_a_choice_is_found_by_its_text() {
        assert_eq!(mapped().out().as_deref(), Some("You are a minor"));
    }

    #[test]
    fn a_localised_choice_goes_first() {
        let collection = LocalizedCollection {
            id: "OUT".to_owned(),
            items: vec![choice("B2C_V1_90001", "Du bist zu jung")],
            ..LocalizedCollection::default()
        };
        let texts = LocalizedResources {
            collections: vec![collection],
            ..LocalizedResources::default()
        };
        assert_eq!(mapped().texts(texts).out().as_deref(), Some("Du bist zu jung"));
    }

    fn copied(value: &str) -> Option<String> {
        let name = |id: &str| Reference {
            id: id.to_owned(),
            ..Reference::default()
        };
        let bench = Bench::new("CopyClaimIfPredicateMatch").input("s", "inputClaim", value);
        let bench = bench.output("out", "outputClaim").policy(|policy| {
            let regex = Item {
                key: "RegularExpression".to_owned(),
                value: r"^\+[0-9]{7,15}$".to_owned(),
                ..Item::default()
            };
            policy.predicates.put(Predicate {
                id: "phone".to_owned(),
                method: "MatchesRegex".to_owned(),
                parameters: [regex].into_iter().collect(),
                ..Predicate::default()
            });
            let list = PredicateList {
                predicates: vec![name("phone")],
                ..PredicateList::default()
            };
            let group = PredicateGroup {
                lists: vec![list],
                ..PredicateGroup::default()
            };
            policy.predicate_validations.put(PredicateValidation {
                id: "phones".to_owned(),
                groups: vec![group],
                ..PredicateValidation::default()
            });
            policy.claim_types.get_mut("out").unwrap().predicate_validation = Some(name("phones"));
        });
        bench.out()
    }

    #[test]
    fn a_claim_is_copied_if_it_fits_the_predicate() {
        assert_eq!(copied("+11234567890").as_deref(), Some("+11234567890"));
        assert_eq!(copied("bob@contoso.com"), None);
    }
}
