//! Everything a test needs around the routes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::watch;
use url::{Url, form_urlencoded};
use warp::filters::BoxedFilter;
use warp::http;
use warp::test::RequestBuilder;

use crate::background::Background;
use crate::checks::{Addresses, Checks, Deps, Limits, Rules};
use crate::clients::{Client, Clients, Outcomes, Proof, Secrets};
use crate::clock::{Clock as _, MockClock};
use crate::fact_store::{FactStore, Place};
use crate::grants::tests::vendor::FakeVendor;
use crate::openid::answer::metadata;
use crate::openid::proof::caller::{Callers, Login};
use crate::openid::proof::client_auth::ClientAuth;
use crate::owners::Machine;
use crate::pages::{Language, Provider};
use crate::random::OsRandom;
use crate::routes::exchange::gate::Gate;
use crate::routes::exchange::reply;
use crate::sample::front::{Application, Front};
use crate::sample::metadata::Published;
use crate::sample::token::Keys;
use crate::seal::{KeyMaterial, Seal, StateKeys, SubjectKey};
use crate::services::Services;
use crate::tokens::client_assertion::ClientKeys;
use crate::tokens::{Certificate, SigningAlg, SigningKeys, test_keys};

pub(super) const ORIGIN: &str = "https://idv.example";
pub(super) const ISSUER: &str = "https://idv.example";
pub(super) const REDIRECT: &str = "https://contoso.b2clogin.example/authresp";
/// Where answers of the public client `app` go, at any port.
pub(super) const LOOPBACK: &str = "http://127.0.0.1/cb";
pub(super) const SECRET: &str = "secret-of-the-client";
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) const BASE_SECRET: &str = "base-secret-in-force-0123456789abcdefghijkl";
pub(super) const PREVIOUS_BASE_SECRET: &str = "base-secret-before-0123456789abcdefghijklmn";
pub(super) const POLICY: &str = "B2C_1A_jumio_postUpload_AccountActivate";

pub(super) type Answer = http::Response<Bytes>;

/// The handler in force, and what is around it.
pub(super) struct World {
    pub(super) clock: MockClock,
    pub(super) vendor: Arc<FakeVendor>,
    pub(super) limits: Limits,
    pub(super) store: Arc<dyn FactStore>,
    pub(super) keys: Arc<SigningKeys>,
    pub(super) background: Background,
    pub(super) gate: Gate,
    pub(super) services: watch::Sender<Option<Arc<Services>>>,
    /// The settings switch the sample front on.
    pub(super) has_sample: bool,
    /// The settings have us answer preflights.
    pub(super) answers_preflight: bool,
    /// The settings let anybody call the sample front.
    pub(super) allows_anonymous: bool,
    /// Where the settings say that people find help.
    pub(super) provider: Provider,
    /// Clients beside those that there always are.
    pub(super) more_clients: Vec<Client>,
    /// Of what the present state key is made, and the one before.
    pub(super) state_keys: (u8, Option<u8>),
    pub(super) filter: BoxedFilter<(reply::Response,)>,
}

impl World {
    pub(super) fn new() -> Self {
        Self::over(crate::fact_store::open(&Place::Memory).unwrap())
    }

    pub(super) fn over(store: Arc<dyn FactStore>) -> Self {
        let world = Self::starting(store);
        world.services.send_replace(Some(Arc::new(world.build())));
        world
    }

    /// Its settings are not loaded yet.
    pub(super) fn starting(store: Arc<dyn FactStore>) -> Self {
        Self::publishing(
            published(Some(ORIGIN), Some("mailto:security@idv.example")),
            store,
        )
    }

    /// The same with other words for anybody.
    pub(super) fn publishing(published: metadata::Published, store: Arc<dyn FactStore>) -> Self {
        let clock = MockClock::at(time::macros::datetime!(2026-02-03 10:00 UTC));
        let background = Background::default();
        let (services, gate) = Gate::new(Arc::new(clock.clone()), Arc::new(OsRandom), background.spawner());
        let gate = gate.publishing(published);
        let certificate = Certificate::from_pem(&test_keys::pem(&test_keys::RSA)).unwrap();
        Self {
            clock,
            vendor: Arc::default(),
            limits: Limits {
                start_pace: Duration::ZERO,
                ..Limits::default()
            },
            store,
            keys: Arc::new(SigningKeys::new(certificate, &[]).unwrap().and_padded().unwrap()),
            background,
            filter: crate::routes::all(&gate),
            gate,
            services,
            has_sample: true,
            answers_preflight: false,
            allows_anonymous: false,
            provider: Provider::default(),
            more_clients: Vec::new(),
            state_keys: (7, None),
        }
    }

