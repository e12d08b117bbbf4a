//! A vault, a store or a Jumio that is slow, down, lying or cut off in mid-body.

use std::time::Duration;

use loopback::browser::Arrival;
use rig::client::walk::{Person, Walk};
use rig::faults::{Effect, Fault};
use rig::rig::Rig;
use serde_json::json;

use super::said;
use crate::journey::{PATIENCE, World, at_jumio, options, play, state};

async fn world() -> World {
    let options = options().with("Verification:PollMarksSeconds", "1 2 3 4 5 6 8 10");
    World::with(
        options
            .with("JumioSettings:BudgetSeconds", "3")
            .with("Verification:StartLeaseSeconds", "8"),
    )
    .await
}

/// Jumio cannot be begun; the person sees that it is not their fault, and gets there when it works again.
async fn not_begun_then_begun(effect: Effect) {
    let world = world().await;
    let fault = world.rig.backstage.faults.add(Fault::new("jumio", "*", effect));
    let walk = world.walk().await;
    let page = walk.enter().await.unwrap().page().unwrap();
    assert_eq!(state(&page), "trouble", "{}", page.html);
    assert!(page.status.as_u16() >= 500, "{}", page.status);
    assert!(world.rig.backstage.faults.remove(fault));
    let page = patiently_at_jumio(&walk).await;
    let tokens = walk.finish(play(&walk, &page, "pass").await).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 1);
    world.nothing_broke();
}

