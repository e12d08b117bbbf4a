//! `OpenIdConnect` and `OAuth2`: the tenant as a client of an outside provider.

mod exchange;
pub mod metadata;
mod verify;

use crate::engine::answer::Reply;
use crate::engine::pipeline::{self, Returned, Stage};
use crate::engine::request::find;
use crate::engine::walk::{ProviderState, Waiting, Walk};
use crate::engine::{Failure, Realm, steps, transformations};
use crate::model::{Handler, Policy, TechnicalProfile};
use crate::trace::Kind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use metadata::Provider;
use serde_json::{Value as Json, json};
use url::Url;

/// Sends the browser to the provider.
///
/// # Errors
/// When the provider's metadata cannot be read.
pub async fn leave(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    profile: &TechnicalProfile,
) -> Result<Reply, Failure> {
    let (stage, bag) = Stage::of(realm, policy, walk);
    transformations::run_all(stage, profile, &profile.input_transformations, bag)?;
    let inputs = pipeline::inputs(stage, profile, bag)?;
    let provider = metadata::read(stage, profile).await?;
    let waiting = ProviderState {
        profile: profile.id.clone(),
        state: state(stage.walk),
        nonce: loopback::random::token(),
        redirect_uri: redirect_uri(realm, policy, profile),
    };
    let mut address = provider.authorization_endpoint.clone();
    {
        let mut query = address.query_pairs_mut();
        query.append_pair("client_id", profile.meta("client_id").unwrap_or_default());
        query.append_pair("redirect_uri", &waiting.redirect_uri);
        query.append_pair("response_type", profile.meta("response_types").unwrap_or("code"));
        query.append_pair("scope", profile.meta("scope").unwrap_or("openid"));
        query.append_pair("state", &waiting.state);
        if profile.handler() == Some(Handler::OpenIdConnect) {
            query.append_pair(
                "response_mode",
                profile.meta("response_mode").unwrap_or("form_post"),
            );
            query.append_pair("nonce", &waiting.nonce);
        }
        for input in &inputs {
            if let Some(value) = &input.value {
                query.append_pair(&input.partner, &value.text());
            }
        }
    }
    note_leaving(stage, profile, &address);
    walk.waiting = Waiting::Provider(waiting);
    Ok(Reply::Redirect(address))
}

/// B2C carries its transaction in `state`; the random part makes it unguessable.
fn state(walk: &str) -> String {
    let content = json!({"SID": loopback::random::token(), "TID": walk});
    format!(
        "StateProperties={}",
        STANDARD.encode(content.to_string()).trim_end_matches('=')
    )
}

/// The walk a `state` or `tx` belongs to.
#[must_use]
pub fn walk_of(state: &str) -> Option<String> {
    let text = state.strip_prefix("StateProperties=")?.trim_end_matches('=');
    let bytes = base64::engine::general_purpose::STANDARD_NO_PAD
        .decode(text)
        .ok()?;
    let content: Json = serde_json::from_slice(&bytes).ok()?;
    content.get("TID").and_then(Json::as_str).map(str::to_owned)
}

/// The tenant's redirect address: one for all policies unless the profile wants the policy in it.
#[must_use]
pub fn redirect_uri(realm: &Realm, policy: &Policy, profile: &TechnicalProfile) -> String {
    let origin = &realm.origin;
    if profile.meta_flag("UsePolicyInRedirectUri", false) {
        return format!(
            "{origin}/{}/{}/oauth2/authresp",
            realm.domain,
            policy.id.to_lowercase()
        );
    }
    format!("{origin}/{}/oauth2/authresp", realm.domain)
}

fn note_leaving(stage: Stage<'_>, profile: &TechnicalProfile, address: &Url) {
    let host = address.host_str().unwrap_or_default();
    let mut entry = stage
        .trace
        .entry(2, Kind::Http, format!("{}: browser sent to {host}", profile.id));
    for (name, value) in address.query_pairs() {
        entry = entry.detail(&name, &value);
    }
    entry.write();
}

