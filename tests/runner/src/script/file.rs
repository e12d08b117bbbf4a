//! The script file.

use anyhow::{Context as _, Result, ensure};
use loopback::secret::Secret;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file of scripted journeys. Paths are relative to it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// Folder of the policies, unless `--policies` says another.
    pub policies: Option<PathBuf>,
    /// Configuration of the tenant, unless `--config` says another.
    pub config: Option<PathBuf>,
    /// Policy of journeys that name none.
    pub policy: Option<String>,
    /// Accounts there are before the first journey.
    pub account: Vec<Account>,
    /// Stand-ins for REST services.
    pub service: Vec<Service>,
    /// Stand-ins for outside providers.
    pub provider: Vec<Provider>,
    /// The journeys, walked in order in one tenant.
    pub journey: Vec<Journey>,
}

/// An account there is before the first journey.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Sign-in e-mail address.
    pub email: String,
    /// Password.
    #[serde(default)]
    pub password: Option<Secret>,
    /// Further attributes.
    #[serde(default)]
    pub attributes: BTreeMap<String, Json>,
}

/// A stand-in for a REST service: answers every call to an address.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// `ServiceUrl` of the profile, without query.
    pub url: String,
    /// Status of the answer.
    #[serde(default = "ok")]
    pub status: u16,
    /// JSON body of the answer.
    #[serde(default = "nothing")]
    pub answer: Json,
}

/// A stand-in for an outside provider: signs everybody in at once. Addresses are those the policy writes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// `METADATA`; the document names the stand-in's other endpoints.
    pub metadata: Option<String>,
    /// `authorization_endpoint` of an OAuth 2.0 provider.
    pub authorize: Option<String>,
    /// `AccessTokenEndpoint` of an OAuth 2.0 provider.
    pub token: Option<String>,
    /// `ClaimsEndpoint` of an OAuth 2.0 provider, without query.
    pub claims_endpoint: Option<String>,
    /// What it tells about the person.
    pub claims: serde_json::Map<String, Json>,
    /// Answers with this error instead.
    pub error: Option<String>,
}

fn ok() -> u16 {
    200
}

fn nothing() -> Json {
    Json::Object(serde_json::Map::new())
}

/// One journey.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Journey {
    /// Its name in the report.
    pub name: String,
    /// Policy, when not the file's.
    pub policy: Option<String>,
    /// Application, when not the runner's own; its first redirect address is used.
    pub client_id: Option<String>,
    /// Further parameters of the authorization request, or others for its own.
    pub parameters: BTreeMap<String, String>,
    /// Goes on in the browser of the journey before: sees its session.
    pub same_browser: bool,
    /// Moves the tenant's clock ahead first, seconds.
    pub advance_s: i64,
    /// What each provider tells in this journey, one sign-in after the other, beside its own claims. The last one stays.
    pub told: Vec<serde_json::Map<String, Json>>,
    /// What each REST service answers in this journey, one call after the other, beside its own answer. The last one stays.
    pub answered: Vec<serde_json::Map<String, Json>>,
    /// What the person does, page by page.
    pub step: Vec<Act>,
    /// What must come of it.
    pub expect: Expect,
}

/// What the person does at one page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Act {
    /// Content definition the page must be of.
    pub page: Option<String>,
    /// Claims the page must show, in any order.
    pub shows: Vec<String>,
    /// Fields to fill in.
    pub fill: BTreeMap<String, String>,
    /// Fields whose address or number is verified with the code from the mailbox, before Continue.
    pub verify: Vec<String>,
    /// Instead of Continue: an exchange to choose, `signup`, `forgot` or `cancel`.
    pub choose: Option<String>,
    /// Instead of posting: load the page's Continue address at once, as a reload does.
    pub reload: bool,
    /// The submit must be refused with a text that contains this.
    pub refused: Option<String>,
}

