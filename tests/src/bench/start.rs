//! From nothing to an answer: the process is made, listens, reads its secrets, signs.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::app::{App, IN_MEMORY};
use super::cores::Cores;
use super::figures::Spread;
use super::journeys;
use super::server::{KEYS, Program, Server};
use super::wire::get;
use crate::vault;

/// A round trip that is far longer than all that a start has to compute.
const FAR_MS: u64 = 200;

/// Starts with vault and managed identity so far away.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cold {
    /// Simulated round trip to both, in milliseconds.
    pub round_trip_ms: u64,
    /// What the network takes at least: connection and TLS of the vault, beside connection and token of the identity; then one
    /// parallel round of reads.
    pub network_minimum_ms: f64,
    /// From exec to the first answer.
    pub first_answer_ms: Spread,
    /// From exec to the first answer that needs every setting and secret.
    pub ready_ms: Spread,
    /// From exec to the first signed token, its code redeemed from facts in files.
    pub first_token_ms: Spread,
}

/// What a start asks of vault and identity until it is ready.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Asked {
    /// `KeyVault:Names`.
    pub names: &'static str,
    /// To both.
    pub requests: usize,
    /// To both.
    pub connections: usize,
    /// How many times as long as a round trip it takes, beyond what it takes without any.
    pub round_trips: Spread,
}

/// Starts the app with vault and identity near and far in turn, and counts.
///
/// # Errors
/// It does not get ready.
pub async fn asked(app: &App, cores: Cores, names: &'static str, times: usize) -> Result<Asked> {
    let program = app.with(&[("KeyVault:Names", names), IN_MEMORY]);
    let mut asked = Asked {
        names,
        requests: 0,
        connections: 0,
        round_trips: Spread::default(),
    };
    let mut samples = Vec::new();
    for _ in 0..times {
        app.set_round_trip(0);
        let near = ready(&program, cores).await?;
        app.set_round_trip(FAR_MS);
        let before = counted(app);
        let far = ready(&program, cores).await?;
        let after = counted(app);
        [asked.requests, asked.connections] = [after[0] - before[0], after[1] - before[1]];
        samples.push((far - near) / round_trip(FAR_MS));
    }
    app.set_round_trip(0);
    asked.round_trips = Spread::of(samples);
    Ok(asked)
}

async fn ready(program: &Program, cores: Cores) -> Result<f64> {
    let program = program.clone();
    tokio::task::spawn_blocking(move || {
        let mut server = Server::start(cores, &program)?;
        server.first_answer()?;
        Ok(ms(server.answer(&get(KEYS, &[]), "keys")?))
    })
    .await?
}

/// Requests and connections so far.
fn counted(app: &App) -> [usize; 2] {
    let rig = &app.rig;
    let of = |name| rig.backstage.history.of(Some(name)).len();
    [
        of(vault::NAME) + of(vault::IDENTITY),
        rig.simulators.vault.connections().iter().sum(),
    ]
}

/// Times from exec to the first `GET /`, of several servers in turn, in milliseconds.
///
/// # Errors
/// One of them does not start.
pub fn first_answers<const N: usize>(
    cores: Cores,
    programs: [&Program; N],
    times: usize,
) -> Result<[Vec<f64>; N]> {
    let mut samples = [const { Vec::new() }; N];
    for _ in 0..times {
        for (program, samples) in programs.iter().zip(&mut samples) {
            samples.push(ms(Server::start(cores, program)?.first_answer()?));
        }
    }
    Ok(samples)
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

fn minimum(round_trip_ms: u64) -> f64 {
    3.0 * round_trip(round_trip_ms)
}

fn round_trip(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64() * 1e3
}

fn once(cores: Cores, program: &Program, code: &[u8]) -> Result<[f64; 3]> {
    let mut server = Server::start(cores, program)?;
    let first = server.first_answer()?;
    let ready = server.answer(&get(KEYS, &[]), "keys")?;
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
