//! Where facts lie, and what their names mean.

use crate::ids::{FactHash, SubjectHash, VerificationId};

/// One fact of a verification, as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Request,
    Location,
    Added(FactHash),
    Authorization(FactHash),
    Pushed(FactHash),
    Used(FactHash),
    Joined(u32),
    Transaction(u32),
    Notice(FactHash),
    Returned(u32, u32),
    Captured(u32),
    Refused(u32),
    Continued(FactHash),
    Decision(u32),
    Code(FactHash),
    Redeemed(FactHash),
    Replayed(FactHash),
    Answered(FactHash),
    Stopped(FactHash, u32),
}

/// Where a fact of this name lies, in the folder of an example; nothing where it is no name of a fact.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn fact_path(file: &str) -> Option<String> {
    Name::parse(file).map(|name| name.path(VerificationId([7; 16])))
}

pub(super) fn folder(id: VerificationId) -> String {
    format!("verifications/{id}")
}

/// Where the authorizations of a verification lie.
pub(super) fn authorizations(id: VerificationId) -> String {
    format!("{}/authorizations", folder(id))
}

/// Reads the name of a document in that folder.
pub(super) fn parse_authorization(file: &str) -> Option<Name> {
    let hash = file.strip_suffix(".json")?.parse().ok()?;
    Some(Name::Authorization(hash))
}

impl Name {
    /// Its path in the folder of a verification.
    pub(super) fn path(self, id: VerificationId) -> String {
        match self {
            Self::Authorization(h) => format!("{}/{h}.json", authorizations(id)),
            _ => format!("verifications/{id}/{}.json", self.stem()),
        }
    }

    fn stem(self) -> String {
        match self {
            Self::Request => "request".to_owned(),
            Self::Location => "location".to_owned(),
            Self::Added(h) => format!("added-{h}"),
            Self::Authorization(h) => format!("authorization-{h}"),
            Self::Pushed(h) => format!("pushed-{h}"),
            Self::Used(h) => format!("used-{h}"),
            Self::Joined(n) => format!("joined-{n}"),
            Self::Transaction(n) => format!("transaction-{n}"),
            Self::Notice(h) => format!("notice-{h}"),
            Self::Returned(n, j) => format!("returned-{n}-{j}"),
            Self::Captured(n) => format!("captured-{n}"),
            Self::Refused(n) => format!("refused-{n}"),
            Self::Continued(h) => format!("continued-{h}"),
            Self::Decision(d) => format!("decision-{d}"),
            Self::Code(h) => format!("code-{h}"),
            Self::Redeemed(h) => format!("redeemed-{h}"),
            Self::Replayed(h) => format!("replayed-{h}"),
            Self::Answered(h) => format!("answered-{h}"),
            Self::Stopped(h, k) => format!("stopped-{h}-{k}"),
        }
    }

    /// Reads a file name; `None` for a kind that this release does not know, and for one that nobody writes so (`returned-01-1`):
    /// it would be read from another path than it lies at.
    pub(super) fn parse(file: &str) -> Option<Self> {
        let stem = file.strip_suffix(".json")?;
        Self::of_stem(stem).filter(|name| name.stem() == stem)
    }

    fn of_stem(stem: &str) -> Option<Self> {
        if stem == "request" {
            return Some(Self::Request);
        }
        if stem == "location" {
            return Some(Self::Location);
        }
        let (kind, rest) = stem.split_once('-')?;
        let hash = || rest.parse::<FactHash>().ok();
        let number = || rest.parse::<u32>().ok();
        let pair = || {
            rest.split_once('-')
                .and_then(|(n, k)| Some((n.parse().ok()?, k.parse().ok()?)))
        };
        match kind {
            "added" => hash().map(Self::Added),
            "authorization" => hash().map(Self::Authorization),
            "pushed" => hash().map(Self::Pushed),
            "used" => hash().map(Self::Used),
            "joined" => number().map(Self::Joined),
            "transaction" => number().map(Self::Transaction),
            "notice" => hash().map(Self::Notice),
            "returned" => pair().map(|(n, j)| Self::Returned(n, j)),
            "captured" => number().map(Self::Captured),
            "refused" => number().map(Self::Refused),
            "continued" => hash().map(Self::Continued),
            "decision" => number().map(Self::Decision),
            "code" => hash().map(Self::Code),
            "redeemed" => hash().map(Self::Redeemed),
            "replayed" => hash().map(Self::Replayed),
            "answered" => hash().map(Self::Answered),
            "stopped" => {
                let (h, k) = rest.rsplit_once('-')?;
                Some(Self::Stopped(h.parse().ok()?, k.parse().ok()?))
            }
            _ => None,
        }
    }
}

