//! The `runner` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    runner::cli::run().await
}
