//! `InitializeTransaction`: registers, and gives the address where the person starts. Calls nobody, so it is quick and safe to
//! repeat: B2C waits 10 s and then asks once more. Jumio is called, once, by the browser that comes to that address.

use url::form_urlencoded;

use super::{answer, caller, front};
use crate::checks::Registration;
use crate::grants::LinkRequest;
use crate::openid::answer::metadata::AUTHORIZE;
use crate::openid::request::personal::plausible;
use crate::openid::request::registration::Invalid;
use crate::routes::browser::authorize::LINK;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::reply::Response;
use crate::routes::problem::Fault;
use crate::sample::answer;
use crate::sample::front::{CALLER, Front, Refused};
use crate::sample::wire::InitializeTransaction;
use crate::telemetry;

pub(super) async fn initialize(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let front = front(&services)?;
    let body = caller::body(&mut call, &services, front).await?;
    let asked = InitializeTransaction::parse(&body).map_err(Refused::from)?;
    call.speak(&[asked.locale.as_deref()], services.default_language);
    permitted(&call, front, &asked)?;
    plausible(&asked.person, call.gate.clock.now()).map_err(Invalid::from)?;
    telemetry::note_client(&asked.client_id);
    telemetry::note_correlation(&asked.correlation_id);
    let grants = services.grants.clone();
    let started = call
        .finish(async move { grants.register_link(registration(asked)).await })
        .await?;
    telemetry::note_verification(started.id);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair(LINK, &started.value)
        .finish();
    let address = services.addresses.at(&format!("{AUTHORIZE}?{query}"));
    Ok(answer(answer::transaction(&started.id.to_string(), &address)))
}

/// Whoever has to complete the settings is told the value that is missing there: none of these is personal or a secret.
fn permitted(call: &Call, front: &Front, asked: &InitializeTransaction) -> Result<(), Fault> {
    let permitted = front.permits(&asked.client_id, &asked.redirect_uri, &asked.policy);
    permitted.map_err(|why| {
        let code = "sample.unregistered_value";
        if !call.gate.traffic.damper.writes(code) {
            return Refused::from(why).into();
        }
        tracing::warn!(
            code = "sample.unregistered_value",
            cause = %why,
            client.id = asked.client_id.as_str(),
            redirect_uri = asked.redirect_uri.as_str(),
            policy = asked.policy.as_str(),
            "request for what no setting names; the values can be copied from here"
        );
        Refused::from(why).into()
    })
}

fn registration(asked: InitializeTransaction) -> LinkRequest {
    LinkRequest {
        registration: Registration {
            caller: CALLER.to_owned(),
            client_id: None,
            sector: None,
            was_callers: false,
            subject: asked.object_id,
            correlation_id: Some(asked.correlation_id.clone()),
            person: asked.person,
            email: None,
            locale: asked.locale,
            ip: None,
            consent: None,
            walk_in: false,
        },
        correlation_id: asked.correlation_id,
        client_id: asked.client_id,
        redirect_uri: asked.redirect_uri,
        scope: asked.scope,
        policy: asked.policy,
    }
}
