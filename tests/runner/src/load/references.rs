//! Every name must lead somewhere: claims, profiles, transformations, journeys, pages, controls, predicates.

mod journeys;
mod profiles;

use crate::{
    finding::Finding,
    model::{Keyed, Policy, Span, Table},
};

/// Reports every name in a merged policy that leads nowhere.
pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    let mut names = Names { policy, findings };
    names.claim_types();
    names.pages();
    names.transformations();
    for profile in &policy.profiles {
        profiles::check(&mut names, profile);
    }
    for control in &policy.display_controls {
        profiles::check_control(&mut names, control);
    }
    for journey in policy.journeys.iter().chain(&policy.sub_journeys) {
        journeys::check(&mut names, journey);
    }
    if let Some(party) = &policy.relying_party {
        journeys::check_relying_party(&mut names, party);
    }
}

/// Looks names up and reports those that lead nowhere.
struct Names<'a, 'f> {
    policy: &'a Policy,
    findings: &'f mut Vec<Finding>,
}

impl Names<'_, '_> {
    fn claim(&mut self, id: &str, at: &Span) {
        self.look(&self.policy.claim_types, "claim type", id, at);
    }

    fn profile(&mut self, id: &str, at: &Span) {
        self.look(&self.policy.profiles, "technical profile", id, at);
    }

    fn transformation(&mut self, id: &str, at: &Span) {
        self.look(&self.policy.transformations, "claims transformation", id, at);
    }

    fn content_definition(&mut self, id: &str, at: &Span) {
        self.look(&self.policy.content_definitions, "content definition", id, at);
    }

    fn look<T: Keyed>(&mut self, table: &Table<T>, kind: &str, id: &str, at: &Span) {
        if !table.contains(id) {
            let nearest = nearest(table.iter().map(Keyed::key), id);
            self.findings.push(dangling(kind, id, at, nearest));
        }
    }

    fn claim_types(&mut self) {
        let policy = self.policy;
        for claim in &policy.claim_types {
            if let Some(reference) = &claim.input_validation {
                self.look(
                    &policy.input_validations,
                    "input validation",
                    &reference.id,
                    &reference.span,
                );
            }
            if let Some(reference) = &claim.predicate_validation {
                self.look(
                    &policy.predicate_validations,
                    "predicate validation",
                    &reference.id,
                    &reference.span,
                );
            }
        }
        let groups = policy
            .predicate_validations
            .iter()
            .flat_map(|validation| &validation.groups);
        let lists = groups.flat_map(|group| &group.lists);
        let older = policy
            .input_validations
            .iter()
            .flat_map(|validation| &validation.lists);
        for predicate in lists.chain(older).flat_map(|list| &list.predicates) {
            self.look(&policy.predicates, "predicate", &predicate.id, &predicate.span);
        }
    }

    fn pages(&mut self) {
        let policy = self.policy;
        for localized in policy.content_definitions.iter().flat_map(|page| &page.localized) {
            let resources = &policy.localization.resources;
            self.look(
                resources,
                "localized resources",
                &localized.resources,
                &localized.span,
            );
        }
    }

    fn transformations(&mut self) {
        let policy = self.policy;
        for claim in policy
            .transformations
            .iter()
            .flat_map(|one| one.inputs.iter().chain(&one.outputs))
        {
            self.claim(&claim.claim, &claim.span);
        }
    }
}

fn dangling(kind: &str, id: &str, at: &Span, nearest: Option<&str>) -> Finding {
    let instead = match nearest {
        Some(nearest) => format!("\"{nearest}\", if that is what was meant, or define \"{id}\""),
        None => format!("the name of a {kind} of this policy or its base policies, or define \"{id}\""),
    };
    Finding::error("dangling-reference", at, format!("there is no {kind} \"{id}\""))
        .why("Azure AD B2C refuses to upload a policy with a name that leads nowhere")
        .instead(instead)
}

/// The known name that differs by at most a third of its letters, if any.
fn nearest<'a>(known: impl Iterator<Item = &'a str>, id: &str) -> Option<&'a str> {
    let id = id.to_lowercase();
    known
        .map(|name| (distance(&name.to_lowercase(), &id), name))
        .filter(|(distance, name)| *distance * 3 <= name.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Levenshtein distance in bytes; identifiers are short and mostly ASCII.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let here = (*cell + 1).min(left + 1).min(diagonal + usize::from(x != y));
            diagonal = std::mem::replace(cell, here);
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_changed_letters() {
        assert_eq!(distance("objectId", "objectId"), 0);
        assert_eq!(distance("objectId", "objectid2"), 2);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_misspelt_name_is_guessed_and_a_foreign_one_is_not() {
        let known = ["objectId", "email"];
        assert_eq!(nearest(known.into_iter(), "objctId"), Some("objectId"));
        assert_eq!(nearest(known.into_iter(), "passportNumber"), None);
    }
}
