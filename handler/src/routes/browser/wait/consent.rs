//! `/api/verify/wait/{handle}/consent`: tells the person what is done with their data and asks them to agree, where nobody has
//! done so before. Nothing is sent to the vendor before that.

use warp::http::StatusCode;

use super::act::{Action, agreeing, go_on};
use super::{language, path, refuse_foreign, visit};
use crate::grants::Visit;
use crate::pages::{self, CONSENT_VERSION, ConsentView, Language, SHOWN};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;

/// In seconds.
const DAY: u64 = 24 * 3600;

pub(in crate::routes) async fn consent(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let visit = visit(&call, &services, &call.parameter).await?;
    let language = language(&call, &services, &visit);
    if !call.is_post() {
        let action = Action::afterwards(call.query()?.get("for"));
        let page = with_view(&services, &visit, language, action, pages::consent);
        return Ok(reply::page(StatusCode::OK, page));
    }
    call.opened()?;
    let form = call.form().await?;
    if let Some(refused) = refuse_foreign(&visit, &form) {
        return Ok(refused);
    }
    let action = Action::afterwards(form.get("action"));
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method itself is of one lifetime of the view only"
    )]
    let version = with_view(&services, &visit, language, action, |view| view.version());
    let agreed = match form.get(SHOWN) {
        // A page of the release before names only its sentences.
        None => CONSENT_VERSION,
        Some(shown) if shown == version => shown,
        // The settings have changed since it was shown: nobody agrees to what they have not read.
        Some(_) => return Ok(reply::see_other(&agreeing(visit.handle(), action))),
    };
    services.checks.agree(&visit.entry, agreed).await?;
    go_on(&call, &services, &visit, language, action).await
}

fn with_view(
    services: &Services,
    visit: &Visit,
    language: Language,
    action: Action,
    look: impl FnOnce(&ConsentView<'_>) -> String,
) -> String {
    look(&ConsentView {
        language,
        path: &path(visit.handle()),
        action: action.as_str(),
        form_token: &visit.form_token,
        provider: &services.provider,
        kept_days: services.checks.limits().keep_facts.as_secs().div_ceil(DAY),
    })
}
