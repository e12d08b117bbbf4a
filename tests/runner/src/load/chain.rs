//! Chains of base policies: at most ten levels, no ring, no gap.

use super::merge;
use crate::{
    finding::Finding,
    model::{Policy, Table},
};

/// How deep a chain may be, the policy itself included (Azure AD B2C service limits).
const DEPTH: usize = 10;

/// Merges every file with its chain, roots first.
pub(super) fn merge(files: &[Policy], findings: &mut Vec<Finding>) -> Vec<Policy> {
    let known = unique(files, findings);
    let mut merged: Vec<(usize, Policy)> = Vec::new();
    for file in &known {
        match chain(file, &known) {
            Ok(chain) => merged.push((chain.len(), fold(&chain))),
            Err(finding) => findings.push(*finding),
        }
    }
    merged.sort_by_key(|(depth, _)| *depth);
    merged.into_iter().map(|(_, policy)| policy).collect()
}

fn unique(files: &[Policy], findings: &mut Vec<Finding>) -> Table<Policy> {
    let mut known: Table<Policy> = Table::default();
    for file in files {
        match known.get(&file.id) {
            Some(first) => findings.push(twice(file, first)),
            None => drop(known.put(file.clone())),
        }
    }
    known
}

/// The policy and its bases, leaf first.
fn chain<'a>(leaf: &'a Policy, known: &'a Table<Policy>) -> Result<Vec<&'a Policy>, Box<Finding>> {
    let mut chain = vec![leaf];
    let mut at = leaf;
    while let Some(base) = &at.base {
        let Some(next) = known.get(&base.id) else {
            return Err(Box::new(missing(at, &base.id)));
        };
        if chain.iter().any(|seen| std::ptr::eq(*seen, next)) {
            return Err(Box::new(ring(at, &base.id)));
        }
        if chain.len() == DEPTH {
            return Err(Box::new(too_deep(leaf)));
        }
        chain.push(next);
        at = next;
    }
    Ok(chain)
}

fn fold(chain: &[&Policy]) -> Policy {
    let mut from_root = chain.iter().rev();
    let mut merged = from_root.next().map(|root| (*root).clone()).unwrap_or_default();
    for child in from_root {
        merged = merge::policies(merged, (*child).clone());
    }
    merged
}

fn twice(file: &Policy, first: &Policy) -> Finding {
    let message = format!("PolicyId \"{}\" is also the one of {}", file.id, first.span.file);
    Finding::error("policy-twice", &file.span, message)
        .why("of two policies of one name, the upload of the second replaces the first")
        .instead("a PolicyId of its own, or load only one of the folders")
}

fn missing(policy: &Policy, base: &str) -> Finding {
    let span = policy.base.as_ref().map_or(&policy.span, |base| &base.span);
    Finding::error(
        "base-missing",
        span,
        format!("the base policy \"{base}\" is not in this folder"),
    )
    .why("without its base, nothing the policy inherits is known, and Azure AD B2C refuses the upload")
    .instead("the PolicyId of a file in this folder, written exactly as there")
}

fn ring(policy: &Policy, base: &str) -> Finding {
    let span = policy.base.as_ref().map_or(&policy.span, |base| &base.span);
    Finding::error(
        "base-ring",
        span,
        format!("the base policies run in a ring through \"{base}\""),
    )
    .why("a chain of policies must end in one without BasePolicy")
    .instead("remove BasePolicy from the root of the chain")
}

fn too_deep(policy: &Policy) -> Finding {
    Finding::error(
        "base-depth",
        &policy.span,
        format!("the chain of base policies is deeper than {DEPTH} levels"),
    )
    .why("Azure AD B2C allows ten levels of inheritance")
    .instead("fewer files in the chain")
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, merge};
    use crate::model::{Policy, Reference};

    fn policy(id: &str, base: Option<&str>) -> Policy {
        let base = base.map(|id| Reference {
            id: id.to_owned(),
            ..Reference::default()
        });
        Policy {
            id: id.to_owned(),
            base,
            ..Policy::default()
        }
    }

    fn rules(files: &[Policy]) -> Vec<&'static str> {
        let mut findings = Vec::new();
        merge(files, &mut findings);
        findings.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn roots_come_before_leaves() {
        let mut findings = Vec::new();
        let files = [
            policy("leaf", Some("MID")),
            policy("mid", Some("root")),
            policy("root", None),
        ];
        let ids: Vec<_> = merge(&files, &mut findings)
            .into_iter()
            .map(|policy| policy.id)
            .collect();
        assert_eq!(
            (ids, findings.len()),
            (vec!["root".to_owned(), "mid".to_owned(), "leaf".to_owned()], 0)
        );
    }

    #[test]
    fn a_base_that_is_not_there_is_refused() {
        assert_eq!(rules(&[policy("a", Some("b"))]), ["base-missing"]);
    }

    #[test]
    fn a_ring_is_refused() {
        assert_eq!(
            rules(&[policy("a", Some("b")), policy("b", Some("a"))]),
            ["base-ring", "base-ring"]
        );
    }

    #[test]
    fn eleven_levels_are_refused_and_ten_are_not() {
        let level = |n: usize| policy(&n.to_string(), (n > 0).then(|| (n - 1).to_string()).as_deref());
        let ten: Vec<_> = (0..DEPTH).map(level).collect();
        assert_eq!(rules(&ten), [""; 0]);
        let eleven: Vec<_> = (0..=DEPTH).map(level).collect();
        assert_eq!(rules(&eleven), ["base-depth"]);
    }

    #[test]
    fn two_policies_of_one_name_are_refused() {
        assert_eq!(rules(&[policy("a", None), policy("A", None)]), ["policy-twice"]);
    }
}
