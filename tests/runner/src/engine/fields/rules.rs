//! Server-side validation of typed values, in words for the person.

use super::{Field, is_input};
use crate::engine::language::Texts;
use crate::engine::pipeline::Stage;
use crate::pattern::Pattern;
use crate::restrictions::{self, Misfit};

/// Checks a value as it was typed.
///
/// # Errors
/// The policy's text for the first rule the value breaks.
pub fn check(stage: Stage<'_>, texts: &Texts<'_>, field: &Field, value: &str) -> Result<(), String> {
    if value.is_empty() && field.required && is_input(field.input) {
        return Err(format!("{} is required.", field.label));
    }
    let Some(kind) = stage.policy.claim_types.get(&field.claim) else {
        return Ok(());
    };
    let today = stage.realm.clock.now().date();
    let outcome = restrictions::check(stage.policy, kind, value, today);
    outcome.map_err(|misfit| text(stage, texts, field, &misfit))
}

/// Whether a value matches a .NET pattern. A pattern this program cannot read accepts nothing.
#[must_use]
pub fn matches(pattern: &str, value: &str) -> bool {
    Pattern::compile(pattern).is_ok_and(|pattern| pattern.matches(value))
}

fn text(stage: Stage<'_>, texts: &Texts<'_>, field: &Field, misfit: &Misfit) -> String {
    match misfit {
        Misfit::Pattern => {
            let help = field.pattern.as_ref().map(|(_, help)| help.trim().to_owned());
            help.filter(|help| !help.is_empty())
                .unwrap_or_else(|| format!("{} has a wrong form.", field.label))
        }
        Misfit::Choice => format!("{} is none of the choices.", field.label),
        Misfit::Predicate {
            validation,
            group,
            failed,
        } => {
            let of_group = group
                .as_deref()
                .and_then(|group| group_help(stage, texts, validation, group));
            let named = failed
                .iter()
                .filter_map(|id| predicate_help(stage, texts, id))
                .collect::<Vec<_>>()
                .join(", ");
            match (of_group, named.is_empty()) {
                (Some(group), true) => group,
                (Some(group), false) => format!("{group} {named}"),
                (None, false) => named,
                (None, true) => format!("{} does not meet the requirements.", field.label),
            }
        }
    }
}

fn predicate_help(stage: Stage<'_>, texts: &Texts<'_>, id: &str) -> Option<String> {
    let localized = texts.get("Predicate", Some(id), "HelpText").map(str::to_owned);
    localized.or_else(|| stage.policy.predicates.get(id)?.help.clone())
}

fn group_help(stage: Stage<'_>, texts: &Texts<'_>, validation: &str, group: &str) -> Option<String> {
    if let Some(localized) = texts.get("InputValidation", Some(validation), group) {
        return Some(localized.to_owned());
    }
    let validation = stage.policy.predicate_validations.get(validation)?;
    validation
        .groups
        .iter()
        .find(|found| found.id == group)?
        .help
        .clone()
}
