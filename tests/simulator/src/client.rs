//! The client: registers, pushes, redeems and asks again, as its library would.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::browser::form;
use crate::host::Exchange;
use crate::jumio::Document;
use crate::keys;
use crate::oracle::Told;
use crate::points::Who;
use crate::processes::{ORIGIN, PASSWORD, REDIRECT, SECRET, START};
use crate::world::{World, lock};

/// RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// A client repeats for that long.
const PATIENCE_MS: u64 = 10_000;
/// By clocks that differ, a repeat is in time at least for that long.
const JUDGED_MS: u64 = 5_000;

/// What an answer to a redemption means.
enum Redeemed {
    Served(Tokens),
    Refused,
    /// It has to be repeated.
    Again,
}

/// What a redeemed code gave.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    /// Who wrote the answer.
    pub(crate) by: Who,
}

impl World {
    /// Registers a sign-in; gives its ticket.
    pub(crate) async fn register(self: &Arc<Self>, story: usize, correlation: &str) -> Option<String> {
        let told = self.story(story, |story| story.clone())?;
        let mut body = json!({
            "objectId": told.subject, "correlationId": correlation, "clientId": told.client, "locale": "en",
        });
        if let (Some(expects), Some(body)) = (told.expects, body.as_object_mut()) {
            let (given, family, birthdate) = names(expects);
            body.insert("givenName".into(), given.into());
            body.insert("surname".into(), family.into());
            body.insert("birthdate".into(), birthdate.into());
        }
        let body = body.to_string();
        let request = Request::post("/api/verify")
            .header("authorization", basic("b2c", PASSWORD))
            .header("content-type", "application/json")
            .header("content-length", body.len())
            .body(Bytes::from(body))
            .ok()?;
        let exchange = self.send("client", request).await;
        let answer = exchange.answer.as_ref().filter(|answer| answer.status() == 200)?;
        let said: Value = serde_json::from_slice(answer.body()).ok()?;
        let id = text(&said, "verificationId");
        self.story(story, |story| story.id = Some(id));
        self.judge(&Told {
            story,
            began: exchange.began,
            status: &text(&said, "status"),
            reason: &text(&said, "idvReason"),
            by: "register",
        });
        Some(text(&said, "ticket"))
    }

