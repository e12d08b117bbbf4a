//! Redeems a code at the provider's token endpoint and reads its claims endpoint.

use super::metadata::{Provider, object};
use crate::engine::Failure;
use crate::engine::pipeline::{Returned, Stage};
use crate::engine::walk::ProviderState;
use crate::model::{Handler, TechnicalProfile};
use crate::policy_keys::PolicyKey;
use crate::trace::{Kind, mask};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;
use serde_json::{Value as Json, json};
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// What the provider gave.
pub(super) struct Tokens {
    pub(super) id_token: Option<String>,
    pub(super) access_token: Option<String>,
}

pub(super) async fn redeem(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    provider: &Provider,
    waiting: &ProviderState,
    code: &str,
) -> Result<Tokens, Failure> {
    let missing = || {
        Failure::new(
            "AADB2C90273",
            format!("the provider of '{}' has no token endpoint", profile.id),
        )
    };
    let endpoint = provider.token_endpoint.as_ref().ok_or_else(missing)?;
    let mut fields = vec![
        ("grant_type".to_owned(), "authorization_code".to_owned()),
        ("code".to_owned(), code.to_owned()),
        ("redirect_uri".to_owned(), waiting.redirect_uri.clone()),
    ];
    let authorization = authenticate(stage, profile, endpoint, &mut fields)?;
    let form = Serializer::new(String::new()).extend_pairs(&fields).finish();
    let request = token_request(stage, profile, endpoint, &form);
    let request = match authorization {
        Some(header) => request.header("authorization", header),
        None => request,
    };
    let json = send(
        stage,
        profile,
        ("token", endpoint),
        request.header("accept", "application/json"),
        &form,
    )
    .await?;
    let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    Ok(Tokens {
        id_token: text("id_token"),
        access_token: text("access_token"),
    })
}

/// A posted form; some OAuth 2.0 providers want it in the query of a GET.
fn token_request(stage: Stage<'_>, profile: &TechnicalProfile, endpoint: &Url, form: &str) -> RequestBuilder {
    let client = stage.realm.outbound.client();
    let by_get = profile.handler() == Some(Handler::OAuth2)
        && profile
            .meta("HttpBinding")
            .is_some_and(|binding| binding.eq_ignore_ascii_case("GET"));
    if by_get {
        let mut address = endpoint.clone();
        let pairs = url::form_urlencoded::parse(form.as_bytes());
        address.query_pairs_mut().extend_pairs(pairs);
        return client.get(address);
    }
    let kind = "application/x-www-form-urlencoded";
    client
        .post(endpoint.clone())
        .header("content-type", kind)
        .body(form.to_owned())
}

async fn send(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    (what, endpoint): (&str, &Url),
    request: RequestBuilder,
    form: &str,
) -> Result<Json, Failure> {
    let began = stage.trace.elapsed_ms();
    let outcome = stage.realm.outbound.send(request).await;
    let entry = stage
        .trace
        .entry(3, Kind::Http, format!("{what} {endpoint}"))
        .since(began);
    let entry = entry.detail("request", mask::form(form));
    match outcome {
        Ok(answer) => {
            entry
                .detail("status", answer.status.to_string())
                .detail("answer", mask::body(&answer.body))
                .write();
            object(profile, endpoint.as_str(), &answer)
        }
        Err(fault) => {
            entry.detail("no answer", fault.to_string()).write();
            let text = format!(
                "An error occurred connecting to the provider of '{}': {fault}",
                profile.id
            );
            Err(Failure::new("AADB2C90289", text))
        }
    }
}

/// How the tenant proves itself: fields added to the form, or a header.
fn authenticate(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    endpoint: &Url,
    fields: &mut Vec<(String, String)>,
) -> Result<Option<String>, Failure> {
    let client_id = profile.meta("client_id").unwrap_or_default();
    match profile
        .meta("token_endpoint_auth_method")
        .unwrap_or("client_secret_post")
    {
        "client_secret_basic" => {
            let escape = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", escape(client_id), escape(&secret(stage, profile)?));
            Ok(Some(format!("Basic {}", STANDARD.encode(pair))))
        }
        "private_key_jwt" => {
            fields.push(("client_id".to_owned(), client_id.to_owned()));
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            fields.push(("client_assertion_type".to_owned(), kind.to_owned()));
            fields.push((
                "client_assertion".to_owned(),
                assertion(stage, profile, client_id, endpoint)?,
            ));
            Ok(None)
        }
        "client_secret_post" => {
            fields.push(("client_id".to_owned(), client_id.to_owned()));
            fields.push(("client_secret".to_owned(), secret(stage, profile)?));
            Ok(None)
        }
        other => Err(Failure::unsupported(format_args!(
            "token_endpoint_auth_method '{other}' of '{}' ({})",
            profile.id, profile.span
        ))),
    }
}

fn key(stage: Stage<'_>, profile: &TechnicalProfile, id: &str) -> Result<PolicyKey, Failure> {
    let refused = |why: String| {
        Failure::new(
            "AADB2C90073",
            format!("the technical profile '{}' {why}", profile.id),
        )
    };
    let name = profile
        .policy_key(id)
        .ok_or_else(|| refused(format!("has no key '{id}'")))?;
    let found = stage.realm.keys.get(name).as_deref().cloned();
    found.ok_or_else(|| {
        refused(format!(
            "names the policy key '{name}', which the tenant does not have"
        ))
    })
}

fn secret(stage: Stage<'_>, profile: &TechnicalProfile) -> Result<String, Failure> {
    match key(stage, profile, "client_secret")? {
        PolicyKey::Secret(secret) => Ok(secret.expose().to_owned()),
        PolicyKey::Rsa(_) => Err(Failure::new(
            "AADB2C90073",
            format!("'{}': client_secret is a certificate", profile.id),
        )),
    }
}

/// RFC 7523 §3: a JWT of five minutes for the token endpoint.
fn assertion(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    client_id: &str,
    endpoint: &Url,
) -> Result<String, Failure> {
    let PolicyKey::Rsa(key) = key(stage, profile, "assertion_signing_key")? else {
        return Err(Failure::new(
            "AADB2C90073",
            format!("'{}': assertion_signing_key is no RSA key", profile.id),
        ));
    };
    let now = stage.realm.clock.now().unix_timestamp();
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": endpoint.as_str(), "jti": loopback::random::uuid(),
        "iat": now, "nbf": now, "exp": now + 300,
    });
    let algorithm = profile.meta("token_signing_algorithm").unwrap_or("RS256");
    key.sign(algorithm, &claims)
        .map_err(|fault| Failure::new("AADB2C90073", fault.to_string()))
}

/// Claims of the claims endpoint.
pub(super) async fn userinfo(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    endpoint: &Url,
    token: &str,
) -> Result<Returned, Failure> {
    let client = stage.realm.outbound.client();
    let by_header = profile.handler() != Some(Handler::OAuth2)
        || profile
            .meta("BearerTokenTransmissionMethod")
            .is_some_and(|method| method.eq_ignore_ascii_case("AuthorizationHeader"));
    let request = if by_header {
        client.get(endpoint.clone()).bearer_auth(token)
    } else {
        let name = profile
            .meta("ClaimsEndpointAccessTokenName")
            .unwrap_or("access_token");
        client.get(endpoint.clone()).query(&[(name, token)])
    };
    match send(stage, profile, ("GET", endpoint), request, "").await? {
        Json::Object(claims) => Ok(claims),
        _ => Ok(Returned::new()),
    }
}
