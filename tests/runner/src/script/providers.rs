//! Stand-ins for outside providers: sign everybody in at once with the claims a script gives them.

use super::file::Provider;
use crate::jose::rsa::RsaKey;
use anyhow::Result;
use bytes::Bytes;
use http::{Response, StatusCode};
use loopback::random;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;
use warp::Filter as _;

/// Running stand-ins; they end with it.
#[derive(Debug)]
pub struct Providers {
    task: JoinHandle<()>,
    /// Address as the policy writes it → address of the stand-in.
    pub replace: BTreeMap<String, String>,
}

struct Shared {
    origin: String,
    providers: Vec<Provider>,
    key: RsaKey,
    /// Nonce and client of each code given out.
    codes: Mutex<HashMap<String, (String, String)>>,
}

type Parameters = HashMap<String, String>;

impl Providers {
    /// Starts stand-ins on a free port of this machine.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(providers: &[Provider]) -> Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let origin = format!("http://127.0.0.1:{}", listener.local_addr()?.port());
        let replace = providers
            .iter()
            .enumerate()
            .flat_map(|(at, provider)| addresses(&origin, at, provider))
            .collect();
        let shared = Arc::new(Shared {
            origin,
            providers: providers.to_vec(),
            key: RsaKey::generate()?,
            codes: Mutex::default(),
        });
        let routes = warp::path::param()
            .and(warp::path::param())
            .and(warp::query::<Parameters>())
            .and(
                warp::body::form::<Parameters>()
                    .or(warp::any().map(Parameters::new))
                    .unify(),
            )
            .map(
                move |at: usize, what: String, query: Parameters, form: Parameters| {
                    let parameters = query.into_iter().chain(form).collect();
                    shared
                        .answer(at, &what, &parameters)
                        .unwrap_or_else(|| plain(StatusCode::NOT_FOUND, ""))
                },
            );
        let task = tokio::spawn(warp::serve(routes).incoming(listener).run());
        Ok(Self { task, replace })
    }
}

impl Drop for Providers {
    fn drop(&mut self) {
        self.task.abort();
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
    fn answer(&self, at: usize, what: &str, parameters: &Parameters) -> Option<Response<Bytes>> {
        let provider = self.providers.get(at)?;
        let base = format!("{}/{at}", self.origin);
        Some(match what {
            "metadata" => object(&json!({
                "issuer": base,
                "authorization_endpoint": format!("{base}/authorize"),
                "token_endpoint": format!("{base}/token"),
                "jwks_uri": format!("{base}/keys"),
            })),
            "keys" => object(&json!({"keys": [self.key.public_jwk().ok()?]})),
            "authorize" => self.authorize(provider, parameters)?,
            "token" => self.token(&base, provider, parameters)?,
            "claims" => object(&Json::Object(provider.claims.clone())),
            _ => return None,
        })
    }

    /// Straight back: with a code, or with the error the script wants.
    fn authorize(&self, provider: &Provider, parameters: &Parameters) -> Option<Response<Bytes>> {
        let get = |name: &str| parameters.get(name).cloned().unwrap_or_default();
        let mut fields = vec![("state".to_owned(), get("state"))];
        if let Some(error) = &provider.error {
            fields.push(("error".to_owned(), error.clone()));
        } else {
            let code = random::token();
            let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
            codes.insert(code.clone(), (get("nonce"), get("client_id")));
            fields.push(("code".to_owned(), code));
        }
        let mut target = Url::parse(&get("redirect_uri")).ok()?;
        if get("response_mode") == "form_post" {
            let page = crate::page::post_form(target.as_str(), &fields).into_string();
            let mut response = plain(StatusCode::OK, &page);
            response
                .headers_mut()
                .insert("content-type", http::HeaderValue::from_static("text/html"));
            return Some(response);
        }
        target.query_pairs_mut().extend_pairs(fields);
        let mut response = plain(StatusCode::FOUND, "");
        response
            .headers_mut()
            .insert("location", target.as_str().parse().ok()?);
        Some(response)
    }

    fn token(&self, issuer: &str, provider: &Provider, parameters: &Parameters) -> Option<Response<Bytes>> {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((nonce, client_id)) = codes.remove(parameters.get("code")?) else {
            return Some(plain(StatusCode::BAD_REQUEST, r#"{"error":"invalid_grant"}"#));
        };
        let mut claims: Map<String, Json> = provider.claims.clone();
        #[expect(clippy::disallowed_methods, reason = "an outside provider has its own clock")]
        let now = OffsetDateTime::now_utc().unix_timestamp();
        for (name, value) in [
            ("iss", json!(issuer)),
            ("aud", json!(client_id)),
            ("nonce", json!(nonce)),
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

fn plain(status: StatusCode, body: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = status;
    response
}

fn object(value: &Json) -> Response<Bytes> {
    plain(StatusCode::OK, &value.to_string())
}
