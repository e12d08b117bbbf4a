use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use url::Url;

use crate::http_client;
use crate::http_client::loopback::{Answer, Server};
use crate::tokens::Refused;
use crate::tokens::client_assertion::{AssertionId, ClientKeys, verify};
use crate::tokens::remote_keys::{CouldNotFetch, RemoteKeys};
use crate::tokens::test_keys::{OTHER_RSA, RSA, jws, rs256, rsa_jwk};

const NOW: OffsetDateTime = datetime!(2026-11-20 08:00 UTC);
const MINUTE: Duration = Duration::from_secs(60);

/// A client that publishes a key set on this machine, which can be changed and be down.
struct Publisher {
    server: Server,
    set: Arc<Mutex<Value>>,
    down: Arc<AtomicBool>,
    keys: ClientKeys,
}

impl Publisher {
    async fn start(fixed: Option<Value>) -> Self {
        let set = Arc::new(Mutex::new(json!({ "keys": [rsa_jwk(&RSA, "k1")] })));
        let down = Arc::new(AtomicBool::default());
        let (published, is_down) = (Arc::clone(&set), Arc::clone(&down));
        let server = Server::plain(move |_| {
            if is_down.load(Ordering::SeqCst) {
                return Answer::new(503, "");
            }
            Answer::new(200, &*published.lock().unwrap())
        })
        .await;
        let address = Url::parse(&format!("http://{}/jwks", server.address)).unwrap();
        let client = http_client::build(None, "test/1", &[]).unwrap();
        let fixed = fixed.map(|set| ClientKeys::from_jwks(&set.to_string()).unwrap());
        let keys = ClientKeys::published(fixed, RemoteKeys::new(address, client));
        Self {
            server,
            set,
            down,
            keys,
        }
    }

    async fn judge(
        &self,
        token: &str,
        now: OffsetDateTime,
    ) -> Result<Result<AssertionId, Refused>, CouldNotFetch> {
        let verify = |keys: &ClientKeys| verify(token, keys, "okta", &["https://idv.example.com"], now);
        self.keys.judge(now, verify).await
    }

    fn asked(&self) -> usize {
        self.server.count("/jwks")
    }
}

fn signed(kid: &str, key: &openssl::pkey::PKey<openssl::pkey::Private>) -> String {
    let exp = NOW.unix_timestamp() + 3000;
    let claims =
        json!({ "iss": "okta", "sub": "okta", "aud": "https://idv.example.com", "exp": exp, "jti": "1" });
    jws(&json!({ "alg": "RS256", "kid": kid }), &claims, rs256(key))
}

#[tokio::test]
async fn published_keys_are_fetched_once_and_fixed_ones_never() {
    let publisher = Publisher::start(Some(json!({ "keys": [rsa_jwk(&OTHER_RSA, "k0")] }))).await;
    let fixed = publisher.judge(&signed("k0", &OTHER_RSA), NOW).await;
    assert!(fixed.unwrap().is_ok());
    assert_eq!(publisher.asked(), 0);
    for _ in 0..3 {
        let theirs = publisher.judge(&signed("k1", &RSA), NOW).await;
        assert!(theirs.unwrap().is_ok());
    }
    assert_eq!(publisher.asked(), 1);
}

#[tokio::test]
async fn an_unknown_key_makes_one_new_look_a_minute() {
    let publisher = Publisher::start(None).await;
    assert!(publisher.judge(&signed("k1", &RSA), NOW).await.unwrap().is_ok());
    *publisher.set.lock().unwrap() = json!({ "keys": [rsa_jwk(&OTHER_RSA, "k2")] });
    let soon = NOW + MINUTE / 2;
    for _ in 0..3 {
        let unknown = publisher.judge(&signed("k2", &OTHER_RSA), soon).await;
        assert_eq!(unknown.unwrap(), Err(Refused::UnknownKey));
    }
    assert_eq!(publisher.asked(), 1);
    let later = publisher.judge(&signed("k2", &OTHER_RSA), NOW + MINUTE).await;
    assert!(later.unwrap().is_ok());
    assert_eq!(publisher.asked(), 2);
}

#[tokio::test]
async fn keys_that_cannot_be_had_say_nothing_of_the_assertion() {
    let publisher = Publisher::start(None).await;
    publisher.down.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        assert!(publisher.judge(&signed("k1", &RSA), NOW).await.is_err());
    }
    assert_eq!(publisher.asked(), 1, "not again at once");
    publisher.down.store(false, Ordering::SeqCst);
    let later = publisher
        .judge(&signed("k1", &RSA), NOW + Duration::from_secs(2))
        .await;
    assert!(later.unwrap().is_ok());
    publisher.down.store(true, Ordering::SeqCst);
    let unknown = publisher.judge(&signed("k2", &RSA), NOW + 2 * MINUTE).await;
    assert!(unknown.is_err(), "it may be among those that cannot be had");
    let known = publisher.judge(&signed("k1", &RSA), NOW + 2 * MINUTE).await;
    assert!(known.unwrap().is_ok(), "what is known stays good");
}

#[tokio::test]
async fn what_is_no_key_set_says_nothing_of_the_assertion_either() {
    let publisher = Publisher::start(None).await;
    *publisher.set.lock().unwrap() = json!({ "keys": [] });
    let outcome = publisher.judge(&signed("k1", &RSA), NOW).await;
    assert!(outcome.unwrap_err().to_string().contains("key set"));
}

#[tokio::test]
async fn a_forged_assertion_is_refused_by_published_keys_too() {
    let publisher = Publisher::start(None).await;
    let forged = publisher.judge(&signed("k1", &OTHER_RSA), NOW).await;
    assert_eq!(forged.unwrap(), Err(Refused::Signature));
}
