//! Where facts lie, and what their names mean. Everything of one subject lies in one folder, so one listing shows it.
//!
//! ```text
//! facts/2/subjects/<s>/starts/0000000001.json        a start of the subject: the lease on it
//! facts/2/subjects/<s>/starts/0000000001-approved.json   what is said of it
//! facts/2/subjects/<s>/<v>/request.json              a verification; its id is s followed by v
//! facts/2/subjects/<s>/<v>/transaction-1.json        what happened to it
//! facts/2/transactions/<h>.json                      where a transaction of the vendor lies
//! facts/2/open/<s><v>-1.json                         a start that may not have come to an end
//! facts/2/references/<r>/<s><v>.json                 a verification whose person may read its reference out
//! facts/2/erasures/<s>.json                          a subject whose erasure has begun
//! facts/2/sweeps/<t>.json                            a sweep, and <t>-done.json how far it came
//! facts/2/assertions/<h>.json                        client assertions that were used
//! facts/2/spend/<day>/known/<hour>/….json            a start that was paid from a purse: `purse/mark.rs` has the rest of the name
//! facts/2/held/<t>-<h>.json                          a request that waits for a browser until <t>, and <t>-<h>-used.json for which
//! ```

use crate::checks::facts::AttemptOf;
use crate::ids::{FactHash, PersonReference, SubjectKey, VerificationId};

/// Everything that this layout holds. A release that changes the layout takes another number.
const ROOT: &str = "facts/2";
/// The folders of all subjects.
pub(in crate::checks) const SUBJECTS: &str = "facts/2/subjects";
/// Starts that may not have come to an end.
pub(in crate::checks) const OPEN: &str = "facts/2/open";
/// Subjects whose erasure has begun.
pub(in crate::checks) const ERASURES: &str = "facts/2/erasures";
/// Sweeps, by their time.
pub(in crate::checks) const SWEEPS: &str = "facts/2/sweeps";
/// Starts that were paid, by their days: named and counted by `purse`.
pub(in crate::checks) const SPEND: &str = "facts/2/spend";
/// Requests that wait for a browser, before there is a verification of them.
pub(in crate::checks) const HELD: &str = "facts/2/held";
/// The folder of a subject's starts, among those of its verifications.
pub(in crate::checks) const STARTS: &str = "starts";

/// One fact of a verification, as its name says. Those of grants are named by their authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FactName {
    /// Who asked, for whom, what to match.
    Request,
    /// Where the person said they are.
    Location,
    /// What the person agreed to on a page of ours.
    Consent,
    /// More to match.
    Added(FactHash),
    /// A transaction of another verification is used: start number.
    Joined(u32),
    /// The same once more, after it was given up.
    Rejoined(u32),
    /// Start number.
    Transaction(u32),
    /// Start number, and a hash of what the callback says.
    Callback(u32, FactHash),
    /// A callback about somebody else's transaction.
    Foreign(FactHash),
    /// Start number, and how often.
    Returned(u32, u32),
    /// Start number.
    Captured(u32),
    /// A human refused it for another registration: start number.
    Refused(u32),
    /// Other details are compared with it, once: start number.
    Corrected(u32),
    /// The person began it, or did not: start number.
    Confirmed(u32),
    /// A browser that did not begin it came back from the vendor: start number.
    Elsewhere(u32),
    /// There the person said that they began it: start number.
    Owned(u32),
    /// There the person said that they did not: start number.
    Disowned(u32),
    /// Another sign-in uses a transaction that lies here.
    Continued(FactHash),
    /// Number of the decision.
    Decision(u32),
    /// Authorization, and how often.
    Stopped(FactHash, u32),
    /// Tombstone.
    Erased,
    /// Authorization.
    Authorization(FactHash),
    /// Pushed request.
    Pushed(FactHash),
    /// Pushed request.
    Used(FactHash),
    /// Authorization.
    Redeemed(FactHash),
    /// Authorization.
    Replayed(FactHash),
    /// Authorization.
    Answered(FactHash),
    /// Link.
    Handed(FactHash),
    /// Client and values.
    Named(FactHash),
}

/// Where a fact of this name lies, in the folder of an example; nothing where it is no name of a fact.
#[cfg(any(test, feature = "testing"))]
#[must_use]
pub fn fact_path(file: &str) -> Option<String> {
    FactName::parse(file).map(|name| name.path(VerificationId([7; 16])))
}

