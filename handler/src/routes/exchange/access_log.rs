//! The one log record of every request, however it ends; of too many of one kind a second, a count.

use std::error::Error as _;
use tokio::time::Instant;
use tracing::Level;
use warp::http::{Method, header};

use crate::routes::exchange::incoming::Incoming;
use crate::routes::exchange::reply::Response;
use crate::routes::exchange::route::{Route, Told, is_ahead};
use crate::routes::problem::Fault;
use crate::routes::traffic::Damper;
use crate::telemetry;

/// How many requests of one kind that persons make are told a second.
const OFTEN: u32 = 200;

/// A record that is still to be written.
pub(in crate::routes) struct Record {
    /// What is counted together: the route, or what was asked of any route.
    kind: &'static str,
    told: Told,
    began: Instant,
    is_written: bool,
    damper: Damper,
}

impl Record {
    /// Begins with a request, whose measures are told at the level of traces: never what stands in it.
    pub(in crate::routes) fn begin(route: Route, incoming: &Incoming, damper: Damper) -> Self {
        tracing::trace!(
            query.bytes = incoming.query.len(),
            body.bytes = incoming.announced(),
            authorization.headers = incoming.values(header::AUTHORIZATION).len(),
            cookie.headers = incoming.values(header::COOKIE).len(),
            "request received"
        );
        let (kind, told) = match incoming.method {
            Method::OPTIONS => ("(options)", Told::Damped),
            _ if is_ahead(route, incoming) => ("(ahead)", Told::Damped),
            _ => (route.template, route.told),
        };
        Self {
            kind,
            told,
            began: Instant::now(),
            is_written: false,
            damper,
        }
    }

    /// Writes the record of a request that was answered.
    pub(in crate::routes) fn close(mut self, response: &Response, fault: Option<&Fault>) {
        self.is_written = true;
        telemetry::note_status(response.status().as_u16());
        let duration_ms = self.duration_ms();
        match fault {
            Some(fault) if self.damper.writes(fault.row().code) => tell(fault, duration_ms),
            None if self.told == Told::Probe => {
                tracing::debug!(duration_ms, code = "request.completed", "request completed");
            }
            None if self.is_told() => {
                tracing::info!(duration_ms, code = "request.completed", "request completed");
            }
            Some(_) | None => {}
        }
    }

    /// Whether this one is told, or was too much.
    fn is_told(&self) -> bool {
        match self.told {
            Told::Each => true,
            Told::OfAPerson => self.damper.writes_at_most(OFTEN, self.kind),
            Told::Damped | Told::Probe => self.damper.writes(self.kind),
        }
    }

    fn duration_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Record {
    /// In proxying mode a client that leaves takes our future with it; started work goes on all the same.
    fn drop(&mut self) {
        if !self.is_written && self.damper.writes("client.disconnected") {
            let duration_ms = self.duration_ms();
            tracing::info!(
                duration_ms,
                code = "client.disconnected",
                "client disconnected before the response"
            );
        }
    }
}

/// Tells of a fault that nobody is answered with.
pub(in crate::routes) fn log_background_error(fault: &Fault, message: &str) {
    let (row, cause) = (fault.row(), chain(fault));
    match row.level {
        Level::ERROR => tracing::error!(code = row.code, cause, "{message}"),
        Level::WARN => tracing::warn!(code = row.code, cause, "{message}"),
        _ => tracing::info!(code = row.code, cause, "{message}"),
    }
}

fn tell(fault: &Fault, duration_ms: u64) {
    let (row, cause) = (fault.row(), chain(fault));
    let (code, is_ours) = (row.code, row.status.is_server_error());
    let message = if is_ours {
        "request failed"
    } else {
        "request rejected"
    };
    match row.level {
        Level::ERROR => tracing::error!(duration_ms, code, cause, "{message}"),
        Level::WARN => tracing::warn!(duration_ms, code, cause, "{message}"),
        _ => tracing::info!(duration_ms, code, cause, "{message}"),
    }
}

/// A fault with everything behind it.
fn chain(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut source = fault.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = error.source();
    }
    text
}
