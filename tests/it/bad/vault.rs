//! A Key Vault that gives some of what it is asked for: nobody is served with half of a configuration, and what was read
//! before stays in force.

use std::time::Duration;

use rig::client::walk::Walk;
use rig::faults::{Effect, Fault};
use rig::rig::{Kind, Options, Rig, SIGNING_CERT};
use rig::vault::certificate::Format;
use rig::vault::store::Value as Stored;
use serde_json::Value;

use super::{Said, http, said};
use crate::journey::{World, logged, options};

const KEYS: &str = "/api/token/keys";
/// A setting in the vault that changes what is served: the language of a browser that asks for none.
const LANGUAGE: &str = "fr";

async fn start(options: Options, faults: impl IntoIterator<Item = Fault>) -> Rig {
    let rig = Rig::start_with(options, |backstage| {
        for fault in faults {
            backstage.faults.add(fault);
        }
    })
    .await
    .unwrap();
    rig.host.ready().await.unwrap();
    rig
}

async fn get(rig: &Rig, path: &str) -> Said {
    said(http().get(rig.at(path).unwrap())).await
}

/// Asks until it is served; whatever comes before must be 503.
async fn served(rig: &Rig, path: &str) -> Value {
    for _ in 0..200 {
        let answer = get(rig, path).await;
        match answer.status {
            200 => return answer.json(),
            status => assert_eq!(status, 503, "{}", answer.body),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never served: {}", rig.host.log().handler_text());
}

/// The language of a page that refuses a browser which asks for nothing.
async fn language(rig: &Rig) -> String {
    let page = get(rig, "/api/verify/authorize").await;
    let (_, rest) = page
        .body
        .split_once("<html lang=\"")
        .unwrap_or_else(|| panic!("{}", page.body));
    rest.split('"').next().unwrap().to_owned()
}

fn put(rig: &Rig, name: &str, value: Stored) {
    let vault = &rig.simulators.vault.vault;
    let now = rig.backstage.clock.now();
    vault.store.with(|store| store.put(name, value, now)).unwrap();
}

fn disabled(text: &str) -> Stored {
    Stored {
        disabled: true,
        ..text.into()
    }
}

/// How often each secret was given, by its path.
fn given(rig: &Rig, part: &str) -> usize {
    let entries = rig.backstage.history.of(Some("vault"));
    let is_given = |entry: &&rig::history::Entry| entry.status == Some(200) && entry.path.contains(part);
    entries.iter().filter(is_given).count()
}

#[tokio::test]
async fn a_refused_list_at_the_start_is_told_and_nobody_is_served_until_it_is_read() {
    for status in [403, 404, 400] {
        let rig = start(options(), [Fault::new("vault", "list", Effect::Status(status))]).await;
        put(&rig, "AppSettings--DefaultLanguage", LANGUAGE.into());
        logged(&rig, &["ERROR", "KeyVault:Names", "named"]).await;
        assert_eq!(get(&rig, KEYS).await.status, 503, "{status}");
        rig.backstage.faults.clear();
        served(&rig, KEYS).await;
        assert_eq!(language(&rig).await, LANGUAGE);
    }
}

#[tokio::test]
async fn with_named_secrets_the_list_of_the_vault_is_never_asked_for() {
    let faults = ["list", "versions"].map(|operation| Fault::new("vault", operation, Effect::Status(403)));
    let rig = start(options().with("KeyVault:Names", "named"), faults).await;
    rig.open().await.unwrap();
    assert_eq!(rig.backstage.history.count("vault", "list"), 0);
}

#[tokio::test]
async fn an_app_without_managed_identity_is_told_at_once() {
    let options = options()
        .with("IDENTITY_ENDPOINT", "")
        .with("IDENTITY_HEADER", "");
    let rig = Rig::start(options).await.unwrap();
    let words = [
        "ERROR",
        "identity.absent",
        "IDENTITY_ENDPOINT",
        "AppSettings:ManagedIdentityClientId",
    ];
    logged(&rig, &words).await;
    // Before the vault was asked, and not because of what came of that.
    let text = rig.host.log().handler_text();
    let place = |word: &str| text.find(word).unwrap_or(usize::MAX);
    assert!(place("identity.absent") < place("secrets.unavailable"), "{text}");
}

#[tokio::test]
async fn an_identity_endpoint_that_is_no_address_is_a_setting_error() {
    let rig = Rig::start(options().with("IDENTITY_ENDPOINT", "127.0.0.1:41741/msi"))
        .await
        .unwrap();
    logged(&rig, &["ERROR", "\"setting\":\"IDENTITY_ENDPOINT\""]).await;
}

/// What a client is told that proves itself and has no good code.
async fn redeems(rig: &Rig, kind: Kind) -> Value {
    let client = rig.client(kind).await.unwrap();
    let answer = client.redeem_raw("none", None).await.unwrap();
    serde_json::from_str::<Value>(&answer.body).unwrap()["error"].clone()
}

#[tokio::test]
async fn a_disabled_secret_of_one_client_at_the_start_refuses_that_client_alone() {
    let rig = start(options(), []).await;
    put(&rig, "rig-basic", disabled("never-told-never-told"));
    rig.host.kill_handlers().await;
    served(&rig, KEYS).await;
    let words = ["ERROR", "secrets.set_aside", "Clients:1:SecretName", "disabled"];
    logged(&rig, &words).await;
    assert_eq!(redeems(&rig, Kind::Basic).await, "invalid_client");
    assert_eq!(redeems(&rig, Kind::Post).await, "invalid_grant");
    put(&rig, "rig-basic", rig.cast.basic_secret.as_str().into());
    for _ in 0..400 {
        if redeems(&rig, Kind::Basic).await == "invalid_grant" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("refused for ever: {}", rig.host.log().handler_text());
}

#[tokio::test]
async fn a_disabled_secret_that_nobody_can_do_without_is_a_setting_error_by_name_at_the_start() {
    let rig = start(options(), []).await;
    let name = "JumioSettings--AuthPassword";
    put(&rig, name, disabled("never-told-never-told"));
    rig.host.kill_handlers().await;
    assert_eq!(get(&rig, KEYS).await.status, 503);
    logged(&rig, &["ERROR", "JumioSettings:AuthPassword", "disabled"]).await;
    put(&rig, name, rig.cast.jumio.1.as_str().into());
    served(&rig, KEYS).await;
}

#[tokio::test]
async fn a_list_that_breaks_off_or_goes_elsewhere_is_no_list() {
    let rig = start(options(), []).await;
    put(&rig, "z-last", "x".into());
    let vault = &rig.simulators.vault.vault;
    let whole = vault.settings();
    let small = rig::vault::Settings {
        page_size: 3,
        ..whole.clone()
    };
    let elsewhere = rig::vault::Settings {
        next_link: Some("https://localhost:1/secrets".to_owned()),
        ..whole.clone()
    };
    for (settings, status, words) in [
        (small.clone(), Some(404), "KeyVault:Names"),
        (small, Some(500), "the list of secrets"),
        (elsewhere, None, "another host"),
    ] {
        vault.set(settings);
        let fault = status.map(|status| {
            rig.backstage
                .faults
                .add(Fault::new("vault", "page", Effect::Status(status)))
        });
        rig.host.kill_handlers().await;
        assert_eq!(get(&rig, KEYS).await.status, 503, "{words}");
        logged(&rig, &[words]).await;
        if let Some(fault) = fault {
            assert!(rig.backstage.faults.remove(fault));
        }
        vault.set(whole.clone());
        served(&rig, KEYS).await;
    }
}

/// Key Vault lists 25 names a page, and the next page is where its link says.
#[tokio::test]
async fn a_setting_on_the_second_page_of_the_list_is_read() {
    let rig = start(options(), []).await;
    for number in 0..30 {
        put(&rig, &format!("aaa-{number}"), "x".into());
    }
    put(&rig, "AppSettings--DefaultLanguage", LANGUAGE.into());
    rig.host.kill_handlers().await;
    served(&rig, KEYS).await;
    assert_eq!(language(&rig).await, LANGUAGE);
    assert!(rig.backstage.history.count("vault", "page") >= 1);
}

#[tokio::test]
async fn after_too_many_requests_the_pause_is_kept_and_only_what_failed_is_read_again() {
    let fault = Fault {
        retry_after_s: Some(1),
        ..Fault::new("vault", "get", Effect::Status(429))
    };
    let rig = start(options(), [fault.times(1)]).await;
    rig.open().await.unwrap();
    for name in [
        "AppSettings--StateKey",
        "JumioSettings--AuthPassword",
        "rig-basic",
    ] {
        assert_eq!(given(&rig, name), 1, "{name}");
    }
}

/// Makes the running handler read everything again at once: Jumio refuses its credentials.
async fn read_again(world: &World, walk: &Walk) {
    for operation in ["create", "token"] {
        let fault = Fault::new("jumio", operation, Effect::Status(401));
        world.rig.backstage.faults.add(fault.times(1));
    }
    let _trouble = walk.enter().await;
    logged(&world.rig, &["WARN", "jumio.credentials_refused"]).await;
}

/// Continuous access evaluation: the vault asks for another token before the one it was sent has ended.
#[tokio::test]
async fn a_claims_challenge_of_the_vault_is_answered_with_a_new_token() {
    let world = World::new().await;
    let walk = world.walk().await;
    let (vault, history) = (&world.rig.simulators.vault.vault, &world.rig.backstage.history);
    let (read, tokens) = (
        given(&world.rig, "AppSettings--StateKey"),
        history.count("identity", "token"),
    );
    let claims = serde_json::json!({ "access_token": { "nbf": { "essential": true, "value": "1" } } });
    vault.issuer.revoke(Some(&claims));
    read_again(&world, &walk).await;
    for _ in 0..400 {
        if given(&world.rig, "AppSettings--StateKey") > read {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(given(&world.rig, "AppSettings--StateKey"), read + 1);
    assert_eq!(history.count("identity", "token"), tokens + 1);
}

/// Everything at once while the handler runs and the signing certificate is being rotated: the list is refused, a secret
/// is disabled, and the token that the handler holds is taken back.
#[tokio::test]
async fn while_running_and_in_mid_rotation_what_was_read_stays_in_force() {
    let world = World::new().await;
    let walk = world.walk().await;
    let rig = &world.rig;
    put(rig, "AppSettings--DefaultLanguage", LANGUAGE.into());
    let vault = &rig.simulators.vault.vault;
    // Key Vault tells when a version was made in whole seconds: nobody rotates a certificate within the second.
    let age = Duration::from_secs(60);
    vault.store.with(|store| store.age(SIGNING_CERT, age));
    rig.host.kill_handlers().await;
    served(rig, KEYS).await;
    assert_eq!(language(rig).await, LANGUAGE);
    let before = served(rig, KEYS).await;
    let (read, tokens) = (
        given(rig, "AppSettings--StateKey"),
        rig.backstage.history.count("identity", "token"),
    );
    vault.rotate(SIGNING_CERT, Format::Pkcs12).unwrap();
    put(rig, "rig-post", disabled("never-told-never-told"));
    for operation in ["list", "versions"] {
        rig.backstage
            .faults
            .add(Fault::new("vault", operation, Effect::Status(403)));
    }
    vault.issuer.revoke(None);
    read_again(&world, &walk).await;
    logged(rig, &["WARN", "the list of secrets", "stays in force"]).await;
    logged(rig, &["WARN", "rig-post", "disabled"]).await;
    assert_eq!(given(rig, "AppSettings--StateKey"), read + 1);
    assert_eq!(
        rig.backstage.history.count("identity", "token"),
        tokens + 1,
        "one new token"
    );
    served(rig, KEYS).await;
    assert_eq!(language(rig).await, LANGUAGE);
    let after = served(rig, KEYS).await;
    assert_eq!(after["keys"][0], before["keys"][0], "the new key signs at once");
    assert_eq!(
        after["keys"].as_array().unwrap().len(),
        2,
        "the new key is not published"
    );
}
