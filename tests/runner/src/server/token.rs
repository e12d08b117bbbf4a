//! `POST …/oauth2/v2.0/token`: codes and refresh tokens for tokens.

mod client;
mod refresh;

use super::{Answer, ask::Ask, reply};
use crate::config::Application;
use crate::engine::grants::{CodeError, Grant};
use crate::engine::tokens::{Minted, mint};
use crate::engine::{Failure, Realm};
use crate::model::Policy;
use http::{Method, StatusCode};
use loopback::jose::{encode, same};
use serde_json::{Value as Json, json};

pub(super) async fn answer(realm: &Realm, policy: &Policy, ask: &Ask) -> Answer {
    if ask.method == Method::OPTIONS {
        return allow(realm, ask, reply::with(StatusCode::NO_CONTENT, "text/plain", ""));
    }
    let answer = match tokens(realm, policy, ask).await {
        Ok(minted) => reply::json(StatusCode::OK, &body(realm, &minted, ask)),
        Err(failure) => refused(realm, &failure),
    };
    allow(realm, ask, answer)
}

/// Single-page applications read the answer from a page of one of their redirect addresses' origins.
fn allow(realm: &Realm, ask: &Ask, mut answer: Answer) -> Answer {
    let origin = ask.header("origin").unwrap_or_default();
    let public = realm.applications.iter().filter(|application| application.public);
    let mut origins = public
        .flat_map(|application| &application.redirect_uris)
        .filter_map(|uri| url::Url::parse(uri).ok());
    if origins.any(|uri| uri.origin().ascii_serialization() == origin) {
        reply::set(&mut answer, "access-control-allow-origin", origin);
        reply::set(&mut answer, "access-control-allow-headers", "content-type");
        reply::set(&mut answer, "vary", "Origin");
    }
    answer
}

fn refused(realm: &Realm, failure: &Failure) -> Answer {
    let status = if failure.oauth == "invalid_client" {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::BAD_REQUEST
    };
    let description = failure.description(&loopback::random::uuid(), realm.clock.now());
    reply::json(
        status,
        &json!({"error": failure.oauth, "error_description": description}),
    )
}

async fn tokens(realm: &Realm, policy: &Policy, ask: &Ask) -> Result<Minted, Failure> {
    if ask.method != Method::POST {
        return Err(Failure::invalid_request(
            "AADB2C90083",
            "the token endpoint takes POST only",
        ));
    }
    let application = client::authenticate(realm, ask)?;
    match ask.field("grant_type") {
        Some("authorization_code") => redeem(realm, policy, application, ask),
        Some("refresh_token") => refresh::redeem(realm, policy, application, ask).await,
        Some(other) => {
            let text = format!("The supplied grant_type '{other}' is not supported.");
            Err(Failure::new("AADB2C90086", text).oauth("unsupported_grant_type"))
        }
        None => Err(missing("grant_type")),
    }
}

fn missing(name: &str) -> Failure {
    Failure::invalid_request(
        "AADB2C90083",
        format!("The request is missing the required parameter '{name}'."),
    )
}

fn invalid_grant(code: &str, text: &str) -> Failure {
    Failure::new(code, text).oauth("invalid_grant")
}

fn redeem(realm: &Realm, policy: &Policy, application: &Application, ask: &Ask) -> Result<Minted, Failure> {
    let code = ask.field("code").ok_or_else(|| missing("code"))?;
    let grant = realm.grants.redeem(code, realm.clock.now()).map_err(|fault| match fault {
        CodeError::Unknown => invalid_grant("AADB2C90088", "The provided grant has not been issued for this endpoint."),
        CodeError::Expired | CodeError::Redeemed => {
            invalid_grant("AADB2C90080", "The provided grant has expired or was redeemed before. Please re-authenticate and try again.")
        }
    })?;
    check(policy, application, ask, &grant)?;
    mint(realm, policy, &grant, None)
}