async fn patiently_at_jumio(walk: &Walk) -> loopback::browser::Page {
    for _ in 0..40 {
        if let Arrival::Page(page) = walk.enter().await.unwrap()
            && page.html.contains("SIMULATOR")
        {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("never at Jumio");
}

#[tokio::test]
async fn jumio_answers_503_at_the_beginning() {
    not_begun_then_begun(Effect::Status(503)).await;
}

#[tokio::test]
async fn jumio_resets_connections_at_the_beginning() {
    not_begun_then_begun(Effect::Reset).await;
}

#[tokio::test]
async fn jumio_answers_nonsense_at_the_beginning() {
    not_begun_then_begun(Effect::Garbage).await;
}

/// The result cannot be read for a while: the person waits, and is neither approved nor rejected meanwhile.
async fn not_read_then_read(effect: Effect) {
    let world = world().await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    for operation in ["status", "details"] {
        world
            .rig
            .backstage
            .faults
            .add(Fault::new("jumio", operation, effect.clone()));
    }
    let arrival = walk.at_jumio(&page, &Person::who("pass")).await.unwrap();
    let page = arrival.page().unwrap();
    assert_eq!(state(&page), "checking");
    world.rig.backstage.faults.clear();
    let arrival = walk.open(&page.address).await.unwrap();
    let tokens = walk
        .finish(walk.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    world.nothing_broke();
}

#[tokio::test]
async fn jumio_answers_500_for_the_result() {
    not_read_then_read(Effect::Status(500)).await;
}

#[tokio::test]
async fn jumio_cuts_the_result_off() {
    not_read_then_read(Effect::Truncate).await;
}

#[tokio::test]
async fn jumio_sends_the_result_as_text() {
    not_read_then_read(Effect::ContentType("text/html".into())).await;
}

/// Begins once, while creating a transaction goes wrong; then presses on until there is one.
async fn after_a_failed_create(fault: Fault) -> World {
    let world = world().await;
    world.rig.backstage.faults.add(fault.times(1));
    let walk = world.walk().await;
    let page = walk.enter().await.unwrap().page().unwrap();
    assert_eq!(state(&page), "trouble", "{}", page.html);
    patiently_at_jumio(&walk).await;
    world
}

/// Jumio has created a transaction, and nobody is told which: an operator has to know that it may be charged.
#[tokio::test]
async fn a_create_whose_answer_is_lost_is_told_once() {
    let lost = Fault {
        after: true,
        ..Fault::new("jumio", "create", Effect::Reset)
    };
    let world = after_a_failed_create(lost).await;
    assert_eq!(world.transactions(), 2);
    let records = world.records();
    let told: Vec<_> = records
        .iter()
        .filter(|record| record["code"] == "start.may_have_been_paid")
        .collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["level"], "WARN");
    assert_eq!(told[0]["attempt"], 1);
    assert!(told[0]["verification.id"].is_string(), "{told:?}");
    assert_eq!(world.told("start.unanswered"), 1);
}

#[tokio::test]
async fn a_create_that_jumio_refuses_is_not_told_as_paid() {
    let world = after_a_failed_create(Fault::new("jumio", "create", Effect::Status(403))).await;
    assert_eq!(world.transactions(), 1);
    assert_eq!(world.told("start.may_have_been_paid"), 0);
    assert_eq!(world.told("start.not_executed"), 1);
}

#[tokio::test]
async fn jumio_is_slow() {
    let world = world().await;
    world.rig.backstage.faults.add(Fault {
        effect: None,
        delay_ms: 800,
        ..Fault::new("jumio", "*", Effect::Reset)
    });
    let tokens = world
        .walk()
        .await
        .through(&Person::who("pass"), PATIENCE)
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    world.no_errors();
}

/// The person does not notice yet; the operator may, and is told which call it was.
#[tokio::test]
async fn a_call_that_takes_more_than_half_of_its_budget_is_told() {
    let world = world().await;
    let slow = Fault {
        effect: None,
        delay_ms: 1600,
        ..Fault::new("jumio", "token", Effect::Reset)
    };
    world.rig.backstage.faults.add(slow.times(1));
    at_jumio(&world.walk().await).await;
    let records = world.records();
    let told: Vec<_> = records
        .iter()
        .filter(|record| record["code"] == "jumio.slow")
        .collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(
        (&told[0]["call"], &told[0]["level"]),
        (&json!("token request"), &json!("WARN"))
    );
    assert!(told[0]["duration_ms"].as_u64().unwrap() >= 1600);
    assert!(told[0]["verification.id"].is_string(), "{told:?}");
}

#[tokio::test]
async fn jumio_says_too_many_requests_once() {
    let world = world().await;
    let fault = Fault {
        retry_after_s: Some(1),
        ..Fault::new("jumio", "*", Effect::Status(429))
    };
    world.rig.backstage.faults.add(fault.times(1));
    let walk = world.walk().await;
    let page = patiently_at_jumio(&walk).await;
    let tokens = walk.finish(play(&walk, &page, "pass").await).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 1);
}

/// The vault is down when the handler starts: 503 with a hint when to come back, and later all is well.
#[tokio::test]
async fn the_vault_is_down_at_the_start() {
    let rig = start_with_vault(|faults| {
        faults.add(Fault::new("vault", "*", Effect::Status(503)));
    })
    .await;
    let process = rig.host.handler_ids();
    let address = rig.at("/api/token/keys").unwrap();
    let refused = said(super::http().get(address.clone())).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), "2");
    // Whoever starts meanwhile reads the same document as everybody does later.
    let document = rig.at("/.well-known/openid-configuration").unwrap();
    let early = said(super::http().get(document.clone())).await;
    assert_eq!(early.status, 200, "{}", early.body);
    assert_eq!(said(super::http().head(document.clone())).await.status, 200);
    rig.backstage.faults.clear();
    rig.open().await.unwrap();
    assert_eq!(said(super::http().get(address)).await.status, 200);
    assert_eq!(said(super::http().get(document)).await.body, early.body);
    assert_eq!(
        rig.host.handler_ids(),
        process,
        "the handler gave up instead of waiting"
    );
}

/// Whatever the vault does instead of answering, requests are told to come again, and all is well once it answers.
async fn kept_out_then_let_in(effect: Effect) {
    let rig = start_with_vault(|faults| {
        faults.add(Fault::new("vault", "*", effect));
    })
    .await;
    let address = rig.at("/api/token/keys").unwrap();
    let refused = said(super::http().get(address.clone())).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    let text = rig.host.log().handler_text();
    assert!(
        text.contains("secrets.unavailable"),
        "no cause in the log: {text}"
    );
    rig.backstage.faults.clear();
    rig.open().await.unwrap();
    assert_eq!(said(super::http().get(address)).await.status, 200);
}

#[tokio::test]
async fn the_vault_cuts_its_answers_off() {
    kept_out_then_let_in(Effect::Truncate).await;
}

