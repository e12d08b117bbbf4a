//! What tells a document from all others, as a keyed hash: so that its holder is the same in every browser, and nobody who reads
//! the store learns whose it is.

use crate::checks::outcome::Status;
use crate::checks::vendor::{Document, Finding};
use crate::ids::FactHash;
use crate::person::Personal;
use crate::seal::Seal;

/// No number of a document is shorter.
const MIN_NUMBER: usize = 4;
/// So many times the letter X in a row stand for what is not shown.
const MASK: usize = 4;

/// The hash of a finding's document, under the key that outlives all rotations. Nothing where its number or the birth date is
/// missing or masked, and nothing of a document that was not accepted.
pub(in crate::checks) fn hash(seal: &Seal, finding: &Finding, status: Status) -> Option<FactHash> {
    let document = finding.document.as_ref()?;
    match status {
        // In review a human may still accept it.
        Status::Approved | Status::Review => of(seal, document),
        Status::Rejected | Status::Pending | Status::Expired | Status::Cancelled | Status::Error => None,
    }
}

fn of(seal: &Seal, document: &Document) -> Option<FactHash> {
    let number = number(&document.number)?;
    let (kind, country) = (plain(&document.kind), plain(&document.country));
    let birthdate = document.birthdate.expose().trim();
    if kind.is_empty() || country.is_empty() || birthdate.is_empty() {
        return None;
    }
    let state = plain(&document.state);
    let parts = [kind.as_str(), &country, &state, number.expose(), birthdate];
    Some(FactHash::leading(&seal.keyed("document", &parts)))
}

/// Capital letters and digits alone: readers differ in the rest.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_uppercase).collect()
}

/// The number, if all of it is shown.
fn number(value: &Personal) -> Option<Personal> {
    let text = value.expose().trim();
    let is_plain = |c: char| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '-' | '/' | '.' | '<');
    if text.eq_ignore_ascii_case("n/a") || !text.chars().all(is_plain) {
        return None;
    }
    let number = Personal::new(plain(text));
    let letters = number.expose();
    let is_one = letters.chars().all(|letter| letters.starts_with(letter));
    let is_shown = letters.chars().count() >= MIN_NUMBER && !is_one && !letters.contains(&"X".repeat(MASK));
    is_shown.then_some(number)
}

#[cfg(test)]
mod tests;
