//! Who may register verifications. What is not given lets nobody in.

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::parse;
use super::reader::{Reader, Rule};
use super::table::{self, Setting};
use crate::tokens::entra;

/// Shortest password or client secret, in characters.
pub(crate) const MIN_SECRET: usize = 16;

/// A user name with its password.
#[derive(Debug)]
pub(crate) struct BasicPair {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: SecretString,
}

/// Who may register verifications; all three ways may be open at once.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    /// SHA-256 thumbprints of accepted client certificates; empty unless the front end's header may be believed.
    pub certificates: Vec<[u8; 32]>,
    /// Accepted pairs, the current one first.
    pub basic: Vec<BasicPair>,
    /// Whose bearer tokens are accepted.
    pub entra: Option<entra::Config>,
}

impl Callers {
    /// Whether nobody gets in.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.basic.is_empty() && self.entra.is_none()
    }
}

/// Each way by itself: one that is wrong is closed, and those who come another way get in. Only if nobody is left it is
/// wrong for all.
pub(super) fn read(reader: &mut Reader<'_>) -> Callers {
    let since = reader.set_aside();
    let certificates = reader.aside(certificates);
    let current = reader.aside(|reader| pair(reader, &table::BASIC_USERNAME, &table::BASIC_PASSWORD));
    let names = (&table::PREVIOUS_BASIC_USERNAME, &table::PREVIOUS_BASIC_PASSWORD);
    let mut previous = reader.spared(|reader| pair(reader, names.0, names.1));
    let entra = reader.aside(entra);
    if previous.is_some() && matches!(current, Some(None)) {
        previous = reader.aside(|reader| {
            reader.fault(names.0, "is given without VerifyAuth:BasicUsername");
            None
        });
    }
    let callers = Callers {
        certificates: certificates.unwrap_or_default(),
        basic: current.flatten().into_iter().chain(previous).collect(),
        entra: entra.flatten(),
    };
    if callers.is_empty() {
        reader.nobody_is_left(since);
    }
    callers
}

fn certificates(reader: &mut Reader<'_>) -> Option<Vec<[u8; 32]>> {
    let trusted = reader.optional(&table::TRUST_CLIENT_CERT, parse::boolean);
    let thumbprints = reader.optional(&table::CLIENT_CERTS, thumbprints);
    match (trusted?, thumbprints?) {
        (None, None) | (Some(false), _) => Some(Vec::new()),
        (Some(true), Some(thumbprints)) => Some(thumbprints),
        (Some(true), None) => {
            reader.fault(
                &table::CLIENT_CERTS,
                "is missing, though VerifyAuth:TrustClientCertHeader is true",
            );
            None
        }
        (None, Some(_)) => {
            reader.fault(
                &table::TRUST_CLIENT_CERT,
                "must be given with VerifyAuth:ClientCertThumbprints",
            );
            None
        }
    }
}

fn thumbprints(value: &str) -> Result<Vec<[u8; 32]>, Rule> {
    let rule = "must be at least two different SHA-256 thumbprints (64 hexadecimal digits)";
    let mut thumbprints: Vec<[u8; 32]> = Vec::new();
    for word in value
        .split([' ', '\t', '\n', ',', ';'])
        .filter(|word| !word.is_empty())
    {
        let digits = parse::thumbprint(word, 32).map_err(|_| rule)?;
        let thumbprint = bytes(&digits).ok_or(rule)?;
        if !thumbprints.contains(&thumbprint) {
            thumbprints.push(thumbprint);
        }
    }
    if thumbprints.len() < 2 {
        Err(rule.into())
    } else {
        Ok(thumbprints)
    }
}

fn bytes(digits: &str) -> Option<[u8; 32]> {
    let byte = |at| {
        digits
            .get(at..at + 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
    };
    let bytes: Option<Vec<u8>> = (0..64).step_by(2).map(byte).collect();
    bytes?.try_into().ok()
}

#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
fn pair(reader: &mut Reader<'_>, name: &Setting, word: &Setting) -> Option<Option<BasicPair>> {
    let username = reader.optional(name, |value| {
        if value.contains(':') {
            return Err("must not contain a colon".into());
        }
        parse::visible(value)
    });
    let password = reader.optional(word, long_secret);
    match (username?, password?) {
        (Some(username), Some(password)) => Some(Some(BasicPair { username, password })),
        (None, None) => Some(None),
        (Some(_), None) => {
            reader.fault(word, format!("is missing, though {} is given", name.name));
            None
        }
        (None, Some(_)) => {
            reader.fault(name, format!("is missing, though {} is given", word.name));
            None
        }
    }
}

/// A secret that is long enough not to be guessed.
pub(super) fn long_secret(value: &str) -> Result<SecretString, Rule> {
    let secret = parse::secret(value)?;
    if secret.expose_secret().len() < MIN_SECRET {
        return Err(format!("must have at least {MIN_SECRET} characters").into());
    }
    Ok(secret)
}

#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
fn entra(reader: &mut Reader<'_>) -> Option<Option<entra::Config>> {
    let issuer = reader.optional(&table::ENTRA_ISSUER, super::issuer);
    let audience = reader.optional(&table::ENTRA_AUDIENCE, parse::visible);
    let app_ids = reader.optional(&table::ENTRA_APP_IDS, parse::words);
    let metadata = reader.optional(&table::ENTRA_METADATA, parse::base);
    let (issuer, audience, app_ids, metadata) = (issuer?, audience?, app_ids?, metadata?);
    if issuer.is_none() && audience.is_none() && app_ids.is_none() && metadata.is_none() {
        return Some(None);
    }
    let needed = [
        (&table::ENTRA_ISSUER, issuer.is_some()),
        (&table::ENTRA_AUDIENCE, audience.is_some()),
        (&table::ENTRA_APP_IDS, app_ids.is_some()),
    ];
    for (setting, _) in needed.iter().filter(|(_, given)| !given) {
        reader.fault(setting, "is missing, though another Entra setting is given");
    }
    let issuer = issuer?;
    Some(Some(entra::Config {
        metadata: metadata.or_else(|| well_known(&issuer))?,
        issuer,
        audience: audience?,
        app_ids: app_ids?,
    }))
}

/// Where Entra publishes the metadata of an issuer. That of v1 tokens has them in another place than its name says.
fn well_known(issuer: &str) -> Option<Url> {
    let base = issuer.trim_end_matches('/');
    let base = base.replacen(
        "https://sts.windows.net/",
        "https://login.microsoftonline.com/",
        1,
    );
    Url::parse(&format!("{base}/.well-known/openid-configuration")).ok()
}
