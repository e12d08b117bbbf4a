//! The documents of the retrieval host.

mod entries;

use loopback::clock::stamp;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::settings::Shape;
use super::transaction::{PROCESSED, Stage, Transaction};

/// Addresses inside documents are Jumio's real ones: whoever follows them instead of building them from ids leaves
/// the rig, which is how a test notices.
const API: &str = "https://retrieval.emea-1.jumio.ai/api/v1";

/// An RFC 3339 time with as many fraction digits as the shape has.
pub(super) fn time_text(at: OffsetDateTime, shape: Shape) -> String {
    let whole = stamp(at);
    let fewer = usize::from(shape.fewer_digits.min(3));
    let cut = if fewer == 3 { 4 } else { fewer };
    let kept = whole.trim_end_matches('Z').len().saturating_sub(cut);
    format!("{}Z", whole.get(..kept).unwrap_or_default())
}

fn key(transaction: &Transaction, shape: Shape) -> Value {
    let key = &transaction.asked.workflow_key;
    if shape.swapped_types {
        json!(key.parse::<u64>().unwrap_or(0))
    } else {
        json!(key)
    }
}

/// `GET …/status`.
pub(super) fn status(transaction: &Transaction, shape: Shape, now: OffsetDateTime) -> Value {
    let (account, execution) = (&transaction.account, &transaction.execution);
    json!({
        "timestamp": time_text(now, shape),
        "account": { "id": account, "href": format!("{API}/accounts/{account}") },
        "workflowExecution": {
            "id": execution, "href": format!("{API}/workflow-executions/{execution}"),
            "definitionKey": key(transaction, shape), "status": transaction.status(),
        },
    })
}

/// `GET …/steps`: what happened so far.
pub(super) fn steps(transaction: &Transaction) -> Value {
    let step = |name: &str, at: Option<OffsetDateTime>| {
        at.map(|at| json!({ "name": name, "status": "DONE", "completedAt": stamp(at) }))
    };
    let steps: Vec<Value> = [
        step("ACQUISITION", transaction.started_at),
        step("DECISION", transaction.ended_at),
    ]
    .into_iter()
    .flatten()
    .collect();
    json!({ "workflowExecution": { "id": transaction.execution }, "steps": steps })
}

/// `GET …/{workflow}`: the whole result.
pub(super) fn details(transaction: &Transaction, shape: Shape) -> Value {
    let mut details = Map::new();
    details.insert("workflow".to_owned(), workflow(transaction, shape));
    details.insert("account".to_owned(), json!({ "id": transaction.account }));
    let times = [
        ("createdAt", Some(transaction.created_at)),
        ("startedAt", transaction.started_at),
        ("completedAt", transaction.ended_at),
        ("wipedOutAt", transaction.wiped_at),
    ];
    for (name, at) in times {
        if let Some(at) = at {
            details.insert(name.to_owned(), json!(time_text(at, shape)));
        }
    }
    if shape.unknown_members {
        details.insert("updatedAt".to_owned(), json!({ "by": ["nobody", 7] }));
    }
    if transaction.wiped_at.is_none() {
        conclude(&mut details, transaction, shape);
    }
    Value::Object(details)
}

fn conclude(details: &mut Map<String, Value>, transaction: &Transaction, shape: Shape) {
    let verdict = transaction.verdict();
    details.insert("credentials".to_owned(), entries::credentials(transaction, shape));
    let capabilities = entries::capabilities(transaction, &verdict, shape);
    details.insert("capabilities".to_owned(), capabilities);
    if shape.without_decision {
        return;
    }
    let decision = json!({ "type": verdict.overall.kind, "details": { "label": verdict.overall.label },
        "risk": { "score": verdict.score } });
    details.insert("decision".to_owned(), decision);
    let (account, execution) = (&transaction.account, &transaction.execution);
    let steps = format!("{API}/accounts/{account}/workflow-executions/{execution}/steps");
    details.insert("steps".to_owned(), json!({ "href": steps }));
}

fn workflow(transaction: &Transaction, shape: Shape) -> Value {
    let mut workflow = json!({
        "id": transaction.execution, "status": transaction.status(), "definitionKey": key(transaction, shape),
        "customerInternalReference": transaction.asked.customer_reference,
    });
    let asked = &transaction.asked;
    let optional = [
        ("userReference", &asked.user_reference),
        ("reportingCriteria", &asked.reporting_criteria),
    ];
    if let Some(members) = workflow.as_object_mut() {
        for (name, text) in optional {
            if let Some(text) = text {
                members.insert(name.to_owned(), json!(text));
            }
        }
    }
    workflow
}

/// Whether pictures were taken at all.
fn captured(transaction: &Transaction) -> bool {
    matches!(transaction.stage, Stage::Submitted | Stage::Ended(PROCESSED))
}
