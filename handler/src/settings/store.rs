//! Where facts are kept.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use super::reader::{Reader, Rule};
use super::{parse, table};

/// Where facts are kept.
#[derive(Debug)]
pub(crate) enum Store {
    /// In this process; gone with it.
    Memory,
    /// In a folder, which is made if it is not there.
    Folder(PathBuf),
    /// In a blob container.
    Container {
        /// Its address: `https://<account>.blob.core.windows.net/<container>`, or with the account in the path (Azurite).
        address: Url,
        /// The account's key, base64; without one, the managed identity is used.
        key: Option<SecretString>,
    },
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Store> {
    let store = reader.required(&table::FACT_STORE, parse);
    let account_key = reader.optional(&table::FACT_STORE_KEY, |value| {
        parse::key(32)(value)?;
        parse::secret(value)
    });
    match (store?, account_key?) {
        (Store::Container { address, .. }, key) => Some(Store::Container { address, key }),
        (store, None) => Some(store),
        (_, Some(_)) => {
            reader.fault(&table::FACT_STORE_KEY, "is only for facts in a blob container");
            None
        }
    }
}

fn parse(value: &str) -> Result<Store, Rule> {
    let rule = "must be memory:, file:FOLDER or az:ADDRESS";
    match value.split_once(':').ok_or(rule)? {
        ("memory", "") => Ok(Store::Memory),
        ("file", folder) if !folder.is_empty() => Ok(Store::Folder(folder.into())),
        ("az", address) => Ok(Store::Container {
            address: container(address)?,
            key: None,
        }),
        _ => Err(rule.into()),
    }
}

fn container(value: &str) -> Result<Url, Rule> {
    let address = parse::base(value)?;
    let name = address
        .path_segments()
        .and_then(|segments| segments.into_iter().next_back());
    if name.is_none_or(str::is_empty) {
        return Err("must name a container at the end of its address".into());
    }
    Ok(address)
}
