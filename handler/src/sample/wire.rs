//! The JSON that the sample's policies and its page send.
//!
//! Read as the sample reads it: names in any case, unknown names ignored, of a repeated name the last, every value a text.
//! A required text that is missing, null or empty is an error of its own kind, since the sample answers it otherwise
//! ([`Unread::is_conflict`]). Beyond the sample, lengths are bounded and control characters refused.

mod members;

use std::fmt;

use secrecy::SecretString;
use time::Date;
use time::macros::format_description;

use crate::person::{Person, Personal};
use crate::tokens::MAX_TOKEN;
use members::Members;

/// Most characters of an id, a policy or a reference.
const MAX_ID: usize = 255;
/// Most characters of a redirect address.
const MAX_REDIRECT: usize = 2048;
/// Most characters of a scope.
const MAX_SCOPE: usize = 1024;
/// Most characters of a name.
const MAX_NAME: usize = 200;
/// Most characters of a list of languages, and of one of them.
const MAX_LOCALES: usize = 255;
const MAX_LOCALE: usize = 35;

/// Why a body is not read. Each has one fixed sentence; none repeats what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unread {
    /// Not JSON, cut off, or something after it; an empty body among them.
    #[error("the body is not JSON")]
    NotJson,
    /// JSON that is no object; `null` among it.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// A value of another type than text.
    #[error("{0} is not a text")]
    NotText(&'static str),
    /// A required text is missing, null or empty.
    #[error("{0} is missing or empty")]
    Missing(&'static str),
    /// A text has more characters than it may.
    #[error("{0} is too long")]
    TooLong(&'static str),
    /// A text has control characters.
    #[error("{0} has control characters")]
    Control(&'static str),
    /// A birth date that is no date.
    #[error("Birthdate is not a date, YYYY-MM-DD")]
    Birthdate,
}

impl Unread {
    /// Whether the sample answers it 409, with a text for the person; all others 400.
    #[must_use]
    pub(crate) const fn is_conflict(self) -> bool {
        matches!(self, Self::Missing(_))
    }
}

/// `InitializeTransaction`: B2C begins a verification.
#[derive(PartialEq, Eq)]
pub(crate) struct InitializeTransaction {
    /// The account, at most 255 characters.
    pub object_id: String,
    /// Constant when B2C repeats a call; at most 255 characters.
    pub correlation_id: String,
    /// The application that asked B2C, at most 255 characters.
    pub client_id: String,
    /// Where the application is answered, at most 2048 characters.
    pub redirect_uri: String,
    /// What the application asked for, with blanks between; at most 1024 characters.
    pub scope: String,
    /// The policy to which the person comes back, at most 255 characters.
    pub policy: String,
    /// Who the account says that the person is: `GivenName`, `Surname` (or `FamilyName`) and `Birthdate`, which the sample
    /// does not know and may be left out. Whether anybody can be called so is not checked here.
    pub person: Person,
    /// Language of the person, from `UiLocales`: the first of them that is a language tag.
    pub locale: Option<String>,
}

impl InitializeTransaction {
    /// Reads a body.
    ///
    /// # Errors
    /// See [`Unread`].
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Unread> {
        let members = Members::parse(body, &Self::MEMBERS)?;
        Ok(Self {
            object_id: members.required("ObjectId", MAX_ID)?,
            correlation_id: members.required("CorrelationId", MAX_ID)?,
            client_id: members.required("ClientId", MAX_ID)?,
            redirect_uri: members.required("RedirectUri", MAX_REDIRECT)?,
            scope: members.required("Scope", MAX_SCOPE)?,
            policy: members.required("Policy", MAX_ID)?,
            person: person(&members)?,
            locale: members.optional("UiLocales", MAX_LOCALES)?.and_then(locale),
        })
    }

    const MEMBERS: [&'static str; 11] = [
        "ObjectId",
        "CorrelationId",
        "ClientId",
        "RedirectUri",
        "Scope",
        "Policy",
        "GivenName",
        "Surname",
        "FamilyName",
        "Birthdate",
        "UiLocales",
    ];
}

/// `InitializeVerification`: B2C asks for the first token.
#[derive(PartialEq, Eq)]
pub(crate) struct InitializeVerification {
    /// The account, at most 255 characters.
    pub object_id: String,
    /// The transaction, as it was named to B2C; at most 255 characters.
    pub transaction_reference: String,
}

impl InitializeVerification {
    /// Reads a body.
    ///
    /// # Errors
    /// See [`Unread`].
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Unread> {
        let members = Members::parse(body, &["ObjectId", "TransactionReference"])?;
        Ok(Self {
            object_id: members.required("ObjectId", MAX_ID)?,
            transaction_reference: members.required("TransactionReference", MAX_ID)?,
        })
    }
}

/// `VerifyTransactionStatus`: the page in the browser asks how far it is.
pub(crate) struct VerifyTransactionStatus {
    /// The token that the page holds, at most 16 KiB.
    pub verification_token: SecretString,
}

impl VerifyTransactionStatus {
    /// Reads a body.
    ///
    /// # Errors
    /// See [`Unread`].
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Unread> {
        let members = Members::parse(body, &["VerificationToken"])?;
        Ok(Self {
            verification_token: members.required("VerificationToken", MAX_TOKEN)?.into(),
        })
    }
}

/// `ValidateVerificationToken`: B2C asks what was found.
pub(crate) struct ValidateVerificationToken {
    /// The account, at most 255 characters.
    pub object_id: String,
    /// The transaction, as the account remembers it; at most 255 characters.
    pub transaction_reference: String,
    /// The token that came out of the page, where the person can edit it; at most 16 KiB.
    pub verification_token: SecretString,
}

impl ValidateVerificationToken {
    /// Reads a body.
    ///
    /// # Errors
    /// See [`Unread`].
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Unread> {
        let names = ["ObjectId", "TransactionReference", "VerificationToken"];
        let members = Members::parse(body, &names)?;
        Ok(Self {
            object_id: members.required("ObjectId", MAX_ID)?,
            transaction_reference: members.required("TransactionReference", MAX_ID)?,
            verification_token: members.required("VerificationToken", MAX_TOKEN)?.into(),
        })
    }
}

/// Whose account it is belongs in no log.
macro_rules! shows_only_its_name {
    ($($name:ident)+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        })+
    };
}

shows_only_its_name! { InitializeTransaction InitializeVerification VerifyTransactionStatus ValidateVerificationToken }

fn person(members: &Members) -> Result<Person, Unread> {
    let family_name = match members.optional("Surname", MAX_NAME)? {
        Some(name) => Some(name),
        None => members.optional("FamilyName", MAX_NAME)?,
    };
    let birthdate = members.optional("Birthdate", MAX_ID)?;
    let birthdate = birthdate.map(|text| date(text).ok_or(Unread::Birthdate));
    Ok(Person {
        given_name: members.optional("GivenName", MAX_NAME)?.map(Personal::new),
        family_name: family_name.map(Personal::new),
        birthdate: birthdate.transpose()?.map(Personal::new),
        ..Person::default()
    })
}

/// A date, or the date of a B2C `dateTime`, as `YYYY-MM-DD`.
fn date(text: &str) -> Option<&str> {
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    let form = format_description!("[year]-[month]-[day]");
    (day.len() == 10 && Date::parse(day, form).is_ok()).then_some(day)
}

/// The first that is written in the characters of a language tag (BCP 47).
fn locale(list: &str) -> Option<String> {
    let is_tag = |tag: &&str| {
        tag.len() <= MAX_LOCALE
            && tag
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    list.split_whitespace().find(is_tag).map(str::to_owned)
}

#[cfg(test)]
mod tests;
