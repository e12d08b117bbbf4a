//! The authorization request: by ticket in the browser's address, or pushed (RFC 9126).

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use loopback::random;
use openssl::sha::sha256;
use serde_json::Value;
use url::Url;

use super::Client;
use super::exchange::Answer;

/// How the answer comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query of the redirect address.
    #[default]
    Query,
    /// As a form that the browser posts.
    FormPost,
}

/// What is asked, besides what every request needs.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The ticket, or for a pushed request the client's own reference of its subject.
    pub login_hint: Option<String>,
    /// How the answer comes back.
    pub response_mode: ResponseMode,
    /// `ui_locales`.
    pub locale: Option<String>,
    /// `prompt`.
    pub prompt: Option<String>,
    /// `max_age`, seconds.
    pub max_age_s: Option<u64>,
    /// `claims`.
    pub claims: Option<Value>,
}

/// A request on its way: what must be compared when the answer comes.
#[derive(Clone)]
pub struct Pending {
    /// Ties the answer to this browser (RFC 6749 §10.12).
    pub state: String,
    /// Ties the token to this request (OpenID Connect Core §15.5.2).
    pub nonce: String,
    /// PKCE's secret half.
    pub verifier: Option<String>,
    /// `max_age` of the request.
    pub max_age_s: Option<u64>,
    /// How the answer is to come.
    pub response_mode: ResponseMode,
    /// All parameters of the request.
    pub parameters: Vec<(String, String)>,
}

loopback::debug_only!(Pending: max_age_s, response_mode);

impl Client {
    /// Makes a request with fresh state, nonce and code verifier.
    #[must_use]
    pub fn prepare(&self, ask: &Ask) -> Pending {
        let (state, nonce) = (random::hex::<16>(), random::hex::<16>());
        let verifier = self.agreement.pkce.then(random::hex::<32>);
        let mut parameters = vec![
            ("client_id", self.agreement.id.clone()),
            ("redirect_uri", self.agreement.redirect_uri.to_string()),
            ("response_type", "code".to_owned()),
            ("scope", "openid".to_owned()),
            ("state", state.clone()),
            ("nonce", nonce.clone()),
        ];
        if let Some(verifier) = &verifier {
            parameters.push(("code_challenge", challenge(verifier)));
            parameters.push(("code_challenge_method", "S256".to_owned()));
        }
        parameters.extend(optional(ask));
        Pending {
            state,
            nonce,
            verifier,
            max_age_s: ask.max_age_s,
            response_mode: ask.response_mode,
            parameters: parameters
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }

    /// The address to send the browser to, with everything in its query.
    #[must_use]
    pub fn address(&self, pending: &Pending) -> Url {
        let mut address = self.provider.authorization.clone();
        address.query_pairs_mut().extend_pairs(&pending.parameters);
        address
    }

    /// Sends the request from server to server (RFC 9126) and returns the provider's answer as it is.
    ///
    /// # Errors
    /// No answer.
    pub async fn push_raw(&self, parameters: &[(String, String)]) -> Result<Answer> {
        let added =
            self.agreement
                .proof
                .added(&self.agreement.id, &self.agreement.issuer, self.clock.now())?;
        let form = [parameters, &added.fields].concat();
        // The client id is in both halves of a pushed request; sent twice it would be a repeated parameter.
        let form = without_repeats(form);
        self.wire
            .post_form(&self.provider.push, &form, added.header.as_deref())
            .await
    }

    /// Pushes the request and returns the short address to send the browser to.
    ///
    /// # Errors
    /// The provider refuses, or answers otherwise than RFC 9126 §2.2 says.
    pub async fn push(&self, pending: &Pending) -> Result<Url> {
        let answer = self.push_raw(&pending.parameters).await?;
        ensure!(
            answer.status == 201,
            "the pushed request was answered {}: {}",
            answer.status,
            answer.body
        );
        let body: Value = answer.json()?;
        let uri = body
            .get("request_uri")
            .and_then(Value::as_str)
            .context("no request_uri")?;
        ensure!(
            body.get("expires_in")
                .and_then(Value::as_u64)
                .is_some_and(|life| life > 0),
            "no expires_in"
        );
        let mut address = self.provider.authorization.clone();
        address
            .query_pairs_mut()
            .append_pair("client_id", &self.agreement.id)
            .append_pair("request_uri", uri);
        Ok(address)
    }
}

fn optional(ask: &Ask) -> Vec<(&'static str, String)> {
    let mode = (ask.response_mode == ResponseMode::FormPost).then(|| "form_post".to_owned());
    [
        ("login_hint", ask.login_hint.clone()),
        ("response_mode", mode),
        ("ui_locales", ask.locale.clone()),
        ("prompt", ask.prompt.clone()),
        ("max_age", ask.max_age_s.map(|age| age.to_string())),
        ("claims", ask.claims.as_ref().map(Value::to_string)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect()
}

/// RFC 7636 §4.2, S256.
pub(crate) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()))
}

fn without_repeats(form: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut kept: Vec<(String, String)> = Vec::new();
    for pair in form {
        if !kept.contains(&pair) {
            kept.push(pair);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::challenge;

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
