//! A browser comes with what serves one browser: for a request that is kept here, which a client has pushed (RFC 9126) or a caller
//! has registered (the person starts it by a link of ours); or with a ticket.

use std::sync::Arc;

use url::form_urlencoded;

use super::arrive::{self, Leg, Serves};
use super::walk_in::{self, Coming};
use super::{BACK, LINK, WayOfError, is_told_to_client, sent_back};
use crate::checks::{Error, Verification};
use crate::clients::Client;
use crate::grants::{Authorization, Grants};
use crate::openid::answer::metadata::AUTHORIZE;
use crate::openid::answer::refusal::{REPEATED, Refusal};
use crate::openid::request::authorization_request::{self, Untrusted};
use crate::openid::request::parameters::Parameters;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::cookie;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::oauth::push;
use crate::routes::problem::Fault;
use crate::services::Services;
use crate::telemetry;

/// Names, in an address of our own, that the browser was sent once more because another of its cookies may have been
/// served.
const AGAIN: &str = "again";

/// What a browser comes with. Credentials.
#[derive(Clone, Copy)]
enum Brought<'a> {
    Pushed {
        client_id: &'a str,
        value: &'a str,
    },
    Link(&'a str),
    /// With the whole query of its address.
    Ticket(&'a str),
}

impl Brought<'_> {
    /// Lets it serve a browser that holds this cookie value.
    async fn serve(self, grants: &Grants, verification: &Verification, browser: &str) -> Result<(), Error> {
        match self {
            Self::Pushed { value, .. } => grants.use_pushed(verification, value, browser).await,
            Self::Link(value) => grants.use_link(verification, value, browser).await,
            Self::Ticket(_) => grants.use_ticket(verification, browser).await,
        }
    }

    /// Whom it serves once this has been asked ([`Brought::serve`]).
    const fn serves(self) -> Serves {
        match self {
            Self::Ticket(_) => Serves::OneBrowser,
            Self::Pushed { .. } | Self::Link(_) => Serves::Each,
        }
    }

    /// The query that brings it.
    fn query(self, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        match self {
            Self::Pushed { client_id, value } => query
                .append_pair("client_id", client_id)
                .append_pair("request_uri", &format!("{}{value}", push::PREFIX)),
            Self::Link(value) => query.append_pair(LINK, value),
            // As it came: nothing of it is lost by being read and written.
            Self::Ticket(brought) => {
                let more = query.extend_pairs(more).finish();
                return format!("{brought}&{more}");
            }
        };
        query.extend_pairs(more).finish()
    }
}

/// Nothing but `client_id` beside `request_uri` counts (RFC 9126 §4). Until the request is found nobody knows where an
/// error could go, so those before are pages.
pub(super) async fn by_pushed(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    pushed: &str,
    leg: Leg,
) -> Result<Response, Fault> {
    if parameters.repeated().is_some() {
        return Err(REPEATED.into());
    }
    let client = authorization_request::client(&services.client_auth.clients, parameters)?;
    telemetry::note_client(&client.id);
    if call.is_post() {
        return Ok(come_by_get(&client.id, pushed));
    }
    if services.grants.is_held(pushed) {
        return by_held(call, services, client, pushed, leg).await;
    }
    let found = services.grants.look_up_pushed(pushed, &client.id).await?;
    // The settings may have changed since it was pushed.
    if !client.may_return_to(&found.1.redirect_uri) {
        return Err(Untrusted::RedirectUri.into());
    }
    let brought = Brought::Pushed {
        client_id: &client.id,
        value: pushed,
    };
    let authorization = found.1.clone();
    let come = come(call, services, parameters, brought, found, leg).await;
    told_to_client(call, services, client, &authorization, come)
}

/// What neither the person nor another try can mend goes to the client, once it is known whose request it is.
fn told_to_client(
    call: &Call,
    services: &Services,
    client: &Client,
    authorization: &Authorization,
    done: Result<Response, Fault>,
) -> Result<Response, Fault> {
    match done {
        Err(fault) if is_told_to_client(&fault) => {
            let to = WayOfError::of(services, client, authorization);
            sent_back(call, services, to, fault)
        }
        other => other,
    }
}

