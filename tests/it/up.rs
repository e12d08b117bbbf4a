//! `cargo rig` itself.

use std::time::Duration;

use rig::package::app;
use rig::rig::Rig;
use tokio::process::Command;

use crate::journey::options;

/// Not after a minute, and not without a word.
#[tokio::test]
async fn settings_that_the_app_refuses_end_it_with_the_apps_own_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rig"));
    command
        .args([
            "--set",
            "Verification:MaxAttempts=many",
            "--set",
            "AppSettings:DefaultLanguage=xx",
        ])
        .arg("--app")
        .arg(app().unwrap())
        .arg("--endpoints")
        .arg(folder.path().join("endpoints.json"))
        .kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_secs(40), command.output()).await;
    let output = output.expect("it goes on").unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let (_, words) = said.split_once("rig: ").unwrap();
    for fault in [
        "\nVerification:MaxAttempts must be a whole number from 1 to 100",
        "\nAppSettings:DefaultLanguage must be one of en, de, fr, es, ar",
    ] {
        assert_eq!(words.matches(fault).count(), 1, "{fault}: {words}");
    }
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
