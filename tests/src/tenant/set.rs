//! Which policies and pages a tenant runs, and what the demonstration application does with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::package::workspace;

/// Where our own policies say the pages are; the runner serves them from `ui/b2c` instead.
const PAGES: &str = "https://pages.contoso.example";
/// The same of the contract's pages.
const CONTRACT_PAGES: &str = "https://contract.contoso.example";

/// Policies, pages, and what the application offers.
#[derive(Clone, Debug)]
pub struct PolicySet {
    /// Folders and single files of policies.
    pub policies: Vec<PathBuf>,
    /// Address prefix as written in `LoadUri` → folder on this machine.
    pub pages: BTreeMap<String, PathBuf>,
    /// `PolicySettings` over those of the laptop.
    pub set: BTreeMap<String, String>,
    /// What the application offers; the first is the sign-in.
    pub offers: Vec<Offer>,
    /// The policy whose tokens come to the application without a request of its own: the sample's way back.
    pub returns_by: Option<String>,
}

/// A button of the application.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its path, without a slash.
    pub path: &'static str,
    /// The policy it asks for.
    pub policy: String,
    /// Its words.
    pub words: &'static str,
}

impl Offer {
    /// A button.
    #[must_use]
    pub fn new(path: &'static str, policy: &str, words: &'static str) -> Self {
        Self {
            path,
            policy: policy.to_owned(),
            words,
        }
    }
}

/// Where the sample front is, and what its hints say: what an operator writes into the policies and pages.
#[derive(Clone, Debug)]
pub struct SamplePlaces {
    /// Base address of the calls, with the secret and a slash at the end.
    pub api: String,
    /// Base address of the page's calls: without either.
    pub poll: String,
    /// Issuer of the hints.
    pub issuer: String,
    /// Audience of the hints.
    pub audience: String,
}

impl PolicySet {
    /// The policy of [`Self::contract`] to which people come back.
    pub const CONTRACT_RETURN: &'static str = "B2C_1A_Contract_Return";

    /// Our own policies, `policies/` with `ui/b2c`.
    #[must_use]
    pub fn own() -> Self {
        Self {
            policies: vec![workspace().join("policies")],
            pages: BTreeMap::from([(PAGES.to_owned(), workspace().join("ui/b2c"))]),
            set: BTreeMap::from([("PagesUrl".to_owned(), PAGES.to_owned())]),
            offers: vec![
                Offer::new("signin", "B2C_1A_IDV_SignUpOrSignIn", "Sign in or sign up"),
                Offer::new("profile", "B2C_1A_IDV_ProfileEdit", "Edit my profile"),
                Offer::new("reset", "B2C_1A_IDV_PasswordReset", "I forgot my password"),
            ],
            returns_by: None,
        }
    }

    /// Policies and pages that make the calls of Microsoft's sample, in `tests/contract/tenant`; local accounts are those of our own.
    #[must_use]
    pub fn contract(places: SamplePlaces) -> Self {
        let mut set = Self::own();
        let contract = workspace().join("tests/contract/tenant");
        set.policies = vec![
            workspace().join("policies/TrustFrameworkBase.xml"),
            contract.join("policies"),
        ];
        set.pages
            .insert(CONTRACT_PAGES.to_owned(), contract.join("pages"));
        let settings = [
            ("ContractPagesUrl", CONTRACT_PAGES.to_owned()),
            ("ApiUrl", places.api),
            ("PollUrl", places.poll),
            ("HintIssuer", places.issuer),
            ("HintAudience", places.audience),
        ];
        set.set
            .extend(settings.map(|(name, value)| (name.to_owned(), value)));
        set.offers = vec![Offer::new(
            "signin",
            "B2C_1A_Contract_SignIn",
            "Sign in or sign up",
        )];
        set.returns_by = Some(Self::CONTRACT_RETURN.to_owned());
        set
    }

    /// One folder that holds all policies: the only one there is, or copies of all in `folder`.
    ///
    /// # Errors
    /// A policy cannot be copied.
    pub(super) fn gathered(&self, folder: &Path) -> Result<PathBuf> {
        if let [only] = self.policies.as_slice()
            && only.is_dir()
        {
            return Ok(only.clone());
        }
        std::fs::create_dir_all(folder)?;
        for place in &self.policies {
            copy(place, folder).with_context(|| place.display().to_string())?;
        }
        Ok(folder.to_owned())
    }
}

/// A file, or all policies right in a folder.
fn copy(place: &Path, folder: &Path) -> Result<()> {
    let files = if place.is_dir() {
        let entries = std::fs::read_dir(place)?.map(|entry| Ok(entry?.path()));
        entries.collect::<Result<Vec<_>>>()?
    } else {
        vec![place.to_owned()]
    };
    let is_policy = |file: &&PathBuf| {
        file.extension()
            .is_some_and(|ext| ext.eq_ignore_ascii_case("xml"))
    };
    for file in files.iter().filter(is_policy) {
        let name = file.file_name().context("a policy without a name")?;
        std::fs::copy(file, folder.join(name))?;
    }
    Ok(())
}
