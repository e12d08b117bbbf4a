//! Puts settings and secrets together: certificates from wherever they are, secrets for those who are named.

use std::sync::Arc;
use std::time::Duration;

use openssl::sha::Sha256;
use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;

use super::Secret;
use super::fetched::Fetched;
use super::loaded::{Client, Loaded, Proof, Secrets};
use super::rotation::{self, Pace, TOKENS_OVERDUE};
use crate::settings::table::{self, Setting};
use crate::settings::{self, CertificateRef, ClientProof, Early, Fault, Faults, SecretRef, Settings, Source};
use crate::tokens::client_assertion::ClientKeys;
use crate::tokens::{Certificate, SigningKeys};

/// How long before its end the renewal of a certificate is asked for.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Puts together what was read.
///
/// # Errors
/// All faults of settings; or if there are none, all faults of the secrets they name.
pub(super) fn assemble(
    source: &dyn Source,
    early: &Early,
    fetched: &Fetched,
    http: reqwest::Client,
    now: OffsetDateTime,
) -> Result<Loaded, Faults> {
    let mut settings = Settings::load(&fetched.overlay(source))?;
    let mut assembly = Assembly {
        early,
        fetched,
        faults: Vec::new(),
        remarks: Vec::new(),
    };
    let pace = Pace {
        publish_first: settings.signing.publish_first,
        tokens_live: settings.id_token_life + TOKENS_OVERDUE,
    };
    let signing = assembly.signing(&settings.signing, pace, now);
    let clients: Vec<_> = settings
        .clients
        .iter()
        .map(|client| assembly.client(client))
        .collect();
    let clients: Option<Vec<Client>> = clients.into_iter().collect();
    settings.remarks.append(&mut assembly.remarks);
    match (signing, clients) {
        (Some(signing), Some(clients)) if assembly.faults.is_empty() => Ok(Loaded {
            fingerprint: fingerprint(fetched, &signing),
            settings,
            signing: Arc::new(signing),
            clients,
            http,
        }),
        _ => Err(Faults(assembly.faults)),
    }
}

fn fingerprint(fetched: &Fetched, signing: &SigningKeys) -> [u8; 32] {
    let mut digest = Sha256::new();
    for (name, value) in fetched.values() {
        let value = value.expose_secret();
        digest.update(&name.len().to_be_bytes());
        digest.update(name.as_bytes());
        digest.update(&value.len().to_be_bytes());
        digest.update(value.as_bytes());
    }
    digest.update(signing.jwks().to_string().as_bytes());
    digest.finish()
}

struct Assembly<'a> {
    early: &'a Early,
    fetched: &'a Fetched,
    faults: Vec<Fault>,
    remarks: Vec<String>,
}

impl<'a> Assembly<'a> {
    fn fault(&mut self, setting: &Setting, index: usize, rule: impl std::fmt::Display) {
        let setting = setting.name.replace("<n>", &index.to_string());
        let rule = rule.to_string().into();
        self.faults.push(Fault { setting, rule });
    }

