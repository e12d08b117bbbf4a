//! `GET|POST /api/token/userinfo`: what is told now to the holder of an access token (`OpenID` Connect Core §5.3).

use warp::http::{StatusCode, header};

use crate::openid::answer::metadata::USERINFO;
use crate::openid::answer::refusal::{Code, Refusal};
use crate::openid::answer::{id_token, outcome};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{GET_AND_POST, Route, Told};
use crate::routes::problem::Fault;

pub(in crate::routes) const ROUTE: Route = Route {
    template: USERINFO,
    methods: GET_AND_POST,
    shape: Shape::OAuth,
    told: Told::Each,
};

pub(in crate::routes) async fn answer(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let token = bearer(&call.incoming.values(header::AUTHORIZATION))?;
    let grant = services.grants.userinfo(token).await.map_err(Fault::Bearer)?;
    let outcomes = services
        .client_auth
        .clients
        .outcomes(&grant.authorization.client_id);
    outcome::check(&grant, outcomes).map_err(Fault::Bearer)?;
    Ok(reply::json(
        StatusCode::OK,
        &id_token::userinfo(&grant, outcomes)?,
    ))
}

/// RFC 6750 §2.1. Tokens in queries and forms are not looked at.
fn bearer<'a>(headers: &[&'a str]) -> Result<&'a str, Refusal> {
    let token = match headers {
        [header] => header
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")),
        _ => None,
    };
    let missing = Refusal::new(
        Code::InvalidToken,
        "one Authorization header with a bearer token is needed",
    );
    token.map(|(_, token)| token.trim()).ok_or(missing)
}
