//! What is needed before Key Vault can be read, and so cannot come from there.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tracing::Level;
use url::Url;

use super::fault::Faults;
use super::reader::Reader;
use super::source::Source;
use super::{parse, sample, table};

/// The vault and who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vault {
    /// Its address.
    pub url: Url,
    /// Client id of the user-assigned managed identity; without one, the system-assigned.
    pub identity: Option<String>,
}

/// How settings in Key Vault are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// By the list of all secrets: any setting may be there.
    List,
    /// The list is never asked for: only secrets that are named, and those that are always needed, are there.
    Named,
}

/// What is needed before Key Vault can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Early {
    /// The vault; without one, everything is given directly.
    pub vault: Option<Vault>,
    /// How settings in it are found.
    pub names: Names,
    /// Time between two readings.
    pub refresh: Duration,
    /// PEM file with further trusted authorities.
    pub extra_ca_file: Option<PathBuf>,
    /// Host names that tests have on this machine.
    pub resolve: Vec<(String, SocketAddr)>,
    /// Where App Service puts loaded certificates.
    pub certificate_folder: PathBuf,
    /// Minimum level of our own records.
    pub log_level: Level,
    /// How much may be asked of us at once.
    pub traffic: Traffic,
    /// Fallback for calls that need no particular `User-Agent`.
    pub user_agent: String,
}

/// How much may be asked of us at once. Wrong ones are told with the other early settings; until then the defaults hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Traffic {
    /// Requests worked on at once.
    pub max_requests: u32,
    /// The header that holds the client's address, in lower case.
    pub client_address_header: Option<String>,
}

const NAMES: &[(&str, Names)] = &[("list", Names::List), ("named", Names::Named)];

const LEVELS: &[(&str, Level)] = &[
    ("error", Level::ERROR),
    ("warn", Level::WARN),
    ("info", Level::INFO),
    ("debug", Level::DEBUG),
    ("trace", Level::TRACE),
];

impl Early {
    /// Reads the early settings, from the environment alone.
    ///
    /// # Errors
    /// All that is wrong with them, at once.
    pub(crate) fn load(source: &dyn Source) -> Result<Self, Faults> {
        let mut reader = Reader::new(source);
        let early = Self::read(&mut reader);
        reader.finish(early)
    }

    /// The level to log at, which must be known even when the rest is wrong.
    #[must_use]
    pub(crate) fn log_level(source: &dyn Source) -> Level {
        let level = Reader::new(source).required(&table::LOG_LEVEL, parse::one_of(LEVELS));
        level.unwrap_or(Level::INFO)
    }

    /// How much may be asked of us, which must be known before anybody asks.
    #[must_use]
    pub(crate) fn traffic(source: &dyn Source) -> Traffic {
        traffic(&mut Reader::new(source)).unwrap_or(Traffic {
            max_requests: 200,
            client_address_header: None,
        })
    }

    /// The origin of the page that polls, which must be known before it polls.
    #[must_use]
    pub(crate) fn page_origin(source: &dyn Source) -> Option<String> {
        sample::page_origin(&mut Reader::new(source))
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let url = reader.optional(&table::KEY_VAULT_URL, parse::origin);
        let identity = reader.optional(&table::IDENTITY_CLIENT_ID, parse::visible);
        let names = reader.required(&table::KEY_VAULT_NAMES, parse::one_of(NAMES));
        // Malformed, it would be taken for absent by some, and these would look for another identity.
        let endpoint = reader.optional(&table::IDENTITY_ENDPOINT, parse::base);
        let refresh = reader.required(&table::REFRESH, parse::seconds(30..=86_400));
        let extra_ca_file = reader.optional(&table::EXTRA_CA_FILE, parse::text);
        let resolve = reader.optional(&table::RESOLVE_OVERRIDES, parse::resolve);
        let certificate_folder = reader.required(&table::CERTIFICATE_FOLDER, parse::text);
        let log_level = reader.required(&table::LOG_LEVEL, parse::one_of(LEVELS));
        let traffic = traffic(reader);
        if url
            .as_ref()
            .is_some_and(|url| url.as_ref().is_some_and(|url| url.scheme() != "https"))
        {
            reader.fault(&table::KEY_VAULT_URL, "must be https");
        }
        let identity = identity?;
        endpoint?;
        Some(Self {
            names: names?,
            vault: url?.map(|url| Vault { url, identity }),
            refresh: refresh?,
            extra_ca_file: extra_ca_file?.map(PathBuf::from),
            resolve: resolve?.unwrap_or_default(),
            certificate_folder: certificate_folder?.into(),
            log_level: log_level?,
            traffic: traffic?,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
        })
    }
}

fn traffic(reader: &mut Reader<'_>) -> Option<Traffic> {
    let max_requests = reader.required(&table::MAX_REQUESTS, parse::count(8..=10_000));
    let header = reader.optional(&table::CLIENT_ADDRESS_HEADER, parse::header_name);
    Some(Traffic {
        max_requests: max_requests?,
        client_address_header: header?,
    })
}