/// Takes the browser's return: redeems the code, checks the id token, and puts its claims into the bag.
///
/// # Errors
/// When the answer is not for this walk, is an error, or does not prove itself.
pub async fn come_back(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    parameters: &[(String, String)],
) -> Result<(), Failure> {
    let Waiting::Provider(waiting) = std::mem::take(&mut walk.waiting) else {
        return Err(Failure::new(
            "AADB2C90255",
            "the walk waits for no outside provider",
        ));
    };
    let sent = find(parameters, "state").unwrap_or_default();
    if !loopback::jose::same(sent.as_bytes(), waiting.state.as_bytes()) {
        return Err(Failure::new(
            "AADB2C90273",
            "the provider's answer has another state",
        ));
    }
    let profile = pipeline::find_profile(policy, &waiting.profile)?;
    note_return(walk, profile, parameters);
    refuse_error(profile, parameters)?;
    let (stage, bag) = Stage::of(realm, policy, walk);
    let provider = metadata::read(stage, profile).await?;
    let received = received(stage, profile, &provider, &waiting, parameters).await?;
    let before = bag.clone();
    pipeline::outputs(stage, profile, &received.claims, bag)?;
    transformations::run_all(stage, profile, &profile.output_transformations, bag)?;
    stage
        .trace
        .entry(2, Kind::Profile, profile.id.clone())
        .changes(&before, bag)
        .write();
    if let Some(token) = received.access_token {
        walk.provider_tokens.keep(&profile.id, token);
    }
    steps::remember(realm, policy, walk, profile);
    Ok(())
}

fn note_return(walk: &Walk, profile: &TechnicalProfile, parameters: &[(String, String)]) {
    let entry = walk
        .trace
        .entry(1, Kind::Http, format!("{}: browser came back", profile.id));
    parameters
        .iter()
        .fold(entry, |entry, (name, value)| entry.detail(name, value))
        .write();
}

fn refuse_error(profile: &TechnicalProfile, parameters: &[(String, String)]) -> Result<(), Failure> {
    let Some(error) = find(parameters, "error") else {
        return Ok(());
    };
    let description = find(parameters, "error_description").unwrap_or_default();
    let text = format!(
        "The provider of '{}' answered '{error}': {description}",
        profile.id
    );
    if error == "access_denied" {
        return Err(Failure::new("AADB2C90091", text).oauth("access_denied"));
    }
    Err(Failure::new("AADB2C90273", text))
}

/// What the provider told about the person.
struct Received {
    claims: Returned,
    access_token: Option<String>,
}

async fn received(
    stage: Stage<'_>,
    profile: &TechnicalProfile,
    provider: &Provider,
    waiting: &ProviderState,
    parameters: &[(String, String)],
) -> Result<Received, Failure> {
    let mut tokens = exchange::Tokens {
        id_token: find(parameters, "id_token").map(str::to_owned),
        access_token: find(parameters, "access_token").map(str::to_owned),
    };
    if let Some(code) = find(parameters, "code") {
        tokens = exchange::redeem(stage, profile, provider, waiting, code).await?;
    }
    let mut claims = match (&tokens.id_token, profile.handler()) {
        // An OAuth 2.0 provider's claims come from its claims endpoint, whatever else it sends.
        (_, Some(Handler::OAuth2)) => Returned::new(),
        (Some(token), _) => verify::id_token(stage, profile, provider, waiting, token).await?,
        (None, _) => {
            let text = format!("the provider of '{}' sent no id token", profile.id);
            return Err(Failure::new("AADB2C90273", text));
        }
    };
    if let Some(token) = &tokens.access_token {
        let missing = profile
            .output_claims
            .iter()
            .any(|claim| !claims.contains_key(claim.partner_name()));
        if missing && let Some(endpoint) = &provider.claims_endpoint {
            for (name, value) in exchange::userinfo(stage, profile, endpoint, token).await? {
                claims.entry(name).or_insert(value);
            }
        }
        claims.insert("{oauth2:access_token}".to_owned(), json!(token));
    }
    Ok(Received {
        claims,
        access_token: tokens.access_token,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_leads_back_to_its_walk() {
        assert_eq!(walk_of(&state("abc")).as_deref(), Some("abc"));
        assert_ne!(state("abc"), state("abc"));
    }

    #[test]
    fn anything_else_leads_nowhere() {
        for text in ["", "abc", "StateProperties=!", "StateProperties=e30"] {
            assert_eq!(walk_of(text), None, "{text}");
        }
    }
}
