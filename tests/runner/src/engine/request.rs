//! The application's authorization request (OpenID Connect Core §3.1.2.1), checked.

use super::{Failure, Realm};
use crate::config::Application;
use crate::model::Policy;
use url::Url;

/// How the answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the redirect address.
    Query,
    /// In its fragment.
    Fragment,
    /// As a form the browser posts.
    FormPost,
}

/// A request whose client and redirect address are registered.
#[derive(Debug, Clone)]
pub struct AuthorizationRequest {
    /// The application.
    pub client_id: String,
    /// Where the answer goes; one of the application's own.
    pub redirect_uri: Url,
    /// Words of `response_type`: `code`, `id_token`, `token`.
    pub response_type: Vec<String>,
    /// How the answer travels.
    pub response_mode: ResponseMode,
    /// Words of `scope`.
    pub scope: Vec<String>,
    /// PKCE challenge and method (RFC 7636).
    pub challenge: Option<(String, String)>,
    /// Every parameter as received.
    pub parameters: Vec<(String, String)>,
    /// What the connection tells.
    pub caller: Caller,
}

/// What the connection tells about the browser.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Address of the browser.
    pub ip: Option<String>,
    /// `Accept-Language`.
    pub accept_language: Option<String>,
    /// `Host`.
    pub host: Option<String>,
}

/// A refused request, and where to say so when that is known.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub failure: Failure,
    /// A registered address the application may be told at; otherwise only a page is possible.
    pub answer_to: Option<(Url, ResponseMode)>,
}

impl AuthorizationRequest {
    /// Reads and checks a request. The redirect address is checked first: nothing is ever sent to another one.
    ///
    /// # Errors
    /// [`Refused`] with B2C's code for the first thing wrong.
    pub fn read(
        realm: &Realm,
        policy: &Policy,
        parameters: Vec<(String, String)>,
        caller: Caller,
    ) -> Result<Self, Box<Refused>> {
        let get = |name: &str| find(&parameters, name);
        let page = |failure| {
            Box::new(Refused {
                failure,
                answer_to: None,
            })
        };
        let application = application(realm, get("client_id")).map_err(page)?;
        let redirect_uri = redirect_uri(application, get("redirect_uri")).map_err(page)?;
        let response_type = words(get("response_type"));
        let mode = response_mode(&response_type, get("response_mode"));
        let safe_mode = mode.clone().unwrap_or(ResponseMode::Query);
        let back = |failure| {
            Box::new(Refused {
                failure,
                answer_to: Some((redirect_uri.clone(), safe_mode)),
            })
        };
        let scope = words(get("scope"));
        let challenge = check(application, &response_type, &scope, &parameters).map_err(back)?;
        let response_mode = mode.map_err(back)?;
        if policy
            .relying_party
            .as_ref()
            .is_none_or(|party| party.journey.is_none())
        {
            let text = format!("Policy '{}' doesn't specify a default user journey.", policy.id);
            return Err(back(Failure::new("AADB2C90031", text)));
        }
        Ok(Self {
            client_id: application.client_id.clone(),
            redirect_uri,
            response_type,
            response_mode,
            scope,
            challenge,
            parameters,
            caller,
        })
    }

    /// A parameter as received.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.parameters, name)
    }

    /// Whether `prompt` contains this word.
    #[must_use]
    pub fn prompts(&self, word: &str) -> bool {
        words(self.parameter("prompt")).iter().any(|found| found == word)
    }
}

/// A parameter's value; empty counts as absent.
#[must_use]
pub fn find<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters
        .iter()
        .find(|(key, value)| key == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}

fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn application<'a>(realm: &'a Realm, client_id: Option<&str>) -> Result<&'a Application, Failure> {
    let missing = || {
        Failure::invalid_request(
            "AADB2C90008",
            "The request doesn't contain a client id parameter.",
        )
    };
    let client_id = client_id.ok_or_else(missing)?;
    realm.application(client_id).ok_or_else(|| {
        let text = format!(
            "The client id '{client_id}' specified in the request isn't registered in tenant '{}'.",
            realm.domain
        );
        Failure::invalid_request("AADB2C90018", text).oauth("unauthorized_client")
    })
}

fn redirect_uri(application: &Application, wanted: Option<&str>) -> Result<Url, Failure> {
    let id = &application.client_id;
    let refused = |uri: &str| {
        let text = format!(
            "The redirect URI '{uri}' provided in the request is not registered for the client id '{id}'."
        );
        Failure::invalid_request("AADB2C90006", text).oauth("redirect_uri_mismatch")
    };
    let chosen = match (wanted, application.redirect_uris.as_slice()) {
        (Some(wanted), registered) if registered.iter().any(|uri| uri == wanted) => wanted,
        (None, [only]) => only,
        (wanted, _) => return Err(refused(wanted.unwrap_or_default())),
    };
    Url::parse(chosen).map_err(|_| refused(chosen))
}

/// Query for a code alone; a token must not get into server logs, so those default to the fragment.
fn response_mode(response_type: &[String], wanted: Option<&str>) -> Result<ResponseMode, Failure> {
    let code_only = response_type == ["code"];
    match wanted {
        None | Some("query") if code_only => Ok(ResponseMode::Query),
        None | Some("fragment") => Ok(ResponseMode::Fragment),
        Some("form_post") => Ok(ResponseMode::FormPost),
        Some(other) => {
            let text = format!("The response mode '{other}' provided in the request is not supported.");
            Err(Failure::invalid_request("AADB2C90014", text))
        }
    }
}

fn check(
    application: &Application,
    response_type: &[String],
    scope: &[String],
    parameters: &[(String, String)],
) -> Result<Option<(String, String)>, Failure> {
    let known = |word: &String| matches!(word.as_str(), "code" | "id_token" | "token");
    if response_type.is_empty() || !response_type.iter().all(known) {
        let text = format!(
            "The requested response type '{}' is not supported.",
            response_type.join(" ")
        );
        return Err(Failure::new("AADB2C90013", text).oauth("unsupported_response_type"));
    }
    if scope.is_empty() {
        let text = "The request doesn't contain a scope parameter.";
        return Err(Failure::invalid_request("AADB2C90010", text));
    }
    if response_type.iter().any(|word| word == "id_token") && !scope.iter().any(|word| word == "openid") {
        let text = "The scope parameter must include 'openid' when requesting a response_type that includes 'id_token'.";
        return Err(Failure::invalid_request("AADB2C90110", text));
    }
    for word in words(find(parameters, "prompt")) {
        if !matches!(
            word.as_str(),
            "none" | "login" | "consent" | "select_account" | "create"
        ) {
            let text = format!("The prompt parameter contains the invalid value '{word}'.");
            return Err(Failure::invalid_request("AADB2C90043", text));
        }
    }
    challenge(application, response_type, parameters)
}

fn challenge(
    application: &Application,
    response_type: &[String],
    parameters: &[(String, String)],
) -> Result<Option<(String, String)>, Failure> {
    let method = find(parameters, "code_challenge_method").unwrap_or("plain");
    let challenge = find(parameters, "code_challenge");
    if challenge.is_some() && !matches!(method, "S256" | "plain") {
        let text = format!("The code_challenge_method '{method}' is not supported.");
        return Err(Failure::invalid_request("AADB2C90183", text));
    }
    if challenge.is_none() && application.public && response_type.iter().any(|word| word == "code") {
        let text = "Proof Key for Code Exchange is required: the public client sent no 'code_challenge'.";
        return Err(Failure::invalid_request("AADB2C99059", text));
    }
    Ok(challenge.map(|challenge| (challenge.to_owned(), method.to_owned())))
}
