//! `POST /api/token`: a client redeems its code, once (RFC 6749 §4.1.3).

use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::sync::oneshot;
use warp::http::{StatusCode, header};

use crate::checks::RedeemError;
use crate::clients::Client;
use crate::grants::{Assertion, Grant, Grants, Presented, Receipt};
use crate::openid::answer::metadata::TOKEN;
use crate::openid::answer::refusal::{Code, REPEATED, Refusal};
use crate::openid::answer::{id_token, outcome};
use crate::openid::proof::client_auth::Proven;
use crate::openid::request::parameters::Parameters;
use crate::routes::exchange::call::Call;
use crate::routes::exchange::render::Shape;
use crate::routes::exchange::reply::{self, Response};
use crate::routes::exchange::route::{POST, Route, Told};
use crate::routes::problem::Fault;
use crate::services::Services;
use crate::telemetry;
use crate::tokens::at_hash;

pub(in crate::routes) const ROUTE: Route = Route {
    template: TOKEN,
    methods: POST,
    shape: Shape::OAuth,
    told: Told::Each,
};

/// What a client presents.
struct Redemption {
    client_id: String,
    code: String,
    redirect_uri: String,
    verifier: Option<String>,
    /// Its signed assertion, and when that was first used for this very request.
    assertion: Option<(String, Option<OffsetDateTime>)>,
}

impl Redemption {
    fn presented(&self) -> Presented<'_> {
        Presented {
            code: &self.code,
            client_id: &self.client_id,
            redirect_uri: &self.redirect_uri,
            code_verifier: self.verifier.as_deref(),
            assertion: self.assertion.as_ref().map(|(jwt, first_used)| Assertion {
                jwt,
                first_used: *first_used,
            }),
        }
    }
}

pub(in crate::routes) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let form = call.form().await?;
    if form.repeated().is_some() {
        return Err(REPEATED.into());
    }
    let now = call.gate.clock.now();
    let authorization = call.incoming.values(header::AUTHORIZATION);
    let auth = &services.client_auth;
    let proven = auth.check_repeatable(&authorization, &form, now).await?;
    telemetry::note_client(&proven.client.id);
    let redemption = redemption(&proven, &form)?;
    // Not finished for a client that has left: it asks again, and this one must not come after that and look like a replay.
    let client = proven.client;
    let word = |grant: &Grant| word(&services, client, grant, now);
    let (body, receipt) = services.grants.redeem(&redemption.presented(), word).await?;
    Ok(noting_its_end(&call, services.grants.clone(), receipt, &body))
}

/// What is told, signed. Nothing is written yet: what fails here uses nothing up.
fn word(services: &Services, client: &Client, grant: &Grant, now: OffsetDateTime) -> Result<Value, Fault> {
    outcome::check(grant, client.outcomes)?;
    let id_token = id_token(services, client, grant, Some(&at_hash(&grant.access_token)), now)?;
    Ok(json!({
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "expires_in": (grant.access_token_expires_at - now).whole_seconds().max(0),
        "id_token": id_token,
        "scope": grant.authorization.scope,
    }))
}

/// An ID token as this client wants it. `at_hash` is that of the access token where there is one.
pub(in crate::routes) fn id_token(
    services: &Services,
    client: &Client,
    grant: &Grant,
    at_hash: Option<&str>,
    now: OffsetDateTime,
) -> Result<String, Fault> {
    let issued = id_token::Issue {
        issuer: &services.addresses.issuer,
        now,
        life: client.id_token_life.unwrap_or(services.id_token_life),
    };
    let claims = id_token::id_token(grant, client, &issued, at_hash)?;
    Ok(services.keys.sign_by(client.signing_alg, &claims)?)
}

/// The answer, and when it was written to the socket that is known at once, and recorded just after. An answer that never
/// gets there leaves no record: then its client may ask again.
fn noting_its_end(call: &Call, grants: Grants, receipt: Receipt, body: &Value) -> Response {
    let (handed_over, is_handed_over) = oneshot::channel();
    let recording = grants.clone();
    call.gate.background.start(async move {
        if is_handed_over.await.is_ok() {
            recording.record_answered(receipt).await;
        }
    });
    reply::json_noting_its_end(StatusCode::OK, body, move || {
        grants.answered(receipt);
        // Nobody listens any more when the process is ending.
        let _ = handed_over.send(());
    })
}

fn redemption(proven: &Proven<'_>, form: &Parameters) -> Result<Redemption, Fault> {
    match form.get("grant_type") {
        Some("authorization_code") => {}
        Some(_) => {
            return Err(
                Refusal::new(Code::UnsupportedGrantType, "only authorization_code is supported").into(),
            );
        }
        None => return Err(Refusal::invalid("grant_type is missing").into()),
    }
    let verifier = form.get("code_verifier");
    if verifier.is_some_and(|verifier| !is_verifier(verifier)) {
        return Err(Fault::Redeem(RedeemError::WrongVerifier));
    }
    Ok(Redemption {
        client_id: proven.client.id.clone(),
        code: form
            .get("code")
            .ok_or(Refusal::invalid("code is missing"))?
            .to_owned(),
        redirect_uri: form
            .get("redirect_uri")
            .ok_or(Refusal::invalid("redirect_uri is missing"))?
            .to_owned(),
        verifier: verifier.map(str::to_owned),
        assertion: form
            .get("client_assertion")
            .map(|jwt| (jwt.to_owned(), proven.first_used)),
    })
}

/// RFC 7636 §4.1.
fn is_verifier(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}
