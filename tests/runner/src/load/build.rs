//! Policies and pages as they are uploaded: every placeholder filled.

use std::fs;
use std::path::Path;

use super::settings::{Settings, unfilled};
use crate::finding::Finding;

/// Endings of files that may hold placeholders; others are copied as they are.
const TEXTS: [&str; 7] = ["xml", "html", "css", "js", "json", "svg", "txt"];
/// Not part of what is uploaded.
const LEFT_OUT: [&str; 3] = ["appsettings.json", "README.md", "tests"];

/// Copies the files of `from` (and of folders in it) to `to`, filled; tells how many, and which placeholder has no setting.
///
/// # Errors
/// A file or folder that cannot be read or written.
pub fn build(from: &Path, settings: &Settings, to: &Path) -> std::io::Result<(usize, Vec<Finding>)> {
    fs::create_dir_all(to)?;
    let (mut count, mut findings) = (0, Vec::new());
    for entry in fs::read_dir(from)? {
        let (path, name) = {
            let entry = entry?;
            (entry.path(), entry.file_name())
        };
        // The output may lie within the input; it is not built again.
        if LEFT_OUT.iter().any(|left| name == *left) || to.starts_with(&path) {
            continue;
        }
        let target = to.join(&name);
        if path.is_dir() {
            let (below, found) = build(&path, settings, &target)?;
            count += below;
            findings.extend(found);
        } else {
            findings.extend(file(&path, settings, &target)?);
            count += 1;
        }
    }
    Ok((count, findings))
}

fn file(path: &Path, settings: &Settings, target: &Path) -> std::io::Result<Vec<Finding>> {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    if !TEXTS.contains(&ending) {
        fs::copy(path, target)?;
        return Ok(Vec::new());
    }
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    let text = settings.fill(&fs::read_to_string(path)?, stem);
    fs::write(target, &text)?;
    Ok(unfilled(&text, &path.display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let text = r#"{ "Environments": [ { "Name": "Test", "Tenant": "t.onmicrosoft.com", "PolicySettings": { "Url": "https://x" } } ] }"#;
        Settings::parse(text, None).unwrap()
    }

    #[test]
    fn texts_are_filled_and_other_files_copied() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir_all(from.join("deep")).unwrap();
        fs::write(from.join("p.html"), "<a href='{Settings:Url}/x'>").unwrap();
        fs::write(from.join("deep/i.png"), [0x89, 0xff]).unwrap();
        fs::write(from.join("appsettings.json"), "{}").unwrap();
        fs::create_dir_all(from.join("tests")).unwrap();
        fs::write(from.join("tests/approved.toml"), "").unwrap();
        let (count, findings) = build(&from, &settings(), &to).unwrap();
        assert_eq!((count, findings.len()), (2, 0));
        assert_eq!(
            fs::read_to_string(to.join("p.html")).unwrap(),
            "<a href='https://x/x'>"
        );
        assert_eq!(fs::read(to.join("deep/i.png")).unwrap(), [0x89, 0xff]);
        assert!(!to.join("appsettings.json").exists() && !to.join("tests").exists());
    }

    #[test]
    fn a_placeholder_without_setting_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("p.xml"), "{Settings:Nothing}").unwrap();
        let (_, findings) = build(folder.path(), &settings(), &folder.path().join("out")).unwrap();
        assert_eq!(findings.len(), 1);
    }
}
