//! `IncludeTechnicalProfile`: the content of the included profile, own values winning.

use super::merge::profile;
use crate::{
    finding::Finding,
    model::{Policy, TechnicalProfile},
};

/// How many includes may follow each other. The service names no limit; real policies need two or three.
const DEPTH: usize = 16;

/// Resolves the includes of every technical profile of a merged policy, the relying party's too.
pub(super) fn resolve(policy: &mut Policy, findings: &mut Vec<Finding>) {
    let before = policy.profiles.clone();
    let find = |id: &str| before.get(id);
    for own in &mut policy.profiles {
        *own = resolved(own, &find, findings, 0);
    }
    if let Some(party) = policy
        .relying_party
        .as_mut()
        .and_then(|party| party.profile.as_mut())
    {
        *party = resolved(party, &find, findings, 0);
    }
}

fn resolved<'a>(
    own: &TechnicalProfile,
    find: &impl Fn(&str) -> Option<&'a TechnicalProfile>,
    findings: &mut Vec<Finding>,
    depth: usize,
) -> TechnicalProfile {
    let Some(include) = &own.include else {
        return own.clone();
    };
    if depth == DEPTH {
        findings.push(ring(own));
        return own.clone();
    }
    // A name that leads nowhere is reported with all other dangling references.
    let Some(included) = find(&include.id) else {
        return own.clone();
    };
    let included = resolved(included, find, findings, depth + 1);
    let mut merged = profile(included, own.clone());
    merged.id.clone_from(&own.id);
    merged.provider.clone_from(&own.provider);
    merged.domains.clone_from(&own.domains);
    merged.include = Some(include.clone());
    merged
}

fn ring(own: &TechnicalProfile) -> Finding {
    let span = own.include.as_ref().map_or(&own.span, |include| &include.span);
    Finding::error(
        "include-ring",
        span,
        format!("the profiles that \"{}\" includes run in a ring", own.id),
    )
    .why("a profile cannot include itself")
    .instead("move what they share into a profile that includes none")
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::model::{Item, Policy, Reference, TechnicalProfile, profile::Protocol, words::ProtocolName};

    fn profile(id: &str, include: Option<&str>, items: &[(&str, &str)]) -> TechnicalProfile {
        let item = |(key, value): &(&str, &str)| Item {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            ..Item::default()
        };
        TechnicalProfile {
            id: id.to_owned(),
            display_name: Some(id.to_owned()),
            include: include.map(|id| Reference {
                id: id.to_owned(),
                ..Reference::default()
            }),
            metadata: items.iter().map(item).collect(),
            ..TechnicalProfile::default()
        }
    }

    #[test]
    fn everything_is_included_and_own_values_win() {
        let mut common = profile("common", None, &[("ClientId", "1"), ("Operation", "Read")]);
        common.protocol = Some(Protocol {
            name: ProtocolName::None,
            handler: None,
            span: common.span.clone(),
        });
        let mut policy = Policy {
            profiles: [
                profile("leaf", Some("middle"), &[("Operation", "Write")]),
                profile("middle", Some("COMMON"), &[("x", "2")]),
                common,
            ]
            .into_iter()
            .collect(),
            ..Policy::default()
        };
        let mut findings = Vec::new();
        resolve(&mut policy, &mut findings);
        let leaf = policy.profiles.get("leaf").unwrap();
        assert_eq!(
            (leaf.meta("Operation"), leaf.meta("ClientId"), leaf.meta("x")),
            (Some("Write"), Some("1"), Some("2"))
        );
        assert_eq!(leaf.display_name.as_deref(), Some("leaf"));
        assert!(leaf.protocol.is_some() && findings.is_empty());
    }

    #[test]
    fn a_ring_is_refused() {
        let mut policy = Policy {
            profiles: [profile("a", Some("b"), &[]), profile("b", Some("a"), &[])]
                .into_iter()
                .collect(),
            ..Policy::default()
        };
        let mut findings = Vec::new();
        resolve(&mut policy, &mut findings);
        assert!(findings.iter().all(|finding| finding.rule == "include-ring") && !findings.is_empty());
    }
}
