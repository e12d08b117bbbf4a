//! `AzureApplicationInsightsProvider`: an event in the trace instead of in Azure.

use crate::claims::Value;
use crate::engine::pipeline::{Input, Returned, Stage};
use crate::model::TechnicalProfile;
use crate::trace::Kind;

pub(super) fn call(stage: Stage<'_>, profile: &TechnicalProfile, inputs: &[Input]) -> Returned {
    let text = |input: &Input| input.value.as_ref().map(Value::text).unwrap_or_default();
    let name = inputs
        .iter()
        .find(|input| input.partner.eq_ignore_ascii_case("eventName"))
        .map(text);
    let name = name.unwrap_or_else(|| profile.id.clone());
    let mut entry = stage.trace.entry(3, Kind::Event, name);
    for input in inputs {
        let property = input
            .partner
            .strip_prefix("{property:")
            .and_then(|rest| rest.strip_suffix('}'));
        if let Some(property) = property {
            entry = entry.detail(property, text(input));
        }
    }
    entry.write();
    Returned::new()
}