fn check(policy: &Policy, application: &Application, ask: &Ask, grant: &Grant) -> Result<(), Failure> {
    if grant.client_id != application.client_id {
        return Err(invalid_grant(
            "AADB2C90279",
            "The provided client id does not match the client id that issued the grant.",
        ));
    }
    if !grant.policy.eq_ignore_ascii_case(&policy.id) {
        let text = "The provided grant has not been issued for this endpoint: it is another policy's.";
        return Err(invalid_grant("AADB2C90088", text));
    }
    if ask.field("redirect_uri") != Some(grant.redirect_uri.as_str()) {
        let text = "The redirect URI of the request does not match the one the grant was issued for.";
        return Err(invalid_grant("AADB2C90006", text));
    }
    check_verifier(grant.challenge.as_ref(), ask.field("code_verifier"))
}

/// RFC 7636 §4.6.
fn check_verifier(challenge: Option<&(String, String)>, verifier: Option<&str>) -> Result<(), Failure> {
    let wrong = || invalid_grant("AADB2C90183", "The supplied code_verifier is invalid.");
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) | (Some(_), None) => Err(wrong()),
        (Some((challenge, method)), Some(verifier)) => {
            let made = if method == "S256" {
                encode(&openssl::sha::sha256(verifier.as_bytes()))
            } else {
                verifier.to_owned()
            };
            if same(made.as_bytes(), challenge.as_bytes()) {
                Ok(())
            } else {
                Err(wrong())
            }
        }
    }
}

/// B2C's token response; numbers are texts unless the issuer says otherwise.
fn body(realm: &Realm, minted: &Minted, ask: &Ask) -> Json {
    let now = realm.clock.now().unix_timestamp();
    let number = |value: i64| {
        if minted.json_numbers {
            json!(value)
        } else {
            json!(value.to_string())
        }
    };
    let mut body = json!({
        "id_token": minted.id_token,
        "token_type": "Bearer",
        "not_before": number(now),
        "id_token_expires_in": number(minted.expires_in),
        "profile_info": encode(minted.claims.to_string().as_bytes()),
        "scope": ask.field("scope").unwrap_or("openid"),
    });
    let mut set = |name: &str, value: Json| {
        if let Some(members) = body.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if let Some(token) = &minted.access_token {
        set("access_token", json!(token));
        set("expires_in", number(minted.expires_in));
        set("expires_on", number(now + minted.expires_in));
    }
    if let Some(token) = &minted.refresh_token {
        set("refresh_token", json!(token));
        set(
            "refresh_token_expires_in",
            number(minted.refresh_token_expires_in),
        );
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::grants::tests::grant;
    use bytes::Bytes;
    use http::HeaderMap;
    use loopback::serve::Request;

    fn ask(body: &'static str) -> Ask {
        let request = Request {
            method: Method::POST,
            path: "/".to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        };
        Ask::new(request, ([127, 0, 0, 1], 50_000).into())
    }

    fn fault(client_id: &str, policy: &str, body: &'static str) -> Option<String> {
        let application = Application {
            client_id: client_id.to_owned(),
            name: None,
            redirect_uris: vec![],
            secret: None,
            public: true,
        };
        let policy = Policy {
            id: policy.to_owned(),
            ..Policy::default()
        };
        check(&policy, &application, &ask(body), &grant())
            .err()
            .map(|failure| failure.code)
    }

    #[test]
    fn a_code_is_bound_to_client_policy_and_address() {
        let body = "redirect_uri=https%3A%2F%2Fapp.test%2Fcb";
        assert_eq!(fault("app", "b2c_1a_TEST", body), None);
        assert_eq!(
            fault("other", "B2C_1A_Test", body).as_deref(),
            Some("AADB2C90279")
        );
        assert_eq!(fault("app", "B2C_1A_Other", body).as_deref(), Some("AADB2C90088"));
        assert_eq!(
            fault("app", "B2C_1A_Test", "redirect_uri=https%3A%2F%2Fevil.test").as_deref(),
            Some("AADB2C90006")
        );
        assert_eq!(fault("app", "B2C_1A_Test", "").as_deref(), Some("AADB2C90006"));
    }

    #[test]
    fn the_verifier_must_be_the_challenge_s() {
        // RFC 7636 appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = (
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            "S256".to_owned(),
        );
        assert!(check_verifier(Some(&challenge), Some(verifier)).is_ok());
        assert!(check_verifier(Some(&challenge), Some("other")).is_err());
        assert!(check_verifier(Some(&challenge), None).is_err());
        assert!(check_verifier(None, Some(verifier)).is_err());
    }
}
