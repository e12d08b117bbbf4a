//! The functions of an app: one `function.json` in each direct child of the folder that holds `host.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use http::Method;
use serde_json::Value;

use super::template::Template;

/// Who may call a function, as the host checks it before the handler sees anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthLevel {
    Anonymous,
    /// A function, host or master key. The default when nothing is said.
    Function,
    /// The master key.
    Admin,
}

/// A function whose requests the handler gets raw: exactly one httpTrigger in and one http out.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// As written in function.json, without the prefix.
    pub(crate) route: String,
    pub(crate) template: Template,
    /// None means every method.
    pub(crate) methods: Option<Vec<Method>>,
    pub(crate) auth_level: AuthLevel,
}

/// What the host made of a folder.
#[derive(Debug, Default)]
pub(crate) struct Functions {
    /// In alphabetical order, which is the order of matching.
    pub(crate) accepted: Vec<Function>,
    /// Name and reason; the symptom in Azure is a 404.
    pub(crate) rejected: Vec<(String, String)>,
}

impl Functions {
    /// Reads every direct child of `app`, in the host's order.
    ///
    /// # Errors
    /// Only when the folder cannot be listed: a broken function removes that function alone.
    pub(crate) fn read(app: &Path, prefix: &str) -> Result<Self> {
        let mut functions = Self::default();
        for (name, file) in function_files(app)? {
            let function = Function::read(&name, &file, prefix).and_then(|function| {
                functions.refuse_overlap(&function)?;
                Ok(function)
            });
            match function {
                Ok(function) => functions.accepted.push(function),
                Err(reason) => functions.rejected.push((name, format!("{reason:#}"))),
            }
        }
        Ok(functions)
    }

    /// Applies the allow-list of host.json and `AzureWebJobs.<name>.Disabled` of the app settings.
    pub(crate) fn keep_enabled(&mut self, only: Option<&[String]>, settings: &BTreeMap<String, String>) {
        self.accepted.retain(|function| {
            let names = ["AzureWebJobs.", "AzureWebJobs_"].map(|head| {
                let separator = head.trim_start_matches("AzureWebJobs");
                format!("{head}{}{separator}Disabled", function.name)
            });
            let off = settings.iter().any(|(name, value)| {
                names.iter().any(|known| known.eq_ignore_ascii_case(name))
                    && (value == "1" || value.eq_ignore_ascii_case("true"))
            });
            !off && only.is_none_or(|list| list.contains(&function.name))
        });
    }

    /// The first function, in alphabetical order, whose template and methods match.
    pub(crate) fn route(&self, method: &Method, path: &[String]) -> Option<&Function> {
        self.accepted
            .iter()
            .find(|function| function.allows(method) && function.template.matches(path))
    }

    fn refuse_overlap(&self, new: &Function) -> Result<()> {
        for old in &self.accepted {
            let same_method = match (&old.methods, &new.methods) {
                (Some(old), Some(new)) => old.iter().any(|method| new.contains(method)),
                _ => true,
            };
            ensure!(
                old.template != new.template || !same_method,
                "the route {} and a method are those of {}",
                new.route,
                old.name
            );
        }
        Ok(())
    }
}

impl Function {
    fn read(name: &str, file: &Path, prefix: &str) -> Result<Self> {
        ensure!(is_name(name), "the host refuses the name {name}");
        let text = std::fs::read_to_string(file)?;
        let json: Value = serde_json::from_str(&text).context("function.json is no JSON")?;
        ensure!(
            json.get("scriptFile").is_none(),
            "scriptFile names a file that the package does not have"
        );
        Self::from_json(name, &json, prefix)
    }

    fn from_json(name: &str, json: &Value, prefix: &str) -> Result<Self> {
        let bindings = json
            .get("bindings")
            .and_then(Value::as_array)
            .context("no bindings")?;
        let trigger = only(bindings, "in", "httpTrigger")?;
        only(bindings, "out", "http")?;
        ensure!(
            bindings.len() == 2,
            "an extra binding switches the host to the JSON payload mode"
        );
        for binding in bindings {
            let name = binding.get("name").and_then(Value::as_str).unwrap_or_default();
            ensure!(
                is_binding_name(name),
                "the host refuses the binding name {name:?}"
            );
        }
        let route = trigger
            .get("route")
            .and_then(Value::as_str)
            .unwrap_or(name)
            .to_owned();
        let lower = route.trim().trim_start_matches('/').to_lowercase();
        ensure!(
            !lower.starts_with("admin") && !lower.starts_with("runtime"),
            "the route {route} is reserved"
        );
        Ok(Self {
            name: name.to_owned(),
            template: Template::parse(&format!("{prefix}/{}", route.trim_start_matches('/')))?,
            route,
            methods: methods(trigger)?,
            auth_level: auth_level(trigger)?,
        })
    }

