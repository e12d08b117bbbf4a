//! The program: exit codes, formats, and a tenant that is served, called and traced.

use crate::policy::{ID, Policy, outputs};
use serde_json::Value as Json;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn runner(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
    command
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("runner runs")
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn asks_for_a_name() -> Policy {
    Policy::default()
        .page("Name", &[], &outputs(&["displayName"]))
        .step("Name")
        .token(&["displayName"])
}

/// A folder with `policies/policy.xml`.
fn folder(xml: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("policies")).expect("a folder");
    std::fs::write(folder.path().join("policies/policy.xml"), xml).expect("written");
    folder
}

#[test]
fn check_of_sound_policies_is_silent_and_ends_with_0() {
    let folder = folder(&asks_for_a_name().xml());
    let output = runner(&["check", "policies"], folder.path());
    assert_eq!(
        (output.status.code(), said(&output).as_str()),
        (Some(0), "1 file, 0 errors, 0 warnings, 0 notes\n")
    );
}

#[test]
fn check_of_a_fault_names_file_line_reason_and_remedy_and_ends_with_1() {
    let broken = asks_for_a_name()
        .xml()
        .replace("ReferenceId=\"Main\"", "ReferenceId=\"Maim\"");
    let folder = folder(&broken);
    let output = runner(&["check", "policies"], folder.path());
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for part in [
        "policy.xml:",
        "error: there is no user journey \"Maim\"",
        "why: ",
        "instead: ",
        "Main",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.ends_with("1 file, 1 error, 0 warnings, 0 notes\n"), "{text}");
    let json: Json =
        serde_json::from_slice(&runner(&["check", "policies", "--format", "json"], folder.path()).stdout)
            .expect("JSON");
    assert_eq!(json["findings"][0]["rule"], "dangling-reference");
    let sarif: Json =
        serde_json::from_slice(&runner(&["check", "policies", "--format", "sarif"], folder.path()).stdout)
            .expect("JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "dangling-reference");
    assert_eq!(
        runner(&["check", "policies", "--format", "xml"], folder.path())
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn check_of_a_folder_without_policies_is_no_success() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in [".", "nowhere"] {
        assert_eq!(
            runner(&["check", name], folder.path()).status.code(),
            Some(1),
            "{name}"
        );
    }
}

#[test]
fn nothing_is_served_that_does_not_load() {
    let folder = folder(
        &asks_for_a_name()
            .xml()
            .replace("Type=\"SendClaims\"", "Type=\"SendToken\""),
    );
    let output = runner(
        &["serve", "--policies", "policies", "--listen", "127.0.0.1:0"],
        folder.path(),
    );
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("policy.xml:") && text.contains("nothing is served"),
        "{text}"
    );
}

const TOML: &str = "policy = 'B2C_1A_contoso'\n[[journey]]\nname = 'asks'\n[[journey.step]]\nfill = { displayName = 'Ada' }\n\
                    [journey.expect]\nclaims = { displayName = 'Ada' }";
const YAML: &str = "policy: B2C_1A_contoso\njourney:\n  - name: asks\n    step: [{ fill: { displayName: Ada } }]\n    \
                    expect: { claims: { displayName: Grace } }\n";

#[test]
fn test_walks_toml_and_yaml_and_writes_junit() {
    let folder = folder(&asks_for_a_name().xml());
    std::fs::write(folder.path().join("good.toml"), TOML).expect("written");
    std::fs::write(folder.path().join("bad.yaml"), YAML).expect("written");
    let good = runner(
        &[
            "test",
            "good.toml",
            "--policies",
            "policies",
            "--junit",
            "good.xml",
        ],
        folder.path(),
    );
    assert!(good.status.success(), "{}", said(&good));
    let all = [
        "test",
        "good.toml",
        "bad.yaml",
        "--policies",
        "policies",
        "--junit",
        "all.xml",
    ];
    let both = runner(&all, folder.path());
    assert_eq!(both.status.code(), Some(1), "{}", said(&both));
    let text = std::fs::read_to_string(folder.path().join("all.xml")).expect("a report");
    let report = roxmltree::Document::parse(&text).expect("XML");
    assert_eq!(report.root_element().attribute("tests"), Some("2"), "{text}");
    assert_eq!(report.root_element().attribute("failures"), Some("1"), "{text}");
    assert!(
        text.contains("Grace") && text.contains("Ada"),
        "what was expected and what came: {text}"
    );
}

#[test]
fn a_script_that_does_not_read_is_no_success() {
    let folder = folder(&asks_for_a_name().xml());
    std::fs::write(folder.path().join("bad.yaml"), "policy: [").expect("written");
    let output = runner(&["test", "bad.yaml", "--policies", "policies"], folder.path());
    assert!(
        !output.status.success() && said(&output).contains("bad.yaml"),
        "{}",
        said(&output)
    );
}

/// A served tenant; it ends with the test.
struct Served {
    child: Child,
    origin: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(folder: &Path, arguments: &[&str]) -> Served {
    let mut child = Command::new(env!("CARGO_BIN_EXE_runner"))
        .args(["serve", "--policies", "policies"])
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("runner runs");
    let mut line = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out).read_line(&mut line).expect("a line");
    let origin = line
        .split_whitespace()
        .last()
        .unwrap_or_default()
        .trim_end_matches('/')
        .to_owned();
    Served { child, origin }
}

async fn get(address: &str) -> String {
    let outbound = runner::outbound::Outbound::new(&runner::config::Outbound::default()).expect("a client");
    let response = outbound.client().get(address).send().await.expect("an answer");
    response.text().await.expect("text")
}

#[tokio::test]
async fn a_tenant_is_served_and_its_journeys_are_traced() {
    let folder = folder(&asks_for_a_name().xml());
    std::fs::write(
        folder.path().join("runner.toml"),
        "listen = '127.0.0.1:1'\n[tenant]\nname = 'fabrikam'",
    )
    .expect("written");
    let served = serve(
        folder.path(),
        &["--config", "runner.toml", "--listen", "127.0.0.1:0"],
    );
    let none = runner(&["trace", "--tenant", &served.origin], folder.path());
    assert!(
        !none.status.success() && said(&none).contains("no journey has run yet"),
        "{}",
        said(&none)
    );
    let start = get(&served.origin).await;
    assert!(
        start.contains("fabrikam.onmicrosoft.com") && start.contains(ID),
        "{start}"
    );
    let run = start
        .split("href=\"")
        .find(|rest| rest.contains("/oauth2/v2.0/authorize"))
        .expect("a link");
    let run = run.split('"').next().unwrap_or_default().replace("&amp;", "&");
    assert!(get(&run).await.contains("window.SETTINGS"), "{run}");
    let list = said(&runner(
        &["trace", "--list", "--tenant", &served.origin],
        folder.path(),
    ));
    assert!(list.contains(ID), "{list}");
    let one = said(&runner(
        &["trace", "--details", "--tenant", &served.origin],
        folder.path(),
    ));
    assert!(
        one.contains("Step 1 ClaimsExchange") && one.contains("Name"),
        "{one}"
    );
}

#[test]
fn a_trace_of_nothing_says_that_nothing_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = runner(&["trace", "--tenant", "http://127.0.0.1:9"], folder.path());
    assert!(
        !output.status.success() && said(&output).contains("no tenant at"),
        "{}",
        said(&output)
    );
}

