//! What pages send: fields, codes, Continue, Cancel, choices.

use super::cookies::Browser;
use super::{Answer, ask::Ask, reply};
use crate::engine::pipeline::{OnPage, Stage, find_profile};
use crate::engine::steps;
use crate::engine::walk::{PageState, Waiting, Walk};
use crate::engine::{Failure, Realm};
use crate::model::{ContentDefinition, Handler, Policy, TechnicalProfile};
use crate::page::content_of;
use crate::profiles::openidconnect::walk_of;
use crate::profiles::{phonefactor, selfasserted};
use crate::trace::Kind;
use http::StatusCode;
use loopback::jose::same;
use serde_json::json;
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The walk a request of a page belongs to, if the request proves that it may go on with it.
async fn walk(
    realm: &Realm,
    policy: &Policy,
    ask: &Ask,
    csrf: Option<&str>,
) -> Result<OwnedMutexGuard<Walk>, Failure> {
    let gone = |why: &str| {
        Failure::invalid_request("AADB2C90206", format!("{why} Start again from the application."))
    };
    let id = ask
        .parameter("tx")
        .and_then(|tx| walk_of(&tx))
        .ok_or_else(|| gone("The request names no transaction."))?;
    let found: Arc<Mutex<Walk>> = realm
        .walks
        .get(&id)
        .ok_or_else(|| gone("The transaction is unknown or too old."))?;
    let walk = found.lock_owned().await;
    // Another policy may have the same journey with fewer checks.
    if !walk.policy.eq_ignore_ascii_case(&policy.id) {
        return Err(gone("The transaction belongs to another policy."));
    }
    let browser = Browser::transaction_of(ask).unwrap_or_default();
    if !same(browser.as_bytes(), walk.browser.as_bytes()) {
        return Err(gone("The transaction began in another browser."));
    }
    let csrf = csrf.unwrap_or_default();
    if !same(csrf.as_bytes(), walk.csrf.as_bytes()) || !Browser::has_csrf(ask, csrf) {
        return Err(gone(
            "The request does not prove that a page of this tenant sent it.",
        ));
    }
    Ok(walk)
}

/// A page's part in a walk: its profile and content definition.
struct Place<'p> {
    profile: Option<&'p TechnicalProfile>,
    content: Option<&'p ContentDefinition>,
}

fn place<'p>(policy: &'p Policy, walk: &Walk) -> Result<Place<'p>, Failure> {
    let nowhere = || {
        let text = "The claims exchange didn't complete as expected. You might want to try starting your session over from the beginning.";
        Failure::invalid_request("AADB2C90255", text)
    };
    let page = walk.page().ok_or_else(nowhere)?;
    let step = walk.next_step(policy).ok_or_else(nowhere)?;
    let profile = page
        .profile
        .as_deref()
        .map(|id| find_profile(policy, id))
        .transpose()?;
    Ok(Place {
        profile,
        content: content_of(policy, step, profile),
    })
}

/// Lends the page's state and the walk's stage to `work`.
macro_rules! at_page {
    ($realm:expr, $policy:expr, $walk:expr, |$stage:ident, $page:ident, $bag:ident| $work:expr) => {{
        let mut held: PageState = $walk.page().cloned().unwrap_or_default();
        let outcome = {
            let ($stage, $bag) = Stage::of($realm, $policy, &mut *$walk);
            let $page = &mut held;
            $work
        };
        if let Some(page) = $walk.page_mut() {
            *page = held;
        }
        outcome
    }};
}

/// Pages always get HTTP 200; the status is inside.
fn told(outcome: Result<(), Failure>) -> Answer {
    let body = match outcome {
        Ok(()) => json!({"status": "200"}),
        Err(failure) => {
            let message = failure.shown.clone().unwrap_or_else(|| failure.message.clone());
            json!({"status": "400", "errorCode": failure.code, "message": message})
        }
    };
    reply::json(StatusCode::OK, &body)
}

/// `POST …/SelfAsserted`: the fields, or a request about an e-mailed code.
pub(super) async fn submit(realm: &Realm, policy: &Policy, ask: &Ask) -> Answer {
    told(take(realm, policy, ask).await)
}

