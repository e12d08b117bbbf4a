//! Makes tokens from a grant, with B2C's claims.

use super::refresh;
use crate::engine::grants::Grant;
use crate::engine::pipeline::find_profile;
use crate::engine::{Failure, Realm};
use crate::jose::rsa::RsaKey;
use crate::model::{Handler, Policy, TechnicalProfile};
use crate::policy_keys::{Generate, PolicyKey};
use loopback::debug_only;
use loopback::jose::encode;
use serde_json::{Map, Value as Json, json};

/// Tokens of one answer.
pub struct Minted {
    /// The id token.
    pub id_token: String,
    /// The access token, when the scope names an API.
    pub access_token: Option<String>,
    /// Life of the tokens, seconds.
    pub expires_in: i64,
    /// The refresh token, when the scope has `offline_access`.
    pub refresh_token: Option<String>,
    /// Its life, seconds.
    pub refresh_token_expires_in: i64,
    /// The claims of the id token, for the trace.
    pub claims: Json,
    /// Whether the token response writes numbers as JSON numbers.
    pub json_numbers: bool,
}

debug_only!(Minted: expires_in, refresh_token_expires_in);

/// `iss` of a policy's tokens.
#[must_use]
pub fn issuer_of(realm: &Realm, policy: &Policy, issuer: &TechnicalProfile) -> String {
    match issuer.meta("IssuanceClaimPattern") {
        Some("AuthorityWithTfp") => {
            format!(
                "{}/tfp/{}/{}/v2.0/",
                realm.origin,
                realm.tenant_id,
                policy.id.to_lowercase()
            )
        }
        _ => format!("{}/{}/v2.0/", realm.origin, realm.tenant_id),
    }
}

