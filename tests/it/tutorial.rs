//! `docs/tutorial.md`, followed literally: all its commands, one after the other, in one shell.
//!
//! `git`, `az` and `func` are played by scripts that write down what they were asked and look whether the files named there
//! exist; `cargo rig` is this build's own, and packages a file instead of compiling a release.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use handler::testing::Certificate;
use rig::package::workspace;
use runner::finding::Severity;
use runner::load;

use crate::migrating::{contract, sample};

/// What stands in for a program that cannot run here.
const RECORDER: &str = r#"#!/bin/sh
echo "$(basename "$0") $*" >> "$LOG"
for word in "$@"; do
  case "$word" in
    @*) test -e "${word#@}" || { echo "no file ${word#@}" >&2; exit 3; } ;;
    keys/* | target/*) test -e "$word" || { echo "no file $word" >&2; exit 3; } ;;
  esac
done
"#;

const GIT: &str = r#"#!/bin/sh
test "$1 $2" = "clone https://github.com/azure-ad-b2c/partner-integrations" || exit 3
mkdir -p partner-integrations/samples && cp -r "$SAMPLE" partner-integrations/samples/Jumio
"#;

const CARGO: &str = r#"#!/bin/sh
case "$*" in
  "rig package --release") exec "$RIG" package --handler "$RIG" --into target/app ;;
  "rig "*) shift; exec "$RIG" "$@" ;;
  "run --package runner -- check "*) test -d "$6" && echo "cargo $*" >> "$LOG" ;;
  *) echo "nobody plays cargo $*" >&2; exit 3 ;;
esac
"#;

/// The commands of the page: what stands in its `sh` blocks.
fn commands() -> String {
    let text = std::fs::read_to_string(workspace().join("docs/tutorial.md")).unwrap();
    let blocks = text
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap());
    blocks.collect()
}

/// A folder in which the page was followed.
struct Followed {
    folder: tempfile::TempDir,
    printed: String,
}

impl Followed {
    fn with(sample: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let programs = folder.path().join("programs");
        std::fs::create_dir(&programs).unwrap();
        for (name, text) in [
            ("git", GIT),
            ("cargo", CARGO),
            ("az", RECORDER),
            ("func", RECORDER),
        ] {
            program(&programs.join(name), text);
        }
        let mut path = programs.into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &commands()])
            .current_dir(folder.path())
            .env("PATH", path)
            .env("LOG", folder.path().join("asked"))
            .env("SAMPLE", sample)
            .env("RIG", env!("CARGO_BIN_EXE_rig"))
            .output()
            .unwrap();
        let (told, errors) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "{told}\n{errors}");
        Self {
            folder,
            printed: format!("{told}\n{errors}"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Every file below a folder, as text, with its name.
    fn texts(&self, name: &str) -> Vec<(PathBuf, String)> {
        let mut folders = vec![self.path(name)];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    let bytes = std::fs::read(entry.path()).unwrap();
                    found.push((entry.path(), String::from_utf8_lossy(&bytes).into_owned()));
                }
            }
        }
        found
    }
}

fn program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn every_command_runs_on_our_own_pages_and_policies_of_the_same_contract() {
    let samples = contract();
    holds(&Followed::with(samples.path()), samples.path());
}

#[test]
fn every_command_runs_on_the_sample_itself() {
    let Some(sample) = sample() else { return };
    holds(&Followed::with(&sample), &sample);
}

fn holds(followed: &Followed, sample: &Path) {
    certificate_opens(followed);
    nothing_secret_was_printed(followed);
    settings_are_known(followed);
    pages_are_public(followed, sample);
    policies_are_complete(followed);
    everybody_was_asked(followed);
}

/// The handler's own reader opens it, and it is the certificate whose thumbprint was printed.
fn certificate_opens(followed: &Followed) {
    let der = std::fs::read(followed.path("keys/signing.pfx")).unwrap();
    let password = followed.text("keys/AppSettings--SigningCertPassword");
    assert!(Certificate::from_pkcs12(&der, &password).is_ok());
    let opened = openssl::pkcs12::Pkcs12::from_der(&der)
        .unwrap()
        .parse2(&password)
        .unwrap();
    let digest = opened
        .cert
        .unwrap()
        .digest(openssl::hash::MessageDigest::sha1())
        .unwrap();
    let thumbprint = loopback::random::to_hex(&digest).to_uppercase();
    assert!(followed.printed.contains(&thumbprint));
    assert!(followed.text("settings.json").contains(&thumbprint));
}

fn nothing_secret_was_printed(followed: &Followed) {
    for (file, secret) in followed.texts("keys") {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name != ".gitignore" && name != "signing.pfx" {
            assert!(!followed.printed.contains(&secret), "{name}");
        }
    }
}

fn settings_are_known(followed: &Followed) {
    let settings: Vec<serde_json::Value> = serde_json::from_str(&followed.text("settings.json")).unwrap();
    let table = handler::testing::settings::markdown_table();
    assert!(settings.len() > 10);
    for setting in settings {
        let name = setting["name"]
            .as_str()
            .unwrap()
            .replace("__0__", "__<n>__")
            .replace("__", ":");
        assert!(!setting["value"].as_str().unwrap().is_empty(), "{name}");
        assert!(table.contains(&format!("| `{name}` |")), "{name} is no setting");
    }
}

fn pages_are_public(followed: &Followed, sample: &Path) {
    let secret = followed.text("keys/Sample--BaseSecret");
    let pages = followed.texts("target/filled/ui");
    let (mut polls, mut names) = (0, BTreeSet::new());
    for (file, text) in pages {
        assert!(
            !text.contains(&secret) && !text.contains("{your-"),
            "{}",
            file.display()
        );
        polls += text
            .matches("\"https://idv.contoso.example/api/Jumio/VerifyTransactionStatus\"")
            .count();
        names.insert(
            file.strip_prefix(followed.path("target/filled/ui"))
                .unwrap()
                .to_owned(),
        );
    }
    assert_eq!(polls, 1);
    assert!(
        names.iter().all(|name| sample.join("UI").join(name).is_file()),
        "{names:?}"
    );
}

fn policies_are_complete(followed: &Followed) {
    let secret = followed.text("keys/Sample--BaseSecret");
    let loaded = load::folder(&followed.path("target/filled/policies"), None);
    let errors: Vec<_> = loaded
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let texts: String = loaded.sources.iter().map(|source| source.text.as_str()).collect();
    let base = format!("https://idv.contoso.example/api/jumio/{secret}/api/");
    for (path, count) in [
        ("Jumio/InitializeTransaction", 1),
        ("Jumio/InitializeVerification", 1),
        ("Jumio/ValidateVerificationToken", 1),
        ("Oidc/.well-known/openid-configuration", 1),
    ] {
        assert_eq!(texts.matches(&format!("{base}{path}<")).count(), count, "{path}");
    }
    assert!(texts.contains("https://contosopages.blob.core.windows.net/pages/ocean_blue/jsPoller.html"));
    assert!(texts.contains("contoso.onmicrosoft.com"));
    let order: Vec<usize> = [
        "TrustFrameworkBase.xml",
        "TrustFrameworkExtensions.xml",
        "SignUpOrSignin.xml",
    ]
    .map(|name| followed.printed.find(&format!("policies/{name}")).unwrap())
    .into();
    assert!(order.is_sorted(), "{}", followed.printed);
}

/// The programs that were played got what the page says: a block that is never reached would be noticed here.
fn everybody_was_asked(followed: &Followed) {
    let asked = followed.text("asked");
    for expected in [
        "func azure functionapp publish idv-contoso",
        "az functionapp config ssl upload",
        "az keyvault certificate import",
        "az keyvault secret set --vault-name idv-contoso --name Sample--BaseSecret",
        "az functionapp config appsettings set",
        "az functionapp cors add",
        "az storage blob upload-batch",
        "az storage cors add",
        "cargo run --package runner -- check target/filled/policies",
        "az rest --method GET",
    ] {
        assert!(asked.contains(expected), "{expected}: {asked}");
    }
    assert!(followed.path("target/app/host.json").is_file());
}