    fn allows(&self, method: &Method) -> bool {
        self.methods
            .as_ref()
            .is_none_or(|methods| methods.contains(method))
    }
}

/// Name and file of each function, sorted without regard to case.
fn function_files(app: &Path) -> Result<Vec<(String, PathBuf)>> {
    let entries = std::fs::read_dir(app).with_context(|| app.display().to_string())?;
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let file = entry.path().join("function.json");
        if file.is_file() {
            files.push((entry.file_name().to_string_lossy().into_owned(), file));
        }
    }
    files.sort_by_key(|(name, _)| name.to_lowercase());
    Ok(files)
}

/// `^[a-z][a-z0-9_-]{0,127}$` in any case, and not `host`.
fn is_name(name: &str) -> bool {
    let rest_is_fine = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && rest_is_fine
        && name.len() <= 128
        && !name.eq_ignore_ascii_case("host")
}

/// `[A-Za-z][A-Za-z0-9]{0,127}` or `$return`.
fn is_binding_name(name: &str) -> bool {
    name == "$return"
        || (name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric())
            && name.len() <= 128)
}

fn only<'a>(bindings: &'a [Value], direction: &str, kind: &str) -> Result<&'a Value> {
    let is = |binding: &&Value, member: &str, value: &str| {
        binding
            .get(member)
            .and_then(Value::as_str)
            .is_some_and(|text| text.eq_ignore_ascii_case(value))
    };
    let mut found = bindings
        .iter()
        .filter(|binding| is(binding, "type", kind) && is(binding, "direction", direction));
    match (found.next(), found.next()) {
        (Some(binding), None) => Ok(binding),
        _ => bail!("there must be exactly one {kind} binding with direction {direction}"),
    }
}

fn methods(trigger: &Value) -> Result<Option<Vec<Method>>> {
    let Some(list) = trigger.get("methods").and_then(Value::as_array) else {
        return Ok(None);
    };
    let methods = list.iter().map(|method| {
        let text = method.as_str().context("a method that is no text")?;
        Method::from_bytes(text.to_uppercase().as_bytes()).context("a method that is none")
    });
    Ok(Some(methods.collect::<Result<_>>()?))
}

