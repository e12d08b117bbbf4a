//! HTTP: every route, and the only place besides `app` that knows warp.
//!
//! A route is a path filter and an `answer` function. The path alone chooses the route; methods, bodies and services are
//! dealt with inside, so that warp's rejections, which mean "another filter may try", never decide what is answered.
//!
//! # Layout
//! - `gate`: the services, once they are loaded; `background`: work that outlives its request
//! - `incoming`: a request with its body unread; `call`: what an `answer` gets; `serve`: span and methods; `line`: the one
//!   line a request leaves in the log
//! - `problem`: one table from every error to its answer; `render`: four ways to word it
//! - `reply`, `cookie`, `deliver`: answers and their headers
//! - one file per route: `health`, `register`, `push`, `authorize`, `wait`, `comeback`, `notice`, `token`, `userinfo`,
//!   `metadata`, `assets`

mod assets;
mod authorize;
pub mod background;
mod call;
mod comeback;
mod cookie;
mod deliver;
pub mod gate;
mod health;
mod incoming;
mod line;
mod metadata;
mod notice;
pub mod problem;
mod push;
mod register;
mod render;
mod reply;
mod serve;
mod token;
mod userinfo;
mod wait;

use std::convert::Infallible;
use std::future::Future;

use warp::filters::BoxedFilter;
use warp::http::StatusCode;
use warp::{Filter, Rejection};

use call::Call;
use gate::Gate;
use problem::Fault;
use reply::Response;
use serve::Route;

/// All routes as one filter. It answers everything and rejects nothing.
pub fn all(gate: &Gate) -> BoxedFilter<(Response,)> {
    let page = browser(gate);
    let machine = machine(gate);
    let rest = on(
        gate,
        warp::any().map(String::new).boxed(),
        serve::UNKNOWN,
        serve::unknown,
    );
    page.or(machine)
        .unify()
        .or(rest)
        .unify()
        .recover(unrouted)
        .unify()
        .boxed()
}

/// Routes that people's browsers come to.
fn browser(gate: &Gate) -> BoxedFilter<(Response,)> {
    let none = String::new;
    let authorize = warp::path!("api" / "verify" / "authorize").map(none);
    let wait = warp::path!("api" / "verify" / "wait" / String);
    let status = warp::path!("api" / "verify" / "wait" / String / "status");
    let onward = warp::path!("api" / "verify" / "wait" / String / "continue");
    let assets = warp::path!("api" / "verify" / "assets" / String);
    let comeback = warp::path!("api" / "callback" / "return" / String);
    let authorize = on(gate, authorize, authorize::ROUTE, authorize::answer);
    let wait = on(gate, wait, wait::ROUTE, wait::answer);
    let status = on(gate, status, wait::STATUS, wait::status);
    let onward = on(gate, onward, wait::ONWARD, wait::onward);
    let assets = on(gate, assets, assets::ROUTE, assets::answer);
    let comeback = on(gate, comeback, comeback::ROUTE, comeback::answer);
    either(
        either(authorize, wait),
        either(either(status, onward), either(assets, comeback)),
    )
}

/// Routes that machines call.
fn machine(gate: &Gate) -> BoxedFilter<(Response,)> {
    let none = String::new;
    let health = on(gate, warp::path::end().map(none), health::ROUTE, health::answer);
    let register = on(
        gate,
        warp::path!("api" / "verify").map(none),
        register::ROUTE,
        register::answer,
    );
    let push = on(
        gate,
        warp::path!("api" / "verify" / "par").map(none),
        push::ROUTE,
        push::answer,
    );
    let notice = on(
        gate,
        warp::path!("api" / "callback" / String),
        notice::ROUTE,
        notice::answer,
    );
    let token = on(
        gate,
        warp::path!("api" / "token").map(none),
        token::ROUTE,
        token::answer,
    );
    let userinfo = warp::path!("api" / "token" / "userinfo").map(none);
    let userinfo = on(gate, userinfo, userinfo::ROUTE, userinfo::answer);
    let discovery = warp::path!("api" / "token" / ".well-known" / "openid-configuration").map(none);
    let discovery = on(gate, discovery, metadata::DISCOVERY, metadata::discovery);
    let oauth = warp::path!("api" / "token" / ".well-known" / "oauth-authorization-server").map(none);
    let oauth = on(gate, oauth, metadata::OAUTH, metadata::discovery);
    let keys = warp::path!("api" / "token" / ".well-known" / "jwks.json").map(none);
    let keys = on(gate, keys, metadata::KEYS, metadata::keys);
    let core = either(either(health, register), either(token, notice));
    either(
        core,
        either(either(push, userinfo), either(either(discovery, oauth), keys)),
    )
}

fn either(one: BoxedFilter<(Response,)>, other: BoxedFilter<(Response,)>) -> BoxedFilter<(Response,)> {
    one.or(other).unify().boxed()
}

/// A route: a path that gives its one parameter (or an empty text), and the function that answers.
fn on<P, F, Fut>(gate: &Gate, path: P, route: Route, answer: F) -> BoxedFilter<(Response,)>
where
    P: Filter<Extract = (String,), Error = Rejection> + Clone + Send + Sync + 'static,
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response, Fault>> + Send + 'static,
{
    let gate = gate.clone();
    let served =
        move |parameter, incoming| serve::serve(gate.clone(), route, parameter, incoming, answer.clone());
    path.and(incoming::incoming()).then(served).boxed()
}

/// Nothing is left to reject; should warp find something, its words do not leave the process.
async fn unrouted(rejection: Rejection) -> Result<Response, Infallible> {
    tracing::error!(?rejection, "a rejection without an answer");
    Ok(reply::empty(StatusCode::BAD_REQUEST))
}

#[cfg(test)]
mod tests;
