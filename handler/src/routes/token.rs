//! `POST /api/token`: a client redeems its code, once (RFC 6749 §4.1.3).

use serde_json::json;
use warp::http::{StatusCode, header};

use super::call::Call;
use super::problem::Fault;
use super::render::Shape;
use super::reply::{self, Response};
use super::serve::{POST, Route};
use crate::openid::id_token;
use crate::openid::metadata::TOKEN;
use crate::openid::parameters::Parameters;
use crate::openid::refusal::{Code, REPEATED, Refusal};
use crate::telemetry;
use crate::tokens::at_hash;
use crate::verification::RedeemError;

pub(super) const ROUTE: Route = Route {
    template: TOKEN,
    methods: POST,
    shape: Shape::OAuth,
};

/// What a client presents.
struct Redemption {
    client_id: String,
    code: String,
    redirect_uri: String,
    verifier: Option<String>,
}

pub(super) async fn answer(mut call: Call) -> Result<Response, Fault> {
    let services = call.services().await?;
    let form = call.form().await?;
    if form.repeated().is_some() {
        return Err(REPEATED.into());
    }
    let now = call.gate.clock.now();
    let authorization = call.incoming.values(header::AUTHORIZATION);
    let client = services.client_auth.check(&authorization, &form, now).await?;
    telemetry::note_client(&client.id);
    let redemption = redemption(&client.id, &form)?;
    let verifications = services.verifications.clone();
    let redeemed = call.gate.background.finish(async move {
        let Redemption {
            client_id,
            code,
            redirect_uri,
            verifier,
        } = redemption;
        verifications
            .redeem(&code, &client_id, &redirect_uri, verifier.as_deref())
            .await
    });
    let grant = redeemed.await?.map_err(Fault::Redeem)?;
    telemetry::note_verification(grant.outcome.id);
    let issued = id_token::Issue {
        issuer: &services.addresses.issuer,
        now,
        life: services.id_token_life,
    };
    let claims = id_token::id_token(&grant, &issued, &at_hash(&grant.access_token));
    let body = json!({
        "access_token": grant.access_token,
        "token_type": "Bearer",
        "expires_in": (grant.access_token_expires_at - now).whole_seconds().max(0),
        "id_token": services.keys.sign(&claims)?,
        "scope": grant.authorization.scope,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

fn redemption(client_id: &str, form: &Parameters) -> Result<Redemption, Fault> {
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
        client_id: client_id.to_owned(),
        code: form
            .get("code")
            .ok_or(Refusal::invalid("code is missing"))?
            .to_owned(),
        redirect_uri: form
            .get("redirect_uri")
            .ok_or(Refusal::invalid("redirect_uri is missing"))?
            .to_owned(),
        verifier: verifier.map(str::to_owned),
    })
}

/// RFC 7636 §4.1.
fn is_verifier(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}
