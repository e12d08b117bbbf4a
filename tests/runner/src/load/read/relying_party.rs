//! The relying party.

use super::{Element, profiles::profile};
use crate::model::{
    Item, RelyingParty,
    relying_party::{Behaviors, Endpoint, Framing, Insights, SingleSignOn},
};

pub(super) fn relying_party(element: Element<'_>) -> RelyingParty {
    let endpoint = |endpoint: Element<'_>| Endpoint {
        id: endpoint.id("Id"),
        journey: endpoint.id("UserJourneyReferenceId"),
        span: endpoint.span(),
    };
    RelyingParty {
        journey: element.child_reference("DefaultUserJourney", "ReferenceId"),
        endpoints: element.nested("Endpoints", "Endpoint").map(endpoint).collect(),
        behaviors: element
            .child("UserJourneyBehaviors")
            .map(behaviors)
            .unwrap_or_default(),
        profile: element.child("TechnicalProfile").map(profile),
        span: element.span(),
    }
}

fn behaviors(element: Element<'_>) -> Behaviors {
    let insights = element
        .child("JourneyInsights")
        .or_else(|| element.child("AzureApplicationInsights"));
    let parameter = |parameter: Element<'_>| Item {
        key: parameter.id("Name"),
        value: parameter.text(),
        span: parameter.span(),
    };
    Behaviors {
        single_sign_on: element.child("SingleSignOn").and_then(single_sign_on),
        session_expiry: element.child_word("SessionExpiryType"),
        session_expiry_s: element
            .child_text("SessionExpiryInSeconds")
            .and_then(|text| text.parse().ok()),
        insights: insights.map(|insights| Insights {
            instrumentation_key: insights.id("InstrumentationKey"),
            developer_mode: insights.flag("DeveloperMode").unwrap_or(false),
            span: insights.span(),
        }),
        parameters: element
            .nested("ContentDefinitionParameters", "Parameter")
            .map(parameter)
            .collect(),
        framing: element.child("JourneyFraming").map(|framing| Framing {
            enabled: framing.flag("Enabled").unwrap_or(false),
            sources: framing.id("Sources"),
            span: framing.span(),
        }),
        script: element.child_word("ScriptExecution"),
        on_error: element
            .child("OnError")
            .and_then(|on_error| on_error.word("Mode")),
        span: element.span(),
    }
}

fn single_sign_on(element: Element<'_>) -> Option<SingleSignOn> {
    Some(SingleSignOn {
        scope: element.word("Scope")?,
        keep_alive_days: element.number("KeepAliveInDays"),
        enforce_hint_on_logout: element.flag("EnforceIdTokenHintOnLogout").unwrap_or(false),
        span: element.span(),
    })
}