/// The folder of a subject.
pub(in crate::checks) fn folder(subject: SubjectKey) -> String {
    format!("{ROOT}/subjects/{subject}")
}

/// The note that a start may not have come to an end.
pub(in crate::checks) fn open(of: AttemptOf) -> String {
    format!("{OPEN}/{}-{}.json", of.id, of.attempt)
}

/// The start of such a note.
pub(in crate::checks) fn parse_open(file: &str) -> Option<AttemptOf> {
    let (id, attempt) = file.strip_suffix(".json")?.rsplit_once('-')?;
    Some(AttemptOf {
        id: id.parse().ok()?,
        attempt: attempt.parse().ok()?,
    })
}

/// The note that the erasure of a subject has begun.
pub(in crate::checks) fn erasure(subject: SubjectKey) -> String {
    format!("{ERASURES}/{subject}.json")
}

/// The note by which a verification is found whose person reads its reference out.
pub(in crate::checks) fn reference(id: VerificationId) -> String {
    format!("{}/{id}.json", references(PersonReference::of(id)))
}

/// The folder of all verifications of a reference: mostly of one.
pub(in crate::checks) fn references(reference: PersonReference) -> String {
    format!("{ROOT}/references/{reference}")
}

/// A sweep of this period of time.
pub(in crate::checks) fn sweep(period: i64) -> String {
    format!("{SWEEPS}/{period:012}.json")
}

/// How far the sweep of this period came.
pub(in crate::checks) fn swept(period: i64) -> String {
    format!("{SWEEPS}/{period:012}-done.json")
}

/// The path of a file in the folder of a verification, whether or not its name is one of ours.
pub(in crate::checks) fn file(id: VerificationId, name: &str) -> String {
    format!("{}/{}/{name}", folder(id.subject()), id.folder())
}

/// The verification in whose folder a file of a subject lies, and its name there.
pub(in crate::checks) fn placed(subject: SubjectKey, file: &str) -> Option<(VerificationId, &str)> {
    let (folder, name) = file.split_once('/')?;
    Some((VerificationId::within(subject, folder)?, name))
}

/// Where it is written which verification a transaction of the vendor belongs to.
pub(in crate::checks) fn transaction(hash: FactHash) -> String {
    format!("{ROOT}/transactions/{hash}.json")
}

/// Where a used client assertion is remembered.
pub(crate) fn assertion(name: &str) -> String {
    format!("{ROOT}/assertions/{name}.json")
}

/// A request that waits for a browser until this time (Unix, seconds).
pub(in crate::checks) fn held(until: i64, hash: FactHash) -> String {
    format!("{HELD}/{until:012}-{hash}.json")
}

/// Which browser it serves.
pub(in crate::checks) fn held_used(until: i64, hash: FactHash) -> String {
    format!("{HELD}/{until:012}-{hash}-used.json")
}

/// Until when a file there waits.
pub(in crate::checks) fn held_until(file: &str) -> Option<i64> {
    file.split_once('-')?.0.parse().ok()
}

impl FactName {
    /// Its path in the store.
    pub(in crate::checks) fn path(self, id: VerificationId) -> String {
        file(id, &format!("{}.json", self.stem()))
    }

    fn stem(self) -> String {
        match self {
            Self::Request => "request".to_owned(),
            Self::Location => "location".to_owned(),
            Self::Consent => "consent".to_owned(),
            Self::Erased => "erased".to_owned(),
            Self::Added(h) => format!("added-{h}"),
            Self::Authorization(h) => format!("authorization-{h}"),
            Self::Pushed(h) => format!("pushed-{h}"),
            Self::Used(h) => format!("used-{h}"),
            Self::Joined(n) => format!("joined-{n}"),
            Self::Rejoined(n) => format!("rejoined-{n}"),
            Self::Transaction(n) => format!("transaction-{n}"),
            Self::Callback(n, h) => format!("callback-{n}-{h}"),
            Self::Foreign(h) => format!("foreign-{h}"),
            Self::Returned(n, j) => format!("returned-{n}-{j}"),
            Self::Captured(n) => format!("captured-{n}"),
            Self::Refused(n) => format!("refused-{n}"),
            Self::Corrected(n) => format!("corrected-{n}"),
            Self::Confirmed(n) => format!("confirmed-{n}"),
            Self::Elsewhere(n) => format!("elsewhere-{n}"),
            Self::Owned(n) => format!("owned-{n}"),
            Self::Disowned(n) => format!("disowned-{n}"),
            Self::Continued(h) => format!("continued-{h}"),
            Self::Decision(d) => format!("decision-{d}"),
            Self::Redeemed(h) => format!("redeemed-{h}"),
            Self::Replayed(h) => format!("replayed-{h}"),
            Self::Answered(h) => format!("answered-{h}"),
            Self::Handed(h) => format!("handed-{h}"),
            Self::Named(h) => format!("named-{h}"),
            Self::Stopped(h, k) => format!("stopped-{h}-{k}"),
        }
    }

