//! Several handlers on one store, and impatient browsers: still one transaction, one code, one redemption.

use std::collections::BTreeSet;

use futures::future::join_all;
use loopback::browser::Arrival;
use rig::client::walk::Person;
use rig::rig::Kind;

use super::{PATIENCE, World, at_jumio, options, play};

async fn two_handlers() -> World {
    let mut options = options();
    options.instances = 2;
    let world = World::with(options).await;
    world.rig.host.ready().await.unwrap();
    assert_eq!(world.rig.host.handler_ids().len(), 2);
    world
}

#[tokio::test]
async fn one_transaction_of_many_clicks() {
    let world = two_handlers().await;
    let walk = world.walk().await;
    // The browser gets its cookie first; then the person clicks eight times, and the front end spreads the clicks.
    let first = at_jumio(&walk).await;
    let arrivals = join_all((0..8).map(|_| walk.enter())).await;
    for arrival in arrivals {
        assert_eq!(
            arrival.unwrap().page().unwrap().address,
            first.address,
            "another transaction"
        );
    }
    assert_eq!(world.transactions(), 1);
}

#[tokio::test]
pub(super) async fn one_transaction_of_many_first_clicks() {
    let world = two_handlers().await;
    let registered = world.register("eager", &serde_json::json!({})).await;
    let walks: Vec<_> = (0..6).map(|_| world.walk_by(&registered)).collect();
    let _arrivals = join_all(walks.iter().map(rig::client::walk::Walk::enter)).await;
    assert_eq!(world.transactions(), 1);
}

fn access_token(body: &str) -> String {
    let told: serde_json::Value = serde_json::from_str(body).unwrap();
    told["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_code_of_many_returns_and_one_redemption_of_many_attempts() {
    let world = two_handlers().await;
    let walk = world.walk().await;
    let page = at_jumio(&walk).await;
    let arrival = walk.at_jumio(&page, &Person::who("pass")).await.unwrap();
    let Arrival::Stop { parameters, .. } = walk.wait(arrival, PATIENCE).await.unwrap() else {
        panic!("not back at the client");
    };
    let code = walk.client.receive(&walk.pending, &parameters).unwrap();
    let again = join_all((0..6).map(|_| walk.enter())).await;
    let codes: BTreeSet<String> = again
        .into_iter()
        .filter_map(|arrival| {
            walk.client
                .receive(&walk.pending, &arrival.ok()?.parameters().ok()?)
                .ok()
        })
        .chain([code.clone()])
        .collect();

    // Until its answer is known to have arrived, the client that asks again is given the same once more.
    let answers = join_all((0..8).map(|_| walk.client.redeem_raw(&code, None))).await;
    let mut given = BTreeSet::new();
    for answer in answers.into_iter().map(Result::unwrap) {
        match answer.status {
            200 => given.insert(access_token(&answer.body)),
            status => {
                assert_eq!(status, 400);
                continue;
            }
        };
    }
    assert_eq!(given.len(), 1, "one code, one access token");
    // A return in another second brings another code of the same authorization. It gives nothing any more.
    for other in codes.iter().filter(|other| **other != code) {
        let answer = walk.client.redeem_raw(other, None).await.unwrap();
        assert_eq!(answer.status, 400);
    }
}

#[tokio::test]
pub(super) async fn a_whole_journey_with_pushed_request_on_changing_handlers() {
    let world = two_handlers().await;
    let client = world.client(Kind::Key).await;
    let ask = rig::client::ask::Ask {
        login_hint: Some("subject".into()),
        ..Default::default()
    };
    let walk = rig::client::walk::Walk::pushed(&client, world.browser(), &ask)
        .await
        .unwrap();
    let tokens = walk
        .finish(play(&walk, &at_jumio(&walk).await, "pass").await)
        .await
        .unwrap();
    assert_eq!(tokens.claim("idv_status"), "approved");
    assert_eq!(world.transactions(), 1);
    world.no_errors();
}
