//! OpenID clients.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::callers::long_secret;
use super::parse;
use super::reader::{Reader, Rule};
use super::table::{self, Setting};
use crate::clients::{EmailClaim, OF_B2C, Outcomes};
use crate::person::release::{Release, Value};
use crate::tokens::SigningAlg;

/// Most clients.
pub(crate) const MAX_CLIENTS: usize = 32;

/// A secret: here, or where to find it.
#[derive(Debug)]
pub(crate) enum SecretRef {
    /// Given right here.
    Given(SecretString),
    /// Name of a Key Vault secret.
    Vault(String),
}

/// How a client proves itself.
#[derive(Debug)]
pub(crate) enum ClientProof {
    /// A secret, in the header or in the form.
    Secret {
        /// The secret.
        current: SecretRef,
        /// The one before, still accepted.
        previous: Option<SecretRef>,
    },
    /// `private_key_jwt` with keys of a JWK set, as JSON, or where the client publishes one. One of them is there.
    KeySet {
        /// The set.
        given: Option<String>,
        /// Its address.
        published: Option<Url>,
    },
    /// `private_key_jwt` with the keys of certificates: name of the Key Vault secret that holds them.
    Certificates(String),
    /// It is public, and proves nothing.
    None,
}

/// An OpenID client.
#[derive(Debug)]
pub(crate) struct ClientSettings {
    /// Which one, to name its settings.
    pub index: usize,
    /// `client_id`.
    pub id: String,
    /// Redirect addresses, exactly as they must be sent.
    pub redirect_uris: Vec<String>,
    /// How it proves itself; none if what is said about it is wrong.
    pub proof: Option<ClientProof>,
    /// Whether it must use PKCE.
    pub require_pkce: bool,
    /// Of people whom it does not name.
    pub walk_in: WalkInSettings,
    /// The `acr` that it is promised.
    pub acr: Option<String>,
    /// Where people may go after they have signed out, exactly as it must be sent.
    pub post_logout_redirect_uris: Vec<String>,
    /// How it is told what became of a check.
    pub outcomes: Outcomes,
    /// Whose subjects it shares.
    pub sector: Option<String>,
    /// Whether errors name our issuer.
    pub iss_in_errors: bool,
    /// When a person is led back without an outcome; none for never.
    pub return_within: Option<Duration>,
    /// What its ID tokens are signed with.
    pub signing_alg: SigningAlg,
    /// What it is told as `email`.
    pub email: EmailClaim,
    /// Whether it may have an ID token as the answer itself.
    pub id_token_response: bool,
    /// How long its ID tokens are valid, if not as long as others.
    pub id_token_life: Option<Duration>,
    /// What of the document it may be told.
    pub release: Release,
    /// What people are told it is called, if not its id.
    pub name: Option<String>,
}

/// What holds for people whom a client does not name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WalkInSettings {
    /// Whether they are served.
    pub served: bool,
    /// Whether they are told by their document; else by their browser.
    pub by_document: bool,
    /// How long an approval answers; none where it does not.
    pub session_life: Option<Duration>,
}

/// What a person whom nobody has named is told by, `true` for the document.
const SUBJECTS: &[(&str, bool)] = &[("document", true), ("browser", false)];

const OUTCOMES: &[(&str, Outcomes)] = &[("errors", Outcomes::Errors), ("claims", Outcomes::Claims)];

/// How the redirect addresses of those end that look at `idv_status` themselves: Azure AD B2C, and Okta's identity
/// verification.
const READS_CLAIMS: [&str; 2] = [OF_B2C, "/identity-verification/callback"];

const ALGORITHMS: &[(&str, SigningAlg)] = &[
    ("RS256", SigningAlg::Rs256),
    ("PS256", SigningAlg::Ps256),
    ("ES256", SigningAlg::Es256),
];

#[derive(Clone, Copy)]
enum Method {
    Secret,
    PrivateKey,
    None,
}

