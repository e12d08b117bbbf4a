//! How a client proves itself (RFC 6749 §2.3, RFC 7521 §4.2): exactly one way per request, and only the registered one.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::form_urlencoded;

use super::client::{Client, Clients, Proof, Secrets};
use super::parameters::Parameters;
use super::refusal::{Code, Refusal};
use crate::seal::{self, Seal};
use crate::tokens::client_assertion::{self, AssertionId};
use crate::verification::records::{Created, Records, RecordsError};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Why a client is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// It did not prove itself.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Whether its assertion is new could not be found out.
    #[error(transparent)]
    CouldNotCheck(#[from] RecordsError),
}

/// The one proof that came with a request, not believed yet.
enum Presented {
    Basic { spellings: Vec<(String, SecretString)> },
    Post { id: String, secret: SecretString },
    Assertion { id: String, jwt: String },
}

/// What checking needs.
pub struct ClientAuth {
    /// The clients.
    pub clients: Arc<Clients>,
    /// Where used assertions are remembered.
    pub records: Arc<dyn Records>,
    /// Names them.
    pub seal: Arc<Seal>,
    /// What an assertion may be addressed to: the issuer, the token endpoint, the pushed-authorization endpoint.
    pub audiences: Vec<String>,
}

impl ClientAuth {
    /// The client that sent a request with these `Authorization` headers and this form.
    ///
    /// # Errors
    /// See [`ClientError`]. An unknown client and a wrong proof are told apart nowhere.
    pub async fn check(
        &self,
        authorization: &[&str],
        form: &Parameters,
        now: OffsetDateTime,
    ) -> Result<&Client, ClientError> {
        match presented(authorization, form)? {
            Presented::Basic { spellings } => Ok(self.by_basic(&spellings)?),
            Presented::Post { id, secret } => Ok(self.by_post(&id, &secret)?),
            Presented::Assertion { id, jwt } => self.by_assertion(&id, &jwt, now).await,
        }
    }

    fn by_basic(&self, spellings: &[(String, SecretString)]) -> Result<&Client, Refusal> {
        let matching = spellings.iter().find_map(|(id, secret)| {
            let client = self.clients.get(id)?;
            matches!(&client.proof, Proof::SecretBasic(secrets) if is_one_of(secrets, secret))
                .then_some(client)
        });
        matching.ok_or(NOT_PROVEN)
    }

    fn by_post(&self, id: &str, secret: &SecretString) -> Result<&Client, Refusal> {
        let client = self.clients.get(id).ok_or(NOT_PROVEN)?;
        let proven = matches!(&client.proof, Proof::SecretPost(secrets) if is_one_of(secrets, secret));
        proven.then_some(client).ok_or(NOT_PROVEN)
    }

    async fn by_assertion(&self, id: &str, jwt: &str, now: OffsetDateTime) -> Result<&Client, ClientError> {
        let client = self.clients.get(id).ok_or(NOT_PROVEN)?;
        let Proof::PrivateKeyJwt(keys) = &client.proof else {
            return Err(NOT_PROVEN.into());
        };
        let audiences: Vec<&str> = self.audiences.iter().map(String::as_str).collect();
        let used = client_assertion::verify(jwt, keys, id, &audiences, now).map_err(|refused| {
            tracing::info!(client.id = id, reason = %refused, "client assertion refused");
            NOT_PROVEN
        })?;
        self.use_up(id, &used).await?;
        Ok(client)
    }

    /// Remembers an assertion, so that it serves once (RFC 7523 §3, `jti`).
    async fn use_up(&self, client: &str, used: &AssertionId) -> Result<(), ClientError> {
        let name = self.seal.keyed("client assertion", &[client, &used.jti]);
        let path = format!("assertions/{}.json", URL_SAFE_NO_PAD.encode(name));
        let until = used.exp.format(&Rfc3339).unwrap_or_default();
        let document = json!({ "client_id": client, "forget_after": until }).to_string();
        match self.records.create(&path, Bytes::from(document)).await? {
            Created::New => Ok(()),
            Created::Existed => Err(NOT_PROVEN.into()),
        }
    }
}

const NOT_PROVEN: Refusal = Refusal::new(Code::InvalidClient, "client authentication failed");
const SEVERAL: Refusal = Refusal::invalid("more than one way of client authentication");

fn presented(authorization: &[&str], form: &Parameters) -> Result<Presented, Refusal> {
    let secret = form.get("client_secret");
    let assertion = form.get("client_assertion");
    if authorization.len() + usize::from(secret.is_some()) + usize::from(assertion.is_some()) > 1 {
        return Err(SEVERAL);
    }
    if let Some(header) = authorization.first() {
        return basic(header, form.get("client_id"));
    }
    match (secret, assertion) {
        (Some(secret), _) => {
            let id = form.get("client_id").ok_or(NOT_PROVEN)?.to_owned();
            Ok(Presented::Post {
                id,
                secret: SecretString::from(secret),
            })
        }
        (None, Some(jwt)) => by_jwt(jwt, form),
        (None, None) => Err(NOT_PROVEN),
    }
}

fn by_jwt(jwt: &str, form: &Parameters) -> Result<Presented, Refusal> {
    if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(Refusal::invalid("client_assertion_type is not that of a JWT"));
    }
    let unverified_subject = unverified_subject(jwt).ok_or(NOT_PROVEN)?;
    if form.get("client_id").is_some_and(|id| id != unverified_subject) {
        return Err(NOT_PROVEN);
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
fn basic(header: &str, id_in_form: Option<&str>) -> Result<Presented, Refusal> {
    let (id, secret) = pair(header).ok_or(NOT_PROVEN)?;
    let mut spellings = vec![
        (decode(&id), SecretString::from(decode(&secret))),
        (id, SecretString::from(secret)),
    ];
    spellings.retain(|(id, _)| id_in_form.is_none_or(|wanted| wanted == id));
    Ok(Presented::Basic { spellings })
}

/// User and password of a Basic header (RFC 7617).
pub(super) fn pair(header: &str) -> Option<(String, String)> {
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
