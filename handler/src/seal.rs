//! Our own opaque values: what we hand out, we can recognise again without having stored it.
//!
//! Tickets, handles, codes, callback credentials and access tokens are all one shape: a verification id, an expiry and
//! 16 bytes of the issuer's choice under a MAC. Each purpose has its own key, so that a ticket can never serve as a code.
//! Everything is derived from one root key, the *state key*; a previous one stays valid while keys are rotated. Hashes of
//! subjects, browsers and names are made with the *subject key*, which outlives all state keys.

mod cipher;
mod keys;
mod subjects;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use time::OffsetDateTime;

use crate::ids::{SubjectHash, VerificationId};
pub use keys::KeyMaterial;
pub(crate) use keys::KeyTooShort;
use keys::{KeyId, Root};
pub use subjects::SubjectKey;

const VERSION: u8 = 1;
const MAC_BYTES: usize = 24; // 192 bits: far beyond guessing, and the whole value stays within 100 characters
const BODY_BYTES: usize = 1 + 1 + 4 + 5 + 16 + 16;
const MAX_EXPIRY_S: u64 = (1 << 40) - 1;

/// What every ticket begins with. A ticket arrives where a client may also name its own subject (`login_hint`), so one
/// that is damaged or expired must be recognised as a ticket, and refused, and never be taken for somebody's name.
const TICKET_PREFIX: &str = "idvt_";

/// Whether a text is a ticket, or was one before something damaged it: upper case and white space in front do not hide it.
#[must_use]
pub(crate) fn looks_like_a_ticket(text: &str) -> bool {
    let start = text.trim_start().get(..TICKET_PREFIX.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(TICKET_PREFIX))
}

/// What a sealed value is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Names a registered verification in an authorize request (`login_hint`).
    Ticket,
    /// Names a pushed authorization request (RFC 9126 `request_uri`).
    RequestUri,
    /// Authenticates the vendor's callbacks of one attempt.
    Callback,
    /// Names one browser's authorization in addresses.
    Handle,
    /// Authorization code (RFC 6749).
    Code,
    /// Access token for userinfo.
    AccessToken,
    /// Names a request that a person starts by a link of ours.
    Link,
    /// Recognises a browser whose person nobody has named. The id is the browser's, and no verification's.
    Session,
    /// Names a request that is kept for a browser whose person nobody has named. The id is the request's.
    Held,
}

impl Purpose {
    pub(crate) const ALL: [Self; 9] = [
        Self::Ticket,
        Self::RequestUri,
        Self::Callback,
        Self::Handle,
        Self::Code,
        Self::AccessToken,
        Self::Link,
        Self::Session,
        Self::Held,
    ];

    const fn byte(self) -> u8 {
        match self {
            Self::Ticket => 1,
            Self::RequestUri => 2,
            Self::Callback => 3,
            Self::Handle => 4,
            Self::Code => 5,
            Self::AccessToken => 6,
            Self::Link => 7,
            Self::Session => 8,
            Self::Held => 9,
        }
    }

    /// What its values begin with in clear, before base64url.
    const fn prefix(self) -> &'static str {
        match self {
            Self::Ticket => TICKET_PREFIX,
            Self::RequestUri
            | Self::Callback
            | Self::Handle
            | Self::Code
            | Self::AccessToken
            | Self::Link
            | Self::Session
            | Self::Held => "",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::RequestUri => "request uri",
            Self::Callback => "callback",
            Self::Handle => "handle",
            Self::Code => "code",
            Self::AccessToken => "access token",
            Self::Link => "link",
            Self::Session => "session",
            Self::Held => "held request",
        }
    }
}

/// What a genuine sealed value says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The verification it belongs to.
    pub id: VerificationId,
    /// The issuer's 16 bytes.
    pub extra: [u8; 16],
    /// When it ends, UTC, whole seconds.
    pub expires_at: OffsetDateTime,
    /// It was made with the previous key.
    pub key_is_previous: bool,
}

/// Why a sealed value is refused. None of these tells a caller anything that it could not know already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not of our shape, or made for another purpose.
    #[error("not a sealed value of this kind")]
    Malformed,
    /// Made with a key that is not (or no longer) ours.
    #[error("sealed with an unknown key")]
    UnknownKey,
    /// The MAC is wrong.
    #[error("not sealed by us, or changed since")]
    Forged,
    /// Genuine, but over.
    #[error("expired")]
    Expired,
}

/// The root keys of sealed values and locked secrets: new ones are made with the current, both are accepted.
pub struct StateKeys {
    current: Root,
    previous: Option<Root>,
}

impl StateKeys {
    /// Derives all keys.
    #[must_use]
    pub fn new(current: &KeyMaterial, previous: Option<&KeyMaterial>) -> Self {
        Self {
            current: Root::derive(current),
            previous: previous.map(Root::derive),
        }
    }

    /// Names the current key, as 8 hexadecimal digits; says nothing about it.
    #[must_use]
    pub fn name(&self) -> String {
        self.current.id.to_string()
    }

    /// Names the previous key, if there is one.
    #[must_use]
    pub fn previous_name(&self) -> Option<String> {
        self.previous.as_ref().map(|root| root.id.to_string())
    }

    fn root(&self, id: KeyId) -> Option<(&Root, bool)> {
        if self.current.id == id {
            return Some((&self.current, false));
        }
        self.previous
            .as_ref()
            .filter(|root| root.id == id)
            .map(|root| (root, true))
    }
}

impl std::fmt::Debug for StateKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StateKeys({})", self.current.id)
    }
}

/// Makes and checks sealed values, and hashes what must not be readable.
pub struct Seal {
    keys: StateKeys,
    subjects: SubjectKey,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").finish_non_exhaustive()
    }
}

