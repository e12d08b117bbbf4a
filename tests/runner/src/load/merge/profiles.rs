//! Technical profiles: of parent and child policy, and of a profile and the one it includes.

use super::{replace, tables};
use crate::model::{
    ClaimUse, Keyed, Reference, TechnicalProfile,
    profile::{DisplayClaim, ValidationProfile},
};

/// `child` over `parent`, of the same identifier in two policies, whatever claims provider encloses them.
pub(in crate::load) fn profile(parent: TechnicalProfile, child: TechnicalProfile) -> TechnicalProfile {
    TechnicalProfile {
        id: parent.id,
        provider: child.provider.or(parent.provider),
        domains: if child.domains.is_empty() {
            parent.domains
        } else {
            child.domains
        },
        display_name: child.display_name.or(parent.display_name),
        description: child.description.or(parent.description),
        protocol: child.protocol.or(parent.protocol),
        input_token_format: child.input_token_format.or(parent.input_token_format),
        output_token_format: child.output_token_format.or(parent.output_token_format),
        metadata: tables(parent.metadata, child.metadata, replace),
        keys: tables(parent.keys, child.keys, replace),
        include_in_sso: child.include_in_sso.or(parent.include_in_sso),
        preferred_binding: child.preferred_binding.or(parent.preferred_binding),
        input_token_sources: missing_references(parent.input_token_sources, child.input_token_sources),
        input_transformations: missing_references(parent.input_transformations, child.input_transformations),
        input_claims: claim_uses(parent.input_claims, child.input_claims),
        display_claims: display_claims(parent.display_claims, child.display_claims),
        persisted_claims: claim_uses(parent.persisted_claims, child.persisted_claims),
        output_claims: claim_uses(parent.output_claims, child.output_claims),
        output_transformations: missing_references(
            parent.output_transformations,
            child.output_transformations,
        ),
        validations: validations(parent.validations, child.validations),
        subject: child.subject.or(parent.subject),
        include: child.include.or(parent.include),
        include_claims_from: child.include_claims_from.or(parent.include_claims_from),
        session: child.session.or(parent.session),
        error_handlers: if child.error_handlers.is_empty() {
            parent.error_handlers
        } else {
            child.error_handlers
        },
        enabled_for: child.enabled_for.or(parent.enabled_for),
        span: child.span,
    }
}

/// Claims merge by claim; a claim that occurs several times on either side merges by claim and partner name.
fn claim_uses(parent: Vec<ClaimUse>, child: Vec<ClaimUse>) -> Vec<ClaimUse> {
    let mut merged = parent;
    for claim in child {
        let same = |old: &&mut ClaimUse| old.claim.eq_ignore_ascii_case(&claim.claim);
        let several = merged.iter_mut().filter(same).count() > 1;
        let place = merged
            .iter_mut()
            .filter(same)
            .find(|old| !several || old.partner == claim.partner);
        match place {
            Some(old) => *old = claim,
            None => merged.push(claim),
        }
    }
    merged
}

/// References of the parent, then those of the child that are new.
fn missing_references(parent: Vec<Reference>, child: Vec<Reference>) -> Vec<Reference> {
    let mut merged = parent;
    for reference in child {
        if !merged
            .iter()
            .any(|old| old.key().eq_ignore_ascii_case(reference.key()))
        {
            merged.push(reference);
        }
    }
    merged
}

fn display_claims(parent: Vec<DisplayClaim>, child: Vec<DisplayClaim>) -> Vec<DisplayClaim> {
    let mut merged = parent;
    for claim in child {
        match merged.iter_mut().find(|old| old.target == claim.target) {
            Some(old) => *old = claim,
            None => merged.push(claim),
        }
    }
    merged
}

fn validations(parent: Vec<ValidationProfile>, child: Vec<ValidationProfile>) -> Vec<ValidationProfile> {
    let mut merged = parent;
    for validation in child {
        match merged
            .iter_mut()
            .find(|old| old.profile.eq_ignore_ascii_case(&validation.profile))
        {
            Some(old) => *old = validation,
            None => merged.push(validation),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::{ClaimUse, Reference, TechnicalProfile, claim_uses, missing_references, profile};
    use crate::model::Item;

    fn claim(id: &str, partner: Option<&str>, default: &str) -> ClaimUse {
        ClaimUse {
            claim: id.to_owned(),
            partner: partner.map(str::to_owned),
            default: Some(default.to_owned()),
            ..ClaimUse::default()
        }
    }

    fn text(claims: &[ClaimUse]) -> Vec<String> {
        claims
            .iter()
            .map(|c| {
                format!(
                    "{}/{}={}",
                    c.claim,
                    c.partner_name(),
                    c.default.as_deref().unwrap()
                )
            })
            .collect()
    }

    #[test]
    fn a_claim_overrides_its_namesake_and_new_ones_are_added() {
        let merged = claim_uses(
            vec![claim("a", None, "1"), claim("b", None, "1")],
            vec![claim("A", Some("x"), "2"), claim("c", None, "2")],
        );
        assert_eq!(text(&merged), ["A/x=2", "b/b=1", "c/c=2"]);
    }

    #[test]
    fn a_claim_used_twice_merges_by_partner_name() {
        let merged = claim_uses(
            vec![claim("a", Some("x"), "1"), claim("a", Some("y"), "1")],
            vec![claim("a", Some("y"), "2"), claim("a", Some("z"), "2")],
        );
        assert_eq!(text(&merged), ["a/x=1", "a/y=2", "a/z=2"]);
    }

    #[test]
    fn transformations_are_added_once() {
        let list = |ids: [&str; 2]| {
            ids.map(|id| Reference {
                id: id.to_owned(),
                ..Reference::default()
            })
            .to_vec()
        };
        let merged = missing_references(list(["a", "b"]), list(["B", "c"]));
        assert_eq!(
            merged.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(),
            ["a", "b", "c"]
        );
    }

    #[test]
    fn metadata_merges_by_key() {
        let item = |key: &str, value: &str| Item {
            key: key.to_owned(),
            value: value.to_owned(),
            ..Item::default()
        };
        let of = |items: Vec<Item>| TechnicalProfile {
            metadata: items.into_iter().collect(),
            ..TechnicalProfile::default()
        };
        let merged = profile(
            of(vec![item("Operation", "Read"), item("x", "1")]),
            of(vec![item("operation", "Write")]),
        );
        assert_eq!(
            (merged.meta("Operation"), merged.meta("x")),
            (Some("Write"), Some("1"))
        );
    }
}
