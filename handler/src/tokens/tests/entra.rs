use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use url::Url;

use crate::clock::{Clock as _, MockClock};
use crate::http_client;
use crate::http_client::loopback::{Answer, Server};
use crate::tokens::Refused;
use crate::tokens::entra::{Caller, Config, EntraError, Verifier};
use crate::tokens::test_keys::{OTHER_RSA, RSA, hs256, jws, rs256, rsa_jwk};

const START: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);
const APP: &str = "99045fe1-7639-4a75-9d4a-577b6ca3810f";
const ISSUER: &str = "https://login.microsoftonline.com/contoso/v2.0";

/// An issuer on this machine: what it publishes can be changed, and it can be down.
struct Issuer {
    server: Server,
    keys: Arc<Mutex<Value>>,
    down: Arc<AtomicBool>,
    clock: MockClock,
    verifier: Arc<Verifier>,
}

impl Issuer {
    async fn start() -> Self {
        Self::answering(|asked, metadata, keys| match asked {
            "/metadata" => Answer::new(200, metadata),
            _ => Answer::new(200, keys),
        })
        .await
    }

    async fn answering(answer: impl Fn(&str, &Value, &Value) -> Answer + Send + Sync + 'static) -> Self {
        let keys = Arc::new(Mutex::new(json!({ "keys": [rsa_jwk(&RSA, "k1")] })));
        let down = Arc::new(AtomicBool::default());
        let (published, is_down) = (Arc::clone(&keys), Arc::clone(&down));
        let server = Server::plain(move |asked| {
            let host = asked.header("host").unwrap();
            let metadata = json!({ "issuer": ISSUER, "jwks_uri": format!("http://{host}/keys") });
            if is_down.load(Ordering::SeqCst) {
                return Answer::new(503, "");
            }
            answer(&asked.target, &metadata, &published.lock().unwrap())
        })
        .await;
        let config = Config {
            issuer: ISSUER.to_owned(),
            metadata: Url::parse(&format!("http://{}/metadata", server.address)).unwrap(),
            audience: "api://idv".to_owned(),
            app_ids: vec![APP.to_owned()],
        };
        let clock = MockClock::at(START);
        let client = http_client::build(None, "test/1", &[]).unwrap();
        let verifier = Arc::new(Verifier::new(config, client, Arc::new(clock.clone())));
        Self {
            server,
            keys,
            down,
            clock,
            verifier,
        }
    }

    fn claims(&self) -> Value {
        let now = self.clock.now().unix_timestamp();
        json!({ "iss": ISSUER, "aud": "api://idv", "azp": APP, "iat": now, "nbf": now, "exp": now + 3600 })
    }

    async fn verify(&self, token: &str) -> Result<Caller, EntraError> {
        self.verifier.verify(token).await
    }

    async fn signed(&self, claims: &Value) -> Result<Caller, EntraError> {
        self.verify(&jws(&json!({ "alg": "RS256", "kid": "k1" }), claims, rs256(&RSA)))
            .await
    }

    async fn with(&self, name: &str, value: impl Into<Value>) -> Result<Caller, EntraError> {
        let mut claims = self.claims();
        claims[name] = value.into();
        self.signed(&claims).await
    }
}

#[track_caller]
fn refused(outcome: Result<Caller, EntraError>, expected: Refused) {
    match outcome {
        Err(EntraError::Refused(refused)) => assert_eq!(refused, expected),
        other => panic!("{other:?} instead of {expected:?}"),
    }
}

#[track_caller]
fn could_not_check(outcome: Result<Caller, EntraError>, why: &str) {
    match outcome {
        Err(EntraError::CouldNotCheck(text)) => assert!(text.contains(why), "{text}"),
        other => panic!("{other:?} instead of: {why}"),
    }
}

#[tokio::test]
async fn tokens_of_both_versions_are_believed_and_keys_are_looked_up_once() {
    let issuer = Issuer::start().await;
    assert_eq!(issuer.signed(&issuer.claims()).await.unwrap().app_id, APP);
    let mut first_version = issuer.claims();
    first_version.as_object_mut().unwrap().remove("azp");
    first_version["appid"] = APP.into();
    assert!(issuer.signed(&first_version).await.is_ok());
    assert_eq!(issuer.server.count("/keys"), 1);
}

