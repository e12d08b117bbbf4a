//! The services of one command: settings and secrets are loaded once.

use std::sync::Arc;

use super::Deps;
use super::services::Builder;
use super::stores::Stores;
use crate::background::Background;
use crate::secrets::Telling;
use crate::services::Services;

/// The services, and what runs behind them: it must be waited for before the process ends.
///
/// # Errors
/// Why there are none, in words for an operator.
pub(crate) async fn services_once(deps: &Deps) -> Result<(Services, Background), String> {
    let background = Background::default();
    let stores = Arc::new(Stores::new(Arc::clone(&deps.source)));
    let loading = deps.loader(&stores, Telling::Caller);
    let loaded = loading.once().await.map_err(|faults| {
        faults.map_or_else(
            || "settings cannot be loaded".to_owned(),
            |faults| faults.to_string(),
        )
    })?;
    let builder = Builder::new(deps, background.spawner(), &loading.refresher(), stores);
    let services = builder.build(&loaded).await.map_err(|fault| fault.to_string())?;
    Ok((services, background))
}
