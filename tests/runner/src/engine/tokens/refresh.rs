//! Refresh tokens: sealed, bound to client and policy, following each other until the family ends.

use super::mint::broken;
use crate::engine::grants::Grant;
use crate::engine::{Failure, Realm};
use crate::jose::seal;
use crate::model::TechnicalProfile;
use crate::policy_keys::{Generate, PolicyKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

const PURPOSE: &str = "refresh token";

/// What a refresh token carries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RefreshGrant {
    /// The policy.
    pub policy: String,
    /// Technical profile of the issuer.
    pub issuer: String,
    /// The application.
    pub client_id: String,
    /// Redirect address of the first request.
    pub redirect_uri: String,
    /// Scope asked for.
    pub scope: Vec<String>,
    /// Claims by their own names.
    pub kept: Map<String, Json>,
    /// Token claims by their token names, for policies without a refresh journey.
    pub claims: Map<String, Json>,
    /// When the person was authenticated, seconds since 1970.
    pub auth_time: i64,
    /// When this token was issued, seconds since 1970.
    pub issued_at: i64,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
    /// When the whole family ends, seconds since 1970.
    pub family_expires_at: i64,
}

/// A sealed refresh token and its life in seconds, when the scope has `offline_access`.
pub(super) fn issue(
    realm: &Realm,
    issuer: &TechnicalProfile,
    grant: &Grant,
    now: i64,
) -> Result<Option<(String, i64)>, Failure> {
    if !grant.scope.iter().any(|word| word == "offline_access") {
        return Ok(None);
    }
    let seconds = |key: &str, default| {
        issuer
            .meta(key)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let endless = issuer.meta_flag("allow_infinite_rolling_refresh_token", false);
    let window = if endless {
        i64::from(u32::MAX)
    } else {
        seconds("rolling_refresh_token_lifetime_secs", 7_776_000)
    };
    let family_expires_at = grant.family_expires_at.unwrap_or(now + window);
    let expires_at = (now + seconds("refresh_token_lifetime_secs", 1_209_600)).min(family_expires_at);
    let content = RefreshGrant {
        policy: grant.policy.clone(),
        issuer: grant.issuer.clone(),
        client_id: grant.client_id.clone(),
        redirect_uri: grant.redirect_uri.clone(),
        scope: grant.scope.clone(),
        kept: grant.kept.clone(),
        claims: grant.claims.clone(),
        auth_time: grant.auth_time,
        issued_at: now,
        expires_at,
        family_expires_at,
    };
    let plain = serde_json::to_vec(&content).map_err(broken)?;
    let sealed = seal::seal(&key(realm, issuer)?, PURPOSE, &plain).map_err(broken)?;
    Ok(Some((sealed, expires_at - now)))
}

/// Opens a refresh token of this issuer.
///
/// # Errors
/// AADB2C90088 when it is not ours, AADB2C90080 when it has expired.
pub fn open(realm: &Realm, issuer: &TechnicalProfile, token: &str) -> Result<RefreshGrant, Failure> {
    let foreign = || {
        Failure::new(
            "AADB2C90088",
            "The provided grant has not been issued for this endpoint.",
        )
        .oauth("invalid_grant")
    };
    let plain = seal::open(&key(realm, issuer)?, PURPOSE, token).map_err(|_| foreign())?;
    let content: RefreshGrant = serde_json::from_slice(&plain).map_err(|_| foreign())?;
    if content.expires_at <= realm.clock.now().unix_timestamp() {
        let text = "The provided grant has expired. Please re-authenticate and try again.";
        return Err(Failure::new("AADB2C90080", text).oauth("invalid_grant"));
    }
    Ok(content)
}

fn key(realm: &Realm, issuer: &TechnicalProfile) -> Result<Vec<u8>, Failure> {
    let refused = |why: String| Failure::new("AADB2C90073", why);
    let missing = || {
        refused(format!(
            "the technical profile '{}' has no key 'issuer_refresh_token_key'",
            issuer.id
        ))
    };
    let name = issuer
        .policy_key("issuer_refresh_token_key")
        .ok_or_else(missing)?;
    match realm
        .keys
        .get_or_make(name, Generate::Secret)
        .map_err(|fault| refused(format!("{fault:#}")))?
        .as_ref()
    {
        PolicyKey::Secret(secret) => Ok(secret.expose().as_bytes().to_vec()),
        PolicyKey::Rsa(key) => key.to_pem().map_err(|fault| refused(fault.to_string())),
    }
}
