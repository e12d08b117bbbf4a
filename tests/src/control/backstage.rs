//! Faults, manners, history and clock.

use std::time::Duration;

use loopback::clock::stamp;
use serde::Deserialize;
use serde_json::json;

use super::reply::{Reply, bad, body, not_found, wrong_method};
use crate::faults::Fault;
use crate::serve::{Backstage, Request};
use crate::{entra, jumio, vault};

/// Simulators that suffer faults.
const SIMULATORS: [&str; 4] = [jumio::NAME, vault::NAME, vault::IDENTITY, entra::NAME];

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
    if !SIMULATORS.contains(&fault.of.as_str()) {
        return Err(bad(format!("of must be one of {}", SIMULATORS.join(", "))));
    }
    if fault.effect.is_none() && fault.delay_ms == 0 {
        return Err(bad("a fault has an effect or a delay_ms"));
    }
    Ok(())
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
