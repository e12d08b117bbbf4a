//! From Netverify to KYX, as `docs/migrating.md` tells it: both beside each other, the cut-over while people are at Jumio, and what
//! becomes of what Netverify still has.

use std::time::Duration;

use rig::client::walk::{Person, Walk};
use rig::package::app;
use serde_json::{Value, json};

use super::{PATIENCE, World, at_jumio, options, play, state};

/// A rig whose handler uses Netverify, with KYX's settings beside it.
async fn before() -> World {
    World::with(options().with("JumioSettings:Api", "netverify")).await
}

impl World {
    /// Cuts over: new transactions go to KYX, Netverify's settings stay.
    async fn cut_over(&mut self) {
        self.started_again_with(&[("JumioSettings:Api", "kyx")]).await;
    }

    /// The same without Netverify's settings, which is too early.
    async fn forget_netverify(&mut self) {
        let gone = [
            ("JumioSettings:Api", "kyx"),
            ("JumioSettings:BaseUrl", ""),
            ("JumioSettings:NetverifyWorkflow", ""),
        ];
        self.started_again_with(&gone).await;
    }

    async fn started_again_with(&mut self, settings: &[(&str, &str)]) {
        self.rig.change(settings).await;
        self.rig.open().await.unwrap();
    }

    /// Which product each transaction is of, the oldest first.
    async fn products(&self) -> Vec<String> {
        let transactions = self.control_get("/jumio/transactions").await;
        let api = |transaction: &Value| transaction["api"].as_str().unwrap().to_owned();
        let mut products: Vec<String> = transactions.as_array().unwrap().iter().map(api).collect();
        products.sort();
        products
    }

    /// What the account's status is, as a registration is told.
    async fn status(&self, subject: &str) -> Value {
        self.register(subject, &json!({})).await.answer["status"].clone()
    }

    /// Runs a command of the operator, on the settings of now.
    async fn operate(&self, words: &[&str]) -> String {
        let mut command = tokio::process::Command::new(app().unwrap().join("handler"));
        command.args(words).env_clear().envs(&self.rig.settings);
        let output = command.output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }

    /// Erases the person of a verification.
    async fn erase(&self, id: &str) -> String {
        self.operate(&["erase", id, "operator-1", "ticket-12"]).await
    }
}

/// Whether Jumio has deleted what a transaction held.
fn is_deleted(world: &World, id: &Value) -> bool {
    let tenant = &world.rig.simulators.jumio.tenant;
    let transaction = tenant.look(id.as_str().unwrap()).unwrap();
    transaction.wiped_at.is_some()
}

async fn latest(world: &World) -> Value {
    world.control_get("/jumio/transactions/latest").await["id"].clone()
}

async fn approved(walk: &Walk) -> String {
    let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    tokens.claim("idv_reference").to_owned()
}

#[tokio::test]
async fn who_is_at_netverify_finishes_there_and_who_begins_after_it_is_at_kyx() {
    let mut world = before().await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    world.cut_over().await;
    assert_eq!(world.products().await, ["netverify"]);
    // The browser reloads the link: the transaction that is open is the one to go on with.
    assert_eq!(at_jumio(&walk).await.address, page.address);
    let tokens = walk.finish(play(&walk, &page, "pass").await).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 1);
    approved(&world.walk().await).await;
    assert_eq!(world.products().await, ["kyx", "netverify"]);
    world.no_errors();
}

