//! What is told anybody before Key Vault is read, and so cannot come from there: a client that starts while we start must read the
//! same as any other.

use url::Url;

use super::reader::Reader;
use super::source::Source;
use super::{clients, parse, sample, table};
use crate::person::release::Release;

/// What is told anybody. Wrong settings are told with all others; here they count as not given.
#[derive(Debug)]
pub(crate) struct Public {
    /// Public origin of this app.
    pub url: Option<Url>,
    /// Where weaknesses are reported: an `https:` or `mailto:` address.
    pub security_contact: Option<String>,
    /// Whether it is on us to tell browsers which pages may read our answers.
    pub tells_browsers: bool,
    /// Whether ID tokens can be signed by an elliptic key.
    pub signs_by_ec: bool,
    /// Whether any client may have an ID token as the answer itself.
    pub answers_by_id_token: bool,
    /// Everything of a document that any client may be told.
    pub released: Release,
}

impl Public {
    /// Reads it, from the environment alone.
    #[must_use]
    pub(crate) fn load(source: &dyn Source) -> Self {
        let mut reader = Reader::new(source);
        Self {
            url: url(&mut reader),
            security_contact: contact(&mut reader).flatten(),
            tells_browsers: sample::tells_browsers(&mut reader),
            signs_by_ec: reader.is_told(&table::SIGNING_EC_CERT_NAME),
            answers_by_id_token: clients::answers_by_id_token(&mut reader),
            released: clients::released(&mut reader),
        }
    }
}

pub(super) fn url(reader: &mut Reader<'_>) -> Option<Url> {
    reader.required(&table::PUBLIC_URL, parse::origin)
}

#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
pub(super) fn contact(reader: &mut Reader<'_>) -> Option<Option<String>> {
    reader.optional(&table::SECURITY_CONTACT, parse::contact)
}
