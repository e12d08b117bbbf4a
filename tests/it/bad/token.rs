//! `/api/token` and userinfo: proofs of clients, codes, and what is told when they are wrong.

use std::sync::Arc;

use loopback::jose;
use rig::client::Client;
use rig::client::proof::{Key, Proof, basic};
use rig::client::walk::Person;
use rig::rig::Kind;
use serde_json::json;

use super::said;
use crate::journey::{PATIENCE, World, at_jumio};

/// A code that could be redeemed, and the walk that got it.
async fn code(world: &World, kind: Kind) -> (rig::client::walk::Walk, String) {
    let client = world.client(kind).await;
    let registered = world
        .register_for(kind.id(), &loopback::random::hex::<6>(), &json!({}))
        .await;
    let ask = rig::client::ask::Ask {
        login_hint: Some(registered.ticket),
        ..Default::default()
    };
    let walk = rig::client::walk::Walk::by_address(&client, world.browser(), &ask);
    let page = at_jumio(&walk).await;
    let arrival = walk.at_jumio(&page, &Person::who("pass")).await.unwrap();
    let parameters = walk.wait(arrival, PATIENCE).await.unwrap().parameters().unwrap();
    let code = walk.client.receive(&walk.pending, &parameters).unwrap();
    (walk, code)
}

async fn refused(client: &Client, code: &str, verifier: Option<&str>, error: &str) {
    let answer = client.redeem_raw(code, verifier).await.unwrap();
    let body: serde_json::Value = answer.json().unwrap();
    assert_eq!(body["error"], error, "{} {}", answer.status, answer.body);
    assert_eq!(answer.status, if error == "invalid_client" { 401 } else { 400 });
    assert!(
        answer.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
}

#[tokio::test]
async fn a_code_twice() {
    let world = World::new().await;
    let (walk, code) = code(&world, Kind::Post).await;
    let tokens = walk.client.redeem(&walk.pending, &code).await.unwrap();
    refused(&walk.client, &code, None, "invalid_grant").await;
    // RFC 6749 section 10.5: what was issued for a replayed code should be revoked.
    assert!(
        walk.client.userinfo(&tokens).await.is_err(),
        "the access token of a replayed code still works"
    );
    assert!(
        world.rig.host.log().handler_text().contains("code.replayed"),
        "nobody is told"
    );
    world.nothing_broke();
}

#[tokio::test]
async fn a_code_that_was_never_issued() {
    let world = World::new().await;
    let (walk, code) = code(&world, Kind::Post).await;
    for forged in [
        "x".to_owned(),
        code[..code.len() - 1].to_owned(),
        format!("{code}A"),
        code.to_uppercase(),
    ] {
        refused(&walk.client, &forged, None, "invalid_grant").await;
    }
    walk.client.redeem(&walk.pending, &code).await.unwrap();
    world.nothing_broke();
}

#[tokio::test]
async fn a_code_of_another_client() {
    let world = World::new().await;
    let (walk, code) = code(&world, Kind::Post).await;
    let thief = world.client(Kind::Basic).await;
    refused(&thief, &code, Some(&"v".repeat(43)), "invalid_grant").await;
    let tokens = walk.client.redeem(&walk.pending, &code).await;
    assert!(tokens.is_ok(), "the thief destroyed the code: {tokens:?}");
}

#[tokio::test]
async fn another_redirect_address() {
    let world = World::new().await;
    let (walk, code) = code(&world, Kind::Post).await;
    let other = walk
        .client
        .with(|agreement| agreement.redirect_uri.set_path("/other"));
    refused(&other, &code, None, "invalid_grant").await;
}

#[tokio::test]
async fn a_wrong_or_missing_code_verifier() {
    let world = World::new().await;
    let (walk, code) = code(&world, Kind::Basic).await;
    refused(&walk.client, &code, Some(&"a".repeat(43)), "invalid_grant").await;
    let missing = walk.client.redeem_raw(&code, None).await.unwrap();
    assert_eq!(missing.status, 400, "{}", missing.body);
}

#[tokio::test]
async fn a_wrong_secret() {
    let world = World::new().await;
    for kind in [Kind::Post, Kind::Basic] {
        let client = world.client(kind).await;
        let wrong = client.with(|agreement| {
            agreement.proof = match agreement.proof.clone() {
                Proof::Basic(_) => Proof::Basic("0123456789abcdef".into()),
                _ => Proof::Post("0123456789abcdef".into()),
            };
        });
        refused(&wrong, "code", None, "invalid_client").await;
    }
}

#[tokio::test]
async fn another_way_than_the_agreed_one() {
    let world = World::new().await;
    let client = world.client(Kind::Post).await;
    let secret = world.rig.cast.post_secret.clone();
    // A secret may come in the header and in the form alike: what is refused then is the code.
    refused(
        &client.with(|agreement| agreement.proof = Proof::Basic(secret)),
        "code",
        None,
        "invalid_grant",
    )
    .await;
    let key = world.client(Kind::Key).await;
    refused(
        &key.with(|agreement| agreement.proof = Proof::Post("0123456789abcdef".into())),
        "code",
        None,
        "invalid_client",
    )
    .await;
}

#[tokio::test]
async fn two_proofs_at_once() {
    let world = World::new().await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("client_id", "rig-post"),
        ("client_secret", "y"),
    ];
    let said = said(
        world
            .post("/api/token")
            .header("authorization", basic("rig-basic", "z"))
            .form(&form),
    )
    .await;
    assert_eq!(
        (said.status, said.json()["error"].as_str().unwrap()),
        (400, "invalid_request")
    );
}

