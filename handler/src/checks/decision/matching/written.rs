//! A name on a document, as texts and as their hashes.

use std::cell::OnceCell;

use super::Hasher;
use super::normalise::{Name, Part, folded};
use crate::person::Personal;

/// A name on a document. It is hashed when it is first compared, and then never again.
pub(super) struct Written<'a> {
    text: &'a Personal,
    pub(super) name: Name,
    hashes: OnceCell<Hashes>,
}

/// Every spelling of a name, hashed as the account's are. They are looked for among those by plain comparison: whoever
/// writes a name on a document does not know the key, so what the time of a comparison tells says nothing about the
/// account's names.
pub(super) struct Hashes {
    /// All parts as one.
    pub(super) joined: Vec<String>,
    /// In the order of the name's parts.
    pub(super) parts: Vec<PartHashes>,
}

/// One part, each spelling for itself.
pub(super) struct PartHashes {
    pub(super) spellings: Vec<Spelling>,
    pub(super) is_initial: bool,
    pub(super) is_particle: bool,
}

/// One spelling of a part.
pub(super) struct Spelling {
    pub(super) whole: String,
    /// Its first letter, when that is not the whole.
    pub(super) first: Option<String>,
    /// How many letters it has.
    pub(super) letters: usize,
}

impl<'a> Written<'a> {
    /// `None` when it says nothing.
    pub(super) fn of(text: &'a Personal) -> Option<Self> {
        Name::of(text).map(|name| Self {
            text,
            name,
            hashes: OnceCell::new(),
        })
    }

    /// The name as it stands there, but for case and the form of its characters.
    pub(super) fn exact(&self, hasher: &Hasher<'_>) -> String {
        hasher.hash(&folded(self.text))
    }

    /// The hashes of all spellings; always of the same hasher.
    pub(super) fn hashes(&self, hasher: &Hasher<'_>) -> &Hashes {
        self.hashes.get_or_init(|| Hashes {
            joined: self.name.joined().iter().map(|text| hasher.hash(text)).collect(),
            parts: self
                .name
                .parts
                .iter()
                .map(|part| PartHashes::of(hasher, part))
                .collect(),
        })
    }
}

impl PartHashes {
    fn of(hasher: &Hasher<'_>, part: &Part) -> Self {
        let spellings = part.spellings.iter();
        Self {
            spellings: spellings.map(|text| Spelling::of(hasher, text)).collect(),
            is_initial: part.is_initial(),
            is_particle: part.is_particle(),
        }
    }
}

impl Spelling {
    fn of(hasher: &Hasher<'_>, text: &str) -> Self {
        let letters = text.chars().count();
        let first = text.chars().next().filter(|_| letters > 1);
        Self {
            whole: hasher.hash(text),
            first: first.map(|first| hasher.hash(first.encode_utf8(&mut [0; 4]))),
            letters,
        }
    }
}
