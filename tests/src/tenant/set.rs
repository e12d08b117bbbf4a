//! Which policies and pages a tenant runs, and what the demonstration application does with them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::package::workspace;

/// Where our own policies say the pages are; the runner serves them from `ui/b2c` instead.
const PAGES: &str = "https://pages.contoso.example";

/// Policies, pages, and what the application offers.
#[derive(Clone, Debug)]
pub struct PolicySet {
    /// The folder of the policies.
    pub policies: PathBuf,
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

impl PolicySet {
    /// Our own policies, `policies/` with `ui/b2c`.
    #[must_use]
    pub fn own() -> Self {
        Self {
            policies: workspace().join("policies"),
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
}
