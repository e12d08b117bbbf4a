//! Faults, manners, history and clock.

use std::time::Duration;

use loopback::clock::stamp;
use serde::Deserialize;
use serde_json::json;

use super::reply::{Reply, bad, body, not_found, wrong_method};
use crate::faults::{ANY, Fault};
use crate::serve::{Backstage, Request};
use crate::{entra, jumio, vault};

/// Operations of a simulator, as faults and history name them.
type Operations = (&'static str, &'static [&'static str]);

/// Simulators that suffer faults.
pub const SIMULATORS: &[Operations] = &[
    (
        jumio::NAME,
        &[
            "token",
            "create",
            "update",
            "status",
            "details",
            "steps",
            "delete",
            "upload",
            "finalize",
            "page",
            "health",
            "initiate",
            "scan",
            "scan-data",
            "scan-document",
            "scan-transaction",
            "scan-verification",
            "scan-images",
            "scan-image",
            "scan-delete",
            UNKNOWN,
        ],
    ),
    (
        vault::NAME,
        &[
            "get",
            "list",
            "page",
            "versions",
            "certificate",
            "deleted",
            UNKNOWN,
        ],
    ),
    (vault::IDENTITY, &["token", UNKNOWN]),
    (entra::NAME, &["discovery", "keys", "token", UNKNOWN]),
];

/// The client's page, which suffers none but is in the history.
const CLIENT: Operations = ("client", &["page", "start", "callback", UNKNOWN]);

/// What no operation answers.
const UNKNOWN: &str = "unknown";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

pub(super) fn faults(backstage: &Backstage, request: &Request, rest: &[&str]) -> Reply {
    match (request.method.as_str(), rest) {
        ("GET", []) => Ok(json!(backstage.faults.all())),
        ("POST", []) => {
            let fault: Fault = body(request)?;
            check(&fault)?;
            Ok(json!({ "id": backstage.faults.add(fault) }))
        }
        ("DELETE", []) => {
            backstage.faults.clear();
            Ok(json!({}))
        }
        ("PUT", ["seed"]) => {
            backstage.faults.seed(body::<Seed>(request)?.seed);
            Ok(json!({}))
        }
        ("DELETE", [id]) => {
            let id = id.parse().map_err(|_| not_found("fault"))?;
            if backstage.faults.remove(id) {
                Ok(json!({}))
            } else {
                Err(not_found("fault"))
            }
        }
        (_, [] | [_]) => Err(wrong_method()),
        _ => Err(not_found("route")),
    }
}

fn check(fault: &Fault) -> Result<(), crate::serve::Answer> {
    let operation = Some(fault.operation.as_str()).filter(|operation| *operation != ANY);
    known(SIMULATORS, Some(&fault.of), operation)?;
    if fault.effect.is_none() && fault.delay_ms == 0 {
        return Err(bad("a fault has an effect or a delay_ms"));
    }
    Ok(())
}

/// Whether simulator and operation are there; a slip of the pen would otherwise strike nothing, or find nothing.
fn known(all: &[Operations], of: Option<&str>, operation: Option<&str>) -> Result<(), crate::serve::Answer> {
    let meant: Vec<&Operations> = all
        .iter()
        .filter(|(name, _)| of.is_none_or(|of| of == *name))
        .collect();
    if meant.is_empty() {
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        return Err(bad(format!("of must be one of {}", names.join(", "))));
    }
    let operations: Vec<&str> = meant
        .iter()
        .flat_map(|(_, operations)| *operations)
        .copied()
        .collect();
    match operation {
        Some(operation) if !operations.contains(&operation) => {
            Err(bad(format!("operation must be one of {}", operations.join(", "))))
        }
        _ => Ok(()),
    }
}

/// Without a seed they are calm.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manners {
    seed: Option<u64>,
}

pub(super) fn manners(backstage: &Backstage, request: &Request, rest: &[&str]) -> Reply {
    match (request.method.as_str(), rest) {
        ("GET", []) => {}
        ("PUT", []) => backstage.manners.set(body::<Manners>(request)?.seed),
        (_, []) => return Err(wrong_method()),
        _ => return Err(not_found("route")),
    }
    Ok(json!({ "seed": backstage.manners.seed() }))
}

pub(super) fn history(backstage: &Backstage, request: &Request, rest: &[&str]) -> Reply {
    let of = request.query_value("of");
    let operation = request.query_value("operation");
    let all = [SIMULATORS, &[CLIENT]].concat();
    known(&all, of.as_deref(), operation.as_deref())?;
    match (request.method.as_str(), rest) {
        ("GET", []) => {
            let mut entries = backstage.history.of(of.as_deref());
            entries.retain(|entry| operation.as_ref().is_none_or(|wanted| entry.operation == *wanted));
            Ok(json!(entries))
        }
        ("DELETE", []) => {
            backstage.history.clear(of.as_deref());
            Ok(json!({}))
        }
        (_, []) => Err(wrong_method()),
        _ => Err(not_found("route")),
    }
}

pub(super) fn clock(backstage: &Backstage, request: &Request, rest: &[&str]) -> Reply {
    match (request.method.as_str(), rest) {
        ("GET", []) => {}
        ("POST", ["advance"]) => {
            backstage
                .clock
                .advance(Duration::from_secs(body::<Advance>(request)?.seconds));
        }
        (_, [] | ["advance"]) => return Err(wrong_method()),
        _ => return Err(not_found("route")),
    }
    Ok(json!({ "now": stamp(backstage.clock.now()), "ahead_ms": backstage.clock.ahead_ms() }))
}
