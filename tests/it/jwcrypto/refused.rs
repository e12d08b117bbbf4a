//! Tokens of jwcrypto with one thing wrong: each is refused, and the log names that thing.

use serde_json::{Value, json};

use super::{Beside, HEADER, INNER, make, now};
use crate::bad::said;
use crate::journey::sample::b2c::{ACCOUNT, begun, correlation, question};

/// How one token came about, and the words by which the log says why it was refused.
type Wrong = (&'static str, Value, &'static str);

/// Another content encryption, another key management, or what a header may not hold.
fn headers(claims: &Value) -> Vec<Wrong> {
    let outer = |header: &str| make(header, INNER, claims);
    vec![
        (
            "A128CBC-HS256",
            outer(r#"{"alg":"dir","enc":"A128CBC-HS256"}"#),
            "tag is not 32 bytes",
        ),
        (
            "A192CBC-HS384",
            outer(r#"{"alg":"dir","enc":"A192CBC-HS384"}"#),
            "tag is not 32 bytes",
        ),
        (
            "A256GCM",
            outer(r#"{"alg":"dir","enc":"A256GCM"}"#),
            "ciphertext is not whole blocks",
        ),
        (
            "A256KW",
            outer(r#"{"alg":"A256KW","enc":"A256CBC-HS512"}"#),
            "has an encrypted key",
        ),
        (
            "A256GCMKW",
            outer(r#"{"alg":"A256GCMKW","enc":"A256CBC-HS512"}"#),
            "has an encrypted key",
        ),
        (
            "zip",
            outer(r#"{"alg":"dir","enc":"A256CBC-HS512","zip":"DEF"}"#),
            OTHER_MEMBERS,
        ),
        (
            "crit",
            outer(r#"{"alg":"dir","enc":"A256CBC-HS512","crit":["exp"],"exp":1}"#),
            OTHER_MEMBERS,
        ),
        (
            "kid",
            outer(r#"{"alg":"dir","enc":"A256CBC-HS512","kid":"1"}"#),
            OTHER_MEMBERS,
        ),
        (
            "another typ",
            outer(r#"{"alg":"dir","enc":"A256CBC-HS512","typ":"JWS"}"#),
            "typ or cty is not JWT",
        ),
        (
            "another cty",
            outer(r#"{"alg":"dir","enc":"A256CBC-HS512","cty":"jwk"}"#),
            "typ or cty is not JWT",
        ),
        ("only signed", make("null", INNER, claims), "not five parts"),
    ]
}

const OTHER_MEMBERS: &str = "header has other members than alg, enc, typ and cty";

/// Another signature inside, or none.
fn inner(claims: &Value) -> Vec<Wrong> {
    let signed = |inner: &str| make(HEADER, inner, claims);
    let mut bare = signed(INNER);
    bare["plain"] = json!(claims.to_string());
    vec![
        (
            "HS384",
            signed(r#"{"alg":"HS384","typ":"JWT"}"#),
            "inner signature does not match",
        ),
        (
            "HS512",
            signed(r#"{"alg":"HS512","typ":"JWT"}"#),
            "inner signature does not match",
        ),
        ("inner kid", signed(r#"{"alg":"HS256","kid":"1"}"#), INNER_MEMBERS),
        (
            "inner crit",
            signed(r#"{"alg":"HS256","crit":["b64"],"b64":true}"#),
            INNER_MEMBERS,
        ),
        (
            "inner typ",
            signed(r#"{"alg":"HS256","typ":"at+jwt"}"#),
            "inner typ is not JWT",
        ),
        ("claims without a signature", bare, "does not hold a signed token"),
    ]
}

const INNER_MEMBERS: &str = "inner header has other members than alg and typ";

/// Keys of somebody else.
fn keys(claims: &Value) -> Vec<Wrong> {
    let with = |name: &str| {
        let mut task = make(HEADER, INNER, claims);
        task[name] = json!("0".repeat(64));
        task
    };
    vec![
        ("another encryption key", with("encryption"), "tag does not match"),
        (
            "another signing key",
            with("signing"),
            "inner signature does not match",
        ),
    ]
}

/// Claims that are missing.
fn missing(good: &Value) -> Vec<Wrong> {
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        make(HEADER, INNER, &claims)
    };
    vec![
        ("no exp", without("exp"), "claim exp is missing"),
        ("no nbf", without("nbf"), "claim nbf is missing"),
        ("no iss", without("iss"), "claim iss is missing"),
        ("no aud", without("aud"), "claim aud is missing"),
        ("no ObjectId", without("ObjectId"), "claim ObjectId is missing"),
        (
            "no TransactionReference",
            without("TransactionReference"),
            "claim TransactionReference is missing",
        ),
        (
            "no IsVerified",
            without("IsVerified"),
            "claim IsVerified is missing",
        ),
        ("no Message", without("Message"), "claim Message is missing"),
    ]
}

/// Claims of another type, or that say something else.
fn other(good: &Value) -> Vec<Wrong> {
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        make(HEADER, INNER, &claims)
    };
    let now = now();
    vec![
        ("expired", with("exp", json!(now - 3600)), "expired"),
        ("not yet", with("nbf", json!(now + 3600)), "not valid yet"),
        ("issued later", with("iat", json!(now + 3600)), "not valid yet"),
        (
            "another issuer",
            with("iss", json!("somebody")),
            "claim iss is not as expected",
        ),
        (
            "another audience",
            with("aud", json!("somebody")),
            "claim aud is not as expected",
        ),
        (
            "a list of audiences",
            with("aud", json!([good["aud"]])),
            "claims are malformed",
        ),
        (
            "exp as a text",
            with("exp", json!("9999999999")),
            "claims are malformed",
        ),
        ("exp beyond all", with("exp", json!(1e30)), "claims are malformed"),
        (
            "IsVerified a boolean",
            with("IsVerified", json!(true)),
            "claims are malformed",
        ),
        (
            "IsVerified another word",
            with("IsVerified", json!("yes")),
            "claim IsVerified is not as expected",
        ),
        (
            "claims in a list",
            make(HEADER, INNER, &json!([good])),
            "claims are malformed",
        ),
    ]
}

/// What the log says of the last token that was refused.
fn cause(beside: &Beside) -> Value {
    let records = beside.world.records();
    let refused = records.iter().rfind(|record| record["code"] == "sample.token");
    refused.map_or(Value::Null, |record| record["cause"].clone())
}

async fn refused_for_it(beside: &Beside, reference: &Value, token: &str, what: &str, why: &str) {
    for ask in ["page", "policy"] {
        // Of more than twenty refusals a second the log has only the number.
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        let before = beside.world.told("sample.token");
        let answer = match ask {
            "page" => said(question(&beside.world, token)).await,
            _ => beside.validate(ACCOUNT, reference, token).await,
        };
        assert_eq!(answer.status, 409, "{what}, {ask}: {}", answer.body);
        assert_eq!(answer.json()["status"], 409);
        beside.told_again(before).await;
        let cause = cause(beside);
        let is_it = cause.as_str().is_some_and(|cause| cause.ends_with(why));
        assert!(is_it, "{what}, {ask}: {cause}");
        assert!(
            !answer.body.contains(why),
            "{what}: the caller learns nothing of the rule"
        );
    }
}

impl Beside {
    /// Waits until the log has another refusal: it comes by a pipe.
    async fn told_again(&self, before: usize) {
        for _ in 0..400 {
            if self.world.told("sample.token") > before {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no refusal in the log");
    }
}

#[tokio::test]
async fn each_for_what_is_wrong_with_it() {
    let beside = Beside::new().await;
    let begun = begun(&beside.world, &correlation()).await;
    let reference = &begun["transactionReference"];
    let good = beside.claims(ACCOUNT, reference);
    let wrong = [
        headers(&good),
        inner(&good),
        keys(&good),
        missing(&good),
        other(&good),
    ]
    .concat();
    let tokens = beside.made(wrong.iter().map(|(_, task, _)| task.clone())).await;
    for ((what, _, why), token) in wrong.iter().zip(&tokens) {
        refused_for_it(&beside, reference, token, what, why).await;
    }
    // The same claims under the one form there is: nothing else was wrong with those.
    let token = beside.made([make(HEADER, INNER, &good)]).await;
    assert_eq!(beside.validate(ACCOUNT, reference, &token[0]).await.status, 200);
    beside.world.nothing_broke();
}

/// Good tokens at the wrong place: for another account, another transaction, or none there is.
#[tokio::test]
async fn of_another_account_or_transaction() {
    let beside = Beside::new().await;
    let begun = begun(&beside.world, &correlation()).await;
    let reference = &begun["transactionReference"];
    let nowhere = json!("00000000000000000000000000000000");
    let tasks = [
        make(HEADER, INNER, &beside.claims("another-account", reference)),
        make(HEADER, INNER, &beside.claims(ACCOUNT, &nowhere)),
    ];
    for token in beside.made(tasks).await {
        let answer = beside.validate(ACCOUNT, reference, &token).await;
        assert_eq!(answer.status, 409, "{}", answer.body);
    }
    assert_eq!(beside.world.told("sample.other_token"), 2);
    let token = beside
        .made([make(HEADER, INNER, &beside.claims("another-account", reference))])
        .await;
    let answer = said(question(&beside.world, &token[0])).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
}
