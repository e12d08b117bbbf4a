//! Whether a text fits what its claim type demands: restriction and predicates.
//!
//! Used for what a person types and by `CopyClaimIfPredicateMatch`. Data types are checked by
//! [`crate::claims::Value::parse`].

use time::Date;

use crate::{
    claims::Value,
    model::{
        ClaimType, Policy, Predicate,
        claim::{PredicateList, Restriction},
        words::DataType,
    },
    pattern::Pattern,
};

/// What a text does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Its pattern.
    Pattern,
    /// Its list of values.
    Choice,
    /// A predicate.
    Predicate {
        /// The validation, and its group if it has groups.
        validation: String,
        /// The group, for texts localised by group.
        group: Option<String>,
        /// The predicates that failed.
        failed: Vec<String>,
    },
}

/// Checks a text against the claim type's restriction and predicates. An empty text fits: whether a value is required is
/// said where the claim is used.
///
/// # Errors
/// The first [`Misfit`].
pub fn check(policy: &Policy, claim: &ClaimType, text: &str, today: Date) -> Result<(), Misfit> {
    if text.is_empty() {
        return Ok(());
    }
    if let Some(restriction) = &claim.restriction {
        restricted(restriction, text)?;
    }
    predicates(policy, claim, text, today)
}

/// Checks the predicates alone.
///
/// # Errors
/// The first [`Misfit::Predicate`].
pub fn predicates(policy: &Policy, claim: &ClaimType, text: &str, today: Date) -> Result<(), Misfit> {
    let holds = |predicate: &str| {
        policy
            .predicates
            .get(predicate)
            .is_some_and(|one| holds(one, text, today))
    };
    let newer = claim
        .predicate_validation
        .as_ref()
        .and_then(|name| policy.predicate_validations.get(&name.id));
    for (validation, group) in newer
        .into_iter()
        .flat_map(|found| found.groups.iter().map(move |group| (found, group)))
    {
        if let Some(failed) = group.lists.iter().find_map(|list| failed(list, &holds)) {
            let group = Some(group.id.clone());
            return Err(Misfit::Predicate {
                validation: validation.id.clone(),
                group,
                failed,
            });
        }
    }
    let older = claim
        .input_validation
        .as_ref()
        .and_then(|name| policy.input_validations.get(&name.id));
    if let Some(validation) = older
        && let Some(failed) = validation.lists.iter().find_map(|list| failed(list, &holds))
    {
        return Err(Misfit::Predicate {
            validation: validation.id.clone(),
            group: None,
            failed,
        });
    }
    Ok(())
}

fn restricted(restriction: &Restriction, text: &str) -> Result<(), Misfit> {
    if let Some(pattern) = &restriction.pattern {
        // A pattern that does not compile was refused when the policy was loaded.
        let fits = Pattern::compile(&pattern.regex).is_ok_and(|pattern| pattern.matches(text));
        return if fits { Ok(()) } else { Err(Misfit::Pattern) };
    }
    let listed = |value: &str| restriction.choices.iter().any(|choice| choice.value == value);
    // Several checked boxes arrive separated by commas.
    if restriction.choices.is_empty() || listed(text) || text.split(',').all(|part| listed(part.trim())) {
        return Ok(());
    }
    Err(Misfit::Choice)
}

/// The predicates of a list that do not hold, if too few do (or, of a rejecting list, the ones that hold).
fn failed(list: &PredicateList, holds: &impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let (held, not): (Vec<_>, Vec<_>) = list
        .predicates
        .iter()
        .map(|name| name.id.clone())
        .partition(|id| holds(id));
    let needed = list.at_least.map_or(list.predicates.len(), |n| {
        usize::try_from(n).unwrap_or(usize::MAX)
    });
    let enough = held.len() >= needed;
    match (list.reject, enough) {
        (false, true) | (true, false) => None,
        (false, false) => Some(not),
        (true, true) => Some(held),
    }
}

fn holds(predicate: &Predicate, text: &str, today: Date) -> bool {
    let parameter = |id: &str| predicate.parameters.get(id).map(|item| item.value.as_str());
    let matches = |pattern: Option<Pattern>| pattern.is_some_and(|pattern| pattern.matches(text));
    match predicate.method.as_str() {
        "IsLengthRange" => {
            let number = |id| parameter(id).and_then(|text| text.trim().parse::<usize>().ok());
            let length = text.chars().count();
            number("Minimum").is_none_or(|least| length >= least)
                && number("Maximum").is_none_or(|most| length <= most)
        }
        "MatchesRegex" => {
            matches(parameter("RegularExpression").and_then(|regex| Pattern::compile(regex).ok()))
        }
        "IncludesCharacters" => {
            matches(parameter("CharacterSet").and_then(|set| Pattern::characters(set).ok()))
        }
        "IsDateRange" => {
            let date = |text: &str| {
                if text.eq_ignore_ascii_case("Today") {
                    Some(today)
                } else {
                    date(text)
                }
            };
            let limit = |id| parameter(id).and_then(date);
            date(text).is_some_and(|day| {
                limit("Minimum").is_none_or(|least| day >= least)
                    && limit("Maximum").is_none_or(|most| day <= most)
            })
        }
        _ => false,
    }
}

/// The methods of predicates.
pub(crate) const METHODS: [&str; 4] = [
    "IsLengthRange",
    "MatchesRegex",
    "IncludesCharacters",
    "IsDateRange",
];

