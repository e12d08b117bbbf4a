//! The sample front: paths, JSON and tokens of Microsoft's sample, for those who come from there.

use secrecy::{ExposeSecret as _, SecretSlice};
use url::Url;

use super::reader::Reader;
use super::{parse, table};

/// Keys and addresses of the sample front; it is open only where both keys are given.
#[derive(Debug)]
pub struct Sample {
    /// Signs its tokens (HS256), at least 32 bytes.
    pub signing_key: SecretSlice<u8>,
    /// Encrypts its tokens (A256CBC-HS512), at least 64 bytes.
    pub encryption_key: SecretSlice<u8>,
    /// Audience of its tokens.
    pub audience: String,
    /// Where its links lead back to.
    pub redirect_base: Url,
}

#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Option<Sample>> {
    let signing_key = reader.optional(&table::SAMPLE_SIGNING_KEY, parse::key(32));
    let encryption_key = reader.optional(&table::SAMPLE_ENCRYPTION_KEY, parse::key(64));
    let audience = reader.optional(&table::SAMPLE_AUDIENCE, parse::visible);
    let redirect_base = reader.optional(&table::SAMPLE_REDIRECT_BASE, parse::base);
    let (signing_key, encryption_key) = (signing_key?, encryption_key?);
    if signing_key.is_none() && encryption_key.is_none() {
        return Some(None);
    }
    let (audience, redirect_base) = (audience?, redirect_base?);
    let needed = [
        (&table::SAMPLE_SIGNING_KEY, signing_key.is_some()),
        (&table::SAMPLE_ENCRYPTION_KEY, encryption_key.is_some()),
        (&table::SAMPLE_AUDIENCE, audience.is_some()),
        (&table::SAMPLE_REDIRECT_BASE, redirect_base.is_some()),
    ];
    for (setting, _) in needed.iter().filter(|(_, given)| !given) {
        reader.fault(setting, "is missing, though a key of the sample front is given");
    }
    let (signing_key, encryption_key) = (signing_key?, encryption_key?);
    let (signing, encryption) = (signing_key.expose_secret(), encryption_key.expose_secret());
    if encryption.starts_with(signing) || signing.starts_with(encryption) {
        reader.fault(
            &table::SAMPLE_ENCRYPTION_KEY,
            "must differ from AppSettings:IdTokenSigningKey",
        );
    }
    Some(Some(Sample {
        signing_key,
        encryption_key,
        audience: audience?,
        redirect_base: redirect_base?,
    }))
}
