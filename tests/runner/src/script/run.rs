//! Walks the journeys of a script in a tenant of its own.

use super::browser::Browser;
use super::expect::{differences, token};
use super::file::{Account, Act, Journey, Script};
use super::page::{Landing, PageView};
use super::phone;
use super::providers::Providers;
use super::services::Services;
use crate::config::Config;
use crate::engine::Realm;
use crate::engine::realm::OWN_CLIENT;
use crate::{model, server};
use anyhow::{Context as _, Result, bail, ensure};
use loopback::clock::Clock;
use loopback::secret::Secret;
use serde_json::{Map, Value as Json};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// What came of one journey.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its name.
    pub name: String,
    /// What differs from what was expected; empty when it passed.
    pub differences: Vec<String>,
    /// Its trace, for the report.
    pub trace: String,
    /// How long it took.
    pub took: Duration,
}

/// Starts a tenant, walks every journey, and ends the tenant.
///
/// # Errors
/// When the tenant cannot start. What goes wrong inside a journey is in its outcome.
pub async fn all(script: &Script, mut config: Config, policies: model::Tenant) -> Result<Vec<Outcome>> {
    let services = Services::start(&script.service).await?;
    let providers = Providers::start(&script.provider).await?;
    config.outbound.replace.extend(services.replace.clone());
    config.outbound.replace.extend(providers.replace.clone());
    config.state = None;
    let listener = server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let origin = format!("http://localhost:{}", listener.local_addr()?.port());
    let realm = Arc::new(Realm::open(config, policies, &origin, Clock::default())?);
    for account in &script.account {
        make(&realm, account).await?;
    }
    let _serving = server::serve(Arc::clone(&realm), listener)?;
    walk_all(script, &realm, &StandIns { services, providers }).await
}

/// Whoever answers in place of others; they end with it.
struct StandIns {
    services: Services,
    providers: Providers,
}

async fn make(realm: &Realm, account: &Account) -> Result<()> {
    let mut attributes = Map::new();
    attributes.insert(
        "signInNames.emailAddress".to_owned(),
        account.email.to_lowercase().into(),
    );
    for (name, value) in &account.attributes {
        attributes.insert(name.clone(), value.clone());
    }
    realm
        .directory
        .create(attributes, account.password.as_ref().map(Secret::expose))
        .await
        .with_context(|| account.email.clone())?;
    Ok(())
}

async fn walk_all(script: &Script, realm: &Realm, stand_ins: &StandIns) -> Result<Vec<Outcome>> {
    let mut outcomes = vec![];
    let mut browser = browser(realm)?;
    for journey in &script.journey {
        if !journey.same_browser {
            browser = self::browser(realm)?;
        }
        realm.clock.shift_s(journey.advance_s);
        stand_ins.services.lines.begin(&journey.answered);
        stand_ins.providers.lines.begin(&journey.told);
        let began = Instant::now();
        let before = realm.traces.all().first().map(|trace| trace.id.clone());
        let landing = walk(script, realm, journey, &browser).await;
        let trace = realm
            .traces
            .all()
            .into_iter()
            .next()
            .filter(|trace| Some(&trace.id) != before.as_ref());
        let differences = match &landing {
            Ok(landing) => {
                let token = token(landing);
                differences(
                    &journey.expect,
                    landing,
                    token.as_ref(),
                    trace.as_ref(),
                    &realm.directory,
                )
            }
            Err(fault) => vec![format!("{fault:#}")],
        };
        let style = crate::trace::terminal::Style::default();
        let trace = trace
            .map(|trace| crate::trace::terminal::one(&trace, style))
            .unwrap_or_default();
        outcomes.push(Outcome {
            name: journey.name.clone(),
            differences,
            trace,
            took: began.elapsed(),
        });
    }
    Ok(outcomes)
}

fn browser(realm: &Realm) -> Result<Browser> {
    let addresses: Vec<String> = realm
        .applications
        .iter()
        .flat_map(|application| application.redirect_uris.clone())
        .collect();
    Browser::new(&realm.config.outbound, &addresses)
}

async fn walk(script: &Script, realm: &Realm, journey: &Journey, browser: &Browser) -> Result<Landing> {
    let mut landing = browser.open(&request(script, realm, journey)?).await?;
    for (at, act) in journey.step.iter().enumerate() {
        let page = landing
            .page()
            .with_context(|| format!("at step {} of the script", at + 1))?;
        landing = self::act(realm, browser, act, page)
            .await
            .with_context(|| format!("at step {} of the script", at + 1))?;
    }
    Ok(landing)
}

