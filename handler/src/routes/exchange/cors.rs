//! Pages of other origins: which of them may call a route, and read what it answers (the Fetch standard's CORS protocol).
//!
//! A route opts in where the table of routes names it, by [`on_from_pages`](crate::routes::on_from_pages) instead of `on` and a [`Cors`]
//! of its own. Then every answer of the route passes here: also those that are given before the route is asked or instead of it (no
//! place, another method, starting, a panic, too slow, too many failed proofs). A page that may not read an answer sees a
//! network error and not its status.
//!
//! Nothing here lets a page send cookies (`Access-Control-Allow-Credentials`): what they prove is for our own pages alone.

use warp::http::{HeaderValue, Method, StatusCode, header};

use crate::routes::exchange::gate::Gate;
use crate::routes::exchange::incoming::Incoming;
use crate::routes::exchange::reply::{self, Response};

/// How long a browser may remember the answer to its question, in seconds.
const MAX_AGE: &str = "600";

/// What pages of other origins may do with a route.
#[derive(Clone, Copy)]
pub(in crate::routes) struct Cors {
    /// Whose pages may read the answers.
    pub(in crate::routes) reader: Reader,
    /// Methods that such a page may use, with commas between them.
    pub(in crate::routes) methods: &'static str,
    /// Headers of a request that it may set, with commas between them.
    pub(in crate::routes) headers: &'static str,
}

/// The origin whose pages may read the answer to a request that comes from this origin, if it says so; `*` means any. Nothing
/// where none may, or where the platform in front of us says it. Asked when the answer is there: meanwhile the services may have
/// been loaded.
pub(in crate::routes) type Reader = fn(&Gate, Option<&str>) -> Option<HeaderValue>;

/// A request to a route that pages of other origins may call.
pub(in crate::routes) struct FromPage {
    cors: Cors,
    gate: Gate,
    origin: Option<String>,
    is_question: bool,
}

impl FromPage {
    pub(in crate::routes) fn of(cors: Cors, gate: &Gate, incoming: &Incoming) -> Self {
        Self {
            cors,
            gate: gate.clone(),
            origin: incoming.value(header::ORIGIN).map(ToOwned::to_owned),
            is_question: incoming.method == Method::OPTIONS,
        }
    }

    /// Lets the page read the answer. To a browser that asks whether its page may call, it also says how.
    pub(in crate::routes) fn may_read(&self, mut response: Response) -> Response {
        let Some(reader) = (self.cors.reader)(&self.gate, self.origin.as_deref()) else {
            return response;
        };
        if reader != "*" {
            reply::set(&mut response, header::VARY, "Origin");
        }
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, reader);
        if self.is_question && response.status() == StatusCode::NO_CONTENT {
            let Cors { methods, headers, .. } = self.cors;
            reply::set(&mut response, header::ACCESS_CONTROL_ALLOW_METHODS, methods);
            reply::set(&mut response, header::ACCESS_CONTROL_ALLOW_HEADERS, headers);
            reply::set(&mut response, header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        }
        response
    }
}
