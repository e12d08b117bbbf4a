//! `GET|POST /api/token/userinfo`: what is told now to the holder of an access token (`OpenID` Connect Core §5.3).

use warp::http::{StatusCode, header};

use super::call::Call;
use super::problem::Fault;
use super::render::Shape;
use super::reply::{self, Response};
use super::serve::{GET_AND_POST, Route};
use crate::openid::id_token;
use crate::openid::metadata::USERINFO;
use crate::openid::refusal::{Code, Refusal};

pub(super) const ROUTE: Route = Route {
    template: USERINFO,
    methods: GET_AND_POST,
    shape: Shape::OAuth,
};

pub(super) async fn answer(call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let token = bearer(&call.incoming.values(header::AUTHORIZATION))?;
    let grant = services.grants.userinfo(token).await.map_err(Fault::Bearer)?;
    Ok(reply::json(StatusCode::OK, &id_token::userinfo(&grant)?))
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
