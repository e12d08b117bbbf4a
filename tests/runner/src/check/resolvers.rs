//! Claims resolvers that stay unresolved.

use crate::{
    finding::Finding,
    model::{ClaimUse, Handler, Policy, TechnicalProfile},
    resolvers,
};

pub(super) fn check(policy: &Policy, found: &mut Vec<Finding>) {
    for profile in &policy.profiles {
        for claim in profile.input_claims.iter().chain(&profile.output_claims) {
            unresolved(profile, claim, found);
        }
    }
    let party = policy
        .relying_party
        .iter()
        .filter_map(|party| party.profile.as_ref());
    for claim in party.flat_map(|profile| &profile.output_claims) {
        unknown(claim, found);
        if has_resolver(claim) && !claim.always_default {
            found.push(needs(claim, "AlwaysUseDefaultValue=\"true\" on the claim"));
        }
    }
}

fn unresolved(profile: &TechnicalProfile, claim: &ClaimUse, found: &mut Vec<Finding>) {
    unknown(claim, found);
    let flagged = matches!(
        profile.handler(),
        Some(
            Handler::Directory
                | Handler::OAuth2
                | Handler::OpenIdConnect
                | Handler::PasswordGrant
                | Handler::Transformation
                | Handler::Rest
                | Handler::SelfAsserted
        )
    );
    if !flagged || !has_resolver(claim) {
        return;
    }
    if !profile.meta_flag("IncludeClaimResolvingInClaimsHandling", false) {
        found.push(needs(
            claim,
            "<Item Key=\"IncludeClaimResolvingInClaimsHandling\">true</Item> in the profile's Metadata",
        ));
    } else if !claim.always_default {
        found.push(needs(claim, "AlwaysUseDefaultValue=\"true\" on the claim"));
    }
}

fn has_resolver(claim: &ClaimUse) -> bool {
    claim
        .default
        .as_deref()
        .is_some_and(|text| resolvers::mentioned(text).into_iter().any(resolvers::known))
}

fn unknown(claim: &ClaimUse, found: &mut Vec<Finding>) {
    let Some(text) = &claim.default else { return };
    let settings = |resolver: &&str| resolver.to_ascii_lowercase().starts_with("{settings:");
    for resolver in resolvers::mentioned(text)
        .into_iter()
        .filter(|one| !resolvers::known(one) && !settings(one))
    {
        found.push(
            Finding::warning(
                "unknown-resolver",
                &claim.span,
                format!("there is no claims resolver {resolver}"),
            )
            .why("the claim gets the braces as its value")
            .instead("a resolver of the reference, for example {Context:CorrelationId} or {OAUTH-KV:name}"),
        );
    }
}

fn needs(claim: &ClaimUse, what: &str) -> Finding {
    let text = claim.default.as_deref().unwrap_or_default();
    Finding::warning(
        "unresolved-resolver",
        &claim.span,
        format!("{text} of \"{}\" is not resolved", claim.claim),
    )
    .why("without this a resolver is an ordinary text, braces and all, or is not used at all")
    .instead(what)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    const INCLUDE: &str = "<Item Key=\"ServiceUrl\">https://a.example</Item>\
                           <Item Key=\"IncludeClaimResolvingInClaimsHandling\">true</Item>";

    fn rest(metadata: &str, default: &str, rule: &str) -> usize {
        let claims =
            format!("<InputClaims><InputClaim ClaimTypeReferenceId=\"email\" {default} /></InputClaims>");
        rules(
            &Sample::new().profile("Rest", "RestfulProvider", metadata, &claims),
            rule,
        )
        .len()
    }

    #[test]
    fn a_resolver_needs_both_flags() {
        let always = "DefaultValue=\"{OIDC:LoginHint}\" AlwaysUseDefaultValue=\"true\"";
        assert_eq!(rest(INCLUDE, always, "unresolved-resolver"), 0);
        assert_eq!(
            rest(
                INCLUDE,
                "DefaultValue=\"{OIDC:LoginHint}\"",
                "unresolved-resolver"
            ),
            1
        );
        assert_eq!(rest("", always, "unresolved-resolver"), 1);
        assert_eq!(rest("", "DefaultValue=\"plain\"", "unresolved-resolver"), 0);
    }

    #[test]
    fn a_token_claim_needs_one_flag() {
        let claim = |always: &str| {
            Sample::new().token(&format!(
                "<OutputClaim ClaimTypeReferenceId=\"email\" DefaultValue=\"{{Policy:PolicyId}}\"{always} />"
            ))
        };
        assert_eq!(rules(&claim(""), "unresolved-resolver").len(), 1);
        assert!(rules(&claim(" AlwaysUseDefaultValue=\"true\""), "unresolved-resolver").is_empty());
    }

    #[test]
    fn an_unknown_resolver_is_a_warning() {
        assert_eq!(
            rest(INCLUDE, "DefaultValue=\"{OIDC:Mood}\"", "unknown-resolver"),
            1
        );
    }
}
