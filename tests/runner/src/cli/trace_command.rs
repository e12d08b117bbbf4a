//! `runner trace`.

use crate::config;
use crate::outbound::Outbound;
use crate::trace::Trace as Record;
use crate::trace::terminal::{self, Style};
use anyhow::{Context as _, Result, bail};
use clap::Args;
use std::io::IsTerminal as _;
use std::process::ExitCode;

/// Arguments of `runner trace`.
#[derive(Debug, Args)]
pub(super) struct Trace {
    /// Correlation id; the latest journey when absent
    id: Option<String>,
    /// Where the tenant is
    #[arg(long, value_name = "URL", default_value = "http://localhost:7000")]
    tenant: String,
    /// One line for each journey
    #[arg(long)]
    list: bool,
    /// With the details of each entry
    #[arg(long)]
    details: bool,
}

pub(super) async fn run(arguments: Trace) -> Result<ExitCode> {
    let address = format!("{}/runner/traces.json", arguments.tenant.trim_end_matches('/'));
    let outbound = Outbound::new(&config::Outbound::default())?;
    let answer = outbound.send(outbound.client().get(&address)).await;
    let answer = answer.with_context(|| format!("no tenant at {}", arguments.tenant))?;
    let traces: Vec<Record> =
        serde_json::from_str(&answer.body).with_context(|| format!("{address} is no runner"))?;
    if arguments.list {
        super::say(terminal::list(&traces));
        return Ok(ExitCode::SUCCESS);
    }
    let wanted = |trace: &&Record| arguments.id.as_deref().is_none_or(|id| trace.id.starts_with(id));
    let Some(trace) = traces.iter().find(wanted) else {
        bail!("no journey has run yet, or none with this id")
    };
    let style = Style {
        colour: std::io::stdout().is_terminal(),
        details: arguments.details,
    };
    super::say(terminal::one(trace, style));
    Ok(ExitCode::SUCCESS)
}
