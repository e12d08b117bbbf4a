//! What `cargo rig bench` sends is answered as it believes, so that it measures what it says.

use std::time::Duration;

use rig::bench::app::App;
use rig::bench::cores::Cores;
use rig::bench::flood;
use rig::bench::journeys;
use rig::bench::load::Load;
use rig::bench::server::Server;
use rig::bench::start;
use rig::bench::steps::{self, SignIns};
use rig::package;

#[tokio::test(flavor = "multi_thread")]
async fn every_prepared_request_is_answered_as_it_must_be() {
    let app = App::start(&package::app().unwrap()).await.unwrap();
    let cores = Cores::of_this_machine().unwrap();
    let mut server = Server::start(cores, &app.in_memory()).unwrap();
    server.first_answer().unwrap();
    let visits = journeys::begin(&app.rig, server.port, 3).await.unwrap();
    let callbacks = visits.iter().map(|visit| visit.callback.clone()).collect();
    Load::once(callbacks).run(server.port, 1).await.unwrap();
    let redemptions = journeys::redemptions(&app.rig, server.port, &visits)
        .await
        .unwrap();
    let status = visits.into_iter().map(|visit| visit.status).collect();
    let status = Load::once(status).holding("approved");
    assert_eq!(status.run(server.port, 1).await.unwrap().latencies.len(), 3);
    let tokens = Load::once(redemptions.clone()).holding("id_token");
    assert_eq!(tokens.run(server.port, 2).await.unwrap().latencies.len(), 3);
    // Codes are used up, so a round that redeemed one twice would not go unnoticed.
    assert!(Load::once(redemptions).run(server.port, 1).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cold_start_waits_for_the_network_at_least() {
    let app = App::start(&package::app().unwrap()).await.unwrap();
    let cold = start::cold(&app, Cores::of_this_machine().unwrap(), 20, 1)
        .await
        .unwrap();
    assert!(cold.first_answer_ms.median < cold.ready_ms.median);
    assert!(cold.ready_ms.median >= cold.network_minimum_ms);
    assert!(cold.first_token_ms.median >= cold.ready_ms.median);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_answered_and_its_peak_is_seen() {
    let app = App::start(&package::app().unwrap()).await.unwrap();
    let cores = Cores::of_this_machine().unwrap();
    let flood = flood::measure(&app, cores, 300, Duration::ZERO).await.unwrap();
    assert_eq!(flood.answered.values().sum::<usize>(), 300);
    assert!(flood.peak_kb > flood.idle_kb, "{}", flood.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cold_start_asks_once_for_each_secret_and_connects_meanwhile() {
    let app = App::start(&package::app().unwrap()).await.unwrap();
    let cores = Cores::of_this_machine().unwrap();
    let asked = start::asked(&app, cores, "named", 3).await.unwrap();
    // One for the token, and one for each secret of the rig.
    assert_eq!((asked.requests, asked.connections), (12, 12));
    // One for the connection, one for TLS, one for the read; a fourth would be a read without a token, or a connection that
    // waits for it.
    let round_trips = asked.round_trips.median;
    assert!((2.5..4.0).contains(&round_trips), "{round_trips}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_step_asks_of_the_store_is_counted() {
    if !rig::node::is_installed() {
        eprintln!("skipped: Azurite is not installed (`cargo rig test` does it)");
        return;
    }
    let app = App::start(&package::app().unwrap()).await.unwrap();
    let steps = steps::measure(&app, Cores::of_this_machine().unwrap())
        .await
        .unwrap();
    let totals = |of: &SignIns| (steps::total(&of.first), steps::total(&of.second));
    let (first, second) = totals(&steps.one_process);
    assert!(
        (1..=29).contains(&first) && (1..=10).contains(&second),
        "{steps:?}"
    );
    let (first, second) = totals(&steps.just_started);
    assert!(
        (1..=40).contains(&first) && (1..=16).contains(&second),
        "{steps:?}"
    );
}