#[tokio::test]
async fn many_tokens_at_once_look_the_keys_up_once() {
    let issuer = Issuer::start().await;
    let claims = issuer.claims();
    let outcomes = futures::future::join_all((0..20).map(|_| issuer.signed(&claims))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(issuer.server.count("/keys"), 1);
}

#[tokio::test]
async fn algorithm_none_is_refused() {
    let issuer = Issuer::start().await;
    let token = jws(&json!({ "alg": "none", "kid": "k1" }), &issuer.claims(), |_| {
        Vec::new()
    });
    refused(issuer.verify(&token).await, Refused::Algorithm);
}

#[tokio::test]
async fn an_hmac_with_the_public_key_as_secret_is_refused() {
    let issuer = Issuer::start().await;
    let secret = RSA.public_key_to_pem().unwrap();
    let token = jws(
        &json!({ "alg": "HS256", "kid": "k1" }),
        &issuer.claims(),
        hs256(&secret),
    );
    refused(issuer.verify(&token).await, Refused::Algorithm);
}

#[tokio::test]
async fn a_foreign_key_is_refused() {
    let issuer = Issuer::start().await;
    let token = jws(
        &json!({ "alg": "RS256", "kid": "k1" }),
        &issuer.claims(),
        rs256(&OTHER_RSA),
    );
    refused(issuer.verify(&token).await, Refused::Signature);
}

#[tokio::test]
async fn a_token_without_key_id_is_refused() {
    let issuer = Issuer::start().await;
    let token = jws(&json!({ "alg": "RS256" }), &issuer.claims(), rs256(&RSA));
    refused(issuer.verify(&token).await, Refused::NoKeyId);
}

#[tokio::test]
async fn wrong_claims_are_refused() {
    let issuer = Issuer::start().await;
    let now = START.unix_timestamp();
    refused(
        issuer.with("iss", format!("{ISSUER}/")).await,
        Refused::Unexpected("iss"),
    );
    refused(
        issuer.with("aud", "api://other").await,
        Refused::Unexpected("aud"),
    );
    refused(
        issuer.with("azp", "another-app").await,
        Refused::Unexpected("azp"),
    );
    refused(issuer.with("azp", 7).await, Refused::Type("azp"));
    refused(
        issuer.with("scp", "user_impersonation").await,
        Refused::Unexpected("scp"),
    );
    refused(issuer.with("exp", now - 60).await, Refused::Expired);
    refused(issuer.with("nbf", now + 61).await, Refused::NotYet);
    let mut nobody = issuer.claims();
    nobody.as_object_mut().unwrap().remove("azp");
    refused(issuer.signed(&nobody).await, Refused::Missing("appid"));
}

#[tokio::test]
async fn an_unknown_key_makes_us_look_once_a_minute_and_no_more() {
    let issuer = Issuer::start().await;
    issuer.signed(&issuer.claims()).await.unwrap();
    let unknown = jws(
        &json!({ "alg": "RS256", "kid": "k2" }),
        &issuer.claims(),
        rs256(&OTHER_RSA),
    );
    for _ in 0..5 {
        refused(issuer.verify(&unknown).await, Refused::UnknownKey);
    }
    assert_eq!(issuer.server.count("/keys"), 1, "the first look was a moment ago");
    issuer.clock.advance(Duration::from_secs(60));
    for _ in 0..5 {
        refused(issuer.verify(&unknown).await, Refused::UnknownKey);
    }
    assert_eq!(issuer.server.count("/keys"), 2);
}

#[tokio::test]
async fn a_new_key_is_found_and_a_withdrawn_one_forgotten() {
    let issuer = Issuer::start().await;
    issuer.signed(&issuer.claims()).await.unwrap();
    *issuer.keys.lock().unwrap() = json!({ "keys": [rsa_jwk(&OTHER_RSA, "k2")] });
    issuer.clock.advance(Duration::from_secs(60));
    let new = jws(
        &json!({ "alg": "RS256", "kid": "k2" }),
        &issuer.claims(),
        rs256(&OTHER_RSA),
    );
    assert!(issuer.verify(&new).await.is_ok());
    refused(issuer.signed(&issuer.claims()).await, Refused::UnknownKey);
}

#[tokio::test]
async fn keys_are_looked_up_again_after_a_day() {
    let issuer = Issuer::start().await;
    issuer.signed(&issuer.claims()).await.unwrap();
    issuer.clock.advance(Duration::from_secs(24 * 3600));
    issuer.signed(&issuer.claims()).await.unwrap();
    assert_eq!(issuer.server.count("/keys"), 2);
}

#[tokio::test]
async fn an_issuer_that_is_down_means_could_not_check_and_is_not_asked_for_every_token() {
    let issuer = Issuer::start().await;
    issuer.down.store(true, Ordering::SeqCst);
    could_not_check(issuer.signed(&issuer.claims()).await, "status 503");
    for _ in 0..5 {
        could_not_check(issuer.signed(&issuer.claims()).await, "a moment ago");
    }
    assert_eq!(issuer.server.asked().len(), 1);
    issuer.down.store(false, Ordering::SeqCst);
    issuer.clock.advance(Duration::from_secs(2));
    assert!(issuer.signed(&issuer.claims()).await.is_ok());
}

#[tokio::test]
async fn an_unknown_key_while_the_issuer_is_down_is_not_refused() {
    let issuer = Issuer::start().await;
    issuer.signed(&issuer.claims()).await.unwrap();
    issuer.down.store(true, Ordering::SeqCst);
    issuer.clock.advance(Duration::from_secs(60));
    let unknown = jws(
        &json!({ "alg": "RS256", "kid": "k2" }),
        &issuer.claims(),
        rs256(&OTHER_RSA),
    );
    could_not_check(issuer.verify(&unknown).await, "status 503");
    assert!(
        issuer.signed(&issuer.claims()).await.is_ok(),
        "known keys still serve"
    );
}

#[tokio::test]
async fn metadata_of_another_issuer_are_not_followed() {
    let issuer = Issuer::answering(|_, metadata, _| {
        let mut metadata = metadata.clone();
        metadata["issuer"] = "https://login.microsoftonline.com/fabrikam/v2.0".into();
        Answer::new(200, metadata)
    })
    .await;
    could_not_check(issuer.signed(&issuer.claims()).await, "another issuer");
    assert_eq!(issuer.server.count("/keys"), 0);
}

#[tokio::test]
async fn keys_at_an_unsafe_address_are_not_fetched() {
    let issuer = Issuer::answering(|_, metadata, _| {
        let mut metadata = metadata.clone();
        metadata["jwks_uri"] = "http://127.0.0.1:1/keys".into();
        Answer::new(200, metadata)
    })
    .await;
    could_not_check(issuer.signed(&issuer.claims()).await, "not https");
}

#[tokio::test]
async fn nonsense_floods_and_broken_answers_mean_could_not_check() {
    let turn = AtomicUsize::new(0);
    let issuer = Issuer::answering(move |_, metadata, _| match turn.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::new(200, "<html>"),
        1 => Answer::new(200, "x".repeat(300_000)),
        2 => Answer::new(200, metadata).cut_off(),
        3 => Answer::new(302, "").with("location", "/keys"),
        _ => Answer::new(200, json!({ "issuer": ISSUER })),
    })
    .await;
    for why in ["not what", "longer than", "broke off", "status 302", "not what"] {
        could_not_check(issuer.signed(&issuer.claims()).await, why);
        issuer.clock.advance(Duration::from_secs(2));
    }
}

