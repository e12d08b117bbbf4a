//! Claim types, content definitions, localisation.

use super::{filled, tables};
use crate::model::{
    ClaimType, ContentDefinition, Keyed, Localization, Restriction,
    page::{LocalizedResources, LocalizedString},
    words::MergeBehavior,
};

pub(super) fn claim_type(parent: ClaimType, child: ClaimType) -> ClaimType {
    let mut partner_names = parent.partner_names;
    for name in child.partner_names {
        partner_names.retain(|old| old.protocol != name.protocol);
        partner_names.push(name);
    }
    ClaimType {
        id: parent.id,
        display_name: child.display_name.or(parent.display_name),
        data_type: child.data_type.or(parent.data_type),
        partner_names,
        mask: child.mask.or(parent.mask),
        admin_help: child.admin_help.or(parent.admin_help),
        user_help: child.user_help.or(parent.user_help),
        input_type: child.input_type.or(parent.input_type),
        restriction: restriction(parent.restriction, child.restriction),
        input_validation: child.input_validation.or(parent.input_validation),
        predicate_validation: child.predicate_validation.or(parent.predicate_validation),
        span: child.span,
    }
}

fn restriction(parent: Option<Restriction>, child: Option<Restriction>) -> Option<Restriction> {
    match (parent, child) {
        (Some(parent), Some(child)) => Some(Restriction {
            choices: rows(parent.choices, child.choices, child.merge),
            pattern: child.pattern.or(parent.pattern),
            merge: child.merge,
            span: child.span,
        }),
        (parent, child) => child.or(parent),
    }
}

/// Lists with a merge behaviour. Without one the child's rows are added and replace those of the same key.
fn rows<T: Keyed>(parent: Vec<T>, child: Vec<T>, behavior: Option<MergeBehavior>) -> Vec<T> {
    let without = |list: Vec<T>, other: &[T]| -> Vec<T> {
        list.into_iter()
            .filter(|row| {
                !other
                    .iter()
                    .any(|known| known.key().eq_ignore_ascii_case(row.key()))
            })
            .collect()
    };
    let kept = match behavior {
        Some(MergeBehavior::ReplaceAll) => return child,
        _ => without(parent, &child),
    };
    match behavior {
        Some(MergeBehavior::Prepend) => child.into_iter().chain(kept).collect(),
        _ => kept.into_iter().chain(child).collect(),
    }
}

pub(super) fn content_definition(parent: ContentDefinition, child: ContentDefinition) -> ContentDefinition {
    ContentDefinition {
        id: parent.id,
        load_uri: child.load_uri.or(parent.load_uri),
        recovery_uri: child.recovery_uri.or(parent.recovery_uri),
        data_uri: child.data_uri.or(parent.data_uri),
        metadata: tables(parent.metadata, child.metadata, super::replace),
        localized: rows(parent.localized, child.localized, child.localized_merge),
        localized_merge: child.localized_merge,
        span: child.span,
    }
}

pub(super) fn localization(parent: Localization, child: Localization) -> Localization {
    let said = child.enabled.is_some() || !child.languages.is_empty() || !child.resources.is_empty();
    Localization {
        enabled: child.enabled.or(parent.enabled),
        default_language: child.default_language.or(parent.default_language),
        languages: rows(parent.languages, child.languages, child.merge),
        merge: child.merge,
        resources: tables(parent.resources, child.resources, resources),
        span: if said { child.span } else { parent.span },
    }
}

fn resources(parent: LocalizedResources, child: LocalizedResources) -> LocalizedResources {
    let same = |a: &LocalizedString, b: &LocalizedString| {
        let key = |row: &LocalizedString| {
            (
                row.element.to_lowercase(),
                row.id.as_deref().map(str::to_lowercase),
                row.string.to_lowercase(),
            )
        };
        key(a) == key(b)
    };
    let mut strings = parent.strings;
    strings.retain(|old| !child.strings.iter().any(|new| same(old, new)));
    strings.extend(child.strings);
    let mut collections = parent.collections;
    collections.retain(|old| {
        !child
            .collections
            .iter()
            .any(|new| new.id.eq_ignore_ascii_case(&old.id) && new.target.eq_ignore_ascii_case(&old.target))
    });
    collections.extend(child.collections);
    LocalizedResources {
        id: filled(child.id, parent.id),
        culture: child.culture.or(parent.culture),
        collections,
        strings,
        span: child.span,
    }
}

#[cfg(test)]
mod tests {
    use super::{MergeBehavior, claim_type, rows};
    use crate::model::{ClaimType, Restriction, claim::Choice};

    fn choice(value: &str, text: &str) -> Choice {
        Choice {
            value: value.to_owned(),
            text: text.to_owned(),
            ..Choice::default()
        }
    }

    fn values(behavior: Option<MergeBehavior>) -> Vec<String> {
        let parent = vec![choice("a", "old"), choice("b", "old")];
        let child = vec![choice("b", "new"), choice("c", "new")];
        rows(parent, child, behavior)
            .into_iter()
            .map(|row| format!("{}={}", row.value, row.text))
            .collect()
    }

    #[test]
    fn lists_join_as_the_merge_behaviour_says() {
        assert_eq!(values(None), ["a=old", "b=new", "c=new"]);
        assert_eq!(values(Some(MergeBehavior::Append)), ["a=old", "b=new", "c=new"]);
        assert_eq!(values(Some(MergeBehavior::Prepend)), ["b=new", "c=new", "a=old"]);
        assert_eq!(values(Some(MergeBehavior::ReplaceAll)), ["b=new", "c=new"]);
    }

    #[test]
    fn a_claim_type_keeps_what_the_child_does_not_say() {
        let parent = ClaimType {
            id: "email".to_owned(),
            display_name: Some("E-mail".to_owned()),
            restriction: Some(Restriction::default()),
            ..ClaimType::default()
        };
        let child = ClaimType {
            user_help: Some("help".to_owned()),
            ..ClaimType::default()
        };
        let merged = claim_type(parent, child);
        assert_eq!(merged.display_name.as_deref(), Some("E-mail"));
        assert_eq!(merged.user_help.as_deref(), Some("help"));
        assert!(merged.restriction.is_some());
    }
}