fn auth_level(trigger: &Value) -> Result<AuthLevel> {
    let level = trigger
        .get("authLevel")
        .and_then(Value::as_str)
        .map(str::to_lowercase);
    Ok(match level.as_deref() {
        Some("anonymous") => AuthLevel::Anonymous,
        None | Some("function") => AuthLevel::Function,
        Some("admin") => AuthLevel::Admin,
        Some(other) => bail!("unknown authLevel {other}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn function(name: &str, trigger: &Value) -> Result<Function> {
        let mut input = json!({"type": "httpTrigger", "direction": "in", "name": "req"});
        input
            .as_object_mut()
            .unwrap()
            .extend(trigger.as_object().unwrap().clone());
        Function::from_json(
            name,
            &json!({"bindings": [input, {"type": "http", "direction": "out", "name": "res"}]}),
            "api",
        )
    }

    fn app(functions: &[(&str, Value)]) -> (tempfile::TempDir, Functions) {
        let folder = tempfile::tempdir().unwrap();
        for (name, trigger) in functions {
            let mut input = json!({"type": "httpTrigger", "direction": "in", "name": "req"});
            input
                .as_object_mut()
                .unwrap()
                .extend(trigger.as_object().unwrap().clone());
            let json = json!({"bindings": [input, {"type": "http", "direction": "out", "name": "res"}]});
            std::fs::create_dir(folder.path().join(name)).unwrap();
            std::fs::write(folder.path().join(name).join("function.json"), json.to_string()).unwrap();
        }
        let functions = Functions::read(folder.path(), "api").unwrap();
        (folder, functions)
    }

    fn path(text: &str) -> Vec<String> {
        text.split('/').map(str::to_owned).collect()
    }

    #[test]
    fn the_key_is_asked_for_unless_anonymous_is_said() {
        assert_eq!(
            function("verify", &json!({})).unwrap().auth_level,
            AuthLevel::Function
        );
        assert_eq!(
            function("verify", &json!({"authLevel": "ANONYMOUS"}))
                .unwrap()
                .auth_level,
            AuthLevel::Anonymous
        );
    }

    #[test]
    fn without_a_route_the_name_is_the_route() {
        assert_eq!(function("verify", &json!({})).unwrap().route, "verify");
    }

    #[test]
    fn reserved_routes_are_refused() {
        for route in ["admin", "administration/x", "/Runtime/webhooks"] {
            assert!(function("f", &json!({ "route": route })).is_err(), "{route}");
        }
    }

    #[test]
    fn names_the_host_refuses() {
        for name in ["host", "9lives", "a.b", ""] {
            assert!(!is_name(name), "{name}");
        }
        assert!(is_name("verify") && is_name("Sample_Start-2"));
    }

    #[test]
    fn a_third_binding_is_refused() {
        let json = json!({"bindings": [
            {"type": "httpTrigger", "direction": "in", "name": "req"},
            {"type": "http", "direction": "out", "name": "res"},
            {"type": "queue", "direction": "out", "name": "queue"}]});
        assert!(Function::from_json("f", &json, "api").is_err());
    }

    #[test]
    fn a_missing_output_is_refused() {
        let json = json!({"bindings": [{"type": "httpTrigger", "direction": "in", "name": "req"}]});
        assert!(Function::from_json("f", &json, "api").is_err());
    }

    #[test]
    fn a_binding_name_with_an_underscore_is_refused() {
        assert!(!is_binding_name("my_req") && is_binding_name("req") && is_binding_name("$return"));
    }

    /// As it was with the real host: `routePrefix` empty, three routes that begin with `api/`, and one that does not.
    #[test]
    fn without_a_prefix_a_route_is_the_whole_path() {
        let (folder, _) = app(&[
            ("discovery", json!({"route": ".well-known/openid-configuration"})),
            ("token", json!({"route": "api/token/{*rest}"})),
        ]);
        let functions = Functions::read(folder.path(), "").unwrap();
        let of = |text: &str| {
            let function = functions.route(&Method::GET, &path(text));
            function.map(|function| function.name.clone())
        };
        assert_eq!(of("api/token/keys").as_deref(), Some("token"));
        assert_eq!(
            of(".well-known/openid-configuration").as_deref(),
            Some("discovery")
        );
        for nobodys in [
            "token",
            ".well-known",
            ".well-known/acme-challenge/x",
            ".well-known/openid-configuration/x",
            "api/.well-known/openid-configuration",
        ] {
            assert_eq!(of(nobodys), None, "{nobodys}");
        }
    }

    #[test]
    fn an_earlier_catch_all_shadows_later_functions() {
        let (_folder, functions) = app(&[("token", json!({})), ("callback", json!({"route": "{*rest}"}))]);
        assert_eq!(
            functions.route(&Method::GET, &path("api/token")).unwrap().name,
            "callback"
        );
    }

    #[test]
    fn another_method_matches_nothing() {
        let (_folder, functions) = app(&[("token", json!({"methods": ["post"]}))]);
        assert!(functions.route(&Method::POST, &path("api/token")).is_some());
        assert!(functions.route(&Method::GET, &path("api/token")).is_none());
    }

    #[test]
    fn the_later_of_two_equal_routes_is_rejected() {
        let (_folder, functions) = app(&[("b", json!({"route": "x"})), ("a", json!({"route": "x"}))]);
        assert_eq!(functions.accepted.len(), 1);
        assert_eq!(functions.rejected[0].0, "b");
    }

    #[test]
    fn a_broken_function_removes_only_itself() {
        let (folder, _) = app(&[("good", json!({})), ("bad", json!({}))]);
        std::fs::write(folder.path().join("bad/function.json"), "{").unwrap();
        let functions = Functions::read(folder.path(), "api").unwrap();
        assert_eq!(functions.accepted.len(), 1);
        assert_eq!(functions.rejected[0].0, "bad");
    }

    #[test]
    fn a_disabled_function_is_gone() {
        let (_folder, mut functions) = app(&[("token", json!({})), ("verify", json!({}))]);
        let settings = BTreeMap::from([("AzureWebJobs.token.Disabled".to_owned(), "1".to_owned())]);
        functions.keep_enabled(None, &settings);
        assert_eq!(functions.accepted.len(), 1);
        functions.keep_enabled(Some(&[]), &BTreeMap::new());
        assert!(functions.accepted.is_empty());
    }
}
