//! `--open`: the first page in the browser of this machine.

use std::process::{Command, Stdio};

/// What opens an address, on Linux and on macOS.
const OPENERS: [&str; 2] = ["xdg-open", "open"];

/// Opens the address, or says why not.
pub(super) fn open(address: &str) -> Option<String> {
    let is_opened = OPENERS.iter().any(|program| starts(program, address));
    (!is_opened).then(|| {
        format!(
            "no browser was opened: this machine has neither {}",
            OPENERS.join(" nor ")
        )
    })
}

fn starts(program: &str, address: &str) -> bool {
    let mut command = Command::new(program);
    command
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match command.spawn() {
        Ok(mut child) => {
            // Waited for, or it would stay in the table of processes until the rig ends.
            std::thread::spawn(move || child.wait());
            true
        }
        Err(_not_there) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn the_program_gets_the_address() {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("told");
        assert!(starts("touch", address.to_str().unwrap()));
        let limit = Instant::now() + Duration::from_secs(30);
        while !address.exists() {
            assert!(Instant::now() < limit, "nobody was told");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_machine_without_one_is_no_failure() {
        assert!(!starts("/nowhere/opener", "http://localhost:7080"));
    }
}
