//! Whether the face is on the document, and whether somebody was there.

use super::{report, table};
use crate::checks::outcome::Reason;
use crate::checks::vendor::{Check, Mark};
use crate::jumio::decision::{CONTRADICTORY, UNKNOWN_ANSWER};
use crate::jumio::netverify::wire::IdentityVerification;

/// Whether the face is the one on the document.
pub(super) const SIMILARITY: &str = "similarity";
/// Whether the picture of the face is one of a person who was there.
pub(super) const VALIDITY: &str = "validity";

/// Both checks, as far as anything is said of them.
pub(super) fn checks(face: &IdentityVerification) -> Vec<Check> {
    let check = |name: &str, judged: Option<(Mark, Reason)>| {
        judged.map(|(mark, reason)| Check {
            name: name.to_owned(),
            mark,
            reason,
        })
    };
    let similarity = check(SIMILARITY, similarity(&face.similarity));
    let validity = check(VALIDITY, validity(&face.validity, &face.reason));
    similarity.into_iter().chain(validity).collect()
}

fn similarity(word: &str) -> Option<(Mark, Reason)> {
    if word.is_empty() {
        return None;
    }
    let Some(row) = table::similarity(word) else {
        report("jumio.unknown_label", SIMILARITY, "", word);
        return Some((Mark::Unknown, UNKNOWN_ANSWER));
    };
    Some((row.mark, Reason::of(row.reason)))
}

/// `VALID` is no reason: it is met beside `true`.
fn validity(word: &str, reason: &str) -> Option<(Mark, Reason)> {
    let given = Some(reason).filter(|reason| !matches!(*reason, "" | "VALID"));
    match word.to_ascii_lowercase().as_str() {
        "" => None,
        "true" if given.is_none() => Some((Mark::Passed, Reason::of("ok"))),
        "true" => {
            report("jumio.contradictory_data", VALIDITY, "TRUE", reason);
            Some((Mark::Unknown, CONTRADICTORY))
        }
        "false" => Some((Mark::Rejected, Reason::of(given.map_or(table::INVALID, invalid)))),
        _ => {
            report("jumio.unknown_type", VALIDITY, word, reason);
            Some((Mark::Unknown, UNKNOWN_ANSWER))
        }
    }
}

fn invalid(word: &str) -> &'static str {
    table::invalid(word).unwrap_or_else(|| {
        report("jumio.unknown_label", VALIDITY, "FALSE", word);
        table::INVALID
    })
}
