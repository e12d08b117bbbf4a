//! What may use what, read from the sources: the README's picture stays true because this fails when it is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rig::package::workspace;

/// Used by everything; using only each other.
const LEAVES: &[&str] = &[
    "background",
    "clock",
    "digest",
    "files",
    "http_client",
    "ids",
    "owners",
    "person",
    "random",
    "seal",
    "telemetry",
];

/// Beside the leaves and itself, what each module of the handler may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("checks", &[]),
    ("fact_store", &["checks"]),
    ("jumio", &["checks"]),
    ("grants", &["checks", "tokens"]),
    ("tokens", &[]),
    ("clients", &["tokens"]),
    (
        "settings",
        &["checks", "clients", "grants", "jumio", "sample", "tokens"],
    ),
    ("secrets", &["clients", "settings", "tokens"]),
    ("openid", &["checks", "clients", "grants", "tokens"]),
    ("sample", &["grants", "tokens"]),
    ("pages", &["checks", "grants", "openid"]),
    (
        "services",
        &["checks", "grants", "openid", "pages", "sample", "tokens"],
    ),
    (
        "routes",
        &[
            "checks", "clients", "grants", "openid", "pages", "sample", "services", "tokens",
        ],
    ),
    ("cli", &["checks"]),
    ("process", &["app", "cli", "settings"]),
    (
        "app",
        &[
            "checks",
            "clients",
            "fact_store",
            "grants",
            "jumio",
            "openid",
            "pages",
            "routes",
            "sample",
            "secrets",
            "services",
            "settings",
            "tokens",
        ],
    ),
];

/// Crates that only some modules may know.
const KNOWN_TO: &[(&str, &[&str])] = &[
    ("warp", &["routes", "app"]),
    (
        "reqwest",
        &["http_client", "jumio", "tokens", "secrets", "fact_store", "app"],
    ),
    ("jsonwebtoken", &["tokens"]),
    (
        "openssl",
        &[
            "digest",
            "tokens",
            "sample",
            "seal",
            "secrets",
            "fact_store",
            "http_client",
        ],
    ),
    ("object_store", &["fact_store"]),
    ("azure_core", &["secrets", "fact_store"]),
    ("azure_identity", &["secrets", "fact_store"]),
    ("azure_security_keyvault_secrets", &["secrets"]),
    ("maud", &["pages"]),
];

/// One source file of the handler, without its tests.
pub(crate) struct Source {
    /// First part of the module path, such as `jumio`.
    module: String,
    pub(crate) file: PathBuf,
    pub(crate) code: String,
}

