//! Names as sets of spellings that one and the same name may have in documents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroize;

use crate::person::Personal;

/// Longer names are cut here; the longest line of a document has 39 letters.
const MAX_LETTERS: usize = 120;
const MAX_PARTS: usize = 12;

const PARTICLES: [&str; 34] = [
    "a", "abu", "af", "al", "av", "bin", "bint", "da", "das", "de", "degli", "dei", "del", "della", "den",
    "der", "di", "do", "dos", "du", "e", "el", "ibn", "la", "las", "le", "los", "ten", "ter", "van", "vom",
    "von", "y", "zu",
];

/// A name, taken apart. Personal data: wiped when dropped.
pub(super) struct Name {
    pub(super) parts: Vec<Part>,
    pub(super) latin: bool,
}

/// One part of a name in all its spellings; the first is the one without accents.
pub(super) struct Part {
    pub(super) spellings: Vec<String>,
}

impl Drop for Part {
    fn drop(&mut self) {
        self.spellings.iter_mut().for_each(Zeroize::zeroize);
    }
}

impl Name {
    /// Takes a name apart; `None` when it says nothing (`N/A`, dashes).
    pub(super) fn of(value: &Personal) -> Option<Self> {
        let text = value.expose().trim();
        if text.eq_ignore_ascii_case("n/a") {
            return None;
        }
        let kept: String = text
            .nfc()
            .filter(|c| !is_apostrophe(*c))
            .take(MAX_LETTERS)
            .collect();
        let lower = kept.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
        let parts: Vec<Part> = words.filter_map(Part::of).take(MAX_PARTS).collect();
        let latin = parts
            .iter()
            .all(|part| part.spellings.iter().all(|text| text.is_ascii()));
        (!parts.is_empty()).then_some(Self { parts, latin })
    }

    /// The plain spelling of all parts in their order.
    pub(super) fn plain(&self) -> String {
        let plain: Vec<&str> = self
            .parts
            .iter()
            .filter_map(|part| part.spellings.first().map(String::as_str))
            .collect();
        plain.join(" ")
    }

    /// All parts written as one, plain and transliterated.
    pub(super) fn joined(&self) -> Vec<String> {
        let plain: String = self
            .parts
            .iter()
            .filter_map(|part| part.spellings.first().cloned())
            .collect();
        let spelt: String = self
            .parts
            .iter()
            .filter_map(|part| part.spellings.last().cloned())
            .collect();
        if plain == spelt {
            vec![plain]
        } else {
            vec![plain, spelt]
        }
    }

    /// How many letters it takes on a document, with the spaces between.
    pub(super) fn letters(&self) -> usize {
        let longest = |part: &Part| {
            part.spellings
                .iter()
                .map(|s| s.chars().count())
                .max()
                .unwrap_or(0)
        };
        self.parts.iter().map(longest).sum::<usize>() + self.parts.len()
    }
}

impl Part {
    fn of(word: &str) -> Option<Self> {
        let plain: String = word
            .chars()
            .map(plain)
            .collect::<String>()
            .nfkd()
            .filter(|c| !is_combining_mark(*c))
            .collect();
        let spelt: String = word
            .chars()
            .map(spelt)
            .collect::<String>()
            .nfkd()
            .filter(|c| !is_combining_mark(*c))
            .collect();
        if plain.is_empty() {
            return None;
        }
        let spellings = if plain == spelt {
            vec![plain]
        } else {
            vec![plain, spelt]
        };
        Some(Self { spellings })
    }

    pub(super) fn is_initial(&self) -> bool {
        self.spellings
            .first()
            .is_some_and(|plain| plain.chars().count() == 1)
    }

    pub(super) fn is_particle(&self) -> bool {
        self.spellings
            .iter()
            .any(|text| PARTICLES.contains(&text.as_str()))
    }

    /// Every proper beginning of every spelling.
    pub(super) fn beginnings(&self) -> Vec<String> {
        let mut all: Vec<String> = self
            .spellings
            .iter()
            .flat_map(|text| text.char_indices().skip(1).filter_map(|(end, _)| text.get(..end)))
            .map(str::to_owned)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʻ' | '.')
}

/// Letters that are not a base letter with an accent, as people write them without their keys.
fn plain(c: char) -> String {
    match c {
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        _ => return shared(c),
    }
    .to_owned()
}

/// The same as documents write them in their machine readable zone (ICAO 9303 part 3 section 6).
fn spelt(c: char) -> String {
    match c {
        'ä' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        'đ' => "dj",
        'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        _ => return shared(c),
    }
    .to_owned()
}

fn shared(c: char) -> String {
    match c {
        'ß' => "ss".to_owned(),
        'æ' => "ae".to_owned(),
        'œ' => "oe".to_owned(),
        'þ' => "th".to_owned(),
        'ł' => "l".to_owned(),
        'ı' => "i".to_owned(),
        'ŋ' => "n".to_owned(),
        other => other.to_string(),
    }
}

/// A name without regard to case, to how its characters are composed, and to white space. Upper case first, so that
/// letters that documents have no capital for (`ß`) are equal to what documents print.
pub(super) fn folded(value: &Personal) -> String {
    let words: Vec<&str> = value.expose().split_whitespace().collect();
    let composed: String = words.join(" ").nfc().collect();
    composed.to_uppercase().to_lowercase().nfc().collect()
}

/// A date as `YYYY-MM-DD`, or whatever was given.
pub(super) fn date(value: &Personal) -> String {
    value.expose().trim().replace(['/', '.'], "-")
}
