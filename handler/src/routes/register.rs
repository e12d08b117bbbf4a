//! `POST /api/verify`: a caller registers a verification and gets its ticket. Calls nobody, so it is quick and safe to
//! repeat: B2C waits 10 s and then asks once more.

use serde_json::{Map, Value};
use warp::http::StatusCode;

use crate::checks::Registered;
use crate::openid::answer::id_token::moment;
use crate::openid::request::registration;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{POST, Route, Told};
use crate::routes::problem::Fault;
use crate::telemetry;

pub(super) const ROUTE: Route = Route {
    template: "/api/verify",
    methods: POST,
    shape: Shape::B2c,
    told: Told::Each,
};

/// Maximum length of a registration, in bytes.
const BODY_MAX: usize = 16 * 1024;

pub(super) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let caller = call.caller(&services).await?;
    telemetry::note_caller(&caller);
    let body = call.json(BODY_MAX).await?;
    call.speak(
        &[registration::locale(&body).as_deref()],
        services.default_language,
    );
    let (now, clients) = (call.gate.clock.now(), &services.client_auth.clients);
    let registration = registration::parse(&body, &caller, now, clients)?;
    if let Some(client) = &registration.client_id {
        telemetry::note_client(client);
    }
    if let Some(correlation) = &registration.correlation_id {
        telemetry::note_correlation(correlation);
    }
    let checks = services.checks.clone();
    let registered = call
        .finish(async move { checks.register(registration).await })
        .await?;
    telemetry::note_verification(registered.id);
    Ok(reply::json(StatusCode::OK, &told(&registered, &call)))
}

/// A flat object without null, as B2C needs it.
fn told(registered: &Registered, call: &Call) -> Value {
    let mut told = Map::new();
    let life = registered.expires_at - call.gate.clock.now();
    told.insert("ticket".into(), registered.ticket.clone().into());
    told.insert("verificationId".into(), registered.id.to_string().into());
    told.insert("attemptsLeft".into(), registered.attempts_left.into());
    told.insert("expiresIn".into(), life.whole_seconds().max(0).into());
    let status = registered
        .earlier
        .as_ref()
        .map_or("none", |earlier| earlier.status.as_str());
    told.insert("status".into(), status.into());
    if let Some(earlier) = &registered.earlier {
        told.insert("idvTime".into(), moment(earlier.at).into());
        told.insert("idvReference".into(), earlier.id.to_string().into());
        let reason = earlier.reason.as_ref().map_or("", |reason| reason.as_str());
        told.insert("idvReason".into(), reason.into());
    }
    told.into()
}
