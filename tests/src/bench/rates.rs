//! Requests a second, and how long each takes: the app with facts in memory beside servers that do nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::Size;
use super::app::App;
use super::cores::Cores;
use super::figures::{Rate, Round};
use super::journeys::{self, registration};
use super::load::Load;
use super::server::{Program, Server};
use super::wire::get;

/// Loads of a round: one connection for the latency, many for the throughput.
pub const CONNECTIONS: [usize; 2] = [1, 64];
/// What a process gets to become idle again.
const REST: Duration = Duration::from_secs(1);

/// Rounds by name and number of connections.
type Rounds = BTreeMap<(&'static str, usize), Vec<Round>>;

/// Memory of a process, in kilobytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Memory {
    /// Ready, and nothing asked yet.
    pub idle_kb: f64,
    /// After all rounds.
    pub after_load_kb: f64,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Rates {
    /// By name of the load: one rate for each of [`CONNECTIONS`].
    pub of: BTreeMap<&'static str, Vec<Rate>>,
    /// By name of the process.
    pub memory: BTreeMap<&'static str, Memory>,
}

/// Measures everything `size.runs` times, one after the other, so that what disturbs the machine disturbs all alike.
///
/// # Errors
/// A server does not start, or a single answer is wrong.
pub async fn measure(
    app: &App,
    cores: Cores,
    bare: [(&'static str, &Program); 2],
    size: Size,
) -> Result<Rates> {
    let mut servers = Vec::new();
    for (name, program) in bare.into_iter().chain([
        ("handler", &app.in_memory()),
        ("handler on files", &app.on_files()),
    ]) {
        servers.push((name, up(cores, program).await?));
    }
    tokio::time::sleep(REST).await;
    let mut memory = BTreeMap::new();
    for (name, server) in &servers {
        let idle_kb = server.memory_kb()?;
        memory.insert(
            *name,
            Memory {
                idle_kb,
                after_load_kb: 0.0,
            },
        );
    }
    let mut rounds = Rounds::new();
    for _ in 0..size.runs {
        for connections in CONNECTIONS {
            for (name, server) in &servers {
                run(app, name, server.port, connections, size, &mut rounds).await?;
            }
        }
    }
    tokio::time::sleep(REST).await;
    for (name, server) in &servers {
        if let Some(memory) = memory.get_mut(name) {
            memory.after_load_kb = server.memory_kb()?;
        }
    }
    Ok(Rates {
        of: summed_up(&rounds),
        memory,
    })
}

async fn up(cores: Cores, program: &Program) -> Result<Server> {
    let program = program.clone();
    tokio::task::spawn_blocking(move || {
        let mut server = Server::start(cores, &program)?;
        server.first_answer()?;
        Ok(server)
    })
    .await?
}

async fn run(
    app: &App,
    name: &'static str,
    port: u16,
    connections: usize,
    size: Size,
    rounds: &mut Rounds,
) -> Result<()> {
    match name {
        "handler" => handler(app, port, connections, size, rounds).await,
        "handler on files" => {
            let load = registrations(app, port, connections, size.on_disk(connections));
            keep(rounds, "register, on files", load).await
        }
        bare => {
            let load = Load::repeated(port, connections, size.cheap(connections), vec![get("/", &[])]);
            keep(rounds, bare, load).await
        }
    }
}

async fn handler(app: &App, port: u16, connections: usize, size: Size, rounds: &mut Rounds) -> Result<()> {
    let cheap = |path| Load::repeated(port, connections, size.cheap(connections), vec![get(path, &[])]);
    keep(rounds, "GET /", cheap("/")).await?;
    let discovery = cheap("/api/token/.well-known/openid-configuration");
    keep(rounds, "discovery", discovery.holding("token_endpoint")).await?;
    keep(
        rounds,
        "register",
        registrations(app, port, connections, size.dear(connections)),
    )
    .await?;
    let visits = journeys::begin(&app.rig, port, size.dear(connections)).await?;
    let callbacks: Vec<_> = visits.iter().map(|visit| visit.callback.clone()).collect();
    keep(
        rounds,
        "callback",
        Load::once(port, connections, callbacks.clone()),
    )
    .await?;
    // What the callbacks set going must not run into the next round.
    let redemptions = journeys::redemptions(&app.rig, port, &visits).await?;
    keep(
        rounds,
        "callback, again",
        Load::once(port, connections, callbacks),
    )
    .await?;
    tokio::time::sleep(REST).await;
    let asked = visits.into_iter().map(|visit| visit.status).collect();
    let status = Load::repeated(port, connections, size.cheap(connections), asked);
    keep(rounds, "status", status.holding("approved")).await?;
    let token = Load::once(port, connections, redemptions);
    keep(rounds, "token", token.holding("id_token")).await
}

fn registrations(app: &App, port: u16, connections: usize, count: usize) -> Load {
    let requests = std::iter::repeat_with(|| registration(&app.rig.cast)).take(count);
    Load::once(port, connections, requests.collect()).holding("ticket")
}

async fn keep(rounds: &mut Rounds, name: &'static str, load: Load) -> Result<()> {
    let connections = load.connections;
    let round = load.run().await?;
    rounds.entry((name, connections)).or_default().push(round);
    Ok(())
}

fn summed_up(rounds: &Rounds) -> BTreeMap<&'static str, Vec<Rate>> {
    let mut rates = BTreeMap::<_, Vec<Rate>>::new();
    for ((name, connections), rounds) in rounds {
        rates
            .entry(*name)
            .or_default()
            .push(Rate::of(*connections, rounds));
    }
    rates
}
