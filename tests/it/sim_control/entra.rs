//! The Entra stand-in: discovery, keys, tokens right and wrong.

use loopback::jose::{self, Refusal};
use reqwest::Method;
use serde_json::{Value, json};

use super::client::Stage;

impl Stage {
    async fn document(&self, url: &str) -> Value {
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    async fn keys(&self) -> Value {
        let discovery = self
            .document(&format!("{}/.well-known/openid-configuration", self.entra.issuer))
            .await;
        assert_eq!(discovery["issuer"], self.entra.issuer);
        self.document(discovery["jwks_uri"].as_str().unwrap()).await
    }

    async fn minted(&self, extra: Value) -> String {
        let mut ask = json!({ "audience": "api://handler", "app_id": "app-1" });
        rig::merge::merge(&mut ask, &extra);
        let token = self.post("entra/token", ask).await;
        token["access_token"].as_str().unwrap().to_owned()
    }

    async fn verified(&self, token: &str) -> Result<Value, Refusal> {
        let token = jose::parse(token).unwrap();
        token.verify_by(&self.keys().await, &["RS256"]).map(Value::Object)
    }
}

#[tokio::test]
async fn a_token_fits_the_published_keys() {
    let stage = Stage::start().await;
    let token = stage
        .minted(json!({ "roles": ["Verify"], "claims": { "tid": null, "extra": 1 } }))
        .await;
    let claims = stage.verified(&token).await.unwrap();
    assert_eq!(
        (&claims["aud"], &claims["azp"], &claims["iss"]),
        (
            &json!("api://handler"),
            &json!("app-1"),
            &json!(stage.entra.issuer)
        )
    );
    assert_eq!((claims.get("tid"), &claims["extra"]), (None, &json!(1)));
}

#[tokio::test]
async fn version_1_names_things_otherwise() {
    let stage = Stage::start().await;
    let claims = stage
        .verified(&stage.minted(json!({ "version": "1.0" })).await)
        .await
        .unwrap();
    assert_eq!((&claims["appid"], claims.get("azp")), (&json!("app-1"), None));
    assert!(
        claims["iss"]
            .as_str()
            .unwrap()
            .starts_with("https://sts.windows.net/")
    );
    assert_eq!(
        stage
            .refused(
                Method::POST,
                "entra/token",
                json!({ "audience": "a", "app_id": "b", "version": "3" })
            )
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn each_flaw_is_a_flaw() {
    let stage = Stage::start().await;
    let kid = |token: &str| jose::parse(token).unwrap().header("kid").to_owned();
    let token = stage.minted(json!({ "flaw": "unknown-kid" })).await;
    let unknown = Refusal::UnknownKey(kid(&token));
    assert_eq!(stage.verified(&token).await, Err(unknown));
    let refusals = [
        ("foreign-key", Refusal::Signature),
        ("none", Refusal::Algorithm("none".to_owned())),
        ("hs256", Refusal::Algorithm("HS256".to_owned())),
    ];
    for (flaw, refusal) in refusals {
        let token = stage.minted(json!({ "flaw": flaw })).await;
        assert_eq!(stage.verified(&token).await, Err(refusal), "{flaw}");
    }
    assert_eq!(kid(&stage.minted(json!({ "flaw": "no-kid" })).await), "");
    let now = stage.backstage.clock.now().unix_timestamp();
    let expired = stage
        .verified(&stage.minted(json!({ "flaw": "expired" })).await)
        .await
        .unwrap();
    assert!(expired["exp"].as_i64().unwrap() < now);
    let early = stage
        .verified(&stage.minted(json!({ "flaw": "not-yet" })).await)
        .await
        .unwrap();
    assert!(early["nbf"].as_i64().unwrap() > now);
    let foreign = stage
        .verified(&stage.minted(json!({ "flaw": "wrong-issuer" })).await)
        .await
        .unwrap();
    assert_ne!(foreign["iss"], json!(stage.entra.issuer));
}

#[tokio::test]
async fn rotation_keeps_or_drops_the_previous_key() {
    let stage = Stage::start().await;
    let first = stage.minted(json!({})).await;
    stage.post("entra/rotate", json!({ "keep_previous": true })).await;
    let second = stage.minted(json!({})).await;
    assert!(stage.verified(&first).await.is_ok() && stage.verified(&second).await.is_ok());
    stage.post("entra/rotate", json!({})).await;
    let refused = stage.verified(&second).await;
    assert!(matches!(refused, Err(Refusal::UnknownKey(_))), "{refused:?}");
}

#[tokio::test]
async fn a_registered_application_gets_its_own_token() {
    let stage = Stage::start().await;
    stage
        .put("entra/clients/app-1", json!({ "secret": "invented" }))
        .await;
    let url = format!(
        "{}{}/oauth2/v2.0/token",
        stage.entra.url, stage.entra.directory.tenant
    );
    let ask = |secret: &'static str, scope: &'static str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "app-1"),
            ("client_secret", secret),
            ("scope", scope),
        ];
        stage.http.post(&url).form(&form).send()
    };
    let answer: Value = ask("invented", "api://handler/.default")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let claims = stage
        .verified(answer["access_token"].as_str().unwrap())
        .await
        .unwrap();
    assert_eq!(claims["azp"], "app-1");
    assert_eq!(
        ask("guess", "api://handler/.default").await.unwrap().status(),
        401
    );
    assert_eq!(ask("invented", "openid").await.unwrap().status(), 400);
}

#[tokio::test]
async fn another_tenant_is_unknown() {
    let stage = Stage::start().await;
    let url = format!("{}other/v2.0/.well-known/openid-configuration", stage.entra.url);
    assert_eq!(stage.http.get(url).send().await.unwrap().status(), 400);
}
