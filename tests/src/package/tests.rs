//! Packages that must not come into being.

use serde_json::{Value, json};

use super::*;

/// A repository with a handler that is no program.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.write("host.json", &host_json("handler"));
        repository.write("built/handler", &json!("not a program"));
        repository.write("local.settings.json", &json!({"IsEncrypted": false}));
        repository.function("verify", &json!({"route": "verify/{*rest}"}));
        repository
    }

    fn write(&self, path: &str, json: &Value) {
        let file = self.0.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, json.to_string()).unwrap();
    }

    fn function(&self, name: &str, trigger: &Value) {
        let mut input = json!({"type": "httpTrigger", "direction": "in", "name": "req"});
        input
            .as_object_mut()
            .unwrap()
            .extend(trigger.as_object().unwrap().clone());
        let json = json!({"bindings": [input, {"type": "http", "direction": "out", "name": "res"}]});
        self.write(&format!("functions/{name}/function.json"), &json);
    }

    fn assemble(&self, local: bool) -> Result<Vec<Entry>> {
        let plan = Plan {
            source: self.0.path().into(),
            handler: self.0.path().join("built/handler"),
            local,
        };
        plan.assemble(&self.0.path().join("target/app"))
    }

    fn refusal(&self) -> String {
        format!("{:#}", self.assemble(false).unwrap_err())
    }
}

fn host_json(executable: &str) -> Value {
    json!({"version": "2.0", "customHandler": {
        "description": {"defaultExecutablePath": executable}, "enableProxyingHttpRequest": true}})
}

#[test]
fn functions_become_direct_children() {
    let entries = Repository::new().assemble(false).unwrap();
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    assert_eq!(paths, ["handler", "host.json", "verify/function.json"]);
    assert_eq!(entries[0].mode, 0o755);
    assert_eq!(entries[0].sha256.len(), 64);
}

#[test]
fn local_settings_go_in_only_when_asked() {
    let repository = Repository::new();
    let has = |local| {
        repository
            .assemble(local)
            .unwrap()
            .iter()
            .any(|entry| entry.path == "local.settings.json")
    };
    assert!(has(true));
    assert!(!has(false), "the settings of the last package are still there");
}

#[test]
fn a_refused_package_leaves_the_last_one_alone() {
    let repository = Repository::new();
    repository.assemble(false).unwrap();
    repository.function("host", &json!({}));
    assert!(repository.refusal().contains("the host would leave out"));
    assert!(repository.0.path().join("target/app/handler").is_file());
    assert_eq!(
        std::fs::read_dir(repository.0.path().join("target"))
            .unwrap()
            .count(),
        1
    );
}

#[test]
fn another_name_of_the_executable_is_refused() {
    for name in ["./handler", "other"] {
        let repository = Repository::new();
        repository.write("host.json", &host_json(name));
        assert!(repository.refusal().contains("exactly that name"), "{name}");
    }
}

#[test]
fn two_functions_with_one_route_are_refused() {
    let repository = Repository::new();
    repository.function("zebra", &json!({"route": "verify/{*rest}"}));
    assert!(
        repository
            .refusal()
            .contains("the host would leave out the function zebra")
    );
}

#[test]
fn a_name_the_host_refuses_is_refused() {
    let repository = Repository::new();
    repository.function("2fast", &json!({}));
    assert!(repository.refusal().contains("2fast"));
}

#[test]
fn an_extra_binding_is_refused() {
    let repository = Repository::new();
    let bindings = json!({"bindings": [
        {"type": "httpTrigger", "direction": "in", "name": "req"},
        {"type": "http", "direction": "out", "name": "res"},
        {"type": "table", "direction": "out", "name": "table"}]});
    repository.write("functions/extra/function.json", &bindings);
    assert!(repository.refusal().contains("extra binding"));
}

#[test]
fn no_function_at_all_is_refused() {
    let repository = Repository::new();
    std::fs::remove_dir_all(repository.0.path().join("functions/verify")).unwrap();
    assert!(repository.refusal().contains("there is no function"));
}

#[test]
fn a_stray_file_among_the_functions_is_refused() {
    let repository = Repository::new();
    repository.write("functions/notes.txt", &json!("x"));
    assert!(repository.refusal().contains("no folder of a function"));
}

#[test]
fn a_handler_that_was_not_built_is_refused() {
    let repository = Repository::new();
    std::fs::remove_file(repository.0.path().join("built/handler")).unwrap();
    assert!(repository.refusal().contains("copying"));
}
