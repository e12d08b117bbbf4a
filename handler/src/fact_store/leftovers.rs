//! Files that killed processes have left unfinished: a document is written to a file of its own, `name#1`, and gets its name
//! by a hard link when it is complete. Nobody lists or reads such a file, but it stays.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Whoever writes has long finished by then.
const OLD: Duration = Duration::from_secs(3600);

/// Removes those below a folder that are old enough. Gives their number.
pub(super) fn remove(folder: &Path, now: SystemTime) -> io::Result<u32> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            removed += remove(&entry.path(), now)?;
        } else if is_leftover(&entry, now)? {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn is_leftover(entry: &DirEntry, now: SystemTime) -> io::Result<bool> {
    let name = entry.file_name();
    let number = name
        .to_str()
        .and_then(|name| name.rsplit_once('#'))
        .map(|(_, number)| number);
    if !number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
        return Ok(false);
    }
    let age = now.duration_since(entry.metadata()?.modified()?);
    Ok(age.is_ok_and(|age| age >= OLD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_old_and_unfinished_goes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("facts/2");
        fs::create_dir_all(&below).unwrap();
        let (long_ago, now) = (SystemTime::UNIX_EPOCH, SystemTime::UNIX_EPOCH + OLD * 2);
        for (name, is_old) in [
            ("a.json", true),
            ("a.json#1", true),
            ("b.json#2", false),
            ("c#x", true),
        ] {
            let file = fs::File::create(below.join(name)).unwrap();
            if is_old {
                file.set_modified(long_ago).unwrap();
            }
        }
        assert_eq!(remove(folder.path(), now).unwrap(), 1);
        let mut left: Vec<_> = fs::read_dir(&below)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["a.json", "b.json#2", "c#x"]);
    }
}
