//! Checks an authorization request (RFC 6749 §4.1.1, RFC 7636, `OpenID` Connect Core §3.1.2): first whether the browser may
//! be sent back at all, then everything else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clients::{Client, Clients, EmailClaim};
use crate::grants::{Authorization, ResponseMode, WayBack};
use crate::openid::answer::metadata;
use crate::openid::answer::refusal::{Code, REPEATED, Refusal};
use crate::openid::request::claims_request::{self, ClaimsRequest, Promised};
use crate::openid::request::parameters::Parameters;
use crate::openid::request::strict_json;
use crate::person::release::{Release, Released, Value};
use crate::person::{Person, Personal};

/// Maximum length of `state` and `nonce`, in bytes. B2C's state is a few hundred; ASP.NET seals the properties of a sign-in
/// in it, and applications add to those.
const MAX_STATE: usize = 16 * 1024;

/// More languages than anybody speaks.
const MAX_LOCALES: usize = 16;

/// Why the browser cannot be sent back with an error: the person sees a page instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Untrusted {
    /// No client, two clients, or one that no setting knows.
    #[error("the client is not known")]
    Client,
    /// No redirect address, two, or one that is not registered character by character.
    #[error("the redirect address is not registered")]
    RedirectUri,
    /// One that would be registered if capitals did not count.
    #[error(
        "the redirect address is registered with other capital letters; it is compared character by character"
    )]
    RedirectUriCase,
}

/// A client, and an address of its own where answers go.
#[derive(Clone, Copy)]
pub(crate) struct Return<'a> {
    /// The client.
    pub client: &'a Client,
    /// The address asked for, which is one of its own.
    pub redirect_uri: &'a str,
}

/// What the client asks of the conversation with the person (`OpenID` Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prompt {
    /// Whatever is needed.
    #[default]
    AsNeeded,
    /// Nothing at all.
    None,
    /// A fresh check, even where an earlier one would do.
    Login,
    /// The person may say that they are somebody else than last time.
    Select,
}

/// An authorization request that keeps every rule. The ticket in it is not checked yet.
pub struct Request {
    /// What is stored.
    pub authorization: Authorization,
    /// `login_hint`: a ticket, or for a pushed request the client's own reference of its subject.
    pub login_hint: Option<String>,
    /// `prompt`.
    pub prompt: Prompt,
    /// Every well-formed tag of `ui_locales`, the best first.
    pub locales: Vec<String>,
    /// Names and birth date to compare. Personal.
    pub person: Person,
    /// The person's mail address, as the client says. Personal.
    pub email: Option<Personal>,
}

/// Finds the client.
///
/// # Errors
/// [`Untrusted::Client`].
pub(crate) fn client<'a>(clients: &'a Clients, parameters: &Parameters) -> Result<&'a Client, Untrusted> {
    let client = parameters.get("client_id").and_then(|id| clients.get(id));
    client.ok_or(Untrusted::Client)
}

/// Finds where answers to a client may go.
///
/// # Errors
/// [`Untrusted::RedirectUri`], [`Untrusted::RedirectUriCase`].
pub(crate) fn address<'a>(client: &'a Client, parameters: &'a Parameters) -> Result<Return<'a>, Untrusted> {
    let redirect_uri = parameters.get("redirect_uri").ok_or(Untrusted::RedirectUri)?;
    if client.may_return_to(redirect_uri) {
        Ok(Return { client, redirect_uri })
    } else {
        Err(Untrusted::address(&client.redirect_uris, redirect_uri))
    }
}

impl Untrusted {
    /// An address that is none of those that are registered.
    pub(crate) fn address(registered: &[String], given: &str) -> Self {
        let is_other_case = |uri: &String| uri.eq_ignore_ascii_case(given);
        if registered.iter().any(is_other_case) {
            Self::RedirectUriCase
        } else {
            Self::RedirectUri
        }
    }
}

/// How the answer travels, as far as it can be read: errors travel the same way as codes. An ID token never stands in an
/// address, so a request for one is answered by a form.
#[must_use]
pub(crate) fn response_mode(parameters: &Parameters) -> ResponseMode {
    match (parameters.get("response_mode"), parameters.get("response_type")) {
        (Some("form_post"), _) | (None, Some(ID_TOKEN)) => ResponseMode::FormPost,
        (None, _) if parameters.get("request").is_some_and(names_form_post) => ResponseMode::FormPost,
        _ => ResponseMode::Query,
    }
}