#[tokio::test]
async fn the_vault_talks_nonsense() {
    kept_out_then_let_in(Effect::Garbage).await;
}

#[tokio::test]
async fn the_vault_resets_its_connections() {
    kept_out_then_let_in(Effect::Reset).await;
}

/// The vault gives something else than a certificate under the certificate's name, and never gave one.
#[tokio::test]
async fn the_vault_lies_about_the_signing_certificate() {
    let rig = start_with_vault(|_| {}).await;
    let vault = &rig.simulators.vault.vault;
    assert!(vault.store.with(|store| store.remove("idv-signing")));
    let put = |value: serde_json::Value| {
        let address = format!("{}/vault/secrets/idv-signing", rig.endpoints.control);
        super::http().put(address).json(&value)
    };
    let lie = said(put(json!({"value": "no-certificate-but-a-secret-word"}))).await;
    assert_eq!(lie.status, 200, "{}", lie.body);
    rig.host.kill_handlers().await;
    let address = rig.at("/api/token/keys").unwrap();
    assert_eq!(said(super::http().get(address)).await.status, 503);
    let text = rig.host.log().handler_text();
    assert!(text.contains("AppSettings:SigningCertName"), "{text}");
    assert!(!text.contains("no-certificate-but-a-secret-word"), "{text}");
}

