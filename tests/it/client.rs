//! The test client must refuse what a real one would: otherwise every journey proves nothing.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use loopback::clock::Clock;
use loopback::jose::{self, Refusal};
use openssl::pkey::{PKey, Private};
use rig::client::ask::{Ask, Pending};
use rig::client::exchange::Wire;
use rig::client::proof::Proof;
use rig::client::received::Refused;
use rig::client::{Agreement, Client};
use rig::serve::{self, Answer, Backstage, Listen, Request, Server, Service};
use rig::shared::Shared;
use serde_json::{Value, json};

/// What the provider is about to do wrong.
#[derive(Clone, Default)]
struct Lie {
    claims: Value,
    header: Value,
    without: Option<&'static str>,
    foreign_key: bool,
    hs256: bool,
    cacheable: bool,
    issuer: Option<&'static str>,
}

struct Provider {
    key: PKey<Private>,
    other: PKey<Private>,
    lie: Shared<Lie>,
    nonce: Shared<String>,
    origin: Shared<String>,
}

impl Service for Provider {
    fn name(&self) -> &'static str {
        "provider"
    }

    fn operation(&self, _request: &Request) -> &'static str {
        "any"
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let origin = self.origin.get();
        let answer = match request.path.as_str() {
            "/.well-known/openid-configuration" => Answer::json(200, &self.document(&origin)),
            "/jwks" => Answer::json(200, &json!({"keys": [jose::jwk("k1", &self.key).unwrap()]})),
            _ => self.tokens(&origin),
        };
        async { answer }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        Answer::empty(status)
    }
}

impl Provider {
    fn document(&self, origin: &str) -> Value {
        let issuer = self
            .lie
            .get()
            .issuer
            .map_or_else(|| origin.to_owned(), str::to_owned);
        json!({"issuer": issuer, "authorization_endpoint": format!("{origin}/a"),
            "pushed_authorization_request_endpoint": format!("{origin}/p"), "token_endpoint": format!("{origin}/t"),
            "userinfo_endpoint": format!("{origin}/u"), "jwks_uri": format!("{origin}/jwks")})
    }

    fn tokens(&self, origin: &str) -> Answer {
        let lie = self.lie.get();
        let now = Clock::default().now().unix_timestamp();
        // The access token of OpenID Connect Core, appendix A.3, with its at_hash.
        let mut claims = json!({"iss": origin, "aud": "c", "sub": "s", "nonce": self.nonce.get(), "iat": now,
            "exp": now + 300, "auth_time": now, "at_hash": "77QmUPtjPfzWtF2AnpK9RQ"});
        let mut header = json!({"alg": "RS256", "kid": "k1"});
        merge(&mut claims, &lie.claims);
        merge(&mut header, &lie.header);
        if let Some(name) = lie.without {
            claims.as_object_mut().unwrap().remove(name);
        }
        let key = if lie.foreign_key { &self.other } else { &self.key };
        let token = match header["alg"].as_str() {
            Some("none") => jose::unsigned(&header, &claims),
            _ if lie.hs256 => jose::sign_hmac(&header, &claims, &key.public_key_to_pem().unwrap()).unwrap(),
            _ => jose::sign(&header, &claims, key).unwrap(),
        };
        let body = json!({"id_token": token, "token_type": "Bearer",
            "access_token": "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"});
        let answer = Answer::json(200, &body);
        if lie.cacheable {
            answer
        } else {
            answer.header(http::header::CACHE_CONTROL, "no-store")
        }
    }
}

fn merge(into: &mut Value, from: &Value) {
    if let Some(members) = from.as_object() {
        into.as_object_mut().unwrap().extend(members.clone());
    }
}

struct World {
    provider: Arc<Provider>,
    client: Client,
    pending: Pending,
    _server: Server,
}