impl Seal {
    /// Sealed values are made with one, hashes with the other.
    #[must_use]
    pub fn new(keys: StateKeys, subjects: SubjectKey) -> Self {
        Self { keys, subjects }
    }

    /// A value of 90 characters of base64url, for a ticket after its prefix. The same arguments give the same value.
    #[must_use]
    pub fn seal(
        &self,
        purpose: Purpose,
        id: VerificationId,
        expires_at: OffsetDateTime,
        extra: [u8; 16],
    ) -> String {
        let mut bytes = Vec::with_capacity(BODY_BYTES + MAC_BYTES);
        bytes.extend([VERSION, purpose.byte()]);
        bytes.extend(self.keys.current.id.0);
        bytes.extend(&expiry_bytes(expires_at));
        bytes.extend(id.0);
        bytes.extend(extra);
        let mac = self.keys.current.mac(purpose, &bytes);
        bytes.extend(mac.iter().take(MAC_BYTES));
        let mut text = purpose.prefix().to_owned();
        URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
        text
    }

    /// Checks a value and says what is in it. The MAC is checked before anything inside is believed.
    ///
    /// # Errors
    /// See [`SealError`]. A value of another purpose is [`SealError::Malformed`].
    pub fn open(&self, purpose: Purpose, text: &str, now: OffsetDateTime) -> Result<Opened, SealError> {
        let opened = self.recognise(purpose, text)?;
        if now >= opened.expires_at {
            Err(SealError::Expired)
        } else {
            Ok(opened)
        }
    }

    /// The same for a value that may be over: for what is to be said of it, never for letting anybody in.
    ///
    /// # Errors
    /// See [`SealError`]; never [`SealError::Expired`].
    pub fn recognise(&self, purpose: Purpose, text: &str) -> Result<Opened, SealError> {
        let text = text.strip_prefix(purpose.prefix()).ok_or(SealError::Malformed)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SealError::Malformed)?;
        let (body, mac) = bytes.split_at_checked(BODY_BYTES).ok_or(SealError::Malformed)?;
        let fields: [u8; BODY_BYTES] = body.try_into().map_err(|_| SealError::Malformed)?;
        let [version, made_for, k0, k1, k2, k3, rest @ ..] = fields;
        if version != VERSION || made_for != purpose.byte() || mac.len() != MAC_BYTES {
            return Err(SealError::Malformed);
        }
        let (root, key_is_previous) = self
            .keys
            .root(KeyId([k0, k1, k2, k3]))
            .ok_or(SealError::UnknownKey)?;
        let expected = root.mac(purpose, body);
        if !same(expected.get(..MAC_BYTES).unwrap_or_default(), mac) {
            return Err(SealError::Forged);
        }
        read_rest(&rest, key_is_previous).ok_or(SealError::Malformed)
    }

    /// Whether a text is one of our own values: a ticket, even a damaged one, or a genuine value of any other purpose, with
    /// or without its prefix.
    #[must_use]
    pub fn is_ours(&self, text: &str) -> bool {
        let is_genuine = |purpose: Purpose| {
            let text = format!("{}{text}", purpose.prefix());
            self.recognise(purpose, &text).is_ok()
        };
        looks_like_a_ticket(text) || Purpose::ALL.into_iter().any(is_genuine)
    }

    /// See [`SubjectKey::hash_subject`].
    #[must_use]
    pub fn hash_subject(&self, scope: &str, subject: &str) -> SubjectHash {
        self.subjects.hash_subject(scope, subject)
    }

    /// See [`SubjectKey::keyed`]: stays the same when state keys change.
    #[must_use]
    pub fn keyed(&self, label: &str, parts: &[&str]) -> [u8; 32] {
        self.subjects.keyed(label, parts)
    }

    /// See [`StateKeys::lock`].
    #[must_use]
    pub fn lock(&self, place: &str, nonce: [u8; 12], secret: &str) -> String {
        self.keys.lock(place, nonce, secret)
    }

    /// See [`StateKeys::unlock`].
    ///
    /// # Errors
    /// Those of [`StateKeys::unlock`].
    pub fn unlock(&self, place: &str, text: &str) -> Result<SecretString, SealError> {
        self.keys.unlock(place, text)
    }
}

/// Whether two byte strings are equal, in time that depends only on their lengths.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where lengths are known to be equal"
)]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && openssl::memcmp::eq(a, b)
}

/// Base64url of the SHA-256 of a text (RFC 7636 section 4.2).
#[must_use]
pub(crate) fn sha256_base64url(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(openssl::sha::sha256(text.as_bytes()))
}

fn expiry_bytes(expires_at: OffsetDateTime) -> [u8; 5] {
    let seconds = u64::try_from(expires_at.unix_timestamp())
        .unwrap_or(0)
        .min(MAX_EXPIRY_S);
    let [_, _, _, e0, e1, e2, e3, e4] = seconds.to_be_bytes();
    [e0, e1, e2, e3, e4]
}

fn read_rest(rest: &[u8; 37], key_is_previous: bool) -> Option<Opened> {
    let (expiry, rest) = rest.split_first_chunk::<5>()?;
    let (id, extra) = rest.split_first_chunk::<16>()?;
    let [e0, e1, e2, e3, e4] = *expiry;
    let seconds = i64::from_be_bytes([0, 0, 0, e0, e1, e2, e3, e4]);
    Some(Opened {
        id: VerificationId(*id),
        extra: extra.try_into().ok()?,
        expires_at: OffsetDateTime::from_unix_timestamp(seconds).ok()?,
        key_is_previous,
    })
}

#[cfg(test)]
mod tests;
