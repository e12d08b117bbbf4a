//! Parent and child policy into one: same kind and same identifier overrides, anything new is added.
//!
//! Single values are replaced by the child's if it says any; lists merge by the key of their rows, parent's rows first.

mod blocks;
mod parties;
mod profiles;

use crate::model::{Keyed, Policy, Table};

pub(super) use profiles::profile;

/// `child` over `parent`.
pub(super) fn policies(parent: Policy, child: Policy) -> Policy {
    Policy {
        tenant: filled(child.tenant, parent.tenant),
        tenant_object_id: child.tenant_object_id.or(parent.tenant_object_id),
        deployment_mode: child.deployment_mode,
        recorder_endpoint: child.recorder_endpoint,
        claim_types: tables(parent.claim_types, child.claim_types, blocks::claim_type),
        predicates: tables(parent.predicates, child.predicates, replace),
        input_validations: tables(parent.input_validations, child.input_validations, replace),
        predicate_validations: tables(parent.predicate_validations, child.predicate_validations, replace),
        transformations: tables(parent.transformations, child.transformations, replace),
        client_definitions: tables(parent.client_definitions, child.client_definitions, replace),
        content_definitions: tables(
            parent.content_definitions,
            child.content_definitions,
            blocks::content_definition,
        ),
        localization: blocks::localization(parent.localization, child.localization),
        display_controls: tables(parent.display_controls, child.display_controls, replace),
        profiles: tables(parent.profiles, child.profiles, profile),
        journeys: tables(parent.journeys, child.journeys, parties::journey),
        sub_journeys: tables(parent.sub_journeys, child.sub_journeys, parties::journey),
        relying_party: parties::relying_party(parent.relying_party, child.relying_party),
        id: child.id,
        base: child.base,
        span: child.span,
    }
}

/// Rows of the child over rows of the parent, `join`ing those of the same identifier.
fn tables<T: Keyed + Clone>(mut parent: Table<T>, child: Table<T>, join: fn(T, T) -> T) -> Table<T> {
    for row in child {
        let row = match parent.get(row.key()) {
            Some(old) => join(old.clone(), row),
            None => row,
        };
        parent.put(row);
    }
    parent
}

/// The child takes the parent's place.
fn replace<T>(_: T, child: T) -> T {
    child
}

/// The child's text, unless it is empty.
fn filled(child: String, parent: String) -> String {
    if child.is_empty() { parent } else { child }
}
