//! The key under which subjects, browsers and names are hashed: its own, so that it stays when state keys change.

use openssl::pkey::{PKey, Private};
use zeroize::Zeroizing;

use super::keys::{KeyMaterial, hmac, hmac_key};
use crate::digest::framed;
use crate::ids::{FactHash, SubjectHash};

/// Hashes subjects, browsers and names. Never printed; OpenSSL wipes it when it is dropped.
pub struct SubjectKey(PKey<Private>);

impl SubjectKey {
    /// Takes the bytes of the key.
    #[must_use]
    pub fn new(material: &KeyMaterial) -> Self {
        let key = Zeroizing::new(hmac(&hmac_key(&material.0), &[b"subjects"]));
        Self(hmac_key(&*key))
    }

    /// The subject of a scope (a client or caller) as a keyed hash. The scope and the subject are kept apart, so
    /// `("ab", "c")` and `("a", "bc")` differ.
    #[must_use]
    pub fn hash_subject(&self, scope: &str, subject: &str) -> SubjectHash {
        SubjectHash(self.keyed("subject", &[scope, subject]))
    }

    /// HMAC-SHA-256 over the parts under a key of its own for `label`.
    #[must_use]
    pub fn keyed(&self, label: &str, parts: &[&str]) -> [u8; 32] {
        hmac(&self.0, &[&framed(&[label]), &framed(parts)])
    }

    /// Tells this key from others, and nothing else of it.
    #[must_use]
    pub fn print(&self) -> FactHash {
        let mut print = FactHash([0; 16]);
        let keyed = self.keyed("print", &[]);
        print.0.iter_mut().zip(keyed).for_each(|(to, from)| *to = from);
        print
    }
}

impl std::fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubjectKey")
    }
}
