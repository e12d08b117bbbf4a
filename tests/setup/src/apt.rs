//! Installs what is missing on Debian, or says exactly what to install.

use std::process::{Command, Stdio};

use crate::machine::Machine;
use crate::needs::Need;

/// Installs the packages of `missing` when that needs no question, else returns what to tell the reader.
pub(crate) fn install(machine: &Machine, missing: &[Need]) -> Result<(), String> {
    if !machine.may_install() {
        return Err(advice(missing));
    }
    let packages = packages(missing);
    eprintln!("rig: installing {}", packages.join(" "));
    // The lists may be older than the mirror, or not there at all in a container: a first refusal asks for new ones.
    if apt_get(&install_arguments(&packages))
        || (apt_get(&["update"]) && apt_get(&install_arguments(&packages)))
    {
        return Ok(());
    }
    Err(advice(missing))
}

/// Installs the packages of `wishes` where that needs no question; nothing fails without them.
pub(crate) fn wish(machine: &Machine, wishes: &[Need]) {
    if wishes.is_empty() || !machine.may_install() || install(machine, wishes).is_ok() {
        return;
    }
    eprintln!(
        "rig: it goes on without {}, only slower",
        packages(wishes).join(" ")
    );
}

/// What a person types to get what is missing.
pub(crate) fn advice(missing: &[Need]) -> String {
    let what: Vec<&str> = missing.iter().map(|need| need.what).collect();
    let packages = packages(missing).join(" ");
    format!(
        "rig: this machine lacks {}.\nInstall it, then run the command again. On Debian or Ubuntu:\n\n    \
         sudo apt-get update && sudo apt-get install --no-install-recommends {packages}\n",
        what.join(", ")
    )
}

fn packages(missing: &[Need]) -> Vec<&'static str> {
    missing
        .iter()
        .flat_map(|need| need.packages.iter().copied())
        .collect()
}

fn install_arguments<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    [&["install", "-y", "-qq", "--no-install-recommends"], packages].concat()
}

/// apt's own progress is noise; its errors are not.
fn apt_get(arguments: &[&str]) -> bool {
    Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needs;

    #[test]
    fn the_advice_names_every_package() {
        let text = advice(needs::of(&["test"]));
        for package in [
            "gcc",
            "libssl-dev",
            "nodejs",
            "npm",
            "chromium",
            "fonts-dejavu-core",
            "python3-venv",
        ] {
            assert!(text.contains(package), "{package} is not in: {text}");
        }
    }

    #[test]
    fn a_machine_without_apt_gets_advice_instead() {
        let nothing = Machine::at(std::path::Path::new("/nonexistent"), &[]);
        let refusal = install(&nothing, needs::of::<&str>(&[])).unwrap_err();
        assert!(refusal.contains("sudo apt-get install"));
    }
}
