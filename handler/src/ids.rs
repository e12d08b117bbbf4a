//! Identifiers as types, so that one cannot be passed for another.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::digest::digest;

/// The text is not an identifier of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed identifier")]
pub struct Malformed;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub [u8; $len]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = Malformed;
            fn from_str(text: &str) -> Result<Self, Malformed> {
                let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Malformed)?;
                bytes.try_into().map(Self).map_err(|_| Malformed)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;
            fn try_from(text: String) -> Result<Self, Malformed> {
                text.parse()
            }
        }
    };
}

id!(
    /// One verification of one subject. 16 bytes, shown as 22 characters of base64url. Not secret: it appears in
    /// logs, in the `idv_reference` claim and in Jumio's `customerInternalReference`.
    VerificationId, 16
);
id!(
    /// A subject (the client's user) as a keyed hash, so that facts, logs and `sub` hold nothing personal. 32 bytes.
    SubjectHash, 32
);
id!(
    /// A browser: the keyed hash of its cookie value. 32 bytes.
    BrowserHash, 32
);
id!(
    /// Names one fact among its siblings: the leading bytes of a hash of its content or of a secret it stands for.
    FactHash, 16
);

id!(
    /// Names the folder of a subject: the leading bytes of its [`SubjectHash`]. 8 bytes, which no two subjects share by
    /// chance.
    SubjectKey, 8
);

id!(
    /// Whom a paid start is counted for: a client, a browser or an address, as the leading bytes of a keyed hash. 8 bytes.
    SpenderKey, 8
);

/// The first N of M bytes; N is at most M.
#[must_use]
pub(crate) fn leading<const N: usize, const M: usize>(bytes: &[u8; M]) -> [u8; N] {
    let mut leading = [0; N];
    leading.copy_from_slice(bytes.split_at(N).0);
    leading
}

impl SubjectHash {
    /// The folder of this subject.
    #[must_use]
    pub fn key(&self) -> SubjectKey {
        SubjectKey(leading(&self.0))
    }
}

impl VerificationId {
    /// The id of a subject's verification that is told from its others by these bytes.
    #[must_use]
    pub fn of(subject: SubjectKey, own: [u8; 8]) -> Self {
        let mut id = [0; 16];
        let (first, last) = id.split_at_mut(8);
        first.copy_from_slice(&subject.0);
        last.copy_from_slice(&own);
        Self(id)
    }

    /// The folder of the subject that it belongs to.
    #[must_use]
    pub fn subject(&self) -> SubjectKey {
        SubjectKey(leading(&self.0))
    }

    /// Its own folder, in that of its subject.
    #[must_use]
    pub fn folder(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.split_at(8).1)
    }

    /// The id whose folder has this name.
    #[must_use]
    pub fn within(subject: SubjectKey, folder: &str) -> Option<Self> {
        let own: [u8; 8] = URL_SAFE_NO_PAD.decode(folder).ok()?.try_into().ok()?;
        Some(Self::of(subject, own))
    }
}

impl FactHash {
    /// The leading bytes of a hash over the parts, each preceded by its length: no secret, and the same for ever.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        Self::leading(&digest(parts))
    }

    /// The leading bytes of a hash.
    #[must_use]
    pub fn leading(hash: &[u8; 32]) -> Self {
        Self(leading(hash))
    }
}

/// A verification as a person can read it out: eight characters of Crockford's base 32, which has no I, L, O and U. Not
/// secret. Two verifications may share one; among a million some do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct PersonReference([u8; 5]);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl PersonReference {
    /// That of a verification.
    #[must_use]
    pub(crate) fn of(id: VerificationId) -> Self {
        Self(leading(&FactHash::of(&["reference", &id.to_string()]).0))
    }
}

impl fmt::Display for PersonReference {
    /// In two halves: `7QX4-0M2K`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self
            .0
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for place in (0..8_u32).rev() {
            let index = usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
            let letter = ALPHABET.get(index).copied().unwrap_or(b'0');
            f.write_str(if place == 3 { "-" } else { "" })?;
            write!(f, "{}", char::from(letter))?;
        }
        Ok(())
    }
}

impl FromStr for PersonReference {
    type Err = Malformed;

    /// As it was heard: in any case, with or without the hyphen, and with the letters that look like digits.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut bits = 0_u64;
        let mut places = 0;
        for letter in text.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            };
            let value = ALPHABET
                .iter()
                .position(|known| char::from(*known) == letter)
                .ok_or(Malformed)?;
            bits = bits << 5 | u64::try_from(value).map_err(|_| Malformed)?;
            places += 1;
            if places > 8 {
                return Err(Malformed);
            }
        }
        if places != 8 {
            return Err(Malformed);
        }
        let [_, _, _, bytes @ ..] = bits.to_be_bytes();
        Ok(Self(bytes))
    }
}

/// The name of a client's sector (`OpenID` Connect Core §8.1): its own, unless it shares one. No client's id has a line break.
pub(crate) fn sector_name(client_id: &str, shared: Option<&str>) -> String {
    shared.map_or_else(|| client_id.to_owned(), |sector| format!("sector\n{sector}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_id_lies_in_the_folder_of_its_subject() {
        let subject = SubjectHash([3; 32]);
        let id = VerificationId::of(subject.key(), [9; 8]);
        assert_eq!(id.subject(), subject.key());
        assert_eq!(VerificationId::within(subject.key(), &id.folder()), Some(id));
        assert_eq!(VerificationId::within(subject.key(), "starts"), None);
    }

    use super::*;

    #[test]
    fn an_id_survives_its_text() {
        let id = VerificationId([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_text_of_another_length_is_no_id() {
        assert_eq!("AAAA".parse::<VerificationId>(), Err(Malformed));
    }

    #[test]
    fn a_reference_is_read_back_as_it_was_heard() {
        let reference = PersonReference::of(VerificationId([7; 16]));
        let text = reference.to_string();
        assert_eq!(text.len(), 9);
        for heard in [
            text.clone(),
            text.replace('-', ""),
            text.to_lowercase(),
            text.replace('-', " "),
        ] {
            assert_eq!(heard.parse(), Ok(reference), "{heard}");
        }
        assert_eq!("oOiI-lL11".parse::<PersonReference>(), "0011-1111".parse());
        for bad in ["", "7QX4", "7QX4-0M2K9", "7QX4-0M2U", "7QX4-0M2!"] {
            assert_eq!(bad.parse::<PersonReference>(), Err(Malformed), "{bad}");
        }
    }
}
