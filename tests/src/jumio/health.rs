//! `status.<region>`: health of Jumio's parts.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::json;

use super::gate::check_headers;
use super::problem::{injected, not_found, wrong_method};
use super::tenant::Tenant;
use crate::serve::{Answer, Request, Service};

pub(super) struct Host(pub(super) Arc<Tenant>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        if request.path == "/" { "health" } else { "unknown" }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => check_headers(&request).map_or_else(|refusal| refusal, |()| self.health()),
            (_, "/") => wrong_method(),
            _ => not_found(),
        };
        async { answer }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        injected(status)
    }
}

impl Host {
    /// The worst part tells the whole; only parts that are not up are listed.
    fn health(&self) -> Answer {
        let parts = self.0.settings.with(|settings| settings.health.clone());
        let has = |state: &str| parts.values().any(|part| part == state);
        let status = if has("DOWN") {
            "DOWN"
        } else if has("DEGRADED") {
            "DEGRADED"
        } else {
            "UP"
        };
        Answer::json(200, &json!({ "status": status, "details": parts }))
    }
}
