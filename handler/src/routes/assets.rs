//! Style and script of the pages, under addresses that change with their content.

use super::call::Call;
use super::problem::Fault;
use super::render::Shape;
use super::reply::{self, Response};
use super::serve::{GET, Route};
use crate::pages::assets;

pub(super) const ROUTE: Route = Route {
    template: "/api/verify/assets/{name}",
    methods: GET,
    shape: Shape::Empty,
};

pub(super) async fn answer(call: Call) -> Result<Response, Fault> {
    let asset = assets::ALL
        .iter()
        .find(|asset| asset.name() == call.parameter)
        .ok_or(Fault::NoRoute)?;
    Ok(reply::asset(asset.media_type, asset.content))
}
