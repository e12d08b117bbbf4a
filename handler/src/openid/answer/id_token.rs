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
use crate::openid::answer::values::{self, Values};
use crate::openid::request::claims_request::{Claim, ClaimsRequest, Detail, MEMBERS, VerifiedRequest};

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
    let requested = requested(grant)?;
    let known = values::of(grant, issue.now).within(client.release);
    known.add(&mut claims, requested.values.id_token);
    let verified = verified(&requested.id_token, grant, &known, Without::Nothing);
    claims.extend(verified.map(|verified| ("verified_claims".to_owned(), verified)));
    Ok(claims.into())
}

/// The userinfo answer (`OpenID` Connect Core §5.3.2).
///
/// # Errors
/// The stored request cannot be read.
pub(crate) fn userinfo(grant: &Grant, client: &Client, now: OffsetDateTime) -> Result<Value, UnknownClaims> {
    let mut claims = outcome(grant, client.outcomes);
    claims.insert("sub".into(), grant.subject.to_string().into());
    add_email(&mut claims, grant, client);
    let requested = requested(grant)?;
    let known = values::of(grant, now).within(client.release);
    known.add(&mut claims, requested.values.userinfo);
    let verified = verified(&requested.userinfo, grant, &known, Without::Empty);
    claims.extend(verified.map(|verified| ("verified_claims".to_owned(), verified)));
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

/// Moments are told in whole seconds; of one before which somebody would come in vain, the next.
const SECOND: Duration = Duration::from_secs(1);

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
    if let Some(next) = outcome.next_at {
        claims.insert("idv_next_attempt".into(), moment(next + SECOND).into());
    }
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

/// What is said where none of the values that were asked for can be told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Without {
    /// Nothing at all, as in an ID token.
    Nothing,
    /// That there are none, as in a userinfo answer.
    Empty,
}

/// `verified_claims` (`OpenID` Connect for Identity Assurance 1.0 §5) when it was asked for and there is a result: one object where
/// one was asked for, else an array.
/// `VERIFIED` and `FAILED` are the two levels delegating clients know; while nobody has judged, nothing is said.
fn verified(requests: &[VerifiedRequest], grant: &Grant, known: &Values, without: Without) -> Option<Value> {
    let level = match grant.outcome.status {
        Status::Approved => "VERIFIED",
        Status::Rejected => "FAILED",
        Status::Expired | Status::Cancelled | Status::Review | Status::Pending | Status::Error => {
            return None;
        }
    };
    let verification = verification(grant, level);
    let mut answers = requests.iter().filter_map(|request| match &request.detail {
        // What stands in such an answer is verified.
        Some(_) if grant.outcome.status != Status::Approved => None,
        Some(detail) => in_detail(request, detail, &verification, known, without),
        None => Some(answer(request, &verification, &grant.outcome)),
    });
    if let [request] = requests
        && request.alone
    {
        return answers.next();
    }
    let answers: Vec<Value> = answers.collect();
    (!answers.is_empty()).then(|| answers.into())
}

/// Every member of `verification` that we can say, but for the trust framework.
fn verification(grant: &Grant, level: &str) -> Map<String, Value> {
    let outcome = &grant.outcome;
    let evidence = json!([{ "type": "document" }]);
    let [assurance_level, time, process, of] = MEMBERS;
    let members = [
        (assurance_level, level.into()),
        (time, moment(outcome.at).into()),
        (process, outcome.id.to_string().into()),
        (of, evidence),
    ];
    members
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// Everything that we can say of the check, and of each value that the document agrees with it. The value stays at the vendor: the
/// client knows it already.
fn answer(request: &VerifiedRequest, verification: &Map<String, Value>, outcome: &Outcome) -> Value {
    let confirmed = request
        .claims
        .iter()
        .filter(|claim| matched(outcome.matched, **claim) == Some(true));
    let confirmed: Map<_, _> = confirmed
        .map(|claim| (claim.as_str().to_owned(), "MATCHED".into()))
        .collect();
    said(request, verification.clone(), &confirmed)
}

/// What was asked for, and nothing else: members of `verification`, and values as the document says them.
fn in_detail(
    request: &VerifiedRequest,
    detail: &Detail,
    verification: &Map<String, Value>,
    known: &Values,
    without: Without,
) -> Option<Value> {
    let is_asked = |(name, _): &(&String, &Value)| detail.members.contains(name);
    let members = verification.iter().filter(is_asked);
    let members = members.map(|(name, value)| (name.clone(), value.clone()));
    let mut claims = Map::new();
    known.add(&mut claims, detail.values);
    let is_said = !claims.is_empty() || without == Without::Empty;
    is_said.then(|| said(request, members.collect(), &claims))
}

fn said(
    request: &VerifiedRequest,
    mut verification: Map<String, Value>,
    claims: &Map<String, Value>,
) -> Value {
    let framework = request.trust_framework.clone().into();
    verification.insert("trust_framework".to_owned(), framework);
    json!({ "verification": verification, "claims": claims })
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