/// An alarm that means something: nobody is served while the vault is down, and the log says so at Error.
#[tokio::test]
async fn a_vault_that_stays_down_is_an_alarm() {
    let rig = start_with_vault(|faults| {
        faults.add(Fault::new("vault", "*", Effect::Status(503)));
    })
    .await;
    for _ in 0..100 {
        let text = rig.host.log().handler_text();
        let is_alarm = |line: &str| line.contains("secrets.unavailable") && line.contains("\"ERROR\"");
        if text.lines().any(is_alarm) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{}", rig.host.log().handler_text());
}

#[tokio::test]
async fn the_identity_is_down_at_the_start() {
    let rig = start_with_vault(|faults| {
        faults.add(Fault::new("identity", "*", Effect::Status(500)).times(3));
    })
    .await;
    rig.open().await.unwrap();
}

#[tokio::test]
async fn the_vault_is_slow_and_requests_wait_for_it() {
    let rig = start_with_vault(|_| {}).await;
    let mut settings = rig.simulators.vault.vault.settings();
    settings.round_trip_ms = 300;
    rig.simulators.vault.vault.set(settings);
    rig.host.ready().await.unwrap();
    rig.host.kill_handlers().await;
    let address = rig.at("/api/token/keys").unwrap();
    assert_eq!(said(super::http().get(address)).await.status, 200);
}

#[tokio::test]
async fn a_secret_that_is_missing_is_named_and_never_its_value() {
    let rig = start_with_vault(|_| {}).await;
    rig.host.ready().await.unwrap();
    let store = &rig.simulators.vault.vault.store;
    store.with(|store| store.remove("JumioSettings--AuthPassword"));
    rig.host.kill_handlers().await;
    let address = rig.at("/api/token/keys").unwrap();
    assert_eq!(said(super::http().get(address)).await.status, 503);
    let text = rig.host.log().handler_text();
    assert!(text.contains("JumioSettings:AuthPassword"), "{text}");
}

async fn start_with_vault(faults: impl FnOnce(&rig::faults::Faults)) -> Rig {
    let rig = Rig::start_with(options(), |backstage| faults(&backstage.faults))
        .await
        .unwrap();
    rig.host.ready().await.unwrap();
    rig
}

/// All faults of a wrong configuration at once, naming settings, never values.
#[tokio::test]
async fn wrong_settings_are_told_all_at_once() {
    let options = options()
        .with("Verification:MaxAttempts", "many-as-a-secret")
        .with("AppSettings:PublicUrl", "ftp://value-one.example")
        .with("Clients:0:AuthMethod", "value-two");
    let rig = Rig::start(options).await.unwrap();
    rig.host.ready().await.unwrap();
    let address = format!("{}/api/token/keys", rig.host.origin());
    assert_eq!(said(super::http().get(address)).await.status, 503);
    let text = rig.host.log().handler_text();
    for name in [
        "Verification:MaxAttempts",
        "AppSettings:PublicUrl",
        "Clients:0:AuthMethod",
    ] {
        assert!(text.contains(name), "{name} is not named in\n{text}");
    }
    for value in ["many-as-a-secret", "value-one", "value-two"] {
        assert!(!text.contains(value), "{value} is shown");
    }
}

/// The folder of facts becomes unusable, and usable again.
#[tokio::test]
async fn the_store_is_down() {
    let world = World::new().await;
    let before = world.register("before", &json!({})).await;
    let facts = world.rig.folder().join("facts");
    let aside = world.rig.folder().join("aside");
    std::fs::rename(&facts, &aside).unwrap();
    std::fs::write(&facts, "not a folder").unwrap();
    let caller = rig::client::proof::basic(rig::rig::Cast::USER, &world.rig.cast.password);
    let claims = crate::journey::registration("rig-post", "during", &json!({}));
    let refused = said(
        world
            .post("/api/verify")
            .header("authorization", caller)
            .json(&claims),
    )
    .await;
    assert!(
        matches!(refused.status, 409 | 503),
        "{} {}",
        refused.status,
        refused.body
    );
    assert!(!refused.body.contains("ticket"));
    assert!(
        world.rig.host.log().handler_text().contains("store.unavailable"),
        "no cause in the log"
    );
    std::fs::remove_file(&facts).unwrap();
    std::fs::rename(&aside, &facts).unwrap();
    let tokens = world
        .walk_by(&before)
        .through(&Person::who("pass"), PATIENCE)
        .await
        .unwrap();
    assert_eq!(
        tokens.claim("idv_status"),
        "approved",
        "what was acknowledged was lost"
    );
}

/// A fact that was cut off, or damaged on its disk, is named in the log and harms nobody else.
#[tokio::test]
async fn the_store_gives_half_a_document() {
    let world = World::new().await;
    let harmed = world.register("harmed", &json!({})).await;
    let fact = registered(&world.rig.folder().join("facts"));
    let whole = std::fs::read(&fact).unwrap();
    std::fs::write(&fact, &whole[..whole.len() / 2]).unwrap();
    // The process that wrote it would know it without reading.
    world.rig.host.kill_handlers().await;
    let walk = world.walk_by(&harmed);
    let page = walk.enter().await.unwrap();
    assert!(!matches!(page, Arrival::Page(ref page) if page.html.contains("SIMULATOR")));
    let text = world.rig.host.log().handler_text();
    let line = text
        .lines()
        .find(|line| line.contains("store.corrupt"))
        .unwrap_or_else(|| panic!("no cause in the log: {text}"));
    assert!(
        line.contains("\"level\":\"ERROR\"") && line.contains("request.json"),
        "{line}"
    );
    std::fs::write(&fact, &whole).unwrap();
    for walk in [walk, world.walk().await] {
        let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
        assert_eq!(tokens.claim("idv_status"), "approved");
    }
}

/// The one registration that the store holds.
fn registered(facts: &std::path::Path) -> std::path::PathBuf {
    let subjects = std::fs::read_dir(facts.join("facts/2/subjects")).unwrap();
    let subject = subjects.map(|entry| entry.unwrap().path()).next().unwrap();
    let verifications = std::fs::read_dir(subject).unwrap();
    let mut requests = verifications.map(|entry| entry.unwrap().path().join("request.json"));
    requests.find(|request| request.exists()).unwrap()
}

/// What an operator reads when Jumio refuses our credentials: an error, once, with what to look at.
#[tokio::test]
async fn jumio_refuses_our_credentials() {
    let world = world().await;
    world
        .rig
        .backstage
        .faults
        .add(Fault::new("jumio", "token", Effect::Status(401)));
    let page = world.walk().await.enter().await.unwrap().page().unwrap();
    assert_eq!((state(&page).as_str(), page.status.as_u16()), ("trouble", 500));
    let text = world.rig.host.log().handler_text();
    let errors: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("\"level\":\"ERROR\""))
        .collect();
    let [error] = errors.as_slice() else {
        panic!("{errors:#?}")
    };
    for word in [
        "vendor.refused",
        "check API token and secret",
        "verification.id",
        "\"http.response.status_code\":303",
    ] {
        assert!(error.contains(word), "{word} is missing in {error}");
    }
}
