//! `auth.<region>`: OAuth 2.0 access tokens (RFC 6749 section 4.4).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use loopback::{jose, random};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::gate::{check_headers, check_media_type, check_rate};
use super::problem::{injected, not_found, problem, unauthorized, wrong_method};
use super::rates::Lane;
use super::settings::Timers;
use super::tenant::Tenant;
use crate::serve::{Answer, Request, Service};
use crate::shared::Shared;

/// The key access tokens are signed with, and the token repeated requests get. Only we read our tokens again, so the
/// key is a secret (HS512), which costs no time at start.
pub(super) struct Tokens {
    key: [u8; 64],
    current: Shared<Option<(String, i64)>>,
}

loopback::debug_only!(Tokens: );

impl Tokens {
    pub(super) fn new() -> Self {
        Self {
            key: random::bytes(),
            current: Shared::default(),
        }
    }

    /// The current token, or a new one when it has little life left. Its remaining life is in its own `exp`:
    /// `expires_in` always tells the full one, as Jumio's does for a cached token.
    fn hand_out(&self, client_id: &str, timers: &Timers, now: OffsetDateTime) -> Option<String> {
        let now_s = now.unix_timestamp();
        let renewal = i64::try_from(timers.token_renewal_s).unwrap_or(i64::MAX);
        self.current.with(|current| {
            if let Some((token, exp)) = current
                && exp.saturating_sub(now_s) > renewal
            {
                return Some(token.clone());
            }
            let exp = now_s + i64::try_from(timers.token_life_s).ok()?;
            let token = self.sign(client_id, now_s, exp)?;
            *current = Some((token.clone(), exp));
            Some(token)
        })
    }

    fn sign(&self, client_id: &str, iat: i64, exp: i64) -> Option<String> {
        let header = json!({ "alg": "HS512", "typ": "JWT" });
        let claims = json!({ "sub": client_id, "client_id": client_id, "scope": "", "token_use": "access",
            "iat": iat, "exp": exp, "jti": random::uuid() });
        jose::sign_hmac(&header, &claims, &self.key).ok()
    }

    /// Signed by us and not run out.
    pub(super) fn is_valid(&self, token: &str, now: OffsetDateTime) -> bool {
        let claims = jose::parse(token).and_then(|token| token.verify_hmac("HS512", &self.key));
        let exp = claims
            .ok()
            .and_then(|claims| claims.get("exp").and_then(Value::as_i64));
        exp.is_some_and(|exp| now.unix_timestamp() < exp)
    }

    /// The next request gets a new token; the old one stays valid.
    pub(super) fn forget(&self) {
        self.current.with(|current| *current = None);
    }
}

pub(super) struct Host(pub(super) Arc<Tenant>);

impl Service for Host {
    fn name(&self) -> &'static str {
        super::NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        if request.path == "/oauth2/token" {
            "token"
        } else {
            "unknown"
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        let answer = match (request.path.as_str(), request.method.as_str()) {
            ("/oauth2/token", "POST") => issue(&self.0, &request).unwrap_or_else(|refusal| refusal),
            ("/oauth2/token", _) => wrong_method(),
            _ => not_found(),
        };
        async { answer }.boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        injected(status)
    }
}

fn issue(tenant: &Tenant, request: &Request) -> Result<Answer, Answer> {
    check_headers(request)?;
    check_media_type(request, "application/x-www-form-urlencoded")?;
    check_client(tenant, request)?;
    let grant = request
        .form_value("grant_type")
        .or_else(|| request.query_value("grant_type"));
    if grant.as_deref() != Some("client_credentials") {
        return Err(Answer::json(400, &json!({ "error": "unsupported_grant_type" })));
    }
    check_rate(tenant, Lane::Token)?;
    let timers = tenant.settings.with(|settings| settings.timers.clone());
    let token = tenant
        .tokens
        .hand_out(&tenant.client_id, &timers, tenant.clock.now())
        .ok_or_else(|| problem(500, "no token could be signed"))?;
    let body = json!({ "access_token": token, "expires_in": timers.token_life_s, "token_type": "Bearer" });
    Ok(Answer::json(200, &body))
}

/// Basic, or the two form fields that live clients are known to send.
fn check_client(tenant: &Tenant, request: &Request) -> Result<(), Answer> {
    let basic = request.authorization("basic").and_then(|encoded| {
        let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        text.split_once(':')
            .map(|(id, secret)| (id.to_owned(), secret.to_owned()))
    });
    let form = || {
        Some((
            request.form_value("client_id")?,
            request.form_value("client_secret")?,
        ))
    };
    let (id, secret) = basic.or_else(form).ok_or_else(unauthorized)?;
    if id == tenant.client_id && secret == tenant.client_secret {
        Ok(())
    } else {
        Err(unauthorized())
    }
}
