//! HTTP: every route, and the only place besides `app` that knows warp.
//!
//! A route is a path and an `answer` function. The path alone chooses the route, by one match: only the future of the route
//! that answers is ever made, and warp's rejections, which mean "another filter may try", never decide what is answered.
//! Methods, bodies and services are dealt with inside.
//!
//! # Layout
//! - `exchange`: one request and its answer, whatever the route
//! - `problem`: one table from every error to its answer
//! - `traffic`: how much at once, failed proofs braked, records of refusals damped
//! - routes: `browser`, for people; `oauth`, for clients; `sample`, those of Microsoft's sample; `register`, `callback`, `health`,
//!   `security`

pub(crate) mod browser;
pub(crate) mod exchange;
pub(crate) mod oauth;

mod callback;
mod health;
pub(crate) mod problem;
mod register;
mod sample;
mod security;
pub(crate) mod traffic;

use std::convert::Infallible;
use std::future::Future;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::path::FullPath;
use warp::{Filter, Rejection};

use browser::{assets, authorize, logout, vendor_return, wait};
use exchange::call::Call;
use exchange::cors::{Cors, FromPage};
use exchange::gate::Gate;
use exchange::incoming::Incoming;
use exchange::reply::Response;
use exchange::route::{Route, UNKNOWN};
use exchange::{incoming as arriving, reply, serve};
use oauth::{cors, metadata, push, token, userinfo};
use problem::Fault;
use traffic::{Admission, Overloaded, Place};

/// All routes as one filter. It answers everything and rejects nothing.
pub(crate) fn all(gate: &Gate) -> BoxedFilter<(Response,)> {
    let gate = gate.clone();
    let answer = move |path: FullPath, incoming, admission| admitted(gate.clone(), incoming, path, admission);
    let parts = warp::path::full().and(arriving::incoming());
    let any = parts.and(warp::ext::optional()).then(answer);
    any.recover(unrouted).unify().boxed()
}

/// Finds a place among the requests that are worked on, before the route's own future is made: that one is large. The host's
/// ping never waits: unanswered, it takes us for dead.
async fn admitted(
    mut gate: Gate,
    mut incoming: Incoming,
    path: FullPath,
    admission: Option<Admission>,
) -> Response {
    let place = if path.as_str() == "/" {
        None
    } else {
        Some(place(&gate, &mut incoming, admission).await)
    };
    gate.is_full = matches!(place, Some(Err(_)));
    by_path(gate, incoming, path.as_str()).await
}

/// The place that the connection has taken already, or one that is taken once the form is there.
async fn place(
    gate: &Gate,
    incoming: &mut Incoming,
    admission: Option<Admission>,
) -> Result<Place, Overloaded> {
    let mut taken = admission.and_then(|admission| admission.take()).transpose()?;
    incoming.gather(&gate.traffic.bodies, &mut taken).await;
    match taken {
        Some(place) => Ok(place),
        None => gate.traffic.work.enter().await,
    }
}

/// The table of routes. A slash at the end makes no difference.
fn by_path(gate: Gate, incoming: Incoming, path: &str) -> BoxFuture<'static, Response> {
    match segments(path).as_slice() {
        [""] => on(gate, incoming, "", health::ROUTE, health::answer),
        ["api", "verify"] => on(gate, incoming, "", register::ROUTE, register::answer),
        ["api", "verify", rest @ ..] => below_verify(gate, incoming, rest),
        ["api", "callback", "return", handle] => on(
            gate,
            incoming,
            handle,
            vendor_return::ROUTE,
            vendor_return::answer,
        ),
        ["api", "callback", credential] => on(gate, incoming, credential, callback::ROUTE, callback::answer),
        ["api", "token"] => on_from_pages(gate, incoming, token::ROUTE, cors::REDEEMING, token::answer),
        ["api", "token", rest @ ..] => below_token(gate, incoming, rest),
        [".well-known", name] => well_known(gate, incoming, name),
        [api, front, rest @ ..] if sample::is(api, "api") && sample::is(front, "jumio") => {
            sample::below_jumio(gate, incoming, rest)
        }
        [api, front, rest @ ..] if sample::is(api, "api") && sample::is(front, "oidc") => {
            sample::below_oidc(gate, incoming, rest)
        }
        _ => unknown(gate, incoming),
    }
}

