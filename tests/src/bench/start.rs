//! From nothing to an answer: the process is made, listens, reads its secrets, signs.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::app::App;
use super::cores::Cores;
use super::figures::Spread;
use super::journeys;
use super::server::{Program, Server};
use super::wire::get;

const DISCOVERY: &str = "/api/token/.well-known/openid-configuration";

/// Starts with vault and managed identity so far away.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cold {
    /// Simulated round trip to both, in milliseconds.
    pub round_trip_ms: u64,
    /// What the network takes at least: connection, TLS and the challenge of the vault, beside connection and token of the
    /// identity; then one parallel round of reads.
    pub network_minimum_ms: f64,
    /// From exec to the first answer.
    pub first_answer_ms: Spread,
    /// From exec to the first answer that needs every setting and secret.
    pub ready_ms: Spread,
    /// From exec to the first signed token, its code redeemed from facts in files.
    pub first_token_ms: Spread,
}

/// Times from exec to the first `GET /`, of several servers in turn.
///
/// # Errors
/// One of them does not start.
pub fn first_answers<const N: usize>(
    cores: Cores,
    programs: [&Program; N],
    times: usize,
) -> Result<[Spread; N]> {
    let mut samples = [const { Vec::new() }; N];
    for _ in 0..times {
        for (program, samples) in programs.iter().zip(&mut samples) {
            samples.push(ms(Server::start(cores, program)?.first_answer()?));
        }
    }
    Ok(samples.map(Spread::of))
}

/// Starts the app again and again, each time with somebody already waiting to redeem a code.
///
/// # Errors
/// It does not start, or does not redeem.
pub async fn cold(app: &App, cores: Cores, round_trip_ms: u64, times: usize) -> Result<Cold> {
    app.set_round_trip(0);
    let waiting = codes(app, cores, times).await?;
    app.set_round_trip(round_trip_ms);
    let program = app.on_files();
    let samples = tokio::task::spawn_blocking(move || {
        waiting
            .iter()
            .map(|code| once(cores, &program, code))
            .collect::<Result<Vec<_>>>()
    });
    let samples = samples.await??;
    app.set_round_trip(0);
    let of = |which: fn(&[f64; 3]) -> f64| Spread::of(samples.iter().map(which));
    Ok(Cold {
        round_trip_ms,
        network_minimum_ms: minimum(round_trip_ms),
        first_answer_ms: of(|sample| sample[0]),
        ready_ms: of(|sample| sample[1]),
        first_token_ms: of(|sample| sample[2]),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a few milliseconds")]
fn minimum(round_trip_ms: u64) -> f64 {
    4.0 * round_trip_ms as f64
}

fn once(cores: Cores, program: &Program, code: &[u8]) -> Result<[f64; 3]> {
    let mut server = Server::start(cores, program)?;
    let first = server.first_answer()?;
    let ready = server.answer(&get(DISCOVERY, &[]), "issuer")?;
    let token = server
        .answer(code, "id_token")
        .context("the first token after a start")?;
    Ok([first, ready, token].map(ms))
}

/// Codes that a former life of the app has issued.
async fn codes(app: &App, cores: Cores, count: usize) -> Result<Vec<Vec<u8>>> {
    let mut server = Server::start(cores, &app.on_files())?;
    server.first_answer()?;
    let visits = journeys::begin(&app.rig, server.port, count).await?;
    for visit in &visits {
        server.answer(&visit.callback, "")?;
    }
    journeys::redemptions(&app.rig, server.port, &visits).await
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
