//! Requests a second, and how long each takes: the app with facts in memory beside servers that do nothing.
//!
//! What is compared is measured one right after the other, and compared round by round: what disturbs the machine disturbs
//! both alike. `shares` compares.

mod shares;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::Size;
use super::app::{App, IN_MEMORY};
use super::build::Bare;
use super::cores::Cores;
use super::figures::{Rate, Round, Spread};
use super::journeys::{self, registration};
use super::load::Load;
use super::server::{DISCOVERY, KEYS, Program, Server, plain};
use super::wire::get;
use shares::{created, line_share, shares};

/// Loads of a round: one connection for the latency, many for the throughput.
pub const CONNECTIONS: [usize; 2] = [1, 64];
/// What is compared: ours, and the least that it can be. The second name is that of a server that does nothing else.
pub const PAIRS: [(&str, &str); 4] = [
    ("GET /", "bare warp"),
    ("discovery", "bare warp"),
    ("keys", "bare warp"),
    ("token", "bare token"),
];
/// `GET /` where each request is told in the log.
pub const LOGGED: &str = "GET /, logged";
/// Registrations that are written through to the disk.
pub const ON_FILES: &str = "register, on files";
/// What a process gets to become idle again.
const REST: Duration = Duration::from_secs(1);

/// Rounds by name and number of connections.
type Rounds = BTreeMap<(&'static str, usize), Vec<Round>>;

/// Memory of a process, in kilobytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Memory {
    /// Ready, and nothing asked yet: resident.
    pub idle_kb: f64,
    /// The same, as far as it is the process's own (anonymous).
    pub own_idle_kb: f64,
    /// Resident after all rounds.
    pub after_load_kb: f64,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Rates {
    /// By name of the load: one rate for each of [`CONNECTIONS`].
    pub of: BTreeMap<&'static str, Vec<Rate>>,
    /// Of each of [`PAIRS`]: our rate as a share of the other's, for each of [`CONNECTIONS`].
    pub shares: BTreeMap<&'static str, Vec<Spread>>,
    /// Time on the core for a line of the log, as a share of a discovery request's, on many connections.
    pub line_share: Spread,
    /// Files a second that nothing but creates them, and our registrations as a share of that.
    pub created: Created,
    /// By name of the process.
    pub memory: BTreeMap<&'static str, Memory>,
}

/// Registrations over files on one connection, beside loops that only create files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Created {
    /// Files a second, each written and flushed.
    pub flushed: Spread,
    /// Registrations as a share of that.
    pub share_of_flushed: Spread,
    /// Files a second, each in a folder of its own that is flushed, too.
    pub durable: Spread,
    /// Registrations as a share of that.
    pub share_of_durable: Spread,
}

/// Measures everything `size.runs` times, one after the other.
///
/// # Errors
/// A server does not start, or a single answer is wrong.
pub async fn measure(app: &App, cores: Cores, bare: &Bare, size: Size) -> Result<Rates> {
    let mut bench = Bench {
        app,
        size,
        servers: up(app, cores, bare).await?,
        creates: Creates {
            program: bare.create.clone(),
            cores,
            rates: Vec::new(),
        },
        rounds: Rounds::new(),
    };
    tokio::time::sleep(REST).await;
    let mut memory = BTreeMap::new();
    for (name, server) in &bench.servers {
        let idle = Memory {
            idle_kb: server.memory_kb()?,
            own_idle_kb: server.anonymous_kb()?,
            after_load_kb: 0.0,
        };
        memory.insert(*name, idle);
    }
    for _ in 0..size.runs {
        for connections in CONNECTIONS {
            bench.round(connections).await?;
        }
    }
    tokio::time::sleep(REST).await;
    for (name, server) in &bench.servers {
        if let Some(memory) = memory.get_mut(name) {
            memory.after_load_kb = server.memory_kb()?;
        }
    }
    Ok(Rates {
        of: summed_up(&bench.rounds),
        shares: shares(&bench.rounds),
        line_share: line_share(&bench.rounds),
        created: created(&bench.rounds, &bench.creates.rates),
        memory,
    })
}

