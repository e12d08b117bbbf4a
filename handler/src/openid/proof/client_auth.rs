//! How a client proves itself (RFC 6749 §2.3, RFC 7521 §4.2): exactly one way per request, and only the registered one. A
//! secret may stand in the header or in the form. A public client names itself and proves nothing.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;
use url::form_urlencoded;

use crate::checks::fact_store::StoreError;
use crate::clients::{self, Client, Clients, Proof, Secrets};
use crate::digest::digest;
use crate::grants::assertions::{Assertions, Worth};
use crate::openid::answer::refusal::Refusal;
use crate::openid::request::parameters::Parameters;
use crate::seal;
use crate::telemetry;
use crate::tokens::Refused;
use crate::tokens::client_assertion::{self, ClientKeys};
use crate::tokens::remote_keys::CouldNotFetch;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why a client is not believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The request breaks a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It did not prove itself.
    #[error("client authentication failed: {0}")]
    NotProven(#[from] Unproven),
    /// Whether its assertion is new could not be found out.
    #[error(transparent)]
    CouldNotCheck(#[from] StoreError),
    /// The keys that it publishes could not be had.
    #[error(transparent)]
    NoKeys(#[from] CouldNotFetch),
}

/// Why a proof is not believed. For the log alone: whoever sent it is told the same of all of them, unless it knows the secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unproven {
    /// Nothing was presented, or nothing that can be read.
    #[error("no credentials, or none that can be read")]
    Missing,
    /// No setting knows the client. Its name is free text, so it is not repeated.
    #[error("no client has this id")]
    Unknown,
    /// The form names another client than the proof.
    #[error("client_id in the form is not that of the credentials")]
    OtherId,
    /// Another way than the client's `AuthMethod`.
    #[error("client {client} is registered for {registered} and has used {used}")]
    OtherWay {
        /// Its id.
        client: String,
        /// The method of the settings.
        registered: &'static str,
        /// The method of the request.
        used: &'static str,
    },
    /// We do not know what it proves itself with.
    #[error("the settings give no credentials for client {0}")]
    Unreadable(String),
    /// The secret is wrong.
    #[error("the secret of client {0} is wrong")]
    Secret(String),
    /// The assertion is not good.
    #[error("the assertion of client {0}: {1}")]
    Assertion(String, Refused),
    /// The assertion served before.
    #[error("the assertion of client {0} was used before")]
    Used(String),
}

/// A client that has proved itself, maybe by a proof that was used before.
pub(crate) struct Proven<'a> {
    /// The client.
    pub client: &'a Client,
    /// The client's assertion is not new: this very request was made with it then. What it may still be good for is for the
    /// caller to decide.
    pub first_used: Option<OffsetDateTime>,
}

/// The one proof that came with a request, not believed yet.
enum Presented {
    Basic {
        spellings: Vec<(String, SecretString)>,
    },
    Post {
        id: String,
        secret: SecretString,
    },
    Assertion {
        id: String,
        jwt: String,
    },
    /// Only a name.
    Name {
        id: String,
    },
}

/// What checking needs.
pub(crate) struct ClientAuth {
    /// The clients.
    pub clients: Arc<Clients>,
    /// Those that were used.
    pub assertions: Assertions,
    /// What an assertion may be addressed to: the issuer, the token endpoint, the pushed-authorization endpoint.
    pub audiences: Vec<String>,
}

impl ClientAuth {
    /// The client that sent a request with these `Authorization` headers and this form.
    ///
    /// # Errors
    /// See [`ClientError`]. An unknown client and a wrong proof are told apart in the log only.
    pub(crate) async fn check(
        &self,
        authorization: &[&str],
        form: &Parameters,
        now: OffsetDateTime,
    ) -> Result<&Client, ClientError> {
        let proven = self.check_repeatable(authorization, form, now).await?;
        match proven.first_used {
            None => Ok(proven.client),
            Some(_) => Err(Unproven::Used(proven.client.id.clone()).into()),
        }
    }

