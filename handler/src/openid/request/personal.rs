//! What a caller says of a person, and nobody is called or was born like that: refused before anything is paid, because no
//! document will ever confirm it.

use time::{Date, Duration, Month, OffsetDateTime};
use unicode_normalization::char::is_combining_mark;

use crate::person::{Person, Personal};

/// Nobody has lived longer (122 years).
const MAX_AGE_YEARS: i32 = 130;
/// In the farthest east it is tomorrow already (UTC+14).
const EASTERNMOST: Duration = Duration::hours(14);

/// What stands in names beside letters: apostrophes, hyphens and points of many scripts, and what names of some peoples have
/// (`d/o`, `!Naruseb`, the syllable points of Tibetan).
const PUNCTUATION: &str = "'’‘‛`´＇-‐‑‒–—־֊－.·・･‧．,،/()!׳״་༌";
/// Letters and marks that cannot be seen: fillers of Hangul and Khmer, and the joiner of graphemes.
const UNSEEN: [char; 7] = [
    '\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}', '\u{34f}', '\u{17b4}', '\u{17b5}',
];

/// Why a value cannot be anybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Implausible {
    /// Digits, markup, control or invisible characters.
    #[error("a name has digits, markup or invisible characters")]
    NameCharacters,
    /// In the future, or more than 130 years back.
    #[error("birthdate is in the future or more than 130 years back")]
    BirthdateRange,
}

impl Implausible {
    /// The same for an OAuth client, whose errors are fixed texts.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::NameCharacters => "a name has digits, markup or invisible characters",
            Self::BirthdateRange => "birthdate is in the future or more than 130 years back",
        }
    }
}

/// Whether somebody may be called so, and be born then.
///
/// # Errors
/// See [`Implausible`].
pub(crate) fn plausible(person: &Person, now: OffsetDateTime) -> Result<(), Implausible> {
    let names = [&person.given_name, &person.family_name];
    if !names.into_iter().flatten().all(is_name) {
        return Err(Implausible::NameCharacters);
    }
    let born = person.birthdate.as_ref();
    if born.is_some_and(|day| !is_birthdate(day.expose(), now)) {
        return Err(Implausible::BirthdateRange);
    }
    Ok(())
}

fn is_name(name: &Personal) -> bool {
    let letters = name.expose();
    letters.char_indices().all(|(at, letter)| {
        if matches!(letter, '\u{200c}' | '\u{200d}') {
            let before = letters.get(..at).and_then(|text| text.chars().next_back());
            let behind = letters.get(at..).and_then(|text| text.chars().nth(1));
            return before.is_some_and(is_of_a_joining_script) && behind.is_some_and(is_of_a_joining_script);
        }
        let spelling = letter.is_alphabetic() || is_combining_mark(letter) || is_space(letter);
        (spelling || PUNCTUATION.contains(letter)) && !UNSEEN.contains(&letter)
    })
}

/// Space separators; not the tab, nor what breaks a line.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}

/// Arabic, the scripts of India and their neighbours, which cannot be written without joiners (RFC 5892 appendix A.1, A.2).
fn is_of_a_joining_script(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
        && (c.is_alphabetic() || is_combining_mark(c))
}

fn is_birthdate(day: &str, now: OffsetDateTime) -> bool {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    let Ok(day) = Date::parse(day, form) else {
        return false;
    };
    let today = now.date();
    let oldest = today
        .replace_year(today.year() - MAX_AGE_YEARS)
        // The 29th of February, in a year without one.
        .or_else(|_| Date::from_calendar_date(today.year() - MAX_AGE_YEARS, Month::February, 28));
    let youngest = now.checked_add(EASTERNMOST).map(OffsetDateTime::date);
    oldest.is_ok_and(|oldest| oldest <= day) && youngest.is_some_and(|youngest| day <= youngest)
}

#[cfg(test)]
mod tests;
