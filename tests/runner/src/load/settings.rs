//! `appsettings.json` as the Azure AD B2C extension of Visual Studio Code reads it.
//!
//! ```json
//! { "EnvironmentsFolder": "Environments",
//!   "Environments": [ { "Name": "Test", "Production": false, "Tenant": "contoso.onmicrosoft.com",
//!                       "PolicySettings": { "IdentityExperienceFrameworkAppId": "…" } } ] }
//! ```
//!
//! Placeholders are filled before the text is read as XML, whatever their case: `{Settings:Tenant}`,
//! `{Settings:Environment}`, `{Settings:Filename}` (without `.xml`), `{Settings:PolicyFilename}` (also without
//! `B2C_1A_`), and one per entry of `PolicySettings`.

use std::{collections::BTreeMap, fs, io, path::Path, sync::LazyLock};

use regex::{Captures, Regex};
use serde::Deserialize;

use crate::{finding::Finding, model::Span};

static PLACEHOLDER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\{Settings:([^{}]*)\}").ok());

/// The settings of one environment.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Name of the environment.
    pub environment: String,
    /// Its tenant.
    pub tenant: String,
    /// Whether it says of itself that it is production.
    pub production: bool,
    /// Folder of built policies, which is never read.
    pub folder: String,
    /// `PolicySettings` by lower-case name.
    values: BTreeMap<String, String>,
}

/// Why settings cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// The file is no JSON of the form above.
    #[error("is not an appsettings.json: {0}")]
    Parse(#[from] serde_json::Error),
    /// There is no environment of that name.
    #[error("has no environment {wanted:?}; it has {known}")]
    Unknown {
        /// The name asked for; empty for the first.
        wanted: String,
        /// The names there are.
        known: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    environments_folder: Option<String>,
    #[serde(default)]
    environments: Vec<Environment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    name: String,
    #[serde(default)]
    production: bool,
    #[serde(default)]
    tenant: String,
    #[serde(default)]
    policy_settings: BTreeMap<String, serde_json::Value>,
}

impl Settings {
    /// Reads one environment of a settings file, the first if `environment` is `None`.
    ///
    /// # Errors
    /// [`Error`] when the file cannot be read, is of another form, or has no such environment.
    pub fn read(file: &Path, environment: Option<&str>) -> Result<Self, Error> {
        Self::parse(&fs::read_to_string(file)?, environment)
    }

    /// Reads every environment of a settings file.
    ///
    /// # Errors
    /// As [`Settings::read`]; a file without environments is one without the environment asked for.
    pub fn read_all(file: &Path) -> Result<Vec<Self>, Error> {
        let text = fs::read_to_string(file)?;
        let parsed: File = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
        let names: Vec<_> = parsed.environments.into_iter().map(|entry| entry.name).collect();
        if names.is_empty() {
            return Self::parse(&text, None).map(|only| vec![only]);
        }
        names.iter().map(|name| Self::parse(&text, Some(name))).collect()
    }

    /// As [`Settings::read`], from text.
    ///
    /// # Errors
    /// As [`Settings::read`].
    pub fn parse(text: &str, environment: Option<&str>) -> Result<Self, Error> {
        let file: File = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
        let known: Vec<_> = file.environments.iter().map(|entry| entry.name.clone()).collect();
        let wanted =
            |entry: &Environment| environment.is_none_or(|name| entry.name.eq_ignore_ascii_case(name));
        let entry = file
            .environments
            .into_iter()
            .find(wanted)
            .ok_or_else(|| Error::Unknown {
                wanted: environment.unwrap_or_default().to_owned(),
                known: known.join(", "),
            })?;
        let value = |(name, value): (String, serde_json::Value)| (name.to_lowercase(), plain(&value));
        Ok(Self {
            environment: entry.name,
            tenant: entry.tenant,
            production: entry.production,
            folder: file
                .environments_folder
                .unwrap_or_else(|| "Environments".to_owned()),
            values: entry.policy_settings.into_iter().map(value).collect(),
        })
    }

    /// The same with one setting of its `PolicySettings` added or replaced, whatever the case of its name.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_lowercase(), value.to_owned());
        self
    }

    /// Fills every placeholder that has a setting; `stem` is the file's name without `.xml`.
    #[must_use]
    pub fn fill(&self, text: &str, stem: &str) -> String {
        let Some(regex) = PLACEHOLDER.as_ref() else {
            return text.to_owned();
        };
        let value = |found: &Captures<'_>| {
            let name = found.get(1).map(|name| name.as_str()).unwrap_or_default();
            let whole = found.get(0).map(|all| all.as_str()).unwrap_or_default();
            self.value(name, stem).unwrap_or_else(|| whole.to_owned())
        };
        regex.replace_all(text, value).into_owned()
    }

    /// The names of the settings of this environment, in lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    fn value(&self, name: &str, stem: &str) -> Option<String> {
        match name.to_lowercase().as_str() {
            "tenant" => Some(self.tenant.clone()),
            "environment" => Some(self.environment.clone()),
            "filename" => Some(stem.to_owned()),
            "policyfilename" => Some(stem.replace("B2C_1A_", "")),
            other => self.values.get(other).cloned(),
        }
    }
}

