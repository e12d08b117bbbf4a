//! Tokens of the sample front beside jwcrypto, an implementation in another language: what the packaged handler makes is read
//! there, and what is made there is read by the handler, or refused for the one thing that is wrong with it.

mod refused;

use loopback::clock::Clock;
use loopback::random;
use rig::python::{self, Python};
use rig::rig::CorsBy;
use serde_json::{Value, json};

use crate::bad::{Said, http, said};
use crate::journey::sample::b2c::{
    self, ACCOUNT, begun, call, correlation, polled, through, token, transaction, validated,
};
use crate::journey::{World, options};

/// Header of a verification token.
const HEADER: &str = r#"{"alg":"dir","enc":"A256CBC-HS512","typ":"JWT"}"#;
/// Header of the signed token in it.
const INNER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// A handler with the sample front, and jwcrypto with the handler's keys.
struct Beside {
    world: World,
    python: Python,
    signing: String,
    encryption: String,
}

impl Beside {
    async fn new() -> Self {
        let world = b2c::world().await;
        let sample = world.rig.cast.sample.clone();
        Self::of(world, sample.signing_key, sample.encryption_key).await
    }

    async fn of(world: World, signing: String, encryption: String) -> Self {
        let python = python::install().await.unwrap();
        Self {
            world,
            python,
            signing,
            encryption,
        }
    }

    /// Lets jwcrypto do these, each with the handler's keys unless it names others.
    async fn ask(&self, tasks: impl IntoIterator<Item = Value>) -> Vec<Value> {
        let tasks: Vec<Value> = tasks.into_iter().map(|task| self.with_keys(task)).collect();
        self.python.ask(&tasks).await.unwrap()
    }

    fn with_keys(&self, mut task: Value) -> Value {
        for (name, key) in [("signing", &self.signing), ("encryption", &self.encryption)] {
            if task.get(name).is_none() {
                task[name] = json!(key);
            }
        }
        task
    }

