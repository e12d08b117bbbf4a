//! The lists in a result: credentials, and what each capability decided about them.

use loopback::random;
use serde_json::{Map, Value, json};

use super::super::capability::Capability;
use super::super::settings::Shape;
use super::super::transaction::Transaction;
use super::super::verdict::{Decision, PASSED, Verdict};
use super::{API, captured};

/// `credentials[]`, in no promised order.
pub(super) fn credentials(transaction: &Transaction, shape: Shape) -> Value {
    let slots = &transaction.credentials;
    let sides: &[&str] = if transaction.document.kind == "PASSPORT" {
        &["FRONT"]
    } else {
        &["FRONT", "BACK"]
    };
    let mut all = vec![
        credential(transaction, &slots.id, "ID", sides),
        credential(transaction, &slots.selfie, "SELFIE", &["FACE"]),
        credential(transaction, &slots.facemap, "FACEMAP", &["FACEMAP"]),
    ];
    if shape.opposite_order {
        all.reverse();
    }
    Value::Array(all)
}

fn credential(transaction: &Transaction, id: &str, category: &str, classifiers: &[&str]) -> Value {
    let account = &transaction.account;
    let part = |classifier: &&str| {
        json!({ "classifier": classifier,
            "href": format!("{API}/accounts/{account}/credentials/{id}/parts/{classifier}") })
    };
    let parts: Vec<Value> = if captured(transaction) {
        classifiers.iter().map(part).collect()
    } else {
        Vec::new()
    };
    json!({ "id": id, "category": category, "parts": parts })
}

/// `capabilities`, each an array with at least one entry.
pub(super) fn capabilities(transaction: &Transaction, verdict: &Verdict, shape: Shape) -> Value {
    let mut capabilities = Map::new();
    for (name, decisions) in &verdict.capabilities {
        let Some(capability) = Capability::named(name) else {
            continue;
        };
        let mut entries: Vec<Value> = decisions
            .iter()
            .map(|decision| entry(transaction, capability, decision, shape))
            .collect();
        if *name == "usability" {
            entries.extend(selfie_usability(transaction));
        }
        if shape.many_entries {
            // A passed one first: whoever looks only there is wrong.
            let passed = Decision::new(PASSED, capability.passed);
            entries.insert(0, entry(transaction, capability, &passed, shape));
        }
        capabilities.insert((*name).to_owned(), Value::Array(entries));
    }
    Value::Object(capabilities)
}

fn entry(transaction: &Transaction, capability: &Capability, decision: &Decision, shape: Shape) -> Value {
    let mut about: Vec<Value> = capability
        .about
        .iter()
        .map(|category| reference(transaction, category))
        .collect();
    if shape.opposite_order {
        about.reverse();
    }
    let mut entry = json!({ "id": random::uuid(), "credentials": about,
        "decision": { "type": decision.kind, "details": { "label": decision.label } } });
    if let (Some(members), Some(data)) = (
        entry.as_object_mut(),
        data(transaction, capability.name, decision, shape),
    ) {
        members.insert("data".to_owned(), data);
    }
    entry
}

fn reference(transaction: &Transaction, category: &str) -> Value {
    let slots = &transaction.credentials;
    let id = match category {
        "SELFIE" => &slots.selfie,
        "FACEMAP" => &slots.facemap,
        _ => &slots.id,
    };
    json!({ "id": id, "category": category })
}

/// The selfie's pictures are usable whatever the document's are.
fn selfie_usability(transaction: &Transaction) -> [Value; 2] {
    ["SELFIE", "FACEMAP"].map(|category| {
        json!({ "id": random::uuid(), "credentials": [reference(transaction, category)],
            "decision": { "type": "PASSED", "details": { "label": "OK" } } })
    })
}

/// The member `data` of the capabilities that have one; empty when they were not executed.
fn data(transaction: &Transaction, name: &str, decision: &Decision, shape: Shape) -> Option<Value> {
    let executed = decision.kind != "NOT_EXECUTED";
    let data = match name {
        "extraction" => transaction.document.extracted(
            transaction.ended_at.unwrap_or(transaction.created_at),
            shape.swapped_types,
        ),
        "imageChecks" if decision.label == "REPEATED_FACE" && !transaction.seen_in.is_empty() => {
            json!({ "faceSearchFindings": { "status": "DONE", "findings": transaction.seen_in } })
        }
        "similarity" if decision.label == "NO_MATCH" => json!({ "similarity": "NOT_MATCH" }),
        "similarity" => json!({ "similarity": decision.label }),
        "liveness" => json!({ "type": "JUMIO_STANDARD", "predictedAge": 37, "ageConfidenceRange": "32-42" }),
        "watchlistScreening" => {
            json!({ "searchStatus": "SUCCESS", "searchResults": u8::from(decision.label == "ALERT") })
        }
        _ => return None,
    };
    Some(if executed { data } else { json!({}) })
}
