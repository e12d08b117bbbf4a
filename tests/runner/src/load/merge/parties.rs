//! Journeys and the relying party.

use super::{profiles::profile, replace, tables};
use crate::model::{
    Journey, RelyingParty, Step, Table,
    relying_party::{Behaviors, Endpoint},
};

/// Steps merge by their order; others are added.
pub(super) fn journey(parent: Journey, child: Journey) -> Journey {
    let mut steps = parent.steps;
    for new in child.steps {
        match steps.iter_mut().find(|old| old.order == new.order) {
            Some(old) => *old = step(old.clone(), new),
            None => steps.push(new),
        }
    }
    steps.sort_by_key(|step| step.order);
    Journey {
        id: parent.id,
        kind: child.kind,
        non_interactive: child.non_interactive || parent.non_interactive,
        preserve_original_assertion: child.preserve_original_assertion || parent.preserve_original_assertion,
        default_issuer: child.default_issuer.or(parent.default_issuer),
        authorization: if child.authorization.is_empty() {
            parent.authorization
        } else {
            child.authorization
        },
        steps,
        client_definition: child.client_definition.or(parent.client_definition),
        keys: tables(parent.keys, child.keys, replace),
        span: child.span,
    }
}

/// A step of the same type adds to the parent's: exchanges override by identifier, everything else is appended. The
/// service does the same: it counts the exchanges of both when it complains of too many, and a child cannot take an
/// exchange away. A step of another type takes the parent's place.
fn step(parent: Step, child: Step) -> Step {
    if parent.kind != child.kind {
        return child;
    }
    let mut exchanges = parent.exchanges;
    for exchange in child.exchanges {
        match exchanges
            .iter_mut()
            .find(|old| old.id.eq_ignore_ascii_case(&exchange.id))
        {
            Some(old) => *old = exchange,
            None => exchanges.push(exchange),
        }
    }
    Step {
        preconditions: appended(parent.preconditions, child.preconditions, |a, b| {
            (a.kind, a.execute_if, &a.claim, &a.value) == (b.kind, b.execute_if, &b.claim, &b.value)
        }),
        selections: appended(parent.selections, child.selections, |a, b| {
            (&a.target, &a.validation) == (&b.target, &b.validation)
        }),
        exchanges,
        candidates: appended(parent.candidates, child.candidates, |a, b| {
            a.id.eq_ignore_ascii_case(&b.id)
        }),
        content_definition: child.content_definition.or(parent.content_definition),
        issuer: child.issuer.or(parent.issuer),
        ..child
    }
}

/// The parent's rows, then those of the child that are new.
fn appended<T>(mut parent: Vec<T>, child: Vec<T>, same: fn(&T, &T) -> bool) -> Vec<T> {
    for row in child {
        if !parent.iter().any(|old| same(old, &row)) {
            parent.push(row);
        }
    }
    parent
}

/// The leaf's relying party; the parent's fields only fill gaps.
pub(super) fn relying_party(
    parent: Option<RelyingParty>,
    child: Option<RelyingParty>,
) -> Option<RelyingParty> {
    let (Some(parent), Some(child)) = (parent.as_ref(), child.as_ref()) else {
        return child.or(parent);
    };
    let (parent, child) = (parent.clone(), child.clone());
    let endpoints: Table<Endpoint> = parent.endpoints.into_iter().chain(child.endpoints).collect();
    Some(RelyingParty {
        journey: child.journey.or(parent.journey),
        endpoints: endpoints.into_iter().collect(),
        behaviors: behaviors(parent.behaviors, child.behaviors),
        profile: match (parent.profile, child.profile) {
            (Some(parent), Some(child)) => Some(profile(parent, child)),
            (parent, child) => child.or(parent),
        },
        span: child.span,
    })
}

