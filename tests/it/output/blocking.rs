//! Files that cannot be read: on App Service a folder may be a share of the network. A pipe without a writer is as silent.

use std::path::Path;
use std::process::Command;

use rig::package::workspace;

use super::app::{Running, get};
use crate::architecture::handler;

const THUMBPRINT: &str = "00112233445566778899AABBCCDDEEFF00112233";

/// What speaks to the file system, each for a reason.
const MAY_BLOCK: [&str; 6] = [
    "owners.rs",                    // /proc is memory
    "telemetry.rs",                 // a copy of standard output, written by a thread of its own
    "fact_store.rs",                // opened in a thread
    "fact_store/leftovers.rs",      // called in a thread
    "secrets/prepare.rs",           // called in a thread
    "secrets/certificate_files.rs", // reads in a thread
];

/// One thread serves everybody: whoever waits for a file on it holds everybody up.
#[test]
fn files_are_read_where_it_may_take_long() {
    let folder = workspace().join("handler/src");
    let speaks = handler()
        .into_iter()
        .filter(|source| source.code.contains("std::fs"));
    let mut found: Vec<String> = speaks
        .map(|source| source.file.strip_prefix(&folder).unwrap().display().to_string())
        .collect();
    let mut known = MAY_BLOCK.map(str::to_owned);
    found.sort_unstable();
    known.sort_unstable();
    assert_eq!(found, known);
}

fn silent(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn a_certificate_that_cannot_be_read_stops_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    silent(&folder.path().join(format!("{THUMBPRINT}.p12")));
    let (mut app, _lines) = Running::start(&[
        ("AppSettings__SigningCert", ""),
        ("AppSettings__SigningCertThumbprint", THUMBPRINT),
        ("WEBSITE_LOAD_CERTIFICATES", "*"),
        ("AppSettings__CertificateFolder", folder.path().to_str().unwrap()),
    ]);
    let mut connection = app.connect();
    for _ in 0..20 {
        assert_eq!(connection.ask(&get("/", "")), 200);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert_eq!(app.terminate(), Some(0));
}

#[test]
fn an_authority_that_cannot_be_read_holds_up_no_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    silent(&file);
    let (mut app, _lines) = Running::start(&[("AppSettings__ExtraCaFile", file.to_str().unwrap())]);
    assert_eq!(app.connect().ask(&get("/", "")), 200);
    assert_eq!(app.terminate(), Some(0));
}
