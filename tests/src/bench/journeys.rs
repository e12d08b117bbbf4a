//! Persons on their way: every request of a journey, made before the clock runs.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use loopback::clock::stamp;
use loopback::random;
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::wire::{Answer, Connection, get, post};
use crate::client::proof::basic;
use crate::jumio::callback;
use crate::jumio::scenario::Plan;
use crate::jumio::transaction::{PROCESSED, Transaction};
use crate::rig::{Cast, Kind, Rig};

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The requests of a person whom Jumio has approved a moment ago, unknown to the handler as yet.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Jumio's callback.
    pub callback: Vec<u8>,
    /// The person comes back from Jumio.
    pub comes_back: Vec<u8>,
    /// The waiting page.
    pub page: Vec<u8>,
    /// What its script asks.
    pub status: Vec<u8>,
    /// Leads back to the client.
    pub onward: Vec<u8>,
}

/// A registration of somebody who was never seen before, with names and birth date to be compared.
#[must_use]
pub fn registration(cast: &Cast) -> Vec<u8> {
    registration_of(cast, &random::uuid())
}

/// A sign-in of this account.
#[must_use]
pub fn registration_of(cast: &Cast, account: &str) -> Vec<u8> {
    let claims = json!({
        "objectId": account, "correlationId": random::uuid(), "clientId": Kind::Post.id(),
        "givenName": "Mira", "surname": "Talvik", "birthdate": "1988-04-12", "locale": "en",
    });
    let authorization = basic(Cast::USER, &cast.password);
    let headers = [JSON, ("authorization", authorization.as_str())];
    post("/api/verify", &headers, &claims.to_string())
}

/// Takes new persons through registration, authorization and Jumio's page.
///
/// # Errors
/// A step is not answered as it must be.
pub async fn begin(rig: &Rig, port: u16, count: usize) -> Result<Vec<Visit>> {
    let mut connection = Connection::open(port).await?;
    let mut cookies = Vec::new();
    for _ in 0..count {
        let answer = connection.send(&registration(&rig.cast)).await?.expect(200)?;
        let (ticket, id) = registered(&answer)?;
        let authorize = authorize(&rig.cast, &ticket);
        let (cookie, back) = hop(&connection.send(&authorize).await?)?;
        connection.send(&back).await?.expect(303)?;
        cookies.push((id, cookie));
    }
    visits(rig, &cookies)
}

/// Ticket and id of a registration.
///
/// # Errors
/// It was refused.
pub fn registered(answer: &Answer<'_>) -> Result<(String, String)> {
    let registered: Value = serde_json::from_str(answer.expect(200)?.text())?;
    let text = |name: &str| registered.get(name).and_then(Value::as_str).context("no ticket");
    Ok((text("ticket")?.to_owned(), text("verificationId")?.to_owned()))
}

/// A browser that comes with a ticket.
#[must_use]
pub fn authorize(cast: &Cast, ticket: &str) -> Vec<u8> {
    get(&authorization(cast, ticket), &[])
}

/// The cookie that it was handed, and what it asks next.
///
/// # Errors
/// It was handed none.
pub fn hop(answer: &Answer<'_>) -> Result<(String, Vec<u8>)> {
    let cookie = answer.expect(303)?.header("set-cookie").context("no cookie")?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let back = answer.header("location").context("no address")?;
    let back = get(back, &[("cookie", &cookie)]);
    Ok((cookie, back))
}

/// What comes next of persons who were sent to Jumio, by verification and cookie: it approves them all.
///
/// # Errors
/// Jumio does not know one of them.
pub fn visits(rig: &Rig, sent: &[(String, String)]) -> Result<Vec<Visit>> {
    let at_jumio = transactions(rig);
    let visits = sent.iter().map(|(id, cookie)| {
        let transaction = at_jumio.get(&format!("{id}-1"));
        visit(rig, transaction.context("Jumio knows nothing of it")?, cookie)
    });
    visits.collect()
}

fn authorization(cast: &Cast, ticket: &str) -> String {
    let query = Serializer::new(String::new())
        .append_pair("client_id", Kind::Post.id())
        .append_pair("redirect_uri", &cast.redirect_uri)
        .append_pair("response_type", "code")
        .append_pair("scope", "openid")
        .append_pair("state", &random::hex::<16>())
        .append_pair("nonce", &random::hex::<16>())
        .append_pair("login_hint", ticket)
        .finish();
    format!("/api/verify/authorize?{query}")
}

/// By the handler's own reference.
fn transactions(rig: &Rig) -> HashMap<String, Transaction> {
    rig.simulators.jumio.tenant.book.with(|book| {
        let all = book.all().cloned();
        all.map(|transaction| (transaction.asked.customer_reference.clone(), transaction))
            .collect()
    })
}

/// Shows the first sample document, which is what was registered.
fn visit(rig: &Rig, transaction: &Transaction, cookie: &str) -> Result<Visit> {
    let tenant = &rig.simulators.jumio.tenant;
    let document = transaction.document.clone();
    tenant.finish(&transaction.execution, Plan::default(), document);
    let done = tenant.look(&transaction.execution).context("it is gone")?;
    let settings = tenant.settings.get();
    let content = callback::content(&done, PROCESSED, &settings);
    let (media_type, body) = content.render(&stamp(tenant.clock.now()));
    let callback = path(done.asked.callback_url.as_deref())?;
    let back = path(done.asked.success_url.as_deref())?;
    let handle = back.rsplit('/').next().unwrap_or_default();
    let cookie = [("cookie", cookie)];
    Ok(Visit {
        callback: post(&callback, &[("content-type", media_type)], &body),
        comes_back: get(&back, &cookie),
        page: get(&format!("/api/verify/wait/{handle}"), &cookie),
        status: get(&format!("/api/verify/wait/{handle}/status"), &cookie),
        onward: get(&format!("/api/verify/wait/{handle}/continue"), &cookie),
    })
}

/// Waits until the callback was worked on: the handler answers it first and asks Jumio afterwards.
async fn decided(connection: &mut Connection, visit: &Visit) -> Result<()> {
    for _ in 0..500 {
        if connection
            .send(&visit.status)
            .await?
            .expect(200)?
            .text()
            .contains("approved")
        {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    anyhow::bail!("the callback was not worked on within a second")
}

fn path(address: Option<&str>) -> Result<String> {
    let address = address.context("Jumio was not told an address")?;
    Ok(Url::parse(address)?.path().to_owned())
}

/// Brings everybody back to the client, and makes the requests that redeem their codes.
///
/// # Errors
/// Somebody does not get a code.
pub async fn redemptions(rig: &Rig, port: u16, visits: &[Visit]) -> Result<Vec<Vec<u8>>> {
    let mut connection = Connection::open(port).await?;
    let mut redemptions = Vec::new();
    for visit in visits {
        decided(&mut connection, visit).await?;
        redemptions.push(redemption(&rig.cast, &connection.send(&visit.onward).await?)?);
    }
    Ok(redemptions)
}

/// What the client asks whose user was sent back with a code.
///
/// # Errors
/// The user was not.
pub fn redemption(cast: &Cast, answer: &Answer<'_>) -> Result<Vec<u8>> {
    let back = Url::parse(answer.expect(303)?.header("location").context("no address")?)?;
    let code = back.query_pairs().find(|(name, _)| name == "code");
    let code = code.with_context(|| format!("no code: {back}"))?.1;
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", &code)
        .append_pair("redirect_uri", &cast.redirect_uri)
        .append_pair("client_id", Kind::Post.id())
        .append_pair("client_secret", &cast.post_secret)
        .finish();
    Ok(post("/api/token", &[FORM], &form))
}
