//! Values of claims that nothing has set: defaults, and claims resolvers in them.

use super::Stage;
use crate::claims::{Bag, Value};
use crate::engine::Failure;
use crate::model::{ClaimUse, Handler, Policy, TechnicalProfile};

/// A claim's value for a profile: forced default, else the bag, else the default.
///
/// # Errors
/// AADB2C90273 when a default value is not of the claim's type.
pub fn value_of(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    claim: &ClaimUse,
    bag: &Bag,
) -> Result<Option<Value>, Failure> {
    let forced = if claim.always_default {
        default_of(stage, profile, claim, bag)?
    } else {
        None
    };
    match forced.or_else(|| bag.get(&claim.claim).cloned()) {
        Some(value) => Ok(Some(value)),
        None => default_of(stage, profile, claim, bag),
    }
}

/// The default value, with claims resolvers where they count.
pub(super) fn default_of(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    claim: &ClaimUse,
    bag: &Bag,
) -> Result<Option<Value>, Failure> {
    let Some(written) = claim.default.as_deref() else {
        return Ok(None);
    };
    let text = if resolves(stage.policy, profile, claim) {
        match stage.resolve(written, bag) {
            Some(text) if !text.is_empty() => text,
            _ => return Ok(None),
        }
    } else {
        if looks_resolvable(written) {
            let id = &profile.id;
            stage.trace.warn(format!(
                "{id}: {written} stays as it is: resolvers need AlwaysUseDefaultValue and \
                 IncludeClaimResolvingInClaimsHandling"
            ));
        }
        written.to_owned()
    };
    typed(stage, &claim.claim, &text).map(Some)
}

/// Application Insights profiles resolve every default without being told to, the relying party forced ones.
fn resolves(policy: &Policy, profile: &TechnicalProfile, claim: &ClaimUse) -> bool {
    if profile.handler() == Some(Handler::Insights) {
        return true;
    }
    let party = policy
        .relying_party
        .as_ref()
        .and_then(|party| party.profile.as_ref());
    let exempt = party.is_some_and(|party| party.id == profile.id);
    claim.always_default && (exempt || profile.meta_flag("IncludeClaimResolvingInClaimsHandling", false))
}

fn looks_resolvable(text: &str) -> bool {
    text.starts_with('{') && text.ends_with('}') && text.contains(':')
}

fn typed(stage: Stage<'_>, claim: &str, text: &str) -> Result<Value, Failure> {
    Value::parse(stage.kind_of(claim), text).map_err(|fault| {
        Failure::new(
            "AADB2C90273",
            format!("the default value '{text}' of claim '{claim}' is {fault}"),
        )
    })
}
