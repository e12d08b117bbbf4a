//! The README tells what the code does.

use rig::application::endings::{ENDINGS, Ending, Way};
use rig::package::workspace;

#[test]
fn the_settings_table_is_the_handlers_own() {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- settings:").unwrap();
    let (_, rest) = rest.split_once("-->\n").unwrap();
    let (table, _) = rest.split_once("<!-- /settings -->").unwrap();
    let truth = handler::testing::settings::markdown_table();
    if std::env::var_os("README_WRITE").is_some() {
        std::fs::write(workspace().join("README.md"), readme.replace(table, &truth)).unwrap();
        return;
    }
    for (told, true_row) in table.lines().zip(truth.lines()) {
        assert_eq!(told, true_row);
    }
    assert_eq!(table.lines().count(), truth.lines().count());
}

#[test]
fn every_room_of_the_map_exists() {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let (_, map) = readme.split_once("## Map").unwrap();
    let (map, _) = map.split_once("## How").unwrap();
    let rooms: Vec<&str> = map
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .collect();
    assert!(rooms.len() > 6, "{rooms:?}");
    for room in rooms {
        assert!(workspace().join(room).exists(), "{room}");
    }
}

/// What applications receive and what the demonstration does then are one list.
#[test]
fn every_ending_is_told_to_applications_as_the_demonstration_handles_it() {
    let file = workspace().join("docs/applications.md");
    let text = std::fs::read_to_string(&file).unwrap();
    let (_, rest) = text.split_once("by a test -->\n").unwrap();
    let (told, _) = rest.split_once("<!-- /endings -->").unwrap();
    let rows = ENDINGS.iter().map(|ending| {
        let way = match ending.way {
            None => "",
            Some(Way::Again) => "again",
            Some(Way::Reset) => "reset",
        };
        let Ending {
            sign,
            happened,
            words,
            ..
        } = ending;
        format!("| `{sign}` | {happened} | {words} | {way} |\n").replace("|  |", "| |")
    });
    let head =
        "| what tells it | what happened | what the person is told | button |\n| --- | --- | --- | --- |\n";
    let truth = format!("{head}{}", rows.collect::<String>());
    if std::env::var_os("README_WRITE").is_some() {
        std::fs::write(
            &file,
            text.replace(
                &format!("by a test -->\n{told}"),
                &format!("by a test -->\n{truth}"),
            ),
        )
        .unwrap();
        return;
    }
    assert_eq!(told, truth);
}

/// A page that loads slowly is not read.
#[test]
fn every_picture_is_there_and_small() {
    let readme = std::fs::read_to_string(workspace().join("README.md")).unwrap();
    let named: Vec<&str> = readme
        .split("src=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(named.len() >= 2, "{named:?}");
    for picture in named {
        let bytes = std::fs::read(workspace().join(picture)).unwrap_or_else(|_| panic!("{picture}"));
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() < 60_000, "{picture}");
    }
}

/// An error that may arrive is one that is handled.
#[test]
fn every_error_that_may_arrive_is_in_the_list_of_what_to_do() {
    let text = std::fs::read_to_string(workspace().join("docs/applications.md")).unwrap();
    let (_, arriving) = text.split_once("## What arrives").unwrap();
    let (arriving, _) = arriving.split_once("## What to do").unwrap();
    let rows = arriving.lines().filter(|line| line.starts_with("| "));
    let words = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
    let errors: Vec<&str> = words
        .filter(|word| word.starts_with("AADB2C") || (word.contains('_') && !word.starts_with("idv_")))
        .collect();
    assert!(errors.len() > 6, "{errors:?}");
    for error in errors {
        assert!(ENDINGS.iter().any(|ending| ending.sign == error), "{error}");
    }
}
