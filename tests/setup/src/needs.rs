//! What each sub-command needs from the machine, and which Debian package brings it.

use crate::machine::Machine;

/// One thing that must be on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// In the reader's words.
    pub(crate) what: &'static str,
    /// Debian packages that bring it.
    pub(crate) packages: &'static [&'static str],
    found: Found,
}

/// How to tell that a need is met without calling the package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Program(&'static str),
    OneProgramOf(&'static [&'static str]),
    OpensslHeaders,
    Node { at_least: u32 },
    Fonts,
    Venv,
}

const COMPILER: Need = Need {
    what: "a C compiler and linker",
    packages: &["gcc", "libc6-dev"],
    found: Found::Program("cc"),
};
const CPP: Need = Need {
    what: "a C++ compiler",
    packages: &["g++"],
    found: Found::Program("c++"),
};
const PKG_CONFIG: Need = Need {
    what: "pkg-config",
    packages: &["pkg-config"],
    found: Found::Program("pkg-config"),
};
const OPENSSL: Need = Need {
    what: "OpenSSL's headers",
    packages: &["libssl-dev"],
    found: Found::OpensslHeaders,
};
const MAKE: Need = Need {
    what: "make",
    packages: &["make"],
    found: Found::Program("make"),
};
const PERL: Need = Need {
    what: "perl",
    packages: &["perl"],
    found: Found::Program("perl"),
};
const NODE: Need = Need {
    what: "Node.js 18 or later",
    packages: &["nodejs"],
    found: Found::Node { at_least: 18 },
};
const NPM: Need = Need {
    what: "npm",
    packages: &["npm"],
    found: Found::Program("npm"),
};
const CHROMIUM: Need = Need {
    what: "Chromium",
    packages: &["chromium"],
    found: Found::OneProgramOf(&["chromium", "chromium-browser", "google-chrome"]),
};
const SHELL: Need = Need {
    what: "Chromium without windows",
    packages: &["chromium-headless-shell"],
    found: Found::Program("chromium-headless-shell"),
};
const FONTS: Need = Need {
    what: "fonts with Latin and Arabic letters",
    packages: &["fonts-dejavu-core"],
    found: Found::Fonts,
};

const PYTHON: Need = Need {
    what: "Python 3 with venv",
    packages: &["python3-venv"],
    found: Found::Venv,
};

/// Enough to build everything against the system's OpenSSL.
const BUILD: &[Need] = &[COMPILER, PKG_CONFIG, OPENSSL];
/// Also compiles OpenSSL itself into the deployable binary.
const VENDORED: &[Need] = &[COMPILER, PKG_CONFIG, OPENSSL, MAKE, PERL];
/// Also compiles libFuzzer.
const FUZZER: &[Need] = &[COMPILER, CPP, PKG_CONFIG, OPENSSL];
/// Also runs Azurite.
const AZURITE: &[Need] = &[COMPILER, PKG_CONFIG, OPENSSL, NODE, NPM];
/// Also drives a browser and Azurite, and asks jwcrypto about tokens.
const TEST: &[Need] = &[COMPILER, PKG_CONFIG, OPENSSL, NODE, NPM, CHROMIUM, FONTS, PYTHON];

/// What everything does without, and is quicker with: browser tests compute half as much without windows.
pub(crate) const WISHES: &[Need] = &[SHELL];

/// Everything, for a machine that will run all commands.
const ALL: &[Need] = &[
    COMPILER, CPP, PKG_CONFIG, OPENSSL, MAKE, PERL, NODE, NPM, CHROMIUM, FONTS, PYTHON,
];

/// The needs of a sub-command with its arguments; the rig itself refuses unknown ones later.
pub(crate) fn of<S: AsRef<str>>(arguments: &[S]) -> &'static [Need] {
    let is_release = arguments.iter().any(|argument| argument.as_ref() == "--release");
    match arguments.first().map(AsRef::as_ref) {
        Some("setup") => ALL,
        Some("test") if is_release => ALL,
        Some("test" | "peers") => TEST,
        Some("fuzz") => FUZZER,
        Some("kills") => AZURITE,
        Some("package" | "bench") => VENDORED,
        _ => BUILD,
    }
}

/// Those of `needs` that the machine does not meet.
pub(crate) fn missing(machine: &Machine, needs: &[Need]) -> Vec<Need> {
    needs
        .iter()
        .copied()
        .filter(|need| !is_met(machine, need.found))
        .collect()
}

fn is_met(machine: &Machine, found: Found) -> bool {
    match found {
        Found::Program(name) => machine.has_program(name),
        Found::OneProgramOf(names) => names.iter().any(|name| machine.has_program(name)),
        Found::OpensslHeaders => machine.has_openssl_headers(),
        Found::Node { at_least } => machine.node_major().is_some_and(|major| major >= at_least),
        Found::Fonts => machine.has_fonts(),
        Found::Venv => machine.has_venv(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_ask_for_a_browser_and_python() {
        assert!(of(&["test"]).contains(&CHROMIUM));
        assert!(!of::<&str>(&[]).contains(&CHROMIUM) && !of(&["package"]).contains(&CHROMIUM));
        assert!(of(&["test"]).contains(&PYTHON) && of(&["setup"]).contains(&PYTHON));
        assert!(!of::<&str>(&[]).contains(&PYTHON) && !of(&["kills"]).contains(&PYTHON));
    }

    #[test]
    fn what_is_only_wished_for_is_no_need() {
        assert!(ALL.iter().chain(TEST).all(|need| !WISHES.contains(need)));
    }

    #[test]
    fn kills_ask_for_azurite_and_for_no_browser() {
        assert!(of(&["kills"]).contains(&NPM) && !of(&["kills"]).contains(&CHROMIUM));
    }

    #[test]
    fn peers_ask_for_what_tests_do() {
        assert_eq!(of(&["peers", "--quick"]), TEST);
    }

    #[test]
    fn only_the_deployable_package_asks_for_make_and_perl() {
        assert!(of(&["package"]).contains(&PERL) && of(&["bench"]).contains(&MAKE));
        assert!(of(&["test", "journey", "--release"]).contains(&PERL));
        assert!(!of::<&str>(&[]).contains(&PERL) && !of(&["test"]).contains(&MAKE));
    }

    #[test]
    fn an_empty_machine_misses_everything() {
        let empty = tempdir("needs-empty");
        let machine = Machine::at(&empty, std::slice::from_ref(&empty));
        assert_eq!(missing(&machine, TEST), TEST);
        std::fs::remove_dir_all(empty).unwrap();
    }

    #[test]
    fn a_program_that_is_there_is_not_asked_for() {
        let folder = tempdir("needs-cc");
        std::fs::write(folder.join("cc"), "").unwrap();
        let machine = Machine::at(&folder, std::slice::from_ref(&folder));
        assert_eq!(missing(&machine, BUILD), [PKG_CONFIG, OPENSSL]);
        std::fs::remove_dir_all(folder).unwrap();
    }

    fn tempdir(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("setup-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}
