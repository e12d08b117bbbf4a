//! `/api/verify/wait/{handle}/consent`: tells the person what is done with their data and asks them to agree, where nobody has
//! done so before. Nothing is sent to the vendor before that.

use warp::http::StatusCode;

use super::act::{Action, go_on};
use super::{language, path, refuse_foreign, visit};
use crate::pages::{self, CONSENT_VERSION, ConsentView};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;

/// In seconds.
const DAY: u64 = 24 * 3600;

pub(in crate::routes) async fn consent(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let visit = visit(&call, &services, &call.parameter).await?;
    let language = language(&call, &services, &visit);
    if !call.is_post() {
        let action = Action::afterwards(call.query()?.get("for"));
        let view = ConsentView {
            language,
            path: &path(visit.handle()),
            action: action.as_str(),
            form_token: &visit.form_token,
            provider: &services.provider,
            kept_days: services.checks.limits().keep_facts.as_secs().div_ceil(DAY),
        };
        return Ok(reply::page(StatusCode::OK, pages::consent(&view)));
    }
    call.opened()?;
    let form = call.form().await?;
    if let Some(refused) = refuse_foreign(&visit, &form) {
        return Ok(refused);
    }
    let action = Action::afterwards(form.get("action"));
    services.checks.agree(&visit.entry, CONSENT_VERSION).await?;
    go_on(&call, &services, &visit, language, action).await
}
