//! The sample front in one rig: who answers browsers, its secrets, and the settings that switch it on.

use std::fmt;

use anyhow::{Context as _, Result};
use loopback::random;

use crate::host::Cors;
use crate::tenant::published;
use crate::vault::Vault;

/// Where people would come back to, if there is no tenant: nobody answers there.
const ELSEWHERE: &str = "https://contoso.b2clogin.example/contoso.onmicrosoft.com";

/// Who answers the browsers of the page that polls: the words of `AppSettings:Cors`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum CorsBy {
    /// The handler, as on App Service plans.
    Handler,
    /// The host, with the site's own list, as on Linux Consumption and Flex Consumption.
    Platform,
}

impl CorsBy {
    /// What the platform of such a plan does, when the site's list names the origin of `base`.
    pub(super) fn of_platform(self, base: &str) -> Result<Cors> {
        let origin = url::Url::parse(base)?.origin().ascii_serialization();
        Ok(match self {
            Self::Handler => Cors::App,
            Self::Platform => Cors::Platform(vec![origin]),
        })
    }
}

impl fmt::Display for CorsBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Handler => "handler",
            Self::Platform => "platform",
        })
    }
}

/// Secrets and names of the sample front, fresh at every start.
#[derive(Clone)]
pub struct SampleCast {
    /// Signs verification tokens: 64 letters, whose text is the key.
    pub signing_key: String,
    /// Encrypts them: as many others.
    pub encryption_key: String,
    /// What the base address of the policies ends in.
    pub base_secret: String,
    /// Issuer of the hints, a GUID.
    pub issuer: String,
    /// Audience of the hints.
    pub audience: String,
}

loopback::debug_only!(SampleCast: issuer, audience);

impl SampleCast {
    pub(super) fn new() -> Self {
        Self {
            signing_key: random::hex::<32>(),
            encryption_key: random::hex::<32>(),
            base_secret: random::hex::<32>(),
            issuer: random::uuid(),
            audience: random::uuid(),
        }
    }

    /// Names of secrets in the vault, and the secrets.
    fn secrets(&self) -> [(&'static str, &String); 3] {
        [
            ("AppSettings--IdTokenSigningKey", &self.signing_key),
            ("AppSettings--IdTokenEncryptionKey", &self.encryption_key),
            ("Sample--BaseSecret", &self.base_secret),
        ]
    }

    /// Puts them into the vault: from then on the front is on.
    pub(super) fn fill(&self, vault: &Vault) -> Result<()> {
        for (name, value) in self.secrets() {
            let now = loopback::clock::Clock::default().now();
            let stored = vault
                .store
                .with(|store| store.put(name, value.as_str().into(), now));
            stored.with_context(|| format!("the vault does not take {name}"))?;
        }
        Ok(())
    }

    /// Everything that must never be printed.
    pub(super) fn never_printed(&self) -> impl Iterator<Item = &String> {
        self.secrets().map(|(_, value)| value).into_iter()
    }
}

/// Where people come back to.
pub(super) fn base(tenant: Option<&crate::tenant::Bound>) -> String {
    tenant.map_or_else(|| ELSEWHERE.to_owned(), crate::tenant::Bound::base_redirect)
}

/// The settings beside the secrets. `application` is its client id and its redirect addresses, separated by spaces.
pub(super) fn settings(
    sample: &SampleCast,
    cors: CorsBy,
    base: &str,
    application: (&str, &str),
) -> [(&'static str, String); 7] {
    let (id, redirect_uris) = application;
    [
        ("AppSettings:IdTokenIssuer", sample.issuer.clone()),
        ("AppSettings:IdTokenAudience", sample.audience.clone()),
        ("AppSettings:BaseRedirectUrl", base.to_owned()),
        ("AppSettings:Cors", cors.to_string()),
        ("Sample:Clients:0:Id", id.to_owned()),
        ("Sample:Clients:0:RedirectUris", redirect_uris.to_owned()),
        ("Sample:Policies", published::RETURN.to_owned()),
    ]
}