/// The response type of who wants no code (OpenID Connect Core §3.2.2.1).
const ID_TOKEN: &str = "id_token";

/// Whether a request object (`OpenID` Connect Core §6.1) wants its answer posted. Nothing else of it is looked at, and nothing
/// believed: it is refused, by the way that it names itself.
fn names_form_post(object: &str) -> bool {
    let claims = object
        .split('.')
        .nth(1)
        .and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
    let claims = claims.and_then(|claims| strict_json::parse(&claims).ok());
    claims.is_some_and(|claims| {
        claims
            .get("response_mode")
            .is_some_and(|mode| mode == "form_post")
    })
}

/// What was understood of `claims` cannot be stored: ours.
const UNWRITABLE: Refusal = Refusal::new(Code::ServerError, "the requested claims cannot be stored");

/// Checks everything but the ticket.
///
/// # Errors
/// The first rule that is broken, in the words of its specification.
pub(crate) fn check(to: Return<'_>, parameters: &Parameters) -> Result<Request, Refusal> {
    if parameters.repeated().is_some() {
        return Err(REPEATED);
    }
    refuse_unsupported(parameters)?;
    let way_back = way_back(to.client, parameters)?;
    let parsed = parameters
        .get("claims")
        .map(|claims| claims_request::parse(claims, promised(to.client)))
        .transpose()?
        .unwrap_or_default();
    let scope = scope(to.client, parameters)?;
    let asked = with_profile(parsed.request, to.client, &scope);
    let prompt = prompt(parameters)?;
    let locales = locales(parameters);
    let authorization = Authorization {
        client_id: to.client.id.clone(),
        redirect_uri: to.redirect_uri.to_owned(),
        state: bounded(parameters, "state")?,
        nonce: bounded(parameters, "nonce")?,
        code_challenge: code_challenge(to.client, &way_back, parameters)?,
        response_mode: response_mode(parameters),
        scope,
        locale: locales.first().cloned(),
        max_age_s: max_age(parameters)?,
        fresh: prompt == Prompt::Login,
        asks_anew: prompts(parameters).any(|word| word == "consent"),
        may_release: !to.client.release.is_empty(),
        released: asked.released(),
        claims: serde_json::to_value(asked).map_err(|_| UNWRITABLE)?,
        stranger: false,
        way_back,
        walk_in: None,
        sector: None,
        acr: to.client.acr.clone(),
    };
    let login_hint = parameters.get("login_hint").map(str::to_owned);
    Ok(Request {
        authorization,
        login_hint,
        prompt,
        locales,
        person: parsed.person,
        email: parsed.email,
    })
}

fn promised(client: &Client) -> Promised<'_> {
    Promised {
        acr: client.acr.as_deref(),
        release: client.release,
    }
}

/// The scope `profile` asks for names and birth date (OpenID Connect Core §5.4). In the ID token too: many clients read nothing
/// else.
fn with_profile(asked: ClaimsRequest, client: &Client, scope: &str) -> ClaimsRequest {
    if !scope.split(' ').any(|word| word == metadata::PROFILE) {
        return asked;
    }
    let profile = [Value::Name, Value::GivenName, Value::FamilyName, Value::Birthdate];
    let profile = profile.into_iter().collect::<Release>().and(client.release);
    let values = Released {
        id_token: asked.values.id_token.or(profile),
        userinfo: asked.values.userinfo.or(profile),
    };
    ClaimsRequest { values, ..asked }
}

fn refuse_unsupported(parameters: &Parameters) -> Result<(), Refusal> {
    if parameters.get("request").is_some() {
        return Err(Refusal::new(
            Code::RequestNotSupported,
            "request objects are not supported",
        ));
    }
    if parameters.get("request_uri").is_some() {
        return Err(Refusal::new(
            Code::RequestUriNotSupported,
            "request_uri must be that of a pushed request",
        ));
    }
    match parameters.get("response_mode") {
        None | Some("query" | "form_post") => Ok(()),
        Some(_) => Err(Refusal::invalid("response_mode is neither query nor form_post")),
    }
}