fn behaviors(parent: Behaviors, child: Behaviors) -> Behaviors {
    Behaviors {
        single_sign_on: child.single_sign_on.or(parent.single_sign_on),
        session_expiry: child.session_expiry.or(parent.session_expiry),
        session_expiry_s: child.session_expiry_s.or(parent.session_expiry_s),
        insights: child.insights.or(parent.insights),
        parameters: if child.parameters.is_empty() {
            parent.parameters
        } else {
            child.parameters
        },
        framing: child.framing.or(parent.framing),
        script: child.script.or(parent.script),
        on_error: child.on_error.or(parent.on_error),
        span: child.span,
    }
}

#[cfg(test)]
mod tests {
    use super::{Journey, RelyingParty, journey, relying_party};
    use crate::model::{
        Precondition, Reference, Span, Step,
        journey::Exchange,
        relying_party::Endpoint,
        words::{PreconditionAction, PreconditionKind, SelectionDisplay, StepKind},
    };

    fn step(order: u32, kind: StepKind) -> Step {
        Step {
            order,
            kind,
            preconditions: vec![],
            selections: vec![],
            selection_display: SelectionDisplay::DoNotShowSingleProvider,
            exchanges: vec![],
            candidates: vec![],
            content_definition: None,
            issuer: None,
            span: Span::default(),
        }
    }

    #[test]
    fn a_child_replaces_and_appends_steps_by_order() {
        let parent = Journey {
            steps: vec![step(1, StepKind::ClaimsExchange), step(2, StepKind::SendClaims)],
            ..Journey::default()
        };
        let child = Journey {
            steps: vec![step(3, StepKind::SendClaims), step(2, StepKind::Noop)],
            ..Journey::default()
        };
        let kinds: Vec<_> = journey(parent, child)
            .steps
            .iter()
            .map(|step| step.kind)
            .collect();
        assert_eq!(
            kinds,
            [StepKind::ClaimsExchange, StepKind::Noop, StepKind::SendClaims]
        );
    }

    #[test]
    fn a_child_overrides_one_exchange_and_adds_a_precondition() {
        let exchange = |id: &str, profile: &str| Exchange {
            id: id.to_owned(),
            profile: profile.to_owned(),
            ..Exchange::default()
        };
        let exist = |claim: &str| Precondition {
            kind: PreconditionKind::ClaimsExist,
            execute_if: true,
            claim: claim.to_owned(),
            value: None,
            action: PreconditionAction::SkipThisOrchestrationStep,
            span: Span::default(),
        };
        let mut old = step(1, StepKind::ClaimsExchange);
        old.exchanges = vec![exchange("a", "old"), exchange("b", "old")];
        old.preconditions = vec![exist("x")];
        let mut new = step(1, StepKind::ClaimsExchange);
        new.exchanges = vec![exchange("A", "new")];
        new.preconditions = vec![exist("x"), exist("y")];
        let of = |step: Step| Journey {
            steps: vec![step],
            ..Journey::default()
        };
        let merged = journey(of(old), of(new));
        let profiles: Vec<_> = merged.steps[0]
            .exchanges
            .iter()
            .map(|one| one.profile.as_str())
            .collect();
        let claims: Vec<_> = merged.steps[0]
            .preconditions
            .iter()
            .map(|one| one.claim.as_str())
            .collect();
        assert_eq!((profiles, claims), (vec!["new", "old"], vec!["x", "y"]));
    }

    #[test]
    fn the_parents_relying_party_only_fills_gaps() {
        let to = |id: &str| {
            Some(Reference {
                id: id.to_owned(),
                ..Reference::default()
            })
        };
        let endpoint = Endpoint {
            id: "Token".to_owned(),
            journey: "Refresh".to_owned(),
            ..Endpoint::default()
        };
        let parent = RelyingParty {
            journey: to("a"),
            endpoints: vec![endpoint],
            ..RelyingParty::default()
        };
        let child = RelyingParty {
            journey: to("b"),
            ..RelyingParty::default()
        };
        let merged = relying_party(Some(parent), Some(child)).unwrap();
        assert_eq!(merged.journey.as_ref().unwrap().id, "b");
        assert_eq!(merged.endpoint("token").unwrap().journey, "Refresh");
    }
}
