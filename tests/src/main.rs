//! `cargo rig`: see the README.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match rig::cli::run().await {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("rig: {failure:#}");
            ExitCode::FAILURE
        }
    }
}
