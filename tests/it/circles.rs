//! No two files of the handler need each other, however long the way round. A file may use the one whose folder it lies in,
//! which declares it; that is no circle.

use std::collections::{BTreeMap, BTreeSet};

use rig::package::workspace;

use crate::architecture::handler;

/// Who uses whom; both as paths of modules, such as `checks::facts::names`.
type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_files_go_round_in_a_circle() {
    let uses = uses();
    let circles: Vec<String> = uses
        .keys()
        .filter_map(|file| way_back(&uses, file))
        .map(|way| way.join(" → "))
        .collect();
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn a_circle_would_be_seen() {
    let uses = |pairs: &[(&str, &str)]| {
        let mut uses = Uses::new();
        for (file, used) in pairs {
            uses.entry((*file).to_owned())
                .or_default()
                .insert((*used).to_owned());
        }
        uses
    };
    let round = uses(&[("a", "b"), ("b", "c"), ("c", "a")]);
    assert_eq!(way_back(&round, "a").unwrap().join(" "), "a b c a");
    assert_eq!(way_back(&uses(&[("a", "b"), ("b", "c")]), "a"), None);
}

#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let code =
        "use crate::a::{self, b::C, d};\nuse super::e::{F, g::H};\n    fn x() { super::super::i::j() }\n";
    let read = paths(code, "k::l::m");
    for path in [
        "a::self",
        "a::b::C",
        "a::d",
        "k::l::e::F",
        "k::l::e::g::H",
        "k::i::j",
    ] {
        assert!(
            read.iter().any(|read| read == path),
            "{path} is not among {read:?}"
        );
    }
}

fn uses() -> Uses {
    let folder = workspace().join("handler/src");
    let sources: BTreeMap<String, String> = handler()
        .into_iter()
        .map(|source| {
            let file = source.file.strip_prefix(&folder).unwrap().with_extension("");
            let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
            (parts.join("::"), source.code)
        })
        .collect();
    let uses = sources.iter().map(|(file, code)| {
        let used = paths(code, file)
            .into_iter()
            .filter_map(|path| module_of(&sources, &path))
            .filter(|used| used != file && !file.starts_with(&format!("{used}::")));
        (file.clone(), used.collect())
    });
    uses.collect()
}

/// The file in which the thing at a path lies, or is handed on.
fn module_of(sources: &BTreeMap<String, String>, path: &str) -> Option<String> {
    let mut path = path;
    loop {
        if sources.contains_key(path) {
            return Some(path.to_owned());
        }
        (path, _) = path.rsplit_once("::")?;
    }
}

/// The shortest way from a file back to itself.
fn way_back(uses: &Uses, file: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![file.to_owned()]];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for used in way.last().and_then(|last| uses.get(last)).into_iter().flatten() {
                let way: Vec<String> = way.iter().chain([used]).cloned().collect();
                if used == file {
                    return Some(way);
                }
                if seen.insert(used.clone()) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

/// What a file names, from the root of the crate.
fn paths(code: &str, file: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        expand("", &code[at + "crate::".len()..], &mut paths);
    }
    let is_first = |at: usize| !code[..at].ends_with("super::");
    for (at, _) in code.match_indices("super::").filter(|(at, _)| is_first(*at)) {
        let (mut folder, mut rest) = (file, &code[at..]);
        while let Some(after) = rest.strip_prefix("super::") {
            (folder, rest) = (folder.rsplit_once("::").map_or("", |(folder, _)| folder), after);
        }
        let before = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}::")
        };
        expand(&before, rest, &mut paths);
    }
    paths
}

/// One path, or all those of a braced list.
fn expand(before: &str, rest: &str, paths: &mut Vec<String>) {
    let is_path = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
    let end = rest.find(|letter| !is_path(letter)).unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let Some(list) = after
        .strip_prefix('{')
        .filter(|_| name.ends_with("::") || name.is_empty())
    else {
        return paths.push(format!("{before}{name}"));
    };
    let before = format!("{before}{name}");
    let (mut depth, mut is_start) = (0_usize, true);
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => return,
            '}' => depth -= 1,
            ',' if depth == 0 => is_start = true,
            letter if is_start && depth == 0 && !letter.is_whitespace() => {
                is_start = false;
                expand(&before, &list[at..], paths);
            }
            _ => {}
        }
    }
}
