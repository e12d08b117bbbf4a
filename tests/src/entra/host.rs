//! The tenant's public face: discovery, keys, and tokens for registered applications.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::json;

use super::directory::Directory;
use super::mint::Ask;
use crate::serve::{Answer, Request, Service};

pub(super) struct Host(pub(super) Arc<Directory>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        match request.segments().as_slice() {
            [_, "v2.0", ".well-known", "openid-configuration"] => "discovery",
            [_, "discovery", "v2.0", "keys"] => "keys",
            [_, "oauth2", "v2.0", "token"] => "token",
            _ => "unknown",
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = self.answer_now(&request);
        async { answer }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        Answer::json(
            status,
            &json!({ "error": "server_error", "error_description": "an injected failure" }),
        )
    }
}

impl Host {
    fn answer_now(&self, request: &Request) -> Answer {
        let segments = request.segments();
        if segments.first() != Some(&self.0.tenant.as_str()) {
            return refusal(400, "invalid_tenant", "AADSTS90002: Tenant not found.");
        }
        match (request.method.as_str(), self.operation(request)) {
            ("GET", "discovery") => Answer::json(200, &self.0.discovery()),
            ("GET", "keys") => Answer::json(200, &self.0.key_set()),
            ("POST", "token") => self.token(request),
            (_, "discovery" | "keys" | "token") => {
                refusal(405, "invalid_request", "AADSTS900561: not with this method.")
            }
            _ => refusal(404, "invalid_request", "There is nothing here."),
        }
    }

    /// Client credentials (RFC 6749 section 4.4); the scope is `<audience>/.default`.
    fn token(&self, request: &Request) -> Answer {
        if request.form_value("grant_type").as_deref() != Some("client_credentials") {
            return refusal(
                400,
                "unsupported_grant_type",
                "AADSTS70003: client_credentials only.",
            );
        }
        let Some((id, secret)) = client(request) else {
            return refusal(
                401,
                "invalid_client",
                "AADSTS7000218: the client did not authenticate.",
            );
        };
        if !self.0.has_client(&id, &secret) {
            return refusal(
                401,
                "invalid_client",
                "AADSTS7000215: Invalid client secret provided.",
            );
        }
        let scope = request.form_value("scope").unwrap_or_default();
        let Some(audience) = scope.strip_suffix("/.default") else {
            return refusal(
                400,
                "invalid_scope",
                "AADSTS1002012: the scope must end with /.default.",
            );
        };
        let ask = Ask {
            audience: audience.to_owned(),
            app_id: id,
            ..Ask::default()
        };
        match self.0.mint(&ask) {
            Ok(token) => {
                let body = json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": token });
                Answer::json(200, &body)
            }
            Err(error) => refusal(500, "server_error", &error.to_string()),
        }
    }
}

/// From the form, or Basic.
fn client(request: &Request) -> Option<(String, String)> {
    if let (Some(id), Some(secret)) = (
        request.form_value("client_id"),
        request.form_value("client_secret"),
    ) {
        return Some((id, secret));
    }
    let text = String::from_utf8(STANDARD.decode(request.authorization("basic")?).ok()?).ok()?;
    text.split_once(':')
        .map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

fn refusal(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(
        status,
        &json!({ "error": error, "error_description": description }),
    )
}