async fn take(realm: &Realm, policy: &Policy, ask: &Ask) -> Result<(), Failure> {
    let mut walk = walk(realm, policy, ask, ask.header("x-csrf-token")).await?;
    let place = place(policy, &walk)?;
    let Some(profile) = place.profile else {
        return Ok(());
    };
    let on = OnPage {
        profile,
        content: place.content,
    };
    let field = |name: &str| ask.field(name).unwrap_or_default();
    let claim = field("claim_id").to_owned();
    match field("request_type") {
        "VERIFICATION_REQUEST" => at_page!(realm, policy, walk, |stage, held, _bag| {
            selfasserted::request_code(stage, on, held, &claim, field("claim_value"))
        }),
        "VALIDATION_REQUEST" => at_page!(realm, policy, walk, |stage, held, _bag| {
            let typed = (field("claim_value"), field("user_input"));
            selfasserted::validate_code(stage, on, held, &claim, typed)
        }),
        _ => {
            walk.trace
                .entry(0, Kind::Submit, format!("{} posted", profile.id))
                .write();
            at_page!(realm, policy, walk, |stage, held, bag| selfasserted::submit(
                stage, on, held, bag, &ask.form
            )
            .await)
        }
    }
}

/// `POST …/SelfAsserted/DisplayControlAction/vbeta/{control}/{action}`.
pub(super) async fn control(
    realm: &Realm,
    policy: &Policy,
    ask: &Ask,
    control: &str,
    action: &str,
) -> Answer {
    let work = async {
        let mut walk = walk(realm, policy, ask, ask.header("x-csrf-token")).await?;
        let place = place(policy, &walk)?;
        let Some(profile) = place.profile else {
            return Ok(());
        };
        at_page!(realm, policy, walk, |stage, held, bag| {
            selfasserted::control_action(
                stage,
                OnPage {
                    profile,
                    content: place.content,
                },
                held,
                bag,
                (control, action),
                &ask.form,
            )
            .await
        })
    };
    told(work.await)
}

/// `POST …/Phonefactor/verify`.
pub(super) async fn phone(realm: &Realm, policy: &Policy, ask: &Ask) -> Answer {
    let work = async {
        let mut walk = walk(realm, policy, ask, ask.header("x-csrf-token")).await?;
        let place = place(policy, &walk)?;
        let Some(profile) = place
            .profile
            .filter(|profile| profile.handler() == Some(Handler::PhoneFactor))
        else {
            return Err(Failure::invalid_request(
                "AADB2C90255",
                "the walk waits for no phone",
            ));
        };
        let field = |name: &str| ask.field(name).unwrap_or_default();
        let call = field("auth_type") == "voicecall";
        if field("request_type") == "VERIFICATION_REQUEST" {
            return at_page!(realm, policy, walk, |stage, held, bag| phonefactor::send(
                stage,
                profile,
                held,
                bag,
                field("id"),
                call
            ));
        }
        at_page!(realm, policy, walk, |stage, held, bag| phonefactor::verify(
            stage,
            profile,
            held,
            bag,
            field("verification_code")
        ))
    };
    told(work.await)
}

/// `GET …/api/{api}/{action}`: Continue, Cancel, a choice.
pub(super) async fn follow(realm: &Realm, policy: &Policy, ask: &Ask, _api: &str, action: &str) -> Answer {
    let csrf = ask.parameter("csrf_token");
    let mut walk = match walk(realm, policy, ask, csrf.as_deref()).await {
        Ok(walk) => walk,
        Err(failure) => return reply::failure(&failure, None),
    };
    // The back button asks for a page the walk has left: that must not end the walk, so that forward still works.
    if is_stale(policy, &walk, action) {
        let text = "This page belongs to a step that is done. Go forward again, or start again from the application.";
        return reply::failure(&Failure::invalid_request("AADB2C90255", text), Some(&walk.id));
    }
    let outcome = match action {
        "confirmed" => confirm(realm, policy, &mut walk, ask).await,
        "error" => Err(cancelled()),
        "forgotPassword" => Err(forgotten()),
        "unified" => pick(policy, &mut walk, ask),
        _ => return reply::not_found("the page has no such action"),
    };
    let answered = match outcome {
        Ok(Next::Proceed) => steps::proceed(realm, &mut walk).await,
        Ok(Next::Again) => match crate::page::build(realm, policy, &mut walk) {
            Ok(page) => crate::engine::answer::Reply::Page(Box::new(page)),
            Err(failure) => return reply::failure(&failure, Some(&walk.id)),
        },
        // A finished walk has told the application already; only the person is left.
        Err(failure) if matches!(walk.waiting, Waiting::Finished) => {
            return reply::failure(&failure, Some(&walk.id));
        }
        Err(failure) => steps::fail(realm, &mut walk, &failure),
    };
    let mut answer = reply::from(&answered);
    let browser = Browser {
        transaction: walk.browser.clone(),
        csrf: walk.csrf.clone(),
        session: walk.session.clone(),
    };
    browser.keep(realm, &mut answer, walk.keep_signed_in);
    answer
}