#[test]
fn modules_use_only_what_they_may() {
    let mut faults = Vec::new();
    for source in handler() {
        let allowed = MAY_USE
            .iter()
            .find(|(module, _)| *module == source.module)
            .map(|(_, allowed)| *allowed);
        for used in names_after(&source.code, "crate::") {
            let is_root = matches!(source.module.as_str(), "main" | "lib");
            let is_free = is_root || used == source.module || LEAVES.contains(&used.as_str());
            if !is_free && !allowed.unwrap_or_default().contains(&used.as_str()) {
                faults.push(format!("{} uses {used}", source.file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_module_has_a_place_in_the_picture() {
    for source in handler() {
        let module = source.module.as_str();
        let is_known = LEAVES.contains(&module) || MAY_USE.iter().any(|(known, _)| *known == module);
        assert!(
            is_known || matches!(module, "main" | "lib"),
            "{module} is in no list of this test"
        );
    }
}

#[test]
fn crates_stay_where_they_belong() {
    let mut faults = Vec::new();
    for source in handler() {
        for (name, modules) in KNOWN_TO {
            let uses_it = paths(&source.code).any(|path| path == *name);
            if uses_it && !modules.contains(&source.module.as_str()) && source.module != "main" {
                faults.push(format!("{} knows {name}", source.file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// `docs/architecture.md` names files, and behind some of them a function: both are there.
#[test]
fn the_walkthroughs_name_what_exists() {
    let text = std::fs::read_to_string(workspace().join("docs/architecture.md")).unwrap();
    let folder = workspace().join("handler/src");
    let files: Vec<(PathBuf, String)> = rust_files(&folder)
        .into_iter()
        .map(|file| (file.clone(), std::fs::read_to_string(file).unwrap()))
        .collect();
    let quoted: Vec<&str> = text.split('`').collect();
    let (mut faults, mut named) = (Vec::new(), 0);
    for (place, name) in quoted.iter().enumerate().filter(|(place, name)| {
        place % 2 == 1 && Path::new(name).extension().is_some_and(|kind| kind == "rs")
    }) {
        named += 1;
        let mut found = files.iter().filter(|(file, _)| file.ends_with(name)).peekable();
        if found.peek().is_none() {
            faults.push(format!("there is no {name}"));
            continue;
        }
        let function = quoted
            .get(place + 2)
            .filter(|_| quoted[place + 1].trim().is_empty());
        let function = function.and_then(|function| function.rsplit("::").next());
        if let Some(function) = function
            && !found.any(|(_, code)| code.contains(&format!("fn {function}")))
        {
            faults.push(format!("{name} has no function {function}"));
        }
    }
    assert!(named > 30, "{named}");
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn only_the_settings_read_the_environment() {
    for source in handler() {
        let reads = source.code.contains("env::var");
        assert!(
            !reads || source.file.ends_with("settings/source.rs"),
            "{}",
            source.file.display()
        );
    }
}

#[test]
fn the_core_knows_no_web() {
    for source in handler()
        .into_iter()
        .filter(|source| matches!(source.module.as_str(), "checks" | "grants"))
    {
        for word in ["http::", "warp", "StatusCode", "reqwest"] {
            assert!(
                !source.code.contains(word),
                "{} says {word}",
                source.file.display()
            );
        }
    }
}

#[test]
fn simulators_and_runner_know_the_handler_only_by_wire() {
    for manifest in [
        "tests/Cargo.toml",
        "tests/runner/Cargo.toml",
        "tests/loopback/Cargo.toml",
    ] {
        let text = std::fs::read_to_string(workspace().join(manifest)).unwrap();
        let manifest: toml::Table = text.parse().unwrap();
        assert!(
            manifest["dependencies"].get("handler").is_none(),
            "shared structs share misunderstandings"
        );
    }
}

#[test]
fn no_source_file_is_longer_than_350_lines() {
    let mut long = BTreeMap::new();
    for folder in [
        "handler/src",
        "tests/src",
        "tests/loopback/src",
        "tests/runner/src",
        "tests/setup/src",
    ] {
        for file in rust_files(&workspace().join(folder)) {
            let lines = without_tests(&std::fs::read_to_string(&file).unwrap())
                .lines()
                .count();
            if lines > 350 && !is_test_file(&file) {
                long.insert(file, lines);
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn modules_are_named_files_without_dumping_grounds() {
    for folder in ["handler/src", "tests"] {
        for file in rust_files(&workspace().join(folder)) {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            assert!(
                !matches!(name.as_str(), "mod" | "utils" | "util" | "common" | "helpers"),
                "{}",
                file.display()
            );
        }
    }
}

pub(crate) fn handler() -> Vec<Source> {
    let folder = workspace().join("handler/src");
    let files = rust_files(&folder).into_iter().filter(|file| !is_test_file(file));
    let sources: Vec<Source> = files
        .map(|file| {
            let first = file.strip_prefix(&folder).unwrap().components().next().unwrap();
            let module = first
                .as_os_str()
                .to_string_lossy()
                .trim_end_matches(".rs")
                .to_owned();
            let code = without_tests(&std::fs::read_to_string(&file).unwrap());
            Source { module, file, code }
        })
        .collect();
    assert!(
        sources.len() > 50,
        "the handler is not where this test looks for it"
    );
    sources
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("node_modules") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn is_test_file(file: &Path) -> bool {
    let is_for_tests = |part: std::path::Component<'_>| {
        matches!(
            part.as_os_str().to_str(),
            Some("tests.rs" | "testing.rs" | "testing")
        )
    };
    file.components().any(is_for_tests)
        || file.parent().is_some_and(|folder| {
            folder.components().any(|part| part.as_os_str() == "tests")
                && folder.to_string_lossy().contains("/src/")
        })
}

/// The code without unit tests, what only they use, and comments.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            // One item, up to its end: the first line with its own indentation that closes something.
            let depth = |line: &str| line.len() - line.trim_start().len();
            let is_end = |item: &&str| depth(item) == depth(line) && item.trim_end().ends_with([';', '}']);
            let _last = lines.by_ref().find(is_end);
            continue;
        }
        if !line.trim_start().starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// The names that follow a prefix, such as `clock` in `crate::clock::Clock`; also in `use crate::{clock, ids::X}`.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        if let Some(list) = rest.strip_prefix('{') {
            names.extend(top_level(list));
        } else {
            names.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    names
}

/// The first names of a braced list of paths.
fn top_level(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut name) = (0, Vec::new(), String::new());
    let mut in_name = true;
    for letter in list.chars() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(std::mem::take(&mut name));
                in_name = true;
            }
            ':' if depth == 0 => in_name = false,
            c if depth == 0 && in_name && !c.is_whitespace() => name.push(c),
            _ => {}
        }
    }
    names.push(name);
    names.retain(|name| !name.is_empty());
    names
}

/// First names of all paths: `warp` in `warp::Filter`, but not in `crate::warp::x`.
fn paths(code: &str) -> impl Iterator<Item = &str> {
    code.match_indices("::").filter_map(|(at, _)| {
        let before = &code[..at];
        let start = before
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |at| at + 1);
        let is_first = !before[..start].ends_with("::");
        is_first.then(|| &before[start..])
    })
}

mod reading {
    use super::*;

    #[test]
    fn lists_of_paths_are_taken_apart() {
        assert_eq!(
            names_after("use crate::{clock, ids::{A, B}, seal};", "crate::"),
            ["clock", "ids", "seal"]
        );
        assert_eq!(names_after("crate::jumio::kyx()", "crate::"), ["jumio"]);
    }

    #[test]
    fn what_stands_behind_an_item_for_tests_counts() {
        let code =
            without_tests("#[cfg(test)]\nfn a() {}\nuse b::c;\n#[cfg(test)]\nmod tests {\n use e::f;\n}");
        assert_eq!(paths(&code).collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn tests_at_the_end_do_not_count() {
        let code = without_tests(
            "#[cfg(test)]\nmod early;\nuse a::b;\n// c::d\n#[cfg(test)]\nmod tests {\n use e::f;\n}",
        );
        assert_eq!(paths(&code).collect::<Vec<_>>(), ["a"]);
    }
}
