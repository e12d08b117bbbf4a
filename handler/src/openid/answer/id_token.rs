//! What a client is told: the claims of the ID token and of the userinfo answer, and the flat ones B2C can map.

use std::time::Duration;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::checks::{Matched, Outcome, Status};
use crate::clients::{Client, EmailClaim, Outcomes};
use crate::grants::Grant;
use crate::ids::PersonReference;
use crate::openid::answer::metadata::{EMAIL, IDV};
use crate::openid::request::claims_request::{Claim, ClaimsRequest, VerifiedRequest};

/// How an ID token is issued.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issue<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// `iat`.
    pub now: OffsetDateTime,
    /// From `iat` to `exp`.
    pub life: Duration,
}

/// The stored request asks for claims in a shape that this release does not know: answering without them would tell the
/// client that nothing was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the requested claims of the stored request cannot be read")]
pub(crate) struct UnknownClaims;

/// The claims of the ID token (`OpenID` Connect Core §2). `at_hash` is that of the access token where there is one. There is
/// no `nbf`: Core asks for none, and it stops every client whose clock is a second behind ours.
///
/// # Errors
/// The stored request cannot be read.
pub(crate) fn id_token(
    grant: &Grant,
    client: &Client,
    issue: &Issue<'_>,
    at_hash: Option<&str>,
) -> Result<Value, UnknownClaims> {
    let now = issue.now;
    let mut claims = outcome(grant, client.outcomes);
    claims.insert("iss".into(), issue.issuer.into());
    claims.insert("sub".into(), grant.subject.to_string().into());
    claims.insert("aud".into(), grant.authorization.client_id.clone().into());
    claims.insert("iat".into(), now.unix_timestamp().into());
    claims.insert("exp".into(), (now + issue.life).unix_timestamp().into());
    if let Some(at) = grant.auth_time {
        claims.insert("auth_time".into(), at.unix_timestamp().into());
    }
    // Only what was confirmed deserves it.
    if let (Some(acr), Status::Approved) = (&grant.authorization.acr, grant.outcome.status) {
        claims.insert("acr".into(), acr.clone().into());
    }
    if let Some(at_hash) = at_hash {
        claims.insert("at_hash".into(), at_hash.into());
    }
    if let Some(nonce) = &grant.authorization.nonce {
        claims.insert("nonce".into(), nonce.clone().into());
    }
    add_email(&mut claims, grant, client);
    add_verified(&mut claims, &requested(grant)?.id_token, &grant.outcome);
    Ok(claims.into())
}

/// The userinfo answer (`OpenID` Connect Core §5.3.2).
///
/// # Errors
/// The stored request cannot be read.
pub(crate) fn userinfo(grant: &Grant, client: &Client) -> Result<Value, UnknownClaims> {
    let mut claims = outcome(grant, client.outcomes);
    claims.insert("sub".into(), grant.subject.to_string().into());
    add_email(&mut claims, grant, client);
    add_verified(&mut claims, &requested(grant)?.userinfo, &grant.outcome);
    Ok(claims.into())
}

/// `email` (`OpenID` Connect Core §5.1) as the client's settings say, where it asked for that scope. Without `email_verified`: we
/// have verified none, and some clients turn everybody away whose address is said not to be.
fn add_email(claims: &mut Map<String, Value>, grant: &Grant, client: &Client) {
    if !grant.authorization.has_scope(EMAIL) {
        return;
    }
    let address = match client.email {
        EmailClaim::None => None,
        EmailClaim::Subject => Some(format!("{}@idv.invalid", grant.subject)),
        EmailClaim::Given => grant.email.as_ref().map(|email| email.expose().to_owned()),
    };
    if let Some(address) = address {
        claims.insert("email".into(), address.into());
    }
}

fn requested(grant: &Grant) -> Result<ClaimsRequest, UnknownClaims> {
    serde_json::from_value(grant.authorization.claims.clone()).map_err(|_| UnknownClaims)
}

/// The flat claims: texts and numbers only, since B2C maps nothing else; absent rather than null. For whoever reads the outcome
/// from them, and whoever asks for them by their scope.
fn outcome(grant: &Grant, outcomes: Outcomes) -> Map<String, Value> {
    let mut claims = Map::new();
    let is_asked = grant.authorization.scope.split(' ').any(|scope| scope == IDV);
    if outcomes == Outcomes::Errors && !is_asked {
        return claims;
    }
    let outcome = &grant.outcome;
    claims.insert("idv_status".into(), outcome.status.as_str().into());
    claims.insert("idv_time".into(), moment(outcome.at).into());
    claims.insert("idv_reference".into(), outcome.id.to_string().into());
    let reference = PersonReference::of(outcome.id);
    claims.insert("idv_person_reference".into(), reference.to_string().into());
    claims.insert("idv_attempts_left".into(), outcome.attempts_left.into());
    if let Some(reason) = &outcome.reason {
        claims.insert("idv_reason".into(), reason.as_str().into());
    }
    claims
}

/// A moment as RFC 3339 text in whole seconds, UTC.
#[must_use]
pub(crate) fn moment(at: OffsetDateTime) -> String {
    at.replace_nanosecond(0)
        .unwrap_or(at)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// `verified_claims` (`OpenID` Connect for Identity Assurance 1.0 §5) when it was asked for and there is a result: one object where
/// one was asked for, else an array.
/// `VERIFIED` and `FAILED` are the two levels delegating clients know; while nobody has judged, nothing is said.
fn add_verified(claims: &mut Map<String, Value>, requests: &[VerifiedRequest], outcome: &Outcome) {
    let level = match outcome.status {
        Status::Approved => "VERIFIED",
        Status::Rejected => "FAILED",
        Status::Expired | Status::Cancelled | Status::Review | Status::Pending | Status::Error => return,
    };
    let mut answers = requests.iter().map(|request| answer(request, level, outcome));
    let answers = match requests {
        [] => return,
        [request] if request.alone => answers.next().unwrap_or_default(),
        _ => answers.collect::<Vec<_>>().into(),
    };
    claims.insert("verified_claims".into(), answers);
}

fn answer(request: &VerifiedRequest, level: &str, outcome: &Outcome) -> Value {
    let confirmed = request
        .claims
        .iter()
        .filter(|claim| matched(outcome.matched, **claim) == Some(true));
    // The value stays at the vendor: the client knows it already, and is told that the document agrees with it.
    let confirmed: Map<_, _> = confirmed
        .map(|claim| (claim.as_str().to_owned(), "MATCHED".into()))
        .collect();
    json!({
        "verification": {
            "trust_framework": request.trust_framework,
            "assurance_level": level,
            "time": moment(outcome.at),
            "verification_process": outcome.id.to_string(),
            "evidence": [{ "type": "document" }],
        },
        "claims": confirmed,
    })
}

const fn matched(matched: Matched, claim: Claim) -> Option<bool> {
    match claim {
        Claim::GivenName => matched.given_name,
        Claim::FamilyName => matched.family_name,
        Claim::Birthdate => matched.birthdate,
    }
}

#[cfg(test)]
mod tests;