    /// The same for a redemption, whose answer may have been lost: an assertion that was used before with the same code,
    /// address and verifier, all byte for byte, is no error here.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn check_repeatable(
        &self,
        authorization: &[&str],
        form: &Parameters,
        now: OffsetDateTime,
    ) -> Result<Proven<'_>, ClientError> {
        let proven = |client| Proven {
            client,
            first_used: None,
        };
        match presented(authorization, form)? {
            Presented::Basic { spellings } => Ok(proven(self.by_basic(&spellings)?)),
            Presented::Post { id, secret } => Ok(proven(self.by_secret(&id, &secret)?)),
            Presented::Name { id } => Ok(proven(self.by_name(&id)?)),
            Presented::Assertion { id, jwt } => {
                let request = print_of(&jwt, form);
                self.by_assertion(&id, &jwt, &request, now).await
            }
        }
    }

    fn by_basic(&self, spellings: &[(String, SecretString)]) -> Result<&Client, Unproven> {
        let mut why = Unproven::Unknown;
        for (id, secret) in spellings {
            match self.by_secret(id, secret) {
                Ok(client) => return Ok(client),
                Err(Unproven::Unknown) => {}
                Err(unproven) => why = unproven,
            }
        }
        Err(why)
    }

    fn by_secret(&self, id: &str, secret: &SecretString) -> Result<&Client, Unproven> {
        let client = self.named(id)?;
        match &client.proof {
            Proof::Secret(secrets) if is_one_of(secrets, secret) => Ok(client),
            Proof::Secret(_) => Err(Unproven::Secret(client.id.clone())),
            // An empty password is none: libraries that know only Basic send the name of a public client so.
            Proof::None if secret.expose_secret().is_empty() => Ok(client),
            Proof::PrivateKeyJwt(_) | Proof::None | Proof::Unreadable => {
                Err(other_way(client, clients::SECRET))
            }
        }
    }

    /// A public client proves nothing. Any other that names itself and nothing else has left its proof out.
    fn by_name(&self, id: &str) -> Result<&Client, Unproven> {
        let client = self.clients.get(id).filter(|client| client.is_public());
        let client = client.ok_or(Unproven::Missing)?;
        telemetry::note_client(&client.id);
        Ok(client)
    }

    /// The client of the settings that a request names, proved or not; it is named in the log.
    fn named(&self, id: &str) -> Result<&Client, Unproven> {
        let client = self.clients.get(id).ok_or(Unproven::Unknown)?;
        telemetry::note_client(&client.id);
        Ok(client)
    }

    async fn by_assertion(
        &self,
        id: &str,
        jwt: &str,
        request: &str,
        now: OffsetDateTime,
    ) -> Result<Proven<'_>, ClientError> {
        let client = self.named(id)?;
        let Proof::PrivateKeyJwt(keys) = &client.proof else {
            return Err(other_way(client, clients::PRIVATE_KEY_JWT).into());
        };
        let audiences: Vec<&str> = self.audiences.iter().map(String::as_str).collect();
        let verify = |keys: &ClientKeys| client_assertion::verify(jwt, keys, id, &audiences, now);
        let used = keys.judge(now, verify).await?;
        let used = used.map_err(|refused| Unproven::Assertion(client.id.clone(), refused))?;
        let first_used = match self.assertions.use_up(id, &used, request, now).await? {
            Worth::New => None,
            Worth::Repeated(at) => Some(at),
            Worth::Used => return Err(Unproven::Used(client.id.clone()).into()),
        };
        Ok(Proven { client, first_used })
    }
}

/// Why a proof of another kind than the client's is not believed.
fn other_way(client: &Client, used: &'static str) -> Unproven {
    let client_id = client.id.clone();
    match client.proof.method() {
        None => Unproven::Unreadable(client_id),
        Some(registered) => Unproven::OtherWay {
            client: client_id,
            registered,
            used,
        },
    }
}

/// Tells two redemptions apart that differ in a single byte of what counts.
fn print_of(jwt: &str, form: &Parameters) -> String {
    let field = |name| form.get(name).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(digest(&[
        "redemption",
        jwt,
        field("code"),
        field("redirect_uri"),
        field("code_verifier"),
    ]))
}

