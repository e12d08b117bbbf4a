//! Sends the browser on with the answer to an authorization request.

use super::problem::Fault;
use super::reply::{self, Response};
use crate::grants::{ResponseMode, Visit};
use crate::openid::answer::Answer;
use crate::pages::{self, Language};
use crate::services::Services;

/// Delivers an answer as the client asked for it.
pub(super) fn deliver(answer: &Answer, language: Language) -> Result<Response, Fault> {
    match answer.mode {
        ResponseMode::Query => Ok(reply::see_other(answer.location()?.as_str())),
        ResponseMode::FormPost => Ok(reply::posting_page(pages::form_post(language, answer))),
    }
}

/// Delivers the code of this visit.
pub(super) async fn code(services: &Services, visit: &Visit, language: Language) -> Result<Response, Fault> {
    let code = services.grants.code(visit).await?;
    let answer = Answer::code(&visit.authorization, code, &services.addresses.issuer);
    deliver(&answer, language)
}
