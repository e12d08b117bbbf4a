//! Settings and scenarios of the Jumio simulator.

use std::sync::Arc;

use serde_json::{Value, json};

use super::reply::{Reply, bad, body, not_found, wrong_method};
use super::transactions;
use crate::jumio::scenario::SCENARIOS;
use crate::jumio::tenant::Tenant;
use crate::serve::Request;

pub(super) async fn route(tenant: &Arc<Tenant>, request: &Request, rest: &[&str]) -> Reply {
    match (request.method.as_str(), rest) {
        (_, ["transactions", rest @ ..]) => transactions::route(tenant, request, rest).await,
        ("GET", ["scenarios"]) => Ok(scenarios()),
        ("GET", ["settings"]) => Ok(json!(tenant.settings.get())),
        ("PUT", ["settings"]) => {
            patch(tenant, &body(request)?)?;
            Ok(json!(tenant.settings.get()))
        }
        ("GET", ["default-scenario"]) => Ok(default_scenario(tenant)),
        ("PUT", ["default-scenario"]) => {
            let wanted: Value = body(request)?;
            let known = |name: &String| name == "scenario" || name == "auto";
            if !wanted
                .as_object()
                .is_some_and(|members| members.keys().all(known))
            {
                return Err(bad("members are scenario and auto"));
            }
            patch(tenant, &wanted)?;
            Ok(default_scenario(tenant))
        }
        ("POST", ["access-token", "forget"]) => {
            tenant.forget_token();
            Ok(json!({}))
        }
        (_, ["scenarios" | "settings" | "default-scenario"] | ["access-token", "forget"]) => {
            Err(wrong_method())
        }
        _ => Err(not_found("route")),
    }
}

fn scenarios() -> Value {
    SCENARIOS
        .iter()
        .map(|scenario| json!({ "name": scenario.name, "title": scenario.title }))
        .collect()
}

fn default_scenario(tenant: &Tenant) -> Value {
    tenant
        .settings
        .with(|settings| json!({ "scenario": settings.scenario, "auto": settings.auto }))
}

fn patch(tenant: &Tenant, patch: &Value) -> Result<(), crate::serve::Answer> {
    tenant.settings.with(|settings| {
        *settings = settings.patched(patch).map_err(bad)?;
        Ok(())
    })
}
