//! The tenant's addresses.

mod admin;
mod ask;
mod authorize;
mod cookies;
mod discovery;
mod files;
mod logout;
mod pages;
mod provider;
mod reply;
mod shield;
mod token;

use crate::engine::Realm;
use crate::model::Policy;
use anyhow::{Context as _, Result};
use ask::Ask;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::Response;
use loopback::serve::{Body, Connection, Incoming, Listen, Request, Respond, Server, full};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// An answer on its way to the browser.
type Answer = Response<Bytes>;

/// Takes the address to serve at; port 0 takes any free one.
///
/// # Errors
/// When the address is in use or not ours.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

/// Longer bodies are refused; forms of pages are small.
const BODY_LIMIT_BYTES: usize = 256 << 10;

/// Serves until it is dropped; needs a tokio runtime.
///
/// # Errors
/// The listener has no address.
pub fn serve(realm: Arc<Realm>, listener: TcpListener) -> Result<Server> {
    Ok(Server::over(
        listener,
        Listen::default(),
        Arc::new(Tenant(realm)),
    )?)
}

/// The tenant, as the network sees it.
struct Tenant(Arc<Realm>);

impl Respond for Tenant {
    fn respond<'a>(
        &'a self,
        incoming: Incoming,
        connection: &'a Connection,
    ) -> BoxFuture<'a, Response<Body>> {
        Box::pin(async move {
            let answer = match Request::read(incoming, BODY_LIMIT_BYTES).await {
                Ok(request) => answer(&self.0, Ask::new(request, connection.peer)).await,
                Err(_) => reply::too_large(),
            };
            answer.map(full)
        })
    }
}

async fn answer(realm: &Realm, ask: Ask) -> Answer {
    let segments: Vec<&str> = ask
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    match segments.as_slice() {
        [] => admin::start(realm),
        ["runner", rest @ ..] => admin::answer(realm, &ask, rest).await,
        ["tfp", tenant, rest @ ..] | [tenant, rest @ ..] if realm.is_called(tenant) => {
            of_tenant(realm, &ask, rest).await
        }
        _ => reply::not_found(&format!("this is the tenant {}", realm.domain)),
    }
}

async fn of_tenant(realm: &Realm, ask: &Ask, segments: &[&str]) -> Answer {
    match segments {
        ["oauth2", "authresp"] => provider::come_back(realm, ask).await,
        // Addresses of the older form carry the policy as a parameter.
        [
            "v2.0" | "oauth2" | "discovery" | "SelfAsserted" | "Phonefactor" | "api",
            ..,
        ] => match ask.parameter("p") {
            Some(policy) => of_policy(realm, ask, &policy, segments).await,
            None => reply::not_found("the address names no policy"),
        },
        [policy, rest @ ..] => of_policy(realm, ask, policy, rest).await,
        [] => admin::start(realm),
    }
}

async fn of_policy(realm: &Realm, ask: &Ask, policy: &str, segments: &[&str]) -> Answer {
    let Some(policy) = realm.policy(policy) else {
        return reply::not_found(&format!(
            "there is no policy '{policy}' that applications can call"
        ));
    };
    let mut answer = at_policy(realm, ask, policy, segments).await;
    let party = policy.relying_party.as_ref();
    shield::framing(
        &mut answer,
        party.and_then(|party| party.behaviors.framing.as_ref()),
    );
    answer
}

async fn at_policy(realm: &Realm, ask: &Ask, policy: &Policy, segments: &[&str]) -> Answer {
    match segments {
        ["v2.0", ".well-known", "openid-configuration"] => discovery::metadata(realm, policy),
        ["discovery", "v2.0", "keys"] => discovery::keys(realm, policy),
        ["oauth2", "v2.0", "authorize"] => authorize::answer(realm, policy, ask).await,
        ["oauth2", "v2.0", "token"] => token::answer(realm, policy, ask).await,
        ["oauth2", "v2.0", "logout"] => logout::answer(realm, ask),
        ["oauth2", "authresp"] => provider::come_back(realm, ask).await,
        ["SelfAsserted", "DisplayControlAction", "vbeta", control, action] => {
            pages::control(realm, policy, ask, control, action).await
        }
        ["SelfAsserted"] => pages::submit(realm, policy, ask).await,
        ["Phonefactor", "verify"] => pages::phone(realm, policy, ask).await,
        ["api", api, action] => pages::follow(realm, policy, ask, api, action).await,
        _ => reply::not_found("the policy has no such address"),
    }
}