/// A request of a person whom nobody has named.
async fn by_held(
    call: &Call,
    services: &Arc<Services>,
    client: &Client,
    value: &str,
    leg: Leg,
) -> Result<Response, Fault> {
    let authorization = services.grants.look_up_held(value, &client.id).await?;
    // The settings may have changed since it was pushed.
    if !client.may_return_to(&authorization.redirect_uri) {
        return Err(Untrusted::RedirectUri.into());
    }
    if !client.walk_in {
        return Err(Refusal::invalid("login_hint must be a ticket").into());
    }
    let coming = Coming {
        authorization: authorization.clone(),
        held: Some(value),
    };
    let entered = Box::pin(walk_in::enter(call, services, coming, leg)).await;
    told_to_client(call, services, client, &authorization, entered)
}

/// The link of a request that a caller has registered.
pub(super) async fn by_link(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    link: &str,
    leg: Leg,
) -> Result<Response, Fault> {
    if parameters.repeated().is_some() {
        return Err(REPEATED.into());
    }
    let (Some(front), false) = (&services.sample, call.is_post()) else {
        return Err(Fault::NoRoute);
    };
    let found = services.grants.look_up_link(link).await?;
    telemetry::note_client(&found.1.client_id);
    // The settings may have changed since it was registered.
    front.permits_request(&found.1)?;
    // And the state key, twice.
    services.grants.check_way_back(found.0.id, &found.1)?;
    come(call, services, parameters, Brought::Link(link), found, leg).await
}

/// A ticket serves the browser whose cookie comes back first.
pub(super) async fn by_ticket(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    found: (Verification, Authorization),
    leg: Leg,
) -> Result<Response, Fault> {
    let brought = Brought::Ticket(&call.incoming.query);
    come(call, services, parameters, brought, found, leg).await
}

async fn come(
    call: &Call,
    services: &Arc<Services>,
    parameters: &Parameters,
    brought: Brought<'_>,
    (verification, authorization): (Verification, Authorization),
    leg: Leg,
) -> Result<Response, Fault> {
    let held = cookie::of(&call.incoming, services, verification.id);
    let served = match serves(&services.grants, &verification, brought, &held).await {
        Err(Error::Used) if parameters.get(AGAIN).is_none() => return Ok(come_once_more(brought)),
        served => served?,
    };
    let Some(browser) = served else {
        if let Brought::Ticket(_) = brought {
            return arrive::unbound(call, services, verification, authorization, leg).await;
        }
        // Not even an approval answers it before: what is kept serves one browser.
        let id = verification.id;
        return Ok(arrive::sent_for_a_cookie(call, services, id, &authorization, leg));
    };
    let whom = brought.serves();
    let bound = arrive::bound(call, services, verification, authorization, browser, whom).await;
    match bound {
        Err(Fault::Core(Error::Used)) if parameters.get(AGAIN).is_none() => Ok(come_once_more(brought)),
        bound => bound,
    }
}

/// Which of the cookie values it serves; none when there is none.
async fn serves(
    grants: &Grants,
    verification: &Verification,
    brought: Brought<'_>,
    held: &[String],
) -> Result<Option<String>, Error> {
    let mut refused = None;
    for browser in held {
        match brought.serve(grants, verification, browser).await {
            Ok(()) => return Ok(Some(browser.clone())),
            Err(Error::Used) => refused = Some(Error::Used),
            Err(error) => return Err(error),
        }
    }
    refused.map_or(Ok(None), Err)
}

/// To the same request by GET. The address holds nothing of the person: what was asked lies in the store.
pub(super) fn come_by_get(client_id: &str, value: &str) -> Response {
    let query = Brought::Pushed { client_id, value }.query(&[]);
    reply::see_other(&format!("{AUTHORIZE}?{query}"))
}

/// Two requests of a double click may each be handed a cookie, and the one that was served is the other's. By the time of
/// one more hop the browser holds both; a stranger's holds what it held.
fn come_once_more(brought: Brought<'_>) -> Response {
    reply::see_other(&format!("{BACK}?{}", brought.query(&[(AGAIN, "1")])))
}
