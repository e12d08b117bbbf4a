//! Writes the folder to upload, over nothing that was not made here.
//!
//! What was made is noted beside the folder, not in it, so that it is not uploaded: `FOLDER.sha256`, in the form that
//! `sha256sum --check` reads from inside the folder.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use loopback::random::to_hex;
use openssl::sha::sha256;
use runner::private_file;

use super::blanks::Kind;
use super::input::File;

/// Name → SHA-256, hexadecimal.
type Made = BTreeMap<String, String>;

/// Writes the files, and removes what an earlier call made and this one does not. Policies are for their owner alone.
///
/// # Errors
/// A folder inside the other; a file in the way that was not made here, or was changed since. Nothing is written then.
pub fn write(from: &Path, out: &Path, files: &[File], kind: Kind) -> Result<()> {
    apart(from, out)?;
    let list = list(out);
    let before = read(&list)?;
    for file in files {
        ours(out, &file.name, &before)?;
    }
    let made: Made = files
        .iter()
        .map(|file| (file.name.clone(), digest(&file.bytes)))
        .collect();
    for (name, digest) in before.iter().filter(|(name, _)| !made.contains_key(*name)) {
        remove(&out.join(name), digest)?;
    }
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    std::fs::write(&list, text(&made)).with_context(|| list.display().to_string())?;
    files.iter().try_for_each(|file| put(out, file, kind))
}

/// Neither may lie in the other: what is made would be read again, or what is read be overwritten.
fn apart(from: &Path, out: &Path) -> Result<()> {
    let from = from.canonicalize().with_context(|| from.display().to_string())?;
    let out = resolved(out)?;
    ensure!(
        !out.starts_with(&from) && !from.starts_with(&out),
        "{} and {} lie in each other: name a folder elsewhere",
        from.display(),
        out.display()
    );
    Ok(())
}

/// The folder's real path, also when it is not there yet.
fn resolved(folder: &Path) -> Result<PathBuf> {
    let whole = std::path::absolute(folder)?;
    let there = whole
        .ancestors()
        .find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (above, real) = there.with_context(|| whole.display().to_string())?;
    Ok(real.join(whole.strip_prefix(above)?))
}

fn list(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".sha256");
    out.with_file_name(name)
}

fn read(list: &Path) -> Result<Made> {
    if !list.exists() {
        return Ok(Made::new());
    }
    let text = std::fs::read_to_string(list).with_context(|| list.display().to_string())?;
    let pair = |line: &str| {
        line.split_once("  ")
            .map(|(digest, name)| (name.to_owned(), digest.to_owned()))
    };
    Ok(text.lines().filter_map(pair).collect())
}

fn text(made: &Made) -> String {
    made.iter().fold(String::new(), |mut text, (name, digest)| {
        let _ = writeln!(text, "{digest}  {name}"); // writing to a String cannot fail
        text
    })
}

/// Refuses a file in the way that is not as it was made here.
fn ours(out: &Path, name: &str, before: &Made) -> Result<()> {
    let path = out.join(name);
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    let now = path.is_file().then(|| std::fs::read(&path)).transpose()?;
    let same = now.is_some_and(|bytes| before.get(name) == Some(&digest(&bytes)));
    ensure!(
        same,
        "{} is in the way: it was not made by this command, or changed since. Move it, or name another folder",
        path.display()
    );
    Ok(())
}

/// Only what is still as it was made; anything else is somebody's.
fn remove(path: &Path, made: &str) -> Result<()> {
    let unchanged = std::fs::read(path).is_ok_and(|bytes| digest(&bytes) == made);
    if unchanged {
        std::fs::remove_file(path).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn put(out: &Path, file: &File, kind: Kind) -> Result<()> {
    let path = out.join(&file.name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    match kind {
        Kind::Policy => private_file::write(&path, &file.bytes),
        Kind::Page => std::fs::write(&path, &file.bytes).with_context(|| path.display().to_string()),
    }
}

fn digest(bytes: &[u8]) -> String {
    to_hex(&sha256(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("from")).unwrap();
            Self(folder)
        }

        fn out(&self) -> PathBuf {
            self.0.path().join("out")
        }

        fn write(&self, files: &[(&str, &str)]) -> Result<()> {
            let file = |(name, text): &(&str, &str)| File {
                name: (*name).into(),
                bytes: text.as_bytes().into(),
            };
            let files: Vec<File> = files.iter().map(file).collect();
            write(&self.0.path().join("from"), &self.out(), &files, Kind::Page)
        }

        fn text(&self, name: &str) -> String {
            std::fs::read_to_string(self.out().join(name)).unwrap()
        }
    }

    #[test]
    fn what_was_made_is_made_again_and_what_is_gone_removed() {
        let place = Place::new();
        place.write(&[("a.html", "1"), ("css/b.css", "1")]).unwrap();
        place.write(&[("a.html", "2")]).unwrap();
        assert_eq!(place.text("a.html"), "2");
        assert!(!place.out().join("css/b.css").exists());
    }

    #[test]
    fn a_file_of_somebody_is_not_overwritten() {
        let place = Place::new();
        std::fs::create_dir(place.out()).unwrap();
        std::fs::write(place.out().join("a.html"), "mine").unwrap();
        assert!(
            place
                .write(&[("0.html", "1"), ("a.html", "1")])
                .unwrap_err()
                .to_string()
                .contains("in the way")
        );
        assert_eq!(place.text("a.html"), "mine");
        assert!(!place.out().join("0.html").exists(), "nothing is written then");
    }

    #[test]
    fn a_file_that_was_changed_since_is_neither_overwritten_nor_removed() {
        let place = Place::new();
        place.write(&[("a.html", "1"), ("b.html", "1")]).unwrap();
        std::fs::write(place.out().join("a.html"), "edited").unwrap();
        assert!(place.write(&[("a.html", "2")]).is_err());
        place.write(&[("b.html", "2")]).unwrap();
        assert_eq!(place.text("a.html"), "edited");
    }

    #[test]
    fn a_link_in_the_way_is_not_written_through() {
        let place = Place::new();
        let target = place.0.path().join("target");
        std::fs::write(&target, "mine").unwrap();
        std::fs::create_dir(place.out()).unwrap();
        std::os::unix::fs::symlink(&target, place.out().join("a.html")).unwrap();
        assert!(place.write(&[("a.html", "1")]).is_err());
        assert_eq!(std::fs::read_to_string(target).unwrap(), "mine");
    }

    #[test]
    fn folders_in_each_other_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("out/deeper");
        assert!(write(folder.path(), &inside, &[], Kind::Page).is_err());
        std::fs::create_dir_all(&inside).unwrap();
        assert!(write(&inside, &folder.path().join("out"), &[], Kind::Page).is_err());
        assert!(write(folder.path(), folder.path(), &[], Kind::Page).is_err());
    }

    #[test]
    fn the_list_is_what_sha256sum_reads() {
        let place = Place::new();
        place.write(&[("a.html", "abc")]).unwrap();
        assert_eq!(
            std::fs::read_to_string(place.0.path().join("out.sha256")).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.html\n"
        );
    }
}
