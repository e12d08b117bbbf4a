//! The Jumio tenant.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::reader::{Reader, Rule};
use super::{parse, sample, table};
use crate::jumio::netverify::Workflow;

/// The Jumio tenant.
#[derive(Debug)]
pub(crate) struct Jumio {
    /// API token; of KYX the `OAuth2` client id.
    pub username: SecretString,
    /// API secret; of KYX the `OAuth2` client secret.
    pub password: SecretString,
    /// What gets new transactions.
    pub present: Api,
    /// What answers for the transactions that it has; never of the same kind.
    pub beside: Option<Api>,
    /// User-Agent of our calls.
    pub user_agent: String,
    /// Timeout for one operation, including retries.
    pub budget: Duration,
    /// How far apart two transactions are created.
    pub pace: Duration,
    /// Country of persons whose client names none, ISO 3166-1 alpha-3.
    pub default_country: Option<String>,
}

/// One of Jumio's APIs.
#[derive(Debug)]
pub(crate) enum Api {
    /// The current one.
    Kyx(Kyx),
    /// The older one.
    Netverify(Netverify),
}

/// A tenant of KYX.
#[derive(Debug)]
pub(crate) struct Kyx {
    /// Token service.
    pub auth_base: Url,
    /// Account service.
    pub account_base: Url,
    /// Retrieval service.
    pub retrieval_base: Url,
    /// Key of the workflow definition.
    pub workflow_key: String,
}

/// A tenant of Netverify.
#[derive(Debug)]
pub(crate) struct Netverify {
    /// Where it is.
    pub base: Url,
    /// What new transactions are made with; always given where there are such.
    pub workflow: Option<Workflow>,
    /// User and password, where they are not the tenant's.
    own: Option<(SecretString, SecretString)>,
}

impl Jumio {
    /// Both APIs, or the only one.
    pub(crate) fn apis(&self) -> impl Iterator<Item = &Api> {
        [&self.present].into_iter().chain(&self.beside)
    }

    /// User and password of Netverify.
    pub(crate) fn netverify_pair(&self) -> (&SecretString, &SecretString) {
        let own = self.apis().find_map(|api| match api {
            Api::Netverify(netverify) => netverify.own.as_ref(),
            Api::Kyx(_) => None,
        });
        own.map_or((&self.username, &self.password), |(username, password)| {
            (username, password)
        })
    }
}

/// Names of the settings that one of the APIs alone has.
const OF_KYX: [&table::Setting; 5] = [
    &table::JUMIO_REGION,
    &table::JUMIO_AUTH_URL,
    &table::JUMIO_ACCOUNT_URL,
    &table::JUMIO_RETRIEVAL_URL,
    &table::JUMIO_WORKFLOW,
];
const OF_NETVERIFY: [&table::Setting; 4] = [
    &table::JUMIO_BASE_URL,
    &table::JUMIO_NETVERIFY_WORKFLOW,
    &table::JUMIO_NETVERIFY_USERNAME,
    &table::JUMIO_NETVERIFY_PASSWORD,
];

/// Which API, by name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kyx,
    Netverify,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Jumio> {
    let username = reader.required(&table::JUMIO_USERNAME, parse::secret);
    let password = reader.required(&table::JUMIO_PASSWORD, parse::secret);
    let apis = apis(reader);
    let user_agent = product(reader);
    let budget = reader.required(&table::JUMIO_BUDGET, parse::seconds(1..=60));
    let rate = reader.required(&table::JUMIO_RATE, parse::count(1..=100));
    let default_country = reader.optional(&table::JUMIO_COUNTRY, country);
    let (present, beside) = apis?;
    Some(Jumio {
        username: username?,
        password: password?,
        present,
        beside,
        user_agent: user_agent?,
        budget: budget?,
        pace: Duration::from_secs(1) / rate?,
        default_country: default_country?,
    })
}

