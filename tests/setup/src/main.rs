//! First step of `cargo rig`: makes sure the machine has what the rig is built and tested with, then becomes the rig.
//!
//! It has no dependency, so it builds in a second on any machine that has Rust and a linker. When nothing is missing
//! it asks the file system a few questions and says nothing.

mod apt;
mod machine;
mod needs;

use std::io::IsTerminal as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use machine::Machine;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let machine = Machine::this();
    let missing = needs::missing(&machine, needs::of(&arguments));
    if !missing.is_empty() {
        if let Err(advice) = apt::install(&machine, &missing) {
            eprintln!("{advice}");
            return ExitCode::from(2);
        }
        // Asking again is what tells "apt reported success" from "it is there now".
        let still = needs::missing(&machine, &missing);
        if !still.is_empty() {
            eprintln!("{}", apt::advice(&still));
            return ExitCode::from(2);
        }
    }
    if arguments == ["setup"] {
        apt::wish(&machine, &needs::missing(&machine, needs::WISHES));
        return ExitCode::SUCCESS;
    }
    become_the_rig(&arguments)
}

/// Builds the rig and replaces this process by it, so signals and the exit code reach the rig untouched.
fn become_the_rig(arguments: &[String]) -> ExitCode {
    if let Err(failure) = build_the_rig() {
        return failure;
    }
    // One target directory, so it lies beside this program.
    let failure = match std::env::current_exe() {
        Ok(this) => Command::new(this.with_file_name("rig")).args(arguments).exec(),
        Err(unknown) => unknown,
    };
    eprintln!("cannot start the rig: {failure}");
    ExitCode::FAILURE
}

/// With the whole workspace's features, so that its dependencies are compiled once for the rig, the app and the tests:
/// `cargo run --package rig` would compile them all with features of its own.
fn build_the_rig() -> Result<(), ExitCode> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // The first build takes minutes: whoever watches sees how far it is.
    let quiet = !std::io::stderr().is_terminal();
    let status = Command::new(cargo)
        .arg("build")
        .args(quiet.then_some("--quiet"))
        .args(["--locked", "--workspace", "--bin", "rig"])
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(ExitCode::FAILURE),
        Err(failure) => {
            eprintln!("cannot start cargo: {failure}");
            Err(ExitCode::FAILURE)
        }
    }
}
