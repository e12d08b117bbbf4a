//! The signing certificate is rotated twice within the publish time: whoever checks a token finds its key at any time.
//!
//! No test waits for a day to go by: the versions in the vault get older instead. A handler decides by their age alone, in
//! the midst of its life as at a start, so it is killed to read again; once it is made to read by a refused credential.

use std::time::Duration;

use loopback::jose;
use loopback::jose::{Claims, Refusal};
use rig::client::tokens::Tokens;
use rig::client::walk::Person;
use rig::faults::{Effect, Fault};
use rig::rig::SIGNING_CERT;
use rig::vault::certificate::Format;
use serde_json::Value;

use crate::journey::{PATIENCE, World, options};

const KEYS: &str = "/api/token/keys";
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
/// How long a version is published before it signs, in seconds: a day.
const PUBLISH: &str = "86400";

/// A new version of the signing certificate.
fn rotate(world: &World) {
    let vault = &world.rig.simulators.vault.vault;
    vault.rotate(SIGNING_CERT, Format::Pkcs12).unwrap();
}

/// Time goes by for the versions in the vault.
fn pass(world: &World, time: Duration) {
    let store = &world.rig.simulators.vault.vault.store;
    store.with(|store| store.age(SIGNING_CERT, time));
}

/// What is published once the handler serves; the key that signs comes first.
async fn keys(world: &World) -> Value {
    for _ in 0..200 {
        let answer = super::said(world.get(KEYS)).await;
        if answer.status == 200 {
            return answer.json();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never served: {}", world.rig.host.log().handler_text());
}

/// The same from a handler that has just started.
async fn keys_afresh(world: &World) -> Value {
    world.rig.host.kill_handlers().await;
    keys(world).await
}

/// Makes the running handler read the vault, by refusing its credentials at Jumio, and waits until there are `count` keys.
async fn keys_after_refusal(world: &World, count: usize) -> Value {
    for operation in ["create", "token"] {
        let refusal = Fault::new("jumio", operation, Effect::Status(401));
        world.rig.backstage.faults.add(refusal);
    }
    let before = world.rig.host.handler_ids();
    let _an_apology = world.walk().await.enter().await.unwrap();
    world.rig.backstage.faults.clear();
    for _ in 0..200 {
        let found = keys(world).await;
        if ids(&found).len() == count {
            assert_eq!(world.rig.host.handler_ids(), before, "another process");
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never read again: {}", world.rig.host.log().handler_text());
}

fn ids(keys: &Value) -> Vec<String> {
    let id = |key: &Value| key["kid"].as_str().unwrap().to_owned();
    keys["keys"].as_array().unwrap().iter().map(id).collect()
}

/// The token of a person whom Jumio approves, checked by the client with the keys of this moment.
async fn token(world: &World) -> Tokens {
    let walk = world.walk().await;
    walk.through(&Person::who("pass"), PATIENCE).await.unwrap()
}

fn signer(token: &Tokens) -> String {
    jose::parse(&token.id_token).unwrap().header("kid").to_owned()
}

fn verified(token: &Tokens, keys: &Value) -> Result<Claims, Refusal> {
    jose::parse(&token.id_token).unwrap().verify_by(keys, &["RS256"])
}

#[tokio::test]
async fn tokens_of_two_rotations_within_the_publish_time_verify_while_they_live() {
    let world = World::with(options().with("AppSettings:SigningKeyPublishSeconds", PUBLISH)).await;
    let mut tokens = vec![token(&world).await];
    let first = signer(&tokens[0]);

    // While the handler runs: published at once, and nothing signs with it.
    rotate(&world);
    let one = keys_after_refusal(&world, 2).await;
    let second = ids(&one)[1].clone();
    assert_eq!(ids(&one), [&first, &second].map(Clone::clone));
    tokens.push(token(&world).await);

    // Ten minutes later once more, long before the second may sign: the first goes on.
    pass(&world, 10 * MINUTE);
    rotate(&world);
    let two = keys_afresh(&world).await;
    let third = ids(&two)[2].clone();
    assert_eq!(ids(&two), [&first, &second, &third].map(Clone::clone));
    tokens.push(token(&world).await);
    assert!(tokens.iter().all(|token| signer(token) == first));

    // A minute before the second is old enough, nothing has changed.
    pass(&world, 23 * HOUR + 49 * MINUTE);
    assert_eq!(keys_afresh(&world).await, two);
    tokens.push(token(&world).await);
    assert_eq!(signer(&tokens[3]), first);

    // Now it is, and the third is not.
    pass(&world, 2 * MINUTE);
    let between = keys_afresh(&world).await;
    assert_eq!(ids(&between), [&second, &first, &third].map(Clone::clone));
    tokens.push(token(&world).await);
    assert_eq!(signer(&tokens[4]), second);

    // The third follows while tokens of the first may still live: all three are published.
    pass(&world, 10 * MINUTE);
    let after = keys_afresh(&world).await;
    assert_eq!(ids(&after), [&third, &second, &first].map(Clone::clone));
    tokens.push(token(&world).await);
    assert_eq!(signer(&tokens[5]), third);
    for (number, token) in tokens.iter().enumerate() {
        verified(token, &after).unwrap_or_else(|refusal| panic!("token {number}: {refusal}"));
    }

    // Its last tokens have ended: the first is withdrawn, and the others stay.
    pass(&world, HOUR);
    let end = keys_afresh(&world).await;
    assert_eq!(ids(&end), [&third, &second].map(Clone::clone));
    assert_eq!(
        verified(&tokens[0], &end),
        Err(Refusal::UnknownKey(signer(&tokens[0])))
    );
    assert!(tokens[4..].iter().all(|token| verified(token, &end).is_ok()));
}

/// An identity that may read every version by its id, and list none. The fact store tells which there were.
#[tokio::test]
async fn where_versions_cannot_be_listed_the_key_before_signs_on_too() {
    let options = options()
        .with("AppSettings:SigningKeyPublishSeconds", PUBLISH)
        .with("KeyVault:Names", "named");
    let world = World::with(options).await;
    let refusal = Fault::new("vault", "versions", Effect::Status(403));
    world.rig.backstage.faults.add(refusal);
    let first = ids(&keys_afresh(&world).await);
    assert_eq!(first.len(), 1);
    let text = world.rig.host.log().handler_text();
    assert!(text.contains("signing.unpublished_key"), "{text}");
    let before = token(&world).await;

    rotate(&world);
    let found = keys_afresh(&world).await;
    assert_eq!(ids(&found).len(), 2);
    assert_eq!(ids(&found)[0], first[0], "the new key signs at once");
    verified(&before, &found).unwrap();
    let meanwhile = token(&world).await;
    assert_eq!(signer(&meanwhile), first[0]);

    pass(&world, 24 * HOUR);
    let after = keys_afresh(&world).await;
    assert_eq!(ids(&after), [ids(&found)[1].clone(), first[0].clone()]);
    verified(&meanwhile, &after).unwrap();
}
