//! Reads the folder that is filled.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

/// Far more than pages or policies weigh: whoever names the wrong folder learns it early.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// The same for their number.
const MOST_FILES: usize = 2000;
/// Not part of what is uploaded.
const LEFT_OUT: [&str; 3] = ["README.md", "appsettings.json", "tests"];

/// A file in memory.
#[derive(Clone, Debug)]
pub struct File {
    /// Path below the folder, with `/`.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl File {
    /// Whether its name ends in one of these, in any case, after a dot.
    #[must_use]
    pub fn ends_with_any(&self, endings: &[&str]) -> bool {
        let ending = self
            .name
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| endings.contains(&ending.as_str()))
    }

    /// Its text.
    ///
    /// # Errors
    /// Another encoding than UTF-8.
    pub fn text(&self) -> Result<String> {
        let text = String::from_utf8(self.bytes.clone());
        text.with_context(|| {
            format!(
                "{} is not UTF-8: save it so, placeholders cannot be found in it",
                self.name
            )
        })
    }
}

/// Everything below the folder that is uploaded.
///
/// # Errors
/// A folder that cannot be read, is too large, or holds what is neither a file nor a folder.
pub fn pages(folder: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    walk(folder, "", &mut 0, &mut files, &|_| true)?;
    Ok(files)
}

/// The policies of the folder, and of folders in it.
///
/// # Errors
/// As [`pages`].
pub fn policies(folder: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let is_policy = |name: &str| name.to_ascii_lowercase().ends_with(".xml");
    walk(folder, "", &mut 0, &mut files, &is_policy)?;
    Ok(files)
}

fn walk(
    folder: &Path,
    below: &str,
    weight: &mut u64,
    files: &mut Vec<File>,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut entries = entries.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else {
            bail!("{} has a name that is no text", entry.path().display());
        };
        if name.starts_with('.') || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let kind = entry.file_type()?;
        let path = format!("{below}{name}");
        if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), weight, files, wanted)?;
        } else if wanted(&name) {
            ensure!(kind.is_file(), "{path} is neither a file nor a folder");
            *weight += entry.metadata()?.len();
            ensure!(
                *weight <= MOST_BYTES && files.len() < MOST_FILES,
                "this is more than pages or policies can be: is it the right folder?"
            );
            let bytes = std::fs::read(entry.path()).with_context(|| entry.path().display().to_string())?;
            files.push(File { name: path, bytes });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(files: &[File]) -> Vec<&str> {
        files.iter().map(|file| file.name.as_str()).collect()
    }

    #[test]
    fn what_is_not_uploaded_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.html", "README.md", "appsettings.json", ".hidden", "b.xml"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        std::fs::create_dir_all(folder.path().join("css")).unwrap();
        std::fs::write(folder.path().join("css/c.css"), "x").unwrap();
        assert_eq!(
            names(&pages(folder.path()).unwrap()),
            ["a.html", "b.xml", "css/c.css"]
        );
        assert_eq!(names(&policies(folder.path()).unwrap()), ["b.xml"]);
    }

    #[test]
    fn a_link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("a.html")).unwrap();
        assert!(pages(folder.path()).unwrap_err().to_string().contains("neither"));
    }

    #[test]
    fn another_encoding_is_refused() {
        let file = File {
            name: "a.html".into(),
            bytes: vec![0xff, 0xfe, 0],
        };
        assert!(file.text().unwrap_err().to_string().contains("UTF-8"));
        assert!(file.ends_with_any(&["html"]) && !file.ends_with_any(&["ht"]));
    }

    #[test]
    fn too_many_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for at in 0..=MOST_FILES {
            std::fs::write(folder.path().join(format!("{at}.txt")), "").unwrap();
        }
        assert!(
            pages(folder.path())
                .unwrap_err()
                .to_string()
                .contains("right folder")
        );
    }
}
