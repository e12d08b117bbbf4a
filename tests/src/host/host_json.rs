//! `host.json`, read the way the Functions host reads it: names in any case, values overridden by app settings named
//! `AzureFunctionsJobHost__section__key`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// How the host hands a request to the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `enableProxyingHttpRequest`: a streaming reverse proxy.
    Proxying,
    /// `enableForwardingHttpRequest`: the request is rebuilt and the answer is buffered.
    Forwarding,
}

/// What the host takes from `host.json`.
#[derive(Clone, Debug)]
pub(crate) struct HostJson {
    /// As written; resolved by [`HostJson::executable`].
    pub(crate) program: String,
    /// Joined with spaces without quoting by the real host, so one with a space is split.
    pub(crate) arguments: Vec<String>,
    working_directory: Option<String>,
    /// Forwarding or proxying.
    pub(crate) mode: Mode,
    /// How long the handler may take to answer its first ping.
    pub(crate) initialization_timeout: Duration,
    /// How long one function may run.
    pub(crate) function_timeout: Duration,
    /// First part of every route, `api` unless set; may be empty.
    pub(crate) route_prefix: String,
    /// Added to every answer that does not have them.
    pub(crate) custom_headers: Vec<(String, String)>,
    /// `Strict-Transport-Security`, when the host is told to send it.
    pub(crate) hsts: Option<String>,
    /// Allow-list of functions.
    pub(crate) functions: Option<Vec<String>>,
}

const OVERRIDE: &str = "AzureFunctionsJobHost__";

impl HostJson {
    /// Reads `folder/host.json` and applies the overrides among the app settings.
    ///
    /// # Errors
    /// A file that is missing or unparsable, another version than 2.0, no custom handler, neither mode switched on.
    pub(crate) fn read(folder: &Path, settings: &BTreeMap<String, String>) -> Result<Self> {
        let file = folder.join("host.json");
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let mut json: Value = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
        for (name, value) in settings {
            if let Some(path) = strip_prefix_ignoring_case(name, OVERRIDE) {
                put(&mut json, &path.split("__").collect::<Vec<_>>(), value);
            }
        }
        Self::from_json(&json).with_context(|| file.display().to_string())
    }

    fn from_json(json: &Value) -> Result<Self> {
        if text(json, &["version"]).as_deref() != Some("2.0") {
            bail!("version must be exactly \"2.0\"");
        }
        let description = &["customHandler", "description"][..];
        let program = text(json, &[description, &["defaultExecutablePath"]].concat())
            .context("customHandler.description.defaultExecutablePath is missing")?;
        Ok(Self {
            program,
            arguments: texts(at(json, &[description, &["arguments"]].concat())),
            working_directory: text(json, &[description, &["workingDirectory"]].concat()),
            mode: mode(json)?,
            initialization_timeout: span(json, &["customHandler", "initializationTimeout"], 30)?,
            function_timeout: span(json, &["functionTimeout"], 30 * 60)?,
            route_prefix: text(json, &["extensions", "http", "routePrefix"]).unwrap_or_else(|| "api".into()),
            custom_headers: pairs(at(json, &["extensions", "http", "customHeaders"])),
            hsts: hsts(json),
            functions: at(json, &["functions"]).map(|list| texts(Some(list))),
        })
    }

    /// The program to start: below the app's folder when it is there, else a command on PATH.
    pub(crate) fn executable(&self, folder: &Path) -> PathBuf {
        let inside = folder.join(&self.program);
        if inside.is_file() {
            inside
        } else {
            PathBuf::from(&self.program)
        }
    }

    /// Where the handler runs.
    pub(crate) fn directory(&self, folder: &Path) -> PathBuf {
        self.working_directory
            .as_ref()
            .map_or_else(|| folder.to_owned(), |path| folder.join(path))
    }
}

fn mode(json: &Value) -> Result<Mode> {
    if truth(json, &["customHandler", "enableProxyingHttpRequest"]) {
        return Ok(Mode::Proxying);
    }
    if truth(json, &["customHandler", "enableForwardingHttpRequest"]) {
        return Ok(Mode::Forwarding);
    }
    bail!(
        "neither proxying nor forwarding is switched on; this stand-in does not imitate the JSON payload mode"
    )
}

fn hsts(json: &Value) -> Option<String> {
    let hsts = &["extensions", "http", "hsts"][..];
    truth(json, &[hsts, &["isEnabled"]].concat()).then(|| {
        let age = text(json, &[hsts, &["maxAge"]].concat()).and_then(|age| time_span(&age));
        let mut header = format!("max-age={}", age.map_or(30 * 86400, |age| age.as_secs()));
        if truth(json, &[hsts, &["includeSubDomains"]].concat()) {
            header.push_str("; includeSubDomains");
        }
        if truth(json, &[hsts, &["preload"]].concat()) {
            header.push_str("; preload");
        }
        header
    })
}