impl World {
    async fn new() -> Self {
        rig::certs::install_tls();
        let provider = Arc::new(Provider {
            key: jose::new_key().unwrap(),
            other: jose::new_key().unwrap(),
            lie: Shared::default(),
            nonce: Shared::default(),
            origin: Shared::default(),
        });
        let service: Arc<dyn Service> = Arc::clone(&provider) as _;
        let server = serve::start(Listen::default(), service, Backstage::default())
            .await
            .unwrap();
        let origin = format!("http://{}", server.address());
        provider.origin.with(|current| *current = origin.clone());
        let client = Client::discover(agreement(&origin), Wire::new(None).unwrap(), Clock::default())
            .await
            .unwrap();
        let pending = client.prepare(&Ask {
            max_age_s: Some(3600),
            ..Ask::default()
        });
        provider.nonce.with(|nonce| nonce.clone_from(&pending.nonce));
        Self {
            provider,
            client,
            pending,
            _server: server,
        }
    }

    async fn refusal(lie: Lie) -> String {
        let world = Self::new().await;
        world.provider.lie.with(|current| *current = lie);
        format!(
            "{:#}",
            world.client.redeem(&world.pending, "code").await.unwrap_err()
        )
    }
}

fn agreement(issuer: &str) -> Agreement {
    Agreement {
        issuer: issuer.to_owned(),
        id: "c".to_owned(),
        proof: Proof::Post("secret".to_owned()),
        redirect_uri: "https://c.example/back".parse().unwrap(),
        pkce: true,
    }
}

async fn refused_for_claims(claims: Value) -> String {
    World::refusal(Lie {
        claims,
        ..Lie::default()
    })
    .await
}

#[tokio::test]
async fn an_honest_provider_is_believed() {
    let world = World::new().await;
    let tokens = world.client.redeem(&world.pending, "code").await.unwrap();
    assert_eq!(tokens.claim("sub"), "s");
}

#[tokio::test]
async fn another_issuer_is_refused() {
    assert_eq!(
        refused_for_claims(json!({"iss": "https://evil.example"})).await,
        "another issuer"
    );
}

#[tokio::test]
async fn another_audience_is_refused() {
    assert_eq!(refused_for_claims(json!({"aud": "d"})).await, "another audience");
    assert_eq!(
        refused_for_claims(json!({"aud": ["d"]})).await,
        "another audience"
    );
}

#[tokio::test]
async fn several_audiences_without_authorized_party_are_refused() {
    assert!(
        refused_for_claims(json!({"aud": ["c", "d"]}))
            .await
            .contains("authorized party")
    );
}

#[tokio::test]
async fn another_nonce_is_refused() {
    assert_eq!(refused_for_claims(json!({"nonce": "n"})).await, "another nonce");
}

#[tokio::test]
async fn another_at_hash_is_refused() {
    assert!(
        refused_for_claims(json!({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}))
            .await
            .contains("at_hash")
    );
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    assert_eq!(refused_for_claims(json!({"exp": 1})).await, "expired");
}

#[tokio::test]
async fn a_token_of_the_future_is_refused() {
    assert_eq!(
        refused_for_claims(json!({"iat": 32_503_680_000_i64})).await,
        "issued in the future"
    );
    assert_eq!(
        refused_for_claims(json!({"nbf": 32_503_680_000_i64})).await,
        "not valid yet"
    );
}

#[tokio::test]
async fn a_check_older_than_max_age_is_refused() {
    let long_ago = Clock::default().now().unix_timestamp() - 4000;
    assert_eq!(
        refused_for_claims(json!({"auth_time": long_ago})).await,
        "older than max_age"
    );
}

#[tokio::test]
async fn missing_claims_are_refused() {
    for (claim, words) in [
        ("iss", "another issuer"),
        ("aud", "no audience"),
        ("exp", "no exp"),
        ("iat", "no iat"),
        ("nonce", "another nonce"),
        ("auth_time", "no auth_time"),
        ("sub", "no subject"),
    ] {
        assert_eq!(
            World::refusal(Lie {
                without: Some(claim),
                ..Lie::default()
            })
            .await,
            words
        );
    }
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    let lie = Lie {
        header: json!({"alg": "none"}),
        ..Lie::default()
    };
    let refusal = Refusal::Algorithm("none".to_owned());
    assert_eq!(World::refusal(lie).await, refusal.to_string());
}

