//! `docs/logging.md` names every record that an operator may meet, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use rig::package::workspace;

use super::architecture::{Source, handler};

/// Files whose records take their code from a table, and how the codes of that table begin. Empty: any code of the file.
const TABLES: &[(&str, &str, &str)] = &[
    ("routes/exchange/access_log.rs", "routes/problem.rs", ""),
    ("routes/exchange/access_log.rs", "routes/problem/core.rs", ""),
    ("routes/exchange/access_log.rs", "routes/problem/front.rs", ""),
    ("routes/exchange/access_log.rs", "routes/problem/sample.rs", ""),
    ("jumio/decision.rs", "jumio/decision.rs", "jumio."),
    (
        "jumio/netverify/decision.rs",
        "jumio/netverify/decision/document.rs",
        "jumio.",
    ),
    (
        "jumio/netverify/decision.rs",
        "jumio/netverify/decision/face.rs",
        "jumio.",
    ),
];

/// A record of the sources.
struct Record {
    level: &'static str,
    file: String,
    text: String,
}

/// Where each code stands, and at which levels it is written down beside it, if it is.
type Codes = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_record_has_a_code() {
    for record in records() {
        let is_given = record.text.contains("code = ") || record.text.contains("code,");
        assert!(is_given, "{}: {}", record.file, record.text);
        let is_computed = code_of(&record.text).is_none();
        let is_known = TABLES.iter().any(|(file, ..)| *file == record.file);
        assert!(!is_computed || is_known, "{}: {}", record.file, record.text);
    }
}

#[test]
fn the_page_has_every_code_with_its_files_and_no_other() {
    let (told, truth) = (page(), sources());
    for (code, files) in &truth {
        let told = told.get(code).map(|(_, files)| files);
        assert_eq!(told, Some(files), "{code} in docs/logging.md");
    }
    for code in told.keys() {
        assert!(
            truth.contains_key(code),
            "docs/logging.md has {code}, the sources do not"
        );
    }
}

#[test]
fn the_page_has_the_level_of_each_record() {
    let told = page();
    for record in records() {
        let Some(code) = code_of(&record.text) else {
            continue;
        };
        let levels = &told[code].0;
        assert!(
            levels.contains(record.level),
            "{code}: {} in docs/logging.md",
            record.level
        );
    }
}

#[test]
fn the_page_has_the_error_codes_of_oauth() {
    let page = std::fs::read_to_string(workspace().join("docs/logging.md")).unwrap();
    let all = handler();
    let source = all
        .iter()
        .find(|source| file(source) == "openid/answer/refusal.rs")
        .unwrap();
    let (_, words) = source.code.split_once("fn as_str").unwrap();
    let (words, _) = words.split_once("\n    }\n").unwrap();
    assert!(literals(words).count() > 10);
    for word in literals(words) {
        assert!(page.contains(&format!("`{word}`")), "{word} in docs/logging.md");
    }
}

/// What an operator reads, in the sources without tests.
fn records() -> Vec<Record> {
    let mut records = Vec::new();
    for source in handler() {
        for level in ["info", "warn", "error"] {
            for text in calls(&source.code, &format!("{level}!(")) {
                records.push(Record {
                    level,
                    file: file(&source),
                    text,
                });
            }
        }
    }
    assert!(records.len() > 40, "the records are not where this test looks");
    records
}

fn file(source: &Source) -> String {
    let folder = workspace().join("handler/src");
    let file = source.file.strip_prefix(folder).unwrap();
    file.to_string_lossy().into_owned()
}

fn code_of(record: &str) -> Option<&str> {
    let (_, rest) = record.split_once("code = \"")?;
    rest.split('"').next()
}

/// The codes that stand in the sources, each with its files.
fn sources() -> Codes {
    let mut codes = Codes::new();
    for record in records() {
        if let Some(code) = code_of(&record.text) {
            codes.entry(code.to_owned()).or_default().insert(record.file);
        }
    }
    for source in handler() {
        let file = file(&source);
        for (_, _, prefix) in TABLES.iter().filter(|(_, table, _)| *table == file) {
            let found = literals(&source.code).filter(|word| is_code(word) && word.starts_with(prefix));
            for code in found {
                codes.entry(code.to_owned()).or_default().insert(file.clone());
            }
        }
    }
    codes
}

/// The codes of the page: levels and files of each.
fn page() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let page = std::fs::read_to_string(workspace().join("docs/logging.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.filter(|row| row.split_once("` | ").is_some_and(|(code, _)| is_code(code)));
    let mut codes = BTreeMap::new();
    for row in rows {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [code, level, files, meaning, what_to_do] = cells.as_slice() else {
            panic!("not five cells: {row}");
        };
        assert!(meaning.len() > 10 && what_to_do.len() > 3, "{row}");
        let files = files.split('`').skip(1).step_by(2);
        let entry = (level.to_string(), files.map(str::to_owned).collect());
        let before = codes.insert(code.trim_end_matches('`').to_owned(), entry);
        assert!(before.is_none(), "twice: {row}");
    }
    codes
}

/// The arguments of all calls of a macro.
fn calls(code: &str, name: &str) -> Vec<String> {
    let is_whole = |at: &usize| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let places = code.match_indices(name).map(|(at, _)| at).filter(is_whole);
    places.map(|at| arguments(&code[at + name.len()..])).collect()
}

/// Up to the bracket that closes.
fn arguments(code: &str) -> String {
    let (mut depth, mut in_text, mut before) = (0, false, ' ');
    for (at, letter) in code.char_indices() {
        match letter {
            '"' if before != '\\' => in_text = !in_text,
            '(' if !in_text => depth += 1,
            ')' if !in_text && depth == 0 => return code[..at].to_owned(),
            ')' if !in_text => depth -= 1,
            _ => {}
        }
        before = letter;
    }
    panic!("a call that does not end: {code}");
}

/// What stands between quotation marks.
fn literals(code: &str) -> impl Iterator<Item = &str> {
    code.split('"').skip(1).step_by(2)
}

fn is_code(word: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    word.contains('.') && word.split('.').all(plain)
}

mod reading {
    use super::*;

    #[test]
    fn calls_end_where_their_bracket_does() {
        let code = r#"warn!(id = %f(x), code = "a.b", "one (two\" )"); my_warn!("no")"#;
        let found = calls(code, "warn!(");
        assert_eq!(found, [r#"id = %f(x), code = "a.b", "one (two\" )""#]);
        assert_eq!(code_of(&found[0]), Some("a.b"));
    }

    #[test]
    fn codes_are_words_with_dots() {
        assert!(is_code("start.may_have_been_paid"));
        for no in ["a b.c", "x", ".", "a.B"] {
            assert!(!is_code(no), "{no}");
        }
    }
}
