//! The tenant's accounts: in memory, or in one JSON file of the state folder.

pub mod account;
pub mod password;

use account::Account;
use anyhow::{Context as _, Result};
use loopback::clock::Clock;
use loopback::random;
use password::PasswordHash;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use thiserror::Error;
use time::format_description::well_known::Rfc3339;

/// Why an operation on an account did not happen.
#[derive(Debug, Error)]
pub enum DirectoryError {
    /// A sign-in name or other identity belongs to another account.
    #[error("{0} is taken by another account")]
    Taken(String),
    /// No account has this key.
    #[error("no account has {0}")]
    Unknown(String),
    /// The password is another one.
    #[error("the password is wrong")]
    WrongPassword,
    /// `accountEnabled` is false.
    #[error("the account is disabled")]
    Disabled,
    /// The file could not be written or a password not be hashed.
    #[error("{0:#}")]
    Store(anyhow::Error),
}

/// Accounts and custom attributes of one tenant.
#[derive(Debug)]
pub struct Directory {
    data: Mutex<Data>,
    file: Option<PathBuf>,
    domain: String,
    clock: Clock,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Data {
    accounts: Vec<Account>,
    custom_attributes: BTreeSet<String>,
}

impl Directory {
    /// Opens the directory of `domain` (`contoso.onmicrosoft.com`); `state` is the folder of `accounts.json`.
    ///
    /// # Errors
    /// When the file exists and is not what this program wrote.
    pub fn open(domain: &str, state: Option<&Path>, clock: Clock) -> Result<Self> {
        let file = state.map(|state| state.join("accounts.json"));
        let data = match &file {
            Some(file) if file.exists() => {
                let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
                serde_json::from_slice(&bytes).with_context(|| format!("in {}", file.display()))?
            }
            _ => Data::default(),
        };
        Ok(Self {
            data: Mutex::new(data),
            file,
            domain: domain.to_owned(),
            clock,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, data: &Data) -> Result<(), DirectoryError> {
        let Some(file) = &self.file else { return Ok(()) };
        let write = || -> Result<()> {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            crate::private_file::write(file, &serde_json::to_vec_pretty(data)?)
        };
        write().map_err(DirectoryError::Store)
    }

    /// Every account, oldest first.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.lock().accounts.clone()
    }

    /// Custom attributes defined so far, without the `extension_` prefix.
    #[must_use]
    pub fn custom_attributes(&self) -> Vec<String> {
        self.lock().custom_attributes.iter().cloned().collect()
    }

    /// Defines a custom attribute, as the portal or a first write does.
    pub fn define_attribute(&self, name: &str) {
        self.lock()
            .custom_attributes
            .insert(account::bare_name(name).to_owned());
    }

    /// The account whose `key` (`objectId`, `signInNames.emailAddress`, …) is `value`. Names compare without case.
    #[must_use]
    pub fn find(&self, key: &str, value: &str) -> Option<Account> {
        self.lock()
            .accounts
            .iter()
            .find(|account| account.has(key, value))
            .cloned()
    }

    /// The account that signs in with any of its names or its user principal name.
    #[must_use]
    pub fn find_by_sign_in_name(&self, name: &str) -> Option<Account> {
        self.lock()
            .accounts
            .iter()
            .find(|account| account.signs_in_as(name))
            .cloned()
    }

    /// Makes an enabled account.
    ///
    /// # Errors
    /// [`DirectoryError::Taken`] when an identity is in use.
    pub async fn create(
        &self,
        attributes: Map<String, Value>,
        password: Option<&str>,
    ) -> Result<Account, DirectoryError> {
        let password = hashed(password).await?;
        let mut account = Account::new(random::uuid(), self.clock.now());
        account.set_default("accountEnabled", Value::Bool(true));
        account.set_default(
            "userPrincipalName",
            format!("{}@{}", account.object_id(), self.domain).into(),
        );
        account.set_default("refreshTokensValidFromDateTime", self.now_text().into());
        account.change(attributes);
        account.set_password(password);
        let mut data = self.lock();
        refuse_taken(&data.accounts, &account)?;
        note_custom(&mut data, &account);
        data.accounts.push(account.clone());
        self.save(&data)?;
        Ok(account)
    }

    /// Changes an account; a JSON `null` removes an attribute. A new password makes earlier refresh tokens invalid.
    ///
    /// # Errors
    /// [`DirectoryError::Unknown`] or [`DirectoryError::Taken`].
    pub async fn change(
        &self,
        object_id: &str,
        mut attributes: Map<String, Value>,
        password: Option<&str>,
    ) -> Result<Account, DirectoryError> {
        let password = hashed(password).await?;
        if password.is_some() {
            attributes.insert(
                "refreshTokensValidFromDateTime".to_owned(),
                self.now_text().into(),
            );
        }
        let mut data = self.lock();
        let found = data
            .accounts
            .iter()
            .position(|account| account.has("objectId", object_id));
        let (at, mut account) = found
            .and_then(|at| Some((at, data.accounts.get(at)?.clone())))
            .ok_or_else(|| DirectoryError::Unknown(format!("objectId {object_id}")))?;
        account.change(attributes);
        account.set_password(password);
        refuse_taken(&data.accounts, &account)?;
        note_custom(&mut data, &account);
        if let Some(slot) = data.accounts.get_mut(at) {
            slot.clone_from(&account);
        }
        self.save(&data)?;
        Ok(account)
    }

    /// Removes an account.
    ///
    /// # Errors
    /// [`DirectoryError::Unknown`] when there is none.
    pub fn delete(&self, object_id: &str) -> Result<(), DirectoryError> {
        let mut data = self.lock();
        let before = data.accounts.len();
        data.accounts
            .retain(|account| !account.has("objectId", object_id));
        if data.accounts.len() == before {
            return Err(DirectoryError::Unknown(format!("objectId {object_id}")));
        }
        self.save(&data)
    }

    /// Checks name and password, as the resource-owner sign-in of `login-NonInteractive` does.
    ///
    /// # Errors
    /// [`DirectoryError::Unknown`], [`DirectoryError::WrongPassword`] or [`DirectoryError::Disabled`].
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Account, DirectoryError> {
        let account = self
            .find_by_sign_in_name(name)
            .ok_or_else(|| DirectoryError::Unknown("this sign-in name".into()))?;
        let matches = match account.password() {
            Some(hash) => hash.matches(password).await,
            None => false,
        };
        if !matches {
            return Err(DirectoryError::WrongPassword);
        }
        if account.get("accountEnabled") == Some(&Value::Bool(false)) {
            return Err(DirectoryError::Disabled);
        }
        Ok(account)
    }

    fn now_text(&self) -> String {
        self.clock.now().format(&Rfc3339).unwrap_or_default()
    }
}

/// Before the accounts are locked, because it takes long.
async fn hashed(password: Option<&str>) -> Result<Option<PasswordHash>, DirectoryError> {
    let Some(password) = password else { return Ok(None) };
    let hash = PasswordHash::make(password).await;
    hash.map(Some).map_err(DirectoryError::Store)
}

fn refuse_taken(accounts: &[Account], candidate: &Account) -> Result<(), DirectoryError> {
    let others = || {
        accounts
            .iter()
            .filter(|other| other.object_id() != candidate.object_id())
    };
    for (key, value) in candidate.identities() {
        if others().any(|other| other.has(&key, &value)) {
            return Err(DirectoryError::Taken(key));
        }
    }
    Ok(())
}

fn note_custom(data: &mut Data, account: &Account) {
    data.custom_attributes.extend(account.custom_names());
}

#[cfg(test)]
mod tests;
