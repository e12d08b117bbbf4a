//! The control port: plain HTTP and JSON, apart from the simulated protocols, for tests and testers; for people, pages.
//!
//! Every answer to a program is JSON. A request that cannot be served is answered with `{"error": "<why>"}` and 400 (what was
//! sent makes no sense), 404 (there is no such thing) or 405 (not with this method). `README.md` of this folder shows
//! each request with curl; [`ROUTES`] lists them, and so does `GET /`.

mod backstage;
mod callback;
mod entra;
mod jumio;
mod page;
mod reply;
mod transactions;
mod vault;

use std::net::SocketAddr;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use url::Url;

use crate::entra::Directory;
use crate::jumio::tenant::Tenant;
use crate::serve::{self, Answer, Backstage, Listen, Request, Server, Service};
use crate::vault::Vault;
pub use backstage::SIMULATORS;
use reply::{Reply, bad, error, not_found};

/// Every request the port serves, with what it does.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET /jumio/scenarios", "names and titles of the scenarios"),
    ("GET /jumio/default-scenario", "what new transactions play"),
    (
        "PUT /jumio/default-scenario",
        r#"{"scenario": "pass", "auto": false}"#,
    ),
    ("GET /jumio/settings", "timers, callbacks, shapes, strictness"),
    (
        "PUT /jumio/settings",
        r#"any part of them, for example {"callbacks": {"copies": 2}}"#,
    ),
    (
        "GET /jumio/transactions",
        "all, oldest first; ?reference= selects by customerInternalReference",
    ),
    (
        "GET /jumio/transactions/{id}",
        "one; the id is the workflow execution's, or `latest`",
    ),
    (
        "DELETE /jumio/transactions/{id}",
        "wipes it, as Jumio's DELETE does",
    ),
    (
        "POST /jumio/transactions/{id}/begin",
        "the person opens the hosted page",
    ),
    (
        "POST /jumio/transactions/{id}/finish",
        r#"{"scenario": "fraud", "document": {"lastName": "..."}}, both optional"#,
    ),
    ("POST /jumio/transactions/{id}/expire", "the person left long ago"),
    (
        "POST /jumio/transactions/{id}/callback",
        r#"{"status", "copies", "patch", "netverify", ...}, all optional"#,
    ),
    (
        "POST /jumio/access-token/forget",
        "the next token request gets a new one",
    ),
    ("GET /faults", "injected failures"),
    (
        "POST /faults",
        r#"{"of": "jumio", "operation": "details", "effect": {"status": 503}, "times": 2}"#,
    ),
    (
        "PUT /faults/seed",
        r#"{"seed": 7}: which requests a percentage strikes"#,
    ),
    (
        "GET /manners",
        "the seed of small rudeness, or that there is none",
    ),
    ("PUT /manners", r#"{"seed": 7}, or {} for calm"#),
    ("DELETE /faults", "removes all"),
    ("DELETE /faults/{id}", "removes one"),
    (
        "GET /history",
        "requests received; ?of=jumio and ?operation=details select",
    ),
    ("DELETE /history", "forgets them; ?of=jumio selects"),
    ("GET /vault/settings", "denied names, page size, round trips"),
    ("PUT /vault/settings", "any part of them"),
    ("GET /vault/secrets", "names with their versions, never values"),
    (
        "PUT /vault/secrets/{name}",
        r#"{"value": "...", "content_type": "text/plain", "disabled": false}"#,
    ),
    (
        "DELETE /vault/secrets/{name}",
        "deletes it; until it is purged it can be recovered",
    ),
    ("POST /vault/deletedsecrets/{name}/recover", "brings it back"),
    ("DELETE /vault/deletedsecrets/{name}", "purges it"),
    (
        "POST /vault/certificates/{name}/rotate",
        r#"{"format": "pkcs12" or "pem"}"#,
    ),
    (
        "POST /vault/tokens/revoke",
        r#"{"claims": {...}}, optional: tokens given so far are refused, for want of these claims"#,
    ),
    ("GET /vault/identity", "every way to name the managed identity"),
    (
        "POST /entra/token",
        r#"{"audience": "...", "app_id": "...", "flaw": "unknown-kid"}"#,
    ),
    ("POST /entra/rotate", r#"{"keep_previous": true}"#),
    ("PUT /entra/clients/{id}", r#"{"secret": "..."}"#),
    ("GET /clock", "the simulators' time"),
    ("POST /clock/advance", r#"{"seconds": 900}"#),
];

/// What the port drives.
#[derive(Clone, Debug)]
pub struct Handles {
    /// Clock, faults and history of all simulators.
    pub backstage: Backstage,
    /// The Jumio simulator's state.
    pub jumio: Arc<Tenant>,
    /// The vault's state.
    pub vault: Arc<Vault>,
    /// The Entra stand-in's state.
    pub entra: Arc<Directory>,
}

/// A running control port; dropping it closes the port.
#[derive(Debug)]
pub struct Control(Server);

impl Control {
    /// The bound address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// The port's base address, ending with `/`.
    ///
    /// # Errors
    /// Never in practice: an address of this machine is a URL.
    pub fn url(&self) -> Result<Url, url::ParseError> {
        Url::parse(&format!("http://{}/", self.address()))
    }
}

/// Starts the port on 127.0.0.1; 0 lets the system choose.
///
/// # Errors
/// When the port cannot be bound.
pub async fn start(handles: Handles, port: u16) -> std::io::Result<Control> {
    let listen = Listen::at(port);
    // Its own backstage: neither faults nor the history of the simulators concern this port.
    serve::start(listen, Arc::new(Port(handles)), Backstage::default())
        .await
        .map(Control)
}

struct Port(Handles);

impl Service for Port {
    fn name(&self) -> &'static str {
        "control"
    }

    fn operation(&self, _: &Request) -> &'static str {
        "control"
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        async move {
            // Its number is the same at every start: any page that is open on this machine knows where to ask.
            if !page::is_own(&request) {
                return error(403, "asked by a page of elsewhere");
            }
            if let Some(page) = page::answer(&self.0, &request).await {
                return page;
            }
            match self.route(&request).await {
                Ok(body) => Answer::json(200, &body),
                Err(refusal) => refusal,
            }
        }
        .boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        error(status, "the request could not be read")
    }
}

impl Port {
    async fn route(&self, request: &Request) -> Reply {
        let segments = request.segments();
        let rest = segments.get(1..).unwrap_or_default();
        selects(request, &segments)?;
        match segments.first().copied() {
            Some("") => Ok(routes()),
            Some("jumio") => jumio::route(&self.0.jumio, request, rest).await,
            Some("vault") => vault::route(&self.0.vault, request, rest),
            Some("entra") => entra::route(&self.0.entra, request, rest),
            Some("faults") => backstage::faults(&self.0.backstage, request, rest),
            Some("manners") => backstage::manners(&self.0.backstage, request, rest),
            Some("history") => backstage::history(&self.0.backstage, request, rest),
            Some("clock") => backstage::clock(&self.0.backstage, request, rest),
            _ => Err(not_found("route")),
        }
    }
}

/// Whether every parameter of the query is one that is read.
fn selects(request: &Request, segments: &[&str]) -> Result<(), Answer> {
    let known: &[&str] = match segments {
        ["history"] => &["of", "operation"],
        ["jumio", "transactions"] => &["reference"],
        _ => &[],
    };
    let mut names = url::form_urlencoded::parse(request.query.as_bytes()).map(|(name, _)| name);
    match names.find(|name| !known.contains(&name.as_ref())) {
        Some(name) => Err(bad(format!("there is no parameter {name:?} here"))),
        None => Ok(()),
    }
}

fn routes() -> Value {
    ROUTES
        .iter()
        .map(|(route, does)| (route.to_string(), json!(does)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
