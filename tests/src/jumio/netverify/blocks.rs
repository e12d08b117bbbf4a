//! Objects that documents and callbacks have in common.

use serde_json::{Value, json};

use super::codes;
use super::quirks::{Quirks, Validity};
use super::words::{Reason, Selfie, Words};

/// A scan that nobody of this rig has made.
const UNKNOWN_SCAN: &str = "00000000-0000-4000-8000-00000000face";

/// Where a block is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Retrieval,
    Callback,
}

/// `rejectReason`: details are an object when there is one, an array when there are several.
pub(super) fn reject_reason(reason: &Reason, quirks: Quirks) -> Value {
    let description = codes::reason(reason.code).map_or("", |(_, description, _)| description);
    let mut block = json!({ "rejectReasonCode": reason.code, "rejectReasonDescription": description });
    let detail = |code: &&str| json!({ "detailsCode": code, "detailsDescription": codes::detail(code) });
    let mut details: Vec<Value> = reason.details.iter().map(detail).collect();
    let details = match details.len() {
        0 => return block,
        1 if !quirks.listed_details => details.remove(0),
        _ => Value::Array(details),
    };
    if let Some(members) = block.as_object_mut() {
        members.insert("rejectReasonDetails".to_owned(), details);
    }
    block
}

/// `identityVerification`.
pub(super) fn identity(selfie: Selfie, quirks: Quirks, place: Place) -> Value {
    let is_valid = selfie.invalid.is_none();
    let validity = match (quirks.validity, place) {
        (Validity::Bool, _) | (Validity::Documented, Place::Callback) => json!(is_valid),
        (Validity::Text, _) | (Validity::Documented, Place::Retrieval) => json!(is_valid.to_string()),
        (Validity::Capitals, _) => json!(is_valid.to_string().to_uppercase()),
    };
    let mut block = json!({ "similarity": selfie.similarity, "validity": validity });
    let reason = selfie.invalid.or(quirks.valid_reason.then_some("VALID"));
    if let (Some(members), Some(reason)) = (block.as_object_mut(), reason) {
        members.insert("reason".to_owned(), json!(reason));
    }
    block
}

/// `additionalChecks`; none where none were made. The callback guide writes one name otherwise.
pub(super) fn additional(words: &Words, seen_in: &[String], quirks: Quirks, place: Place) -> Option<Value> {
    let mut checks = serde_json::Map::new();
    if words.is_repeated {
        let unknown = [UNKNOWN_SCAN.to_owned()];
        let seen_in = if seen_in.is_empty() { &unknown } else { seen_in };
        let findings = match seen_in {
            [only] if quirks.text_findings => json!(only),
            all => json!(all),
        };
        let block = json!({ "status": "DONE", "findings": findings });
        checks.insert("faceSearchFindings".to_owned(), block);
    }
    for name in &words.additional {
        let name = match (*name, place) {
            ("watchlistScreening", Place::Callback) => "watchListScreening",
            (name, _) => name,
        };
        checks.insert(name.to_owned(), json!({ "status": "DONE" }));
    }
    (!checks.is_empty()).then_some(Value::Object(checks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(details: &[&'static str], quirks: Quirks) -> Value {
        let reason = Reason {
            code: "100",
            details: details.to_vec(),
        };
        reject_reason(&reason, quirks)["rejectReasonDetails"].clone()
    }

    #[test]
    fn details_are_an_object_or_an_array() {
        let name = json!({ "detailsCode": "1005", "detailsDescription": "NAME" });
        assert_eq!(reason(&["1005"], Quirks::default()), name);
        assert_eq!(reason(&["1005", "1001"], Quirks::default())[0], name);
        assert_eq!(reason(&[], Quirks::default()), Value::Null);
        let listed = Quirks {
            listed_details: true,
            ..Quirks::default()
        };
        assert_eq!(reason(&["1005"], listed), json!([name]));
    }

    #[test]
    fn validity_is_written_in_three_ways() {
        let selfie = Selfie {
            similarity: "MATCH",
            invalid: None,
        };
        let validity = |validity, place| {
            let quirks = Quirks {
                validity,
                ..Quirks::default()
            };
            identity(selfie, quirks, place)["validity"].clone()
        };
        assert_eq!(validity(Validity::Documented, Place::Retrieval), "true");
        assert_eq!(validity(Validity::Documented, Place::Callback), true);
        assert_eq!(validity(Validity::Capitals, Place::Callback), "TRUE");
        assert_eq!(validity(Validity::Bool, Place::Retrieval), true);
        assert_eq!(validity(Validity::Text, Place::Callback), "true");
    }
}
