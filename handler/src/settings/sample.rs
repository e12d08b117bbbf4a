//! The sample front, for tenants that run Microsoft's sample. It is on as soon as `AppSettings:IdTokenSigningKey` or any
//! `Sample` setting is given, and then needs all that it cannot do without.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::callers::Callers;
use super::clients::{MAX_CLIENTS, redirects};
use super::parse;
use super::reader::{Reader, Rule};
use super::table::{self, Setting};
use crate::grants::Lives;
use crate::sample::link::is_policy;
use crate::sample::token::{MIN_ENCRYPTION_KEY, MIN_SIGNING_KEY, is_published};

/// Fewest characters of the secret in the base address.
const MIN_BASE_SECRET: usize = 32;
/// Most characters of it: a segment of a path.
const MAX_BASE_SECRET: usize = 255;

/// The sample front.
#[derive(Debug)]
pub(crate) struct Sample {
    /// Key that signs verification tokens: its text is the key, at least 16 bytes.
    pub signing_key: SecretString,
    /// Key that encrypts them: its text is the key, at least 64 bytes.
    pub encryption_key: SecretString,
    /// `iss` of verification tokens and hints.
    pub issuer: String,
    /// `aud` of both.
    pub audience: String,
    /// Origin of B2C and one segment, the tenant.
    pub base_redirect: Url,
    /// What one segment of the base address must be, the current one first.
    pub secrets: Vec<SecretString>,
    /// Whether callers may do without it.
    pub allow_anonymous: bool,
    /// The applications of the tenant whose people are verified; at least one.
    pub clients: Vec<SampleClient>,
    /// The policies to which people come back; at least one.
    pub policies: Vec<String>,
    /// How long after its start a verification leads back to B2C.
    pub return_within: Duration,
    /// Who answers for other origins.
    pub cors: Cors,
}

/// An application of the tenant, as B2C names it.
#[derive(Debug)]
pub(crate) struct SampleClient {
    /// Its id in B2C.
    pub id: String,
    /// Its redirect addresses, compared character by character.
    pub redirect_uris: Vec<String>,
}

/// Who tells browsers that the page of B2C may call. Never both: a browser refuses two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cors {
    /// This handler.
    Handler,
    /// The list of the site, by the platform in front of the handler.
    Platform,
}

const CORS: &[(&str, Cors)] = &[("platform", Cors::Platform), ("handler", Cors::Handler)];

/// What is of use to this front alone, and does not switch it on.
const BESIDE: [&Setting; 4] = [
    &table::SAMPLE_ENCRYPTION_KEY,
    &table::SAMPLE_ISSUER,
    &table::SAMPLE_AUDIENCE,
    &table::SAMPLE_BASE_REDIRECT,
];

/// The settings of this front that switch it on, where `<n>` is a number of clients.
pub(crate) fn switches() -> impl Iterator<Item = &'static Setting> {
    let of_front = |setting: &&Setting| setting.name.starts_with("Sample:");
    let sample = table::ALL.iter().filter(of_front);
    sample.chain([&table::SAMPLE_SIGNING_KEY])
}

/// Whether the front is on.
pub(super) fn is_on(reader: &mut Reader<'_>) -> bool {
    (0..MAX_CLIENTS).any(|index| {
        reader.at(index);
        switches().any(|setting| reader.is_told(setting))
    })
}

/// Whether this handler is to tell browsers which pages may call.
pub(super) fn tells_browsers(reader: &mut Reader<'_>) -> bool {
    reader.required(&table::SAMPLE_CORS, parse::one_of(CORS)) == Some(Cors::Handler)
}

/// Who tells browsers which pages may call, be this front on or off.
pub(super) fn cors(reader: &mut Reader<'_>, sample: Option<&Sample>) -> Option<Cors> {
    match sample {
        Some(sample) => Some(sample.cors),
        // What is wrong with it has been told.
        None if is_on(reader) => None,
        None => reader.required(&table::SAMPLE_CORS, parse::one_of(CORS)),
    }
}

