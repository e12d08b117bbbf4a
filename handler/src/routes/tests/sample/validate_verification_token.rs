//! `ValidateVerificationToken`: what was found, whatever the token says.

use serde_json::json;

use super::{begun, polled, to_vendor, token, validated};
use crate::grants::tests::vendor::{approved, rejected};
use crate::routes::tests::world::{Browser, World, json_of, request};

/// In the sample a verified token stays one, whatever Jumio says later.
#[tokio::test]
async fn a_reversal_is_told_although_the_token_says_verified() {
    let (world, browser) = (World::new(), Browser::default());
    let begun = begun(&world, "c1").await;
    let reference = &begun["transactionReference"];
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, approved());
    browser.come_back(&world, 0).await;
    let verified = polled(&world, &token(&world, reference).await).await["verificationToken"].clone();
    world.vendor.set(0, rejected());
    let ids = world.vendor.ids_of(0);
    let body = json!({
        "callbackSentAt": "2026-02-03T10:05:00.000Z", "account": { "id": ids.account },
        "workflowExecution": { "id": ids.execution, "status": "PROCESSED" },
    });
    let path = world.vendor.start_of(0).callback_url.path().to_owned();
    assert_eq!(world.send(request("POST", &path).json(&body)).await.status(), 200);
    world.calm().await;
    assert_eq!(polled(&world, &verified).await["status"], "FAILED");
    assert_eq!(
        json_of(&validated(&world, reference, &verified).await)["success"],
        false
    );
}