/// What must come of a journey.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Claims of the id token: a value, `*` for any, `/…/` for a pattern.
    pub claims: BTreeMap<String, Json>,
    /// Claims the id token must not have.
    pub absent: Vec<String>,
    /// OAuth error word of the answer.
    pub error: Option<String>,
    /// Text `error_description` must contain, such as an AADB2C code.
    pub error_contains: Option<String>,
    /// The journey must stand at this page instead of being answered.
    pub page: Option<String>,
    /// Claims and texts (by their string id) of that page, each with what it must contain; nothing: it must not be there.
    pub says: BTreeMap<String, String>,
    /// Orders of the steps taken, in order, sub journeys included.
    pub steps: Option<Vec<u32>>,
    /// Bodies that REST services must have got, in order: the members named here, with their values.
    pub asked: Option<Vec<BTreeMap<String, Json>>>,
    /// Technical profiles that must have run, in any order.
    pub ran: Vec<String>,
    /// Technical profiles that must not have run.
    pub not_ran: Vec<String>,
    /// An account that must exist: attributes with their values; the first finds it.
    pub account: BTreeMap<String, Json>,
    /// Sign-in e-mail addresses that must have no account.
    pub no_account: Vec<String>,
}

impl Script {
    /// Reads a script: YAML when the file is called `.yaml` or `.yml`, else TOML. The words are the same.
    ///
    /// # Errors
    /// Names the file and what is wrong in it.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut script = Self::parse(path, &text).with_context(|| format!("in {}", path.display()))?;
        let base = path.parent().unwrap_or(Path::new("."));
        for path in [&mut script.policies, &mut script.config].into_iter().flatten() {
            *path = base.join(&path);
        }
        for journey in &script.journey {
            let named = journey.policy.is_some() || script.policy.is_some();
            ensure!(
                named,
                "{}: journey {:?} names no policy",
                path.display(),
                journey.name
            );
        }
        ensure!(!script.journey.is_empty(), "{} has no journey", path.display());
        Ok(script)
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        Ok(
            match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
                "yaml" | "yml" => serde_saphyr::from_str(text)?,
                _ => toml::from_str(text)?,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Script> {
        read_as("a.toml", text)
    }

    fn read_as(name: &str, text: &str) -> Result<Script> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        Script::read(&file)
    }

    const YAML: &str = r#"
policy: B2C_1A_x
account:
  - email: grace@example.com
    password: "12345"
service:
  - url: https://api.example/loyalty
    answer: { number: "42", gold: true, since: 2020 }
journey:
  - name: sign in
    step:
      - page: api.signuporsignin
        fill: { signInName: grace@example.com, password: "no" }
        refused: incorrect
    expect:
      steps: [1, 3]
      claims: { loyalty: "42", gold: true, since: 2020 }
"#;

    const TOML: &str = r#"
policy = "B2C_1A_x"
[[account]]
email = "grace@example.com"
password = "12345"
[[service]]
url = "https://api.example/loyalty"
answer = { number = "42", gold = true, since = 2020 }
[[journey]]
name = "sign in"
[[journey.step]]
page = "api.signuporsignin"
fill = { signInName = "grace@example.com", password = "no" }
refused = "incorrect"
[journey.expect]
steps = [1, 3]
claims = { loyalty = "42", gold = true, since = 2020 }
"#;

    #[test]
    fn yaml_and_toml_say_the_same() {
        let toml = format!("{:?}", read(TOML).unwrap());
        for name in ["a.yaml", "a.YML"] {
            assert_eq!(format!("{:?}", read_as(name, YAML).unwrap()), toml, "{name}");
        }
    }

    #[test]
    fn a_misspelt_word_in_yaml_is_refused_with_its_line() {
        let fault = format!(
            "{:#}",
            read_as("a.yaml", "policy: p\njourney:\n  - expcet: {}\n").unwrap_err()
        );
        assert!(fault.contains("expcet") && fault.contains('3'), "{fault}");
    }

    #[test]
    fn a_word_twice_in_yaml_is_refused() {
        assert!(read_as("a.yaml", "policy: p\npolicy: q\njourney: [{}]").is_err());
    }

    #[test]
    fn a_misspelt_word_is_refused() {
        let fault = format!("{:#}", read("policy='p'\n[[journey]]\nexpcet={}").unwrap_err());
        assert!(fault.contains("expcet"), "{fault}");
    }

    #[test]
    fn a_script_without_journeys_or_policy_is_refused() {
        assert!(read("policy='p'").is_err());
        assert!(read("[[journey]]\nname='x'").is_err());
        assert!(read("policy='p'\n[[journey]]\nname='x'").is_ok());
    }
}
