//! The callback: before, after, twice, out of order, late, or never.

use std::time::Duration;

use rig::client::walk::Person;
use rig::jumio::settings::Callbacks;

use super::{PATIENCE, World, at_jumio, logged, options, play};

async fn world(change: impl FnOnce(&mut Callbacks)) -> World {
    // Asked soon, because some of these tests are about not being told.
    let world = World::with(options().with("Verification:PollMarksSeconds", "1 2 3 5 8")).await;
    world
        .rig
        .simulators
        .jumio
        .tenant
        .settings
        .with(|settings| change(&mut settings.callbacks));
    world
}

async fn approved(world: &World) {
    let walk = world.walk().await;
    let tokens = walk.through(&Person::who("pass"), PATIENCE).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 1);
    world.no_errors();
}

#[tokio::test]
async fn never() {
    approved(&world(|callbacks| callbacks.send = false).await).await;
}

#[tokio::test]
async fn twice_and_more() {
    let world = world(|callbacks| callbacks.copies = 4).await;
    approved(&world).await;
    world.told_everything().await;
    let transaction = world.control_get("/jumio/transactions/latest").await;
    let answered = transaction["callbacks"].as_array().unwrap().iter();
    let answered: Vec<_> = answered.map(|callback| &callback["answered"]).collect();
    assert_eq!(answered, [200; 4]);
    world.no_errors();
}

#[tokio::test]
async fn with_interim_states_out_of_order() {
    approved(&world(|callbacks| (callbacks.interim, callbacks.reversed) = (true, true)).await).await;
}

#[tokio::test]
async fn long_after_the_person_is_back() {
    approved(&world(|callbacks| callbacks.delay_ms = 6000).await).await;
}

/// The callback settles the matter while no browser looks.
#[tokio::test]
pub(super) async fn before_the_person_is_back() {
    let world = World::with(options().with("Verification:PollMarksSeconds", "300 400")).await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    let form = page.form_with("action", "submit").unwrap();
    // The browser stops at Jumio's redirect: the person is not back yet.
    let stop = world.rig.cast.public_url.clone();
    let fields = [("action", "submit"), ("scenario", "pass")];
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut all = form.fields.clone();
    all.retain(|(name, _)| !fields.iter().any(|(known, _)| known == name));
    all.extend(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let answer = http
        .post(page.address.join(&form.action).unwrap())
        .form(&all)
        .send()
        .await
        .unwrap();
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(back.starts_with(&stop), "{back}");
    logged(&world.rig, &["callback.settled"]).await;
    let arrival = walk.open(&back.parse().unwrap()).await.unwrap();
    let tokens = walk
        .finish(walk.wait(arrival, PATIENCE).await.unwrap())
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    world.no_errors();
}

#[tokio::test]
pub(super) async fn a_later_reversal_is_heard() {
    let world = World::new().await;
    world
        .rig
        .simulators
        .jumio
        .tenant
        .settings
        .with(|settings| settings.timers.afterwards_ms = 1000);
    let walk = world.walk_of("reversed").await;
    let tokens = walk
        .through(&Person::who("late-reversal"), PATIENCE)
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    for _ in 0..100 {
        let registered = world.register("reversed", &serde_json::json!({})).await;
        if registered.answer["status"] == "rejected" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the reversal was not heard");
}

/// A callback with a good credential that speaks of another transaction.
#[tokio::test]
async fn about_somebody_elses_transaction() {
    let world = world(|callbacks| callbacks.send = false).await;
    let (mine, other) = (world.walk().await, world.walk().await);
    let page = at_jumio(&mine).await;
    let other_page = at_jumio(&other).await;
    let tokens = other
        .finish(play(&other, &other_page, "pass").await)
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    let transactions = world.control_get("/jumio/transactions").await;
    let id = |index: usize| transactions[index]["id"].as_str().unwrap().to_owned();
    let patch = serde_json::json!({"patch": {"workflowExecution": {"id": id(1)}}});
    let sent = world
        .control_post(&format!("/jumio/transactions/{}/callback", id(0)), &patch)
        .await;
    assert!(sent.to_string().contains("200"), "{sent}");
    assert_eq!(world.told("callback.foreign"), 1);
    let tokens = mine.finish(play(&mine, &page, "pass").await).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
}

/// Jumio's older callbacks carry personal data in a form: read, never kept.
#[tokio::test]
pub(super) async fn in_the_older_shape() {
    let world = world(|callbacks| (callbacks.netverify, callbacks.interim) = (true, false)).await;
    approved(&world).await;
}

#[tokio::test]
async fn of_the_portal_test_changes_nothing() {
    let world = World::new().await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    let sent = world
        .control_post(
            "/jumio/transactions/latest/callback",
            &serde_json::json!({"portal_test": true}),
        )
        .await;
    assert!(sent.to_string().contains("200"), "{sent}");
    let tokens = walk.finish(play(&walk, &page, "pass").await).await.unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    world.no_errors();
}
