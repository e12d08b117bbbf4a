//! User journeys, sub journeys, their steps and preconditions.

use super::{
    Item, Keyed, Reference, Span, Table,
    words::{PreconditionAction, PreconditionKind, SelectionDisplay, StepKind, SubJourneyKind},
};

/// `UserJourney` or `SubJourney`.
#[derive(Clone, Debug, Default)]
pub struct Journey {
    /// Identifier.
    pub id: String,
    /// Which of the two it is.
    pub kind: JourneyKind,
    /// `NonInteractive`.
    pub non_interactive: bool,
    /// `PreserveOriginalAssertion`.
    pub preserve_original_assertion: bool,
    /// `DefaultCpimIssuerTechnicalProfileReferenceId`: the issuer of steps that name none.
    pub default_issuer: Option<Reference>,
    /// `Authorization/AuthorizationTechnicalProfiles`: who may call a non-interactive journey.
    pub authorization: Vec<Reference>,
    /// Steps by ascending order.
    pub steps: Vec<Step>,
    /// `ClientDefinition`.
    pub client_definition: Option<Reference>,
    /// `CryptographicKeys`.
    pub keys: Table<Item>,
    /// Where it stands.
    pub span: Span,
}

impl Keyed for Journey {
    fn key(&self) -> &str {
        &self.id
    }
}

/// User journey, or sub journey with its way back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JourneyKind {
    /// `UserJourney`.
    #[default]
    User,
    /// `SubJourney` with its `Type`.
    Sub(SubJourneyKind),
}

/// `OrchestrationStep`.
#[derive(Clone, Debug)]
pub struct Step {
    /// `Order`, from 1.
    pub order: u32,
    /// `Type`.
    pub kind: StepKind,
    /// Conditions to skip it, checked in order.
    pub preconditions: Vec<Precondition>,
    /// Choices of a selection or combined page.
    pub selections: Vec<Selection>,
    /// Whether a page with one choice is shown.
    pub selection_display: SelectionDisplay,
    /// Exchanges of the step.
    pub exchanges: Vec<Exchange>,
    /// Sub journeys of an `InvokeSubJourney` step.
    pub candidates: Vec<Reference>,
    /// `ContentDefinitionReferenceId`.
    pub content_definition: Option<String>,
    /// `CpimIssuerTechnicalProfileReferenceId`.
    pub issuer: Option<String>,
    /// Where it stands.
    pub span: Span,
}

impl Step {
    /// The exchange called `id`.
    #[must_use]
    pub fn exchange(&self, id: &str) -> Option<&Exchange> {
        self.exchanges
            .iter()
            .find(|exchange| exchange.id.eq_ignore_ascii_case(id))
    }
}

/// `ClaimsProviderSelection`.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `TargetClaimsExchangeId`: an exchange of the next step.
    pub target: Option<String>,
    /// `ValidationClaimsExchangeId`: an exchange of the same step (local sign-in of a combined page).
    pub validation: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// `ClaimsExchange`.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// `Id`.
    pub id: String,
    /// `TechnicalProfileReferenceId`.
    pub profile: String,
    /// Where it stands.
    pub span: Span,
}

/// `Precondition`.
#[derive(Clone, Debug)]
pub struct Precondition {
    /// `Type`.
    pub kind: PreconditionKind,
    /// `ExecuteActionsIf`.
    pub execute_if: bool,
    /// First `Value`: the claim.
    pub claim: String,
    /// Second `Value`: what `ClaimEquals` compares with, case-sensitively.
    pub value: Option<String>,
    /// What happens when it is satisfied.
    pub action: PreconditionAction,
    /// Where it stands.
    pub span: Span,
}

impl Precondition {
    /// Whether the action is to be performed, given the text of the claim if it has a value.
    ///
    /// An absent claim makes `ClaimEquals` do nothing at all, whichever way `ExecuteActionsIf` is written.
    #[must_use]
    pub fn satisfied(&self, claim: Option<&str>) -> bool {
        match (self.kind, claim) {
            (PreconditionKind::ClaimsExist, found) => found.is_some() == self.execute_if,
            (PreconditionKind::ClaimEquals, None) => false,
            (PreconditionKind::ClaimEquals, Some(found)) => {
                (Some(found) == self.value.as_deref()) == self.execute_if
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Precondition, PreconditionAction, PreconditionKind, Span};

    fn equals(execute_if: bool) -> Precondition {
        Precondition {
            kind: PreconditionKind::ClaimEquals,
            execute_if,
            claim: "verified".to_owned(),
            value: Some("True".to_owned()),
            action: PreconditionAction::SkipThisOrchestrationStep,
            span: Span::default(),
        }
    }

    #[test]
    fn claim_equals_on_an_absent_claim_is_ignored_either_way() {
        assert!(!equals(true).satisfied(None));
        assert!(!equals(false).satisfied(None));
    }

    #[test]
    fn claim_equals_compares_case_sensitively() {
        assert!(equals(true).satisfied(Some("True")));
        assert!(!equals(true).satisfied(Some("true")));
        assert!(equals(false).satisfied(Some("true")));
    }

    #[test]
    fn claims_exist_works_both_ways() {
        let mut exist = equals(true);
        exist.kind = PreconditionKind::ClaimsExist;
        assert!(exist.satisfied(Some("x")) && !exist.satisfied(None));
        exist.execute_if = false;
        assert!(!exist.satisfied(Some("x")) && exist.satisfied(None));
    }
}