fn request(script: &Script, realm: &Realm, journey: &Journey) -> Result<Url> {
    let policy = journey
        .policy
        .as_ref()
        .or(script.policy.as_ref())
        .context("no policy")?;
    let client_id = journey.client_id.as_deref().unwrap_or(OWN_CLIENT);
    let application = realm
        .application(client_id)
        .with_context(|| format!("no application {client_id}"))?;
    let redirect_uri = application
        .redirect_uris
        .first()
        .context("the application has no redirect address")?;
    let mut parameters = vec![
        ("client_id", client_id),
        ("redirect_uri", redirect_uri),
        ("response_type", "id_token"),
        ("scope", "openid"),
        ("nonce", "script"),
        ("state", "script"),
    ];
    parameters.retain(|(name, _)| !journey.parameters.contains_key(*name));
    parameters.extend(
        journey
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    let mut address = realm.address(&format!("{}/oauth2/v2.0/authorize", realm.path_of(policy)))?;
    address.query_pairs_mut().extend_pairs(parameters);
    Ok(address)
}

async fn act(realm: &Realm, browser: &Browser, act: &Act, page: PageView) -> Result<Landing> {
    if let Some(wanted) = &act.page {
        let found = page.content_definition();
        ensure!(found == *wanted, "expected the page {wanted}, but it is {found}");
    }
    for claim in &act.shows {
        let shown = page
            .claims()
            .iter()
            .any(|found| found.eq_ignore_ascii_case(claim));
        ensure!(shown, "the page does not show {claim}, but {:?}", page.claims());
    }
    for claim in &act.verify {
        verify(realm, browser, act, &page, claim).await?;
    }
    match act.choose.as_deref() {
        Some("cancel") => return browser.go(&page, "error", &[("code", "AADB2C90091")]).await,
        Some("signup") => return browser.go(&page, "unified", &[("local", "signup")]).await,
        Some("forgot") => return browser.go(&page, "forgotPassword", &[]).await,
        Some(exchange) => {
            return browser
                .go(&page, "unified", &[("claimsexchange", exchange)])
                .await;
        }
        None if act.reload => return browser.go(&page, "confirmed", &[]).await,
        None => {}
    }
    if page.setting("api") == "Phonefactor" {
        return phone::pass(realm, browser, act, page).await;
    }
    submit(browser, act, page).await
}

async fn submit(browser: &Browser, act: &Act, page: PageView) -> Result<Landing> {
    let mut fields = vec![("request_type".to_owned(), "RESPONSE".to_owned())];
    fields.extend(filled(act, &page));
    // A bare dialog has nothing to post.
    let answer = if page.setting("api") == "Dialog" {
        None
    } else {
        Some(browser.call(&page, "SelfAsserted", &fields).await?)
    };
    let message = answer
        .as_ref()
        .filter(|answer| text(answer, "status") != "200")
        .map(|answer| text(answer, "message"));
    match (&act.refused, message) {
        (None, None) => browser.go(&page, "confirmed", &[]).await,
        (Some(wanted), Some(found)) if found.contains(wanted.as_str()) => Ok(Landing::Page(Box::new(page))),
        (Some(wanted), Some(found)) => bail!("expected the refusal {wanted:?}, but it is {found:?}"),
        (Some(wanted), None) => bail!("expected the refusal {wanted:?}, but the page was accepted"),
        (None, Some(found)) => bail!("the page was refused: {found}"),
    }
}

fn text(answer: &Json, name: &str) -> String {
    answer
        .get(name)
        .and_then(Json::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// What a person leaves in the fields: what they fill in, else what stands there.
fn filled(act: &Act, page: &PageView) -> Vec<(String, String)> {
    let value = |claim: &String| {
        let typed = act
            .fill
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(claim))
            .map(|(_, value)| value.clone());
        typed.unwrap_or_else(|| page.value(claim).unwrap_or_default().to_owned())
    };
    let mut fields: Vec<(String, String)> = page
        .claims()
        .iter()
        .map(|claim| (claim.clone(), value(claim)))
        .collect();
    let unasked = act
        .fill
        .iter()
        .filter(|(name, _)| !page.claims().iter().any(|claim| claim.eq_ignore_ascii_case(name)));
    fields.extend(unasked.map(|(name, value)| (name.clone(), value.clone())));
    fields
}

/// Asks for a code, reads it in the mailbox, and sends it back.
async fn verify(realm: &Realm, browser: &Browser, act: &Act, page: &PageView, claim: &str) -> Result<()> {
    let typed = filled(act, page)
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(claim));
    let (claim, address) = typed.with_context(|| format!("the page does not ask for {claim}"))?;
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let code = |realm: &Realm| {
        let newest = realm.mailbox.read(Some(&address)).into_iter().next();
        newest
            .map(|message| message.code)
            .with_context(|| format!("no code for {address} in the mailbox"))
    };
    if let Some(control) = page.control_of(&claim) {
        let action = |name: &str| format!("SelfAsserted/DisplayControlAction/vbeta/{control}/{name}");
        let mut fields = filled(act, page);
        succeed(&browser.call(page, &action("SendCode"), &fields).await?)?;
        let code_claim = page
            .code_claim(&control)
            .context("the control has no field for the code")?;
        fields.retain(|(name, _)| *name != code_claim);
        fields.push((code_claim, code(realm)?));
        return succeed(&browser.call(page, &action("VerifyCode"), &fields).await?);
    }
    let request = [
        field("request_type", "VERIFICATION_REQUEST"),
        field("claim_id", &claim),
        field("claim_value", &address),
    ];
    succeed(&browser.call(page, "SelfAsserted", &request).await?)?;
    let answer = [
        field("request_type", "VALIDATION_REQUEST"),
        field("claim_id", &claim),
        field("claim_value", &address),
        field("user_input", &code(realm)?),
    ];
    succeed(&browser.call(page, "SelfAsserted", &answer).await?)
}

fn succeed(answer: &Json) -> Result<()> {
    ensure!(
        text(answer, "status") == "200",
        "refused: {}",
        text(answer, "message")
    );
    Ok(())
}