const METHODS: &[(&str, Method)] = &[
    ("client_secret_basic", Method::Secret),
    ("client_secret_post", Method::Secret),
    ("private_key_jwt", Method::PrivateKey),
    ("none", Method::None),
];

/// Each client by itself: one whose settings are wrong is refused alone. Only if nobody is left it is wrong for all.
pub(super) fn read(reader: &mut Reader<'_>) -> Vec<ClientSettings> {
    let (since, mut begun) = (reader.set_aside(), 0);
    let mut clients: Vec<ClientSettings> = Vec::new();
    for index in 0..MAX_CLIENTS {
        reader.at(index);
        if !is_begun(reader) {
            continue;
        }
        if index != begun {
            reader.remark(&table::CLIENT_ID, "leaves a gap: clients are numbered from 0");
        }
        begun = index + 1;
        let client = reader.aside(|reader| client(reader, index, &clients));
        clients.extend(client);
    }
    if clients.iter().all(|client| client.proof.is_none()) {
        reader.nobody_is_left(since);
    }
    clients
}

/// Whether any client may have an ID token as the answer itself.
pub(super) fn answers_by_id_token(reader: &mut Reader<'_>) -> bool {
    (0..MAX_CLIENTS).any(|index| {
        reader.at(index);
        reader.required(&table::CLIENT_ID_TOKEN_RESPONSE, parse::boolean) == Some(true)
    })
}

/// Everything of a document that any client may be told.
pub(super) fn released(reader: &mut Reader<'_>) -> Release {
    let of_one = |index| {
        reader.at(index);
        reader.optional(&table::CLIENT_RELEASE, release).flatten()
    };
    let all = (0..MAX_CLIENTS).filter_map(of_one);
    all.fold(Release::default(), Release::or)
}

fn release(value: &str) -> Result<Release, Rule> {
    let values: Option<Release> = value.split_whitespace().map(Value::of).collect();
    values.ok_or_else(|| {
        let all = Value::ALL.map(Value::as_str).join(", ");
        format!("must be words out of {all}, with spaces between").into()
    })
}

fn display_name(value: &str) -> Result<String, Rule> {
    let name = parse::text(value)?;
    let is_plain = name.chars().count() <= 60 && !name.chars().any(char::is_control);
    is_plain
        .then_some(name)
        .ok_or_else(|| "must have at most 60 characters in one line".into())
}

/// Whether anything at all is said about this client.
fn is_begun(reader: &Reader<'_>) -> bool {
    let of_clients = |setting: &&Setting| setting.name.starts_with("Clients:");
    table::ALL
        .iter()
        .filter(of_clients)
        .any(|setting| reader.is_told(setting))
}

