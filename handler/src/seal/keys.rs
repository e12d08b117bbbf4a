//! Keys, derived from one root so that only one secret has to be kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::sign::Signer;
use zeroize::Zeroizing;

use super::Purpose;

/// A root key: at least 32 bytes, wiped when dropped, never printed.
pub struct KeyMaterial(pub(super) Zeroizing<Vec<u8>>);

/// A root key has fewer than 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a root key needs at least 32 bytes")]
pub struct KeyTooShort;

impl KeyMaterial {
    /// Takes the bytes of a root key.
    ///
    /// # Errors
    /// Fewer than 32 bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, KeyTooShort> {
        let bytes = Zeroizing::new(bytes.into());
        if bytes.len() < 32 {
            Err(KeyTooShort)
        } else {
            Ok(Self(bytes))
        }
    }

    /// As base64url, to be locked away.
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(&*self.0))
    }

    /// What [`KeyMaterial::to_text`] gave.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Self::new(URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}

impl std::fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyMaterial")
    }
}

/// Names a root key inside a sealed value; says nothing about the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyId(pub(super) [u8; 4]);

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// All keys of one root.
pub(super) struct Root {
    pub(super) id: KeyId,
    purposes: [(u8, PKey<Private>); Purpose::ALL.len()],
    spare: PKey<Private>,
    pub(super) cipher: Zeroizing<[u8; 32]>,
}

impl Root {
    pub(super) fn derive(material: &KeyMaterial) -> Self {
        let root = hmac_key(&material.0);
        let [i0, i1, i2, i3, ..] = sha256(&hmac(&root, &[b"key id"]));
        Self {
            id: KeyId([i0, i1, i2, i3]),
            purposes: Purpose::ALL.map(|purpose| (purpose.byte(), sub_key(&root, "seal", purpose.label()))),
            spare: sub_key(&root, "spare", ""),
            cipher: Zeroizing::new(hmac(&root, &[b"cipher"])),
        }
    }

    pub(super) fn mac(&self, purpose: Purpose, body: &[u8]) -> [u8; 32] {
        let key = self.purposes.iter().find(|(byte, _)| *byte == purpose.byte());
        // Every purpose is in the table; were one missing, the spare key would still be a secret one.
        hmac(key.map_or(&self.spare, |(_, key)| key), &[body])
    }
}

fn sub_key(root: &PKey<Private>, kind: &str, label: &str) -> PKey<Private> {
    hmac_key(&*Zeroizing::new(hmac(
        root,
        &[kind.as_bytes(), b"/", label.as_bytes()],
    )))
}

#[expect(clippy::expect_used, reason = "OpenSSL fails here only when memory is out")]
pub(super) fn hmac_key(bytes: &[u8]) -> PKey<Private> {
    PKey::hmac(bytes).expect("any bytes are an HMAC key")
}

#[expect(clippy::expect_used, reason = "OpenSSL fails here only when memory is out")]
pub(super) fn hmac(key: &PKey<Private>, parts: &[&[u8]]) -> [u8; 32] {
    let mut signer = Signer::new(MessageDigest::sha256(), key).expect("HMAC-SHA-256 exists");
    for part in parts {
        signer.update(part).expect("HMAC takes any bytes");
    }
    let mut mac = [0; 32];
    signer.sign(&mut mac).expect("HMAC-SHA-256 has 32 bytes");
    mac
}
