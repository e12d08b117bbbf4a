//! Serves one request: its span, its method and its answer.

use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use futures::FutureExt as _;
use tracing::Level;
use warp::http::{HeaderValue, Method, StatusCode, header};

use crate::background::Panicked;
use crate::pages::Language;
use crate::routes::exchange::access_log::Record;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::gate::Gate;
use crate::routes::exchange::incoming::Incoming;
use crate::routes::exchange::render::{Shape, render};
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{Route, Told, is_ahead};
use crate::routes::problem::{Fault, TooSlow};
use crate::routes::traffic::Traffic;
use crate::services::Services;
use crate::telemetry::{self, TraceContext};

/// Answers what is no route: with a page to a browser, else with the status alone.
pub(in crate::routes) async fn unknown(call: Call) -> Result<Response, Fault> {
    let accept = call.incoming.value(header::ACCEPT).unwrap_or_default();
    if accept.contains("text/html") {
        Err(Fault::NoRoute)
    } else {
        Ok(reply::empty(StatusCode::NOT_FOUND))
    }
}

/// The host's id of this invocation. In forwarding mode a client's own header of that name comes first.
const INVOCATION_ID: &str = "x-azure-functions-invocationid";

/// Serves one request.
pub(in crate::routes) async fn serve<F, Fut>(
    gate: Gate,
    route: Route,
    parameter: String,
    incoming: Incoming,
    answer: F,
) -> Response
where
    F: FnOnce(Call) -> Fut,
    Fut: Future<Output = Result<Response, Fault>>,
{
    // The host asks again and again: a ping that goes well is told nobody, and needs no span and no place in a trace.
    let is_ping = route.told == Told::Probe && matches!(incoming.method, Method::GET | Method::HEAD);
    if is_ping && !tracing::enabled!(Level::DEBUG) {
        return answered(gate, route, parameter, incoming, answer, "").await.0;
    }
    let invocation = incoming.values(INVOCATION_ID).last().map(|id| (*id).to_owned());
    let method = incoming.method.clone();
    let request = telemetry::Request {
        invocation_id: invocation.as_deref(),
        method: known(&method),
        route: route.template,
        trace: TraceContext::enter(incoming.value("traceparent"), &*gate.random),
    };
    let request_id = invocation.as_deref().map_or_else(
        || request.trace.trace_id(),
        |id| telemetry::loggable_id(id).into(),
    );
    let damper = gate.traffic.damper.clone();
    let work = async {
        let record = Record::begin(route, &incoming, damper);
        let (mut response, fault) = answered(gate, route, parameter, incoming, answer, &request_id).await;
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            response.headers_mut().insert("x-request-id", id);
        }
        record.close(&response, fault.as_deref());
        response
    };
    telemetry::in_request(request, work).await
}

/// A method's name for the log; others than these are the sender's free text.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

async fn answered<F, Fut>(
    gate: Gate,
    route: Route,
    parameter: String,
    incoming: Incoming,
    answer: F,
    request_id: &str,
) -> (Response, Option<Arc<Fault>>)
where
    F: FnOnce(Call) -> Fut,
    Fut: Future<Output = Result<Response, Fault>>,
{
    if is_ahead(route, &incoming) {
        return (reply::empty(StatusCode::SERVICE_UNAVAILABLE), None);
    }
    let voice = Voice::of(&gate, &incoming);
    if let Some(refusal) = by_method(route, &incoming.method) {
        return voice.told(refusal, route.shape, request_id);
    }
    let traffic = Arc::clone(&gate.traffic);
    let address = traffic.address(|header| incoming.last(header));
    let call = Call {
        gate,
        incoming,
        request_id: request_id.to_owned(),
        parameter,
        language: Arc::clone(&voice.chosen),
    };
    let answered = in_time(route.shape, answer(call)).await;
    let answered = answered.map_err(|fault| braked(&traffic, fault, address));
    voice.told(answered, route.shape, request_id)
}

/// The answer, or that it takes longer than anybody waits, or panics: that would otherwise end the connection without a word;
/// where it was is in the log already.
async fn in_time(
    shape: Shape,
    answering: impl Future<Output = Result<Response, Fault>>,
) -> Result<Response, Fault> {
    let answering = AssertUnwindSafe(answering).catch_unwind();
    let answered = match shape.patience() {
        Some(patience) => tokio::time::timeout(patience, answering)
            .await
            .unwrap_or(Ok(Err(TooSlow.into()))),
        None => answering.await,
    };
    answered.unwrap_or(Err(Panicked.into()))
}

/// How a fault is worded to whoever sent the request.
struct Voice {
    /// The language that the answer has found to be theirs.
    chosen: Arc<OnceLock<Language>>,
    /// What their browser asks for, or the settings say.
    otherwise: Language,
    services: Option<Arc<Services>>,
}

impl Voice {
    fn of(gate: &Gate, incoming: &Incoming) -> Self {
        let services = gate.services_now();
        let accepted = incoming
            .value(header::ACCEPT_LANGUAGE)
            .and_then(Language::negotiate);
        let by_settings = services.as_ref().map(|services| services.default_language);
        Self {
            chosen: Arc::default(),
            otherwise: accepted.or(by_settings).unwrap_or_default(),
            services,
        }
    }

    /// What is answered, and the fault that it tells of.
    fn told(
        &self,
        answered: Result<Response, Fault>,
        shape: Shape,
        request_id: &str,
    ) -> (Response, Option<Arc<Fault>>) {
        match answered {
            Ok(mut response) => {
                let cause = reply::cause(&mut response);
                (response, cause)
            }
            Err(fault) => (self.word(&fault, shape, request_id), Some(Arc::new(fault))),
        }
    }

    fn word(&self, fault: &Fault, shape: Shape, request_id: &str) -> Response {
        let language = self.chosen.get().copied().unwrap_or(self.otherwise);
        let provider = self.services.as_ref().map(|services| services.provider.clone());
        render(fault, shape, language, request_id, &provider.unwrap_or_default())
    }
}

/// A failed proof, or that there were too many of them.
fn braked(traffic: &Traffic, fault: Fault, address: Option<IpAddr>) -> Fault {
    if fault.is_failed_proof() && traffic.is_over(address) {
        Fault::Braked(Box::new(fault))
    } else {
        fault
    }
}

/// What is answered because of the method alone.
fn by_method(route: Route, method: &Method) -> Option<Result<Response, Fault>> {
    if route.methods.is_empty() {
        return None;
    }
    if method == Method::OPTIONS {
        let mut response = reply::empty(StatusCode::NO_CONTENT);
        reply::set(&mut response, header::ALLOW, route.methods);
        return Some(Ok(response));
    }
    let taken = route.methods.split(", ").any(|taken| taken == method.as_str());
    (!taken).then(|| Err(Fault::Method(route.methods)))
}
