//! Three thousand registrations at once, each on a connection of its own: what they cost in memory, and what is left of it.
//!
//! The app keeps its facts in files, as it is shipped. What counts is memory that is the process's own (`RssAnon`): pages
//! of the executable come and go as the kernel likes.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::{Resource, getrlimit, setrlimit};
use serde::Serialize;
use tokio::sync::Notify;
use tokio::task::{JoinSet, LocalSet};

use super::app::App;
use super::cores::Cores;
use super::journeys::registration;
use super::server::Server;
use super::wire::Connection;

/// Requests at once.
pub const REGISTRATIONS: usize = 3000;
/// The most memory that the process may ever have, in kilobytes of 1024 bytes.
pub const MOST_KB: f64 = 64.0 * 1e6 / 1024.0;
/// What may be left beyond that of the idle process after [`REST`], in kilobytes.
pub const MOST_LEFT_KB: f64 = 10.0 * 1e6 / 1024.0;
/// How long the process gets to become idle again.
pub const REST: Duration = Duration::from_secs(60);
/// How often the memory is looked at.
const LOOK: Duration = Duration::from_millis(2);
/// No flood takes longer.
const LIMIT: Duration = Duration::from_secs(60);

/// One flood. Memory in kilobytes of 1024 bytes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Flood {
    /// Ready, and nothing asked yet but that.
    pub idle_kb: f64,
    /// The most while requests were answered.
    pub peak_kb: f64,
    /// [`REST`] after the last answer.
    pub after_kb: f64,
    /// From the first request to the last answer, in milliseconds.
    pub elapsed_ms: u64,
    /// How many were answered, by status: 200, or 503 with `Retry-After`.
    pub answered: BTreeMap<u16, usize>,
}

impl Flood {
    /// Whether the process stayed within its limits.
    #[must_use]
    pub fn is_within(&self) -> bool {
        self.peak_kb < MOST_KB && self.after_kb - self.idle_kb < MOST_LEFT_KB
    }

    /// In two lines.
    #[must_use]
    pub fn text(&self) -> String {
        let megabytes = |kilobytes: f64| format!("{:.1} MB", kilobytes * 1024.0 / 1e6);
        let answered = self
            .answered
            .iter()
            .map(|(status, count)| format!("{count} answered {status}"));
        format!(
            "{REGISTRATIONS} registrations at once, facts in files: {} in {} ms\n\
             memory of its own (RssAnon): idle {}, peak {} (below {}), a minute later {} (at most {} more than idle)",
            answered.collect::<Vec<_>>().join(", "),
            self.elapsed_ms,
            megabytes(self.idle_kb),
            megabytes(self.peak_kb),
            megabytes(MOST_KB),
            megabytes(self.after_kb),
            megabytes(MOST_LEFT_KB),
        )
    }
}

/// Starts the app, floods it with `count` registrations, and looks again after `rest`.
///
/// # Errors
/// It does not start, or an answer is neither 200 with a ticket nor 503 with `Retry-After`, or there is none.
pub async fn measure(app: &App, cores: Cores, count: usize, rest: Duration) -> Result<Flood> {
    open_many_files()?;
    let (program, requests) = (app.on_files(), requests(app, count));
    tokio::task::spawn_blocking(move || {
        let server = Server::ready(cores, &program)?;
        flood(&server, requests, rest)
    })
    .await?
}

fn requests(app: &App, count: usize) -> Vec<Vec<u8>> {
    std::iter::repeat_with(|| registration(&app.rig.cast))
        .take(count)
        .collect()
}

/// As many files as the system lets this process and its children have: each connection is one on both sides.
fn open_many_files() -> Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).context("the limit of open files")
}

fn flood(server: &Server, requests: Vec<Vec<u8>>, rest: Duration) -> Result<Flood> {
    std::thread::sleep(Duration::from_secs(1));
    let idle_kb = server.anonymous_kb()?;
    let (is_over, watched) = (AtomicBool::new(false), server);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| peak(watched, &is_over));
        let sent = send(server.port, requests);
        is_over.store(true, Ordering::Relaxed);
        let peak_kb = watching
            .join()
            .map_err(|_| anyhow::anyhow!("a panic while watching"))??;
        let (elapsed, answered) = sent?;
        std::thread::sleep(rest);
        Ok(Flood {
            idle_kb,
            peak_kb,
            after_kb: server.anonymous_kb()?,
            elapsed_ms: u64::try_from(elapsed.as_millis())?,
            answered,
        })
    })
}

fn peak(server: &Server, is_over: &AtomicBool) -> Result<f64> {
    let mut peak: f64 = 0.0;
    while !is_over.load(Ordering::Relaxed) {
        peak = peak.max(server.anonymous_kb()?);
        std::thread::sleep(LOOK);
    }
    Ok(peak)
}

/// Opens all connections, then sends all requests at once.
fn send(port: u16, requests: Vec<Vec<u8>>) -> Result<(Duration, BTreeMap<u16, usize>)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new()
        .block_on(&runtime, async {
            tokio::time::timeout(LIMIT, send_all(port, requests)).await
        })
        .context("a minute was not enough")?
}

async fn send_all(port: u16, requests: Vec<Vec<u8>>) -> Result<(Duration, BTreeMap<u16, usize>)> {
    let (start, mut talks) = (Rc::new(Notify::new()), JoinSet::new());
    for request in requests {
        let connection = Connection::open(port).await?;
        talks.spawn_local(talk(connection, request, Rc::clone(&start)));
    }
    // Everybody waits for the start before it is given.
    tokio::task::yield_now().await;
    let begin = Instant::now();
    start.notify_waiters();
    let mut answered = BTreeMap::new();
    while let Some(status) = talks.join_next().await {
        *answered.entry(status??).or_default() += 1;
    }
    Ok((begin.elapsed(), answered))
}

async fn talk(mut connection: Connection, request: Vec<u8>, start: Rc<Notify>) -> Result<u16> {
    start.notified().await;
    let answer = connection.send(&request).await?;
    match answer.status {
        200 => ensure!(answer.text().contains("ticket"), "no ticket: {}", answer.text()),
        503 => ensure!(answer.header("retry-after").is_some(), "503 without Retry-After"),
        other => bail!("answered {other}: {}", answer.text()),
    }
    Ok(answer.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flood(peak_kb: f64, after_kb: f64) -> Flood {
        Flood {
            idle_kb: 10_000.0,
            peak_kb,
            after_kb,
            ..Flood::default()
        }
    }

    #[test]
    fn both_limits_count() {
        assert!(flood(62_000.0, 19_000.0).is_within());
        assert!(!flood(63_000.0, 19_000.0).is_within());
        assert!(!flood(62_000.0, 20_000.0).is_within());
    }
}
