//! The tenant's own pages: start, answer, directory, mailbox, traces. They exist because the tenant is on a laptop.

mod directory;
mod frame;
mod home;
mod mail;

pub(super) use home::start;

use super::{Answer, ask::Ask, files, reply, shield};
use crate::engine::Realm;
use crate::page;
use crate::trace::web;
use http::{Method, StatusCode};
use loopback::clock::stamp;
use serde_json::{Value as Json, json};

/// Answers `/runner/…`.
pub(super) async fn answer(realm: &Realm, ask: &Ask, segments: &[&str]) -> Answer {
    match (ask.method.as_str(), segments) {
        (_, ["renderer.js"]) => files::own("text/javascript; charset=utf-8", page::RENDERER),
        (_, ["jquery.js"]) => files::own("text/javascript; charset=utf-8", page::JQUERY),
        (_, ["template.html"]) => files::own("text/html; charset=utf-8", page::TEMPLATE),
        (_, ["template.css"]) => files::own("text/css; charset=utf-8", page::STYLE),
        (_, ["admin.css"]) => files::own("text/css; charset=utf-8", frame::STYLE),
        (_, ["answer.js"]) => files::own("text/javascript; charset=utf-8", home::ANSWER_SCRIPT),
        (_, ["pages", at, rest @ ..]) => files::page(realm, at, rest).await,
        _ if !shield::is_called_by_own_name(realm, ask) => reply::json(
            StatusCode::FORBIDDEN,
            &json!({"error": format!("these pages are read at {}", realm.origin)}),
        ),
        ("POST", _) if !shield::is_own_page(realm, ask) => reply::json(
            StatusCode::FORBIDDEN,
            &json!({"error": "only pages of this tenant may change it"}),
        ),
        (_, ["answer"]) => home::told(ask),
        (_, ["directory", rest @ ..]) => directory::answer(realm, ask, rest).await,
        (_, ["directory.json"]) => reply::json(StatusCode::OK, &directory::json(realm)),
        (_, ["mailbox"]) => mail::answer(realm),
        (_, ["mailbox.json"]) => {
            let messages = realm.mailbox.read(ask.parameter("to").as_deref());
            reply::json(
                StatusCode::OK,
                &serde_json::to_value(messages).unwrap_or(Json::Null),
            )
        }
        (_, ["traces"]) => frame::answer("Traces", "traces", &web::list(&realm.traces.all())),
        (_, ["traces.json"]) => reply::json(
            StatusCode::OK,
            &serde_json::to_value(realm.traces.all()).unwrap_or(Json::Null),
        ),
        (_, ["traces", id]) => trace(realm, id),
        ("POST", ["clock"]) => advance(realm, ask),
        _ => reply::not_found("the runner has no such page"),
    }
}

fn trace(realm: &Realm, id: &str) -> Answer {
    let (id, as_json) = id.strip_suffix(".json").map_or((id, false), |id| (id, true));
    match realm.traces.get(id) {
        Some(trace) if as_json => {
            reply::json(StatusCode::OK, &serde_json::to_value(trace).unwrap_or(Json::Null))
        }
        Some(trace) => frame::answer("Trace", "traces", &web::one(&trace)),
        None => reply::not_found("there is no such trace"),
    }
}

/// `POST /runner/clock` with `seconds`: the tenant's time goes ahead.
fn advance(realm: &Realm, ask: &Ask) -> Answer {
    debug_assert_eq!(ask.method, Method::POST);
    match ask.field("seconds").and_then(|text| text.parse().ok()) {
        Some(seconds) => {
            realm.clock.shift_s(seconds);
            reply::json(StatusCode::OK, &json!({"now": stamp(realm.clock.now())}))
        }
        None => reply::json(
            StatusCode::BAD_REQUEST,
            &json!({"error": "send `seconds`, a number"}),
        ),
    }
}
