//! What must work without Key Vault: the early settings, the HTTP client, the way to the vault.

use super::SecretStore;
use super::vault::{Vault, Way};
use crate::http_client;
use crate::settings::{Early, Fault, Faults, Source, table};

/// Set by App Service beside the endpoint; proves that a caller runs inside the app.
const IDENTITY_HEADER: &str = "IDENTITY_HEADER";

pub(super) type Prepared = (Early, reqwest::Client, Option<Box<dyn SecretStore>>);

/// What must work without Key Vault.
pub(super) fn prepare(source: &dyn Source) -> Result<Prepared, Faults> {
    let early = Early::load(source)?;
    let fault = |setting: &table::Setting, rule: String| {
        Faults(vec![Fault {
            setting: setting.name.to_owned(),
            rule: rule.into(),
        }])
    };
    let extra_ca = early.extra_ca_file.as_ref().map(std::fs::read).transpose();
    let extra_ca = extra_ca
        .map_err(|error| fault(&table::EXTRA_CA_FILE, format!("cannot be read: {}", error.kind())))?;
    let unusable = |error| fault(&table::EXTRA_CA_FILE, format!("cannot be used: {error}"));
    let (ca, agent, resolve) = (extra_ca.as_deref(), &early.user_agent, &early.resolve);
    let http = http_client::build(ca, agent, resolve).map_err(unusable)?;
    let Some(vault) = &early.vault else {
        return Ok((early, http, None));
    };
    tell_of_identity(source);
    let way = http_client::build_ahead(ca, agent, resolve).map_err(unusable)?;
    let store = Vault::new(vault, &http, Way::new(vault, way));
    let store = store.map_err(|error| fault(&table::KEY_VAULT_URL, format!("cannot be used: {error}")))?;
    Ok((early, http, Some(Box::new(store))))
}

/// The commonest mistake is told at once: without these variables the SDK looks for a virtual machine's identity, and
/// that takes long to fail.
fn tell_of_identity(source: &dyn Source) {
    let missing: Vec<&str> = absent(source).collect();
    if !missing.is_empty() {
        tracing::error!(
            code = "identity.absent",
            missing = missing.join(" "),
            "no managed identity, so Key Vault cannot be read: enable the app's system-assigned identity, or assign a \
             user-assigned one and name it in AppSettings:ManagedIdentityClientId; trying the virtual machine's meanwhile"
        );
    }
}

/// The variables of an app with a managed identity that are not there.
fn absent(source: &dyn Source) -> impl Iterator<Item = &'static str> {
    let names = [table::IDENTITY_ENDPOINT.name, IDENTITY_HEADER];
    let is_given = |name: &str| source.get(name).is_some_and(|value| !value.trim().is_empty());
    names.into_iter().filter(move |name| !is_given(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::source::Map;

    #[test]
    fn what_is_missing_of_a_managed_identity_is_named() {
        let none = Map::default();
        let half = none
            .clone()
            .with("IDENTITY_ENDPOINT", "http://127.0.0.1:1/msi/token");
        let whole = half.clone().with("IDENTITY_HEADER", "x");
        let missing = |source: &Map| absent(source).collect::<Vec<_>>();
        assert_eq!(missing(&none), ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"]);
        assert_eq!(missing(&half), ["IDENTITY_HEADER"]);
        assert!(missing(&whole).is_empty());
    }
}
