//! Which addresses there are, and who may call them.

use serde_json::json;

use super::{ACCOUNT, call, transaction};
use crate::routes::tests::world::{
    BASE_SECRET, ORIGIN, POLICY, PREVIOUS_BASE_SECRET, World, basic, header, json_of, request,
};

#[tokio::test]
async fn paths_and_names_are_read_in_any_case() {
    let world = World::new();
    let body = json!({
        "objectid": ACCOUNT, "CORRELATIONID": "c1", "clientId": "app-1", "RedirectURI": "https://jwt.example",
        "scope": "openid", "policy": POLICY, "unknown": [1],
    });
    let path = format!("/API/JUMIO/{BASE_SECRET}/Api/jUmIo/INITIALIZETRANSACTION/");
    let answer = world.send(request("POST", &path).json(&body)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    for path in [
        "/api/oidc/.WELL-KNOWN/openid-configuration",
        "/API/Oidc/.well-known/KEYS",
    ] {
        assert_eq!(world.get(path).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn metadata_is_there_below_the_secret_and_names_keys_outside_it() {
    let world = World::new();
    for base in [
        String::new(),
        format!("/api/jumio/{BASE_SECRET}"),
        "/api/jumio/anything".to_owned(),
    ] {
        let answer = world
            .get(&format!("{base}/api/Oidc/.well-known/openid-configuration"))
            .await;
        let body = json_of(&answer);
        assert_eq!(body["issuer"], "issuer-1");
        assert_eq!(body["jwks_uri"], format!("{ORIGIN}/api/Oidc/.well-known/keys"));
        assert_eq!(header(&answer, "content-type"), "application/json");
    }
}

/// Everything but the secret, and why it is refused.
#[tokio::test]
async fn who_does_not_prove_themselves_gets_nothing() {
    let world = World::new();
    let body = transaction("c1");
    for path in [
        "/api/Jumio/InitializeTransaction".to_owned(),
        format!("/api/jumio/{BASE_SECRET}x/api/Jumio/InitializeTransaction"),
        format!(
            "/api/jumio/{}/api/Jumio/InitializeTransaction",
            BASE_SECRET.to_uppercase()
        ),
    ] {
        let answer = world.send(request("POST", &path).json(&body)).await;
        assert_eq!(
            (answer.status().as_u16(), answer.body().len()),
            (401, 0),
            "{path}"
        );
    }
    let previous = format!("/api/jumio/{PREVIOUS_BASE_SECRET}/api/Jumio/InitializeTransaction");
    assert_eq!(
        world.send(request("POST", &previous).json(&body)).await.status(),
        200
    );
    let proven = request("POST", "/api/Jumio/InitializeTransaction")
        .header("authorization", basic("b2c", "password-of-the-caller"));
    assert_eq!(world.send(proven.json(&body)).await.status(), 200);
    assert_eq!(world.vendor.starts(), 0);
}

#[tokio::test]
async fn anybody_may_call_only_where_a_setting_says_so() {
    let world = World {
        allows_anonymous: true,
        ..World::new()
    };
    world.rebuild();
    let path = "/api/Jumio/InitializeTransaction";
    let answer = world.send(request("POST", path).json(&transaction("c1"))).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let wrong = request("POST", path).header("authorization", basic("b2c", "wrong"));
    assert_eq!(world.send(wrong.json(&transaction("c1"))).await.status(), 401);
}

#[tokio::test]
async fn a_secret_that_comes_from_a_page_is_refused_on_every_action() {
    let world = World::new();
    let actions = [
        "InitializeTransaction",
        "InitializeVerification",
        "VerifyTransactionStatus",
        "ValidateVerificationToken",
    ];
    for action in actions {
        let from_page = call(action).header("origin", "https://contoso.b2clogin.example");
        assert_eq!(
            world.send(from_page.json(&transaction("c1"))).await.status(),
            401,
            "{action}"
        );
    }
    let unasked = call("VerifyTransactionStatus").json(&json!({ "VerificationToken": "t" }));
    assert_eq!(world.send(unasked).await.status(), 404);
}

#[tokio::test]
async fn without_its_settings_the_front_is_not_there() {
    let world = World {
        has_sample: false,
        ..World::new()
    };
    world.rebuild();
    for path in [
        "/api/Jumio/InitializeTransaction",
        "/api/Jumio/VerifyTransactionStatus",
    ] {
        assert_eq!(
            world
                .send(request("POST", path).json(&transaction("c1")))
                .await
                .status(),
            404,
            "{path}"
        );
    }
    assert_eq!(world.get("/api/Oidc/.well-known/keys").await.status(), 404);
    assert_eq!(world.get("/api/verify/authorize?idv_link=x").await.status(), 404);
}
