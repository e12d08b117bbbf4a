//! The process the Functions host starts: bind, serve, end when told to.

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use crate::app::{App, Deps, services_once};
use crate::cli::{Command, USAGE};
use crate::clock::SystemClock;
use crate::owners::Machine;
use crate::random::OsRandom;
use crate::settings::{Early, ProcessEnv, Source};
use crate::telemetry;
use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing::Level;

/// How long what a command has begun may go on behind it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long threads may go on that write or read a file when everything else has ended.
const LAST_WORK: Duration = Duration::from_secs(2);
/// Where the host expects us to listen.
const PORT: &str = "FUNCTIONS_CUSTOMHANDLER_PORT";
/// Where we listen when nobody says, as when started by hand.
const DEFAULT_PORT: u16 = 8080;
/// Threads for what blocks: facts in files and lookups of names. Each has a stack and a heap of its own, and a flood would
/// start hundreds.
const BLOCKING_THREADS: usize = 8;

/// Runs until the host ends it, or does what the words behind its name say. The exit code is 0 only when it was told to end,
/// or did that.
///
/// One thread: one signature takes a fifth of a millisecond, everything else is waiting.
#[must_use]
pub fn run() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let code = work(&words);
    telemetry::flush();
    code
}

fn work(words: &[String]) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS)
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            telemetry::start(Level::INFO, Arc::new(SystemClock));
            return failed(&error.into());
        }
    };
    let code = if words.is_empty() {
        let served = runtime.block_on(serve());
        served.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
    } else {
        runtime.block_on(perform(words))
    };
    // A thread that stands still, before a file or a resolver, is not waited for.
    runtime.shutdown_timeout(LAST_WORK);
    code
}

fn failed(error: &anyhow::Error) -> ExitCode {
    tracing::error!(
        code = "handler.failed",
        cause = format!("{error:#}"),
        "handler cannot run"
    );
    ExitCode::FAILURE
}

/// Does what an operator asks, by the settings of this environment, and tells them in plain words: on standard output what
/// was done, on standard error why not.
async fn perform(words: &[String]) -> ExitCode {
    let command = match Command::parse(words) {
        Ok(command) => command,
        Err(_) if matches!(words, [word] if word == "help" || word == "--help") => {
            return said(&mut std::io::stdout(), USAGE, ExitCode::SUCCESS);
        }
        Err(wrong) => {
            return said(
                &mut std::io::stderr(),
                &format!("handler: {wrong}\n\n{USAGE}"),
                ExitCode::from(2),
            );
        }
    };
    telemetry::start(Level::WARN, Arc::new(SystemClock));
    match carry_out(&command).await {
        Ok(told) => said(&mut std::io::stdout(), &told, ExitCode::SUCCESS),
        Err(error) => said(
            &mut std::io::stderr(),
            &format!("handler: {error:#}\n"),
            ExitCode::FAILURE,
        ),
    }
}

async fn carry_out(command: &Command) -> anyhow::Result<String> {
    let (services, background) = services_once(&deps()).await.map_err(anyhow::Error::msg)?;
    let told = command.perform(&services.checks).await?;
    background.idle(PATIENCE).await;
    Ok(told)
}

/// Whoever reads no answer has asked for none.
fn said(to: &mut dyn std::io::Write, text: &str, code: ExitCode) -> ExitCode {
    let _gone = to.write_all(text.as_bytes());
    code
}

fn deps() -> Deps {
    Deps {
        source: Arc::new(ProcessEnv),
        clock: Arc::new(SystemClock),
        random: Arc::new(OsRandom),
        owners: Arc::new(Machine::look()),
    }
}

/// Returns `Ok` only on an orderly shutdown: the host never restarts a handler that ended with 0.
async fn serve() -> anyhow::Result<()> {
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
    let app = App::build(&deps());
    tracing::info!(
        code = "handler.listening",
        port = listener.local_addr()?.port(),
        "listening"
    );
    app.serve(listener, async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!(code = "shutdown.started", "received SIGTERM, shutting down"),
            _ = interrupt.recv() => tracing::info!(code = "shutdown.started", "received SIGINT, shutting down"),
        }
    })
    .await;
    Ok(())
}
