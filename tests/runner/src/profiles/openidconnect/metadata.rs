//! Where a provider's endpoints are: its discovery document, with the profile's own items over it.

use crate::engine::Failure;
use crate::engine::pipeline::Stage;
use crate::model::{Handler, TechnicalProfile};
use crate::outbound::Answer;
use crate::trace::{Kind, mask};
use serde_json::Value as Json;
use url::Url;

/// A provider's endpoints.
#[derive(Debug, Clone)]
pub struct Provider {
    /// `iss` its tokens have.
    pub issuer: String,
    /// Where browsers go.
    pub authorization_endpoint: Url,
    /// Where codes are redeemed.
    pub token_endpoint: Option<Url>,
    /// Where its keys are.
    pub jwks_uri: Option<Url>,
    /// Where claims are read with the access token.
    pub claims_endpoint: Option<Url>,
}

/// Reads a provider's metadata.
///
/// # Errors
/// AADB2C90289 when it cannot be fetched, AADB2C90273 when it is incomplete.
pub async fn read(stage: Stage<'_>, profile: &TechnicalProfile) -> Result<Provider, Failure> {
    let document = match profile.meta("METADATA") {
        Some(address) => {
            let written = stage
                .resolve(address, &crate::claims::Bag::default())
                .unwrap_or_else(|| address.to_owned());
            document(stage, profile, &written).await?
        }
        None => Json::Null,
    };
    let text = |items: &[&str], member: &str| {
        let item = items.iter().find_map(|key| profile.meta(key)).map(str::to_owned);
        item.or_else(|| document.get(member).and_then(Json::as_str).map(str::to_owned))
    };
    let called = |written: String| Url::parse(&stage.realm.outbound.address(&written)).ok();
    let endpoint = |items: &[&str], member: &str| text(items, member).and_then(called);
    let missing = || {
        Failure::new(
            "AADB2C90273",
            format!("the provider of '{}' has no authorization endpoint", profile.id),
        )
    };
    let oauth2 = profile.handler() == Some(Handler::OAuth2);
    Ok(Provider {
        issuer: text(&["issuer"], "issuer").unwrap_or_default(),
        authorization_endpoint: endpoint(&["authorization_endpoint"], "authorization_endpoint")
            .ok_or_else(missing)?,
        token_endpoint: endpoint(
            &["AccessTokenEndpoint", "access_token_endpoint"],
            "token_endpoint",
        ),
        jwks_uri: endpoint(&[], "jwks_uri"),
        claims_endpoint: endpoint(&["ClaimsEndpoint"], if oauth2 { "" } else { "userinfo_endpoint" }),
    })
}

/// Fetches a JSON document and writes the call down.
///
/// # Errors
/// AADB2C90289 when there is no answer, AADB2C90273 when it is no JSON object.
pub async fn document(stage: Stage<'_>, profile: &TechnicalProfile, address: &str) -> Result<Json, Failure> {
    let began = stage.trace.elapsed_ms();
    let outbound = &stage.realm.outbound;
    let outcome = outbound
        .send(outbound.client().get(outbound.address(address)))
        .await;
    let entry = stage
        .trace
        .entry(3, Kind::Http, format!("GET {address}"))
        .since(began);
    let answer = match outcome {
        Ok(answer) => answer,
        Err(fault) => {
            entry.detail("no answer", fault.to_string()).write();
            let text = format!(
                "An error occurred connecting to the provider of '{}': {fault}",
                profile.id
            );
            return Err(Failure::new("AADB2C90289", text));
        }
    };
    entry
        .detail("status", answer.status.to_string())
        .detail("answer", mask::body(&answer.body))
        .write();
    object(profile, address, &answer)
}

/// A successful answer's JSON object.
///
/// # Errors
/// AADB2C90273.
pub fn object(profile: &TechnicalProfile, address: &str, answer: &Answer) -> Result<Json, Failure> {
    let refused = || {
        let text = format!(
            "{address} of '{}' answered {} and no JSON object",
            profile.id, answer.status
        );
        Failure::new("AADB2C90273", text)
    };
    match answer.json() {
        Ok(json @ Json::Object(_)) if answer.status == 200 => Ok(json),
        _ => Err(refused()),
    }
}
