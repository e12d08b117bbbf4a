//! Policies and pages as they are published, Microsoft's sample or ours of the same contract: from a folder with `Policies` and
//! `UI`, filled as the tutorial fills them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::set::{Offer, PolicySet};
use crate::fill;
use crate::fill::values::Values;
use crate::package::workspace;
use crate::rig::{Cast, SampleCast};

/// Names the folder of `samples/Jumio`.
pub const VARIABLE: &str = "JUMIO_SAMPLE";
/// The policy by which people come back.
pub const RETURN: &str = "B2C_1A_jumio_postUpload_AccountActivate";
/// Where the filled pages are, below the rig's folder.
pub(crate) const FILLED: &str = "filled-pages";
/// Where the policies say the pages are, unless they are elsewhere; the runner serves them from the filled folder.
const PAGES: &str = "https://sample.contoso.example";
/// The `LocalAccounts` pack, which the contract's folder has not.
const BASE: &str = "TrustFrameworkBase.xml";

/// Our own policies and pages of the same contract.
#[must_use]
pub fn contract() -> PathBuf {
    workspace().join("tests/contract")
}

/// The sample's folder, if the environment names it.
#[must_use]
pub fn named() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).map(PathBuf::from)
}

/// Fills what lies in `from` and gives the filled set, below `into`. `storage` is where browsers will find the pages, if not at the
/// runner.
///
/// # Errors
/// A folder without these policies and pages, or one that cannot be filled.
pub(crate) fn of(from: &Path, into: &Path, cast: &Cast, storage: Option<&str>) -> Result<PolicySet> {
    let sample = &cast.sample;
    let (pages, policies) = (into.join(FILLED), into.join("filled-policies"));
    let secret = into.join("base-secret");
    std::fs::write(&secret, &sample.base_secret)?;
    let values = values(&cast.public_url, sample)?.with_ui(storage.unwrap_or(PAGES))?;
    fill::ui(&from.join("UI"), &pages, &values)?;
    let source = complete(&from.join("Policies"), &into.join("policies-to-fill"))?;
    fill::policies(&source, &policies, &values.with_base_secret(&secret)?)?;
    let mut set = PolicySet::own();
    set.policies = policies;
    set.pages = BTreeMap::new();
    if storage.is_none() {
        set.pages.insert(PAGES.to_owned(), pages);
    }
    set.offers = vec![Offer::new(
        "signin",
        "B2C_1A_jumio_SignInSignUp",
        "Sign in or sign up",
    )];
    set.returns_by = Some(RETURN.to_owned());
    Ok(set)
}

fn values(public_url: &str, sample: &SampleCast) -> Result<Values> {
    let mut values = Values::default()
        .with_default("Release.ReleaseName", "1")
        .with_tenant(super::DOMAIN)?
        .with_api(public_url)?
        .with_word("--issuer", &sample.issuer)?
        .with_word("--audience", &sample.audience)?;
    // Ids of applications that the runner has no use for.
    for option in [
        "--ief-app",
        "--proxy-ief-app",
        "--extensions-app",
        "--extensions-app-object",
        "--insights",
    ] {
        values = values.with_word(option, &loopback::random::uuid())?;
    }
    Ok(values)
}

/// The policies with a base: the folder's own, or ours.
fn complete(policies: &Path, copy: &Path) -> Result<PathBuf> {
    if policies.join(BASE).is_file() {
        return Ok(policies.to_owned());
    }
    std::fs::create_dir_all(copy)?;
    for entry in std::fs::read_dir(policies).with_context(|| policies.display().to_string())? {
        let entry = entry?;
        std::fs::copy(entry.path(), copy.join(entry.file_name()))?;
    }
    std::fs::copy(workspace().join("policies").join(BASE), copy.join(BASE))?;
    Ok(copy.to_owned())
}
