//! What must be true of an assembled app before anybody runs it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::listing::list;
use crate::host::function::Functions;
use crate::host::host_json::HostJson;

/// Checks the whole folder with the rules of the host, but strictly: what the host would skip with a log line is a
/// fault here.
pub(super) fn app(folder: &Path, local: bool) -> Result<()> {
    let host_json = HostJson::read(folder, &BTreeMap::new())?;
    ensure!(
        host_json.program == "handler",
        "host.json must start the file `handler`, by exactly that name: the deployment tools give it its mode bits"
    );
    let functions = Functions::read(folder, &host_json.route_prefix)?;
    if let Some((name, reason)) = functions.rejected.first() {
        bail!("the host would leave out the function {name}: {reason}");
    }
    ensure!(!functions.accepted.is_empty(), "there is no function");
    only_known_files(folder, &functions, local)
}

fn only_known_files(folder: &Path, functions: &Functions, local: bool) -> Result<()> {
    for entry in list(folder)? {
        let is_function = functions
            .accepted
            .iter()
            .any(|known| entry.path == format!("{}/function.json", known.name));
        let is_known = matches!(entry.path.as_str(), "host.json" | "handler");
        let is_local = local && entry.path == "local.settings.json";
        ensure!(
            is_function || is_known || is_local,
            "{} does not belong into the package",
            entry.path
        );
    }
    Ok(())
}
