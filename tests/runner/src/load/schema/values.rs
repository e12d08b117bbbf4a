//! Words and forms of texts and attributes.

use std::sync::LazyLock;

use regex::Regex;

use super::super::xml::boolean;
use crate::model::words::{
    ControlKind, DataType, DeploymentMode, EnabledFor, ErrorMode, MaskKind, MergeBehavior,
    PreconditionAction, PreconditionKind, ProtocolName, ScriptExecution, SelectionDisplay, SessionExpiry,
    SessionScope, StepKind, SubJourneyKind, TokenFormat, UserInputType, Word,
};

/// A value that is not of its form.
pub(super) struct Fault {
    /// The value, quoted, or a word for its absence.
    pub(super) found: String,
    /// What the form wants.
    pub(super) wanted: String,
}

/// What is wrong with `value` as a `form`; `None` if nothing is.
pub(super) fn fault(form: &str, value: &str) -> Option<Fault> {
    // A placeholder without setting is reported as such.
    if value.to_ascii_lowercase().contains("{settings:") {
        return None;
    }
    let wanted = match form {
        "bool" => boolean(value)
            .is_none()
            .then(|| "true or false, in lower case".to_owned()),
        "int" => value
            .trim()
            .parse::<i32>()
            .is_err()
            .then(|| "a whole number".to_owned()),
        _ => match words(form) {
            Some(words) => (!words.contains(&value)).then(|| format!("one of {}", words.join(", "))),
            None => pattern(form)
                .filter(|(regex, _)| !regex.is_match(value))
                .map(|(_, wanted)| (*wanted).to_owned()),
        },
    }?;
    let found = if value.is_empty() {
        "empty".to_owned()
    } else {
        format!("\"{value}\"")
    };
    Some(Fault { found, wanted })
}

/// Whether a form is known.
#[cfg(test)]
pub(super) fn knows(form: &str) -> bool {
    matches!(form, "bool" | "int") || words(form).is_some() || pattern(form).is_some()
}

fn words(form: &str) -> Option<Vec<&'static str>> {
    fn all<W: Word>() -> Vec<&'static str> {
        W::ALL.iter().map(|(word, _)| *word).collect()
    }
    Some(match form {
        "ControlKind" => all::<ControlKind>(),
        "DataType" => all::<DataType>(),
        "DeploymentMode" => all::<DeploymentMode>(),
        "EnabledFor" => all::<EnabledFor>(),
        "ErrorMode" => all::<ErrorMode>(),
        "MaskKind" => all::<MaskKind>(),
        "MergeBehavior" => all::<MergeBehavior>(),
        "PreconditionAction" => all::<PreconditionAction>(),
        "PreconditionKind" => all::<PreconditionKind>(),
        "ProtocolName" => all::<ProtocolName>(),
        "ScriptExecution" => all::<ScriptExecution>(),
        "SelectionDisplay" => all::<SelectionDisplay>(),
        "SessionExpiry" => all::<SessionExpiry>(),
        "SessionScope" => all::<SessionScope>(),
        "StepKind" => all::<StepKind>(),
        "SubJourneyKind" => all::<SubJourneyKind>(),
        "TokenFormat" => all::<TokenFormat>(),
        "UserInputType" => all::<UserInputType>(),
        "ErrorAction" => vec!["Reauthenticate", "InvalidClient"],
        "ErrorFormat" => vec!["json"],
        "StatementType" => vec!["Attribute", "Authentication", "Subject"],
        "TelemetryEngine" => vec!["ApplicationInsights"],
        _ => return None,
    })
}

type Form = (&'static str, &'static str, &'static str);

/// Forms by name: expression and description.
const FORMS: &[Form] = &[
    (
        "culture",
        "^[a-z]{1,3}(-[a-zA-Z0-9]{2,4}){0,2}$",
        "a language such as en or pt-BR",
    ),
    (
        "guid",
        "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        "a GUID such as 00000000-0000-0000-0000-000000000000",
    ),
    (
        "policy",
        r"^[A-Za-z0-9_\-.]*[A-Za-z0-9_\-]+$",
        "a policy name such as B2C_1A_signup_signin",
    ),
    (
        "tenant",
        r"^[A-Za-z0-9.]{3,63}$",
        "a tenant name such as contoso.onmicrosoft.com",
    ),
    (
        "uri",
        r"^(https?://|~/|urn:)\S+$",
        "an address: https://…, ~/… or urn:…",
    ),
    ("version", r"^\d\.\d\.\d\.\d$", "0.3.0.0"),
];

fn pattern(form: &str) -> Option<&'static (Regex, &'static str)> {
    static PATTERNS: LazyLock<Vec<(&str, (Regex, &str))>> = LazyLock::new(|| {
        let compile = |(name, regex, wanted): &Form| Some((*name, (Regex::new(regex).ok()?, *wanted)));
        FORMS.iter().filter_map(compile).collect()
    });
    PATTERNS
        .iter()
        .find(|(name, _)| *name == form)
        .map(|(_, pattern)| pattern)
}

#[cfg(test)]
mod tests {
    use super::{FORMS, fault, knows};

    #[test]
    fn every_expression_compiles() {
        for (name, ..) in FORMS {
            assert!(knows(name), "{name}");
        }
    }

    #[test]
    fn an_instrumentation_key_left_as_placeholder_is_no_guid() {
        assert!(fault("guid", "replace-me").is_some());
        assert!(fault("guid", "9ec8a1f0-0000-4000-8000-0123456789ab").is_none());
    }

    #[test]
    fn languages_are_written_in_small_letters() {
        assert!(fault("culture", "zh-Hant").is_none());
        assert!(fault("culture", "EN").is_some());
    }
}