/// A member by path, each name in any case.
fn at<'a>(json: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(json, |value, name| {
        value
            .as_object()?
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

fn text(json: &Value, path: &[&str]) -> Option<String> {
    match at(json, path)? {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

fn truth(json: &Value, path: &[&str]) -> bool {
    text(json, path).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let words = list
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    words.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

fn pairs(object: Option<&Value>) -> Vec<(String, String)> {
    let members = object.and_then(Value::as_object).into_iter().flatten();
    members
        .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn span(json: &Value, path: &[&str], default_s: u64) -> Result<Duration> {
    let Some(text) = text(json, path) else {
        return Ok(Duration::from_secs(default_s));
    };
    if text == "-1" {
        return Ok(Duration::MAX);
    }
    time_span(&text).with_context(|| format!("{} is not hh:mm:ss", path.join(".")))
}

/// .NET's `[d.]hh:mm:ss[.fraction]`.
fn time_span(text: &str) -> Option<Duration> {
    let mut parts = text.splitn(3, ':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let whole: u64 = days.parse::<u64>().ok()? * 86400 + hours.parse::<u64>().ok()? * 3600;
    let seconds: f64 = seconds.parse().ok()?;
    Some(
        Duration::from_secs(whole + minutes.parse::<u64>().ok()? * 60)
            + Duration::try_from_secs_f64(seconds).ok()?,
    )
}

fn put(json: &mut Value, path: &[&str], value: &str) {
    let Some((name, rest)) = path.split_first() else {
        *json = Value::String(value.to_owned());
        return;
    };
    if !json.is_object() {
        *json = Value::Object(serde_json::Map::new());
    }
    if let Some(object) = json.as_object_mut() {
        let known = object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
        put(
            object
                .entry(known.unwrap_or_else(|| (*name).to_owned()))
                .or_insert(Value::Null),
            rest,
            value,
        );
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn minimal() -> Value {
        json!({"version": "2.0", "customHandler": {
            "description": {"defaultExecutablePath": "handler"}, "enableProxyingHttpRequest": true}})
    }

    #[test]
    fn defaults_are_the_hosts() {
        let host = HostJson::from_json(&minimal()).unwrap();
        assert_eq!(host.mode, Mode::Proxying);
        assert_eq!(host.route_prefix, "api");
        assert_eq!(host.initialization_timeout, Duration::from_secs(30));
        assert_eq!(host.hsts, None);
    }

    #[test]
    fn proxying_wins_over_forwarding() {
        let mut json = minimal();
        json["customHandler"]["enableForwardingHttpRequest"] = true.into();
        assert_eq!(HostJson::from_json(&json).unwrap().mode, Mode::Proxying);
    }

    #[test]
    fn an_app_setting_overrides_a_value_in_any_case() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("host.json"), minimal().to_string()).unwrap();
        let settings = BTreeMap::from([
            (
                "azurefunctionsjobhost__customhandler__enableproxyinghttprequest".to_owned(),
                "false".to_owned(),
            ),
            (
                "AzureFunctionsJobHost__customHandler__enableForwardingHttpRequest".to_owned(),
                "true".to_owned(),
            ),
        ]);
        assert_eq!(
            HostJson::read(folder.path(), &settings).unwrap().mode,
            Mode::Forwarding
        );
    }

    #[test]
    fn neither_mode_is_refused() {
        let mut json = minimal();
        json["customHandler"]["enableProxyingHttpRequest"] = false.into();
        assert!(
            HostJson::from_json(&json)
                .unwrap_err()
                .to_string()
                .contains("neither")
        );
    }

    #[test]
    fn another_version_is_refused() {
        let mut json = minimal();
        json["version"] = "3.0".into();
        assert!(HostJson::from_json(&json).is_err());
    }

    #[test]
    fn no_executable_is_refused() {
        let json = json!({"version": "2.0", "customHandler": {"enableProxyingHttpRequest": true}});
        assert!(HostJson::from_json(&json).is_err());
    }

    #[test]
    fn time_spans_are_dotnets() {
        assert_eq!(time_span("00:00:30"), Some(Duration::from_secs(30)));
        assert_eq!(time_span("1.02:03:04.5"), Some(Duration::from_millis(93_784_500)));
        assert_eq!(time_span("30"), None);
    }

    #[test]
    fn hsts_is_spelled_out() {
        let mut json = minimal();
        json["extensions"] = json!({"http": {"hsts": {"isEnabled": true, "maxAge": "365.00:00:00"}}});
        assert_eq!(
            HostJson::from_json(&json).unwrap().hsts.as_deref(),
            Some("max-age=31536000")
        );
    }
}
