//! `GET …/continue`: to the vendor while the person is (or should be) there, or asks for it; otherwise back to the client.

use super::{Action, agreeing, asking, language, poll, showing, trouble, visit};
use crate::checks::{Begun, Step};
use crate::routes::browser::authorize;
use crate::routes::browser::respond;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;

pub(in crate::routes) async fn onward(call: Call) -> Result<Response, Fault> {
    call.opened()?;
    let services = call.services().await?;
    let visit = visit(&call, &services, &call.parameter).await?;
    let language = language(&call, &services, &visit);
    let query = call.query()?;
    let wants_vendor = query.get("at") == Some("vendor");
    let after = query.get("after").and_then(|number| number.parse().ok());
    let standing = poll(&call, &services, &visit).await?;
    if !wants_vendor && matches!(standing.step, Step::Checking | Step::Done) {
        return respond::answer(&services, &visit, standing.outcome.status, language).await;
    }
    if services.grants.has_to_name(&visit).await? {
        let action = after.map_or(Action::Begin, |_: u32| Action::Retry);
        return Ok(reply::see_other(&showing(visit.handle(), action.as_str())));
    }
    services
        .grants
        .check_way_back(visit.entry.id, &visit.authorization)?;
    let begun = match after {
        Some(attempt) => services.checks.retry_after(&visit.entry, attempt).await,
        None => services.checks.begin(&visit.entry).await,
    };
    match begun {
        Ok(Begun::NeedsConsent) if after.is_some() => {
            Ok(reply::see_other(&agreeing(visit.handle(), Action::Retry)))
        }
        Ok(Begun::NeedsPlace) if after.is_some() => {
            Ok(reply::see_other(&asking(visit.handle(), Action::Retry)))
        }
        Ok(begun) => authorize::go(&services, &visit, &begun, language).await,
        Err(error) => trouble(&services, &visit, error.into(), language).await,
    }
}
