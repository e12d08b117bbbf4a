//! Protocol `None`: claims from the request's `id_token_hint`, signed by a published key or a shared secret.

use super::openidconnect::metadata::document;
use crate::engine::Failure;
use crate::engine::pipeline::{Returned, Stage};
use crate::model::{ClaimUse, TechnicalProfile};
use crate::policy_keys::PolicyKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use loopback::jose::{self, Claims, Refusal, Unverified};
use serde_json::Value as Json;

const LEEWAY: i64 = 300;

pub(super) async fn call(stage: Stage<'_>, profile: &TechnicalProfile) -> Result<Returned, Failure> {
    let party = stage
        .policy
        .relying_party
        .as_ref()
        .and_then(|party| party.profile.as_ref());
    let wanted = party
        .map(|party| party.input_claims.as_slice())
        .unwrap_or_default();
    let Some(hint) = stage.request.parameter("id_token_hint") else {
        if wanted.iter().any(|claim| claim.required) {
            let text = "The id_token_hint parameter has not been specified in the request. Please provide token and try again.";
            return Err(Failure::invalid_request("AADB2C90272", text));
        }
        return Ok(Returned::new());
    };
    let claims = verified(stage, profile, hint).await?;
    let lacks = |claim: &&ClaimUse| claim.required && !claims.contains_key(claim.partner_name());
    if let Some(claim) = wanted.iter().find(lacks) {
        let name = claim.partner_name();
        let text = format!("The id_token_hint has no claim '{name}', which the relying party requires.");
        return Err(Failure::invalid_request("AADB2C90272", text));
    }
    for claim in &profile.output_claims {
        if !wanted
            .iter()
            .any(|input| input.claim.eq_ignore_ascii_case(&claim.claim))
        {
            let text = "comes from the hint only if the relying party repeats it as an InputClaim";
            stage
                .trace
                .warn(format!("{}: {} {text}", profile.id, claim.claim));
        }
    }
    let told = |name: &str| {
        let claim = profile
            .output_claims
            .iter()
            .find(|claim| claim.partner_name() == name);
        claim.is_some_and(|claim| {
            wanted
                .iter()
                .any(|input| input.claim.eq_ignore_ascii_case(&claim.claim))
        })
    };
    Ok(claims.into_iter().filter(|(name, _)| told(name)).collect())
}

async fn verified(stage: Stage<'_>, profile: &TechnicalProfile, hint: &str) -> Result<Claims, Failure> {
    let signature = |fault: Refusal| {
        let text = format!("The id_token_hint parameter has failed signature validation: {fault}");
        Failure::invalid_request("AADB2C90233", text)
    };
    let token = jose::parse(hint).map_err(signature)?;
    let (claims, issuer) = match profile.meta("METADATA") {
        Some(address) => {
            let metadata = document(stage, profile, address).await?;
            let text = |name: &str| {
                metadata
                    .get(name)
                    .and_then(Json::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let jwks = document(stage, profile, &text("jwks_uri")).await?;
            (
                token.verify_by(&jwks, super::KEY_ALGORITHMS).map_err(signature)?,
                text("issuer"),
            )
        }
        None => (symmetric(stage, profile, token)?, String::new()),
    };
    let issuer = profile.meta("issuer").map_or(issuer, str::to_owned);
    check(stage, profile, &claims, &issuer)?;
    Ok(claims)
}

fn symmetric(stage: Stage<'_>, profile: &TechnicalProfile, token: Unverified) -> Result<Claims, Failure> {
    let name = profile.policy_key("client_secret");
    let key = name.and_then(|name| stage.realm.keys.get(name));
    let Some(PolicyKey::Secret(secret)) = key.as_deref() else {
        let text = format!(
            "'{}' has neither METADATA nor a usable key 'client_secret'",
            profile.id
        );
        return Err(Failure::new("AADB2C90073", text));
    };
    // Microsoft's samples use the key's text; some issuers decode its base64 first.
    let decoded = STANDARD.decode(secret.expose()).unwrap_or_default();
    let by_text = token.clone().verify_hmac("HS256", secret.expose().as_bytes());
    by_text
        .or_else(|_| token.verify_hmac("HS256", &decoded))
        .map_err(|fault| {
            let text = format!("The id_token_hint parameter has failed signature validation: {fault}");
            Failure::invalid_request("AADB2C90233", text)
        })
}

fn check(stage: Stage<'_>, profile: &TechnicalProfile, claims: &Claims, issuer: &str) -> Result<(), Failure> {
    let now = stage.realm.clock.now().unix_timestamp();
    let number = |name: &str| claims.get(name).and_then(Json::as_i64);
    let text = |name: &str| claims.get(name).and_then(Json::as_str);
    if number("exp").is_none_or(|expires| expires + LEEWAY <= now)
        || number("nbf").is_some_and(|begins| begins - LEEWAY > now)
    {
        let why = "The provided id_token_hint parameter is expired or not yet valid. Please provide another token and try again.";
        return Err(Failure::invalid_request("AADB2C90208", why));
    }
    if let Some(audience) = profile.meta("IdTokenAudience")
        && text("aud") != Some(audience)
    {
        let why = "The provided id_token_hint parameter does not contain an accepted audience.";
        return Err(Failure::invalid_request("AADB2C90209", why));
    }
    if text("iss") != Some(issuer) || issuer.is_empty() {
        let why = "The provided id_token_hint parameter does not contain an accepted issuer.";
        return Err(Failure::invalid_request("AADB2C90232", why));
    }
    Ok(())
}
