//! The endpoint that App Service gives to an app with a managed identity (protocol version 2019-08-01).

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::{CONTENT_TYPE, HeaderName};
use loopback::random;
use serde_json::json;

use super::{IDENTITY, Vault};
use crate::serve::{Answer, Request, Service};

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Resources there are tokens for.
const RESOURCES: [&str; 5] = [
    "https://vault.azure.net",
    "https://storage.azure.com",
    "https://management.azure.com",
    "https://graph.microsoft.com",
    "https://database.windows.net",
];

/// How an identity may be named; `msi_res_id` is what other hosts than App Service call the last.
const NAMES: [&str; 5] = [
    "client_id",
    "principal_id",
    "object_id",
    "mi_res_id",
    "msi_res_id",
];

pub(super) struct Host {
    pub(super) vault: Arc<Vault>,
    /// Value of `IDENTITY_HEADER`, which proves that the caller runs inside the app.
    pub(super) header: String,
}

impl Service for Host {
    fn name(&self) -> &'static str {
        IDENTITY
    }

    fn operation(&self, request: &Request) -> &'static str {
        if request.path == "/msi/token" {
            "token"
        } else {
            "unknown"
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = self.token(&request).unwrap_or_else(|refusal| refusal);
        let answer = answer.header(CONTENT_TYPE, "application/json; charset=utf-8");
        async { answer }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        problem(status, "An injected failure.")
    }
}

fn problem(status: u16, message: &str) -> Answer {
    let id = random::uuid();
    let body = json!({ "statusCode": status, "message": message, "correlationId": id });
    Answer::json(status, &body).header(CORRELATION_ID, &id)
}

impl Host {
    fn token(&self, request: &Request) -> Result<Answer, Answer> {
        if request.path != "/msi/token" || request.method != http::Method::GET {
            return Err(problem(404, "There is nothing here."));
        }
        if request.header("x-identity-header") != Some(&self.header) {
            return Err(problem(401, "X-IDENTITY-HEADER is missing or wrong."));
        }
        if request.query_value("api-version").as_deref() != Some("2019-08-01") {
            return Err(problem(400, "api-version must be 2019-08-01."));
        }
        let issuer = &self.vault.issuer;
        let is_other = |name: &&str| {
            let value = request.query_value(name);
            value.is_some_and(|value| !issuer.is_named(name, &value))
        };
        if NAMES.iter().any(is_other) {
            return Err(problem(
                400,
                "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
            ));
        }
        let resource = request.query_value("resource");
        let missing = || problem(400, "The query parameter resource is missing.");
        let resource = resource.ok_or_else(missing)?;
        let resource = resource.trim_end_matches('/');
        if !RESOURCES.contains(&resource) {
            return Err(problem(
                400,
                "AADSTS500011: The resource principal was not found in the tenant.",
            ));
        }
        let life_s = self.vault.settings.with(|settings| settings.token_life_s);
        let (token, expires_on) = issuer
            .token(resource, life_s, self.vault.now())
            .map_err(|_| problem(500, "No token could be signed."))?;
        // Text, not a number: clients insist on it.
        let body = json!({ "access_token": token, "expires_on": expires_on.to_string(), "resource": resource,
            "token_type": "Bearer", "client_id": issuer.client_id });
        Ok(Answer::json(200, &body))
    }
}
