//! What is filled in, checked before anything is read.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use loopback::secret::Secret;
use runner::load::Settings;

use super::address;
use super::blanks::Kind;

/// Where the pages of the sample lie below the container. Its policies name files, so they need the folder.
const PAGES_FOLDER: &str = "ocean_blue";

/// What a placeholder is filled with.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// This, which is still to be escaped.
    Value(String),
    /// This, written as it is: the extension of Visual Studio Code does so with its settings.
    Raw(String),
    /// Nothing, for want of these options.
    Missing(&'static str),
    /// Nobody knows the placeholder.
    Unknown,
}

/// How B2C proves itself to the sample front.
#[derive(Clone, Debug, Default)]
pub enum Caller {
    /// Nothing was said.
    #[default]
    Unsaid,
    /// By the secret segment of its base address.
    BaseSecret(Secret),
    /// Not at all: `Sample:AllowAnonymous`, or another scheme that the policies were edited for.
    Anonymous,
}

/// All values. What is not given is missing only when a placeholder asks for it.
#[derive(Clone, Debug, Default)]
pub struct Values {
    api: Option<String>,
    caller: Caller,
    ui: Option<String>,
    tenant: Option<String>,
    words: Vec<(&'static str, String)>,
    settings: Settings,
}

/// Where there is no other way, no page of ours offers one.
const MAY_BE_EMPTY: &str = "{Settings:AlternativeUrl}";

/// Placeholders that are words, with the option each is filled by and the setting of our own policies that means the same.
const WORDS: [(&str, &str, &str); 7] = [
    ("{your-id-token-issuer}", "--issuer", ""),
    ("{your-id-token-audience}", "--audience", ""),
    (
        "IdentityExperienceFrameworkAppId",
        "--ief-app",
        "IdentityExperienceFrameworkAppId",
    ),
    (
        "ProxyIdentityExperienceFrameworkAppId",
        "--proxy-ief-app",
        "ProxyIdentityExperienceFrameworkAppId",
    ),
    ("ExtensionsAppId", "--extensions-app", "ExtensionsAppId"),
    (
        "ExtensionsAppObjectId",
        "--extensions-app-object",
        "ExtensionsAppObjectId",
    ),
    ("AppInsightsInstrumentationKey", "--insights", ""),
];

impl Values {
    /// With an `appsettings.json`, as our own policies have one; the first environment unless one is named.
    ///
    /// # Errors
    /// A file that cannot be read, or without that environment.
    pub fn with_settings(mut self, file: &Path, environment: Option<&str>) -> Result<Self> {
        let read = Settings::read(file, environment);
        self.settings = read.with_context(|| file.display().to_string())?;
        Ok(self)
    }

    /// With one setting for `{Settings:NAME}`.
    #[must_use]
    pub fn with_setting(mut self, name: &str, value: &str) -> Self {
        self.settings = self.settings.with(name, value);
        self
    }

    /// With one setting, unless there is one of this name.
    #[must_use]
    pub fn with_default(self, name: &str, value: &str) -> Self {
        let known = self
            .settings
            .names()
            .any(|known| known.eq_ignore_ascii_case(name));
        if known {
            self
        } else {
            self.with_setting(name, value)
        }
    }

    /// With the handler's public origin.
    ///
    /// # Errors
    /// See [`address::origin`].
    pub fn with_api(mut self, text: &str) -> Result<Self> {
        let api = address::origin(text)?;
        self.settings = self.settings.with("HandlerUrl", &api);
        self.api = Some(api);
        Ok(self)
    }

    /// With the address of the pages' container.
    ///
    /// # Errors
    /// See [`address::folder`].
    pub fn with_ui(mut self, text: &str) -> Result<Self> {
        let ui = address::folder(text)?;
        self.settings = self.settings.with("PagesUrl", &ui);
        self.ui = Some(ui);
        Ok(self)
    }