fn client(reader: &mut Reader<'_>, index: usize, others: &[ClientSettings]) -> Option<ClientSettings> {
    let id = reader.required(&table::CLIENT_ID, |value| {
        let id = parse::visible(value)?;
        if others.iter().any(|other| other.id == id) {
            return Err("is already the id of another client".into());
        }
        Ok(id)
    });
    let redirect_uris = reader.required(&table::CLIENT_REDIRECTS, redirects);
    let require_pkce = reader.optional(&table::CLIENT_PKCE, parse::boolean);
    let walk_in = walk_in(reader);
    let acr = reader.optional(&table::CLIENT_ACR, parse::visible);
    let logouts = reader.optional(&table::CLIENT_LOGOUTS, redirects);
    let signing_alg = signing_alg(reader);
    let email = reader.required(&table::CLIENT_EMAIL, parse::one_of(EMAILS));
    let id_token_response = reader.required(&table::CLIENT_ID_TOKEN_RESPONSE, parse::boolean);
    let id_token_life = reader.optional(&table::CLIENT_ID_TOKEN_LIFE, parse::seconds(60..=3600));
    let release = reader.optional(&table::CLIENT_RELEASE, release);
    let name = reader.optional(&table::CLIENT_NAME, display_name);
    let proof = proof(reader);
    let outcomes = reader.required(&table::CLIENT_OUTCOMES, parse::one_of(OUTCOMES));
    let sector = reader.optional(&table::CLIENT_SECTOR, parse::visible);
    let iss_in_errors = reader.required(&table::CLIENT_ISS_IN_ERRORS, parse::boolean);
    let return_within = reader.required(&table::CLIENT_RETURN_WITHIN, parse::seconds(0..=86_400));
    let (redirect_uris, outcomes) = (redirect_uris?, outcomes?);
    remark_on_outcomes(reader, &redirect_uris, outcomes);
    let is_public = matches!(proof, Some(ClientProof::None));
    if is_public && require_pkce == Some(Some(false)) {
        reader.fault(
            &table::CLIENT_PKCE,
            "must not be false: nothing but PKCE protects the codes of a public client",
        );
        return None;
    }
    Some(ClientSettings {
        index,
        id: id?,
        redirect_uris,
        proof,
        require_pkce: require_pkce?.unwrap_or(is_public),
        walk_in: walk_in?,
        acr: acr?,
        post_logout_redirect_uris: logouts?.unwrap_or_default(),
        outcomes,
        sector: sector?,
        iss_in_errors: iss_in_errors?,
        return_within: return_within.map(|within| (!within.is_zero()).then_some(within))?,
        signing_alg: signing_alg?,
        email: email?,
        id_token_response: id_token_response?,
        id_token_life: id_token_life?,
        release: release?.unwrap_or_default(),
        name: name?,
    })
}

const EMAILS: &[(&str, EmailClaim)] = &[
    ("none", EmailClaim::None),
    ("subject", EmailClaim::Subject),
    ("given", EmailClaim::Given),
];

fn walk_in(reader: &mut Reader<'_>) -> Option<WalkInSettings> {
    let served = reader.required(&table::CLIENT_WALK_IN, parse::boolean);
    let by_document = reader.required(&table::CLIENT_SUBJECT, parse::one_of(SUBJECTS));
    let life = reader.required(&table::CLIENT_SESSION, parse::seconds(0..=31_536_000));
    Some(WalkInSettings {
        served: served?,
        by_document: by_document?,
        session_life: Some(life?).filter(|life| !life.is_zero()),
    })
}

/// Whose policies branch by `idv_status` would meet an error instead.
fn remark_on_outcomes(reader: &mut Reader<'_>, redirect_uris: &[String], outcomes: Outcomes) {
    let reads_claims = |uri: &String| READS_CLAIMS.iter().any(|end| uri.ends_with(end));
    if outcomes == Outcomes::Errors && redirect_uris.iter().any(reads_claims) {
        let words = "is errors, but Azure AD B2C and Okta read the outcome from claims: set it to claims for this client";
        reader.remark(&table::CLIENT_OUTCOMES, words);
    }
}

fn signing_alg(reader: &mut Reader<'_>) -> Option<SigningAlg> {
    let algorithm = reader.required(&table::CLIENT_SIGNING_ALG, parse::one_of(ALGORITHMS))?;
    if algorithm == SigningAlg::Es256 && !reader.is_told(&table::SIGNING_EC_CERT_NAME) {
        reader.fault(
            &table::CLIENT_SIGNING_ALG,
            "is ES256, which needs AppSettings:SigningEcCertName",
        );
        return None;
    }
    Some(algorithm)
}

