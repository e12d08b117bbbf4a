//! Whether the document names the person that the account names, with a reason instead of a score.
//!
//! The account's names are kept only as keyed hashes of their parts, salted with the verification, so whoever reads the
//! store learns nothing. The document's names are compared in passing and never kept.
//!
//! Allowed are differences that documents of one and the same person show: accents and their transliterations, the order
//! of names, missing middle names, initials, parts written as one, particles, given and family name swapped, and names cut
//! where the machine readable zone is full.

mod compare;
mod normalise;
mod written;

use normalise::{Name, date, folded};
use serde::{Deserialize, Serialize};
use written::Written;

use crate::checks::outcome::Matched;
use crate::ids::{SubjectHash, VerificationId};
use crate::person::{Person, Personal};
use crate::seal::Seal;

/// How one value of the document compares with the account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::checks) enum Like {
    /// Equal but for accents, case and order.
    Same,
    /// One side has more names than the other.
    Partial,
    /// Some names are initials on one side.
    Initials,
    /// The document had no room for the whole name.
    Cut,
    /// Equal when written as one.
    Joined,
    /// Given and family name stand in each other's place.
    Swapped,
    /// Somebody else's.
    Different,
}

/// How the document compares with the account; nothing where it was not asked or cannot be said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::checks) struct Likeness {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::checks) given_name: Option<Like>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::checks) family_name: Option<Like>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::checks) birthdate: Option<Like>,
}

impl Likeness {
    /// Both have to match; the weaker one counts.
    fn and(self, asked: &Asked, more: Self) -> Self {
        let both = |is_asked: bool, first, second| if is_asked { weaker(first, second) } else { first };
        Self {
            given_name: both(asked.given_name.is_some(), self.given_name, more.given_name),
            family_name: both(asked.family_name.is_some(), self.family_name, more.family_name),
            birthdate: both(asked.birthdate.is_some(), self.birthdate, more.birthdate),
        }
    }

    pub(in crate::checks) fn matched(self) -> Matched {
        let same = |like: Option<Like>| like.map(|like| like != Like::Different);
        Matched {
            given_name: same(self.given_name),
            family_name: same(self.family_name),
            birthdate: same(self.birthdate),
        }
    }
}

/// A difference outweighs what cannot be said, which outweighs a likeness.
fn weaker(first: Option<Like>, second: Option<Like>) -> Option<Like> {
    match (first, second) {
        (Some(Like::Different), _) | (_, Some(Like::Different)) => Some(Like::Different),
        (None, _) | (_, None) => None,
        (Some(Like::Same), second) => second,
        (first, _) => first,
    }
}

/// What the document has to confirm, as keyed hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::checks) struct Asked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::checks) given_name: Option<AskedName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::checks) family_name: Option<AskedName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::checks) birthdate: Option<AskedDate>,
    /// What was added later, where something else was asked of the same value: both have to match.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    also: Vec<Asked>,
}

/// A name to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::checks) struct AskedName {
    /// Hash of the whole name, salted with the subject: tells whether two verifications of one subject ask the same.
    pub(in crate::checks) print: String,
    /// Written in Latin letters: another script cannot be compared with it.
    pub(in crate::checks) latin: bool,
    /// All parts as one, in each transliteration.
    pub(in crate::checks) joined: Vec<String>,
    /// None when there is nothing in it to compare.
    pub(in crate::checks) parts: Vec<AskedPart>,
    /// The name as it has to stand on the document, where being alike is not enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::checks) exact: Option<AskedText>,
}

/// A text to be confirmed as it is, but for case and the form of its characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::checks) struct AskedText {
    /// As the print of a name.
    pub(in crate::checks) print: String,
    pub(in crate::checks) text: String,
}

/// One part of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::checks) struct AskedPart {
    /// In each transliteration.
    pub(in crate::checks) full: Vec<String>,
    /// Its beginnings, for initials and cut names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::checks) beginnings: Vec<String>,
    /// A single letter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::checks) initial: bool,
    /// `von`, `de` and the like: proves nothing, and may be missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::checks) particle: bool,
}

/// A date to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::checks) struct AskedDate {
    pub(in crate::checks) print: String,
    pub(in crate::checks) day: String,
}