    /// With the file that holds the base secret.
    ///
    /// # Errors
    /// A file that cannot be read, or without 32 to 255 URL-safe characters, which is what the handler takes.
    pub fn with_base_secret(mut self, file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let secret = text.trim_end();
        let safe = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        ensure!(
            (32..=255).contains(&secret.len()) && secret.chars().all(safe),
            "{} holds no base secret: 32 to 255 letters, digits, - and _, as `cargo rig keys` makes one",
            file.display()
        );
        self.caller = Caller::BaseSecret(Secret::new(secret));
        Ok(self)
    }

    /// Without a base secret: whoever reaches the API may call it, or the policies prove themselves otherwise.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.caller = Caller::Anonymous;
        self
    }

    /// With the tenant, `contoso` or `contoso.onmicrosoft.com`.
    ///
    /// # Errors
    /// Anything but letters and digits.
    pub fn with_tenant(mut self, text: &str) -> Result<Self> {
        let lower = text.to_ascii_lowercase();
        let name = lower.strip_suffix(".onmicrosoft.com").unwrap_or(&lower);
        ensure!(
            (1..=27).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{text} is no tenant: the name before .onmicrosoft.com has 1 to 27 letters and digits"
        );
        self.settings.tenant = format!("{name}.onmicrosoft.com");
        self.tenant = Some(name.to_owned());
        Ok(self)
    }

    /// With the value of an option such as `--issuer`.
    ///
    /// # Errors
    /// Where an id is wanted, anything but one; control characters.
    pub fn with_word(mut self, option: &'static str, text: &str) -> Result<Self> {
        let words = WORDS.iter().find(|(_, known, _)| *known == option);
        let (placeholder, _, setting) = words.with_context(|| format!("{option} is unknown"))?;
        if placeholder.starts_with('{') {
            let fine = !text.trim().is_empty() && !text.chars().any(char::is_control);
            ensure!(fine, "{option} is a text, best a GUID");
        } else {
            ensure!(
                is_guid(text),
                "{option} is a GUID, as the portal shows it: {text} is none"
            );
        }
        if !setting.is_empty() {
            self.settings = self.settings.with(setting, text);
        }
        self.words.push((placeholder, text.to_owned()));
        Ok(self)
    }

    /// Whether a secret is among them.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        matches!(self.caller, Caller::BaseSecret(_))
    }

    /// What a placeholder is filled with in a file of this kind whose name without ending is `stem`.
    #[must_use]
    pub fn of(&self, placeholder: &str, kind: Kind, stem: &str) -> Found {
        let lower = placeholder.to_ascii_lowercase();
        match lower.as_str() {
            "{your-ui-blob-container-url}" => option(self.pages(kind), "--ui"),
            "{your-intermediate-api-url}" => self.base(kind),
            "yourtenant" => option(self.tenant.clone(), "--tenant"),
            _ if lower.starts_with("{settings:") => self.setting(placeholder, stem),
            _ => self.word(placeholder),
        }
    }

    /// Pages go on with a slash of their own; policies go on with the name of a page.
    fn pages(&self, kind: Kind) -> Option<String> {
        let ui = self.ui.as_ref()?;
        Some(match kind {
            Kind::Page => ui.clone(),
            Kind::Policy => format!("{ui}/{PAGES_FOLDER}/"),
        })
    }

    /// Pages go on with `/api/…` and must not hold the secret; policies go on with `api/…` behind it.
    fn base(&self, kind: Kind) -> Found {
        let Some(api) = &self.api else {
            return Found::Missing("--api");
        };
        match (kind, &self.caller) {
            (Kind::Page, _) => Found::Value(api.clone()),
            (Kind::Policy, Caller::Anonymous) => Found::Value(format!("{api}/")),
            (Kind::Policy, Caller::BaseSecret(secret)) => {
                Found::Value(format!("{api}/api/jumio/{}/", secret.expose()))
            }
            (Kind::Policy, Caller::Unsaid) => Found::Missing("--base-secret FILE (or --anonymous)"),
        }
    }

    fn setting(&self, placeholder: &str, stem: &str) -> Found {
        let value = self.settings.fill(placeholder, stem);
        let may_be_empty = placeholder.eq_ignore_ascii_case(MAY_BE_EMPTY);
        if value == placeholder || (value.is_empty() && !may_be_empty) {
            return Found::Missing("--set NAME=VALUE or --settings FILE");
        }
        Found::Raw(value)
    }

    fn word(&self, placeholder: &str) -> Found {
        let given = self.words.iter().rev().find(|(known, _)| *known == placeholder);
        if let Some((_, value)) = given {
            return Found::Value(value.clone());
        }
        let known = WORDS.iter().find(|(known, _, _)| *known == placeholder);
        known.map_or(Found::Unknown, |(_, option, _)| Found::Missing(option))
    }
}

