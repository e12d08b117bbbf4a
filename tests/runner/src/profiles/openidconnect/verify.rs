//! Checks an outside provider's id token (OpenID Connect Core §3.1.3.7).

use super::metadata::{Provider, document};
use crate::engine::Failure;
use crate::engine::pipeline::{Returned, Stage};
use crate::engine::walk::ProviderState;
use crate::model::TechnicalProfile;
use crate::profiles::KEY_ALGORITHMS;
use loopback::jose::{self, Claims};
use serde_json::Value as Json;

/// Clocks may differ by so many seconds.
const LEEWAY: i64 = 300;

pub(super) async fn id_token(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    provider: &Provider,
    waiting: &ProviderState,
    token: &str,
) -> Result<Returned, Failure> {
    let refused =
        |why: String| Failure::new("AADB2C90273", format!("the id token of '{}': {why}", profile.id));
    let uri = provider
        .jwks_uri
        .as_ref()
        .ok_or_else(|| refused("the provider publishes no keys".to_owned()))?;
    let jwks = document(stage, profile, uri.as_str()).await?;
    let parsed = jose::parse(token).map_err(|fault| refused(fault.to_string()))?;
    let claims = parsed
        .verify_by(&jwks, KEY_ALGORITHMS)
        .map_err(|fault| refused(fault.to_string()))?;
    let audience = profile
        .meta("IdTokenAudience")
        .or_else(|| profile.meta("client_id"))
        .unwrap_or_default();
    let now = stage.realm.clock.now().unix_timestamp();
    check(&claims, &provider.issuer, audience, &waiting.nonce, now).map_err(|why| refused(why.to_owned()))?;
    Ok(claims)
}

fn check(claims: &Claims, issuer: &str, audience: &str, nonce: &str, now: i64) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Json::as_str);
    let number = |name: &str| claims.get(name).and_then(Json::as_i64);
    if text("iss") != Some(issuer) || issuer.is_empty() {
        return Err("iss is not the provider's");
    }
    let meant = match claims.get("aud") {
        Some(Json::String(one)) => one == audience,
        Some(Json::Array(all)) => all.iter().any(|one| one.as_str() == Some(audience)),
        _ => false,
    };
    if !meant {
        return Err("aud is not this client");
    }
    if number("exp").is_none_or(|expires| expires + LEEWAY <= now) {
        return Err("it has expired");
    }
    if number("nbf").is_some_and(|begins| begins - LEEWAY > now) {
        return Err("it is not valid yet");
    }
    if text("nonce") != Some(nonce) {
        return Err("nonce is not the request's");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(change: &[(&str, Json)]) -> Result<(), &'static str> {
        let mut claims =
            json!({"iss": "https://idp.test", "aud": "me", "exp": 2000, "nbf": 900, "nonce": "n"});
        for (name, value) in change {
            claims[*name] = value.clone();
        }
        check(claims.as_object().unwrap(), "https://idp.test", "me", "n", 1000)
    }

    #[test]
    fn a_good_token_passes() {
        assert_eq!(fault(&[]), Ok(()));
        assert_eq!(fault(&[("aud", json!(["other", "me"]))]), Ok(()));
    }

    #[test]
    fn each_wrong_claim_is_refused() {
        for (name, value) in [
            ("iss", json!("https://evil.test")),
            ("aud", json!("other")),
            ("aud", json!(["other"])),
            ("exp", json!(600)),
            ("exp", json!(null)),
            ("nbf", json!(5000)),
            ("nonce", json!("other")),
            ("nonce", json!(null)),
        ] {
            assert!(fault(&[(name, value.clone())]).is_err(), "{name} {value}");
        }
    }
}