/// Lets a later sign-in, or an erasure, find the verifications of a subject.
pub(super) fn index(subject: SubjectHash, id: VerificationId) -> String {
    format!("subjects/{subject}/{id}")
}

pub(super) fn slots(subject: SubjectHash) -> String {
    format!("subjects/{subject}/starts")
}

/// What is said of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SlotFact {
    /// It was begun.
    Taken,
    /// It certainly did not reach the vendor: counts for nothing.
    Released,
    /// The person showed nothing: a start, but not an attempt.
    Uncounted,
    /// Nobody knows whether it reached the vendor. It may have been paid: a start, but not an attempt.
    Unconfirmed,
    /// Its transaction is open still, and is followed by another one all the same.
    Superseded,
}

impl SlotFact {
    const ALL: [Self; 5] = [
        Self::Taken,
        Self::Released,
        Self::Uncounted,
        Self::Unconfirmed,
        Self::Superseded,
    ];

    const fn suffix(self) -> &'static str {
        match self {
            Self::Taken => "",
            Self::Released => "-released",
            Self::Uncounted => "-uncounted",
            Self::Unconfirmed => "-unconfirmed",
            Self::Superseded => "-superseded",
        }
    }
}

pub(super) fn slot(subject: SubjectHash, number: u32, fact: SlotFact) -> String {
    format!("subjects/{subject}/starts/{number:010}{}.json", fact.suffix())
}

pub(super) fn parse_slot(file: &str) -> Option<(u32, SlotFact)> {
    let stem = file.strip_suffix(".json")?;
    let (number, suffix) = stem.split_at(stem.find('-').unwrap_or(stem.len()));
    let fact = SlotFact::ALL.into_iter().find(|fact| fact.suffix() == suffix)?;
    Some((number.parse().ok()?, fact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        let h = FactHash([0xfb; 16]); // its text holds '-' and '_'
        for name in [
            Name::Request,
            Name::Location,
            Name::Added(h),
            Name::Authorization(h),
            Name::Pushed(h),
            Name::Used(h),
            Name::Joined(1),
            Name::Transaction(3),
            Name::Notice(h),
            Name::Returned(4, 5),
            Name::Captured(6),
            Name::Refused(9),
            Name::Continued(h),
            Name::Decision(7),
            Name::Code(h),
            Name::Redeemed(h),
            Name::Replayed(h),
            Name::Answered(h),
            Name::Stopped(h, 8),
        ] {
            assert_eq!(Name::parse(&format!("{}.json", name.stem())), Some(name));
        }
    }

    #[test]
    fn an_unknown_name_is_passed_over() {
        assert_eq!(Name::parse("verdict-1.json"), None);
        assert_eq!(Name::parse("returned-1.json"), None);
        assert_eq!(Name::parse("returned-01-1.json"), None);
        assert_eq!(Name::parse("decision-+1.json"), None);
        assert_eq!(parse_slot("0000000001-lost.json"), None);
    }

    proptest::proptest! {
        #[test]
        fn a_name_that_is_read_lies_where_it_was_found(file in "[a-z]{0,14}-?[A-Za-z0-9_+-]{0,24}[.]json") {
            let id = VerificationId([7; 16]);
            if let Some(name) = Name::parse(&file) {
                proptest::prop_assert_eq!(name.path(id), format!("{}/{file}", folder(id)));
            }
            let _ = parse_slot(&file);
        }
    }

    #[test]
    fn slots_are_read_back() {
        for fact in SlotFact::ALL {
            let path = slot(SubjectHash([1; 32]), 12, fact);
            assert_eq!(parse_slot(path.rsplit('/').next().unwrap()), Some((12, fact)));
        }
    }
}
