//! `/.well-known/security.txt` (RFC 9116): whom to tell about a weakness.

use std::time::Duration;

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, Time};

use crate::openid::answer::metadata::{Contact, SECURITY};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{GET, Route, Told};
use crate::routes::problem::Fault;

pub(super) const ROUTE: Route = Route {
    template: SECURITY,
    methods: GET,
    shape: Shape::Empty,
    told: Told::Damped,
};

/// For how long the file holds, from the beginning of the day on: RFC 9116 section 2.5.5 recommends less than a year.
const HOLDS: Duration = Duration::from_secs(365 * 24 * 3600);
/// For how long anybody may keep the file.
const FRESH: Duration = Duration::from_secs(3600);

pub(super) async fn answer(call: Call) -> Result<Response, Fault> {
    let contact = call.gate.published.contact.as_ref().ok_or(Fault::NoRoute)?;
    Ok(reply::public_text(file(contact, call.gate.clock.now()), FRESH))
}

/// The file. It is another one each day, and the same all day.
fn file(contact: &Contact, now: OffsetDateTime) -> String {
    let expires = now.replace_time(Time::MIDNIGHT) + HOLDS;
    let canonical = contact.said_at.as_ref().map(|at| format!("Canonical: {at}\n"));
    let expires = expires
        .format(&Rfc3339)
        .map(|expires| format!("Expires: {expires}\n"));
    format!(
        "Contact: {}\n{}{}",
        contact.uri,
        expires.unwrap_or_default(),
        canonical.unwrap_or_default()
    )
}