    /// Reads a file name; `None` for a kind that this release does not know, and for one that nobody writes so (`returned-01-1`):
    /// it would be read from another path than it lies at.
    pub(in crate::checks) fn parse(file: &str) -> Option<Self> {
        let stem = file.strip_suffix(".json")?;
        Self::of_stem(stem).filter(|name| name.stem() == stem)
    }

    fn of_stem(stem: &str) -> Option<Self> {
        match stem {
            "request" => return Some(Self::Request),
            "location" => return Some(Self::Location),
            "consent" => return Some(Self::Consent),
            "erased" => return Some(Self::Erased),
            _ => {}
        }
        let (kind, rest) = stem.split_once('-')?;
        let hash = || rest.parse::<FactHash>().ok();
        let number = || rest.parse::<u32>().ok();
        match kind {
            "added" => hash().map(Self::Added),
            "authorization" => hash().map(Self::Authorization),
            "pushed" => hash().map(Self::Pushed),
            "used" => hash().map(Self::Used),
            "corrected" => number().map(Self::Corrected),
            "confirmed" => number().map(Self::Confirmed),
            "elsewhere" => number().map(Self::Elsewhere),
            "owned" => number().map(Self::Owned),
            "disowned" => number().map(Self::Disowned),
            "joined" => number().map(Self::Joined),
            "rejoined" => number().map(Self::Rejoined),
            "transaction" => number().map(Self::Transaction),
            "callback" => {
                let (n, h) = rest.split_once('-')?;
                Some(Self::Callback(n.parse().ok()?, h.parse().ok()?))
            }
            "foreign" => hash().map(Self::Foreign),
            "returned" => {
                let (n, k) = rest.split_once('-')?;
                Some(Self::Returned(n.parse().ok()?, k.parse().ok()?))
            }
            "captured" => number().map(Self::Captured),
            "refused" => number().map(Self::Refused),
            "continued" => hash().map(Self::Continued),
            "decision" => number().map(Self::Decision),
            "redeemed" => hash().map(Self::Redeemed),
            "replayed" => hash().map(Self::Replayed),
            "answered" => hash().map(Self::Answered),
            "handed" => hash().map(Self::Handed),
            "named" => hash().map(Self::Named),
            "stopped" => {
                let (h, k) = rest.rsplit_once('-')?;
                Some(Self::Stopped(h.parse().ok()?, k.parse().ok()?))
            }
            _ => None,
        }
    }
}

/// What is said of a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::checks) enum StartMark {
    /// It was begun.
    Leased,
    /// It certainly did not reach the vendor: counts for nothing.
    Released,
    /// The person showed nothing, or could not be checked: a start, but not an attempt.
    Uncounted,
    /// Nobody knows whether it reached the vendor. It may have been paid: a start, but not an attempt.
    Unconfirmed,
    /// Its transaction is open still, and is followed by another one all the same.
    Superseded,
    /// Its transaction was, at some time, told as approved or in review: no attempt, unless it was refused as well. Whoever
    /// looks for an approval looks there.
    Accepted,
    /// Its transaction was, at some time, told as refused: an attempt. In facts of earlier releases, also when it could not be
    /// checked.
    Ended,
    /// The vendor has checked the person after all: an attempt until it is told what came of it.
    Checked,
    /// An operator has allowed further attempts: this start and those before it count no more.
    Allowed,
    /// Somebody has joined its transaction, or the last one has left: number of the change.
    Party(u32),
}