/// The origin of the page that polls, if this handler is to tell browsers that it may: as far as the environment says so.
pub(super) fn page_origin(reader: &mut Reader<'_>) -> Option<String> {
    let cors = reader.required(&table::SAMPLE_CORS, parse::one_of(CORS))?;
    let base = reader.required(&table::SAMPLE_BASE_REDIRECT, parse::base)?;
    (cors == Cors::Handler).then(|| base.origin().ascii_serialization())
}

/// `Some(None)` where the front is off. `others` may call this front, too, where policies send their proofs.
#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
pub(super) fn read(reader: &mut Reader<'_>, others: &Callers) -> Option<Option<Sample>> {
    if !is_on(reader) {
        for setting in BESIDE {
            if reader.is_told(setting) {
                let rule =
                    "is of the sample front alone, which is off: AppSettings:IdTokenSigningKey is missing";
                reader.remark(setting, rule);
            }
        }
        return Some(None);
    }
    // All of it is read before any of it may give up, so that no fault hides another.
    let keys = keys(reader);
    let issuer = reader.required(&table::SAMPLE_ISSUER, parse::visible);
    let audience = reader.required(&table::SAMPLE_AUDIENCE, parse::visible);
    let clients = clients(reader);
    let base_redirect = base_redirect(reader, &clients);
    let callers = callers(reader, others);
    let policies = reader.required(&table::SAMPLE_POLICIES, policies);
    let return_within = reader.required(&table::SAMPLE_RETURN_WITHIN, parse::seconds(60..=86_400));
    let cors = reader.required(&table::SAMPLE_CORS, parse::one_of(CORS));
    let (signing_key, encryption_key) = keys?;
    let (secrets, allow_anonymous) = callers?;
    Some(Some(Sample {
        signing_key,
        encryption_key,
        issuer: issuer?,
        audience: audience?,
        base_redirect: base_redirect?,
        secrets,
        allow_anonymous,
        clients,
        policies: policies?,
        return_within: return_within?,
        cors: cors?,
    }))
}

/// Whoever is sent back after so long must have a page until then.
pub(super) fn fits(reader: &mut Reader<'_>, sample: &Sample, lives: &Lives) {
    if sample.return_within > lives.authorization {
        reader.fault(
            &table::SAMPLE_RETURN_WITHIN,
            "must not be more than Verification:AuthorizationLifeSeconds",
        );
    }
}

fn keys(reader: &mut Reader<'_>) -> Option<(SecretString, SecretString)> {
    let signing = reader.required(&table::SAMPLE_SIGNING_KEY, key(MIN_SIGNING_KEY));
    let encryption = reader.required(&table::SAMPLE_ENCRYPTION_KEY, key(MIN_ENCRYPTION_KEY));
    let (signing, encryption) = (signing?, encryption?);
    if signing.expose_secret() == encryption.expose_secret() {
        let words = "is the same as AppSettings:IdTokenSigningKey: give each its own, as soon as no token of the sample's is in use";
        reader.remark(&table::SAMPLE_ENCRYPTION_KEY, words);
    }
    Some((signing, encryption))
}

/// A text that is a key as it stands, and that not everybody knows.
fn key(at_least: usize) -> impl FnOnce(&str) -> Result<SecretString, Rule> {
    move |value| own_key(value, at_least, is_published(value))
}

fn own_key(value: &str, at_least: usize, is_published: bool) -> Result<SecretString, Rule> {
    if is_published {
        return Err(
            "is the key that is published with the sample: everybody can forge tokens with it".into(),
        );
    }
    if value.len() < at_least {
        return Err(format!("must have at least {at_least} bytes; its text is the key").into());
    }
    parse::secret(value)
}

