//! The demonstration application: signs people in with the local tenant, as a web application with Azure AD B2C would,
//! and shows what it was told. Its first page is what `cargo rig` opens.
//!
//! # Layout
//! - `provider`: what B2C's discovery document says, and the requests made from it
//! - [`endings`]: how a sign-in can end, and what is done then
//! - `tokens`: tokens redeemed, renewed and checked; `unrequested`: those that come without a request
//! - `view`: its HTML

pub mod endings;
mod provider;
mod tokens;
mod unrequested;
mod view;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use url::Url;

use crate::client::exchange::Wire;
use crate::serve::{Answer, Request};
use crate::shared::Shared;
use crate::tenant::Offer;

use loopback::random;
use provider::{Provider, Sent};
use tokens::Tokens;

/// Where the tenant sends browsers back to.
pub const CALLBACK: &str = "/signin-oidc";
/// Where the page of an answer behind `#` sends what it finds.
const UNREQUESTED: &str = "/unrequested";
/// Languages of the pages, each with its own name of itself.
const LOCALES: [(&str, &str); 5] = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ar", "العربية"),
];

/// The application's registration at the tenant.
#[derive(Clone)]
pub struct Registration {
    /// Address of the tenant with its domain, without a slash at the end.
    pub tenant: String,
    /// `client_id`.
    pub client_id: String,
    /// Client secret.
    pub secret: String,
    /// The application's own origin.
    pub origin: String,
    /// Where journeys can be traced.
    pub traces: String,
    /// Further places to show on the first page: name, what it is for, address.
    pub places: Vec<(String, String, String)>,
    /// The buttons of the first page.
    pub offers: Vec<Offer>,
    /// The policy whose tokens are taken without a request, if any.
    pub returns_by: Option<String>,
}

loopback::debug_only!(Registration: tenant, client_id, origin);

impl Registration {
    /// Where the tenant sends browsers back to.
    fn redirect_uri(&self) -> String {
        format!("{}{CALLBACK}", self.origin)
    }
}

/// A person who is signed in.
#[derive(Clone, Debug)]
struct Session {
    provider: Provider,
    tokens: Tokens,
}

/// The running application; clones share everything.
#[derive(Clone, Debug)]
pub struct Application {
    registration: Registration,
    wire: Wire,
    departed: Shared<BTreeMap<String, Sent>>,
    sessions: Shared<BTreeMap<String, Session>>,
}

impl Application {
    /// An application that nobody has signed in to yet.
    ///
    /// # Errors
    /// Never with the certificates a rig has.
    pub fn new(registration: Registration) -> Result<Self> {
        Ok(Self {
            registration,
            wire: Wire::new(None)?,
            departed: Shared::default(),
            sessions: Shared::default(),
        })
    }

    /// Answers a request that is meant for this application; `None` for others.
    pub(crate) async fn answer(&self, request: &Request) -> Option<Answer> {
        if request.path == CALLBACK
            && let Some(page) = self.look_behind(request)
        {
            return Some(page);
        }
        let answered = match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/") => Ok(view::home(&self.registration)),
            ("GET", path) if self.offer(path).is_some() => self.depart(request, path).await,
            ("POST", UNREQUESTED) => self.take_unrequested(request).await,
            ("GET", CALLBACK) => self.arrive(&request.query).await,
            ("POST", CALLBACK) => self.arrive(&String::from_utf8_lossy(&request.body)).await,
            ("POST", "/refresh") => self.renew(request).await,
            ("POST", "/signout") => self.sign_out(request),
            _ => return None,
        };
        Some(answered.unwrap_or_else(|failure| view::failure(&failure, &self.registration)))
    }

    /// Sends the browser to the tenant.
    async fn depart(&self, request: &Request, path: &str) -> Result<Answer> {
        let offer = self.offer(path).context("no such offer")?;
        let provider = Provider::discover(&self.registration, &offer.policy, &self.wire).await?;
        let sent = provider.prepare(request.query_value("ui_locales"));
        let address = sent.address(&self.registration);
        self.departed.with(|open| open.insert(sent.state.clone(), sent));
        Ok(Answer::see_other(address.as_str()))
    }

    /// The browser comes back with a code or an error. An answer serves once.
    async fn arrive(&self, encoded: &str) -> Result<Answer> {
        let parameters: BTreeMap<String, String> = url::form_urlencoded::parse(encoded.as_bytes())
            .into_owned()
            .collect();
        let state = parameters.get("state").cloned().unwrap_or_default();
        let sent = self.departed.with(|open| open.remove(&state));
        let sent = sent.context("this answer belongs to no request of this application")?;
        if let Some(error) = parameters.get("error") {
            let told = parameters.get("error_description");
            bail!("{error}: {}", told.map_or("", String::as_str));
        }
        let code = parameters.get("code").context("neither a code nor an error")?;
        let tokens = sent.redeem(&self.registration, &self.wire, code).await?;
        Ok(self.signed_in(random::hex::<16>(), sent.provider, tokens))
    }

    fn signed_in(&self, id: String, provider: Provider, tokens: Tokens) -> Answer {
        let session = Session { provider, tokens };
        let answer = view::welcome(&id, &session.tokens, &self.registration);
        self.sessions.with(|sessions| sessions.insert(id, session));
        answer
    }

    fn session(&self, request: &Request) -> Result<(String, Session)> {
        let id = request.form_value("session").context("no session")?;
        let session = self.sessions.with(|sessions| sessions.remove(&id));
        Ok((id, session.context("this session has ended")?))
    }

    /// New tokens for the refresh token: runs the policy's own journey for it, without the person.
    async fn renew(&self, request: &Request) -> Result<Answer> {
        let (id, session) = self.session(request)?;
        let renewed = session
            .provider
            .renew(&self.registration, &self.wire, &session.tokens)
            .await?;
        Ok(self.signed_in(id, session.provider, renewed))
    }

    fn sign_out(&self, request: &Request) -> Result<Answer> {
        let (_, session) = self.session(request)?;
        let mut address: Url = session.provider.end_session.clone();
        address.query_pairs_mut().append_pair(
            "post_logout_redirect_uri",
            &format!("{}/", self.registration.origin),
        );
        Ok(Answer::see_other(address.as_str()))
    }

    fn offer(&self, path: &str) -> Option<&Offer> {
        let wanted = path.strip_prefix('/')?;
        self.registration.offers.iter().find(|offer| offer.path == wanted)
    }
}
