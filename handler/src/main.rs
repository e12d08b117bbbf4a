//! The process the Functions host starts: bind, serve, end when told to.

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use handler::app::{App, Deps};
use handler::clock::SystemClock;
use handler::owners::Machine;
use handler::random::OsRandom;
use handler::settings::{Early, ProcessEnv, Source};
use handler::telemetry;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Gives memory back after a burst, which the C library's allocator does not: 3,000 registrations at once left 75 MB behind
/// for good.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Where the host expects us to listen.
const PORT: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";
/// Where we listen when nobody says, as when started by hand.
const DEFAULT_PORT: u16 = 8080;

/// One thread: one signature takes a fifth of a millisecond, everything else is waiting.
fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run()))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(cause = format!("{error:#}"), "the handler cannot run");
            ExitCode::FAILURE
        }
    }
}

/// Ends well only when it was told to end: the host never restarts a handler that ended with 0.
async fn run() -> anyhow::Result<()> {
    telemetry::start(Early::log_level(&ProcessEnv), Arc::new(SystemClock));
    let told = ProcessEnv.get(PORT).map(|port| port.parse()).transpose();
    let port = told
        .map_err(|_| anyhow::anyhow!("{PORT} is not a port"))?
        .unwrap_or(DEFAULT_PORT);
    // The host looks for us on IPv4 loopback only, and nobody else should find us at all.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| format!("port {port} of 127.0.0.1 ({PORT}) cannot be listened on"))?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let deps = Deps {
        source: Arc::new(ProcessEnv),
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        owners: Arc::new(Machine::look()),
    };
    let app = App::build(&deps);
    tracing::info!(port = listener.local_addr()?.port(), "listening");
    app.serve(listener, async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("told to end by SIGTERM"),
            _ = interrupt.recv() => tracing::info!("told to end by SIGINT"),
        }
    })
    .await;
    Ok(())
}