#[tokio::test]
async fn a_token_signed_with_the_public_key_as_a_password_is_refused() {
    let lie = Lie {
        header: json!({"alg": "HS256"}),
        hs256: true,
        ..Lie::default()
    };
    let refusal = Refusal::Algorithm("HS256".to_owned());
    assert_eq!(World::refusal(lie).await, refusal.to_string());
}

#[tokio::test]
async fn a_foreign_key_is_refused() {
    assert_eq!(
        World::refusal(Lie {
            foreign_key: true,
            ..Lie::default()
        })
        .await,
        Refusal::Signature.to_string()
    );
}

#[tokio::test]
async fn a_token_that_names_no_key_is_refused() {
    let lie = Lie {
        header: json!({"kid": null}),
        ..Lie::default()
    };
    assert_eq!(World::refusal(lie).await, "the token names no key");
}

#[tokio::test]
async fn an_unknown_kid_is_refused() {
    let lie = Lie {
        header: json!({"kid": "k2"}),
        ..Lie::default()
    };
    let refusal = Refusal::UnknownKey("k2".to_owned());
    assert_eq!(World::refusal(lie).await, refusal.to_string());
}

#[tokio::test]
async fn tokens_that_caches_may_keep_are_refused() {
    assert!(
        World::refusal(Lie {
            cacheable: true,
            ..Lie::default()
        })
        .await
        .contains("caches")
    );
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_is_refused() {
    let world = World::new().await;
    world
        .provider
        .lie
        .with(|lie| lie.issuer = Some("https://evil.example"));
    let agreement = agreement(&world.client.agreement.issuer);
    let failure = Client::discover(agreement, Wire::new(None).unwrap(), Clock::default())
        .await
        .unwrap_err();
    assert!(failure.to_string().contains("another issuer"));
}

/// What the client makes of parameters that came through the browser; `STATE` and `ISS` are put in.
async fn received(parameters: &[(&str, &str)]) -> Result<String, Refused> {
    let world = World::new().await;
    let fill = |value: &str| match value {
        "STATE" => world.pending.state.clone(),
        "ISS" => world.client.agreement.issuer.clone(),
        other => other.to_owned(),
    };
    let parameters: Vec<_> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), fill(value)))
        .collect();
    world.client.receive(&world.pending, &parameters)
}

#[tokio::test]
async fn a_code_with_state_and_issuer_is_received() {
    assert_eq!(
        received(&[("code", "x"), ("state", "STATE"), ("iss", "ISS")]).await,
        Ok("x".to_owned())
    );
}

#[tokio::test]
async fn suspicious_answers_are_refused() {
    let suspicious: [&[(&str, &str)]; 8] = [
        &[("code", "x"), ("iss", "ISS")],
        &[("code", "x"), ("state", "other"), ("iss", "ISS")],
        &[("code", "x"), ("state", "STATE")],
        &[("code", "x"), ("state", "STATE"), ("iss", "https://evil.example")],
        &[("code", "x"), ("code", "y"), ("state", "STATE"), ("iss", "ISS")],
        &[("code", "x"), ("error", "e"), ("state", "STATE"), ("iss", "ISS")],
        &[("code", ""), ("state", "STATE"), ("iss", "ISS")],
        &[("state", "STATE"), ("iss", "ISS")],
    ];
    for parameters in suspicious {
        assert!(
            matches!(received(parameters).await, Err(Refused::Suspicious(_))),
            "{parameters:?}"
        );
    }
}

#[tokio::test]
async fn an_error_of_the_provider_is_told() {
    let parameters = [
        ("error", "access_denied"),
        ("error_description", "no"),
        ("state", "STATE"),
        ("iss", "ISS"),
    ];
    assert_eq!(
        received(&parameters).await,
        Err(Refused::Provider("access_denied".into(), "no".into()))
    );
}
