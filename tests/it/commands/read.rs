//! Finds commands in a README: in blocks of `sh`, and in the text between backticks where a program of ours is named.

use std::path::Path;

use regex::Regex;
use rig::package::workspace;

/// Folders with files that are not this repository's.
const FOREIGN: [&str; 4] = ["target", "node_modules", ".git", "openssl-src"];
/// How a command in the text of a paragraph begins.
const PROGRAMS: [&str; 4] = ["cargo ", "runner ", "handler ", ".ci/run"];

/// A command and the README that names it.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) file: String,
    pub(super) command: String,
    /// In a block, to be typed; a paragraph may only mention a command, without what it needs.
    pub(super) is_whole: bool,
}

/// Every README of the repository, relative to its root.
pub(super) fn readmes() -> Vec<String> {
    let mut found = Vec::new();
    look(&workspace(), &mut found);
    found.sort();
    found
}

fn look(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() && !FOREIGN.contains(&name.as_str()) {
            look(&path, found);
        } else if name == "README.md" {
            found.push(path.strip_prefix(workspace()).unwrap().display().to_string());
        }
    }
}

/// The commands of this file.
pub(super) fn commands(file: &str) -> Vec<Named> {
    let text = std::fs::read_to_string(workspace().join(file)).unwrap();
    let typed = blocks(&text).into_iter().map(|command| (command, true));
    let mentioned = spans(&text).into_iter().map(|command| (command, false));
    let found = typed.chain(mentioned);
    found
        .map(|(command, is_whole)| Named {
            file: file.to_owned(),
            command,
            is_whole,
        })
        .collect()
}

/// What blocks of `sh` hold, without comments, `cd` and variables that are only set for one command.
fn blocks(text: &str) -> Vec<String> {
    let block = Regex::new(r"(?ms)^ *```sh\n(.*?)^ *```").unwrap();
    let lines = block.captures_iter(text).flat_map(|found| {
        let joined = found[1].replace("\\\n", " ");
        joined
            .lines()
            .map(|line| bare(line).to_owned())
            .collect::<Vec<_>>()
    });
    let parts = lines.flat_map(|line| line.split(" && ").map(str::to_owned).collect::<Vec<_>>());
    parts
        .map(|part| without_variables(part.trim()).to_owned())
        .filter(|part| !part.is_empty() && !part.starts_with("cd "))
        .collect()
}

/// A line without its comment.
fn bare(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('#') {
        return "";
    }
    line.split_once(" #").map_or(line, |(command, _)| command.trim())
}

/// `A=b cargo …` without `A=b`; what only sets a variable stays.
fn without_variables(command: &str) -> &str {
    match command.split_once(' ') {
        Some((first, rest)) if first.contains('=') && !first.contains('(') => rest.trim(),
        _ => command,
    }
}

/// Commands between backticks. One with `…`, or with a part in brackets, speaks of several at once.
fn spans(text: &str) -> Vec<String> {
    let fenced = Regex::new(r"(?ms)^ *```.*?^ *```").unwrap();
    let prose = fenced.replace_all(text, "");
    let span = Regex::new(r"`([^`]+)`").unwrap();
    let spans = span
        .captures_iter(&prose)
        .map(|found| found[1].split_whitespace().collect::<Vec<_>>().join(" "));
    spans
        .filter(|span| PROGRAMS.iter().any(|program| span.starts_with(program)))
        .filter(|span| !span.contains('…') && !span.contains('['))
        .collect()
}

#[test]
fn a_block_is_read_as_a_shell_reads_it() {
    let text = "text\n```sh\n# nothing\nA=b one two \\\n  three   # why\ncd x && four\n```\n`cargo rig\nbench` `cargo rig …` `five`\n";
    assert_eq!(blocks(text), ["one two    three", "four"]);
    assert_eq!(spans(text), ["cargo rig bench"]);
}
