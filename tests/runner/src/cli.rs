//! The command line.

mod build_command;
mod check_command;
mod serve_command;
mod test_command;
mod trace_command;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs Azure AD B2C custom policies on a laptop.
#[derive(Debug, Parser)]
#[command(name = "runner", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Policies or pages as they are uploaded: every placeholder filled
    Build(build_command::Build),
    /// Find holes, dead steps and faults in policies without running them
    Check(check_command::Check),
    /// A local tenant: sign up, sign in, get tokens, in your browser
    Serve(serve_command::Serve),
    /// Scripted journeys with expectations: regression tests for policies
    Test(test_command::Test),
    /// What happened in the journeys of a running tenant
    Trace(trace_command::Trace),
}

/// Where policies are and what fills their placeholders.
#[derive(Debug, Clone, clap::Args)]
struct Policies {
    /// Folder with the policy files
    #[arg(long = "policies", value_name = "DIR")]
    folder: PathBuf,
    /// Configuration of the tenant (TOML)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// appsettings.json that fills `{Settings:…}`; overrides the configuration and the file beside the policies
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Environment of the settings; overrides the configuration
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
}

/// Runs the program.
///
/// # Errors
/// Whatever kept the command from doing its work.
pub async fn run() -> Result<ExitCode> {
    perform(Arguments::parse()).await
}

/// The same for these words instead of the process's own.
///
/// # Errors
/// As [`run`], and words that the program does not understand.
pub async fn run_words(words: &[String]) -> Result<ExitCode> {
    perform(arguments(words)?).await
}

/// Whether the program understands these words; nothing is done.
///
/// # Errors
/// It does not, with its own complaint.
pub fn understands(words: &[String]) -> Result<(), clap::Error> {
    arguments(words).map(|_| ())
}

fn arguments(words: &[String]) -> Result<Arguments, clap::Error> {
    let program = std::iter::once("runner".to_owned());
    Arguments::try_parse_from(program.chain(words.iter().cloned()))
}

async fn perform(arguments: Arguments) -> Result<ExitCode> {
    match arguments.command {
        Command::Build(build) => build_command::run(&build),
        Command::Check(check) => check_command::run(&check).await,
        Command::Serve(serve) => serve_command::run(serve).await,
        Command::Test(test) => test_command::run(test).await,
        Command::Trace(trace) => trace_command::run(trace).await,
    }
}

/// Writes a line to standard output; a reader that went away is no failure.
fn say(text: impl std::fmt::Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{text}");
}