#[tokio::test]
async fn settings_beside_the_policies_fill_their_placeholders() {
    let xml = asks_for_a_name()
        .xml()
        .replace("contoso.onmicrosoft.com", "{Settings:Tenant}");
    let folder = folder(&xml);
    let settings = r#"{"Environments": [{"Name": "Development", "Tenant": "fabrikam.onmicrosoft.com", "PolicySettings": {}}]}"#;
    std::fs::write(folder.path().join("policies/appsettings.json"), settings).expect("written");
    let served = serve(folder.path(), &["--listen", "127.0.0.1:0"]);
    assert!(get(&served.origin).await.contains("fabrikam.onmicrosoft.com"));
}

/// The blocks of a language in the README.
fn examples(language: &str) -> Vec<String> {
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README");
    let fence = format!("```{language}\n");
    let blocks = readme.split(&fence).skip(1);
    blocks
        .filter_map(|rest| rest.split("```").next().map(str::to_owned))
        .collect()
}

#[test]
fn the_readme_s_examples_read() {
    let toml = examples("toml");
    let [configuration, script] = toml.as_slice() else {
        unreachable!("a configuration and a script: {toml:?}")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let written = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("written");
        file
    };
    let config = runner::config::Config::read(&written("runner.toml", configuration))
        .expect("the configuration reads");
    assert_eq!(
        (config.keys.len(), config.applications.len(), config.pages.len()),
        (2, 1, 1)
    );
    let yaml = examples("yaml").concat();
    for (name, text) in [("a.toml", script.as_str()), ("a.yaml", yaml.as_str())] {
        let script = runner::script::file::Script::read(&written(name, text)).expect("the script reads");
        assert_eq!(script.journey.len(), 1, "{name}");
    }
}
