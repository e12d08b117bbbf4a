//! Clients that run in browsers (the Fetch standard's CORS protocol): pages of the origins where public clients take their answers
//! may read what the token and userinfo routes say. Where the platform answers preflights itself, it also adds the headers: two of
//! one kind are none to a browser, so we add nothing there.

use warp::http::HeaderValue;

use crate::routes::exchange::cors::Cors;
use crate::routes::exchange::gate::Gate;

/// What a page may do at the token route: post a form.
pub(in crate::routes) const REDEEMING: Cors = Cors {
    reader,
    methods: "POST",
    headers: HEADERS,
};

/// What a page may do at the userinfo route.
pub(in crate::routes) const ASKING: Cors = Cors {
    reader,
    methods: "GET, POST",
    headers: HEADERS,
};

const HEADERS: &str = "authorization, content-type";

fn reader(gate: &Gate, origin: Option<&str>) -> Option<HeaderValue> {
    let services = gate
        .services_now()
        .filter(|services| services.answers_preflight)?;
    let origin = origin.filter(|origin| services.client_auth.clients.may_read(origin))?;
    HeaderValue::from_str(origin).ok()
}
