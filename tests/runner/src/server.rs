//! The tenant's addresses.

mod admin;
mod ask;
mod authorize;
mod body;
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
use http::{HeaderMap, Method, Response};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use warp::Filter as _;

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

/// Serves until `until` is done.
pub async fn serve(
    realm: Arc<Realm>,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) {
    let routes = warp::any()
        .and(warp::method())
        .and(warp::path::full())
        .and(warp::query::raw().or(warp::any().map(String::new)).unify())
        .and(warp::header::headers_cloned())
        .and(warp::filters::addr::remote())
        .and(warp::body::stream())
        .then(
            move |method: Method,
                  path: warp::path::FullPath,
                  query: String,
                  headers: HeaderMap,
                  peer,
                  body| {
                let realm = Arc::clone(&realm);
                async move {
                    let Some(body) = body::whole(body).await else {
                        return reply::too_large();
                    };
                    let ask = Ask::new(method, path.as_str(), &query, headers, peer, &body);
                    answer(&realm, ask).await
                }
            },
        );
    warp::serve(routes).incoming(listener).graceful(until).run().await;
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