#[tokio::test]
async fn a_slow_issuer_means_could_not_check_in_time_for_our_own_caller() {
    let issuer =
        Issuer::answering(|_, metadata, _| Answer::new(200, metadata).after(Duration::from_secs(60))).await;
    let begin = std::time::Instant::now();
    could_not_check(issuer.signed(&issuer.claims()).await, "no answer");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn who_waits_for_a_slow_issuer_that_fails_does_not_wait_for_another_failure() {
    let clock = Arc::new(Mutex::new(None::<MockClock>));
    let hands = Arc::clone(&clock);
    let issuer = Issuer::answering(move |_, _, _| {
        // As a machine's clock does while an issuer lets us wait.
        hands
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .advance(Duration::from_secs(3));
        Answer::new(503, "")
    })
    .await;
    *clock.lock().unwrap() = Some(issuer.clock.clone());
    let claims = issuer.claims();
    let outcomes = futures::future::join_all((0..20).map(|_| issuer.signed(&claims))).await;
    assert!(outcomes.iter().all(Result::is_err));
    assert_eq!(issuer.server.asked().len(), 1);
}

#[tokio::test]
async fn noise_makes_us_call_nobody() {
    let issuer = Issuer::start().await;
    refused(issuer.verify("noise").await, Refused::Malformed);
    refused(
        issuer
            .verify(&jws(&json!({ "alg": "none" }), &json!({}), |_| Vec::new()))
            .await,
        Refused::Algorithm,
    );
    assert!(issuer.server.asked().is_empty());
}
