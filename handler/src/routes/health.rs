//! `GET /`: the host asks every 25 ms whether we are there.

use warp::http::StatusCode;

use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{GET, Route, Told};
use crate::routes::problem::Fault;

pub(super) const ROUTE: Route = Route {
    template: "/",
    methods: GET,
    shape: Shape::Empty,
    told: Told::Probe,
};

pub(super) async fn answer(_call: Call) -> Result<Response, Fault> {
    Ok(reply::empty(StatusCode::OK))
}