/// The callback comes while the browser is away, and speaks the older API's form to a handler that starts anew with KYX.
#[tokio::test]
async fn a_callback_of_netverify_is_heard_after_it() {
    let mut world = before().await;
    let walk = world.walk().await;
    let _page = at_jumio(&walk).await;
    world.cut_over().await;
    let played = world
        .control_post("/jumio/transactions/latest/finish", &json!({"scenario": "pass"}))
        .await;
    super::logged(&world.rig, &["callback.settled"]).await;
    let back = played["return"].as_str().unwrap().parse().unwrap();
    let arrival = walk.open(&back).await.unwrap();
    let tokens = walk
        .finish(walk.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    world.no_errors();
}

/// A rejected person of before tries again at the product of now, and no attempt is forgotten.
#[tokio::test]
async fn another_attempt_after_it_is_made_at_kyx() {
    let mut world = before().await;
    let walk = world.walk().await;
    let page = play(&walk, &at_jumio(&walk).await, "other-face")
        .await
        .page()
        .unwrap();
    assert_eq!(state(&page), "rejected");
    world.cut_over().await;
    let arrival = walk.press(&page, "retry", &[]).await.unwrap();
    let page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    let tokens = walk.finish(play(&walk, &page, "pass").await).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.products().await, ["kyx", "netverify"]);
}

#[tokio::test]
async fn a_reversal_of_netverify_is_heard_after_it() {
    let mut world = before().await;
    approved(&world.walk_of("reversed").await).await;
    world.told_everything().await;
    world.cut_over().await;
    assert_eq!(world.status("reversed").await, "approved");
    world
        .control_post("/jumio/transactions/latest/finish", &json!({"scenario": "fraud"}))
        .await;
    for _ in 0..200 {
        if world.status("reversed").await == "rejected" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the reversal was not heard");
}

/// One person with an attempt at each: both vendors delete what they have, and nothing of it is told any more.
#[tokio::test]
async fn an_erasure_reaches_both() {
    let mut world = before().await;
    let walk = world.walk_of("erased").await;
    let page = play(&walk, &at_jumio(&walk).await, "other-face")
        .await
        .page()
        .unwrap();
    let at_netverify = latest(&world).await;
    world.cut_over().await;
    let arrival = walk.press(&page, "retry", &[]).await.unwrap();
    let page = walk.wait(arrival, PATIENCE).await.unwrap().page().unwrap();
    let tokens = walk.finish(play(&walk, &page, "pass").await).await.unwrap();
    let at_kyx = latest(&world).await;
    assert_ne!(at_netverify, at_kyx);
    world.told_everything().await;
    world.erase(tokens.claim("idv_reference")).await;
    for id in [&at_netverify, &at_kyx] {
        assert!(is_deleted(&world, id), "{id}");
    }
}

/// Netverify's settings went too early. What is open there could not be checked, which is no rejection; nothing of it is deleted
/// there, and all of it goes on when the settings are back.
#[tokio::test]
async fn without_netverifys_settings_nobody_is_rejected_and_an_erasure_waits() {
    let mut world = before().await;
    let (open, over) = (world.walk_of("open").await, world.walk_of("over").await);
    let reference = approved(&over).await;
    let at_netverify = latest(&world).await;
    let page = at_jumio(&open).await;
    world.told_everything().await;
    world.forget_netverify().await;
    let played = world
        .control_post("/jumio/transactions/latest/finish", &json!({"scenario": "pass"}))
        .await;
    let arrival = open
        .open(&played["return"].as_str().unwrap().parse().unwrap())
        .await
        .unwrap();
    let answer = open.wait(arrival, Duration::from_secs(3)).await;
    assert!(answer.is_err(), "the person is still waiting");
    assert_eq!(world.status("open").await, "pending");
    assert_eq!(
        world.status("over").await,
        "approved",
        "what was approved before stays so"
    );
    world.erase(&reference).await;
    assert!(!is_deleted(&world, &at_netverify));

    let (base, workflow) = (world.rig.simulators.jumio.addresses.netverify.to_string(), "200");
    let back = [
        ("JumioSettings:BaseUrl", base.as_str()),
        ("JumioSettings:NetverifyWorkflow", workflow),
    ];
    world.started_again_with(&back).await;
    let arrival = open
        .open(&played["return"].as_str().unwrap().parse().unwrap())
        .await
        .unwrap();
    let tokens = open
        .finish(open.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    world.operate(&["sweep"]).await;
    assert!(is_deleted(&world, &at_netverify));
    drop(page);
}
