//! The sample front: sign-ins as the sample's policies and its page make them, over sockets and through the packaged app.

pub(crate) mod b2c;

use std::time::Duration;

use rig::rig::{Cast, CorsBy};
use rig::tenant::published;
use serde_json::json;

use super::{PATIENCE, World, options, play, state};
use crate::bad::said;
use b2c::{
    ACCOUNT, Back, again, agreed, begun, call, correlation, page_origin, path, polled, preflight, question,
    second_policy, sent_away, straight_to_jumio, through, token, transaction, validated, world,
};

#[tokio::test]
pub(super) async fn approved() {
    let world = world().await;
    let correlation = correlation();
    let begun = begun(&world, &correlation).await;
    let reference = &begun["transactionReference"];
    assert_eq!(
        world.transactions(),
        0,
        "nobody is called before the person comes"
    );
    let back = through(&world, &begun, "pass").await;
    assert_eq!(back.address.as_str(), second_policy(&world));
    assert_eq!(back.told("client_id"), Cast::APPLICATION);
    assert_eq!(back.told("response_type"), "id_token");
    assert_eq!(back.told("scope"), "openid offline_access");
    assert_eq!(back.told("transactionStatus"), "SUCCESS");
    assert_eq!(back.told("customerInternalReference"), correlation);
    assert_eq!(json!(back.told("transactionReference")), *reference);
    let hint = back.hint(&world).await;
    assert_eq!(hint["ObjectId"], ACCOUNT);
    assert_eq!(hint["exp"].as_i64().unwrap() - hint["nbf"].as_i64().unwrap(), 300);
    let last = polled(&world, &token(&world, reference).await).await;
    assert_eq!(last["status"], "SUCCESS");
    let token = last["verificationToken"].as_str().unwrap();
    let answer = validated(&world, reference, token).await.json();
    assert_eq!(answer["success"], true);
    assert_eq!(world.transactions(), 1);
    world.no_errors();
}

#[tokio::test]
pub(super) async fn rejected_once_then_approved() {
    let world = world().await;
    let begun = begun(&world, &correlation()).await;
    let walk = sent_away(&world, &begun);
    let page = play(&walk, &agreed(&walk).await, "other-face")
        .await
        .page()
        .unwrap();
    assert_eq!(state(&page), "rejected");
    assert!(page.form_with("action", "leave").is_err(), "no way back yet");
    let reference = &begun["transactionReference"];
    let first = token(&world, reference).await;
    assert_eq!(polled(&world, &first).await["status"], "FAILED");
    let answer = validated(&world, reference, &first).await.json();
    assert_eq!(answer["success"], false);
    assert!(!answer["message"].as_str().unwrap().is_empty());

    Back::of(play(&walk, &again(&walk, &page).await, "pass").await);
    let last = polled(&world, &first).await;
    assert_eq!(last["status"], "SUCCESS");
    let answer = validated(&world, reference, last["verificationToken"].as_str().unwrap()).await;
    assert_eq!(answer.json()["success"], true);
    assert_eq!(world.transactions(), 2);
    world.no_errors();
}

#[tokio::test]
async fn who_has_no_attempt_left_goes_back_and_is_not_verified() {
    let world = world().await;
    let begun = begun(&world, &correlation()).await;
    let walk = sent_away(&world, &begun);
    let mut page = play(&walk, &agreed(&walk).await, "other-face")
        .await
        .page()
        .unwrap();
    for _ in 0..2 {
        page = play(&walk, &again(&walk, &page).await, "other-face")
            .await
            .page()
            .unwrap();
    }
    let onward = format!("{}/continue", page.address).parse().unwrap();
    let back = Back::of(walk.open(&onward).await.unwrap());
    let reference = &begun["transactionReference"];
    assert_eq!(json!(back.told("transactionReference")), *reference);
    let token = token(&world, reference).await;
    assert_eq!(polled(&world, &token).await["status"], "FAILED");
    assert_eq!(
        validated(&world, reference, &token).await.json()["success"],
        false
    );
}

