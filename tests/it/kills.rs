//! What `cargo rig kills` does at length, in small: over each store the rig starts, journeys are walked and judged.

use rig::kills::{self, Front, Size, Store};
use rig::node;
use rig::package;

const SMALL: Size = Size {
    journeys: 2,
    kills: 3,
    seed: 3,
};

async fn is_clean_over(front: Front, store: Store) {
    let report = kills::run(&package::app().unwrap(), front, store, SMALL, |_| {})
        .await
        .unwrap();
    assert!(report.is_clean(), "{}", report.text());
    assert!(report.kills >= SMALL.kills && report.journeys >= SMALL.journeys);
}

#[tokio::test]
async fn a_few_kills_over_files_lose_nothing() {
    is_clean_over(Front::Openid, Store::Files).await;
}

#[tokio::test]
async fn a_few_kills_over_the_sample_front_lose_nothing() {
    is_clean_over(Front::Sample, Store::Files).await;
}

#[tokio::test]
async fn a_few_kills_over_azurite_lose_nothing() {
    if node::is_installed() {
        is_clean_over(Front::Openid, Store::Azurite).await;
    } else {
        println!("skipped: `cargo rig test` installs Azurite");
    }
}
