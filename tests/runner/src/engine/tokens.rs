//! `SendClaims`: what the application is told, and the tokens it is told with.

mod mint;
mod refresh;

pub use mint::{Minted, id_token_lifetime, issuer_of, jwks, mint, signing_key};
pub use refresh::{RefreshGrant, open as open_refresh_token};

use super::answer::Reply;
use super::grants::Grant;
use super::pipeline::{self, Stage, value_of};
use super::walk::Walk;
use super::{Failure, Realm};
use crate::claims::Bag;
use crate::model::words::ProtocolName;
use crate::model::{ClaimUse, Handler, Policy, TechnicalProfile};
use crate::trace::Kind;
use serde_json::{Map, Value as Json};

/// Executes a `SendClaims` step with the issuer it names.
///
/// # Errors
/// When the issuer is none, or is one the runner does not support.
pub fn send(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    issuer: &TechnicalProfile,
) -> Result<Reply, Failure> {
    match issuer.handler() {
        Some(Handler::JwtIssuer) => answer(realm, policy, walk, issuer),
        Some(Handler::ErrorIssuer) => refuse(realm, policy, walk, issuer),
        Some(Handler::SamlIssuer) => Err(Failure::unsupported("SAML relying parties")),
        _ => Err(Failure::new(
            "AADB2C90108",
            format!("the technical profile '{}' issues no token", issuer.id),
        )),
    }
}

/// An error-issuing profile tells the application the policy's own error, as `AAD_Custom_<errorCode>: <errorMessage>`.
fn refuse(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    issuer: &TechnicalProfile,
) -> Result<Reply, Failure> {
    let (stage, bag) = Stage::of(realm, policy, walk);
    let inputs = pipeline::inputs(stage, issuer, bag)?;
    let text = |name: &str| {
        let input = inputs
            .iter()
            .find(|input| input.partner.eq_ignore_ascii_case(name));
        input
            .and_then(|input| input.value.as_ref())
            .map(crate::claims::Value::text)
            .unwrap_or_default()
    };
    let failure = Failure::new(&format!("AAD_Custom_{}", text("errorCode")), text("errorMessage"))
        .oauth("access_denied");
    walk.trace
        .entry(2, Kind::Token, format!("{} answers with an error", issuer.id))
        .detail("error", failure.to_string())
        .write();
    Ok(Reply::failure(realm, walk, &failure))
}

fn answer(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    issuer: &TechnicalProfile,
) -> Result<Reply, Failure> {
    let grant = grant(realm, policy, walk, issuer)?;
    let shown: Bag = grant
        .claims
        .iter()
        .map(|(name, value)| (name.clone(), crate::claims::Value::string(plain(value))))
        .collect();
    walk.trace
        .entry(
            2,
            Kind::Token,
            format!("{} answers {}", issuer.id, grant.client_id),
        )
        .claims(&shown)
        .write();
    let now = realm.clock.now();
    realm
        .sessions
        .note_client(&walk.session, &walk.request.client_id, now);
    if walk.refresh.is_some() {
        walk.issued = Some(grant);
        return Ok(Reply::Redirect(walk.request.redirect_uri.clone()));
    }
    let fields = fields(realm, policy, walk, &grant)?;
    Ok(Reply::to_client(
        &walk.request.redirect_uri,
        walk.request.response_mode,
        fields,
    ))
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn fields(
    realm: &Realm,
    policy: &Policy,
    walk: &Walk,
    grant: &Grant,
) -> Result<Vec<(String, String)>, Failure> {
    let wants = |word: &str| walk.request.response_type.iter().any(|wanted| wanted == word);
    let mut fields = vec![];
    if let Some(state) = walk.request.parameter("state") {
        fields.push(("state".to_owned(), state.to_owned()));
    }
    let code = wants("code").then(|| realm.grants.issue(grant.clone(), realm.clock.now()));
    if wants("id_token") || wants("token") {
        let minted = mint(realm, policy, grant, code.as_deref())?;
        if wants("id_token") {
            fields.push(("id_token".to_owned(), minted.id_token));
        }
        if let Some(token) = minted.access_token.filter(|_| wants("token")) {
            fields.push(("access_token".to_owned(), token));
            fields.push(("token_type".to_owned(), "Bearer".to_owned()));
            fields.push(("expires_in".to_owned(), minted.expires_in.to_string()));
        }
    }
    fields.extend(code.map(|code| ("code".to_owned(), code)));
    Ok(fields)
}

/// Collects the relying party's output claims.
fn grant(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    issuer: &TechnicalProfile,
) -> Result<Grant, Failure> {
    let missing = || Failure::new("AADB2C90031", "the relying party has no technical profile");
    let party = policy
        .relying_party
        .as_ref()
        .and_then(|party| party.profile.as_ref())
        .ok_or_else(missing)?;
    let (mut claims, mut kept) = (Map::new(), Map::new());
    let (stage, bag) = Stage::of(realm, policy, walk);
    for claim in &party.output_claims {
        if let Some(value) = value_of(stage, party, claim, bag)? {
            claims.insert(token_name(policy, claim), value.json());
            kept.insert(claim.claim.clone(), value.json());
        }
    }
    let identity = issuer
        .meta("issuer_refresh_token_user_identity_claim_type")
        .unwrap_or("objectId");
    if let Some(value) = bag.get(identity) {
        kept.insert(identity.to_owned(), value.json());
    }
    let subject = party
        .subject
        .as_ref()
        .map_or("sub", |subject| subject.claim.as_str());
    if let Some(value) = claims.get(subject).cloned() {
        claims.insert("sub".to_owned(), value);
    } else {
        walk.trace.warn(format!(
            "no output claim is named {subject}, so the token has no usable subject"
        ));
        claims.insert("sub".to_owned(), "Not supported currently. Use oid claim.".into());
    }
    let refresh = walk.refresh.as_ref();
    Ok(Grant {
        policy: policy.id.clone(),
        issuer: issuer.id.clone(),
        client_id: walk.request.client_id.clone(),
        redirect_uri: walk.request.redirect_uri.to_string(),
        challenge: walk.request.challenge.clone(),
        scope: walk.request.scope.clone(),
        nonce: walk.request.parameter("nonce").map(str::to_owned),
        claims,
        kept,
        auth_time: refresh.map_or(walk.auth_time.unix_timestamp(), |refresh| refresh.auth_time),
        walk: walk.id.clone(),
        family_expires_at: refresh.map(|refresh| refresh.family_expires_at),
    })
}

/// The claim's name in a token: written, else the schema's for OpenID Connect, else its own.
fn token_name(policy: &Policy, claim: &ClaimUse) -> String {
    let schema = || {
        policy
            .claim_types
            .get(&claim.claim)
            .and_then(|kind| kind.partner_name(ProtocolName::OpenIdConnect))
    };
    claim
        .partner
        .as_deref()
        .or_else(schema)
        .unwrap_or(&claim.claim)
        .to_owned()
}