fn date(text: &str) -> Option<Date> {
    match Value::parse(DataType::Date, text) {
        Ok(Value::Date(date)) => Some(date),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Misfit, check};
    use crate::model::{
        ClaimType, Item, Policy, Predicate, PredicateValidation, Reference, Restriction,
        claim::{Choice, Pattern, PredicateGroup, PredicateList},
    };
    use time::macros::date;

    fn name(id: &str) -> Reference {
        Reference {
            id: id.to_owned(),
            ..Reference::default()
        }
    }

    fn predicate(id: &str, method: &str, parameters: &[(&str, &str)]) -> Predicate {
        let item = |(key, value): &(&str, &str)| Item {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            ..Item::default()
        };
        Predicate {
            id: id.to_owned(),
            method: method.to_owned(),
            parameters: parameters.iter().map(item).collect(),
            ..Predicate::default()
        }
    }

    /// Three of four kinds of characters, as strong passwords demand, and a length.
    fn strong() -> (Policy, ClaimType) {
        let group = |id: &str, at_least, ids: &[&str]| PredicateGroup {
            id: id.to_owned(),
            lists: vec![PredicateList {
                at_least,
                predicates: ids.iter().map(|id| name(id)).collect(),
                ..PredicateList::default()
            }],
            ..PredicateGroup::default()
        };
        let policy = Policy {
            predicates: [
                predicate("length", "IsLengthRange", &[("Minimum", "8"), ("Maximum", "16")]),
                predicate("lower", "IncludesCharacters", &[("CharacterSet", "a-z")]),
                predicate("upper", "IncludesCharacters", &[("CharacterSet", "A-Z")]),
                predicate("number", "IncludesCharacters", &[("CharacterSet", "0-9")]),
                predicate(
                    "edges",
                    "MatchesRegex",
                    &[("RegularExpression", r"(^\S.*\S$)|(^\S+$)|(^$)")],
                ),
            ]
            .into_iter()
            .collect(),
            predicate_validations: [PredicateValidation {
                id: "Strong".to_owned(),
                groups: vec![
                    group("size", None, &["length", "edges"]),
                    group("kinds", Some(2), &["lower", "upper", "number"]),
                ],
                ..PredicateValidation::default()
            }]
            .into_iter()
            .collect(),
            ..Policy::default()
        };
        let claim = ClaimType {
            predicate_validation: Some(name("Strong")),
            ..ClaimType::default()
        };
        (policy, claim)
    }

    fn misfit(text: &str) -> Option<(Option<String>, Vec<String>)> {
        let (policy, claim) = strong();
        match check(&policy, &claim, text, date!(2024 - 05 - 06)) {
            Ok(()) => None,
            Err(Misfit::Predicate { group, failed, .. }) => Some((group, failed)),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn at_least_so_many_predicates_of_a_list_must_hold() {
        assert_eq!(misfit("Password"), None);
        assert_eq!(misfit("passw0rd"), None);
        let kinds = (
            Some("kinds".to_owned()),
            vec!["upper".to_owned(), "number".to_owned()],
        );
        assert_eq!(misfit("password"), Some(kinds));
    }

    #[test]
    fn every_predicate_of_a_list_without_number_must_hold() {
        assert_eq!(
            misfit("Pass"),
            Some((Some("size".to_owned()), vec!["length".to_owned()]))
        );
        assert_eq!(
            misfit(" Password"),
            Some((Some("size".to_owned()), vec!["edges".to_owned()]))
        );
    }

    #[test]
    fn a_date_range_knows_today() {
        let claim = ClaimType {
            predicate_validation: Some(name("Strong")),
            ..ClaimType::default()
        };
        let (mut policy, _) = strong();
        let range = predicate(
            "length",
            "IsDateRange",
            &[("Minimum", "1970-01-01"), ("Maximum", "Today")],
        );
        policy.predicates = [range].into_iter().collect();
        policy.predicate_validations.get_mut("Strong").unwrap().groups = vec![PredicateGroup {
            lists: vec![PredicateList {
                predicates: vec![name("length")],
                ..PredicateList::default()
            }],
            ..PredicateGroup::default()
        }];
        let fits = |text: &str| check(&policy, &claim, text, date!(2024 - 05 - 06)).is_ok();
        assert!(fits("2024-05-06") && fits("1970-01-01"));
        assert!(!fits("2024-05-07") && !fits("1969-12-31") && !fits("soon"));
    }

    #[test]
    fn a_value_must_be_one_of_the_list_or_fit_the_pattern() {
        let choice = |value: &str| Choice {
            value: value.to_owned(),
            ..Choice::default()
        };
        let restriction = Restriction {
            choices: vec![choice("a"), choice("b")],
            ..Restriction::default()
        };
        let listed = ClaimType {
            restriction: Some(restriction),
            ..ClaimType::default()
        };
        let today = date!(2024 - 05 - 06);
        assert_eq!(check(&Policy::default(), &listed, "a,b", today), Ok(()));
        assert_eq!(
            check(&Policy::default(), &listed, "c", today),
            Err(Misfit::Choice)
        );
        let pattern = Pattern {
            regex: "^[0-9]+$".to_owned(),
            ..Pattern::default()
        };
        let restriction = Restriction {
            pattern: Some(pattern),
            ..Restriction::default()
        };
        let numeric = ClaimType {
            restriction: Some(restriction),
            ..ClaimType::default()
        };
        assert_eq!(check(&Policy::default(), &numeric, "12", today), Ok(()));
        assert_eq!(
            check(&Policy::default(), &numeric, "x", today),
            Err(Misfit::Pattern)
        );
        assert_eq!(check(&Policy::default(), &numeric, "", today), Ok(()));
    }
}