#[tokio::test]
async fn a_foreign_key() {
    let world = World::new().await;
    let client = world.client(Kind::Key).await;
    let same_id = Key {
        id: world.rig.cast.key.id.clone(),
        key: jose::new_key().unwrap(),
    };
    refused(
        &client.with(|agreement| agreement.proof = Proof::Key(Arc::new(same_id))),
        "code",
        None,
        "invalid_client",
    )
    .await;
    let other = Key::new().unwrap();
    refused(
        &client.with(|agreement| agreement.proof = Proof::Key(Arc::new(other))),
        "code",
        None,
        "invalid_client",
    )
    .await;
}

/// The answer to an assertion with these claims and this header.
async fn assertion(
    world: &World,
    header: serde_json::Value,
    change: serde_json::Value,
    sign: fn(&World, &serde_json::Value, &serde_json::Value) -> String,
) -> u16 {
    let now = world.rig.backstage.clock.now().unix_timestamp();
    let mut claims = json!({"iss": "rig-key", "sub": "rig-key", "aud": world.rig.at("/api/token").unwrap().as_str(),
        "jti": loopback::random::uuid(), "iat": now, "exp": now + 60});
    claims
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    let mut full = json!({"kid": world.rig.cast.key.id});
    full.as_object_mut()
        .unwrap()
        .extend(header.as_object().unwrap().clone());
    let jwt = sign(world, &full, &claims);
    said(world.post("/api/token").form(&assertion_form(&jwt)))
        .await
        .status
}

fn assertion_form(jwt: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", jwt),
    ]
}

fn rs256(world: &World, header: &serde_json::Value, claims: &serde_json::Value) -> String {
    jose::sign(header, claims, &world.rig.cast.key.key).unwrap()
}

fn none(_world: &World, header: &serde_json::Value, claims: &serde_json::Value) -> String {
    jose::unsigned(header, claims)
}

fn hs256(world: &World, header: &serde_json::Value, claims: &serde_json::Value) -> String {
    jose::sign_hmac(
        header,
        claims,
        &world.rig.cast.key.key.public_key_to_pem().unwrap(),
    )
    .unwrap()
}

