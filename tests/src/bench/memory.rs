//! What many registrations leave behind in memory that is the process's own (`RssAnon`). Facts lie in files, as in the app as
//! it is shipped, and secrets in a vault.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::app::App;
use super::cores::Cores;
use super::journeys::registration;
use super::load::Load;
use super::rates::CONNECTIONS;
use super::server::Server;

/// How many.
pub const REGISTRATIONS: usize = 20_000;
/// Registrations of one load: none takes longer than a minute.
const AT_ONCE: usize = 2_000;
/// What a process gets to become idle again.
const REST: Duration = Duration::from_secs(2);

/// Memory in kilobytes of 1024 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Registered {
    /// How many there were.
    pub registrations: usize,
    /// Ready, and nothing asked yet but that.
    pub idle_kb: f64,
    /// When the last was answered a moment ago.
    pub after_kb: f64,
}

/// Starts the app and registers `registrations` persons, over many connections.
///
/// # Errors
/// It does not start, or an answer is none with a ticket.
pub async fn measure(app: &App, cores: Cores, registrations: usize) -> Result<Registered> {
    let program = app.on_files();
    let server = tokio::task::spawn_blocking(move || Server::ready(cores, &program)).await??;
    tokio::time::sleep(REST).await;
    let idle_kb = server.anonymous_kb()?;
    let [_, many] = CONNECTIONS;
    let mut left = registrations;
    while left > 0 {
        let count = left.min(AT_ONCE);
        let requests = std::iter::repeat_with(|| registration(&app.rig.cast)).take(count);
        let load = Load::once(requests.collect()).holding("ticket");
        load.run(server.port, many).await?;
        left -= count;
    }
    tokio::time::sleep(REST).await;
    Ok(Registered {
        registrations,
        idle_kb,
        after_kb: server.anonymous_kb()?,
    })
}