    /// Takes other settings of the client `web` into force.
    pub(super) fn serve(&self, change: impl Fn(Client) -> Client) {
        let mut services = self.build();
        let clients = all_clients().into_iter();
        let changed = clients.map(|client| {
            if client.id == "web" {
                change(client)
            } else {
                client
            }
        });
        services.client_auth.clients = Arc::new(Clients::new(changed.collect()));
        self.services.send_replace(Some(Arc::new(services)));
    }

    /// Takes what was changed of the settings into force.
    pub(super) fn rebuild(&self) {
        self.services.send_replace(Some(Arc::new(self.build())));
    }

    /// Replaces the state key by another; the present one stays good for what it has sealed.
    pub(super) fn rotate(&mut self) {
        let (present, _) = self.state_keys;
        self.state_keys = (present + 1, Some(present));
        self.rebuild();
    }

    fn sample(&self) -> Front {
        let origin = Url::parse(ORIGIN).unwrap();
        let text = |text: &str| SecretString::from(text.to_owned());
        Front {
            tokens: Keys::new(
                &text(&"s".repeat(64)),
                &text(&"e".repeat(64)),
                "issuer-1".into(),
                "audience-1".into(),
            )
            .unwrap(),
            issuer: "issuer-1".into(),
            audience: "audience-1".into(),
            base: Url::parse("https://contoso.b2clogin.example/contoso.onmicrosoft.example").unwrap(),
            secrets: vec![text(BASE_SECRET), text(PREVIOUS_BASE_SECRET)],
            allows_anonymous: self.allows_anonymous,
            applications: vec![
                Application {
                    id: "app-1".into(),
                    redirect_uris: vec!["https://jwt.example".into()],
                },
                Application {
                    id: "app-2".into(),
                    redirect_uris: vec!["https://other.example".into()],
                },
            ],
            policies: vec![POLICY.into()],
            return_within: Duration::from_secs(840),
            answers_preflight: self.answers_preflight,
            published: Published::new(&origin, "issuer-1", &self.keys),
        }
    }