fn option(value: Option<String>, name: &'static str) -> Found {
    value.map_or(Found::Missing(name), Found::Value)
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn is_guid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Page => "page",
            Self::Policy => "policy",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_named_in_either_way() {
        for text in ["contoso", "Contoso.onmicrosoft.com"] {
            let values = Values::default().with_tenant(text).unwrap();
            assert_eq!(
                values.of("yourtenant", Kind::Policy, ""),
                Found::Value("contoso".into())
            );
        }
        for text in ["", "contoso.com", "con_toso", "contoso.b2clogin.com"] {
            assert!(Values::default().with_tenant(text).is_err(), "{text}");
        }
    }

    #[test]
    fn where_an_id_is_wanted_anything_else_is_refused() {
        for text in [
            "",
            "my-app",
            "11111111-2222-4333-8444-55555555555",
            "g1111111-2222-4333-8444-555555555555",
        ] {
            assert!(Values::default().with_word("--ief-app", text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_issuer_is_any_text_but_not_none() {
        assert!(
            Values::default()
                .with_word("--issuer", "urn:contoso & partners")
                .is_ok()
        );
        for text in ["", "  ", "a\nb"] {
            assert!(Values::default().with_word("--issuer", text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_file_without_a_base_secret_is_refused_and_not_repeated() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for text in ["", "too-short", &"x".repeat(256), &format!("{}/", "x".repeat(43))] {
            std::fs::write(file.path(), text).unwrap();
            let fault = Values::default()
                .with_base_secret(file.path())
                .unwrap_err()
                .to_string();
            assert!(text.is_empty() || !fault.contains(text), "{fault}");
        }
        std::fs::write(file.path(), format!("{}\n", "x".repeat(43))).unwrap();
        let values = Values::default().with_base_secret(file.path()).unwrap();
        assert!(values.has_secret() && !format!("{values:?}").contains("xxx"));
    }

    #[test]
    fn a_setting_without_a_value_is_missing() {
        let values = Values::default();
        for placeholder in [
            "{Settings:Tenant}",
            "{Settings:Environment}",
            "{Settings:Nothing}",
        ] {
            assert!(
                matches!(values.of(placeholder, Kind::Policy, "a"), Found::Missing(_)),
                "{placeholder}"
            );
        }
    }

    #[test]
    fn options_fill_the_settings_that_mean_the_same() {
        let id = "11111111-2222-4333-8444-555555555555";
        let values = Values::default()
            .with_tenant("contoso")
            .and_then(|values| values.with_api("https://idv.contoso.example"))
            .and_then(|values| values.with_word("--extensions-app", id))
            .unwrap();
        for (placeholder, value) in [
            ("{Settings:Tenant}", "contoso.onmicrosoft.com"),
            ("{Settings:HandlerUrl}", "https://idv.contoso.example"),
            ("{Settings:ExtensionsAppId}", id),
        ] {
            assert_eq!(values.of(placeholder, Kind::Policy, ""), Found::Raw(value.into()));
        }
    }
}
