//! Style and script of the pages, under addresses that change with their content.

use crate::pages::assets;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{GET, Route, Told};
use crate::routes::problem::Fault;

pub(in crate::routes) const ROUTE: Route = Route {
    template: "/api/verify/assets/{name}",
    methods: GET,
    shape: Shape::Empty,
    told: Told::Damped,
};

pub(in crate::routes) async fn answer(call: Call) -> Result<Response, Fault> {
    let asset = assets::ALL
        .iter()
        .find(|asset| asset.name() == call.parameter)
        .ok_or(Fault::NoRoute)?;
    Ok(reply::asset(asset.media_type, asset.content))
}
