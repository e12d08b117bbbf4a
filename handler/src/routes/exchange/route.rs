//! What a route declares.

use crate::routes::exchange::incoming::Incoming;
use crate::routes::exchange::render::Shape;

/// One route: how it is named in logs, which methods it takes, and who reads its answers.
#[derive(Clone, Copy)]
pub(in crate::routes) struct Route {
    /// Template, never a path that was asked for: that may hold a credential.
    pub(in crate::routes) template: &'static str,
    /// Value of the `Allow` header.
    pub(in crate::routes) methods: &'static str,
    /// How problems are worded.
    pub(in crate::routes) shape: Shape,
    /// How often its requests are told in the log.
    pub(in crate::routes) told: Told,
}

/// How often requests of one kind are told in the log: no stranger decides how long it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::routes) enum Told {
    /// Each: it is served only with the credential of a caller, a client or the vendor.
    Each,
    /// Up to a number a second: it serves who holds a ticket or a handle.
    OfAPerson,
    /// Too many are counted.
    Damped,
    /// Not at all when all is well: the host asks every 25 ms while we start, and the platform again and again.
    Probe,
}

/// Methods of routes that only tell.
pub(in crate::routes) const GET: &str = "GET, HEAD, OPTIONS";
/// Methods of routes that only do.
pub(in crate::routes) const POST: &str = "POST, OPTIONS";
/// Methods of routes that do both.
pub(in crate::routes) const GET_AND_POST: &str = "GET, HEAD, POST, OPTIONS";
/// Methods of routes that browsers follow and that do something, such as starting a check or issuing a code: a program
/// that only looks what is behind a link must not do it (RFC 9110 section 9.2.1).
pub(in crate::routes) const FOLLOW: &str = "GET, OPTIONS";
/// The same, where browsers may post, too (OpenID Connect Core section 3.1.2.1).
pub(in crate::routes) const FOLLOW_OR_POST: &str = "GET, POST, OPTIONS";

/// Everything that is no route.
pub(in crate::routes) const UNKNOWN: Route = Route {
    template: "(none)",
    methods: "",
    shape: Shape::Page,
    told: Told::Damped,
};

/// Whether following a link to the route does something.
fn is_followed(route: Route) -> bool {
    route.methods == FOLLOW || route.methods == FOLLOW_OR_POST
}

/// A browser fetches ahead what the person may never ask for. Refused, so that it asks again when the person does: an
/// answer that is no error might be shown instead.
pub(in crate::routes) fn is_ahead(route: Route, incoming: &Incoming) -> bool {
    let told = ["sec-purpose", "purpose"].map(|name| incoming.values(name));
    let mut words = told
        .iter()
        .flatten()
        .flat_map(|purpose| purpose.split([';', ',']));
    is_followed(route) && words.any(|word| word.trim().eq_ignore_ascii_case("prefetch"))
}

/// Whether a browser says that it does not open this as a page of its own, but loads it into another one: as a picture, a frame,
/// by a script (Fetch Metadata, `Sec-Fetch-Dest`). Browsers that say nothing are believed.
pub(in crate::routes) fn is_embedded(incoming: &Incoming) -> bool {
    let told = incoming.values("sec-fetch-dest");
    told.iter()
        .any(|dest| !dest.trim().eq_ignore_ascii_case("document"))
}
