//! The client's own web page: a button "Verify me", and afterwards everything that was said and how it was checked.
//!
//! Where there is a local tenant, the demonstration application has the first page and this one is beside it.

mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use loopback::random;
use serde_json::{Value, json};
use url::Url;

use super::Client;
use super::ask::{Ask, Pending, ResponseMode};
use super::exchange::Exchange;
use super::registration::{Caller, register};
use super::tokens::Tokens;
use crate::application::Application;
use crate::serve::{self, Answer, Backstage, Listen, Request, Server, Service};
use crate::shared::Shared;

/// The client's name in faults and history.
const NAME: &str = "client";
/// The page with the button.
pub const PAGE: &str = "/direct";
/// The way in of a request that names nobody.
const PLAIN: &str = "plain";
/// That of one that is pushed with the client's own reference of the person.
const PUSHED: &str = "par";
/// Where the provider sends browsers back to.
pub const CALLBACK: &str = "/callback";

/// What the page offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// One client for each way to prove itself; the first is preselected.
    pub clients: Vec<Client>,
    /// Where verifications are registered.
    pub registration: Url,
    /// Who registers them.
    pub caller: Caller,
    /// Further links to show, name and address.
    pub links: Vec<(String, String)>,
    /// Has the first page, where there is a tenant to sign in with.
    pub application: Option<Application>,
}

/// A listening page; dropping it closes it.
#[derive(Debug)]
pub struct Site {
    server: Server,
    offer: Shared<Option<Arc<Offer>>>,
    registered: Registrations,
}

/// The claims of each verification that this page has registered, by its id.
pub type Registrations = Shared<BTreeMap<String, Value>>;

/// A browser that was sent away and is expected back.
#[derive(Clone, Debug)]
struct Departure {
    client: Client,
    pending: Pending,
}

/// A journey's end, as the page shows it.
#[derive(Debug)]
struct Report {
    outcome: Result<Tokens>,
    received: Vec<(String, String)>,
    exchanges: Vec<Exchange>,
}

impl Site {
    /// Listens. The offer comes later, because the provider must know this page's address before it can start.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn start(port: u16, backstage: Backstage) -> Result<Self> {
        let offer: Shared<Option<Arc<Offer>>> = Shared::default();
        let registered = Registrations::default();
        let desk = Arc::new(Desk {
            offer: offer.clone(),
            departures: Shared::default(),
            registered: registered.clone(),
        });
        let server = serve::start(Listen::at(port), desk, backstage).await?;
        Ok(Self {
            server,
            offer,
            registered,
        })
    }

    /// What this page has registered.
    #[must_use]
    pub fn registered(&self) -> Registrations {
        self.registered.clone()
    }

    /// The page's origin.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.server.address().port())
    }

    /// The redirect address to register.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.origin())
    }

    /// Opens the page for business.
    pub fn open(&self, offer: Offer) {
        self.offer.with(|current| *current = Some(Arc::new(offer)));
    }
}

struct Desk {
    offer: Shared<Option<Arc<Offer>>>,
    departures: Shared<BTreeMap<String, Departure>>,
    registered: Registrations,
}

impl Service for Desk {
    fn name(&self) -> &'static str {
        NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        match request.path.as_str() {
            "/" | PAGE => "page",
            "/start" => "start",
            CALLBACK => "callback",
            _ => "unknown",
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        async move {
            let Some(offer) = self.offer.get() else {
                return view::message(503, "The provider is still starting.");
            };
            if let Some(application) = &offer.application
                && let Some(answer) = application.answer(&request).await
            {
                return answer;
            }
            match (request.method.as_str(), request.path.as_str()) {
                ("GET", "/" | PAGE) => view::form(&offer),
                ("POST", "/start") => self.depart(&offer, &request).await,
                ("GET", CALLBACK) => self.arrive(&request.query).await,
                ("POST", CALLBACK) => self.arrive(&String::from_utf8_lossy(&request.body)).await,
                _ => view::message(404, "There is nothing here."),
            }
        }
        .boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        view::message(status, "A fault was injected here.")
    }
}

