//! Stand-ins for outside providers: sign everybody in at once with the claims a script gives them.

use super::file::Provider;
use super::lines::Lines;
use crate::jose::rsa::RsaKey;
use anyhow::Result;
use http::header::LOCATION;
use loopback::clock::Clock;
use loopback::random;
use loopback::serve::{Answer, Listen, Request, Server, answering, bind};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use std::future::ready;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// Running stand-ins; they end with it.
#[derive(Debug)]
pub struct Providers {
    _server: Server,
    /// Address as the policy writes it → address of the stand-in.
    pub replace: BTreeMap<String, String>,
    /// What they tell in the present journey.
    pub lines: Lines,
}

struct Shared {
    origin: String,
    providers: Vec<Provider>,
    key: RsaKey,
    lines: Lines,
    /// What each code given out stands for.
    codes: Mutex<HashMap<String, Given>>,
    /// What each provider told last.
    told: Mutex<HashMap<usize, Map<String, Json>>>,
}

/// One sign-in.
struct Given {
    nonce: String,
    client_id: String,
    claims: Map<String, Json>,
}

type Parameters = HashMap<String, String>;

impl Providers {
    /// Starts stand-ins on a free port of this machine.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(providers: &[Provider]) -> Result<Self> {
        let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let replace = providers
            .iter()
            .enumerate()
            .flat_map(|(at, provider)| addresses(&origin, at, provider))
            .collect();
        let lines = Lines::default();
        let shared = Shared {
            origin,
            providers: providers.to_vec(),
            key: RsaKey::generate()?,
            lines: lines.clone(),
            codes: Mutex::default(),
            told: Mutex::default(),
        };
        let answer = move |request| {
            let answer = shared.answer(&request);
            ready(answer.unwrap_or_else(|| Answer::empty(404)))
        };
        let server = Server::over(listener, Listen::default(), answering(answer))?;
        Ok(Self {
            replace,
            lines,
            _server: server,
        })
    }
}

/// The policy's addresses of a provider and what stands in for each.
fn addresses(origin: &str, at: usize, provider: &Provider) -> Vec<(String, String)> {
    let known = [
        (&provider.metadata, "metadata"),
        (&provider.authorize, "authorize"),
        (&provider.token, "token"),
        (&provider.claims_endpoint, "claims"),
    ];
    let one =
        |(written, what): (&Option<String>, &str)| Some((written.clone()?, format!("{origin}/{at}/{what}")));
    known.into_iter().filter_map(one).collect()
}

impl Shared {
    fn answer(&self, request: &Request) -> Option<Answer> {
        let segments = request.segments();
        let [at, what] = segments[..] else {
            return None;
        };
        let at: usize = at.parse().ok()?;
        let provider = self.providers.get(at)?;
        let base = format!("{}/{at}", self.origin);
        let parameters = &parameters(request);
        Some(match what {
            "metadata" => object(&json!({
                "issuer": base,
                "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}/token"),
                "jwks_uri": format!("{base}/keys"),
            })),
            "keys" => object(&json!({"keys": [self.key.public_jwk().ok()?]})),
            "authorize" => self.authorize(at, provider, parameters)?,
            "token" => self.token(&base, parameters)?,
            "claims" => object(&Json::Object(
                locked(&self.told).get(&at).unwrap_or(&provider.claims).clone(),
            )),
            _ => return None,
        })
    }

    /// Straight back: with a code, or with the error the script wants.
    fn authorize(&self, at: usize, provider: &Provider, parameters: &Parameters) -> Option<Answer> {
        let get = |name: &str| parameters.get(name).cloned().unwrap_or_default();
        let mut fields = vec![("state".to_owned(), get("state"))];
        if let Some(error) = &provider.error {
            fields.push(("error".to_owned(), error.clone()));
        } else {
            let given = Given {
                nonce: get("nonce"),
                client_id: get("client_id"),
                claims: self.lines.next(at, &provider.claims),
            };
            locked(&self.told).insert(at, given.claims.clone());
            let code = random::token();
            locked(&self.codes).insert(code.clone(), given);
            fields.push(("code".to_owned(), code));
        }
        let mut target = Url::parse(&get("redirect_uri")).ok()?;
        if get("response_mode") == "form_post" {
            let page = crate::page::post_form(target.as_str(), &fields).into_string();
            return Some(Answer::page(200, page));
        }
        target.query_pairs_mut().extend_pairs(fields);
        Some(Answer::empty(302).header(LOCATION, target.as_str()))
    }

    fn token(&self, issuer: &str, parameters: &Parameters) -> Option<Answer> {
        let Some(given) = locked(&self.codes).remove(parameters.get("code")?) else {
            return Some(Answer::json(400, &json!({"error": "invalid_grant"})));
        };
        let mut claims = given.claims;
        let now = Clock::default().now().unix_timestamp(); // an outside provider has its own clock
        for (name, value) in [
            ("iss", json!(issuer)),
            ("aud", json!(given.client_id)),
            ("nonce", json!(given.nonce)),
            ("iat", json!(now)),
            ("exp", json!(now + 3600)),
        ] {
            claims.insert(name.to_owned(), value);
        }
        let id_token = self.key.sign("RS256", &Json::Object(claims)).ok()?;
        Some(object(
            &json!({"access_token": random::token(), "token_type": "Bearer", "id_token": id_token}),
        ))
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn object(value: &Json) -> Answer {
    Answer::json(200, value)
}

/// Of the query and of a posted form.
fn parameters(request: &Request) -> Parameters {
    let is_form = request.media_type() == "application/x-www-form-urlencoded";
    let form: &[u8] = if is_form { &request.body } else { &[] };
    let pairs = [request.query.as_bytes(), form].map(url::form_urlencoded::parse);
    pairs
        .into_iter()
        .flat_map(url::form_urlencoded::Parse::into_owned)
        .collect()
}
