//! Pages: ones that are to block and do not, old versions, scripts that never run, pages without content definition.

use super::reach::Reach;
use crate::{
    finding::Finding,
    model::{
        ContentDefinition, Handler, Policy, TechnicalProfile,
        profile::DisplayTarget,
        words::{ScriptExecution, StepKind},
    },
};

/// Page kind, the oldest version without known flaws in its script libraries, and the newest seen.
const VERSIONS: [(&str, [u32; 3], &str); 6] = [
    ("globalexception", [1, 2, 1], "1.2.3 or newer"),
    ("multifactor", [1, 2, 4], "1.2.8 or newer"),
    ("providerselection", [1, 2, 1], "1.2.3 or newer"),
    ("selfasserted", [2, 1, 4], "2.1.30 or newer"),
    ("unifiedssd", [1, 2, 1], "1.2.3 or newer"),
    ("unifiedssp", [2, 1, 4], "2.1.19 or newer"),
];

const CONTRACT: &str = "urn:com:microsoft:aad:b2c:elements:contract:";

pub(super) fn check(policy: &Policy, reach: &Reach<'_>, found: &mut Vec<Finding>) {
    for page in &policy.content_definitions {
        version(policy, page, found);
    }
    for profile in reach
        .profiles
        .iter()
        .filter(|profile| profile.handler() == Some(Handler::SelfAsserted))
    {
        blocks(policy, profile, found);
        // A combined page names its content definition in the step.
        let steps = reach.journeys.iter().flat_map(|journey| &journey.steps);
        let stepped = steps.filter(|step| step.kind == StepKind::ClaimsExchange);
        let exchanged = stepped
            .flat_map(|step| &step.exchanges)
            .any(|one| one.profile.eq_ignore_ascii_case(&profile.id));
        if exchanged && profile.meta("ContentDefinitionReferenceId").is_none() {
            found.push(
                Finding::error(
                    "no-page",
                    &profile.span,
                    format!("\"{}\" names no content definition", profile.id),
                )
                .why("a self-asserted profile has nothing to show itself with")
                .instead("<Item Key=\"ContentDefinitionReferenceId\">api.selfasserted</Item>"),
            );
        }
    }
}

/// A page whose Continue button is hidden is meant to block; only a validation that fails holds anybody.
fn blocks(policy: &Policy, profile: &TechnicalProfile, found: &mut Vec<Finding>) {
    let Some(item) = profile.metadata.get("setting.showContinueButton") else {
        return;
    };
    if profile.meta_flag("setting.showContinueButton", true) || holds(policy, profile) {
        return;
    }
    found.push(
        Finding::error("page-does-not-block", &item.span, format!("\"{}\" hides Continue but holds nobody", profile.id))
            .why("a reload or a direct POST passes a page without its button, and the journey goes on to the token")
            .instead(
                "a validation technical profile that always fails (an assertion on a constant), or a SendClaims step \
                 with an issuer of OutputTokenFormat OAuth2Error",
            ),
    );
}

/// Whether something refuses what is posted: a validation that can fail, or a code that must be verified.
fn holds(policy: &Policy, profile: &TechnicalProfile) -> bool {
    let can_fail = |id: &str| {
        policy.profiles.get(id).is_some_and(|inner| {
            let names = inner
                .input_transformations
                .iter()
                .chain(&inner.output_transformations);
            let asserts = names
                .filter_map(|name| policy.transformations.get(&name.id))
                .any(|one| {
                    one.method.to_ascii_lowercase().starts_with("assert")
                        || one.method.eq_ignore_ascii_case("LookupValue")
                });
            asserts
                || inner
                    .handler()
                    .is_some_and(|handler| handler != Handler::Transformation)
        })
    };
    let validated = profile
        .validations
        .iter()
        .filter(|validation| !validation.continue_on_error && validation.preconditions.is_empty())
        .any(|validation| can_fail(&validation.profile));
    let controlled = profile
        .display_claims
        .iter()
        .any(|claim| matches!(claim.target, DisplayTarget::Control(_)));
    validated || controlled
}

