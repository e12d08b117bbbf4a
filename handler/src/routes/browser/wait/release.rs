//! `/api/verify/wait/{handle}/release`: shows the person what the client is told of their document. Nothing is begun, and nothing told,
//! before they go on from there; who does not goes back with `access_denied`.

use warp::http::StatusCode;

use super::act::{Action, go_on};
use super::{client_name, language, path, refuse_foreign, visit};
use crate::grants::Visit;
use crate::openid::answer::refusal::{Code, Refusal};
use crate::pages::{self, Language, REFUSE, ReleaseView};
use crate::routes::browser::respond;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;

const UNWANTED: Refusal = Refusal::new(
    Code::AccessDenied,
    "the person does not want values of their document to be told",
);

pub(in crate::routes) async fn release(mut call: Call) -> Result<Response, Fault> {
    call.opened()?;
    let services = call.services().await?;
    let visit = visit(&call, &services, &call.parameter).await?;
    let language = language(&call, &services, &visit);
    let asked = &visit.authorization;
    if asked.released.is_empty() || !asked.way_back.is_code() {
        return Ok(reply::see_other(&path(visit.handle())));
    }
    if !call.is_post() {
        let action = Action::afterwards(call.query()?.get("for"));
        return Ok(page(&services, &visit, language, action));
    }
    let form = call.form().await?;
    if let Some(refused) = refuse_foreign(&visit, &form) {
        return Ok(refused);
    }
    if form.get("action") == Some(REFUSE) {
        return respond::refused_by_form(&services, &visit, language, UNWANTED.into());
    }
    let action = Action::afterwards(form.get("action"));
    services.grants.named(&visit).await?;
    go_on(&call, &services, &visit, language, action).await
}

fn page(services: &Services, visit: &Visit, language: Language, action: Action) -> Response {
    let view = ReleaseView {
        language,
        client: client_name(services, visit),
        values: visit.authorization.released.all(),
        path: &path(visit.handle()),
        action: action.as_str(),
        form_token: &visit.form_token,
    };
    reply::page(StatusCode::OK, pages::release(&view))
}
