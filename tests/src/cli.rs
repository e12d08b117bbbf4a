//! The command line: `cargo rig`, `cargo rig test`, `cargo rig bench`, `cargo rig package`,
//! `cargo rig simulate`, `cargo rig peers`; `cargo rig keys`, `cargo rig ui`, `cargo rig policies` for a deployment.

mod bench;
mod fill;
mod fuzz;
mod keys;
mod kills;
mod package;
mod peers;
mod simulate;
mod test;
mod up;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Everything the handler needs, on loopback. Without a command: builds, packages and runs the whole stack.
#[derive(Debug, Parser)]
#[command(name = "cargo rig", bin_name = "cargo rig")]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    up: up::Up,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs every test: unit, property, journey and browser.
    Test(test::Test),
    /// Fills the placeholders of pages into a folder to upload, which everybody may read.
    Ui(fill::Ui),
    /// Measures the app as it is deployed, beside servers that do nothing.
    Bench(bench::Bench),
    /// Feeds every parser of foreign bytes under libFuzzer.
    Fuzz(fuzz::Fuzz),
    /// Makes the signing certificate and the random keys of a deployment.
    Keys(keys::Keys),
    /// Walks journeys while the handler dies at random moments.
    Kills(kills::Kills),
    /// Assembles the app folder and lists what is in it.
    Package(package::Package),
    /// Walks client libraries and proxies in their default settings, against the packaged app.
    Peers(peers::Peers),
    /// Fills the placeholders of custom policies into a folder to upload.
    Policies(Box<fill::Policies>),
    /// Runs the handler under seeded schedules of everything that can go wrong, or replays one.
    Simulate(simulate::Simulate),
}

/// Runs the command line of this process.
///
/// # Errors
/// Whatever stopped the command, for the reader.
pub async fn run() -> Result<ExitCode> {
    let arguments = CommandLine::parse();
    match arguments.command {
        None => arguments.up.run().await,
        Some(Command::Bench(arguments)) => arguments.run().await,
        Some(Command::Fuzz(arguments)) => arguments.run().await,
        Some(Command::Keys(arguments)) => arguments.run(),
        Some(Command::Kills(arguments)) => arguments.run().await,
        Some(Command::Package(arguments)) => arguments.run(),
        Some(Command::Peers(arguments)) => arguments.run().await,
        Some(Command::Policies(arguments)) => arguments.run(),
        Some(Command::Simulate(arguments)) => arguments.run().await,
        Some(Command::Test(arguments)) => arguments.run().await,
        Some(Command::Ui(arguments)) => arguments.run(),
    }
}

/// Whether the command line understands these words, those behind `cargo rig`; nothing is done.
///
/// # Errors
/// It does not, with its own complaint.
pub fn understands(words: &[String]) -> Result<(), clap::Error> {
    let program = std::iter::once("cargo rig".to_owned());
    CommandLine::try_parse_from(program.chain(words.iter().cloned())).map(|_| ())
}

/// Prints for the reader. A reader who closed the pipe is no error.
fn say(text: &str) {
    let _closed = writeln!(std::io::stdout(), "{text}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        super::CommandLine::command().debug_assert();
    }
}
