//! `VerifyTransactionStatus`: what a token is good for; see `pages` for who may read the answers.

use serde_json::json;

use super::{begun, poll, token};
use crate::routes::tests::world::{World, json_of};

#[tokio::test]
async fn tokens_that_are_not_good_are_409_with_a_sentence() {
    let world = World::new();
    let begun = begun(&world, "c1").await;
    let token = token(&world, &begun["transactionReference"]).await;
    let text = token.as_str().unwrap();
    let cut = text.get(..text.len() - 3).unwrap();
    for bad in ["x", cut, &format!("{text}a"), "a.b.c", "e30..AAAA.AAAA.AAAA"] {
        let answer = world.send(poll(&json!(bad))).await;
        assert_eq!(answer.status(), 409, "{bad}");
        assert!(!json_of(&answer)["userMessage"].as_str().unwrap().is_empty());
    }
    world.advance_s(24 * 3600 + 120);
    assert_eq!(world.send(poll(&token)).await.status(), 409, "expired");
}

#[tokio::test]
async fn one_transaction_is_asked_about_so_often_and_not_more_often() {
    let world = World::new();
    let begun = begun(&world, "c1").await;
    let token = token(&world, &begun["transactionReference"]).await;
    let mut answered = 0;
    for _ in 0..40 {
        answered += u32::from(world.send(poll(&token)).await.status() == 200);
    }
    assert_eq!(answered, 30);
}
