//! The Jumio tenant.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::reader::{Reader, Rule};
use super::{parse, table};

/// The Jumio tenant.
#[derive(Debug)]
pub(crate) struct Jumio {
    /// `OAuth2` client id.
    pub username: SecretString,
    /// `OAuth2` client secret.
    pub password: SecretString,
    /// Token service.
    pub auth_base: Url,
    /// Account service.
    pub account_base: Url,
    /// Retrieval service.
    pub retrieval_base: Url,
    /// Key of the workflow definition.
    pub workflow_key: String,
    /// User-Agent of our calls.
    pub user_agent: String,
    /// Timeout for one operation, including retries.
    pub budget: Duration,
    /// How far apart two transactions are created.
    pub pace: Duration,
    /// Country of persons whose client names none, ISO 3166-1 alpha-3.
    pub default_country: Option<String>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Jumio> {
    let username = reader.required(&table::JUMIO_USERNAME, parse::secret);
    let password = reader.required(&table::JUMIO_PASSWORD, parse::secret);
    let region = reader.optional(&table::JUMIO_REGION, region);
    let auth_base = base(reader, &table::JUMIO_AUTH_URL, region, "auth");
    let account_base = base(reader, &table::JUMIO_ACCOUNT_URL, region, "account");
    let retrieval_base = base(reader, &table::JUMIO_RETRIEVAL_URL, region, "retrieval");
    let workflow_key = reader.required(&table::JUMIO_WORKFLOW, workflow);
    let user_agent = reader.required(&table::JUMIO_USER_AGENT, user_agent);
    let budget = reader.required(&table::JUMIO_BUDGET, parse::seconds(1..=60));
    let rate = reader.required(&table::JUMIO_RATE, parse::count(1..=100));
    let default_country = reader.optional(&table::JUMIO_COUNTRY, country);
    Some(Jumio {
        username: username?,
        password: password?,
        auth_base: auth_base?,
        account_base: account_base?,
        retrieval_base: retrieval_base?,
        workflow_key: workflow_key?,
        user_agent: user_agent?,
        budget: budget?,
        pace: Duration::from_secs(1) / rate?,
        default_country: default_country?,
    })
}

/// An address that is given, or the region's.
#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
fn base(
    reader: &mut Reader<'_>,
    setting: &table::Setting,
    region: Option<Option<&'static str>>,
    service: &str,
) -> Option<Url> {
    let given = reader.optional(setting, parse::base)?;
    let of_region =
        region?.and_then(|region| Url::parse(&format!("https://{service}.{region}.jumio.ai")).ok());
    let base = given.or(of_region);
    if base.is_none() {
        reader.fault(setting, "is missing, and so is JumioSettings:Region");
    }
    base
}

fn region(value: &str) -> Result<&'static str, Rule> {
    parse::one_of(&[("amer-1", "amer-1"), ("emea-1", "emea-1"), ("apac-1", "apac-1")])(value)
}

fn workflow(value: &str) -> Result<String, Rule> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if value.len() <= 36 && value.bytes().all(plain) {
        return Ok(value.to_owned());
    }
    Err("must be 1 to 36 letters, digits and hyphens".into())
}

/// The form that Jumio asks for.
fn user_agent(value: &str) -> Result<String, Rule> {
    let named = value.split_once('/').is_some_and(|(name, version)| {
        !name.trim().is_empty() && version.starts_with(|first: char| first.is_ascii_alphanumeric())
    });
    if !named {
        return Err("must be of the form Company Application/version".into());
    }
    parse::visible(value)
}

fn country(value: &str) -> Result<String, Rule> {
    let three = value.len() == 3 && value.bytes().all(|letter| letter.is_ascii_uppercase());
    if three && value != "USA" {
        return Ok(value.to_owned());
    }
    Err("must be three capital letters (ISO 3166-1 alpha-3), and not USA, which needs a state".into())
}