fn version(policy: &Policy, page: &ContentDefinition, found: &mut Vec<Finding>) {
    let Some(data) = &page.data_uri else { return };
    let Some(kind_and_version) = data.value.strip_prefix(CONTRACT) else {
        let party = policy.relying_party.as_ref();
        if party.and_then(|party| party.behaviors.script) == Some(ScriptExecution::Allow) {
            let message = format!("scripts of \"{}\" do not run: its page has no version", page.id);
            found.push(
                Finding::warning("page-version", &data.span, message)
                    .why("JavaScript runs only in pages whose DataUri has the word contract and a version")
                    .instead(format!("{CONTRACT}selfasserted:2.1.30, or the kind this page is")),
            );
        }
        return;
    };
    let (kind, version) = kind_and_version.split_once(':').unwrap_or((kind_and_version, ""));
    let Some((_, oldest, newest)) = VERSIONS.iter().find(|(known, ..)| *known == kind) else {
        found.push(
            Finding::error(
                "page-kind",
                &data.span,
                format!("there is no page kind \"{kind}\""),
            )
            .why("Azure AD B2C has no page of that kind to show")
            .instead(format!("one of {}", VERSIONS.map(|(known, ..)| known).join(", "))),
        );
        return;
    };
    if numbers(version).is_none_or(|numbers| numbers < *oldest) {
        found.push(
            Finding::warning(
                "page-version",
                &data.span,
                format!("{kind} {version} of \"{}\" is outdated", page.id),
            )
            .why("it loads a jQuery with known flaws, and lacks accessibility fixes")
            .instead(format!("{CONTRACT}{kind}:{newest}")),
        );
    }
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    let numbers: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    const HIDDEN: &str = "<Item Key=\"ContentDefinitionReferenceId\">api.page</Item>\
                          <Item Key=\"setting.showContinueButton\">false</Item>";

    fn page(validation: &str) -> Sample {
        let output =
            "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"email\" Required=\"true\" /></OutputClaims>";
        let rest = format!("{output}{validation}");
        Sample::new()
            .profile("Block", "SelfAssertedAttributeProvider", HIDDEN, &rest)
            .step("Block", "")
    }

    const VALIDATE: &str = "<ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"V\" \
                            /></ValidationTechnicalProfiles>";

    #[test]
    fn a_page_that_only_hides_its_button_is_an_error() {
        assert_eq!(rules(&page(""), "page-does-not-block").len(), 1);
    }

    #[test]
    fn a_validation_that_cannot_fail_holds_nobody() {
        let sample = page(VALIDATE).profile("V", "ClaimsTransformationProtocolProvider", "", "");
        assert_eq!(rules(&sample, "page-does-not-block").len(), 1);
    }

    #[test]
    fn a_validation_that_can_fail_holds() {
        let metadata = "<Item Key=\"ServiceUrl\">https://a.example</Item>";
        let sample = page(VALIDATE).profile("V", "RestfulProvider", metadata, "");
        assert!(rules(&sample, "page-does-not-block").is_empty());
    }

    #[test]
    fn a_page_with_its_button_need_not_block() {
        let shown = HIDDEN.replace("false", "true");
        let sample = Sample::new()
            .profile("P", "SelfAssertedAttributeProvider", &shown, "")
            .step("P", "");
        assert!(rules(&sample, "page-does-not-block").is_empty());
    }

    #[test]
    fn a_page_without_content_definition_is_an_error() {
        let sample = Sample::new()
            .profile("P", "SelfAssertedAttributeProvider", "", "")
            .step("P", "");
        assert_eq!(rules(&sample, "no-page").len(), 1);
    }

    fn versioned(uri: &str, script: &str, rule: &str) -> usize {
        let page = format!(
            "<ContentDefinition Id=\"api.x\"><DataUri>urn:com:microsoft:aad:b2c:elements:{uri}</DataUri></ContentDefinition>"
        );
        rules(&Sample::new().pages(&page).behaviors(script), rule).len()
    }

    #[test]
    fn an_outdated_page_version_is_a_warning() {
        let script = "<ScriptExecution>Disallow</ScriptExecution>";
        assert_eq!(
            versioned("contract:selfasserted:1.1.0", script, "page-version"),
            1
        );
        assert_eq!(
            versioned("contract:selfasserted:2.1.10", script, "page-version"),
            0
        );
        assert_eq!(versioned("contract:unifiedssp:2.1.3", script, "page-version"), 1);
        assert_eq!(versioned("contract:selfasserted", script, "page-version"), 1);
        assert_eq!(versioned("contract:selfie:1.0.0", script, "page-kind"), 1);
    }

    #[test]
    fn a_page_without_version_is_a_warning_only_where_scripts_are_allowed() {
        let allow = "<ScriptExecution>Allow</ScriptExecution>";
        assert_eq!(versioned("selfasserted:1.0.0", allow, "page-version"), 1);
        assert_eq!(
            versioned(
                "selfasserted:1.0.0",
                "<ScriptExecution>Disallow</ScriptExecution>",
                "page-version"
            ),
            0
        );
    }
}
