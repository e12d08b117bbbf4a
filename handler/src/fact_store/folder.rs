//! Creates documents in a folder of this machine: written to a file of their own, flushed, and given their name by a hard
//! link, which fails where there is one.
//!
//! `object_store` does the same, and flushes new folders before there is anything in them: a file system with a journal
//! writes it for each flush. Here they are flushed with what lies in them.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::Created;

/// Creates a document unless there is one of that name. What this has created survives a power cut when it returns, with its
/// name and the folders that it has made for it.
///
/// # Errors
/// The file system's; a half-written document may be left behind under a name that nobody reads.
pub(super) fn create(root: &Path, name: &str, document: &[u8]) -> io::Result<Created> {
    let target = root.join(name);
    let folder = target.parent().unwrap_or(root);
    let changed = make(folder)?;
    let (file, staged) = stage(&target)?;
    let published = publish(file, &staged, &target, document);
    // Durable or not: what is left of it nobody reads.
    let _tidied = fs::remove_file(&staged);
    match published {
        Ok(()) => {
            std::iter::once(folder)
                .chain(changed.iter().map(PathBuf::as_path))
                .try_for_each(flush)?;
            Ok(Created::New)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(Created::Existed),
        Err(error) => Err(error),
    }
}

/// Makes a folder with those above it. Gives those that got a new entry by that.
fn make(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(folder)?;
    let above = missing.into_iter().filter_map(Path::parent);
    Ok(above.map(Path::to_owned).collect())
}

/// A new file beside the target; `leftovers` knows it by its name.
fn stage(target: &Path) -> io::Result<(File, PathBuf)> {
    let mut number = 1;
    loop {
        let mut staged = target.as_os_str().to_owned();
        staged.push(format!("#{number}"));
        match File::create_new(&staged) {
            Ok(file) => return Ok((file, staged.into())),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    }
}

/// The content is on the disk before it has its name: after a power cut a name without it would be a fact that says nothing.
fn publish(mut file: File, staged: &Path, target: &Path, document: &[u8]) -> io::Result<()> {
    file.write_all(document)?;
    file.sync_all()?;
    drop(file);
    fs::hard_link(staged, target)
}

fn flush(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        fs::read_dir(folder).unwrap().map(name).collect()
    }

    #[test]
    fn the_first_document_stays_and_nothing_else_is_left() {
        let root = tempfile::tempdir().unwrap();
        let create = |document: &[u8]| create(root.path(), "a/b/c.json", document).unwrap();
        assert_eq!(create(b"one"), Created::New);
        assert_eq!(create(b"two"), Created::Existed);
        let folder = root.path().join("a/b");
        assert_eq!(fs::read(folder.join("c.json")).unwrap(), b"one");
        assert_eq!(files(&folder), ["c.json"]);
    }

    #[test]
    fn what_another_has_left_unfinished_is_passed_over() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("c.json#1"), b"half").unwrap();
        assert_eq!(create(root.path(), "c.json", b"whole").unwrap(), Created::New);
        assert_eq!(fs::read(root.path().join("c.json")).unwrap(), b"whole");
        assert_eq!(fs::read(root.path().join("c.json#1")).unwrap(), b"half");
    }

    #[test]
    fn folders_that_got_an_entry_are_told_from_those_that_were_there() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        assert_eq!(
            make(&folder).unwrap(),
            [root.path().join("a"), root.path().to_owned()]
        );
        assert!(make(&folder).unwrap().is_empty());
    }

    #[test]
    fn of_many_at_once_one_creates() {
        let root = tempfile::tempdir().unwrap();
        let created: Vec<Created> = std::thread::scope(|scope| {
            let create = |_| scope.spawn(|| create(root.path(), "a/b.json", b"x").unwrap());
            let all: Vec<_> = (0..16).map(create).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(
            created.iter().filter(|created| **created == Created::New).count(),
            1
        );
    }
}
