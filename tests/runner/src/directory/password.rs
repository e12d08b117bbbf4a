//! Passwords, hashed with scrypt (RFC 7914).

use loopback::debug_only;
use loopback::jose::{decode, encode, same};
use openssl::error::ErrorStack;
use openssl::pkcs5::scrypt;
use serde::{Deserialize, Serialize};

/// Cost parameters: 16 MiB and some tens of milliseconds, enough for a directory on a laptop.
const N: u64 = 1 << 14;
const R: u64 = 8;
const P: u64 = 1;
const MEMORY: u64 = 64 << 20;

/// A salted hash; the password cannot be read from it.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasswordHash {
    salt: String,
    scrypt: String,
}

debug_only!(PasswordHash:);

impl PasswordHash {
    /// Hashes a password with a fresh salt, on a thread for slow work.
    ///
    /// # Errors
    /// When the library cannot; when that thread ends early.
    pub async fn make(password: &str) -> anyhow::Result<Self> {
        let password = password.to_owned();
        Ok(tokio::task::spawn_blocking(move || Self::make_here(&password)).await??)
    }

    /// Whether this is the password, found out on a thread for slow work.
    pub async fn matches(&self, password: &str) -> bool {
        let (hash, password) = (self.clone(), password.to_owned());
        let matches = tokio::task::spawn_blocking(move || hash.matches_here(&password)).await;
        matches.unwrap_or(false)
    }

    fn make_here(password: &str) -> Result<Self, ErrorStack> {
        let salt = loopback::random::bytes::<16>();
        Ok(Self {
            salt: encode(&salt),
            scrypt: encode(&derive(password, &salt)?),
        })
    }

    fn matches_here(&self, password: &str) -> bool {
        let check = || {
            let derived = derive(password, &decode(&self.salt)?).ok()?;
            Some(same(&derived, &decode(&self.scrypt)?))
        };
        check().unwrap_or(false)
    }
}

fn derive(password: &str, salt: &[u8]) -> Result<[u8; 32], ErrorStack> {
    let mut key = [0; 32];
    scrypt(password.as_bytes(), salt, N, R, P, MEMORY, &mut key)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_matches() {
        let hash = PasswordHash::make_here("Tr0ub4dor&3").unwrap();
        assert!(hash.matches_here("Tr0ub4dor&3"));
        assert!(!hash.matches_here("tr0ub4dor&3"));
        assert!(!hash.matches_here(""));
    }

    #[test]
    fn a_hash_does_not_print() {
        let hash = PasswordHash::make_here("Tr0ub4dor&3").unwrap();
        assert!(!format!("{hash:?}").contains(&hash.scrypt));
    }

    #[test]
    fn equal_passwords_have_different_hashes() {
        let (one, two) = (
            PasswordHash::make_here("same").unwrap(),
            PasswordHash::make_here("same").unwrap(),
        );
        assert_ne!(one.scrypt, two.scrypt);
    }

    #[test]
    fn a_damaged_hash_matches_nothing() {
        let hash = PasswordHash {
            salt: "!".to_owned(),
            scrypt: String::new(),
        };
        assert!(!hash.matches_here(""));
    }
}