const SEVERAL: Refusal = Refusal::invalid("more than one method of client authentication");

fn presented(authorization: &[&str], form: &Parameters) -> Result<Presented, ClientError> {
    let by_form = in_form(form)?;
    match (authorization, by_form) {
        ([], Some(proof)) => Ok(proof),
        ([], None) => {
            let id = form.get("client_id").ok_or(Unproven::Missing)?.to_owned();
            Ok(Presented::Name { id })
        }
        ([header], None) => Ok(basic(header, form.get("client_id"))?),
        ([header], Some(proof)) if is_only_name(header, &proof) => Ok(proof),
        _ => Err(SEVERAL.into()),
    }
}

/// The proof in the form, if one is there.
fn in_form(form: &Parameters) -> Result<Option<Presented>, ClientError> {
    match (form.get("client_secret"), form.get("client_assertion")) {
        (Some(_), Some(_)) => Err(SEVERAL.into()),
        (Some(secret), None) => {
            let id = form.get("client_id").ok_or(Unproven::Missing)?.to_owned();
            let secret = SecretString::from(secret);
            Ok(Some(Presented::Post { id, secret }))
        }
        (None, Some(jwt)) => by_jwt(jwt, form).map(Some),
        (None, None) => Ok(None),
    }
}

/// Whether a Basic header has no password and names whom the form's proof names: Go's `oauth2` puts one beside every
/// assertion. It proves nothing and is ignored.
fn is_only_name(header: &str, proof: &Presented) -> bool {
    let (Presented::Post { id: wanted, .. } | Presented::Assertion { id: wanted, .. }) = proof else {
        return false;
    };
    pair(header).is_some_and(|(id, secret)| secret.is_empty() && (*wanted == id || *wanted == decode(&id)))
}

fn by_jwt(jwt: &str, form: &Parameters) -> Result<Presented, ClientError> {
    if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(Refusal::invalid("client_assertion_type is not that of a JWT").into());
    }
    let unverified_subject = unverified_subject(jwt).ok_or(Unproven::Missing)?;
    if form.get("client_id").is_some_and(|id| id != unverified_subject) {
        return Err(Unproven::OtherId.into());
    }
    Ok(Presented::Assertion {
        id: unverified_subject,
        jwt: jwt.to_owned(),
    })
}

/// Who an assertion says it is from: only good for finding the keys to check it with.
fn unverified_subject(jwt: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

/// RFC 6749 §2.3.1 has both halves form-encoded first; many clients do not do that, so both readings are tried.
fn basic(header: &str, id_in_form: Option<&str>) -> Result<Presented, Unproven> {
    let (id, secret) = pair(header).ok_or(Unproven::Missing)?;
    let mut spellings = vec![
        (decode(&id), SecretString::from(decode(&secret))),
        (id, SecretString::from(secret)),
    ];
    spellings.retain(|(id, _)| id_in_form.is_none_or(|wanted| wanted == id));
    if spellings.is_empty() {
        return Err(Unproven::OtherId);
    }
    Ok(Presented::Basic { spellings })
}

/// User and password of a Basic header (RFC 7617).
pub(in crate::openid) fn pair(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn decode(text: &str) -> String {
    // As the name of a lone pair: an equals sign in it would end it, but an encoded text has none.
    let escaped = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(escaped.as_bytes())
        .map(|(name, _)| name.into_owned())
        .next()
        .unwrap_or_default()
}

fn is_one_of(secrets: &Secrets, presented: &SecretString) -> bool {
    let same = |known: &SecretString| {
        let known = known.expose_secret();
        !known.is_empty() && seal::same(known.as_bytes(), presented.expose_secret().as_bytes())
    };
    // Not short-circuiting: how long this takes must not tell which of the two it was.
    same(&secrets.current) | secrets.previous.as_ref().is_some_and(same)
}

#[cfg(test)]
mod tests;
