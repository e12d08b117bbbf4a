//! The endpoint that App Service gives to an app with a managed identity (protocol version 2019-08-01).

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::json;

use super::{IDENTITY, Vault};
use crate::serve::{Answer, Request, Service};

/// Resources there are tokens for.
const RESOURCES: [&str; 3] = [
    "https://vault.azure.net",
    "https://storage.azure.com",
    "https://management.azure.com",
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
        let answer = self.token(&request);
        async { answer.unwrap_or_else(|refusal| refusal) }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        problem(status, "An injected failure.")
    }
}

fn problem(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "statusCode": status, "message": message }))
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
        if request
            .query_value("client_id")
            .is_some_and(|asked| asked != issuer.client_id)
        {
            return Err(problem(
                400,
                "No managed identity was found for the given client id.",
            ));
        }
        let resource = request.query_value("resource").unwrap_or_default();
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