/// The one that gets new transactions, and the other if any of its settings is given: then all that it needs have to be right,
/// or what it has could not be erased.
fn apis(reader: &mut Reader<'_>) -> Option<(Api, Option<Api>)> {
    let is_told = |settings: &[&table::Setting]| settings.iter().any(|setting| reader.is_told(setting));
    let (kyx_is_told, netverify_is_told) = (is_told(&OF_KYX), is_told(&OF_NETVERIFY));
    if netverify_is_told && !kyx_is_told && !reader.is_told(&table::JUMIO_API) {
        let rule = "is missing: JumioSettings:BaseUrl is Netverify's, so say netverify; or kyx, with Region and WorkflowKey";
        reader.fault(&table::JUMIO_API, rule);
        return None;
    }
    match reader.required(&table::JUMIO_API, kind)? {
        Kind::Kyx => {
            let present = kyx(reader);
            let beside = netverify_is_told.then(|| netverify(reader, Kind::Kyx));
            Some((Api::Kyx(present?), all(beside)?.map(Api::Netverify)))
        }
        Kind::Netverify => {
            let present = netverify(reader, Kind::Netverify);
            let beside = kyx_is_told.then(|| kyx(reader));
            Some((Api::Netverify(present?), all(beside)?.map(Api::Kyx)))
        }
    }
}

/// Nothing where something is wanted and faulty.
#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
fn all<T>(wanted: Option<Option<T>>) -> Option<Option<T>> {
    wanted.map_or(Some(None), |read| read.map(Some))
}

fn kyx(reader: &mut Reader<'_>) -> Option<Kyx> {
    let region = reader.optional(&table::JUMIO_REGION, region);
    let auth_base = base(reader, &table::JUMIO_AUTH_URL, region, "auth");
    let account_base = base(reader, &table::JUMIO_ACCOUNT_URL, region, "account");
    let retrieval_base = base(reader, &table::JUMIO_RETRIEVAL_URL, region, "retrieval");
    let workflow_key = reader.required(&table::JUMIO_WORKFLOW, workflow);
    Some(Kyx {
        auth_base: auth_base?,
        account_base: account_base?,
        retrieval_base: retrieval_base?,
        workflow_key: workflow_key?,
    })
}

fn netverify(reader: &mut Reader<'_>, present: Kind) -> Option<Netverify> {
    let base = reader.required(&table::JUMIO_BASE_URL, parse::base);
    let workflow = if present == Kind::Netverify {
        reader
            .required(&table::JUMIO_NETVERIFY_WORKFLOW, netverify_workflow)
            .map(Some)
    } else {
        reader.optional(&table::JUMIO_NETVERIFY_WORKFLOW, netverify_workflow)
    };
    let own = own_pair(reader);
    Some(Netverify {
        base: base?,
        workflow: workflow?,
        own: own?,
    })
}

/// A pair is whole or absent.
#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
fn own_pair(reader: &mut Reader<'_>) -> Option<Option<(SecretString, SecretString)>> {
    let pair = [&table::JUMIO_NETVERIFY_USERNAME, &table::JUMIO_NETVERIFY_PASSWORD];
    if !pair.iter().any(|setting| reader.is_told(setting)) {
        return Some(None);
    }
    let [username, password] = pair.map(|setting| reader.required(setting, parse::secret));
    Some(Some((username?, password?)))
}

fn kind(value: &str) -> Result<Kind, Rule> {
    parse::one_of(&[("kyx", Kind::Kyx), ("netverify", Kind::Netverify)])(value)
}

fn netverify_workflow(value: &str) -> Result<Workflow, Rule> {
    let known = value.parse().ok().and_then(Workflow::of);
    known.ok_or_else(|| "must be one of 100, 101, 102, 200, 201, 202".into())
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

/// The sample ships one without a version, and its tenants need not change it: they are told, and ours is added.
fn product(reader: &mut Reader<'_>) -> Option<String> {
    let given = reader.given(&table::JUMIO_USER_AGENT);
    if !sample::is_on(reader) || given.is_none_or(|given| given.contains('/')) {
        return reader.required(&table::JUMIO_USER_AGENT, user_agent);
    }
    let name = reader.required(&table::JUMIO_USER_AGENT, parse::visible)?;
    let words = "should be of the form Company Application/version; a version is added";
    reader.remark(&table::JUMIO_USER_AGENT, words);
    Some(format!("{name}/{}", env!("CARGO_PKG_VERSION")))
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