fn below_verify(gate: Gate, incoming: Incoming, rest: &[&str]) -> BoxFuture<'static, Response> {
    match rest {
        ["par"] => on(gate, incoming, "", push::ROUTE, push::answer),
        ["authorize"] => on(gate, incoming, "", authorize::ROUTE, authorize::answer),
        ["authorize", "back"] => on(gate, incoming, "", authorize::ROUTE_BACK, authorize::back),
        ["logout"] => on(gate, incoming, "", logout::ROUTE, logout::answer),
        ["wait", handle] => on(gate, incoming, handle, wait::ROUTE, wait::answer),
        ["wait", handle, "status"] => on(gate, incoming, handle, wait::STATUS, wait::status),
        ["wait", handle, "country"] => on(gate, incoming, handle, wait::COUNTRY, wait::country),
        ["wait", handle, "consent"] => on(gate, incoming, handle, wait::CONSENT, wait::consent),
        ["wait", handle, "release"] => on(gate, incoming, handle, wait::RELEASE, wait::release),
        ["wait", handle, "continue"] => on(gate, incoming, handle, wait::ONWARD, wait::onward),
        ["assets", name] => on(gate, incoming, name, assets::ROUTE, assets::answer),
        _ => unknown(gate, incoming),
    }
}

fn below_token(gate: Gate, incoming: Incoming, rest: &[&str]) -> BoxFuture<'static, Response> {
    match rest {
        ["userinfo"] => on_from_pages(gate, incoming, userinfo::ROUTE, cors::ASKING, userinfo::answer),
        ["keys"] => on_from_pages(gate, incoming, metadata::KEYS, metadata::ANY_PAGE, metadata::keys),
        _ => unknown(gate, incoming),
    }
}

/// Each name has a function of its own: others of the same folder belong to the platform, such as those by which it proves to an
/// authority whose host this is.
fn well_known(gate: Gate, incoming: Incoming, name: &str) -> BoxFuture<'static, Response> {
    match name {
        "openid-configuration" => on_from_pages(
            gate,
            incoming,
            metadata::DISCOVERY,
            metadata::ANY_PAGE,
            metadata::discovery,
        ),
        "oauth-authorization-server" => on_from_pages(
            gate,
            incoming,
            metadata::OAUTH,
            metadata::ANY_PAGE,
            metadata::discovery,
        ),
        "security.txt" => on(gate, incoming, "", security::ROUTE, security::answer),
        _ => unknown(gate, incoming),
    }
}

/// `/api/verify` and `/api/verify/` are `["api", "verify"]`, `/` alone is `[""]`; a path with an empty segment leads nowhere.
fn segments(path: &str) -> Vec<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let shorter = path.strip_suffix('/').filter(|rest| !rest.is_empty());
    let segments: Vec<&str> = shorter.unwrap_or(path).split('/').collect();
    if segments.len() > 1 && segments.contains(&"") {
        return Vec::new();
    }
    segments
}

/// Answers by a route, with the one parameter of its path.
fn on<F, Fut>(
    gate: Gate,
    incoming: Incoming,
    parameter: &str,
    route: Route,
    answer: F,
) -> BoxFuture<'static, Response>
where
    F: FnOnce(Call) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Response, Fault>> + Send + 'static,
{
    let parameter = parameter.to_owned();
    if gate.is_full {
        let refuse = |_| std::future::ready(Err(Overloaded.into()));
        return serve::serve(gate, route, parameter, incoming, refuse).boxed();
    }
    serve::serve(gate, route, parameter, incoming, answer).boxed()
}

/// The same for a route that pages of other origins may call.
fn on_from_pages<F, Fut>(
    gate: Gate,
    incoming: Incoming,
    route: Route,
    cors: Cors,
    answer: F,
) -> BoxFuture<'static, Response>
where
    F: FnOnce(Call) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Response, Fault>> + Send + 'static,
{
    let page = FromPage::of(cors, &gate, &incoming);
    let answered = on(gate, incoming, "", route, answer);
    answered.map(move |response| page.may_read(response)).boxed()
}

fn unknown(gate: Gate, incoming: Incoming) -> BoxFuture<'static, Response> {
    on(gate, incoming, "", UNKNOWN, serve::unknown)
}

/// Nothing is left to reject; should warp find something, its words do not leave the process.
async fn unrouted(rejection: Rejection) -> Result<Response, Infallible> {
    tracing::error!(
        code = "route.rejection",
        ?rejection,
        "unhandled rejection of the HTTP library"
    );
    Ok(reply::empty(StatusCode::BAD_REQUEST))
}

#[cfg(test)]
mod tests;
