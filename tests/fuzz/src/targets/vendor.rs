//! What Jumio sends, and what it answers.

use handler::testing::{Announced, parsers};
use handler::testing::{End, Mark, Progress};
use serde_json::Value;

/// The content type on the first line, then the body.
pub(super) fn callback(bytes: &[u8]) {
    let (kind, body) = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or((bytes, &[][..]), |end| bytes.split_at(end));
    let Some(kind) = super::text(kind) else { return };
    let Ok(Announced::Callback(callback)) = parsers::callback(kind, body.get(1..).unwrap_or_default()) else {
        return;
    };
    let is_id = |id: &str| {
        (1..=100).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    assert!(
        callback.execution.as_deref().is_some_and(is_id),
        "a transaction is named by an id"
    );
    assert!(
        callback.account.as_deref().is_none_or(is_id),
        "an account is named by an id"
    );
    let is_word = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    assert!(
        callback.status_word.len() <= 40 && callback.status_word.bytes().all(is_word),
        "a status is one of Jumio's words: nothing personal is kept"
    );
    assert!(
        callback
            .sent_at
            .as_deref()
            .is_none_or(|at| at.len() <= 40 && at.is_ascii()),
        "a moment is a moment: nothing personal is kept"
    );
}

/// An answer of the retrieval service, or of the account service.
pub(super) fn retrieval(bytes: &[u8]) {
    let _ = parsers::created(bytes);
    let _ = parsers::status(bytes);
    let Some(Progress::Ended(finding)) = parsers::details(bytes) else {
        return;
    };
    // What was read as the answer is read again by a reader that knows nothing of Jumio.
    let Ok(answer) = serde_json::from_slice::<Value>(bytes) else {
        return; // a number beyond all bounds, say, in a part that nobody reads
    };
    let says = |at: &Value, kind: &str| at["type"] == kind;
    if finding.vendor_decision == Some(Mark::Passed) {
        assert!(
            says(&answer["decision"], "PASSED"),
            "a verdict passes by its type"
        );
        assert!(
            answer["workflow"]["status"] == "PROCESSED",
            "only what has ended passes"
        );
    }
    for check in finding.checks.iter().filter(|check| check.mark == Mark::Passed) {
        let entries = &answer["capabilities"][&check.name];
        let entries = entries
            .as_array()
            .map_or(std::slice::from_ref(entries), Vec::as_slice);
        let passed = |entry: &Value| {
            let label = &entry["decision"]["details"]["label"];
            says(&entry["decision"], "PASSED") && (label == "OK" || label == "MATCH")
        };
        assert!(entries.iter().any(passed), "a check passes by its type and label");
    }
    let rejected = finding.checks.iter().filter(|check| check.mark == Mark::Rejected);
    assert!(
        rejected.count() == count(&answer, "REJECTED"),
        "no rejection is lost on the way"
    );
    assert!(
        finding
            .repeated_face
            .is_none_or(|face| face.executions.len() <= 50)
    );
}

/// An answer of Netverify's.
pub(super) fn scan(bytes: &[u8]) {
    let _ = parsers::netverify(bytes);
    let Some(Progress::Ended(finding)) = parsers::scan(bytes) else {
        return;
    };
    let Ok(answer) = serde_json::from_slice::<Value>(bytes) else {
        return; // a number beyond all bounds, say, in a part that nobody reads
    };
    let face = &answer["verification"]["identityVerification"];
    let is_valid = face["validity"] == true
        || face["validity"]
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    for check in finding.checks.iter().filter(|check| check.mark == Mark::Passed) {
        let is_documented = match check.name.as_str() {
            "document" => answer["document"]["status"] == "APPROVED_VERIFIED",
            "similarity" => face["similarity"] == "MATCH",
            _ => is_valid,
        };
        assert!(is_documented, "{} passes by its word", check.name);
    }
    if finding.vendor_decision == Some(Mark::Passed) {
        let is_accepted = |name: &str| {
            let mut named = finding.checks.iter().filter(|check| check.name == name);
            named.next().is_some_and(|check| check.mark == Mark::Passed)
        };
        assert!(is_accepted("document"), "nothing passes without the document");
    }
    if answer["document"]["status"] == "DENIED_FRAUD" {
        let is_lost = finding.end == End::Processed && finding.vendor_decision != Some(Mark::Rejected);
        assert!(!is_lost, "no rejection is lost on the way");
    }
    assert!(
        finding
            .repeated_face
            .is_none_or(|face| face.executions.len() <= 50)
    );
}

/// Entries of all capabilities with a type.
fn count(answer: &Value, kind: &str) -> usize {
    let Some(capabilities) = answer["capabilities"].as_object() else {
        return 0;
    };
    let entries = capabilities.values().flat_map(|entries| {
        entries
            .as_array()
            .map_or(std::slice::from_ref(entries), Vec::as_slice)
    });
    entries.filter(|entry| entry["decision"]["type"] == kind).count()
}