#[tokio::test]
pub(super) async fn a_reversal_between_the_last_question_and_the_end_is_told() {
    let world = world().await;
    let tenant = &world.rig.simulators.jumio.tenant;
    tenant
        .settings
        .with(|settings| settings.timers.afterwards_ms = 3000);
    let begun = begun(&world, &correlation()).await;
    let reference = &begun["transactionReference"];
    through(&world, &begun, "late-reversal").await;
    let last = polled(&world, &token(&world, reference).await).await;
    assert_eq!(last["status"], "SUCCESS");
    let verified = last["verificationToken"].as_str().unwrap();
    for _ in 0..200 {
        if validated(&world, reference, verified).await.json()["success"] == false {
            assert_eq!(polled(&world, verified).await["status"], "FAILED");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("a token that says verified was believed after the reversal");
}

#[tokio::test]
async fn while_jumio_works_the_page_is_told_to_ask_again_and_not_too_often() {
    let world = world().await;
    let begun = begun(&world, &correlation()).await;
    let _at_jumio = agreed(&sent_away(&world, &begun)).await;
    let first = token(&world, &begun["transactionReference"]).await;
    let asked = world.rig.backstage.history.of(Some("jumio")).len();
    let mut refused = 0;
    for _ in 0..40 {
        let answer = said(question(&world, &first)).await;
        match answer.status {
            200 => assert_eq!(answer.json()["status"], "RETRY"),
            status => {
                assert_eq!(status, 429, "{}", answer.body);
                refused += 1;
            }
        }
        let reader = answer.header("access-control-allow-origin");
        assert_eq!(reader, page_origin(&world), "a refusal is readable, too");
    }
    assert!((1..=10).contains(&refused), "{refused} of 40 were refused");
    let now = world.rig.backstage.history.of(Some("jumio")).len();
    assert_eq!(now, asked, "a question of the page asks nobody");
}

#[tokio::test]
async fn a_base_secret_in_a_page_is_refused_and_told_loudly() {
    let world = world().await;
    let secret = world.rig.cast.sample.base_secret.clone();
    let body = transaction(&world, ACCOUNT, &correlation());
    let from_page = world.post(&path(&world, "InitializeTransaction"));
    let answer = said(from_page.header("origin", page_origin(&world)).json(&body)).await;
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert_eq!(world.told("sample.secret_public"), 1);
    let record = world.records();
    let record = record
        .iter()
        .find(|record| record["code"] == "sample.secret_public")
        .unwrap();
    assert_eq!(record["level"], "ERROR");
    let printed = world.rig.host.log().handler_text();
    assert!(!printed.contains(&secret), "the secret is in the log");
    let wrong = format!("/api/jumio/{}/api/Jumio/InitializeTransaction", "0".repeat(64));
    assert_eq!(said(world.post(&wrong).json(&body)).await.status, 401);
    let without = world.post("/api/Jumio/InitializeTransaction");
    assert_eq!(said(without.json(&body)).await.status, 401);
    assert_eq!(world.transactions(), 0);
}

#[tokio::test]
pub(super) async fn two_tabs_and_a_second_sign_in_are_one_transaction() {
    let world = world().await;
    let first = begun(&world, &correlation()).await;
    let walk = sent_away(&world, &first);
    let page = agreed(&walk).await;
    let other_tab = walk.enter().await.unwrap().page().unwrap();
    assert!(other_tab.html.contains("SIMULATOR"), "{}", other_tab.html);
    let second = begun(&world, &correlation()).await;
    assert_eq!(second["transactionReference"], first["transactionReference"]);
    let (other, _at_jumio) = straight_to_jumio(&world, &second).await;
    assert_eq!(world.transactions(), 1);
    let reference = &first["transactionReference"];
    let back = Back::of(play(&walk, &page, "pass").await);
    assert_eq!(json!(back.told("transactionReference")), *reference);
    // Who began the second sign-in in another browser goes back from there.
    let arrival = other.enter().await.unwrap();
    let back = Back::of(other.wait(arrival, PATIENCE).await.unwrap());
    assert_eq!(json!(back.told("transactionReference")), *reference);
    assert_eq!(world.transactions(), 1);
    world.no_errors();
}

#[tokio::test]
async fn a_link_in_a_second_browser_opens_nothing() {
    let world = world().await;
    let begun = begun(&world, &correlation()).await;
    let _at_jumio = agreed(&sent_away(&world, &begun)).await;
    let page = sent_away(&world, &begun).enter().await.unwrap().page().unwrap();
    assert_eq!(page.status, 410, "{}", page.html);
    assert_eq!(world.transactions(), 1);
}

#[tokio::test]
pub(super) async fn addresses_are_reached_in_any_case_and_with_their_methods() {
    let world = world().await;
    let upper = |path: String| {
        path.replace("/api/jumio/", "/API/JUMIO/")
            .replace("/api/Jumio/", "/API/JUMIO/")
    };
    let body = transaction(&world, ACCOUNT, &correlation());
    let shouted = upper(path(&world, "INITIALIZETRANSACTION"));
    assert_eq!(said(world.post(&shouted).json(&body)).await.status, 200);
    for path in [
        "/API/OIDC/.WELL-KNOWN/KEYS",
        "/api/oidc/.well-known/openid-configuration",
    ] {
        assert_eq!(said(world.get(path)).await.status, 200, "{path}");
        let head = crate::bad::http().head(world.rig.at(path).unwrap());
        assert_eq!(said(head).await.status, 200, "{path}");
    }
    assert_eq!(
        said(world.get("/api/Jumio/InitializeTransaction")).await.status,
        405
    );
    for path in ["/api//Jumio/InitializeTransaction", "/api/Jumio/Nothing"] {
        assert_eq!(said(world.post(path).json(&body)).await.status, 404, "{path}");
    }
    assert_eq!(
        said(world.post("/api/Oidc/.well-known/keys").body(""))
            .await
            .status,
        404
    );
}

#[tokio::test]
pub(super) async fn the_page_may_ask_whoever_answers_its_browser() {
    for cors in [CorsBy::Handler, CorsBy::Platform] {
        let world = World::with(options().with_sample(cors)).await;
        let page = page_origin(&world);
        let answer = said(preflight(&world, &page)).await;
        assert_eq!(answer.status, 204, "{cors}");
        assert_eq!(answer.header("access-control-allow-origin"), page, "{cors}");
        assert!(
            answer
                .header("access-control-allow-headers")
                .eq_ignore_ascii_case("content-type")
        );
        let begun = begun(&world, &correlation()).await;
        let token = token(&world, &begun["transactionReference"]).await;
        let answer = said(question(&world, &token)).await;
        let readers: Vec<_> = answer
            .headers
            .get_all("access-control-allow-origin")
            .iter()
            .collect();
        assert_eq!(
            readers,
            [page.as_str()],
            "{cors}: two headers are none to a browser"
        );
        let answer = said(preflight(&world, "https://elsewhere.example")).await;
        assert_ne!(
            answer.header("access-control-allow-origin"),
            "https://elsewhere.example"
        );
    }
}

#[tokio::test]
async fn another_accounts_transaction_tells_nothing() {
    let world = world().await;
    let begun = begun(&world, &correlation()).await;
    let body = json!({
        "ObjectId": "another-account", "TransactionReference": begun["transactionReference"],
    });
    let answer = call(&world, "InitializeVerification", &body).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert_eq!(answer.json()["status"], 409);
}

/// A tenant with the contract's policies starts and offers both; what people do in it is tested in Chromium.
#[tokio::test]
async fn the_policies_of_the_contract_are_served() {
    let world = World::with(options().with_sample(CorsBy::Handler).with_tenant()).await;
    let tenant = world.rig.tenant.as_ref().unwrap();
    assert_eq!(tenant.set.returns_by.as_deref(), Some(published::RETURN));
    for policy in [tenant.set.offers[0].policy.as_str(), published::RETURN] {
        let document = format!(
            "{}/{}/{policy}/v2.0/.well-known/openid-configuration",
            tenant.realm.origin,
            rig::tenant::DOMAIN
        );
        let answer = said(crate::bad::http().get(&document)).await;
        assert_eq!(answer.status, 200, "{document}");
    }
    // Without a hint nobody is let in.
    let address = format!(
        "{}/{}/{}/oauth2/v2.0/authorize",
        tenant.realm.origin,
        rig::tenant::DOMAIN,
        published::RETURN
    );
    let asked = crate::bad::http().get(&address).query(&[
        ("client_id", Cast::APPLICATION),
        (
            "redirect_uri",
            &world.rig.settings["Sample__Clients__0__RedirectUris"],
        ),
        ("scope", "openid"),
        ("response_type", "id_token"),
    ]);
    let answer = said(asked).await;
    assert_eq!(answer.status, 302, "{}", answer.body);
    let told = answer.header("location");
    assert!(
        told.contains("error=") && told.contains("AADB2C90277") && !told.contains("id_token="),
        "{told}"
    );
}