/// Text stays text; numbers and booleans are written as JSON writes them.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Every placeholder still in the text. Comments are looked through too: the extension fills them as well.
pub(super) fn unfilled(text: &str, file: &str) -> Vec<Finding> {
    let Some(regex) = PLACEHOLDER.as_ref() else {
        return Vec::new();
    };
    let one = |found: regex::Match<'_>| {
        let before = text.get(..found.start()).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let span = Span {
            file: file.into(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
        };
        Finding::error(
            "settings-placeholder",
            &span,
            format!("{} has no setting", found.as_str()),
        )
        .why("Azure AD B2C would take the placeholder for the value: it is filled when policies are built")
        .instead("an entry of that name under PolicySettings of the environment in appsettings.json")
    };
    regex.find_iter(text).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{Error, Settings, unfilled};

    const FILE: &str = r#"{ "Environments": [
        { "Name": "Test", "Tenant": "test.onmicrosoft.com", "PolicySettings": { "AppId": "1", "Days": 7 } },
        { "Name": "Live", "Production": true, "Tenant": "live.onmicrosoft.com", "PolicySettings": { "AppId": "2" } } ] }"#;

    #[test]
    fn placeholders_are_filled_whatever_their_case() {
        let settings = Settings::parse(FILE, None).unwrap();
        let text = "{Settings:tenant} {settings:APPID} {Settings:Days} {Settings:Environment}";
        assert_eq!(settings.fill(text, "x"), "test.onmicrosoft.com 1 7 Test");
    }

    #[test]
    fn the_file_name_is_a_setting_with_and_without_prefix() {
        let settings = Settings::parse(FILE, Some("live")).unwrap();
        let text = "{Settings:Filename} {Settings:PolicyFilename} {Settings:AppId}";
        assert_eq!(settings.fill(text, "B2C_1A_signin"), "B2C_1A_signin signin 2");
        assert!(settings.production);
    }

    #[test]
    fn a_setting_can_be_replaced_and_added() {
        let settings = Settings::parse(FILE, None).unwrap();
        let settings = settings.with("appid", "9").with("New", "yes");
        assert_eq!(settings.fill("{Settings:AppId} {Settings:new}", "x"), "9 yes");
    }

    #[test]
    fn a_placeholder_without_setting_stays_and_is_reported_with_its_line() {
        let settings = Settings::parse(FILE, None).unwrap();
        let text = settings.fill("a\n{Settings:Nothing}", "x");
        let findings = unfilled(&text, "a.xml");
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].span.to_string(), "a.xml:2");
    }

    #[test]
    fn an_environment_that_is_not_there_is_named_with_those_that_are() {
        let error = Settings::parse(FILE, Some("Dev")).unwrap_err();
        assert_eq!(error.to_string(), "has no environment \"Dev\"; it has Test, Live");
    }

    #[test]
    fn every_environment_is_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), FILE).unwrap();
        let names: Vec<_> = Settings::read_all(file.path())
            .unwrap()
            .into_iter()
            .map(|s| s.environment)
            .collect();
        assert_eq!(names, ["Test", "Live"]);
        std::fs::write(file.path(), "{}").unwrap();
        assert!(matches!(
            Settings::read_all(file.path()),
            Err(Error::Unknown { .. })
        ));
    }

    #[test]
    fn another_form_of_json_is_refused() {
        assert!(matches!(Settings::parse("[]", None), Err(Error::Parse(_))));
    }
}
