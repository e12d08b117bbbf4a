//! `GET|POST /api/token/userinfo`: what is told now to the holder of an access token (`OpenID` Connect Core §5.3).

use warp::http::{StatusCode, header};

use crate::checks::RedeemError;
use crate::openid::answer::metadata::USERINFO;
use crate::openid::answer::refusal::{Code, REPEATED, Refusal};
use crate::openid::answer::{id_token, outcome};
use crate::openid::request::parameters::Parameters;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::incoming::FORM;
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

pub(in crate::routes) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let form = form(&mut call).await?;
    let token = bearer(&call.incoming.values(header::AUTHORIZATION), &form)?;
    let grant = services.grants.userinfo(token).await.map_err(Fault::Bearer)?;
    // One that no setting knows any more is told nothing.
    let client = services.client_auth.clients.get(&grant.authorization.client_id);
    let client = client.ok_or(Fault::Bearer(RedeemError::WrongClient))?;
    outcome::check(&grant, client.outcomes).map_err(Fault::Bearer)?;
    let told = id_token::userinfo(&grant, client, call.gate.clock.now())?;
    Ok(reply::json(StatusCode::OK, &told))
}

/// What a POST says in a form, where it has one.
async fn form(call: &mut Call) -> Result<Parameters, Fault> {
    if !call.is_post() || !call.incoming.is(FORM) {
        return Ok(Parameters::default());
    }
    let form = call.form().await?;
    if form.repeated().is_some() {
        return Err(REPEATED.into());
    }
    Ok(form)
}

/// The token, from the header or from the form, and never from both (RFC 6750 §2, §2.1, §2.2). One in a query would stand in
/// logs, and is not looked at.
fn bearer<'a>(headers: &[&'a str], form: &'a Parameters) -> Result<&'a str, Refusal> {
    let of_header = |header: &'a str| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    };
    let token = match (headers, form.get("access_token")) {
        ([], token) => token,
        ([header], None) => of_header(header),
        (_, Some(_)) => return Err(TWO_WAYS),
        (_, None) => None,
    };
    token.ok_or(Refusal::new(
        Code::InvalidToken,
        "one Authorization header with a bearer token, or one access_token in the form, is needed",
    ))
}

const TWO_WAYS: Refusal = Refusal::invalid("an access token was sent in more than one way");
