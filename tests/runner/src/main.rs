//! The `runner` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match runner::cli::run().await {
        Ok(code) => code,
        // What went wrong and why, for people: never a stack trace.
        Err(failure) => {
            eprintln!("runner: {failure:#}");
            ExitCode::FAILURE
        }
    }
}
