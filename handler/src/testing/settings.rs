//! What tests of the deployment ask of settings.

use crate::settings::source::Map;
use crate::settings::{Settings, Store};

pub use crate::settings::table::markdown_table;

/// What was understood of some settings.
#[derive(Debug)]
pub struct Understood {
    /// What an operator is told about them.
    pub remarks: Vec<String>,
    /// Facts are kept in Azure Blob Storage.
    pub keeps_facts_in_a_container: bool,
    /// Some client must send a PKCE challenge.
    pub requires_pkce: bool,
}

/// Loads settings, as the handler would.
///
/// # Errors
/// What is wrong with them, a line each.
pub fn understood(all: impl IntoIterator<Item = (String, String)>) -> Result<Understood, String> {
    let all: Map = all.into_iter().collect();
    let settings = Settings::load_at_start(&all).map_err(|faults| faults.to_string())?;
    Ok(Understood {
        keeps_facts_in_a_container: matches!(settings.store, Store::Container { .. }),
        requires_pkce: settings.clients.iter().any(|client| client.require_pkce),
        remarks: settings.remarks,
    })
}
