//! Names and secrets of one rig, fresh at every start.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use loopback::random;
use url::Url;

use super::SIGNING_CERT;
use super::sample::SampleCast;
use crate::client::Agreement;
use crate::client::proof::{Key, Proof};
use crate::client::registration::Caller;
use crate::vault::Vault;
use crate::vault::certificate::Format;

/// The rig's clients, one for each way to prove itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `client_secret_post` without PKCE, as Azure AD B2C does it.
    Post,
    /// `client_secret_basic` with PKCE.
    Basic,
    /// `private_key_jwt` with PKCE, as Okta does it.
    Key,
    /// Names nobody, as client libraries do by themselves: a person walks in. Refusals reach it as errors.
    Plain,
}

impl Kind {
    /// In the order of the settings.
    pub const ALL: [Self; 4] = [Self::Post, Self::Basic, Self::Key, Self::Plain];

    /// `client_id`, and the name of the secret in the vault.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Post => "rig-post",
            Self::Basic => "rig-basic",
            Self::Key => "rig-key",
            Self::Plain => "rig-plain",
        }
    }
}

/// Who is who in one rig.
#[derive(Clone)]
pub struct Cast {
    /// Public origin of the handler.
    pub public_url: String,
    /// Redirect address of all clients.
    pub redirect_uri: String,
    /// Password of `POST /api/verify`; the user is [`Cast::USER`].
    pub password: String,
    /// Secret of the client that posts it.
    pub post_secret: String,
    /// Secret of the client that uses Basic.
    pub basic_secret: String,
    /// Secret of the client that names nobody.
    pub plain_secret: String,
    /// Secret of the local tenant as a client of the handler; also a policy key.
    pub b2c_secret: String,
    /// Secret of the demonstration application at the local tenant.
    pub application_secret: String,
    /// Key of the client that signs.
    pub key: Arc<Key>,
    /// Root of the handler's own keys, base64.
    pub state_key: String,
    /// Jumio's API token and secret.
    pub jumio: (String, String),
    /// Those of the sample front, where the rig has it.
    pub sample: SampleCast,
}

loopback::debug_only!(Cast: public_url, redirect_uri);

impl Cast {
    /// User of `POST /api/verify`.
    pub const USER: &'static str = "rig-b2c";
    /// `client_id` of the local tenant at the handler, and the name of its secret in the vault.
    pub const B2C: &'static str = "b2c";
    /// `client_id` of the demonstration application at the local tenant.
    pub const APPLICATION: &'static str = "5b1f6a0e-4f2b-4b6d-9f0c-3d8f1f6f2a77";
    /// Audience of Entra tokens for the handler.
    pub const AUDIENCE: &'static str = "api://rig-idv";
    /// The application whose Entra tokens are accepted.
    pub const APP_ID: &'static str = "6f1b3a52-8d0c-4e8c-9a51-2f0a7d3c5b11";

    pub(super) fn new(public_url: String, redirect_uri: String) -> Result<Self> {
        Ok(Self {
            public_url,
            redirect_uri,
            password: random::hex::<16>(),
            post_secret: random::hex::<16>(),
            basic_secret: random::hex::<16>(),
            plain_secret: random::hex::<16>(),
            b2c_secret: random::hex::<16>(),
            application_secret: random::hex::<16>(),
            key: Arc::new(Key::new()?),
            state_key: STANDARD.encode(random::bytes::<32>()),
            jumio: (random::uuid(), random::hex::<24>()),
            sample: SampleCast::new(),
        })
    }

    /// Puts every secret into the vault, under the names the handler looks for.
    pub(super) fn fill(&self, vault: &Vault) -> Result<()> {
        vault.rotate(SIGNING_CERT, Format::Pkcs12)?;
        let secrets = [
            ("AppSettings--StateKey", &self.state_key),
            ("JumioSettings--AuthUsername", &self.jumio.0),
            ("JumioSettings--AuthPassword", &self.jumio.1),
            ("VerifyAuth--BasicPassword", &self.password),
            (Kind::Post.id(), &self.post_secret),
            (Kind::Basic.id(), &self.basic_secret),
            (Kind::Plain.id(), &self.plain_secret),
            (Self::B2C, &self.b2c_secret),
        ];
        for (name, value) in secrets {
            let now = loopback::clock::Clock::default().now();
            let stored = vault
                .store
                .with(|store| store.put(name, value.as_str().into(), now));
            stored.with_context(|| format!("the vault does not take {name}"))?;
        }
        Ok(())
    }

    pub(super) fn agreement(&self, kind: Kind) -> Result<Agreement> {
        let proof = match kind {
            Kind::Post => Proof::Post(self.post_secret.clone()),
            Kind::Basic => Proof::Basic(self.basic_secret.clone()),
            Kind::Key => Proof::Key(Arc::clone(&self.key)),
            Kind::Plain => Proof::Basic(self.plain_secret.clone()),
        };
        Ok(Agreement {
            issuer: self.public_url.clone(),
            id: kind.id().to_owned(),
            proof,
            redirect_uri: Url::parse(&self.redirect_uri)?,
            pkce: kind != Kind::Post,
        })
    }

    pub(super) fn caller(&self) -> Caller {
        Caller::Basic(Self::USER.to_owned(), self.password.clone())
    }

    /// Everything that must never be printed.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        [
            &self.password,
            &self.post_secret,
            &self.basic_secret,
            &self.plain_secret,
            &self.b2c_secret,
            &self.application_secret,
            &self.state_key,
            &self.jumio.1,
        ]
        .into_iter()
        .chain(self.sample.never_printed())
        .cloned()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::{PolicySet, configured};

    #[test]
    fn nothing_made_of_the_cast_prints_a_secret() {
        let cast = Cast::new("https://rig.test".to_owned(), "https://rig.test/cb".to_owned()).unwrap();
        let agreements = Kind::ALL.map(|kind| cast.agreement(kind).unwrap());
        let tenant = configured(&cast, &PolicySet::own(), "https://app.test");
        let printed = format!("{cast:?} {:?} {agreements:?} {tenant:?}", cast.caller());
        assert!(printed.contains("https://rig.test"), "{printed}");
        for secret in cast.secrets() {
            assert!(!printed.contains(&secret), "{printed}");
        }
    }
}
