//! Technical profiles no engine of the runner executes.

use std::collections::{BTreeSet, HashSet};

use super::operations;
use crate::{
    finding::Finding,
    model::{Handler, Policy, TechnicalProfile, words::StepKind},
};

pub(super) fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    let used = used(policy);
    for profile in &policy.profiles {
        match (&profile.protocol, profile.handler()) {
            (Some(protocol), None) => {
                let what = protocol
                    .handler
                    .as_deref()
                    .unwrap_or_else(|| protocol.name.word());
                findings.push(unsupported(profile, &protocol.span, what));
            }
            (None, None) if used.contains(&profile.id.to_lowercase()) => {
                findings.push(abstract_used(profile));
            }
            (Some(protocol), Some(handler)) if used.contains(&profile.id.to_lowercase()) => {
                if let Some(what) = not_executed(handler) {
                    findings.push(unsupported(profile, &protocol.span, what));
                }
                operations::check(profile, handler, findings);
            }
            (_, Some(_)) | (None, None) => {}
        }
    }
    for issuer in issuers(policy) {
        check_issuer(policy, &issuer, findings);
    }
}

/// What stands behind a handler that is known but not executed. A profile that no journey executes may have one.
fn not_executed(handler: Handler) -> Option<&'static str> {
    match handler {
        Handler::ConditionalAccess => Some("ConditionalAccessProtocolProvider"),
        Handler::OAuth1 => Some("OAuth1"),
        Handler::Saml2 => Some("SAML2"),
        _ => None,
    }
}

/// Profiles that `SendClaims` steps issue with, in lower case, each once.
fn issuers(policy: &Policy) -> BTreeSet<String> {
    let journeys = policy.journeys.iter().chain(&policy.sub_journeys);
    let sends = |journey: &crate::model::Journey| {
        let default = journey.default_issuer.as_ref().map(|issuer| issuer.id.as_str());
        let steps = journey
            .steps
            .iter()
            .filter(|step| step.kind == StepKind::SendClaims);
        let named = steps.filter_map(|step| step.issuer.as_deref().or(default));
        named.map(str::to_lowercase).collect::<Vec<_>>()
    };
    journeys.flat_map(sends).collect()
}

fn check_issuer(policy: &Policy, issuer: &str, findings: &mut Vec<Finding>) {
    let Some(profile) = policy.profiles.get(issuer) else {
        return;
    };
    let (Some(protocol), Some(handler)) = (&profile.protocol, profile.handler()) else {
        return;
    };
    match handler {
        Handler::JwtIssuer | Handler::ErrorIssuer => {}
        Handler::SamlIssuer => findings.push(unsupported(profile, &protocol.span, "a SAML token issuer")),
        _ if profile.output_token_format.is_some() => {
            findings.push(unsupported(
                profile,
                &protocol.span,
                "an issuer of another token format",
            ));
        }
        _ => findings.push(no_issuer(profile)),
    }
}

/// Profiles a step, a validation or a control executes, in lower case.
fn used(policy: &Policy) -> HashSet<String> {
    let steps = policy
        .journeys
        .iter()
        .chain(&policy.sub_journeys)
        .flat_map(|journey| &journey.steps);
    let exchanges = steps.flat_map(|step| step.exchanges.iter().map(|exchange| &exchange.profile));
    let validations = policy.profiles.iter().flat_map(|profile| &profile.validations);
    let actions = policy
        .display_controls
        .iter()
        .flat_map(|control| &control.actions);
    let actions = actions.flat_map(|action| &action.profiles);
    exchanges
        .map(|id| id.to_lowercase())
        .chain(
            validations
                .chain(actions)
                .map(|validation| validation.profile.to_lowercase()),
        )
        .collect()
}

fn unsupported(profile: &TechnicalProfile, at: &crate::model::Span, what: &str) -> Finding {
    Finding::error(
        "unsupported-handler",
        at,
        format!(
            "\"{}\" is executed by {what}, which the runner does not know",
            profile.id
        ),
    )
    .why("the runner would have to guess what the profile does")
    .instead(
        "a handler of the Identity Experience Framework, spelt as in its reference; see the runner's README",
    )
}

fn abstract_used(profile: &TechnicalProfile) -> Finding {
    Finding::error(
        "no-protocol",
        &profile.span,
        format!("\"{}\" is executed but has no Protocol", profile.id),
    )
    .why("only a profile that is included by others may lack a protocol")
    .instead("<Protocol Name=\"…\" /> or IncludeTechnicalProfile of a profile that has one")
}

