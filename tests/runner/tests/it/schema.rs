//! The published schema (`TrustFrameworkPolicy_0.3.0.0.xsd`, part of Microsoft's starter packs) accepts our policies.

use crate::starterpacks::root;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One expression of the schema is none for libxml2, which reads XML Schema's dialect instead of .NET's. The pattern
/// beside it is anchored as .NET's are, so the type takes anything here: the addresses of pages.
const NOT_XML_SCHEMA: &str = r#"value="^urn:[a-z0-9][a-z0-9-]{0,31}:"#;

/// The schema with that one expression loosened, in `folder`.
fn schema(root: &Path, folder: &Path) -> PathBuf {
    let published =
        std::fs::read_to_string(root.join("TrustFrameworkPolicy_0.3.0.0.xsd")).expect("the schema reads");
    let mut loosened = 0;
    let line = |line: &str| {
        if line.contains(NOT_XML_SCHEMA) {
            loosened += 1;
            return "<xs:pattern value=\".*\" />".to_owned();
        }
        line.to_owned()
    };
    let lines: Vec<String> = published.lines().map(line).collect();
    assert_eq!(loosened, 1, "the schema is another than expected");
    let file = folder.join("policy.xsd");
    std::fs::write(&file, lines.join("\n")).expect("written");
    file
}

/// What xmllint says of files, or `None` when it is not installed.
fn xmllint(schema: &Path, files: &[PathBuf]) -> Option<(bool, String)> {
    let output = Command::new("xmllint")
        .args(["--noout", "--schema"])
        .arg(schema)
        .args(files)
        .output();
    let Ok(output) = output else {
        println!("SKIPPED: xmllint is not installed (package libxml2-utils)");
        return None;
    };
    Some((
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder reads");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    files
}

#[test]
fn it_accepts_our_policies_as_they_are_uploaded() {
    let Some(root) = root() else { return };
    let out = tempfile::tempdir().expect("a folder");
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let built = Command::new(env!("CARGO_BIN_EXE_runner"))
        .arg("build")
        .arg(&policies)
        .args(["--environment", "Production", "--out"])
        .arg(out.path())
        .output()
        .expect("runner runs");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let files = files(out.path());
    assert!(files.len() >= 5, "{files:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let Some((accepted, said)) = xmllint(&schema(&root, folder.path()), &files) else {
        return;
    };
    assert!(accepted, "{said}");
}

#[test]
fn it_refuses_what_the_runner_s_own_schema_refuses() {
    let Some(root) = root() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let good = crate::policy::Policy::default().xml();
    let cases = [
        (good.clone(), true),
        (good.replace("PolicySchemaVersion=\"0.3.0.0\"", ""), false),
        (good.replace("Type=\"SendClaims\"", "Type=\"SendToken\""), false),
        (
            good.replace("<DisplayName>Contoso</DisplayName>", "<Name>Contoso</Name>"),
            false,
        ),
        (
            good.replace("<UserJourneys>", "<UserJourneys><ClaimsProviders />"),
            false,
        ),
    ];
    let schema = schema(&root, folder.path());
    for (text, right) in cases {
        let file = folder.path().join("policy.xml");
        std::fs::write(&file, &text).expect("written");
        let Some((accepted, said)) = xmllint(&schema, &[file]) else {
            return;
        };
        assert_eq!(accepted, right, "{said}");
        let source = runner::load::Source {
            name: "policy.xml".into(),
            text,
        };
        let findings = runner::load::from_sources(vec![source], vec![]).findings;
        let refused = findings.iter().any(|finding| finding.rule.starts_with("schema"));
        assert_eq!(!refused, right, "{findings:#?}");
    }
}