/// Who may call: the secrets of the base address, and whether nobody needs one.
fn callers(reader: &mut Reader<'_>, others: &Callers) -> Option<(Vec<SecretString>, bool)> {
    let current = reader.optional(&table::SAMPLE_SECRET, base_secret);
    let previous = reader.spared(|reader| reader.optional(&table::SAMPLE_PREVIOUS_SECRET, base_secret));
    let anonymous = reader.required(&table::SAMPLE_ANONYMOUS, parse::boolean);
    let (current, anonymous) = (current?, anonymous?);
    if anonymous {
        let words =
            "is true: anybody may start paid transactions for any account, and read whether it is verified";
        reader.remark(&table::SAMPLE_ANONYMOUS, words);
    } else if current.is_none() && others.is_empty() {
        reader.fault(
            &table::SAMPLE_SECRET,
            "is missing; without it, a VerifyAuth setting, or Sample:AllowAnonymous nobody may call",
        );
    }
    if current.is_none() && previous.is_some() {
        reader.fault(
            &table::SAMPLE_PREVIOUS_SECRET,
            "is given without Sample:BaseSecret",
        );
    }
    Some((current.into_iter().chain(previous).collect(), anonymous))
}

/// One segment of a path that nobody guesses and that means the same in every encoding.
fn base_secret(value: &str) -> Result<SecretString, Rule> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = (MIN_BASE_SECRET..=MAX_BASE_SECRET).contains(&value.len());
    if fits && value.bytes().all(plain) {
        return parse::secret(value);
    }
    Err(
        format!("must be {MIN_BASE_SECRET} to {MAX_BASE_SECRET} letters, digits, hyphens and underscores")
            .into(),
    )
}

/// Each client by itself: one whose settings are wrong is refused alone. Only if nobody is left it is wrong for all.
fn clients(reader: &mut Reader<'_>) -> Vec<SampleClient> {
    let since = reader.set_aside();
    let mut clients: Vec<SampleClient> = Vec::new();
    for index in 0..MAX_CLIENTS {
        reader.at(index);
        let of_client = [&table::SAMPLE_CLIENT_ID, &table::SAMPLE_CLIENT_REDIRECTS];
        if of_client.into_iter().any(|setting| reader.is_told(setting)) {
            let client = reader.aside(|reader| client(reader, &clients));
            clients.extend(client);
        }
    }
    if clients.is_empty() {
        if reader.set_aside() == since {
            reader.at(0);
            reader.fault(
                &table::SAMPLE_CLIENT_ID,
                "is missing: the sample front serves nobody",
            );
            reader.fault(&table::SAMPLE_CLIENT_REDIRECTS, "is missing");
        }
        reader.nobody_is_left(since);
    }
    clients
}

fn client(reader: &mut Reader<'_>, others: &[SampleClient]) -> Option<SampleClient> {
    let id = reader.required(&table::SAMPLE_CLIENT_ID, |value| {
        let id = parse::visible(value)?;
        if others.iter().any(|other| other.id == id) {
            return Err("is already the id of another client of the sample front".into());
        }
        Ok(id)
    });
    let redirect_uris = reader.required(&table::SAMPLE_CLIENT_REDIRECTS, redirects);
    Some(SampleClient {
        id: id?,
        redirect_uris: redirect_uris?,
    })
}

fn base_redirect(reader: &mut Reader<'_>, clients: &[SampleClient]) -> Option<Url> {
    reader.required(&table::SAMPLE_BASE_REDIRECT, |value| {
        let base = parse::base(value)?;
        let path = base.path().strip_prefix('/').unwrap_or_default();
        let tenant = path.strip_suffix('/').unwrap_or(path);
        if !is_policy(tenant) {
            return Err("must be B2C's origin and one segment behind it, the tenant".into());
        }
        if clients.iter().any(|client| client.id.eq_ignore_ascii_case(tenant)) {
            return Err("ends in the id of an application, but B2C's segment is the tenant, such as contoso.onmicrosoft.com".into());
        }
        Ok(base)
    })
}

fn policies(value: &str) -> Result<Vec<String>, Rule> {
    let policies = parse::words(value)?;
    if policies.iter().all(|policy| is_policy(policy)) {
        return Ok(policies);
    }
    Err("must be names of policies: letters, digits, underscores, hyphens and points".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key itself stands nowhere here; that it is known is `is_published`'s.
    #[test]
    fn the_published_key_is_refused_however_long_it_is() {
        let rule = |value: &str, is_published| own_key(value, 16, is_published).map(|_| ());
        let words = rule(&"p".repeat(64), true).unwrap_err();
        assert!(words.contains("published"), "{words}");
        assert_eq!(rule(&"p".repeat(64), false), Ok(()));
    }
}
