//! Steps and exchanges nobody reaches.

use super::reach::{Claims, Reach, certain_before, ends};
use crate::{
    finding::Finding,
    model::{
        Journey, Policy, Step,
        words::{PreconditionKind, StepKind},
    },
};

/// Metadata of a sign-in page that leads to an exchange of the next step.
const LINKS: [&str; 2] = ["SignUpTarget", "setting.forgotPasswordLinkOverride"];

pub(super) fn check(policy: &Policy, reach: &Reach<'_>, found: &mut Vec<Finding>) {
    for journey in &reach.journeys {
        let certain = certain_before(policy, journey);
        for (step, before) in journey.steps.iter().zip(&certain) {
            skipped(step, before, found);
        }
        let mut steps = journey.steps.iter();
        if let Some(end) = steps.by_ref().find(|step| ends(policy, step)) {
            found.extend(steps.next().map(|next| after_the_end(next, end)));
        }
        exchanges(policy, journey, found);
    }
}

/// Steps whose preconditions always hold.
fn skipped(step: &Step, certain: &Claims, found: &mut Vec<Finding>) {
    let exist = |execute_if: bool| {
        let kind = |one: &&crate::model::Precondition| one.kind == PreconditionKind::ClaimsExist;
        step.preconditions
            .iter()
            .filter(kind)
            .filter(move |one| one.execute_if == execute_if)
    };
    let why = if let Some(sure) = exist(true).find(|one| certain.contains(&one.claim.to_lowercase())) {
        format!("\"{}\" always has a value here", sure.claim)
    } else if let Some(both) =
        exist(true).find(|a| exist(false).any(|b| a.claim.eq_ignore_ascii_case(&b.claim)))
    {
        format!("it is skipped whether \"{}\" has a value or not", both.claim)
    } else {
        return;
    };
    found.push(
        Finding::warning(
            "unreachable-step",
            &step.span,
            format!("step {} is always skipped: {why}", step.order),
        )
        .why("what the step is there for never happens")
        .instead("a precondition that can go either way, or no step"),
    );
}

fn after_the_end(next: &Step, end: &Step) -> Finding {
    let message = format!(
        "step {} is never reached: step {} always ends the journey",
        next.order, end.order
    );
    Finding::warning("unreachable-step", &next.span, message)
        .why("what the step is there for never happens")
        .instead("a precondition on the step that ends the journey, or no step after it")
}

/// Several exchanges in one step need a choice in the step before.
fn exchanges(policy: &Policy, journey: &Journey, found: &mut Vec<Finding>) {
    let mut before: Option<&Step> = None;
    for step in &journey.steps {
        if step.kind == StepKind::ClaimsExchange && step.exchanges.len() > 1 {
            match before.filter(|before| !before.selections.is_empty()) {
                Some(before) => unchosen(policy, step, before, found),
                None => found.push(no_choice(step)),
            }
        }
        before = Some(step);
    }
}

fn unchosen(policy: &Policy, step: &Step, before: &Step, found: &mut Vec<Finding>) {
    let choices = choices(policy, before);
    let chosen = |id: &str| choices.iter().any(|choice| choice.eq_ignore_ascii_case(id));
    for exchange in step.exchanges.iter().filter(|exchange| !chosen(&exchange.id)) {
        let message = format!(
            "nothing in the step before chooses the exchange \"{}\"",
            exchange.id
        );
        found.push(
            Finding::warning("unreachable-exchange", &exchange.span, message)
                .why("of several exchanges only the chosen one is executed")
                .instead(format!(
                    "<ClaimsProviderSelection TargetClaimsExchangeId=\"{}\" />",
                    exchange.id
                )),
        );
    }
}

fn no_choice(step: &Step) -> Finding {
    let message = format!(
        "step {} has {} exchanges and no choice before it",
        step.order,
        step.exchanges.len()
    );
    Finding::error("exchange-without-choice", &step.span, message)
        .why("Azure AD B2C refuses it: a step with several exchanges must be preceded by a claims provider selection")
        .instead("one exchange per step; a step of the same order in a base policy adds its exchanges to this one's")
}

/// Exchanges a page leads to: its selections, and the links of its sign-in form.
fn choices<'a>(policy: &'a Policy, step: &'a Step) -> Vec<&'a str> {
    let selections = step
        .selections
        .iter()
        .filter_map(|selection| selection.target.as_deref());
    let profiles = step
        .exchanges
        .iter()
        .filter_map(|exchange| policy.profiles.get(&exchange.profile));
    selections
        .chain(profiles.flat_map(|profile| LINKS.iter().filter_map(|link| profile.meta(link))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    fn exist(claim: &str, execute_if: bool) -> String {
        format!(
            "<Precondition Type=\"ClaimsExist\" ExecuteActionsIf=\"{execute_if}\"><Value>{claim}</Value>\
             <Action>SkipThisOrchestrationStep</Action></Precondition>"
        )
    }

    fn page() -> Sample {
        let output =
            "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"email\" DefaultValue=\"x\" /></OutputClaims>";
        Sample::new().profile("Page", "SelfAssertedAttributeProvider", "", output)
    }

    #[test]
    fn a_step_whose_condition_always_holds_is_a_warning() {
        let skip = format!("<Preconditions>{}</Preconditions>", exist("email", true));
        assert_eq!(
            rules(&page().step("Page", "").step("Page", &skip), "unreachable-step").len(),
            1
        );
        assert!(
            rules(
                &page().step("Page", &skip).step("Page", &skip),
                "unreachable-step"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_step_skipped_either_way_is_a_warning() {
        let both = format!(
            "<Preconditions>{}{}</Preconditions>",
            exist("email", true),
            exist("email", false)
        );
        assert_eq!(rules(&page().step("Page", &both), "unreachable-step").len(), 1);
    }

    #[test]
    fn an_exchange_nobody_chooses_is_a_warning() {
        let two = "<ClaimsExchanges><ClaimsExchange Id=\"one\" TechnicalProfileReferenceId=\"Page\" />\
                   <ClaimsExchange Id=\"two\" TechnicalProfileReferenceId=\"Page\" /></ClaimsExchanges>";
        let choose = "<ClaimsProviderSelections><ClaimsProviderSelection TargetClaimsExchangeId=\"one\" /></ClaimsProviderSelections>";
        let sample = page()
            .raw_step("ClaimsProviderSelection", choose)
            .raw_step("ClaimsExchange", two);
        assert_eq!(rules(&sample, "unreachable-exchange").len(), 1);
    }

    #[test]
    fn several_exchanges_without_a_choice_are_an_error() {
        let two = "<ClaimsExchanges><ClaimsExchange Id=\"one\" TechnicalProfileReferenceId=\"Page\" />\
                   <ClaimsExchange Id=\"two\" TechnicalProfileReferenceId=\"Page\" /></ClaimsExchanges>";
        let sample = page().step("Page", "").raw_step("ClaimsExchange", two);
        assert_eq!(rules(&sample, "exchange-without-choice").len(), 1);
    }
}
