//! Finding and reading policy files.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::settings::Settings;
use crate::{finding::Finding, model::Span};

/// Policies of one file must stay below this, as the service limits say: 1024 KB.
const LIMIT_BYTES: usize = 1024 * 1024;

/// One policy file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path below the policy folder, with `/`.
    pub name: Arc<str>,
    /// Text, placeholders filled.
    pub text: String,
}

/// Reads every `*.xml` below `dir`, except in hidden folders and in the settings' folder of built policies.
pub(super) fn read(dir: &Path, settings: Option<&Settings>) -> (Vec<Source>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut paths = Vec::new();
    let skipped = settings.map_or("Environments", |settings| settings.folder.as_str());
    if let Err(error) = walk(dir, skipped, &mut paths) {
        findings.push(unreadable(dir, &error));
    }
    paths.sort();
    if paths.is_empty() && findings.is_empty() {
        findings.push(empty(dir));
    }
    let mut sources = Vec::new();
    for path in paths {
        match source(dir, &path, settings) {
            Ok((source, found)) => {
                sources.push(source);
                findings.extend(found);
            }
            Err(error) => findings.push(unreadable(&path, &error)),
        }
    }
    (sources, findings)
}

fn walk(dir: &Path, skipped: &str, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && !name.eq_ignore_ascii_case(skipped) {
                walk(&entry.path(), skipped, paths)?;
            }
        } else if entry
            .path()
            .extension()
            .is_some_and(|ext| ext.eq_ignore_ascii_case("xml"))
        {
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn source(dir: &Path, path: &Path, settings: Option<&Settings>) -> io::Result<(Source, Vec<Finding>)> {
    let below = path.strip_prefix(dir).unwrap_or(path);
    let name: Arc<str> = below.to_string_lossy().replace('\\', "/").into();
    let raw = decode(&fs::read(path)?)?;
    let mut findings = Vec::new();
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let text = settings.map_or_else(|| raw.clone(), |settings| settings.fill(&raw, &stem));
    findings.extend(super::settings::unfilled(&text, &name));
    if text.len() > LIMIT_BYTES {
        findings.push(too_large(&name));
    }
    Ok((Source { name, text }, findings))
}

/// UTF-8 with or without a mark, or UTF-16 with one, as Windows editors write.
fn decode(bytes: &[u8]) -> io::Result<String> {
    let units = |rest: &[u8], to: fn([u8; 2]) -> u16| -> Vec<u16> {
        rest.chunks_exact(2)
            .filter_map(|pair| pair.try_into().ok())
            .map(to)
            .collect()
    };
    let wide = |units: Vec<u16>| {
        String::from_utf16(&units).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => narrow(rest),
        [0xFF, 0xFE, rest @ ..] => wide(units(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => wide(units(rest, u16::from_be_bytes)),
        _ => narrow(bytes),
    }
}

fn narrow(bytes: &[u8]) -> io::Result<String> {
    String::from_utf8(bytes.to_vec()).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

/// The file is no XML.
pub(super) fn malformed(source: &Source, error: &roxmltree::Error) -> Finding {
    let span = Span {
        file: Arc::clone(&source.name),
        line: error.pos().row,
    };
    Finding::error("xml", &span, format!("this is not well-formed XML: {error}"))
        .why("nothing in the file can be read")
        .instead("well-formed XML; in texts and attributes write &amp; for & and &lt; for <")
}

/// The file is XML, but no policy.
pub(super) fn foreign(span: &Span, root: &str) -> Finding {
    Finding::note(
        "not-a-policy",
        span,
        format!("`{root}` is no TrustFrameworkPolicy; the file is left out"),
    )
    .why("only policy files are uploaded")
    .instead("keep other XML outside the policy folder")
}

fn whole(name: &str) -> Span {
    Span {
        file: name.into(),
        line: 0,
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Finding {
    Finding::error(
        "file",
        &whole(&path.to_string_lossy()),
        format!("cannot be read: {error}"),
    )
    .why("a policy that is not read is not checked")
    .instead("a readable file in UTF-8")
}

fn empty(dir: &Path) -> Finding {
    Finding::error(
        "file",
        &whole(&dir.to_string_lossy()),
        "there is no policy file (*.xml) in this folder",
    )
    .why("nothing can be served or checked")
    .instead("name the folder that holds the policies")
}

fn too_large(name: &str) -> Finding {
    Finding::error("file-size", &whole(name), "the policy is larger than 1024 KB")
        .why("Azure AD B2C refuses larger policy files")
        .instead("move parts into a base policy, for example the localisation")
}

#[cfg(test)]
mod tests {
    use super::{decode, read};
    use std::fs;

    #[test]
    fn files_are_decoded_as_windows_editors_write_them() {
        assert_eq!(decode(b"\xEF\xBB\xBF<a/>").unwrap(), "<a/>");
        assert_eq!(decode(b"\xFF\xFE<\0a\0/\0>\0").unwrap(), "<a/>");
        assert_eq!(decode(b"\xFE\xFF\0<\0a\0/\0>").unwrap(), "<a/>");
        assert!(decode(b"\xC3\x28").is_err());
    }

    #[test]
    fn built_policies_and_hidden_folders_are_left_out() {
        let dir = tempfile::tempdir().unwrap();
        for below in ["Environments/Test", ".git", "more"] {
            fs::create_dir_all(dir.path().join(below)).unwrap();
            fs::write(dir.path().join(below).join("a.xml"), "<a/>").unwrap();
        }
        let (sources, findings) = read(dir.path(), None);
        assert_eq!(
            sources.iter().map(|s| &*s.name).collect::<Vec<_>>(),
            ["more/a.xml"]
        );
        assert_eq!(findings, []);
    }

    #[test]
    fn a_folder_without_policies_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path(), None).1[0].rule, "file");
        assert_eq!(read(&dir.path().join("missing"), None).1[0].rule, "file");
    }
}