impl Desk {
    async fn depart(&self, offer: &Offer, request: &Request) -> Answer {
        match self.address(offer, request).await {
            Ok(address) => Answer::see_other(address.as_str()),
            Err(failure) => view::message(502, &format!("{failure:#}")),
        }
    }

    /// Registers or pushes where somebody is named, remembers the request, and says where to send the browser.
    async fn address(&self, offer: &Offer, request: &Request) -> Result<Url> {
        let field = |name: &str| request.form_value(name).filter(|value| !value.trim().is_empty());
        let chosen = field("client").unwrap_or_default();
        let client = offer.clients.iter().find(|client| client.agreement.id == chosen);
        let mut client = client.context("no such client")?.clone();
        client.wire = client.wire.afresh();
        let entry = field("entry").unwrap_or_default();
        let login_hint = match entry.as_str() {
            PLAIN => None,
            PUSHED => Some(field("subject").context("a subject is needed")?),
            _ => {
                let claims = registration(request, &client.agreement.id);
                let registered = register(&client.wire, &offer.registration, &offer.caller, &claims).await?;
                self.registered.with(|all| all.insert(registered.id, claims));
                Some(registered.ticket)
            }
        };
        let pending = client.prepare(&ask(request, login_hint));
        let address = match entry.as_str() {
            PUSHED => client.push(&pending).await?,
            _ => client.address(&pending),
        };
        let departure = Departure { client, pending };
        self.departures
            .with(|open| open.insert(departure.pending.state.clone(), departure));
        Ok(address)
    }

    async fn arrive(&self, encoded: &str) -> Answer {
        let received: Vec<(String, String)> = url::form_urlencoded::parse(encoded.as_bytes())
            .into_owned()
            .collect();
        let state = received
            .iter()
            .find(|(name, _)| name == "state")
            .map(|(_, value)| value.clone());
        // Taken out: an answer serves once.
        let departure = state.and_then(|state| self.departures.with(|open| open.remove(&state)));
        let Some(Departure { client, pending }) = departure else {
            return view::message(400, "This answer belongs to no request of this client.");
        };
        let outcome = match client.receive(&pending, &received) {
            Ok(code) => client.redeem(&pending, &code).await,
            Err(refused) => Err(refused.into()),
        };
        view::report(&Report {
            outcome,
            received,
            exchanges: client.wire.exchanges(),
        })
    }
}

fn ask(request: &Request, login_hint: Option<String>) -> Ask {
    let field = |name: &str| request.form_value(name).filter(|value| !value.trim().is_empty());
    let mode = field("response_mode");
    Ask {
        login_hint,
        response_mode: if mode.as_deref() == Some("form_post") {
            ResponseMode::FormPost
        } else {
            ResponseMode::Query
        },
        locale: field("locale"),
        prompt: field("fresh").map(|_| "login".to_owned()),
        max_age_s: None,
        claims: field("verified_claims").map(|_| verified_claims(request)),
    }
}

/// OpenID Connect for Identity Assurance 1.0 §6, with the values this client believes.
fn verified_claims(request: &Request) -> Value {
    let value = |name: &str| match request.form_value(name).filter(|value| !value.trim().is_empty()) {
        Some(value) => json!({ "value": value }),
        None => Value::Null,
    };
    json!({"id_token": {"verified_claims": [{
        "verification": {"trust_framework": {"value": "IDV-DELEGATED"}},
        "claims": {"given_name": value("givenName"), "family_name": value("surname"), "birthdate": value("birthdate")},
    }]}})
}

/// The claims B2C's REST step sends.
fn registration(request: &Request, client: &str) -> Value {
    let mut claims = json!({"clientId": client, "correlationId": random::uuid()});
    let names = [
        ("subject", "objectId"),
        ("givenName", "givenName"),
        ("surname", "surname"),
        ("birthdate", "birthdate"),
        ("locale", "locale"),
    ];
    if let Some(members) = claims.as_object_mut() {
        for (field, claim) in names {
            let value = request.form_value(field).filter(|value| !value.trim().is_empty());
            members.extend(value.map(|value| (claim.to_owned(), value.into())));
        }
    }
    claims
}