fn proof(reader: &mut Reader<'_>) -> Option<ClientProof> {
    let method = reader.required(&table::CLIENT_AUTH, parse::one_of(METHODS));
    let current = secret(reader, &table::CLIENT_SECRET, &table::CLIENT_SECRET_NAME);
    let names = (
        &table::CLIENT_PREVIOUS_SECRET,
        &table::CLIENT_PREVIOUS_SECRET_NAME,
    );
    let previous = reader.spared(|reader| secret(reader, names.0, names.1));
    let jwks = reader.optional(&table::CLIENT_JWKS, parse::text);
    let published = reader.optional(&table::CLIENT_JWKS_URI, parse::address);
    let certificates = reader.optional(&table::CLIENT_CERTIFICATE_NAME, parse::secret_name);
    match method? {
        Method::PrivateKey => key_proof(reader, (jwks?, published?), certificates?),
        Method::Secret => secret_proof(reader, current?, previous),
        Method::None => {
            let has_keys = jwks?.is_some() || published?.is_some() || certificates?.is_some();
            no_proof(reader, current?.is_some() || previous.is_some(), has_keys)
        }
    }
}

/// A public client with a secret is a mistake: that secret would be worth nothing, or lies where everybody can read it.
fn no_proof(reader: &mut Reader<'_>, has_secret: bool, has_keys: bool) -> Option<ClientProof> {
    if has_secret || has_keys {
        let rule = "none does not go with a secret or keys";
        reader.fault(&table::CLIENT_AUTH, rule);
        return None;
    }
    Some(ClientProof::None)
}

/// Addresses are kept as written, since they are compared as written. A custom scheme is a native app's.
pub(super) fn redirects(value: &str) -> Result<Vec<String>, Rule> {
    let rule = "must be https addresses without fragment (http only on this machine)";
    let fits = |address: &String| {
        let parsed = Url::parse(address).ok();
        parsed.is_some_and(|url| {
            url.fragment().is_none() && (url.scheme() != "http" || parse::is_loopback(&url))
        }) && !["javascript:", "data:", "file:"]
            .iter()
            .any(|scheme| address.to_ascii_lowercase().starts_with(scheme))
    };
    let addresses: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
    if addresses.iter().any(|address| is_list(address)) {
        return Err(parse::NO_COMMAS.into());
    }
    if addresses.iter().all(fits) {
        Ok(addresses)
    } else {
        Err(rule.into())
    }
}

/// Whether somebody has put commas or semicolons between addresses: each may stand in one address, but not so.
fn is_list(address: &str) -> bool {
    let mut parts = address.split([',', ';']).skip(1);
    parts.any(|part| part.is_empty() || part.contains("://"))
}

#[expect(clippy::option_option, reason = "faulty, absent and present are three things")]
fn secret(reader: &mut Reader<'_>, given: &Setting, named: &Setting) -> Option<Option<SecretRef>> {
    let value = reader.optional(given, long_secret);
    let name = reader.optional(named, parse::secret_name);
    match (value?, name?) {
        (Some(_), Some(_)) => {
            reader.fault(given, "and its name in Key Vault exclude each other");
            None
        }
        (value, name) => Some(value.map(SecretRef::Given).or(name.map(SecretRef::Vault))),
    }
}

fn secret_proof(
    reader: &mut Reader<'_>,
    current: Option<SecretRef>,
    previous: Option<SecretRef>,
) -> Option<ClientProof> {
    let Some(current) = current else {
        reader.fault(
            &table::CLIENT_SECRET_NAME,
            "is missing, and the client's AuthMethod needs a secret",
        );
        return None;
    };
    Some(ClientProof::Secret { current, previous })
}

fn key_proof(
    reader: &mut Reader<'_>,
    set: (Option<String>, Option<Url>),
    named: Option<String>,
) -> Option<ClientProof> {
    match (set, named) {
        ((None, None), Some(name)) => Some(ClientProof::Certificates(name)),
        ((given, published), None) if given.is_some() || published.is_some() => {
            Some(ClientProof::KeySet { given, published })
        }
        _ => {
            let rule = "or JwksUri, or CertificateName alone, is needed for private_key_jwt";
            reader.fault(&table::CLIENT_JWKS, rule);
            None
        }
    }
}
