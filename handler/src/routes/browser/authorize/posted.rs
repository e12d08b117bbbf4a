//! A request that names nobody and was posted: no cookie comes with a form of another site, so the browser comes again by GET.

use url::form_urlencoded;

use super::kept;
use crate::grants::{Authorization, HeldFor};
use crate::openid::answer::metadata::AUTHORIZE;
use crate::openid::request::parameters::Parameters;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;

/// Maximum length of the query that a posted request becomes, in bytes: the host takes request lines of 8,192.
const MAX_QUERY: usize = 6 * 1024;
/// What is taken over of a posted request. The rest says nothing to us.
const TAKEN_OVER: [&str; 14] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "max_age",
    "ui_locales",
    "claims",
    "id_token_hint",
];

/// To the same request by GET: with a request that another site posts, no cookie comes. One that is too long for an address is
/// kept here.
pub(super) async fn come_by_get(
    services: &Services,
    parameters: &Parameters,
    authorization: Authorization,
) -> Result<Response, Fault> {
    let query = query(parameters);
    if query.len() > MAX_QUERY {
        let client_id = authorization.client_id.clone();
        let held = services
            .grants
            .hold_walk_in(authorization, HeldFor::Anybody)
            .await?;
        return Ok(kept::come_by_get(&client_id, &held.request_uri_value));
    }
    Ok(reply::see_other(&format!("{AUTHORIZE}?{query}")))
}

/// What says something to us, as a query.
fn query(parameters: &Parameters) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in TAKEN_OVER {
        if let Some(value) = parameters.get(name) {
            query.append_pair(name, value);
        }
    }
    query.finish()
}