impl Asked {
    /// Whether a name has to stand where it was asked for, as it was asked for.
    fn is_exact(&self) -> bool {
        let names = [&self.given_name, &self.family_name];
        names.into_iter().flatten().any(|name| name.exact.is_some())
    }

    /// What has to match as well. It takes nothing away from what was asked before.
    pub(in crate::checks) fn add(&mut self, more: Self) {
        let mut beside = Self::default();
        put(&mut self.given_name, more.given_name, &mut beside.given_name);
        put(&mut self.family_name, more.family_name, &mut beside.family_name);
        put(&mut self.birthdate, more.birthdate, &mut beside.birthdate);
        if beside != Self::default() {
            self.also.push(beside);
        }
    }

    /// Some name of the account has nothing in it that could stand on a document in Latin letters. That is not the document's
    /// fault, and people choose the names of their accounts.
    pub(in crate::checks) fn is_beyond_comparison(&self, likeness: Likeness) -> bool {
        let is_empty = |name: &Option<AskedName>| {
            let name = name.as_ref();
            name.is_some_and(|name| name.parts.is_empty() || !name.latin)
        };
        self.each().any(|asked| {
            likeness.given_name.is_none() && is_empty(&asked.given_name)
                || likeness.family_name.is_none() && is_empty(&asked.family_name)
        })
    }

    /// Whatever is asked there is asked here as well, with whatever value.
    pub(in crate::checks) fn asks_as_much_as(&self, other: &Self) -> bool {
        let each: [fn(&Self) -> bool; 3] = [
            |asked| asked.given_name.is_some(),
            |asked| asked.family_name.is_some(),
            |asked| asked.birthdate.is_some(),
        ];
        each.into_iter()
            .all(|is_asked| self.each().any(is_asked) || !other.each().any(is_asked))
    }

    fn each(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.also)
    }

    /// Everything that is asked here was asked, with the same values, there.
    pub(in crate::checks) fn is_covered_by(&self, other: &Self) -> bool {
        self.each().all(|ours| ours.is_covered_alone(other))
    }

    fn is_covered_alone(&self, other: &Self) -> bool {
        let name = |of: fn(&Self) -> Option<&AskedName>| {
            of(self).is_none_or(|ours| other.each().any(|theirs| is_same_name(ours, of(theirs))))
        };
        let day = |asked: &Self| asked.birthdate.as_ref().map(|day| day.print.clone());
        name(|asked| asked.given_name.as_ref())
            && name(|asked| asked.family_name.as_ref())
            && other
                .each()
                .any(|theirs| covers(day(self).as_ref(), day(theirs).as_ref()))
    }
}

/// Asks where nothing was asked, or else beside it.
fn put<T>(first: &mut Option<T>, more: Option<T>, beside: &mut Option<T>) {
    if first.is_none() {
        *first = more;
    } else {
        *beside = more;
    }
}

fn is_same_name(ours: &AskedName, theirs: Option<&AskedName>) -> bool {
    covers(Some(&ours.print), theirs.map(|name| &name.print))
        && covers(exact_print(Some(ours)), exact_print(theirs))
}

/// How an exact name is told from others; nothing where alike is enough.
fn exact_print(name: Option<&AskedName>) -> Option<&String> {
    name?.exact.as_ref().map(|exact| &exact.print)
}

fn covers(ours: Option<&String>, theirs: Option<&String>) -> bool {
    match (ours, theirs) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(ours), Some(theirs)) => ours == theirs,
    }
}

/// Hashes values of one verification.
pub(in crate::checks) struct Hasher<'a> {
    pub(in crate::checks) seal: &'a Seal,
    pub(in crate::checks) id: VerificationId,
    pub(in crate::checks) subject: SubjectHash,
}

