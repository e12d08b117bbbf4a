//! Puts settings and secrets together: certificates from wherever they are, secrets for those who are named.

mod clients;

use std::sync::Arc;
use std::time::Duration;

use openssl::sha::Sha256;
use secrecy::ExposeSecret as _;
use time::OffsetDateTime;

use super::fetched::Fetched;
use super::loaded::Loaded;
use super::rotation::{self, Pace, TOKENS_OVERDUE};
use super::want::Want;
use super::{Secret, Version};
use crate::clients::{Client, Proof, Secrets};
use crate::settings::table::{self, Setting};
use crate::settings::{self, CertificateRef, Early, Fault, Faults, Names, Settings};
use crate::tokens::{Certificate, CertificateError, Kind, SigningAlg, SigningKeys};

/// How long before its end the renewal of a certificate is asked for.
const RENEW_BEFORE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Puts together what was read. `settings` is what the settings say with it.
///
/// # Errors
/// All faults of settings; or if there are none, all faults of the secrets they name. Those of single clients and callers
/// are told by the settings instead, as long as somebody is left.
pub(super) fn assemble(
    settings: Result<Settings, Faults>,
    early: &Early,
    fetched: &Fetched,
    http: reqwest::Client,
    now: OffsetDateTime,
) -> Result<Loaded, Faults> {
    let mut settings = settings?;
    let mut assembly = Assembly {
        early,
        fetched,
        http: &http,
        faults: Vec::new(),
        aside: std::mem::take(&mut settings.aside),
        spared: std::mem::take(&mut settings.spared),
        remarks: Vec::new(),
        is_unpublished: false,
    };
    let pace = Pace {
        publish_first: settings.signing.publish_first,
        tokens_live: longest_life(&settings) + TOKENS_OVERDUE,
    };
    let signing = assembly.signing(&settings.signing, pace, now);
    let is_padded = |client: &settings::ClientSettings| client.signing_alg == SigningAlg::Ps256;
    let is_padded = settings.clients.iter().any(is_padded);
    let signing =
        signing.and_then(|keys| assembly.other_algorithms(keys, &settings.signing, is_padded, pace, now));
    let clients = assembly.clients(&settings.clients);
    let gone = |fault: &Fault| format!("{fault}; going on without");
    settings.remarks.extend(assembly.spared.iter().map(gone));
    settings.remarks.append(&mut assembly.remarks);
    match signing {
        Some(signing) if assembly.faults.is_empty() => {
            (settings.aside, settings.spared) = (assembly.aside, assembly.spared);
            Ok(Loaded {
                fingerprint: fingerprint(fetched, &signing),
                is_unpublished: assembly.is_unpublished,
                to_note: to_note(&settings, early, fetched),
                settings,
                signing: Arc::new(signing),
                clients,
                http,
            })
        }
        _ => Err(Faults([assembly.faults, assembly.aside].concat())),
    }
}

/// How long an ID token lives at most.
fn longest_life(settings: &Settings) -> Duration {
    let of_clients = settings.clients.iter().filter_map(|client| client.id_token_life);
    of_clients.fold(settings.id_token_life, Duration::max)
}

fn to_note(settings: &Settings, early: &Early, fetched: &Fetched) -> Vec<(String, Vec<Version>)> {
    if early.names != Names::Named {
        return Vec::new();
    }
    let first = match &settings.signing.current {
        CertificateRef::Vault(name) => Some(name),
        CertificateRef::Loaded(_) | CertificateRef::Given(_) => None,
    };
    let names = first.into_iter().chain(&settings.signing.elliptic);
    names
        .map(|name| (name.clone(), fetched.identified(name)))
        .collect()
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
    /// For clients that publish their keys.
    http: &'a reqwest::Client,
    faults: Vec<Fault>,
    /// Faults that set one client or caller aside.
    aside: Vec<Fault>,
    /// Faults of what was in force before.
    spared: Vec<Fault>,
    remarks: Vec<String>,
    /// See [`Loaded`].
    is_unpublished: bool,
}

impl<'a> Assembly<'a> {
    fn fault(&mut self, setting: &Setting, index: usize, rule: impl std::fmt::Display) {
        let setting = setting.name.replace("<n>", &index.to_string());
        let rule = rule.to_string().into();
        self.faults.push(Fault { setting, rule });
    }