    /// Parameters of an authorization request.
    pub(crate) fn request(&self, story: usize, hint: &str, state: &str) -> Vec<(String, String)> {
        let Some(told) = self.story(story, |story| story.clone()) else {
            return Vec::new();
        };
        let mut fields = vec![
            ("client_id", told.client),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", state),
            ("nonce", state),
            ("login_hint", hint),
        ];
        if told.is_fresh {
            fields.push(("prompt", "login"));
        }
        if told.client == "okta" {
            fields.extend([("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
        }
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        fields.into_iter().map(owned).collect()
    }

    /// Pushes an authorization request; gives the address to open.
    pub(crate) async fn push(self: &Arc<Self>, story: usize, hint: &str, state: &str) -> Option<String> {
        let client = self.story(story, |story| story.client)?;
        let fields = self.request(story, hint, state);
        let request = self.authenticated(client, "/api/verify/par", fields)?;
        let exchange = self.send("client", request).await;
        let answer = exchange.answer.filter(|answer| answer.status() == 201)?;
        let said: Value = serde_json::from_slice(answer.body()).ok()?;
        let fields = [
            ("client_id", client),
            ("request_uri", &text(&said, "request_uri")),
        ];
        Some(address(
            fields.map(|(name, value)| (name.to_owned(), value.to_owned())),
        ))
    }

    /// A request with the client's proof.
    fn authenticated(
        &self,
        client: &'static str,
        path: &str,
        mut fields: Vec<(String, String)>,
    ) -> Option<Request<Bytes>> {
        let mut add = |name: &str, value: String| fields.push((name.to_owned(), value));
        match client {
            "b2c" => add("client_secret", SECRET.to_owned()),
            "keys" => {
                add("client_assertion_type", ASSERTION.to_owned());
                add("client_assertion", self.assertion(client)?);
            }
            _ => {}
        }
        if !fields.iter().any(|(name, _)| name == "client_id") {
            fields.push(("client_id".to_owned(), client.to_owned()));
        }
        let mut request = form(path, &fields)?;
        if client == "okta" {
            request
                .headers_mut()
                .insert("authorization", basic(client, SECRET).parse().ok()?);
        }
        Some(request)
    }

    fn assertion(&self, client: &str) -> Option<String> {
        let now = START.unix_timestamp() + i64::try_from(self.ms() / 1000).ok()?;
        keys::assertion(&json!({
            "iss": client, "sub": client, "aud": format!("{ORIGIN}/api/token"), "iat": now, "exp": now + 50,
            "jti": format!("{:016x}", self.dice.next()),
        }))
    }

    /// Redeems a code as its rightful client, which repeats what it got no answer to, byte for byte.
    pub(crate) async fn redeem(self: &Arc<Self>, story: usize, code: &str) -> Option<Tokens> {
        let client = self.story(story, |story| story.client)?;
        let mut fields = vec![
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.to_owned()),
            ("redirect_uri".to_owned(), REDIRECT.to_owned()),
        ];
        if client == "okta" {
            fields.push(("code_verifier".to_owned(), VERIFIER.to_owned()));
        }
        let request = self.authenticated(client, "/api/token", fields)?;
        let since = self.ms();
        let mut written: Vec<String> = Vec::new();
        while self.ms() < since + PATIENCE_MS {
            let exchange = self.send("client", request.clone()).await;
            if let Some((_, StatusCode::OK, body)) = &exchange.written {
                written.push(text(
                    &serde_json::from_slice(body).unwrap_or_default(),
                    "access_token",
                ));
            }
            if written.iter().any(|token| Some(token) != written.first()) {
                self.violated("one token", "a code gave two access tokens");
            }
            match self.redeemed(story, &exchange, written.is_empty(), since) {
                Redeemed::Served(tokens) => return Some(tokens),
                Redeemed::Refused => return None,
                Redeemed::Again => {}
            }
            tokio::time::sleep(Duration::from_millis(self.dice.between(100, 1500))).await;
        }
        None
    }

    /// What an answer to a redemption means.
    fn redeemed(
        self: &Arc<Self>,
        story: usize,
        exchange: &Exchange,
        was_never_written: bool,
        since: u64,
    ) -> Redeemed {
        let Some(answer) = exchange.answer.as_ref() else {
            return Redeemed::Again;
        };
        match answer.status() {
            StatusCode::OK => {
                let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
                self.judge_token(story, exchange.began, &said);
                let by = exchange.written.as_ref().map(|(by, _, _)| *by);
                by.map_or(Redeemed::Again, |by| {
                    Redeemed::Served(Tokens {
                        access: text(&said, "access_token"),
                        by,
                    })
                })
            }
            status if status.is_server_error() => Redeemed::Again,
            status => {
                let in_time = self.ms() < since + JUDGED_MS;
                let said = String::from_utf8_lossy(answer.body());
                // It may have been on its way to the client for most of its life.
                if was_never_written && in_time && !said.contains("expired") {
                    self.violated(
                        "redemption",
                        &format!(
                            "the rightful client gets {status} ({said}) for a code that gave nothing yet"
                        ),
                    );
                }
                Redeemed::Refused
            }
        }
    }

    fn judge_token(&self, story: usize, began: u64, said: &Value) {
        let token = text(said, "id_token");
        let claims = token
            .split('.')
            .nth(1)
            .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let claims: Value = claims
            .and_then(|claims| serde_json::from_slice(&claims).ok())
            .unwrap_or_default();
        self.story(story, |story| {
            story.reference = Some(text(&claims, "idv_reference"));
        });
        self.judge_claims(story, began, &claims, "token");
        if let Some(at) = claims.get("auth_time").and_then(Value::as_i64) {
            let ms = (at - START.unix_timestamp()) * 1000;
            if !self.was_read_about(ms) {
                let status = text(&claims, "idv_status");
                self.violated(
                    "auth_time",
                    &format!("sign-in {story} is told {status} and auth_time {} s after the start, when no result was read", ms / 1000),
                );
            }
        }
    }

    fn judge_claims(&self, story: usize, began: u64, claims: &Value, by: &'static str) {
        self.step(&crate::world::Outside("client"), || {
            format!(
                "is told {} {} by {by}",
                text(claims, "idv_status"),
                text(claims, "idv_reason")
            )
        });
        self.judge(&Told {
            story,
            began,
            status: &text(claims, "idv_status"),
            reason: &text(claims, "idv_reason"),
            by,
        });
    }

    /// Asks userinfo; gives the status of the answer and of the person.
    pub(crate) async fn userinfo(
        self: &Arc<Self>,
        story: usize,
        access: &str,
    ) -> Option<(StatusCode, String)> {
        let request = Request::get("/api/token/userinfo")
            .header("authorization", format!("Bearer {access}"))
            .body(Bytes::new())
            .ok()?;
        let exchange = self.send("client", request).await;
        let answer = exchange.answer?;
        let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        if answer.status() == 200 {
            self.judge_claims(story, exchange.began, &said, "userinfo");
        }
        Some((answer.status(), text(&said, "idv_status")))
    }

    /// Another client presents the code: it is refused, and nothing is lost by that.
    pub(crate) async fn steal(self: &Arc<Self>, story: usize, code: &str) {
        let Some(client) = self.story(story, |story| story.client) else {
            return;
        };
        let thief = if client == "b2c" { "okta" } else { "b2c" };
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        let fields = fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        let Some(request) = self.authenticated(thief, "/api/token", fields) else {
            return;
        };
        let exchange = self.send("client", request).await;
        if exchange.written.is_some_and(|(_, status, _)| status == 200) {
            self.violated("one client", "another client redeemed the code");
        }
    }

    /// The code is presented again after its answer has long arrived: refused, and its access token revoked.
    pub(crate) async fn replay(self: &Arc<Self>, story: usize, code: &str, tokens: &Tokens) {
        let Some(client) = self.story(story, |story| story.client) else {
            return;
        };
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
        ];
        if client == "okta" {
            fields.push(("code_verifier", VERIFIER));
        }
        let fields = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let Some(request) = self.authenticated(client, "/api/token", fields) else {
            return;
        };
        let exchange = self.send("client", request).await;
        // A process that died, or met a faulty or slow store, just after it had answered may not have left word of that.
        let faults = lock(&self.faults).iter().any(|(who, _)| *who == tokens.by);
        let was_slow = lock(&self.slow_to_tell).contains(&tokens.by);
        let left_word = self.lives(tokens.by) && !faults && !was_slow;
        match exchange.written {
            Some((_, StatusCode::OK, _)) if left_word => {
                self.violated(
                    "one redemption",
                    "a code was redeemed again after its answer had arrived",
                );
            }
            Some((_, StatusCode::BAD_REQUEST, _)) => {
                if let Some((StatusCode::OK, _)) = self.userinfo(story, &tokens.access).await {
                    self.violated(
                        "revocation",
                        "the access token of a replayed code still opens userinfo",
                    );
                }
            }
            _ => {}
        }
    }
}

/// The address of an authorization request.
pub(crate) fn address(fields: impl IntoIterator<Item = (String, String)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    format!("/api/verify/authorize?{query}")
}

const fn names(document: Document) -> (&'static str, &'static str, &'static str) {
    match document {
        Document::Ada => ("Ada", "Lovelace", "1985-12-10"),
        Document::Grace => ("Grace", "Hopper", "1986-12-09"),
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn text(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
