//! Refresh tokens: through the policy's own journey where it has one (`Endpoint Id="Token"`).

use super::missing;
use crate::config::Application;
use crate::engine::grants::Grant;
use crate::engine::pipeline::find_profile;
use crate::engine::request::{AuthorizationRequest, ResponseMode};
use crate::engine::tokens::{Minted, RefreshGrant, mint, open_refresh_token};
use crate::engine::{Failure, Realm, steps};
use crate::model::{Handler, Journey, Policy};
use crate::server::ask::Ask;
use crate::server::authorize;
use crate::server::cookies::Browser;
use crate::trace::Kind;
use url::Url;

pub(super) async fn redeem(
    realm: &Realm,
    policy: &Policy,
    application: &Application,
    ask: &Ask,
) -> Result<Minted, Failure> {
    let token = ask
        .field("refresh_token")
        .ok_or_else(|| missing("refresh_token"))?;
    let carried = open(realm, policy, token)?;
    let refused = |code: &str, text: &str| Failure::new(code, text).oauth("invalid_grant");
    if carried.client_id != application.client_id {
        return Err(refused(
            "AADB2C90279",
            "The provided client id does not match the client id that issued the grant.",
        ));
    }
    if !carried.policy.eq_ignore_ascii_case(&policy.id) {
        return Err(refused(
            "AADB2C90088",
            "The provided grant has not been issued for this endpoint: it is another policy's.",
        ));
    }
    let endpoint = policy
        .relying_party
        .as_ref()
        .and_then(|party| party.endpoint("Token"));
    let grant = match endpoint.and_then(|endpoint| policy.journeys.get(&endpoint.journey)) {
        Some(journey) => walk(realm, policy, journey, carried, ask).await?,
        None => again(realm, carried)?,
    };
    mint(realm, policy, &grant, None)
}

/// Opens the token with the key of whichever issuer of the policy made it.
fn open(realm: &Realm, policy: &Policy, token: &str) -> Result<RefreshGrant, Failure> {
    let mut fault = Failure::new("AADB2C90088", "the policy issues no refresh tokens").oauth("invalid_grant");
    for issuer in policy
        .profiles
        .iter()
        .filter(|profile| profile.handler() == Some(Handler::JwtIssuer))
    {
        match open_refresh_token(realm, issuer, token) {
            Ok(carried) => return Ok(carried),
            Err(failure) => fault = failure,
        }
    }
    Err(fault)
}

/// Runs the refresh journey, without a person.
async fn walk(
    realm: &Realm,
    policy: &Policy,
    journey: &Journey,
    carried: RefreshGrant,
    ask: &Ask,
) -> Result<Grant, Failure> {
    find_profile(policy, &carried.issuer)?;
    let broken = |_| Failure::new("AADB2C90085", "the refresh token carries no redirect address");
    let request = AuthorizationRequest {
        client_id: carried.client_id.clone(),
        redirect_uri: Url::parse(&carried.redirect_uri).map_err(broken)?,
        response_type: vec!["code".to_owned()],
        response_mode: ResponseMode::Query,
        scope: carried.scope.clone(),
        challenge: None,
        parameters: ask
            .form
            .iter()
            .filter(|(name, _)| name != "refresh_token" && name != "client_secret")
            .cloned()
            .collect(),
        caller: ask.caller(),
    };
    let nobody = || loopback::random::token();
    let browser = Browser {
        transaction: nobody(),
        csrf: nobody(),
        session: nobody(),
    };
    let mut walk = authorize::new(realm, policy, journey, request, &browser);
    walk.refresh = Some(carried);
    walk.trace
        .entry(0, Kind::Request, format!("refresh {}", policy.id))
        .write();
    steps::proceed(realm, &mut walk).await;
    let outcome = walk.trace.snapshot().outcome.unwrap_or_default();
    walk.issued.take().ok_or_else(|| {
        let text = format!("The provided grant has been revoked: the refresh journey ended with {outcome}.");
        Failure::new("AADB2C90129", text).oauth("invalid_grant")
    })
}

/// A policy without a refresh journey: the same claims again, while the account still stands.
fn again(realm: &Realm, carried: RefreshGrant) -> Result<Grant, Failure> {
    let refused = |code: &str, text: &str| Failure::new(code, text).oauth("invalid_grant");
    if let Some(object_id) = carried.kept.get("objectId").and_then(|id| id.as_str()) {
        let account = realm.directory.find("objectId", object_id);
        let account = account.ok_or_else(|| refused("AADB2C90128", "The account associated with this grant no longer exists. Please re-authenticate and try again."))?;
        let valid_from = account
            .get("refreshTokensValidFromDateTime")
            .and_then(|at| at.as_str())
            .unwrap_or_default();
        let valid_from =
            time::OffsetDateTime::parse(valid_from, &time::format_description::well_known::Rfc3339);
        if valid_from.is_ok_and(|from| carried.issued_at < from.unix_timestamp()) {
            return Err(refused(
                "AADB2C90129",
                "The provided grant has been revoked. Please re-authenticate and try again.",
            ));
        }
    }
    Ok(Grant {
        policy: carried.policy,
        issuer: carried.issuer,
        client_id: carried.client_id,
        redirect_uri: carried.redirect_uri,
        challenge: None,
        scope: carried.scope,
        nonce: None,
        claims: carried.claims,
        kept: carried.kept,
        auth_time: carried.auth_time,
        walk: loopback::random::uuid(),
        family_expires_at: Some(carried.family_expires_at),
    })
}