async fn up(app: &App, cores: Cores, bare: &Bare) -> Result<BTreeMap<&'static str, Server>> {
    let programs: [(&str, Program); 6] = [
        ("bare warp", plain(bare.warp.clone())),
        ("bare hyper", plain(bare.hyper.clone())),
        ("bare token", plain(bare.token.clone())),
        ("handler", app.in_memory()),
        // The host's ping is told at this level only: the cheapest request there is, with and without its line.
        (
            "handler, debug",
            app.with(&[IN_MEMORY, ("AppSettings:LogLevel", "debug")]),
        ),
        ("handler on files", app.on_files()),
    ];
    tokio::task::spawn_blocking(move || {
        let mut servers = BTreeMap::new();
        for (name, program) in programs {
            let mut server = Server::start(cores, &program)?;
            server.first_answer()?;
            servers.insert(name, server);
        }
        Ok(servers)
    })
    .await?
}

struct Bench<'a> {
    app: &'a App,
    size: Size,
    servers: BTreeMap<&'static str, Server>,
    creates: Creates,
    rounds: Rounds,
}

/// The loops that only create files.
struct Creates {
    program: PathBuf,
    cores: Cores,
    /// Of each run: flushed, and in a folder of its own.
    rates: Vec<[f64; 2]>,
}

impl Creates {
    fn run(&mut self, folder: &Path, count: usize) -> Result<()> {
        let mut command = Command::new(&self.program);
        command.arg(folder).arg(count.to_string());
        let output = self.cores.on_server(|| command.output())?;
        let text = String::from_utf8(output.stdout)?;
        let (flushed, durable) = text.trim().split_once(' ').context("no rates of files")?;
        self.rates.push([flushed.parse()?, durable.parse()?]);
        Ok(())
    }
}

impl Bench<'_> {
    async fn round(&mut self, connections: usize) -> Result<()> {
        self.cheap("bare warp", "bare warp", "/", connections).await?;
        self.cheap("GET /", "handler", "/", connections).await?;
        self.cheap(LOGGED, "handler, debug", "/", connections).await?;
        self.cheap("discovery", "handler", DISCOVERY, connections).await?;
        self.cheap("keys", "handler", KEYS, connections).await?;
        self.cheap("bare hyper", "bare hyper", "/", connections).await?;
        let registrations = self.registrations(self.size.on_disk(connections));
        self.keep(ON_FILES, "handler on files", connections, registrations)
            .await?;
        if connections == 1 {
            let count = self.size.on_disk(connections);
            self.creates.run(self.app.rig.folder(), count)?;
        }
        self.journeys(connections).await
    }

    async fn journeys(&mut self, connections: usize) -> Result<()> {
        let count = self.size.dear(connections);
        let registrations = self.registrations(count);
        self.keep("register", "handler", connections, registrations)
            .await?;
        let (rig, port) = (&self.app.rig, self.port("handler"));
        let visits = journeys::begin(rig, port, count).await?;
        let callbacks: Vec<_> = visits.iter().map(|visit| visit.callback.clone()).collect();
        let first = Load::once(callbacks.clone());
        self.keep("callback", "handler", connections, first).await?;
        // What the callbacks set going must not run into the next round.
        let redemptions = journeys::redemptions(rig, port, &visits).await?;
        let again = Load::once(callbacks);
        self.keep("callback, again", "handler", connections, again)
            .await?;
        tokio::time::sleep(REST).await;
        let asked = visits.into_iter().map(|visit| visit.status).collect();
        let status = Load::repeated(self.size.cheap(connections), asked).holding("approved");
        self.keep("status", "handler", connections, status).await?;
        let bare = Load::repeated(count, vec![get("/", &[])]);
        self.keep("bare token", "bare token", connections, bare).await?;
        let token = Load::once(redemptions).holding("id_token");
        self.keep("token", "handler", connections, token).await
    }

    fn registrations(&self, count: usize) -> Load {
        let requests = std::iter::repeat_with(|| registration(&self.app.rig.cast)).take(count);
        Load::once(requests.collect()).holding("ticket")
    }

    async fn cheap(
        &mut self,
        name: &'static str,
        server: &str,
        path: &str,
        connections: usize,
    ) -> Result<()> {
        let load = Load::repeated(self.size.cheap(connections), vec![get(path, &[])]);
        self.keep(name, server, connections, load).await
    }

    async fn keep(&mut self, name: &'static str, server: &str, connections: usize, load: Load) -> Result<()> {
        let busy = |server: Option<&Server>| server.map_or(Ok(Duration::ZERO), Server::busy);
        let before = busy(self.servers.get(server))?;
        let mut round = load.run(self.port(server), connections).await?;
        round.busy = busy(self.servers.get(server))?.saturating_sub(before);
        self.rounds.entry((name, connections)).or_default().push(round);
        Ok(())
    }

    fn port(&self, server: &str) -> u16 {
        self.servers.get(server).map_or(0, |server| server.port)
    }
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