#[tokio::test]
async fn assertions_that_are_not_good() {
    let world = World::new().await;
    let rs = json!({"alg": "RS256"});
    // A good one gets as far as the code, which is wrong.
    assert_eq!(assertion(&world, rs.clone(), json!({}), rs256).await, 400);
    assert_eq!(
        assertion(&world, json!({"alg": "none"}), json!({}), none).await,
        401,
        "none"
    );
    assert_eq!(
        assertion(&world, json!({"alg": "HS256"}), json!({}), hs256).await,
        401,
        "HS256"
    );
    for change in [
        json!({"aud": "https://elsewhere.example/token"}),
        json!({"iss": "rig-basic"}),
        json!({"exp": 1}),
        json!({"exp": null}),
        json!({"nbf": 32_503_680_000_i64}),
        json!({"sub": "rig-post"}),
        json!({"jti": null}),
    ] {
        assert_eq!(
            assertion(&world, rs.clone(), change.clone(), rs256).await,
            401,
            "{change}"
        );
    }
    world.nothing_broke();
}

#[tokio::test]
async fn an_assertion_twice() {
    let world = World::new().await;
    let now = world.rig.backstage.clock.now();
    let jwt = world
        .rig
        .cast
        .key
        .assertion("rig-key", world.rig.at("/api/token").unwrap().as_str(), now)
        .unwrap();
    assert_eq!(
        said(world.post("/api/token").form(&assertion_form(&jwt)))
            .await
            .status,
        400
    );
    // The request as it was, sent again because its answer may be lost, is answered as before.
    assert_eq!(
        said(world.post("/api/token").form(&assertion_form(&jwt)))
            .await
            .status,
        400
    );
    let mut another = assertion_form(&jwt);
    another[1] = ("code", "y");
    assert_eq!(said(world.post("/api/token").form(&another)).await.status, 401);
}

#[tokio::test]
async fn another_grant() {
    let world = World::new().await;
    let client = world.client(Kind::Post).await;
    for (grant, error) in [
        ("refresh_token", "unsupported_grant_type"),
        ("password", "unsupported_grant_type"),
    ] {
        let answer = client
            .token_request(vec![("grant_type".into(), grant.into())])
            .await
            .unwrap();
        assert_eq!(answer.json::<serde_json::Value>().unwrap()["error"], error);
    }
    let answer = client.token_request(Vec::new()).await.unwrap();
    assert_eq!(
        answer.json::<serde_json::Value>().unwrap()["error"],
        "invalid_request"
    );
}

#[tokio::test]
async fn a_parameter_twice() {
    let world = World::new().await;
    let client = world.client(Kind::Post).await;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let form = vec![
        pair("grant_type", "authorization_code"),
        pair("code", "a"),
        pair("code", "b"),
    ];
    let answer = client.token_request(form).await.unwrap();
    assert_eq!(
        answer.json::<serde_json::Value>().unwrap()["error"],
        "invalid_request"
    );
}

#[tokio::test]
async fn another_media_type_or_too_much() {
    let world = World::new().await;
    let json = said(
        world
            .post("/api/token")
            .json(&json!({"grant_type": "authorization_code"})),
    )
    .await;
    assert!(matches!(json.status, 400 | 415), "{}", json.status);
    assert_eq!(json.json()["error"], "invalid_request");
    let form = format!("grant_type=authorization_code&code={}", "x".repeat(200_000));
    let request = world
        .post("/api/token")
        .header("content-type", "application/x-www-form-urlencoded");
    let large = said(request.body(form)).await;
    assert!(matches!(large.status, 400 | 413), "{}", large.status);
    world.nothing_broke();
}

#[tokio::test]
async fn userinfo_without_a_good_token() {
    let world = World::new().await;
    assert_eq!(said(world.get("/api/token/userinfo")).await.status, 401);
    for token in ["x", &"A".repeat(100), "a.b.c"] {
        let said = said(world.get("/api/token/userinfo").bearer_auth(token)).await;
        assert_eq!(said.status, 401);
        assert!(said.header("www-authenticate").starts_with("Bearer"));
    }
    let query = said(world.get("/api/token/userinfo?access_token=x")).await;
    assert_eq!(query.status, 401, "a token in the address is not taken");
}