/// Whether the walk is elsewhere: at an outside provider, or at a page that offers no such choice.
fn is_stale(policy: &Policy, walk: &Walk, action: &str) -> bool {
    match walk.waiting {
        Waiting::Finished => false,
        _ if walk.page().is_none() => true,
        _ => {
            let step = walk.next_step(policy);
            action == "unified" && step.is_none_or(|step| step.selections.is_empty())
        }
    }
}

/// What follows a confirmed page.
enum Next {
    Proceed,
    /// The same page once more.
    Again,
}

fn cancelled() -> Failure {
    Failure::new(
        "AADB2C90091",
        "The user has cancelled entering self-asserted information.",
    )
    .oauth("access_denied")
}

fn forgotten() -> Failure {
    Failure::new("AADB2C90118", "The user has forgotten their password.").oauth("access_denied")
}

fn pick(policy: &Policy, walk: &mut Walk, ask: &Ask) -> Result<Next, Failure> {
    let sign_up = ask.parameter("local").is_some_and(|what| what == "signup");
    let step = walk.next_step(policy);
    let target = if sign_up {
        step.and_then(|step| steps::sign_up_target(policy, step))
    } else {
        None
    };
    let wanted = target
        .map(str::to_owned)
        .or_else(|| ask.parameter("claimsexchange"));
    let missing = || Failure::invalid_request("AADB2C90255", "the request names no choice");
    steps::choose(policy, walk, &wanted.ok_or_else(missing)?)?;
    Ok(Next::Proceed)
}

/// Continue. A page that was posted and accepted goes on. Like B2C's, a page that asks for nothing goes on even without:
/// a reload or a direct request passes a page that only hides its button; its validation profiles still have to succeed.
async fn confirm(realm: &Realm, policy: &Policy, walk: &mut Walk, ask: &Ask) -> Result<Next, Failure> {
    let place = place(policy, walk)?;
    let Some(profile) = place.profile else {
        walk.waiting = Waiting::Nothing;
        walk.pass_step();
        return Ok(Next::Proceed);
    };
    walk.keep_signed_in |= ask.parameter("rememberMe").is_some_and(|asked| asked == "true");
    if walk.page().is_some_and(|page| page.submitted.is_none())
        && !passes_unposted(realm, policy, walk, &place).await
    {
        return Ok(Next::Again);
    }
    walk.trace
        .entry(0, Kind::Submit, format!("{} continued", profile.id))
        .write();
    steps::complete(realm, policy, walk, profile).await?;
    walk.pass_step();
    Ok(Next::Proceed)
}

async fn passes_unposted(realm: &Realm, policy: &Policy, walk: &mut Walk, place: &Place<'_>) -> bool {
    let Some(profile) = place
        .profile
        .filter(|profile| profile.handler() == Some(Handler::SelfAsserted))
    else {
        return false;
    };
    let posted_before = walk.page().is_some_and(|page| page.failures > 0);
    let asks = at_page!(realm, policy, walk, |stage, held, bag| {
        selfasserted::requires_input(stage, profile, held, bag)
    });
    if posted_before || asks {
        return false;
    }
    walk.trace.warn(format!(
        "{} was passed without being posted: it requires no input, so a reload is enough",
        profile.id
    ));
    let outcome = at_page!(realm, policy, walk, |stage, held, bag| selfasserted::submit(
        stage,
        OnPage {
            profile,
            content: place.content
        },
        held,
        bag,
        &[]
    )
    .await);
    outcome.is_ok()
}