    /// What was in force before may be gone: a remark takes the place of each fault, and it is gone on without.
    fn spared<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let known = self.faults.len();
        let read = read(self);
        let faults = self.faults.split_off(known);
        let remark = |fault: &Fault| format!("{fault}; going on without what was in force before");
        self.remarks.extend(faults.iter().map(remark));
        read
    }

    fn secret(&mut self, setting: &Setting, index: usize, name: &str) -> Option<&'a Secret> {
        let secret = self.fetched.secret(name);
        if secret.is_none() {
            let rule = if self.early.vault.is_some() {
                format!("names a secret that {}", self.fetched.why_not(name))
            } else {
                "names a secret, but AppSettings:KeyVaultUrl is not given".to_owned()
            };
            self.fault(setting, index, rule);
        }
        secret
    }

    fn signing(
        &mut self,
        signing: &settings::Signing,
        pace: Pace,
        now: OffsetDateTime,
    ) -> Option<SigningKeys> {
        let password = signing
            .password
            .as_ref()
            .map_or("", |password| password.expose_secret());
        let setting = names_of(&signing.current);
        let mut certificates = match &signing.current {
            CertificateRef::Vault(name) if signing.previous.is_none() => self.rotated(name, pace, now)?,
            given => {
                let names = (&table::SIGNING_CERT_NAME, &table::SIGNING_CERT_THUMBPRINT);
                vec![self.certificate(names, given, password)?]
            }
        };
        if let Some(previous) = &signing.previous {
            let names = (
                &table::PREVIOUS_SIGNING_CERT_NAME,
                &table::PREVIOUS_SIGNING_CERT_THUMBPRINT,
            );
            certificates.extend(self.spared(|assembly| assembly.certificate(names, previous, password)));
        }
        let signer = certificates.first()?.clone();
        let expires = |certificate: &Certificate| {
            certificate
                .expires_at()
                .is_none_or(|end| end < now + RENEW_BEFORE)
        };
        if expires(&signer) {
            self.remarks.push(format!(
                "{} gives a certificate that expires within 30 days or has expired",
                setting.name
            ));
        }
        if signer.starts_at().is_some_and(|start| start > now) {
            self.remarks.push(format!(
                "{} gives a certificate that is not valid yet",
                setting.name
            ));
        }
        let keys = SigningKeys::new(signer, certificates.get(1..).unwrap_or_default());
        keys.map_err(|error| self.fault(setting, 0, error)).ok()
    }

    /// The versions of a certificate that are published, the one that signs first. One that is of no use is passed over as
    /// long as there is another.
    fn rotated(&mut self, name: &str, pace: Pace, now: OffsetDateTime) -> Option<Vec<Certificate>> {
        let setting = &table::SIGNING_CERT_NAME;
        let versions = self.fetched.versions(name);
        if versions.is_empty() {
            self.secret(setting, 0, name)?;
        }
        let (mut certificates, mut created, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for (secret, made) in versions {
            match Certificate::from_secret(secret.value.expose_secret(), "") {
                Ok(certificate) => {
                    certificates.push(certificate);
                    created.push(made);
                }
                Err(error) => faults.push(error),
            }
        }
        for error in faults {
            if certificates.is_empty() {
                self.fault(setting, 0, format!("gives no certificate: {error}"));
            } else {
                self.remarks.push(format!(
                    "{} has a version that is of no use and is passed over: {error}",
                    setting.name
                ));
            }
        }
        let published = rotation::published(&created, now, pace).into_iter();
        let published: Vec<_> = published
            .filter_map(|place| certificates.get(place).cloned())
            .collect();
        (!published.is_empty()).then_some(published)
    }

    fn certificate(
        &mut self,
        (by_name, by_thumbprint): (&Setting, &Setting),
        place: &CertificateRef,
        password: &str,
    ) -> Option<Certificate> {
        let (setting, certificate) = match place {
            CertificateRef::Vault(name) => {
                let secret = self.secret(by_name, 0, name)?;
                (
                    by_name,
                    Certificate::from_secret(secret.value.expose_secret(), ""),
                )
            }
            CertificateRef::Given(value) => {
                let certificate = Certificate::from_secret(value.expose_secret(), password);
                (&table::SIGNING_CERT, certificate)
            }
            CertificateRef::Loaded(thumbprint) => {
                let file = self.early.certificate_folder.join(format!("{thumbprint}.p12"));
                let Ok(der) = std::fs::read(file) else {
                    let rule =
                        "names a certificate that App Service has not loaded (WEBSITE_LOAD_CERTIFICATES)";
                    self.fault(by_thumbprint, 0, rule);
                    return None;
                };
                (by_thumbprint, Certificate::from_pkcs12(&der, password))
            }
        };
        let certificate =
            certificate.map_err(|error| self.fault(setting, 0, format!("gives no certificate: {error}")));
        certificate.ok()
    }

    fn client(&mut self, client: &settings::Client) -> Option<Client> {
        let proof = match &client.proof {
            ClientProof::SecretBasic { current, previous } => {
                Proof::SecretBasic(self.client_secrets(client.index, current, previous.as_ref())?)
            }
            ClientProof::SecretPost { current, previous } => {
                Proof::SecretPost(self.client_secrets(client.index, current, previous.as_ref())?)
            }
            ClientProof::KeySet(jwks) => {
                let keys = ClientKeys::from_jwks(jwks);
                Proof::PrivateKeyJwt(
                    keys.map_err(|error| self.fault(&table::CLIENT_JWKS, client.index, error))
                        .ok()?,
                )
            }
            ClientProof::Certificates(name) => {
                let secret = self.secret(&table::CLIENT_CERTIFICATE_NAME, client.index, name)?;
                let keys = ClientKeys::from_certificates(secret.value.expose_secret());
                let fault = |error| self.fault(&table::CLIENT_CERTIFICATE_NAME, client.index, error);
                Proof::PrivateKeyJwt(keys.map_err(fault).ok()?)
            }
        };
        Some(Client {
            id: client.id.clone(),
            redirect_uris: client.redirect_uris.clone(),
            proof,
            require_pkce: client.require_pkce,
        })
    }

    fn client_secrets(
        &mut self,
        index: usize,
        current: &SecretRef,
        previous: Option<&SecretRef>,
    ) -> Option<Secrets> {
        let current = self.client_secret(&table::CLIENT_SECRET_NAME, index, current);
        let setting = &table::CLIENT_PREVIOUS_SECRET_NAME;
        let previous =
            previous.and_then(|it| self.spared(|assembly| assembly.client_secret(setting, index, it)));
        Some(Secrets {
            current: current?,
            previous,
        })
    }

    fn client_secret(&mut self, setting: &Setting, index: usize, place: &SecretRef) -> Option<SecretString> {
        match place {
            SecretRef::Given(secret) => Some(secret.clone()),
            SecretRef::Vault(name) => {
                let secret = self.secret(setting, index, name)?;
                if secret.value.expose_secret().len() < settings::MIN_SECRET {
                    let rule = format!("names a secret of less than {} characters", settings::MIN_SECRET);
                    self.fault(setting, index, rule);
                    return None;
                }
                Some(secret.value.clone())
            }
        }
    }
}

fn names_of(place: &CertificateRef) -> &'static Setting {
    match place {
        CertificateRef::Vault(_) => &table::SIGNING_CERT_NAME,
        CertificateRef::Loaded(_) => &table::SIGNING_CERT_THUMBPRINT,
        CertificateRef::Given(_) => &table::SIGNING_CERT,
    }
}
