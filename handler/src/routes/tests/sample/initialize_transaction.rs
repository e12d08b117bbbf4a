//! `InitializeTransaction`: registers, once for a sign-in and at most once for a person who is being checked, and refuses before
//! anything is paid.

use serde_json::{Value, json};

use super::{AT_VENDOR, begun, call, polled, start_of, to_vendor, token, transaction};
use crate::grants::tests::vendor::approved;
use crate::routes::tests::world::{BASE_SECRET, Browser, World, header, json_of, location, request};

#[tokio::test]
async fn the_same_call_again_is_the_same_transaction_and_the_same_link() {
    let world = World::new();
    let first = begun(&world, "c1").await;
    world.advance_s(12);
    assert_eq!(begun(&world, "c1").await, first);
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn a_sign_in_while_a_check_is_open_keeps_its_reference_and_pays_nothing() {
    let (world, browser) = (World::new(), Browser::default());
    let first = begun(&world, "c1").await;
    to_vendor(&world, &browser, &first).await;
    let second = begun(&world, "c2").await;
    assert_eq!(second["transactionReference"], first["transactionReference"]);
    assert_ne!(second["redirectUrl"], first["redirectUrl"]);
    let other = Browser::default();
    let answer = other.enter(&world, &start_of(&second)).await;
    assert!(location(&answer).starts_with(AT_VENDOR), "{answer:?}");
    assert_eq!(world.vendor.starts(), 1);
}

/// In the sample a second sign-in overwrites the reference, and the link of the first is then *broken*.
#[tokio::test]
async fn sign_ins_before_the_person_has_come_share_one_reference() {
    let world = World::new();
    let first = begun(&world, "c1").await;
    let second = begun(&world, "c2").await;
    assert_eq!(second["transactionReference"], first["transactionReference"]);
    // The clock says 10:00; the period of a day ends at midnight.
    world.advance_s(15 * 3600);
    let third = begun(&world, "c3").await;
    assert_eq!(third["transactionReference"], first["transactionReference"]);
    world.advance_s(10 * 3600);
    let fourth = begun(&world, "c4").await;
    assert_eq!(
        fourth["transactionReference"], first["transactionReference"],
        "the third link lives"
    );
    world.advance_s(24 * 3600);
    let fifth = begun(&world, "c5").await;
    assert_ne!(
        fifth["transactionReference"], first["transactionReference"],
        "no link lives"
    );
}

#[tokio::test]
async fn what_is_not_registered_is_refused_and_nothing_is_kept() {
    let world = World::new();
    for (name, value) in [
        ("ClientId", "app-2"),
        ("RedirectUri", "https://jwt.example/"),
        ("Policy", "B2C_1A_other"),
        ("Policy", "../B2C_1A_x"),
    ] {
        let mut body = transaction("c1");
        body[name] = json!(value);
        let answer = world.send(call("InitializeTransaction").json(&body)).await;
        assert_eq!(answer.status(), 409, "{name}");
        let said = json_of(&answer);
        assert_eq!(
            (&said["version"], &said["status"]),
            (&json!("1.0.0.0"), &json!(409))
        );
        assert!(!said["userMessage"].as_str().unwrap().contains(value), "{said}");
    }
    assert!(world.store.list("facts").await.unwrap().is_empty());
}

#[tokio::test]
async fn bodies_that_the_sample_refuses_are_refused_as_it_does() {
    let world = World::new();
    let plain = |body: &str| {
        call("InitializeTransaction")
            .header("content-type", "application/json; charset=utf-8")
            .body(body)
    };
    for body in ["", "null", "[]", "{", "{\"ObjectId\":1}", "{\"ObjectId\":\"a\",}"] {
        let answer = world.send(plain(body)).await;
        assert_eq!(answer.status(), 400, "{body}");
        assert!(
            header(&answer, "content-type").starts_with("application/problem+json"),
            "{body}"
        );
    }
    for name in [
        "ObjectId",
        "CorrelationId",
        "ClientId",
        "RedirectUri",
        "Scope",
        "Policy",
    ] {
        for value in [Value::Null, json!("")] {
            let mut body = transaction("c1");
            body[name] = value;
            assert_eq!(
                world
                    .send(call("InitializeTransaction").json(&body))
                    .await
                    .status(),
                409,
                "{name}"
            );
        }
    }
    let text = call("InitializeTransaction")
        .header("content-type", "text/plain")
        .body("{}");
    assert_eq!(world.send(text).await.status(), 415);
    let long = "x".repeat(2 * 1024 * 1024);
    let mut body = transaction("c1");
    body["ObjectId"] = json!(long);
    assert_eq!(
        world
            .send(call("InitializeTransaction").json(&body))
            .await
            .status(),
        409
    );
    let answer = world
        .send(request(
            "GET",
            &format!("/api/jumio/{BASE_SECRET}/api/Jumio/InitializeTransaction"),
        ))
        .await;
    assert_eq!(
        (answer.status().as_u16(), header(&answer, "allow")),
        (405, "POST, OPTIONS")
    );
    assert!(world.store.list("facts").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_name_that_nobody_has_is_refused_before_anything_is_paid() {
    let world = World::new();
    let mut body = transaction("c1");
    body["GivenName"] = json!("Ada2");
    let answer = world.send(call("InitializeTransaction").json(&body)).await;
    assert_eq!(answer.status(), 409);
    assert!(
        json_of(&answer)["userMessage"]
            .as_str()
            .unwrap()
            .contains("A name has letters"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn names_that_the_policy_sends_are_compared_with_the_document() {
    let (world, browser) = (World::new(), Browser::default());
    let mut body = transaction("c1");
    (body["GivenName"], body["Surname"]) = (json!("Grace"), json!("Hopper"));
    let begun = json_of(&world.send(call("InitializeTransaction").json(&body)).await);
    to_vendor(&world, &browser, &begun).await;
    world.vendor.set(0, approved());
    let answer = browser.come_back(&world, 0).await;
    assert!(
        location(&answer).starts_with("/api/verify/wait/"),
        "another's document: {answer:?}"
    );
    let token = token(&world, &begun["transactionReference"]).await;
    assert_eq!(polled(&world, &token).await["status"], "FAILED");
}
