//! `GET /`: the host asks every 25 ms whether we are there.

use warp::http::StatusCode;

use super::call::Call;
use super::problem::Fault;
use super::render::Shape;
use super::reply::{self, Response};
use super::serve::{GET, Route};

pub(super) const ROUTE: Route = Route {
    template: "/",
    methods: GET,
    shape: Shape::Empty,
};

pub(super) async fn answer(_call: Call) -> Result<Response, Fault> {
    Ok(reply::empty(StatusCode::OK))
}
