//! `cargo rig` itself.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rig::package::{app, workspace};
use rig::rig::ports::FIRST;
use rig::rig::{Ports, Rig};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

use crate::journey::options;

/// Nobody is judged by it.
const LIMIT: Duration = Duration::from_secs(60);

/// `cargo rig` with free ports and these options, its addresses in `folder`; nothing is built.
fn command(folder: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rig"));
    command
        .args(["--ports", "random", "--app"])
        .arg(app().unwrap())
        .arg("--endpoints")
        .arg(folder.join("endpoints.json"))
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// What a rig that does not start says, without the short lines of the log.
async fn refusal(folder: &Path, options: &[&str]) -> String {
    let output = tokio::time::timeout(LIMIT, command(folder, options).output()).await;
    let output = output.expect("it goes on").unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let (before, words) = said.split_once("rig: ").unwrap();
    assert!(!before.contains("must be"), "it is said twice: {said}");
    words.to_owned()
}

/// Not after a minute, and not without a word.
#[tokio::test]
async fn settings_that_the_app_refuses_end_it_with_the_apps_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = [
        "--set",
        "Verification:MaxAttempts=many",
        "--set",
        "AppSettings:DefaultLanguage=xx",
    ];
    let words = refusal(folder.path(), &wrong).await;
    for fault in [
        "\nVerification:MaxAttempts must be a whole number from 1 to 100",
        "\nAppSettings:DefaultLanguage must be one of en, de, fr, es, ar",
    ] {
        assert_eq!(words.matches(fault).count(), 1, "{fault}: {words}");
    }
    let log = folder.path().join("handler.log");
    assert!(words.contains(&log.display().to_string()), "{words}");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("\"settings.invalid\""), "{log}");
}

#[tokio::test]
async fn a_name_that_is_no_setting_is_told_at_once() {
    let cases = [
        (
            "Verification:MaxAttemps=3",
            "\nVerification:MaxAttemps is not a setting; the nearest is Verification:MaxAttempts\n",
        ),
        ("Foo:Bar=3", "\nFoo:Bar is not a setting (README.md, Settings"),
        ("Clients:5:Id=mine", "\nClients:5:RedirectUris "),
        ("MaxAttempts", "it is not NAME=VALUE"),
    ];
    for (setting, told) in cases {
        let folder = tempfile::tempdir().unwrap();
        let words = refusal(folder.path(), &["--set", setting]).await;
        assert!(words.contains(told), "{setting}: {words}");
    }
}

/// The addresses of another rig that runs must not be taken away by one that does not start.
#[tokio::test]
async fn a_port_that_is_taken_is_named_with_its_option() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("endpoints.json"), "{}").unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let words = refusal(folder.path(), &["--tenant-port", &port]).await;
    for told in [&format!("port {port} "), "--tenant-port", "--ports random"] {
        assert!(words.contains(told), "{told}: {words}");
    }
    assert!(folder.path().join("endpoints.json").exists());
}

/// The last thing that is said before people come, and nothing is said twice.
#[tokio::test]
async fn addresses_are_told_once_and_last_and_the_log_is_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(folder.path(), &[]).spawn().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = Vec::new();
    while lines
        .last()
        .is_none_or(|line: &String| !line.starts_with("Ctrl-C"))
    {
        let line = tokio::time::timeout(LIMIT, said.next_line()).await;
        lines.push(line.expect("it says nothing").unwrap().expect("it ended"));
    }
    let file = std::fs::read_to_string(folder.path().join("endpoints.json")).unwrap();
    let endpoints: serde_json::Value = serde_json::from_str(&file).unwrap();
    for name in ["client", "tenant", "app", "control", "jumio"] {
        let address = endpoints[name].as_str().unwrap();
        let line = |line: &&String| line.starts_with(name) && line.contains(address);
        assert_eq!(lines.iter().filter(line).count(), 1, "{name}: {lines:?}");
    }
    let log = folder.path().join("handler.log");
    let named = format!("log      {}", log.display());
    assert_eq!(
        lines.iter().filter(|line| **line == named).count(),
        1,
        "{lines:?}"
    );
    let records = std::fs::read_to_string(log).unwrap();
    assert!(records.contains("\"handler.listening\""), "{records}");
    let id = child.id().unwrap().to_string();
    Command::new("kill").arg(id).status().await.unwrap();
    let mut short = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut short).await.unwrap();
    assert!(child.wait().await.unwrap().success());
    let listening = short.lines().find(|line| line.contains("handler.listening"));
    assert!(listening.is_some_and(|line| !line.contains('{')), "{short}");
}

/// Of the block itself nothing is started here: somebody on this machine may have it.
#[test]
fn the_block_of_ports_is_the_one_in_the_documentation() {
    let file = std::fs::read_to_string(workspace().join("tests/README.md")).unwrap();
    let (_, table) = file.split_once("<!-- ports -->\n").unwrap();
    let (table, _) = table.split_once("<!-- /ports -->").unwrap();
    let rows = Ports::block(FIRST).all().map(|port| {
        let option = port.option.map_or(String::new(), |option| format!("`{option}`"));
        format!("| {} | {} | {option} |\n", port.number, port.whose)
    });
    let truth = format!(
        "| port | who listens | option |\n| --- | --- | --- |\n{}",
        rows.concat()
    );
    assert_eq!(table, truth.replace("|  |", "| |"));
}

/// Two handlers on one folder of facts would sweep and answer beside each other, with other keys.
#[tokio::test]
async fn for_core_tools_it_starts_no_handler_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let app_folder = folder.path().join("app");
    let copied = Command::new("cp")
        .arg("-r")
        .arg(app().unwrap())
        .arg(&app_folder)
        .status()
        .await;
    assert!(copied.unwrap().success());
    let mut options = options();
    (options.app, options.for_func) = (app_folder, true);
    let rig = Rig::start(options).await.unwrap();
    assert!(rig.host.handler_ports().is_empty() && rig.host.handler_ids().is_empty());
    assert!(
        folder.path().join("rig/authority.crt").exists(),
        "the simulators are there"
    );
    let nobody = crate::bad::http().get(rig.host.origin()).send().await;
    assert!(nobody.unwrap_err().is_connect());
}
