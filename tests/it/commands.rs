//! Every command that a README of this repository names is one that works: what takes seconds is run, of what takes minutes the
//! words are understood by the program they are for.

mod read;

use std::path::Path;
use std::process::{Command, ExitCode};

use clap::error::ErrorKind;
use read::{Named, commands};
use rig::package::{app, workspace};

use crate::shell::words;

/// Commands that are for other programs, or that a test cannot give, by how they begin, and why that is so.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "func start",
        "Azure's Core Tools; it/package.rs holds what they read, up.rs what stands beside them",
    ),
    ("func azure functionapp publish", "needs a subscription"),
    (
        "git clone https://github.com/",
        "needs the network; the tests on what is cloned run when it is there",
    ),
    (
        "CONTROL=$(jq ",
        "an address for the commands below it, which it/sim_control/readme.rs runs",
    ),
    ("TENANT=$(jq ", "the same"),
    ("curl ", "it/sim_control/readme.rs runs them"),
    ("cargo zigbuild", "needs zig, for whoever has no Debian"),
    (".ci/run", "what CI runs, this test included"),
    ("cargo test -p fuzz", "part of every run of the tests"),
    (
        "cargo install --path tests/runner",
        "compiles what is compiled here already",
    ),
];

/// What stands for something of the reader's own, and what a test takes instead.
const MEANT: &[(&str, &str)] = &[
    ("path/to/your/policies", "policies"),
    (
        "active-directory-b2c-custom-policy-starterpack/LocalAccounts",
        "policies",
    ),
    ("journeys.toml", "policies/tests/stolen.toml"),
    ("report.xml", "target/report.xml"),
    ("N", "1"),
];

/// What somebody who reads has to type, and where it stands.
fn all() -> Vec<Named> {
    let readmes = read::readmes();
    assert!(readmes.len() > 8, "{readmes:?}");
    let all: Vec<Named> = readmes.iter().flat_map(|file| commands(file)).collect();
    assert!(all.len() > 80, "only {} commands were found", all.len());
    all
}

fn meant(word: String) -> Vec<String> {
    if let Some(folder) = word.strip_suffix("/*.toml") {
        return scripts(folder);
    }
    let meant = MEANT.iter().find(|(stands, _)| *stands == word);
    vec![meant.map_or(word, |(_, instead)| (*instead).to_owned())]
}

/// What a shell makes of a star.
fn scripts(folder: &str) -> Vec<String> {
    let files = std::fs::read_dir(workspace().join(folder)).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|kind| kind == "toml"));
    files.map(|file| file.display().to_string()).collect()
}

/// The words behind the beginning, if the command begins so.
fn behind(command: &str, beginning: &str) -> Option<Vec<String>> {
    let rest = command.strip_prefix(beginning)?;
    let is_whole = rest.is_empty() || rest.starts_with(' ');
    is_whole.then(|| words(rest.trim()).into_iter().flat_map(meant).collect())
}

fn of_runner(command: &str) -> Option<Vec<String>> {
    ["cargo run -p runner --", "runner"]
        .iter()
        .find_map(|program| behind(command, program))
}

/// Why its program would not do it.
fn fault(named: &Named) -> Option<String> {
    let understood = if let Some(words) = behind(&named.command, "cargo rig") {
        rig::cli::understands(&words)
    } else if let Some(words) = of_runner(&named.command) {
        runner::cli::understands(&words)
    } else {
        let is_known = behind(&named.command, "handler").is_some()
            || ELSEWHERE
                .iter()
                .any(|(begins, _)| named.command.starts_with(begins));
        return (!is_known).then(|| "nobody knows this command".to_owned());
    };
    let fault = understood.err()?;
    let lacks = fault.kind() == ErrorKind::MissingRequiredArgument;
    (named.is_whole || !lacks).then(|| fault.to_string())
}

#[test]
fn every_command_is_understood_by_its_program_or_is_known_to_be_for_another() {
    let all = all();
    let faults = all.iter().filter_map(|named| {
        let Named { file, command, .. } = named;
        fault(named).map(|fault| format!("{file}: {command}: {fault}"))
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_exception_is_still_needed() {
    let all = all();
    for (begins, why) in ELSEWHERE {
        let is_used = all.iter().any(|named| named.command.starts_with(begins));
        assert!(is_used, "{begins}: no README names it ({why})");
    }
}

/// Check, scripted journeys and filled placeholders, each as it is written.
#[tokio::test]
async fn what_the_runner_does_in_seconds_is_done() {
    rig::certs::install_tls();
    let results = tempfile::tempdir().unwrap();
    let mut done = 0;
    for Named { file, command, .. } in all() {
        let Some(words) = of_runner(&command) else {
            continue;
        };
        if !matches!(
            words.first().map(String::as_str),
            Some("check" | "test" | "build")
        ) {
            continue;
        }
        let words: Vec<String> = words.iter().map(|word| placed(word, results.path())).collect();
        let code = runner::cli::run_words(&words).await;
        let code = code.unwrap_or_else(|fault| panic!("{file}: {command}: {fault:#}"));
        assert_eq!(code, ExitCode::SUCCESS, "{file}: {command}");
        done += 1;
    }
    assert!(done >= 6, "{done} were done");
}

/// Tests run in the folder of their crate, people in that of the repository, where what comes of it goes into `target`.
fn placed(word: &str, results: &Path) -> String {
    let path = match word.strip_prefix("target/") {
        Some(result) => results.join(result),
        None => workspace().join(word),
    };
    if path.exists() || path.starts_with(results) {
        path.display().to_string()
    } else {
        word.to_owned()
    }
}

/// The packaged program tells its commands to whoever types another one.
#[test]
fn the_handlers_commands_are_those_that_it_tells() {
    let program = app().unwrap().join("handler");
    let output = Command::new(program).arg("nonsense").output().unwrap();
    let usage = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let mut told = 0;
    for Named { file, command, .. } in all() {
        let Some(words) = behind(&command, "handler") else {
            continue;
        };
        let Some(name) = words.first() else { continue };
        assert!(
            usage.contains(&format!("\nhandler {name} ")),
            "{file}: {command}: {usage}"
        );
        told += 1;
    }
    assert!(told >= 6, "{told}");
}