fn seconds(issuer: &TechnicalProfile, key: &str, default: i64) -> i64 {
    issuer
        .meta(key)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// Life of an id token, seconds.
#[must_use]
pub fn id_token_lifetime(issuer: &TechnicalProfile) -> i64 {
    seconds(issuer, "id_token_lifetime_secs", 3600)
}

/// The issuer's signing key; one is made when the configuration has none of that name.
///
/// # Errors
/// AADB2C90073 when the profile names no key or the key cannot sign.
pub fn signing_key(realm: &Realm, issuer: &TechnicalProfile) -> Result<RsaKey, Failure> {
    let refused = |why: String| Failure::new("AADB2C90073", why);
    let missing = || {
        refused(format!(
            "the technical profile '{}' has no key 'issuer_secret'",
            issuer.id
        ))
    };
    let name = issuer.policy_key("issuer_secret").ok_or_else(missing)?;
    match realm
        .keys
        .get_or_make(name, Generate::Rsa)
        .map_err(|fault| refused(format!("{fault:#}")))?
        .as_ref()
    {
        PolicyKey::Rsa(key) => Ok(key.clone()),
        PolicyKey::Secret(_) => Err(refused(format!(
            "the policy key '{name}' is a secret, not an RSA key"
        ))),
    }
}

/// The key set of a policy: the signing keys of all its token issuers.
///
/// # Errors
/// As [`signing_key`].
pub fn jwks(realm: &Realm, policy: &Policy) -> Result<Json, Failure> {
    let mut keys: Vec<Json> = vec![];
    for issuer in policy
        .profiles
        .iter()
        .filter(|profile| profile.handler() == Some(Handler::JwtIssuer))
    {
        let jwk = signing_key(realm, issuer)?.public_jwk().map_err(broken)?;
        if !keys.contains(&jwk) {
            keys.push(jwk);
        }
    }
    Ok(json!({ "keys": keys }))
}

pub(super) fn broken(fault: impl std::fmt::Display) -> Failure {
    Failure::new("AADB2C90085", fault.to_string())
}

/// Makes the tokens a grant allows.
///
/// # Errors
/// When the issuer's keys cannot be had.
pub fn mint(realm: &Realm, policy: &Policy, grant: &Grant, code: Option<&str>) -> Result<Minted, Failure> {
    let issuer = find_profile(policy, &grant.issuer)?;
    let key = signing_key(realm, issuer)?;
    let now = realm.clock.now().unix_timestamp();
    let access_life = seconds(issuer, "token_lifetime_secs", 3600);
    let access_token = access_claims(realm, policy, issuer, grant, now + access_life);
    let access_token = access_token
        .map(|claims| key.sign("RS256", &claims))
        .transpose()
        .map_err(broken)?;
    let mut claims = common(realm, policy, issuer, grant, now + id_token_lifetime(issuer));
    claims.insert("aud".to_owned(), json!(grant.client_id));
    if let Some(code) = code {
        claims.insert("c_hash".to_owned(), json!(half_hash(code)));
    }
    if let Some(token) = &access_token {
        claims.insert("at_hash".to_owned(), json!(half_hash(token)));
    }
    let claims = Json::Object(claims);
    let refresh = refresh::issue(realm, issuer, grant, now)?;
    let (refresh_token, refresh_token_expires_in) = refresh.unzip();
    Ok(Minted {
        id_token: key.sign("RS256", &claims).map_err(broken)?,
        access_token,
        expires_in: access_life,
        refresh_token,
        refresh_token_expires_in: refresh_token_expires_in.unwrap_or(0),
        claims,
        json_numbers: issuer.meta_flag("SendTokenResponseBodyWithJsonNumbers", false),
    })
}

/// The claims both tokens have.
fn common(
    realm: &Realm,
    policy: &Policy,
    issuer: &TechnicalProfile,
    grant: &Grant,
    expires_at: i64,
) -> Map<String, Json> {
    let now = realm.clock.now().unix_timestamp();
    let mut claims = grant.claims.clone();
    let mut set = |name: &str, value: Json| claims.insert(name.to_owned(), value);
    set("ver", json!("1.0"));
    set("iss", json!(issuer_of(realm, policy, issuer)));
    set("iat", json!(now));
    set("nbf", json!(now));
    set("exp", json!(expires_at));
    set("auth_time", json!(grant.auth_time));
    let context = if issuer.meta("AuthenticationContextReferenceClaimPattern") == Some("None") {
        "tfp"
    } else {
        "acr"
    };
    set(context, json!(policy.id.to_lowercase()));
    if let Some(nonce) = &grant.nonce {
        set("nonce", json!(nonce));
    }
    claims
}

/// An access token is for the API whose scopes were asked for, or for the application itself.
fn access_claims(
    realm: &Realm,
    policy: &Policy,
    issuer: &TechnicalProfile,
    grant: &Grant,
    expires_at: i64,
) -> Option<Json> {
    let of_openid = |word: &str| matches!(word, "openid" | "offline_access" | "profile" | "email");
    let asked: Vec<&str> = grant
        .scope
        .iter()
        .map(String::as_str)
        .filter(|word| !of_openid(word))
        .collect();
    let first = *asked.first()?;
    let (audience, _) = first.rsplit_once('/').unwrap_or((first, ""));
    let mut claims = common(realm, policy, issuer, grant, expires_at);
    let own = first == grant.client_id;
    claims.insert(
        "aud".to_owned(),
        json!(if own { &grant.client_id } else { audience }),
    );
    claims.insert("azp".to_owned(), json!(grant.client_id));
    if !own {
        let names: Vec<&str> = asked
            .iter()
            .map(|scope| scope.rsplit('/').next().unwrap_or(scope))
            .collect();
        claims.insert("scp".to_owned(), json!(names.join(" ")));
    }
    Some(Json::Object(claims))
}

/// `c_hash`, `at_hash`: left half of the SHA-256 (OpenID Connect Core §3.3.2.11).
fn half_hash(text: &str) -> String {
    let digest = openssl::sha::sha256(text.as_bytes());
    encode(digest.get(..16).unwrap_or_default())
}
