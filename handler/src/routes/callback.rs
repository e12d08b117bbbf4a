//! `POST /api/callback/{credential}`: the vendor says that something changed. In this order: the credential in the path,
//! then the body, then the store, then 200, and only then the reading of the result.

use warp::http::{StatusCode, header};

use crate::checks::{Announced, CALLBACK_MAX, CallbackReceipt, Checks, Received};
use crate::ids::VerificationId;
use crate::routes::exchange::access_log;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{POST, Route, Told};
use crate::routes::problem::Fault;
use crate::telemetry;

pub(super) const ROUTE: Route = Route {
    template: "/api/callback/{credential}",
    methods: POST,
    shape: Shape::Empty,
    told: Told::Each,
};

pub(super) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let to = services
        .checks
        .addressee(&call.parameter)
        .map_err(Fault::CallbackCredential)?;
    telemetry::note_verification(to.id);
    let body = call.incoming.read(CALLBACK_MAX).await?;
    let media_type = call.incoming.value(header::CONTENT_TYPE).unwrap_or_default();
    let sender = services.checks.sender(&to)?;
    let Announced::Callback(callback) = sender.callback(media_type, &body)? else {
        tracing::info!(code = "callback.test", "test callback from the Jumio portal");
        return Ok(reply::empty(StatusCode::OK));
    };
    let checks = services.checks.clone();
    let received = call
        .finish(async move { checks.callback(&to, callback).await })
        .await?;
    match received.receipt {
        CallbackReceipt::Recorded => {
            let settling = settle(services.checks.clone(), received);
            call.gate.background.start(settling);
        }
        CallbackReceipt::Duplicate => {
            tracing::info!(code = "callback.duplicate", "duplicate Jumio callback");
            call.gate
                .background
                .start(catch_up(services.checks.clone(), to.id));
        }
        CallbackReceipt::Read => tracing::info!(
            code = "callback.read",
            "Jumio callback not stored; result read at once"
        ),
        CallbackReceipt::Foreign => {
            tracing::warn!(
                code = "callback.foreign",
                "Jumio callback for another transaction ignored"
            );
        }
    }
    Ok(reply::empty(StatusCode::OK))
}

/// The reading after the first of them may have failed, or its process may have been killed.
async fn catch_up(checks: Checks, id: VerificationId) {
    if let Err(error) = checks.catch_up(id).await {
        access_log::log_background_error(
            &error.into(),
            "reading the result after a duplicate callback failed",
        );
    }
}

/// The callback is stored, so a failure here loses nothing: a waiting browser or the next callback reads the result.
async fn settle(checks: Checks, received: Received) {
    match checks.settle_received(&received).await {
        Ok(outcome) => tracing::info!(
            code = "callback.settled",
            status = outcome.status.as_str(),
            "result read after a callback"
        ),
        Err(error) => {
            access_log::log_background_error(&error.into(), "reading the result after a callback failed");
        }
    }
}