/// A code, or for a client whose settings allow it an ID token at once: that goes by a form, and its nonce ties it to the
/// client's own request (OpenID Connect Core §3.2.2.1, §3.2.2.11).
fn way_back(client: &Client, parameters: &Parameters) -> Result<WayBack, Refusal> {
    match parameters.get("response_type") {
        Some("code") => return Ok(WayBack::Code),
        Some(ID_TOKEN) if client.id_token_response => {}
        None => return Err(Refusal::invalid("response_type is missing")),
        Some(_) => {
            return Err(Refusal::new(
                Code::UnsupportedResponseType,
                "only response_type code is supported",
            ));
        }
    }
    if response_mode(parameters) != ResponseMode::FormPost {
        return Err(Refusal::invalid(
            "response_type id_token needs response_mode form_post",
        ));
    }
    if parameters.get("nonce").is_none() {
        return Err(Refusal::invalid("response_type id_token needs a nonce"));
    }
    Ok(WayBack::IdToken)
}

fn bounded(parameters: &Parameters, name: &str) -> Result<Option<String>, Refusal> {
    match parameters.get(name) {
        Some(value) if value.len() > MAX_STATE => Err(Refusal::invalid(match name {
            "state" => "state is longer than 16384 bytes",
            _ => "nonce is longer than 16384 bytes",
        })),
        value => Ok(value.map(str::to_owned)),
    }
}

/// The scopes we know, in our order; others are ignored (`OpenID` Connect Core §3.1.2.1), and so is that of a mail address where
/// the client is never told one.
fn scope(client: &Client, parameters: &Parameters) -> Result<String, Refusal> {
    // Some libraries send none, and take it for granted.
    let asked = parameters.get("scope").unwrap_or("openid");
    if !asked.split(' ').any(|word| word == "openid") {
        return Err(Refusal::new(Code::InvalidScope, "scope does not contain openid"));
    }
    let is_granted = |scope: &str| scope != metadata::EMAIL || client.email != EmailClaim::None;
    let known = metadata::SCOPES
        .iter()
        .filter(|scope| is_granted(scope) && asked.split(' ').any(|word| word == **scope));
    Ok(known.copied().collect::<Vec<_>>().join(" "))
}

/// RFC 7636 §4.3, S256 only. Where there is no code, nothing can be demanded for it.
fn code_challenge(
    client: &Client,
    way_back: &WayBack,
    parameters: &Parameters,
) -> Result<Option<String>, Refusal> {
    let is_demanded = client.require_pkce && *way_back == WayBack::Code;
    match (
        parameters.get("code_challenge"),
        parameters.get("code_challenge_method"),
    ) {
        (None, None) if is_demanded => Err(Refusal::invalid("code challenge required")),
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) if is_sha256(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), Some("S256")) => Err(Refusal::invalid("code_challenge is not a SHA-256 in base64url")),
        (None, Some(_)) => Err(Refusal::invalid("code_challenge is missing")),
        (Some(_), _) => Err(Refusal::invalid("transform algorithm not supported: use S256")),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn prompts(parameters: &Parameters) -> impl Iterator<Item = &str> {
    let prompt = parameters.get("prompt").unwrap_or_default();
    prompt.split_ascii_whitespace()
}

fn prompt(parameters: &Parameters) -> Result<Prompt, Refusal> {
    let words: Vec<&str> = prompts(parameters).collect();
    if words.contains(&"none") {
        let alone = words.len() == 1;
        return alone.then_some(Prompt::None).ok_or(Refusal::invalid(
            "prompt none must not be combined with another value",
        ));
    }
    // Others are ignored: other specifications have further ones, such as `create`.
    Ok(if words.contains(&"login") {
        Prompt::Login
    } else if words.contains(&"select_account") {
        Prompt::Select
    } else {
        Prompt::AsNeeded
    })
}

fn max_age(parameters: &Parameters) -> Result<Option<u64>, Refusal> {
    let value = parameters.get("max_age").map(str::parse).transpose();
    value.map_err(|_| Refusal::invalid("max_age is not a number of seconds"))
}

/// The well-formed tags of `ui_locales`; what is malformed is no reason to refuse (`OpenID` Connect Core §3.1.2.1).
fn locales(parameters: &Parameters) -> Vec<String> {
    let tags = parameters.get("ui_locales").unwrap_or_default();
    let well_formed =
        |tag: &&str| tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let tags = tags.split_ascii_whitespace().filter(well_formed);
    tags.take(MAX_LOCALES).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