    /// Tokens that jwcrypto makes.
    async fn made(&self, tasks: impl IntoIterator<Item = Value>) -> Vec<String> {
        let made = self.ask(tasks).await;
        made.iter()
            .map(|made| {
                made["token"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{made}"))
                    .to_owned()
            })
            .collect()
    }

    /// The claims of a token for this account and transaction, as the handler writes them.
    fn claims(&self, account: &str, reference: &Value) -> Value {
        let (now, sample) = (now(), &self.world.rig.cast.sample);
        json!({
            "ObjectId": account, "TransactionReference": reference, "IsVerified": "False", "Message": "",
            "nbf": now, "exp": now + 86_400, "iat": now, "iss": sample.issuer, "aud": sample.audience,
        })
    }

    async fn validate(&self, account: &str, reference: &Value, token: &str) -> Said {
        let body =
            json!({ "ObjectId": account, "TransactionReference": reference, "VerificationToken": token });
        call(&self.world, "ValidateVerificationToken", &body).await
    }
}

fn now() -> i64 {
    Clock::default().now().unix_timestamp()
}

/// A task to make a token.
fn make(header: &str, inner: &str, claims: &Value) -> Value {
    json!({ "do": "make", "header": parsed(header), "inner": parsed(inner), "claims": claims })
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A task to read one.
fn read(token: &str) -> Value {
    json!({ "do": "read", "token": token })
}

/// What jwcrypto read, after its headers were found to be the only ones there are.
fn claims_of(read: &Value) -> Value {
    assert_eq!(read["header"], HEADER, "{read}");
    assert_eq!(read["inner"], INNER, "{read}");
    parsed(read["claims"].as_str().unwrap())
}

#[tokio::test]
async fn what_the_handler_issues_is_read_by_jwcrypto() {
    let beside = Beside::new().await;
    let world = &beside.world;
    let begun = begun(world, &correlation()).await;
    let reference = &begun["transactionReference"];
    let since = now();
    let first = token(world, reference).await;
    let waiting = polled(world, &first).await;
    through(world, &begun, "pass").await;
    let last = polled(world, &first).await;
    let told = |answer: &Value| answer["verificationToken"].as_str().unwrap().to_owned();
    let tokens = [first, told(&waiting), told(&last)];

    let expected = [("False", "RETRY"), ("False", "RETRY"), ("True", "SUCCESS")];
    assert_eq!(
        (&waiting["status"], &last["status"]),
        (&json!(expected[1].1), &json!(expected[2].1))
    );
    for (read, (verified, _)) in beside
        .ask(tokens.iter().map(|token| read(token)))
        .await
        .iter()
        .zip(expected)
    {
        let claims = claims_of(read);
        let at = claims["nbf"].as_i64().unwrap();
        assert!((since..=now()).contains(&at), "{claims}");
        let mut all = beside.claims(ACCOUNT, reference);
        all["IsVerified"] = json!(verified);
        for (name, moment) in [("nbf", at), ("iat", at), ("exp", at + 86_400)] {
            all[name] = json!(moment);
        }
        assert_eq!(claims, all);
    }
    another_key_reads_none(&beside, &tokens[2]).await;
}

/// That jwcrypto refuses at all: a changed token, and each key changed by one letter within what counts of it.
async fn another_key_reads_none(beside: &Beside, token: &str) {
    let changed = |key: &str| key.replacen(char::is_alphanumeric, "_", 1);
    let with = |name: &str, key: String| {
        let mut task = read(token);
        task[name] = json!(key);
        task
    };
    let mut cut = read(token);
    cut["token"] = json!(token.replacen('.', "x.", 1));
    let tasks = [
        with("signing", changed(&beside.signing)),
        with("encryption", changed(&beside.encryption)),
        cut,
    ];
    for answer in beside.ask(tasks).await {
        assert!(answer["refused"].is_string(), "{answer}");
    }
}

/// Accounts are texts of any letters: they come out of the token as they went in.
#[tokio::test]
async fn accounts_of_any_letters_come_out_as_they_went_in() {
    let beside = Beside::new().await;
    let accounts = [
        "\u{5b98}\u{8a71} \"quoted\\\" / back".to_owned(),
        "\u{1f9ff}\u{202e}\u{fffd}".repeat(85),
        format!(" {} ", random::uuid()),
        "</script>&amp;\u{2028}".to_owned(),
    ];
    for account in accounts {
        let body = transaction(&beside.world, &account, &correlation());
        let begun = call(&beside.world, "InitializeTransaction", &body).await.json();
        let reference = &begun["transactionReference"];
        let body = json!({ "ObjectId": account, "TransactionReference": reference });
        let answer = call(&beside.world, "InitializeVerification", &body).await;
        assert_eq!(answer.status, 200, "{account}: {}", answer.body);
        let token = answer.json()["verificationToken"].as_str().unwrap().to_owned();
        let claims = claims_of(&beside.ask([read(&token)]).await[0]);
        assert_eq!(
            (&claims["ObjectId"], &claims["TransactionReference"]),
            (&json!(account), reference)
        );
        let made = beside
            .made([make(HEADER, INNER, &beside.claims(&account, reference))])
            .await;
        let answer = beside.validate(&account, reference, &made[0]).await;
        assert_eq!(
            (answer.status, &answer.json()["success"]),
            (200, &json!(false)),
            "{account}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn what_jwcrypto_makes_is_read_by_the_handler() {
    let beside = Beside::new().await;
    let world = &beside.world;
    let begun = begun(world, &correlation()).await;
    let reference = &begun["transactionReference"];
    let claims = beside.claims(ACCOUNT, reference);
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        make(HEADER, INNER, &claims)
    };
    let newer = r#"{"alg":"dir","enc":"A256CBC-HS512","typ":"JWT","cty":"JWT"}"#;
    let tasks = [
        make(HEADER, INNER, &claims),
        make(newer, INNER, &claims),
        make(
            r#"{"alg":"dir","enc":"A256CBC-HS512"}"#,
            r#"{"alg":"HS256"}"#,
            &claims,
        ),
        with("IsVerified", json!("True")),
        with("Message", json!("\u{1f9ff} \u{202e}")),
        with("unknown", json!({ "a": [1, 2.5, null] })),
        with("exp", json!(now() + 5)),
    ];
    let tokens = beside.made(tasks).await;
    for token in &tokens {
        assert_eq!(polled(world, token).await["status"], "RETRY");
        let answer = validated(world, reference, token).await;
        // Whatever a token says of a verdict, only the facts count.
        assert_eq!(
            (answer.status, &answer.json()["success"]),
            (200, &json!(false)),
            "{}",
            answer.body
        );
    }
    through(world, &begun, "pass").await;
    assert_eq!(polled(world, &tokens[0]).await["status"], "SUCCESS");
    assert_eq!(
        validated(world, reference, &tokens[0]).await.json()["success"],
        true
    );
    world.no_errors();
}

/// A key is the UTF-8 of its text: of the signing key every byte, of the encryption key the first 64, even if they end within
/// a letter.
#[tokio::test]
async fn keys_are_the_bytes_of_their_texts() {
    let signing = "\u{df}ign\u{1f9ff}".repeat(12);
    let encryption = format!(
        "{}\u{e9}\u{e9} and what does not count",
        random::hex::<31>() + "x"
    );
    assert!(!encryption.is_char_boundary(64) && signing.len() > 64);
    let options = options().with_sample(CorsBy::Handler);
    let options = options
        .with("AppSettings:IdTokenSigningKey", &signing)
        .with("AppSettings:IdTokenEncryptionKey", &encryption);
    let beside = Beside::of(World::with(options).await, signing, encryption).await;
    let world = &beside.world;
    let begun = begun(world, &correlation()).await;
    let reference = &begun["transactionReference"];
    let ours = token(world, reference).await;
    let claims = claims_of(&beside.ask([read(&ours)]).await[0]);
    assert_eq!(claims["ObjectId"], ACCOUNT);
    let theirs = beside
        .made([make(HEADER, INNER, &beside.claims(ACCOUNT, reference))])
        .await;
    assert_eq!(validated(world, reference, &theirs[0]).await.status, 200);
}

#[tokio::test]
async fn hints_are_verified_by_the_keys_that_are_published() {
    let beside = Beside::new().await;
    let world = &beside.world;
    let begun = begun(world, &correlation()).await;
    let back = through(world, &begun, "pass").await;
    let metadata = "/api/Oidc/.well-known/openid-configuration";
    let metadata = said(world.get(metadata)).await.json();
    let keys = said(http().get(metadata["jwks_uri"].as_str().unwrap()))
        .await
        .json();
    let sample = &world.rig.cast.sample;
    let hint = |issuer: &str, audience: &str, keys: &Value| json!({ "do": "hint", "token": back.told("id_token_hint"), "issuer": issuer, "audience": audience, "keys": keys });
    let foreign = parsed(include_str!("../vectors/sample_tokens.json"))["hints"][0]["key_set"].clone();
    let tasks = [
        hint(&sample.issuer, &sample.audience, &keys),
        json!({ "do": "certificates", "keys": keys }),
        hint("another issuer", &sample.audience, &keys),
        hint(&sample.issuer, "another audience", &keys),
        hint(&sample.issuer, &sample.audience, &foreign),
    ];
    let answers = beside.ask(tasks).await;
    let (header, claims) = (&answers[0]["header"], &answers[0]["claims"]);
    assert_eq!(claims["ObjectId"], ACCOUNT, "{}", answers[0]);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(),
        300
    );
    let first = &answers[1]["certificates"][0];
    assert_eq!((&header["kid"], &header["x5t"]), (&first["sha1"], &first["x5t"]));
    of_their_certificates(&keys, &answers[1]["certificates"]);
    for refused in &answers[2..] {
        assert!(refused["refused"].is_string(), "{refused}");
    }
}

/// The members that were computed from the certificate say what jwcrypto computes from it.
fn of_their_certificates(keys: &Value, certificates: &Value) {
    let (keys, certificates) = (keys["keys"].as_array().unwrap(), certificates.as_array().unwrap());
    assert_eq!(keys.len(), certificates.len());
    for (key, certificate) in keys.iter().zip(certificates) {
        for name in ["n", "e", "x5t", "nbf"] {
            assert!(
                key.get(name).is_none_or(|said| *said == certificate[name]),
                "{name}: {key}"
            );
        }
    }
    assert_eq!(keys[0]["kid"], certificates[0]["sha1"]);
    assert!(
        ["n", "e", "x5t", "nbf"]
            .iter()
            .all(|name| keys[0].get(name).is_some())
    );
}
