//! Session providers: what a browser need not do again.

use super::choice::{local_profile, targets};
use crate::claims::Bag;
use crate::engine::pipeline::{Stage, find_profile, value_of};
use crate::engine::sessions::{Kept, Life};
use crate::engine::walk::Walk;
use crate::engine::{Failure, Realm};
use crate::model::handler::SessionProvider;
use crate::model::relying_party::Behaviors;
use crate::model::words::{SessionExpiry, SessionScope};
use crate::model::{Handler, Policy, Step, TechnicalProfile};
use crate::trace::Kind;
use time::Duration;

fn behaviors(policy: &Policy) -> Option<&Behaviors> {
    policy.relying_party.as_ref().map(|party| &party.behaviors)
}

/// The slot a session provider keeps things under: its scope and its own id. `None`: it keeps nothing.
fn slot(policy: &Policy, walk: &Walk, provider: &TechnicalProfile) -> Option<String> {
    let scope = behaviors(policy)
        .and_then(|behaviors| behaviors.single_sign_on.as_ref())
        .map(|sso| sso.scope);
    let place = match scope.unwrap_or(SessionScope::Tenant) {
        SessionScope::Suppressed => return None,
        SessionScope::Tenant | SessionScope::TrustFramework => "tenant".to_owned(),
        SessionScope::Application => format!("application {}", walk.request.client_id),
        SessionScope::Policy => format!("policy {}", policy.id.to_lowercase()),
    };
    Some(format!("{place}|{}", provider.id.to_lowercase()))
}

/// B2C's session: a day, prolonged by use, unless the policy says otherwise; longer for "keep me signed in".
fn life(policy: &Policy, walk: &Walk) -> Life {
    let behaviors = behaviors(policy);
    let seconds = behaviors
        .and_then(|behaviors| behaviors.session_expiry_s)
        .unwrap_or(86_400);
    let rolling = behaviors.and_then(|behaviors| behaviors.session_expiry) != Some(SessionExpiry::Absolute);
    let days = behaviors
        .and_then(|behaviors| behaviors.single_sign_on.as_ref())
        .and_then(|sso| sso.keep_alive_days);
    match days {
        Some(days) if walk.keep_signed_in => Life {
            length: Duration::days(i64::from(days)),
            rolling,
        },
        _ => Life {
            length: Duration::seconds(i64::from(seconds)),
            rolling,
        },
    }
}

fn provider_of<'p>(
    policy: &'p Policy,
    profile: &TechnicalProfile,
) -> Option<(&'p TechnicalProfile, SessionProvider)> {
    let provider = policy.profiles.get(&profile.session.as_ref()?.id)?;
    match provider.handler() {
        Some(Handler::Session(kind)) => Some((provider, kind)),
        _ => None,
    }
}

fn recall(realm: &Realm, policy: &Policy, walk: &Walk, profile: &TechnicalProfile) -> Option<Kept> {
    if walk.request.prompts("login") || walk.refresh.is_some() {
        return None;
    }
    let (provider, kind) = provider_of(policy, profile)?;
    if !matches!(kind, SessionProvider::Default | SessionProvider::ExternalLogin) {
        return None;
    }
    let slot = slot(policy, walk, provider)?;
    let kept = realm.sessions.recall(&walk.session, &slot, realm.clock.now())?;
    let max_age = walk
        .request
        .parameter("max_age")
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::seconds);
    let too_old = max_age.is_some_and(|age| realm.clock.now() - kept.auth_time > age);
    // An external login is remembered for the provider it was made at, not for any other.
    let foreign = kind == SessionProvider::ExternalLogin && !kept.profile.eq_ignore_ascii_case(&profile.id);
    // A session is what journeys before this one left: a step before must not answer for a page nobody has seen.
    let of_this_walk = kept.walk == walk.id;
    (!too_old && !foreign && !of_this_walk).then_some(kept)
}

/// Whether the provider is asked again although the session remembers it.
fn fetches_always(policy: &Policy, profile: &TechnicalProfile) -> bool {
    let says = |profile: &TechnicalProfile| profile.meta_flag("AlwaysFetchClaimsFromProvider", false);
    says(profile) || provider_of(policy, profile).is_some_and(|(provider, _)| says(provider))
}

/// Skips a profile whose session provider remembers it; its persisted and output claims come into the bag.
pub(super) fn restore(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    profile: &TechnicalProfile,
) -> Result<bool, Failure> {
    let Some(kept) = recall(realm, policy, walk, profile).filter(|_| !fetches_always(policy, profile)) else {
        return Ok(false);
    };
    let Some((provider, _)) = provider_of(policy, profile) else {
        return Ok(false);
    };
    let before = walk.claims.clone();
    let (stage, bag) = Stage::of(realm, policy, walk);
    bag.extend(kept.claims);
    for claim in &provider.output_claims {
        if let Some(value) = value_of(stage, provider, claim, bag)? {
            bag.set(&claim.claim, value);
        }
    }
    walk.auth_time = kept.auth_time;
    let entry = walk.trace.entry(
        2,
        Kind::Session,
        format!("{} answered from the session", profile.id),
    );
    entry
        .detail("session provider", &provider.id)
        .changes(&before, &walk.claims)
        .write();
    Ok(true)
}

/// The same for a page of choices: local sign-in remembered, or an outside provider that was chosen before.
pub(super) fn restore_choice(
    realm: &Realm,
    policy: &Policy,
    walk: &mut Walk,
    step: &Step,
) -> Result<bool, Failure> {
    if let Some(id) = local_profile(policy, step)?
        && restore(realm, policy, walk, find_profile(policy, id)?)?
    {
        return Ok(true);
    }
    let remembered = targets(policy, walk, step).into_iter().find(|target| {
        let profile = policy.profiles.get(&target.profile);
        profile.is_some_and(|profile| {
            let external =
                provider_of(policy, profile).is_some_and(|(_, kind)| kind == SessionProvider::ExternalLogin);
            external && recall(realm, policy, walk, profile).is_some()
        })
    });
    let Some(target) = remembered.map(|target| target.id.clone()) else {
        return Ok(false);
    };
    walk.trace
        .entry(2, Kind::Session, format!("{target} chosen by the session"))
        .write();
    walk.chosen = Some(target);
    Ok(true)
}

/// Keeps what the profile's session provider wants kept.
pub fn persist(realm: &Realm, policy: &Policy, walk: &mut Walk, profile: &TechnicalProfile) {
    let Some((provider, kind)) = provider_of(policy, profile) else {
        return;
    };
    if !matches!(kind, SessionProvider::Default | SessionProvider::ExternalLogin) || walk.refresh.is_some() {
        return;
    }
    let Some(slot) = slot(policy, walk, provider) else {
        return;
    };
    let kept: Bag = provider
        .persisted_claims
        .iter()
        .filter_map(|claim| Some((claim.claim.clone(), walk.claims.get(&claim.claim)?.clone())))
        .collect();
    let now = realm.clock.now();
    walk.auth_time = now;
    let entry = walk
        .trace
        .entry(2, Kind::Session, format!("{} remembered", profile.id));
    entry
        .detail("session provider", &provider.id)
        .claims(&kept)
        .write();
    let kept = Kept::new(&walk.id, &profile.id, kept, now, life(policy, walk));
    realm.sessions.keep(&walk.session, &slot, kept);
}
