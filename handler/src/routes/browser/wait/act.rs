//! What the person chose on the waiting page.
//!
//! The answer is a page that leads on by itself, not a redirect: browsers hold every redirect of a form against
//! `form-action`, and the next address is the vendor's or the client's.

use std::sync::Arc;

use warp::http::StatusCode;

use super::{path, refuse_foreign, showing, trouble, waiting};
use crate::checks::{Begun, Checks, Entry, Error};
use crate::grants::Visit;
use crate::openid::answer::refusal::Refusal;
use crate::pages::{self, Language, Onward};
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::problem::Fault;
use crate::services::Services;

/// What may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::routes) enum Action {
    Begin,
    Retry,
    /// Gives up a session of the vendor that leads nowhere any more, and tries again.
    Restart,
    Cancel,
    Leave,
    /// They began it themselves.
    Own,
    /// Somebody else began it.
    NotOwn,
}

impl Action {
    /// The word in forms and addresses.
    pub(in crate::routes) const fn as_str(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Retry => "retry",
            Self::Restart => "restart",
            Self::Cancel => "cancel",
            Self::Leave => "leave",
            Self::Own => "own",
            Self::NotOwn => "not_own",
        }
    }

    /// What is done once more: whoever has restarted has given up already.
    const fn again(self) -> Self {
        match self {
            Self::Restart => Self::Retry,
            other => other,
        }
    }

    /// What goes on once the person has answered what they were asked.
    pub(super) fn afterwards(word: Option<&str>) -> Self {
        match word {
            Some("retry") => Self::Retry,
            Some("restart") => Self::Restart,
            _ => Self::Begin,
        }
    }

    fn parse(word: Option<&str>) -> Result<Self, Refusal> {
        match word {
            Some("begin") => Ok(Self::Begin),
            Some("retry") => Ok(Self::Retry),
            Some("restart") => Ok(Self::Restart),
            Some("cancel") => Ok(Self::Cancel),
            Some("leave") => Ok(Self::Leave),
            Some("own") => Ok(Self::Own),
            Some("not_own") => Ok(Self::NotOwn),
            _ => Err(Refusal::invalid(
                "action is not one of begin, retry, restart, cancel, leave, own, not_own",
            )),
        }
    }
}

/// Where the person is asked; `action` is what goes on afterwards.
pub(in crate::routes) fn asking(handle: &str, action: Action) -> String {
    format!("{}/country?for={}", path(handle), action.as_str())
}

/// Where the person is asked to agree; `action` is what goes on afterwards.
pub(in crate::routes) fn agreeing(handle: &str, action: Action) -> String {
    format!("{}/consent?for={}", path(handle), action.as_str())
}

/// Does it, and leads on.
pub(super) async fn act(
    call: &mut Call,
    services: &Arc<Services>,
    visit: Visit,
    language: Language,
) -> Result<Response, Fault> {
    let form = call.form().await?;
    if let Some(refused) = refuse_foreign(&visit, &form) {
        return Ok(refused);
    }
    let action = Action::parse(form.get("action"))?;
    go_on(call, services, &visit, language, action).await
}

/// Does what the person chose, now or before they were asked something, and leads on.
pub(super) async fn go_on(
    call: &Call,
    services: &Arc<Services>,
    visit: &Visit,
    language: Language,
    action: Action,
) -> Result<Response, Fault> {
    if matches!(action, Action::Begin | Action::Retry | Action::Restart) {
        if services.grants.has_to_name(visit).await? {
            return Ok(reply::see_other(&showing(visit.handle(), action.as_str())));
        }
        services
            .grants
            .check_way_back(visit.entry.id, &visit.authorization)?;
    }
    let (checks, entry) = (services.checks.clone(), visit.entry.clone());
    let done = call
        .finish(async move { perform(&checks, &entry, action).await })
        .await;
    let path = path(visit.handle());
    match (done, action) {
        // Pressed twice, or in two tabs: the page shows what is true now.
        (Ok(Some(Begun::Waiting { what, after })), _) => Ok(waiting(services, visit, what, after, language)),
        (Ok(Some(Begun::NeedsConsent)), _) => Ok(reply::see_other(&agreeing(visit.handle(), action.again()))),
        (Ok(Some(Begun::NeedsPlace)), _) => Ok(reply::see_other(&asking(visit.handle(), action.again()))),
        (Ok(_), Action::Cancel | Action::NotOwn) => Ok(reply::see_other(&path)),
        (Ok(_), Action::Begin | Action::Retry | Action::Restart) => Ok(lead(language, &path, Onward::Vendor)),
        (Ok(_), Action::Leave | Action::Own) => Ok(lead(language, &path, Onward::Next)),
        (Err(fault), _) => trouble(services, visit, fault, language).await,
    }
}

pub(super) fn lead(language: Language, path: &str, to: Onward) -> Response {
    reply::page(StatusCode::OK, pages::onward(language, path, to))
}

pub(super) async fn perform(checks: &Checks, entry: &Entry, action: Action) -> Result<Option<Begun>, Error> {
    match action {
        // The address it leads to begins.
        Action::Begin => Ok(None),
        Action::Retry => checks.retry(entry).await.map(Some),
        Action::Restart => checks.restart(entry).await.map(Some),
        Action::Cancel => checks.cancel(entry).await.map(|()| None),
        Action::Leave => checks.leave(entry).await.map(|()| None),
        Action::Own => checks.confirm(entry, true).await.map(|()| None),
        Action::NotOwn => checks.confirm(entry, false).await.map(|()| None),
    }
}