/// What follows the number of a start in the names of its party.
const PARTY: &str = "-party-";

impl StartMark {
    const UNNUMBERED: [Self; 9] = [
        Self::Leased,
        Self::Released,
        Self::Uncounted,
        Self::Unconfirmed,
        Self::Superseded,
        Self::Accepted,
        Self::Ended,
        Self::Checked,
        Self::Allowed,
    ];

    fn suffix(self) -> String {
        let word = match self {
            Self::Leased => "",
            Self::Released => "-released",
            Self::Uncounted => "-uncounted",
            Self::Unconfirmed => "-unconfirmed",
            Self::Superseded => "-superseded",
            Self::Accepted => "-accepted",
            Self::Ended => "-ended",
            Self::Checked => "-checked",
            Self::Allowed => "-allowed",
            Self::Party(number) => return format!("{PARTY}{number}"),
        };
        word.to_owned()
    }

    fn parse(suffix: &str) -> Option<Self> {
        let party = |number: &str| number.parse().ok().map(Self::Party);
        let mut all = Self::UNNUMBERED
            .into_iter()
            .chain(suffix.strip_prefix(PARTY).and_then(party));
        all.find(|mark| mark.suffix() == suffix)
    }
}

pub(in crate::checks) fn start(subject: SubjectKey, number: u32, mark: StartMark) -> String {
    format!("{}/{STARTS}/{number:010}{}.json", folder(subject), mark.suffix())
}

pub(in crate::checks) fn parse_start(file: &str) -> Option<(u32, StartMark)> {
    let stem = file.strip_suffix(".json")?;
    let (number, suffix) = stem.split_at(stem.find('-').unwrap_or(stem.len()));
    Some((number.parse().ok()?, StartMark::parse(suffix)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        let h = FactHash([0xfb; 16]); // its text holds '-' and '_'
        for name in [
            FactName::Request,
            FactName::Location,
            FactName::Consent,
            FactName::Added(h),
            FactName::Authorization(h),
            FactName::Pushed(h),
            FactName::Used(h),
            FactName::Joined(1),
            FactName::Rejoined(2),
            FactName::Transaction(3),
            FactName::Callback(3, h),
            FactName::Foreign(h),
            FactName::Erased,
            FactName::Returned(4, 5),
            FactName::Captured(6),
            FactName::Refused(9),
            FactName::Corrected(14),
            FactName::Confirmed(10),
            FactName::Elsewhere(11),
            FactName::Owned(12),
            FactName::Disowned(13),
            FactName::Continued(h),
            FactName::Decision(7),
            FactName::Redeemed(h),
            FactName::Replayed(h),
            FactName::Answered(h),
            FactName::Handed(h),
            FactName::Stopped(h, 8),
        ] {
            assert_eq!(FactName::parse(&format!("{}.json", name.stem())), Some(name));
        }
    }

    #[test]
    fn an_unknown_name_is_passed_over() {
        assert_eq!(FactName::parse("vendor_decision-1.json"), None);
        assert_eq!(FactName::parse("returned-1.json"), None);
        assert_eq!(FactName::parse("returned-01-1.json"), None);
        assert_eq!(FactName::parse("decision-+1.json"), None);
        assert_eq!(parse_start("0000000001-lost.json"), None);
        assert_eq!(parse_start("0000000001-party-01.json"), None);
    }

    proptest::proptest! {
        #[test]
        fn a_name_that_is_read_lies_where_it_was_found(file in "[a-z]{0,14}-?[A-Za-z0-9_+-]{0,24}[.]json") {
            let id = VerificationId([7; 16]);
            if let Some(name) = FactName::parse(&file) {
                proptest::prop_assert_eq!(name.path(id), format!("{}/{}/{file}", folder(id.subject()), id.folder()));
            }
            let _ = parse_start(&file);
        }
    }

    #[test]
    fn what_is_said_of_starts_is_read_back() {
        for mark in StartMark::UNNUMBERED.into_iter().chain([StartMark::Party(7)]) {
            let path = start(SubjectKey([1; 8]), 12, mark);
            assert_eq!(parse_start(path.rsplit('/').next().unwrap()), Some((12, mark)));
        }
    }
}
