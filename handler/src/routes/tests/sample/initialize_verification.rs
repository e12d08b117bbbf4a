//! `InitializeVerification`: a token for an account and a transaction of it.

use serde_json::json;

use super::{ACCOUNT, begun, call, polled, to_vendor, token, validated};
use crate::grants::tests::vendor::approved;
use crate::routes::tests::world::{Browser, World, json_of};

#[tokio::test]
async fn another_accounts_reference_tells_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    let reference = &begun["transactionReference"];
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    let body = json!({ "ObjectId": "somebody-else", "TransactionReference": reference });
    let answer = world.send(call("InitializeVerification").json(&body)).await;
    assert_eq!(answer.status(), 409, "{answer:?}");
    let token = token(&world, reference).await;
    let body =
        json!({ "ObjectId": "somebody-else", "TransactionReference": reference, "VerificationToken": token });
    assert_eq!(
        world
            .send(call("ValidateVerificationToken").json(&body))
            .await
            .status(),
        409
    );
    let body = json!({ "ObjectId": ACCOUNT, "TransactionReference": "another", "VerificationToken": token });
    assert_eq!(
        world
            .send(call("ValidateVerificationToken").json(&body))
            .await
            .status(),
        409
    );
}

#[tokio::test]
async fn a_reference_of_before_the_change_is_not_verified_and_says_so() {
    let world = World::new();
    let reference = json!("db591e23-5572-499b-8530-489fb15a4af7");
    let token = token(&world, &reference).await;
    assert_eq!(polled(&world, &token).await["status"], "FAILED");
    let answer = json_of(&validated(&world, &reference, &token).await);
    assert_eq!(answer["success"], false);
}