fn no_issuer(profile: &TechnicalProfile) -> Finding {
    Finding::error(
        "no-issuer",
        &profile.span,
        format!(
            "a SendClaims step answers with \"{}\", which issues no token",
            profile.id
        ),
    )
    .why("Azure AD B2C answers with AADB2C90108 instead of a token")
    .instead(
        "<Protocol Name=\"OpenIdConnect\" /> with <OutputTokenFormat>JWT</OutputTokenFormat>, or OAuth2Error",
    )
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::load::{self, Source};

    /// Rules of a policy whose one exchange and one issuer have these protocols.
    fn rules(exchange: &str, issuer: &str, executed: bool) -> Vec<&'static str> {
        let step = if executed {
            "<OrchestrationStep Order=\"1\" Type=\"ClaimsExchange\"><ClaimsExchanges>\
             <ClaimsExchange Id=\"e\" TechnicalProfileReferenceId=\"Other\" /></ClaimsExchanges></OrchestrationStep>"
        } else {
            "<OrchestrationStep Order=\"1\" Type=\"Noop\" />"
        };
        let text = format!(
            r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06"
 PolicySchemaVersion="0.3.0.0" TenantId="contoso.onmicrosoft.com" PolicyId="B2C_1A_a" PublicPolicyUri="http://contoso.onmicrosoft.com/B2C_1A_a">
<ClaimsProviders><ClaimsProvider><DisplayName>p</DisplayName><TechnicalProfiles>
<TechnicalProfile Id="Other"><DisplayName>o</DisplayName>{exchange}</TechnicalProfile>
<TechnicalProfile Id="Issuer"><DisplayName>i</DisplayName>{issuer}</TechnicalProfile>
</TechnicalProfiles></ClaimsProvider></ClaimsProviders>
<UserJourneys><UserJourney Id="J"><OrchestrationSteps>{step}
<OrchestrationStep Order="2" Type="SendClaims" CpimIssuerTechnicalProfileReferenceId="Issuer" />
</OrchestrationSteps></UserJourney></UserJourneys></TrustFrameworkPolicy>"#
        );
        let source = Source {
            name: "a.xml".into(),
            text,
        };
        let loaded = load::from_sources(vec![source], Vec::new());
        let mut findings = Vec::new();
        check(loaded.tenant.policies.get("B2C_1A_a").unwrap(), &mut findings);
        findings.iter().map(|finding| finding.rule).collect()
    }

    const JWT: &str = "<Protocol Name=\"OpenIdConnect\" /><OutputTokenFormat>JWT</OutputTokenFormat>";
    const SAML: &str = "<Protocol Name=\"SAML2\" />";

    #[test]
    fn what_is_not_executed_is_refused_when_a_journey_executes_it() {
        let access = "<Protocol Name=\"Proprietary\" \
                      Handler=\"Web.TPEngine.Providers.ConditionalAccessProtocolProvider, Web.TPEngine\" />";
        for protocol in [SAML, "<Protocol Name=\"OAuth1\" />", access] {
            assert_eq!(rules(protocol, JWT, true), ["unsupported-handler"], "{protocol}");
        }
    }

    #[test]
    fn a_provider_no_journey_executes_is_let_alone() {
        assert!(rules(SAML, JWT, false).is_empty());
    }

    #[test]
    fn a_protocol_or_class_nobody_knows_is_refused_even_unused() {
        let foreign = "<Protocol Name=\"Proprietary\" Handler=\"Contoso.Telepathy, Contoso\" />";
        for protocol in ["<Protocol Name=\"WsFed\" />", foreign] {
            assert_eq!(rules(protocol, JWT, false), ["unsupported-handler"], "{protocol}");
        }
    }

    #[test]
    fn a_saml_issuer_and_a_profile_that_issues_nothing_are_refused() {
        let saml = "<Protocol Name=\"SAML2\" /><OutputTokenFormat>SAML2</OutputTokenFormat>";
        assert_eq!(rules(SAML, saml, false), ["unsupported-handler"]);
        let json = "<Protocol Name=\"None\" /><OutputTokenFormat>JSON</OutputTokenFormat>";
        assert_eq!(rules(SAML, json, false), ["unsupported-handler"]);
        assert_eq!(rules(SAML, "<Protocol Name=\"None\" />", false), ["no-issuer"]);
    }
}