    /// What was in force before may be gone: its faults stop nobody, and it is gone on without.
    fn spared<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let known = self.faults.len();
        let read = read(self);
        self.spared.extend(self.faults.split_off(known));
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
        let before = self.before(signing.previous.as_ref(), password);
        let mut certificates = match &signing.current {
            CertificateRef::Vault(name) => {
                let is_old = |(_, created): &&(_, OffsetDateTime)| now - *created >= pace.publish_first;
                let before = before.as_ref().filter(is_old).map(|(certificate, _)| certificate);
                let of = (&table::SIGNING_CERT_NAME, Kind::Rsa);
                self.rotated(of, name, before, pace, now)?
            }
            given => {
                let names = (&table::SIGNING_CERT_NAME, &table::SIGNING_CERT_THUMBPRINT);
                vec![self.certificate(names, given, password)?]
            }
        };
        // Whoever still signs with it is another process; one that is in there already is not published twice.
        certificates.extend(before.map(|(certificate, _)| certificate));
        let signer = certificates.first()?.clone();
        self.remark_on_validity(setting, &signer, now);
        let keys = SigningKeys::new(signer, certificates.get(1..).unwrap_or_default());
        keys.map_err(|error| self.fault(setting, 0, error)).ok()
    }

    fn remark_on_validity(&mut self, setting: &Setting, signer: &Certificate, now: OffsetDateTime) {
        if signer.expires_at().is_none_or(|end| end < now + RENEW_BEFORE) {
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
    }

    /// The same keys with what clients have chosen beside RS256: PS256 by the same ones, ES256 by those of a certificate of
    /// its own, whose versions follow each other in the same way.
    fn other_algorithms(
        &mut self,
        keys: SigningKeys,
        signing: &settings::Signing,
        is_padded: bool,
        pace: Pace,
        now: OffsetDateTime,
    ) -> Option<SigningKeys> {
        let keys = if is_padded { keys.and_padded() } else { Ok(keys) };
        let setting = names_of(&signing.current);
        let keys = keys.map_err(|error| self.fault(setting, 0, error)).ok()?;
        let Some(name) = &signing.elliptic else {
            return Some(keys);
        };
        let setting = &table::SIGNING_EC_CERT_NAME;
        let certificates = self.rotated((setting, Kind::Elliptic), name, None, pace, now)?;
        let signer = certificates.first()?.clone();
        self.remark_on_validity(setting, &signer, now);
        let keys = keys.and_elliptic(signer, certificates.get(1..).unwrap_or_default());
        keys.map_err(|error| self.fault(setting, 0, error)).ok()
    }

    /// The certificate that signed before, and when it was made; one of another place than Key Vault is old.
    fn before(
        &mut self,
        previous: Option<&CertificateRef>,
        password: &str,
    ) -> Option<(Certificate, OffsetDateTime)> {
        let names = (
            &table::PREVIOUS_SIGNING_CERT_NAME,
            &table::PREVIOUS_SIGNING_CERT_THUMBPRINT,
        );
        let previous = previous?;
        let certificate = self.spared(|assembly| assembly.certificate(names, previous, password))?;
        let created = match previous {
            CertificateRef::Vault(name) => self.fetched.secret(name).and_then(|secret| secret.created),
            CertificateRef::Loaded(_) | CertificateRef::Given(_) => None,
        };
        Some((certificate, created.unwrap_or(OffsetDateTime::UNIX_EPOCH)))
    }

    /// The versions of a certificate that are published, the one that signs first. One that cannot be used is passed over as
    /// long as there is another. `before` is older than all of them: it signs as long as none of them may.
    fn rotated(
        &mut self,
        (setting, kind): (&'static Setting, Kind),
        name: &str,
        before: Option<&Certificate>,
        pace: Pace,
        now: OffsetDateTime,
    ) -> Option<Vec<Certificate>> {
        let versions = self.fetched.versions(name);
        if versions.is_empty() {
            self.secret(setting, 0, name)?;
        }
        let (mut certificates, mut created, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for (secret, made) in versions {
            match Certificate::of_secret(kind, secret.value.expose_secret(), "") {
                Ok(certificate) => {
                    certificates.push(certificate);
                    created.push(made);
                }
                Err(error) => faults.push(error),
            }
        }
        self.versions_of_no_use(setting, &faults, certificates.is_empty());
        if let Some(before) = before
            && let Some(first) = created.iter().min()
            && certificates.iter().all(|known| known.key_id() != before.key_id())
        {
            let long_ago = OffsetDateTime::UNIX_EPOCH.min(*first);
            created.push(long_ago.saturating_sub(time::Duration::SECOND));
            certificates.push(before.clone());
        }
        let published = rotation::published(&created, now, pace);
        let signer = published.first().and_then(|signer| created.get(*signer));
        let is_young = signer.is_some_and(|created| now - *created < pace.publish_first);
        self.is_unpublished |= is_young && !self.fetched.is_known(&Want::Versions(name.to_owned()));
        let published = published.into_iter();
        let published: Vec<_> = published
            .filter_map(|place| certificates.get(place).cloned())
            .collect();
        (!published.is_empty()).then_some(published)
    }

    fn versions_of_no_use(&mut self, setting: &Setting, errors: &[CertificateError], is_all: bool) {
        for error in errors {
            if is_all {
                self.fault(setting, 0, format!("gives no certificate: {error}"));
            } else {
                self.spared(|assembly| {
                    assembly.fault(setting, 0, format!("has a version that cannot be used: {error}"));
                    None::<()>
                });
            }
        }
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
                let Some(der) = self.fetched.files.get(thumbprint) else {
                    let rule =
                        "names a certificate that App Service has not loaded (WEBSITE_LOAD_CERTIFICATES)";
                    self.fault(by_thumbprint, 0, rule);
                    return None;
                };
                (by_thumbprint, Certificate::from_pkcs12(der, password))
            }
        };
        let certificate =
            certificate.map_err(|error| self.fault(setting, 0, format!("gives no certificate: {error}")));
        certificate.ok()
    }
}

fn names_of(place: &CertificateRef) -> &'static Setting {
    match place {
        CertificateRef::Vault(_) => &table::SIGNING_CERT_NAME,
        CertificateRef::Loaded(_) => &table::SIGNING_CERT_THUMBPRINT,
        CertificateRef::Given(_) => &table::SIGNING_CERT,
    }
}
