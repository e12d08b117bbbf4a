//! Diagnostics that record everything about people.

use crate::{
    finding::Finding,
    model::{Handler, Policy, words::DeploymentMode},
};

const WHY: &str = "every claim of every person is written to a log that many can read";

pub(super) fn check(policy: &Policy, found: &mut Vec<Finding>) {
    let insights = policy
        .relying_party
        .iter()
        .filter_map(|party| party.behaviors.insights.as_ref());
    for insights in insights.filter(|insights| insights.developer_mode) {
        found.push(
            Finding::warning(
                "developer-mode",
                &insights.span,
                "JourneyInsights is in developer mode",
            )
            .why(WHY)
            .instead("DeveloperMode=\"false\", or JourneyInsights only in policies of a test environment"),
        );
    }
    for profile in policy
        .profiles
        .iter()
        .filter(|profile| profile.handler() == Some(Handler::Insights))
    {
        if let Some(item) = profile
            .metadata
            .get("DeveloperMode")
            .filter(|item| item.value.eq_ignore_ascii_case("true"))
        {
            found.push(
                Finding::note(
                    "developer-mode",
                    &item.span,
                    format!("\"{}\" sends events in developer mode", profile.id),
                )
                .why("events are sent one by one, at once: slower, and meant for development")
                .instead("<Item Key=\"DeveloperMode\">false</Item>"),
            );
        }
    }
    if policy.recorder_endpoint.is_some() && policy.deployment_mode == Some(DeploymentMode::Development) {
        found.push(
            Finding::warning(
                "journey-recorder",
                &policy.span,
                "the user journey recorder is on",
            )
            .why(WHY)
            .instead("neither UserJourneyRecorderEndpoint nor DeploymentMode=\"Development\""),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, rules};

    fn behaviors(mode: &str) -> Sample {
        Sample::new().behaviors(&format!(
            "<JourneyInsights TelemetryEngine=\"ApplicationInsights\" \
             InstrumentationKey=\"9ec8a1f0-0000-4000-8000-0123456789ab\" DeveloperMode=\"{mode}\" />"
        ))
    }

    #[test]
    fn developer_mode_is_a_warning() {
        assert_eq!(rules(&behaviors("true"), "developer-mode").len(), 1);
        assert!(rules(&behaviors("false"), "developer-mode").is_empty());
    }

    #[test]
    fn the_journey_recorder_is_a_warning() {
        let recorder = "DeploymentMode=\"Development\" UserJourneyRecorderEndpoint=\"urn:journeyrecorder:applicationinsights\"";
        assert_eq!(
            rules(&Sample::new().attributes(recorder), "journey-recorder").len(),
            1
        );
        assert!(
            rules(
                &Sample::new().attributes("DeploymentMode=\"Development\""),
                "journey-recorder"
            )
            .is_empty()
        );
    }
}
