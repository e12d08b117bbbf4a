//! The README tells what the code does.

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