impl Hasher<'_> {
    /// What has to be confirmed of a person.
    pub(in crate::checks) fn asked(&self, person: &Person) -> Asked {
        Asked {
            given_name: person
                .given_name
                .as_ref()
                .map(|name| self.asked_name("given", name, person.exact.given_name)),
            family_name: person
                .family_name
                .as_ref()
                .map(|name| self.asked_name("family", name, person.exact.family_name)),
            birthdate: person.birthdate.as_ref().map(|day| AskedDate {
                print: self.print("birthdate", &date(day)),
                day: self.hash(&date(day)),
            }),
            also: Vec::new(),
        }
    }

    /// A name in which there is nothing to compare (a dash, say) is asked for all the same: were it passed over, whoever
    /// calls themselves so would be let through with any document.
    fn asked_name(&self, field: &str, value: &Personal, exact: bool) -> AskedName {
        let exact = exact.then(|| AskedText {
            print: self.print(&format!("{field} exact"), &folded(value)),
            text: self.hash(&folded(value)),
        });
        let Some(name) = Name::of(value) else {
            return AskedName {
                print: self.print(field, ""),
                latin: true,
                joined: Vec::new(),
                parts: Vec::new(),
                exact,
            };
        };
        AskedName {
            print: self.print(field, &name.plain()),
            latin: name.latin,
            joined: name.joined().iter().map(|text| self.hash(text)).collect(),
            parts: name
                .parts
                .iter()
                .map(|part| self.asked_part(part, &name))
                .collect(),
            exact,
        }
    }

    fn asked_part(&self, part: &normalise::Part, name: &Name) -> AskedPart {
        AskedPart {
            full: part.spellings.iter().map(|text| self.hash(text)).collect(),
            beginnings: part.beginnings().iter().map(|text| self.hash(text)).collect(),
            initial: part.is_initial(),
            particle: part.is_particle() && !name.parts.iter().all(normalise::Part::is_particle),
        }
    }

    fn print(&self, field: &str, text: &str) -> String {
        let subject = self.subject.to_string();
        short(&self.seal.keyed("asked print", &[&subject, field, text]))
    }

    fn hash(&self, text: &str) -> String {
        #[cfg(test)]
        tests::HASHED.set(tests::HASHED.get() + 1);
        short(&self.seal.keyed("asked", &[&self.id.to_string(), text]))
    }

    /// Compares what was asked with what the document says.
    pub(in crate::checks) fn compare(&self, asked: &Asked, document: &Person) -> Likeness {
        let first = self.compare_alone(asked, document);
        let also = asked.also.iter();
        also.fold(first, |all, more| {
            all.and(more, self.compare_alone(more, document))
        })
    }

    fn compare_alone(&self, asked: &Asked, document: &Person) -> Likeness {
        let given = document.given_name.as_ref().and_then(Written::of);
        let family = document.family_name.as_ref().and_then(Written::of);
        let letters = given.iter().chain(&family).map(|on| on.name.letters());
        let is_full = letters.sum::<usize>() >= compare::FULL_LINE;
        let pair = |asked: &Option<AskedName>, on: &Option<Written>| {
            self.compare_name(asked.as_ref()?, on.as_ref()?, is_full)
        };
        let mut likeness = Likeness {
            given_name: pair(&asked.given_name, &given),
            family_name: pair(&asked.family_name, &family),
            birthdate: self.compare_date(asked, document),
        };
        let swapped = [pair(&asked.given_name, &family), pair(&asked.family_name, &given)];
        let alike = |like: &Option<Like>| like.is_some_and(|like| like != Like::Different);
        if likeness.given_name == Some(Like::Different)
            && likeness.family_name == Some(Like::Different)
            && !asked.is_exact()
            && swapped.iter().all(alike)
        {
            likeness.given_name = Some(Like::Swapped);
            likeness.family_name = Some(Like::Swapped);
        }
        likeness
    }

    /// Nothing where the scripts differ, so that nothing can be said.
    fn compare_name(&self, asked: &AskedName, on: &Written<'_>, is_full: bool) -> Option<Like> {
        match &asked.exact {
            None => compare::name(self, asked, on, is_full),
            Some(_) if asked.latin != on.name.latin => None,
            Some(exact) if on.exact(self) == exact.text => Some(Like::Same),
            Some(_) => Some(Like::Different),
        }
    }

    fn compare_date(&self, asked: &Asked, document: &Person) -> Option<Like> {
        let (asked, day) = (asked.birthdate.as_ref()?, document.birthdate.as_ref()?);
        let day = date(day);
        // A document may name only the year: that neither confirms nor contradicts.
        (day.len() == 10).then(|| {
            if self.hash(&day) == asked.day {
                Like::Same
            } else {
                Like::Different
            }
        })
    }
}

/// 72 bits are plenty to tell a few values of one person apart.
fn short(hash: &[u8; 32]) -> String {
    use base64::Engine as _;
    let (head, _) = hash.split_at(9);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(head)
}

#[cfg(test)]
mod tests;
