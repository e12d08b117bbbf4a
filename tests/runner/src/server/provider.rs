//! `…/oauth2/authresp`: the browser comes back from an outside provider.

use super::cookies::Browser;
use super::{Answer, ask::Ask, reply};
use crate::engine::answer::Reply;
use crate::engine::request::find;
use crate::engine::walk::{Waiting, Walk};
use crate::engine::{Failure, Realm, steps};
use crate::model::Policy;
use crate::page;
use crate::profiles::openidconnect;
use http::Method;
use loopback::jose::same;

/// Marks a form this tenant posted to itself.
const AGAIN: &str = "runner_again";

pub(super) async fn come_back(realm: &Realm, ask: &Ask) -> Answer {
    let parameters = ask.parameters();
    let lost = |why: &str| reply::failure(&Failure::invalid_request("AADB2C90206", why), None);
    let id = find(&parameters, "state").and_then(openidconnect::walk_of);
    let Some(found) = id.and_then(|id| realm.walks.get(&id)) else {
        return lost("The provider's answer belongs to no transaction of this tenant.");
    };
    let mut walk = found.lock_owned().await;
    let browser = Browser::transaction_of(ask);
    // A form posted from another site carries no SameSite=Lax cookie; posted once more from here it does.
    if browser.is_none() && ask.method == Method::POST && ask.field(AGAIN).is_none() {
        let mut fields = ask.form.clone();
        fields.push((AGAIN.to_owned(), "1".to_owned()));
        // Two slashes at the start would name another host.
        let path = format!("/{}", ask.path.trim_start_matches('/'));
        return reply::html(page::post_form(&path, &fields));
    }
    if !same(browser.unwrap_or_default().as_bytes(), walk.browser.as_bytes()) {
        return lost("The provider's answer came in another browser than the one that was sent there.");
    }
    let Some(policy) = realm.policy(&walk.policy) else {
        return lost("The policy is gone.");
    };
    if !matches!(walk.waiting, Waiting::Provider(_)) {
        return where_it_stands(realm, policy, &mut walk);
    }
    let answered = match openidconnect::come_back(realm, policy, &mut walk, &parameters).await {
        Ok(()) => {
            walk.pass_step();
            steps::proceed(realm, &mut walk).await
        }
        Err(failure) => steps::fail(realm, &mut walk, &failure),
    };
    reply::from(&answered)
}

/// The browser repeats an answer that was taken already, as a reload of the page after it does: the answer counts once,
/// and the browser gets that page again.
fn where_it_stands(realm: &Realm, policy: &Policy, walk: &mut Walk) -> Answer {
    let done = "The provider's answer was taken already. Start again from the application.";
    let page = match walk.waiting {
        Waiting::Page(_) => page::build(realm, policy, walk),
        _ => Err(Failure::invalid_request("AADB2C90206", done)),
    };
    match page {
        Ok(page) => reply::from(&Reply::Page(Box::new(page))),
        Err(failure) => reply::failure(&failure, Some(&walk.id)),
    }
}