    pub(super) fn build(&self) -> Services {
        let key = |byte| KeyMaterial::new(vec![byte; 32]).unwrap();
        let before = self.state_keys.1.map(key);
        let keys = StateKeys::new(&key(self.state_keys.0), before.as_ref());
        let seal = Arc::new(Seal::new(keys, SubjectKey::new(&key(7))));
        let origin = Url::parse(ORIGIN).unwrap();
        let addresses = metadata::Addresses::of(origin.clone());
        let deps = Deps {
            store: Arc::clone(&self.store),
            vendors: crate::checks::vendors::Vendors::new(Arc::clone(&self.vendor) as _),
            clock: Arc::new(self.clock.clone()),
            random: Arc::new(OsRandom),
            owners: Arc::new(Machine::look()),
            background: self.background.spawner(),
            seal: Arc::clone(&seal),
            rules: Rules::default(),
            limits: self.limits.clone(),
            addresses: Addresses {
                callback_base: origin.join("/api/callback/").unwrap(),
                return_base: origin.join("/api/callback/return/").unwrap(),
            },
        };
        let checks = Checks::new(deps);
        Services {
            grants: crate::grants::Grants::new(checks.clone(), crate::grants::Lives::default()),
            checks,
            callers: callers(),
            client_auth: ClientAuth {
                clients: Arc::new(clients(&self.more_clients)),
                assertions: crate::grants::assertions::Assertions::new(Arc::clone(&self.store)),
                audiences: addresses.audiences(),
            },
            keys: Arc::clone(&self.keys),
            id_token_life: Duration::from_secs(300),
            key_set: metadata::KeySet::new(self.keys.jwks(), Duration::from_secs(86_400)),
            answers_preflight: self.answers_preflight,
            addresses,
            seal,
            sample: self.has_sample.then(|| self.sample()),
            provider: self.provider.clone(),
            default_language: Language::English,
        }
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Answer {
        request.reply(&self.filter).await
    }

    /// The handler answers, and nobody takes the answer: its body is never read, as when the connection is gone.
    pub(super) async fn lose(&self, request: RequestBuilder) {
        drop(request.filter(&self.filter).await);
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path)).await
    }

    pub(super) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(form(path, fields)).await
    }

    pub(super) async fn register(&self, correlation: &str) -> Value {
        let body = registration(correlation);
        let answer = self.send(register().json(&body)).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        json_of(&answer)
    }

    pub(super) async fn ticket(&self, correlation: &str) -> String {
        self.register(correlation).await["ticket"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Redeems a code as the client `b2c`.
    pub(super) async fn redeem(&self, code: &str) -> Answer {
        self.post_form("/api/token", &redemption(code)).await
    }

    /// The waiting page of the sign-in that began the vendor's n-th transaction.
    pub(super) fn waiting_page(&self, n: usize) -> String {
        let back = self.vendor.start_of(n).return_url;
        let handle = back.path().rsplit_once('/').unwrap().1;
        format!("/api/verify/wait/{handle}")
    }

    pub(super) fn advance_s(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// What an ID token says, once it has been believed.
    pub(super) fn believe(&self, token: &Value, client: &str) -> Value {
        let token = token["id_token"].as_str().unwrap();
        self.keys
            .verify_own(token, ISSUER, client, self.clock.now())
            .unwrap()
    }

    /// Waits until nothing runs in the background.
    pub(super) async fn calm(&self) {
        assert!(self.background.idle(Duration::from_secs(10)).await);
    }
}

/// A browser with a cookie jar, which keeps the order in which cookies came (RFC 6265 section 5.4).
#[derive(Default)]
pub(super) struct Browser(Mutex<Vec<(String, String)>>);

impl Browser {
    pub(super) async fn send(&self, world: &World, request: RequestBuilder) -> Answer {
        let cookies = self.cookies();
        let request = if cookies.is_empty() {
            request
        } else {
            request.header("cookie", cookies)
        };
        let answer = world.send(request).await;
        self.keep(&answer);
        answer
    }

    /// Takes the cookies of an answer.
    pub(super) fn keep(&self, answer: &Answer) {
        let mut jar = self.0.lock().unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match jar.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => value.clone_into(known),
                None => jar.push((name.to_owned(), value.to_owned())),
            }
        }
    }

    /// What it would send as `Cookie`.
    pub(super) fn cookies(&self) -> String {
        let jar = self.0.lock().unwrap();
        let pairs = jar.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Asks, and takes no cookie of the answer: it was lost, or the browser takes none.
    pub(super) async fn lose(&self, world: &World, request: RequestBuilder) -> Answer {
        let deaf = Self(Mutex::new(self.0.lock().unwrap().clone()));
        deaf.send(world, request).await
    }

    /// Follows an answer as long as it leads to the authorize route, or to where a browser is told why it went no further.
    pub(super) async fn follow(&self, world: &World, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            let next = header(&answer, "location").to_owned();
            if !next.starts_with("/api/verify/authorize") && !next.contains("?told=") {
                return answer;
            }
            answer = self.get(world, &next).await;
        }
        panic!("a circle: {answer:?}");
    }

    /// Follows an answer until there is a page, or another site; gives the address of it, too.
    pub(super) async fn arrive(&self, world: &World, mut answer: Answer) -> (String, Answer) {
        let mut at = String::new();
        while header(&answer, "location").starts_with('/') {
            header(&answer, "location").clone_into(&mut at);
            answer = self.get(world, &at).await;
        }
        (at, answer)
    }

    pub(super) async fn get(&self, world: &World, path: &str) -> Answer {
        self.send(world, request("GET", path)).await
    }

    pub(super) async fn act(&self, world: &World, page: &str, action: &str) -> Answer {
        self.say(world, page, &[("action", action)]).await
    }

    /// Sends a form of one of our own pages, with the token that it has.
    pub(super) async fn say(&self, world: &World, page: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token(world, page).await;
        let fields = [fields, &[("token", token.as_str())]].concat();
        self.send(world, form(page, &fields)).await
    }

    /// The token of the forms on the pages of a sign-in; empty where this browser is shown none.
    async fn form_token(&self, world: &World, page: &str) -> String {
        let services = world.services.borrow().clone().unwrap();
        let handle = page
            .strip_prefix("/api/verify/wait/")
            .and_then(|rest| rest.split(['/', '?']).next());
        let cookies = self.cookies();
        let values = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        let held: Vec<String> = values.map(|(_, value)| value.to_owned()).collect();
        let visit = services
            .grants
            .visit_by(handle.unwrap_or_default(), &held, None)
            .await;
        visit.map(|visit| visit.form_token).unwrap_or_default()
    }

    /// Brings a ticket, and is sent to the vendor.
    pub(super) async fn authorize(&self, world: &World, ticket: &str, more: &str) -> Answer {
        self.enter(world, &authorize_path(ticket, more)).await
    }

    /// Opens an address of the authorize route, and takes its cookie there and back.
    pub(super) async fn enter(&self, world: &World, path: &str) -> Answer {
        let answer = self.get(world, path).await;
        self.follow(world, answer).await
    }

    /// Comes back from the vendor's n-th transaction.
    pub(super) async fn come_back(&self, world: &World, n: usize) -> Answer {
        let path = world.vendor.start_of(n).return_url.path().to_owned();
        self.get(world, &path).await
    }
}

