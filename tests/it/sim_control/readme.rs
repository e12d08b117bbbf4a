//! The README's examples, run as they are written.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::Stage;
use crate::shell::words;

/// A command of the README: method, path and body.
#[derive(Debug, PartialEq)]
struct Example {
    method: Method,
    path: String,
    body: Value,
}

fn example(line: &str) -> Example {
    let words = words(line);
    let after = |flag: &str| {
        words
            .iter()
            .position(|word| word == flag)
            .map(|at| words[at + 1].clone())
    };
    let path = words
        .iter()
        .find_map(|word| word.strip_prefix("$CONTROL/"))
        .unwrap();
    Example {
        method: after("-X").map_or(Method::GET, |method| method.parse().unwrap()),
        path: path.to_owned(),
        body: after("-d").map_or(Value::Null, |body| serde_json::from_str(&body).unwrap()),
    }
}

fn examples() -> Vec<Example> {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    readme
        .lines()
        .filter(|line| line.starts_with("curl "))
        .map(example)
        .collect()
}

#[test]
fn a_line_is_read_as_a_shell_reads_it() {
    let read = example(r#"curl -X PUT "$CONTROL/a?b=c" -d '{"d": "e f"}'"#);
    assert_eq!(
        read,
        Example {
            method: Method::PUT,
            path: "a?b=c".to_owned(),
            body: json!({ "d": "e f" })
        }
    );
}

#[tokio::test]
async fn every_example_works() {
    let stage = Stage::start().await;
    stage.create("one").await;
    all_work(&stage).await;
}

#[tokio::test]
async fn every_example_works_for_netverify_too() {
    let stage = Stage::start().await;
    stage.initiate("one").await;
    all_work(&stage).await;
}

async fn all_work(stage: &Stage) {
    let examples = examples();
    assert!(examples.len() > 40, "{} examples were found", examples.len());
    for Example { method, path, body } in examples {
        let (status, answer) = stage.ask(method.clone(), &path, body).await;
        assert_eq!(status, 200, "{method} {path}: {answer}");
    }
}

#[tokio::test]
async fn every_route_has_an_example_or_is_the_reading_side_of_one() {
    let examples = examples();
    for (route, _) in rig::control::ROUTES {
        let (method, template) = route.split_once(" /").unwrap();
        let template: Vec<&str> = template.split('/').collect();
        let fits = |example: &&Example| {
            let path: Vec<&str> = example.path.split('?').next().unwrap().split('/').collect();
            let same = |(wanted, found): (&&str, &&str)| wanted.starts_with('{') || wanted == found;
            path.len() == template.len() && template.iter().zip(&path).all(same)
        };
        let found: Vec<&Example> = examples.iter().filter(fits).collect();
        assert!(!found.is_empty(), "{route} is not in the README");
        assert!(
            method == "GET" || found.iter().any(|example| example.method == method),
            "{route} is not in the README"
        );
    }
}

#[test]
fn every_scenario_is_in_the_table() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for scenario in rig::jumio::scenario::SCENARIOS {
        assert!(
            readme.contains(&format!("`{}`", scenario.name)),
            "{} is not in the README",
            scenario.name
        );
    }
}

/// The table of given names is the code's own list, in its order.
#[test]
fn the_catalogue_is_the_one_of_the_code() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, table) = readme.split_once("<!-- catalogue -->\n").unwrap();
    let (table, _) = table.split_once("<!-- /catalogue -->").unwrap();
    let rows = rig::jumio::scenario::SCENARIOS.iter().map(|scenario| {
        let rig::jumio::scenario::Named {
            name,
            given_name,
            title,
            ..
        } = scenario;
        format!("| `{given_name}` | {title} | `{name}` |\n")
    });
    let rows: String = rows.collect();
    assert_eq!(
        table,
        format!("| given name | what happens | scenario |\n| --- | --- | --- |\n{rows}")
    );
}

/// Each row of the table of operations says those of its simulator, and together they say all.
#[test]
fn every_operation_is_in_the_table() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for (simulator, operations) in rig::control::SIMULATORS {
        let rows = readme
            .lines()
            .filter(|line| line.starts_with(&format!("| `{simulator}`")));
        let rows: String = rows.collect();
        for operation in operations.iter().filter(|operation| **operation != "unknown") {
            assert!(
                rows.contains(&format!("`{operation}`")),
                "{simulator}: {operation}"
            );
        }
    }
}

#[test]
fn every_variation_of_netverify_is_in_the_table() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let quirks = serde_json::to_value(rig::jumio::netverify::quirks::Quirks::default()).unwrap();
    for name in quirks.as_object().unwrap().keys() {
        assert!(
            readme.contains(&format!("`{name}`")),
            "{name} is not in the README"
        );
    }
}
