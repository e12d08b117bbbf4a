//! Policy keys: what `StorageReferenceId="B2C_1A_…"` points at.

use crate::jose::rsa::RsaKey;
use anyhow::{Context as _, Result, bail};
use loopback::secret::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// One `[keys.NAME]` of the configuration: exactly one of `value`, `file`, `generate`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyEntry {
    /// The secret itself.
    pub value: Option<Secret>,
    /// A file: PEM or PKCS#12 with an RSA key, otherwise its text is the secret.
    pub file: Option<PathBuf>,
    /// Password of a PKCS#12 file.
    pub password: Option<Secret>,
    /// `rsa`, `certificate` or `secret`: made at the first start and kept in the state folder.
    pub generate: Option<Generate>,
}

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Generate {
    /// An RSA key of 2048 bits.
    Rsa,
    /// An RSA key with a self-signed certificate.
    Certificate,
    /// 32 random bytes as text.
    Secret,
}

impl KeyEntry {
    pub(crate) fn rebase(&mut self, base: &Path) {
        if let Some(file) = &mut self.file {
            *file = base.join(&file);
        }
    }
}

/// A policy key, ready for use.
#[derive(Debug, Clone)]
pub enum PolicyKey {
    /// A password, API key or symmetric key.
    Secret(Secret),
    /// A signing key or client certificate.
    Rsa(RsaKey),
}

/// All policy keys of the tenant.
#[derive(Debug, Default)]
pub struct PolicyKeys {
    keys: Mutex<BTreeMap<String, Arc<PolicyKey>>>,
    folder: Option<PathBuf>,
}

impl PolicyKeys {
    /// Loads or makes every configured key; `state` is where made keys are kept.
    ///
    /// # Errors
    /// Names the key that cannot be had and why, never its value.
    pub fn load(entries: &BTreeMap<String, KeyEntry>, state: Option<&Path>) -> Result<Self> {
        let keys = Self {
            keys: Mutex::default(),
            folder: state.map(|state| state.join("keys")),
        };
        for (name, entry) in entries {
            let key = keys
                .read(name, entry)
                .with_context(|| format!("policy key {name}"))?;
            keys.insert(name, key);
        }
        Ok(keys)
    }

    fn insert(&self, name: &str, key: PolicyKey) -> Arc<PolicyKey> {
        let key = Arc::new(key);
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_lowercase(), Arc::clone(&key));
        key
    }

    fn read(&self, name: &str, entry: &KeyEntry) -> Result<PolicyKey> {
        match (&entry.value, &entry.file, entry.generate) {
            (Some(value), None, None) => Ok(PolicyKey::Secret(value.clone())),
            (None, Some(file), None) => {
                let password = entry.password.as_ref().map(Secret::expose);
                from_file(file, password.unwrap_or_default())
            }
            (None, None, Some(kind)) => self.make(name, kind),
            _ => bail!("give exactly one of `value`, `file` and `generate`"),
        }
    }

    /// The key with this name, if there is one. Names compare without case, as B2C does.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<PolicyKey>> {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name.to_lowercase())
            .cloned()
    }

    /// The key with this name; one of `kind` is made when there is none.
    ///
    /// # Errors
    /// When the state folder cannot be written.
    pub fn get_or_make(&self, name: &str, kind: Generate) -> Result<Arc<PolicyKey>> {
        if let Some(key) = self.get(name) {
            return Ok(key);
        }
        let key = self
            .make(name, kind)
            .with_context(|| format!("policy key {name}"))?;
        Ok(self.insert(name, key))
    }

    fn make(&self, name: &str, kind: Generate) -> Result<PolicyKey> {
        let Some(folder) = &self.folder else {
            return generate(name, kind);
        };
        let file = folder.join(format!(
            "{name}.{}",
            if kind == Generate::Secret { "txt" } else { "pem" }
        ));
        if !file.exists() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            let bytes = match generate(name, kind)? {
                PolicyKey::Secret(secret) => secret.expose().as_bytes().to_vec(),
                PolicyKey::Rsa(key) => key.to_pem()?,
            };
            crate::private_file::write(&file, &bytes)?;
        }
        from_file(&file, "")
    }
}

fn generate(name: &str, kind: Generate) -> Result<PolicyKey> {
    Ok(match kind {
        Generate::Rsa => PolicyKey::Rsa(RsaKey::generate()?),
        Generate::Certificate => PolicyKey::Rsa(RsaKey::generate_certified(name)?),
        Generate::Secret => PolicyKey::Secret(Secret::new(loopback::random::token())),
    })
}

fn from_file(file: &Path, password: &str) -> Result<PolicyKey> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    if bytes.starts_with(b"-----BEGIN") {
        return Ok(PolicyKey::Rsa(RsaKey::from_pem(&bytes)?));
    }
    if let Ok(text) = std::str::from_utf8(&bytes) {
        return Ok(PolicyKey::Secret(Secret::new(text.trim_end())));
    }
    Ok(PolicyKey::Rsa(RsaKey::from_pkcs12(&bytes, password)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(entry: KeyEntry) -> BTreeMap<String, KeyEntry> {
        BTreeMap::from([("B2C_1A_Test".to_owned(), entry)])
    }

    #[test]
    fn a_made_key_survives_a_restart() {
        let state = tempfile::tempdir().unwrap();
        let kid = |keys: &PolicyKeys| match &*keys.get("b2c_1a_test").unwrap() {
            PolicyKey::Rsa(key) => key.kid().to_owned(),
            PolicyKey::Secret(_) => panic!("not a secret"),
        };
        let wanted = entries(KeyEntry {
            generate: Some(Generate::Rsa),
            ..KeyEntry::default()
        });
        let first = PolicyKeys::load(&wanted, Some(state.path())).unwrap();
        let second = PolicyKeys::load(&wanted, Some(state.path())).unwrap();
        assert_eq!(kid(&first), kid(&second));
    }

    #[test]
    fn two_sources_are_refused_without_telling_the_value() {
        let entry = KeyEntry {
            value: Some(Secret::new("hush")),
            generate: Some(Generate::Secret),
            ..KeyEntry::default()
        };
        let fault = format!("{:#}", PolicyKeys::load(&entries(entry), None).unwrap_err());
        assert!(
            fault.contains("B2C_1A_Test") && !fault.contains("hush"),
            "{fault}"
        );
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(
            format!("{:?}", PolicyKey::Secret(Secret::new("hush"))),
            "Secret(Secret(…))"
        );
    }

    #[test]
    fn an_unknown_name_is_none() {
        assert!(PolicyKeys::default().get("B2C_1A_None").is_none());
    }
}
