//! Sends the browser on with the answer to an authorization request.

use crate::checks::Error;
use crate::grants::{ResponseMode, Visit};
use crate::openid::answer::Answer;
use crate::pages::{self, Language};
use crate::routes::browser::wait;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;

/// Delivers an answer as the client asked for it.
pub(in crate::routes) fn deliver(answer: &Answer, language: Language) -> Result<Response, Fault> {
    match answer.mode {
        ResponseMode::Query => Ok(reply::see_other(answer.location()?.as_str())),
        ResponseMode::FormPost => Ok(reply::posting_page(pages::form_post(language, answer))),
    }
}

/// Delivers the code of this visit. Where something has come up since it was found to be over (a callback that nobody has read
/// yet), the waiting page shows how things stand.
pub(in crate::routes) async fn code(
    services: &Services,
    visit: &Visit,
    language: Language,
) -> Result<Response, Fault> {
    let code = match services.grants.code(visit).await {
        Err(Error::NotReady) => return Ok(reply::see_other(&wait::path(visit.handle()))),
        code => code?,
    };
    let answer = Answer::code(&visit.authorization, code, &services.addresses.issuer);
    deliver(&answer, language)
}