pub(super) fn request(method: &str, path: &str) -> RequestBuilder {
    warp::test::request().method(method).path(path)
}

pub(super) fn form(path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    request("POST", path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(fields))
}

pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// `POST /api/verify` with a good proof, its body to be added.
pub(super) fn register() -> RequestBuilder {
    request("POST", "/api/verify").header("authorization", basic("b2c", "password-of-the-caller"))
}

pub(super) fn registration(correlation: &str) -> Value {
    json!({
        "objectId": "subject-of-ada", "correlationId": correlation, "clientId": "b2c",
        "givenName": "Ada", "surname": "Lovelace", "birthdate": "1985-12-10", "locale": "en",
    })
}

pub(super) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

pub(super) fn authorize_path(ticket: &str, more: &str) -> String {
    let fields = [
        ("client_id", "b2c"),
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "state-1"),
        ("nonce", "nonce-1"),
        ("login_hint", ticket),
    ];
    format!("/api/verify/authorize?{}{more}", encoded(&fields))
}

pub(super) fn redemption(code: &str) -> [(&str, &str); 5] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("client_id", "b2c"),
        ("client_secret", SECRET),
    ]
}

pub(super) fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(answer.body()).unwrap_or_else(|e| panic!("{e}: {answer:?}"))
}

pub(super) fn text_of(answer: &Answer) -> &str {
    std::str::from_utf8(answer.body()).unwrap()
}

pub(super) fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

pub(super) fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status(), 303, "{answer:?}");
    header(answer, "location")
}

/// A parameter of the address a browser is sent to.
/// The token in the forms of a page.
pub(super) fn token_on(page: &Answer) -> &str {
    let rest = text_of(page).split_once("name=\"token\" value=\"").unwrap().1;
    rest.split_once('"').unwrap().0
}

pub(super) fn sent(answer: &Answer, name: &str) -> Option<String> {
    let url = Url::parse(location(answer)).unwrap();
    url.query_pairs()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

/// What settings with this origin and this contact let anybody read.
pub(super) fn published(origin: Option<&str>, contact: Option<&str>) -> metadata::Published {
    let addresses = origin.map(|origin| metadata::Addresses::of(Url::parse(origin).unwrap()));
    let languages = Language::ALL.map(Language::tag);
    let offers = metadata::Offers::default();
    metadata::Published::new(addresses.as_ref(), &languages, offers, contact.map(str::to_owned))
}

fn callers() -> Callers {
    let login = |password: &str| Login {
        user: "b2c".into(),
        password: SecretString::from(password),
    };
    Callers {
        thumbprints: Vec::new(),
        logins: vec![login("password-of-the-caller"), login("password-before-it")],
        entra: None,
    }
}

fn clients(more: &[Client]) -> Clients {
    Clients::new(all_clients().into_iter().chain(more.iter().cloned()).collect())
}

/// `web` is told outcomes as errors, and the others as claims.
fn all_clients() -> Vec<Client> {
    let secrets = |previous: Option<&str>| Secrets {
        current: SecretString::from(SECRET),
        previous: previous.map(Into::into),
    };
    let client = |id: &str, proof, require_pkce| Client {
        require_pkce,
        outcomes: Outcomes::Claims,
        return_within: None,
        ..Client::new(id, vec![REDIRECT.into(), "com.example.app:/cb".into()], proof)
    };
    let jwk = test_keys::rsa_jwk(&test_keys::OTHER_RSA, "k1");
    let keys = ClientKeys::from_jwks(&json!({ "keys": [jwk] }).to_string()).unwrap();
    vec![
        client("b2c", Proof::Secret(secrets(Some("secret-before-it"))), false),
        client("okta", Proof::Secret(secrets(None)), true),
        client("keys", Proof::PrivateKeyJwt(keys), false),
        Client::new("app", vec![REDIRECT.into(), LOOPBACK.into()], Proof::None),
        Client::new("web", vec![REDIRECT.into()], Proof::Secret(secrets(None))),
        Client {
            id_token_response: true,
            id_token_life: Some(Duration::from_secs(3600)),
            signing_alg: SigningAlg::Ps256,
            ..Client::new("express", vec![REDIRECT.into()], Proof::None)
        },
    ]
}
