//! `GET|POST …/oauth2/v2.0/authorize`: begins a walk.

use super::cookies::Browser;
use super::{Answer, ask::Ask, reply};
use crate::claims::Bag;
use crate::engine::answer::Reply;
use crate::engine::request::{AuthorizationRequest, Refused};
use crate::engine::walk::{Frame, ProviderTokens, Waiting};
use crate::engine::{Failure, Realm, Walk, steps};
use crate::model::{Journey, Policy};
use crate::trace::Kind;

pub(super) async fn answer(realm: &Realm, policy: &Policy, ask: &Ask) -> Answer {
    let request = match AuthorizationRequest::read(realm, policy, ask.parameters(), ask.caller()) {
        Ok(request) => request,
        Err(refused) => return refusal(realm, ask, &refused),
    };
    let browser = Browser::of(realm, ask);
    let mut walk = match begin(realm, policy, request, &browser) {
        Ok(walk) => walk,
        Err(failure) => return reply::failure(&failure, None),
    };
    let reply = steps::proceed(realm, &mut walk).await;
    let mut answer = reply::from(&reply);
    browser.keep(realm, &mut answer, walk.keep_signed_in);
    realm.walks.keep(walk);
    answer
}

/// The start of the policy's default journey.
pub(super) fn begin(
    realm: &Realm,
    policy: &Policy,
    request: AuthorizationRequest,
    browser: &Browser,
) -> Result<Walk, Failure> {
    let journey = default_journey(policy)?;
    let walk = new(realm, policy, journey, request, browser);
    let mut entry = walk
        .trace
        .entry(0, Kind::Request, format!("authorize {}", policy.id));
    for (name, value) in &walk.request.parameters {
        entry = entry.detail(name, value);
    }
    entry.write();
    Ok(walk)
}

/// A walk at the start of a journey.
pub(super) fn new(
    realm: &Realm,
    policy: &Policy,
    journey: &Journey,
    request: AuthorizationRequest,
    browser: &Browser,
) -> Walk {
    let id = loopback::random::uuid();
    let trace = realm
        .traces
        .begin(&id, &policy.id, &journey.id, &request.client_id, &realm.clock);
    Walk {
        id,
        policy: policy.id.clone(),
        request,
        claims: Bag::default(),
        frames: vec![Frame::start_of(journey)],
        chosen: None,
        waiting: Waiting::Nothing,
        browser: browser.transaction.clone(),
        csrf: browser.csrf.clone(),
        session: browser.session.clone(),
        answer: None,
        auth_time: realm.clock.now(),
        refresh: None,
        issued: None,
        provider_tokens: ProviderTokens::default(),
        keep_signed_in: false,
        trace,
    }
}

fn default_journey(policy: &Policy) -> Result<&Journey, Failure> {
    let named = policy
        .relying_party
        .as_ref()
        .and_then(|party| party.journey.as_ref());
    named
        .and_then(|name| policy.journeys.get(&name.id))
        .ok_or_else(|| {
            Failure::new(
                "AADB2C90031",
                format!("Policy '{}' doesn't specify a default user journey.", policy.id),
            )
        })
}

/// A refused request: to the application when its address is proven, else to the person.
fn refusal(realm: &Realm, ask: &Ask, refused: &Refused) -> Answer {
    let Some((uri, mode)) = &refused.answer_to else {
        return reply::failure(&refused.failure, None);
    };
    let id = loopback::random::uuid();
    let mut fields = vec![
        ("error".to_owned(), refused.failure.oauth.to_owned()),
        (
            "error_description".to_owned(),
            refused.failure.description(&id, realm.clock.now()),
        ),
    ];
    let parameters = ask.parameters();
    if let Some(state) = crate::engine::request::find(&parameters, "state") {
        fields.push(("state".to_owned(), state.to_owned()));
    }
    reply::from(&Reply::to_client(uri, *mode, fields))
}
