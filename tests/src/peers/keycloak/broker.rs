//! The running Keycloak: how it is laid out, and how an application asks it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use loopback::browser::Page;
use loopback::html::Form;
use loopback::jose;
use loopback::random;
use serde_json::Value;
use tokio::process::Command;
use tokio::time::Instant;
use url::Url;

use super::super::document;
use super::super::install::Installed;
use super::super::stage::Place;
use super::super::visitor::{Visitor, text};
use crate::azurite::free_port;
use crate::rig::Rig;

/// Where the application would be: nobody listens, the browser is stopped before.
const APPLICATION: &str = "http://127.0.0.1:9/callback";
/// Of every account of the realm, and worth nothing.
const PASSWORD: &str = "only-for-the-rig";
/// Longest time for one way, and for a start after the port is open.
const PATIENCE: Duration = Duration::from_secs(120);

/// Who asks for an account, or has one. Each is somebody else, with a document of their own.
pub(super) struct Account {
    name: &'static str,
    born: &'static str,
    is_new: bool,
}

impl Account {
    /// One of the realm's.
    pub(super) const fn named(name: &'static str, born: &'static str) -> Self {
        Self {
            name,
            born,
            is_new: false,
        }
    }

    /// One that the sign-up makes.
    pub(super) const fn new_one(name: &'static str, born: &'static str) -> Self {
        Self {
            name,
            born,
            is_new: true,
        }
    }

    /// What the person writes into a form of Keycloak; nothing where they would be at a loss.
    fn fields(&self, form: &Form) -> Option<Vec<(&'static str, String)>> {
        let mail = format!("{}@example.org", self.name);
        let has = |name: &str| form.fields.iter().any(|(field, _)| field == name);
        if has("password") {
            let written = vec![("username", mail), ("password", PASSWORD.to_owned())];
            return (!self.is_new).then_some(written);
        }
        if has("email") {
            let names =
                [("firstName", "Carol"), ("lastName", "Cole")].map(|(name, value)| (name, value.to_owned()));
            return Some([vec![("email", mail)], names.to_vec()].concat());
        }
        Some(Vec::new())
    }
}

/// Where a way ended.
pub(super) enum Answer {
    /// Back at the application, with these parameters.
    Back(Vec<(String, String)>),
    /// On a page where the person is at a loss.
    Page(Page),
}

impl Answer {
    /// A parameter that came back.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let Self::Back(parameters) = self else {
            return None;
        };
        let found = parameters.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }

    /// For a failure's text.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Back(parameters) => format!("back with {parameters:?}"),
            Self::Page(page) => format!("{} {} {}", page.status, page.address.path(), text(&page.html)),
        }
    }
}

/// An application's view of it.
pub(super) struct Broker<'a> {
    rig: &'a Rig,
    place: &'a Place,
}

impl<'a> Broker<'a> {
    pub(super) fn new(rig: &'a Rig, place: &'a Place) -> Self {
        Self { rig, place }
    }

    pub(super) fn visitor(&self, account: &Account) -> Result<Visitor> {
        let visitor = Visitor::new(self.rig, &self.place.at("/")?)?;
        Ok(visitor.of_somebody_born(account.born))
    }

    /// Sends a browser to Keycloak with these further parameters, and has the person do what they are asked. `scenario` happens at
    /// Jumio.
    pub(super) async fn ask(
        &self,
        visitor: &Visitor,
        account: &Account,
        further: &[(&str, &str)],
        scenario: &str,
    ) -> Result<Answer> {
        let mut begin = self.endpoint("auth")?;
        begin
            .query_pairs_mut()
            .extend_pairs([("client_id", "application"), ("redirect_uri", APPLICATION)])
            .extend_pairs([("response_type", "code"), ("scope", "openid")])
            .append_pair("state", &random::hex::<8>())
            .extend_pairs(further);
        let (deadline, mut signed_in) = (Instant::now() + PATIENCE, false);
        let mut page = visitor.fetch(&begin).await?;
        loop {
            ensure!(Instant::now() < deadline, "leads nowhere: {}", page.address);
            if let Some(parameters) = back(&page)? {
                return Ok(Answer::Back(parameters));
            }
            let written = self.written(&page, account, &mut signed_in);
            let next = match written {
                Some((form, fields)) => visitor.press(&page, Some(&form), &borrowed(&fields)).await?,
                None => visitor.step(&page, scenario, true).await?,
            };
            let Some(next) = next else {
                return Ok(Answer::Page(page));
            };
            page = next;
        }
    }

    /// The form of a page of Keycloak's, and what the person writes into it. A password is asked for once.
    fn written(
        &self,
        page: &Page,
        account: &Account,
        signed_in: &mut bool,
    ) -> Option<(Form, Vec<(&'static str, String)>)> {
        let is_ours = page.address.as_str().starts_with(&self.place.origin());
        if !is_ours || page.status.is_redirection() || page.status.is_server_error() {
            return None;
        }
        let form = page.forms().into_iter().find(|form| form.method == "post")?;
        let fields = account.fields(&form)?;
        let asks_password = fields.iter().any(|(name, _)| *name == "password");
        if asks_password && std::mem::replace(signed_in, true) {
            return None;
        }
        Some((form, fields))
    }

    /// The claims of the application's ID token.
    pub(super) async fn claims(&self, answer: &Answer) -> Result<Value> {
        let code = answer.value("code").with_context(|| answer.told())?;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "application"),
            ("redirect_uri", APPLICATION),
            ("code", code),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = self
            .rig
            .wire()?
            .post_form(&self.endpoint("token")?, &form, None)
            .await?;
        let tokens: Value = answer.json()?;
        let token = tokens.get("id_token").and_then(Value::as_str);
        let token = token.with_context(|| answer.body.clone())?;
        payload(token)
    }

    fn endpoint(&self, name: &str) -> Result<Url> {
        self.place
            .at(&format!("/realms/idv/protocol/openid-connect/{name}"))
    }
}

fn borrowed<'f>(fields: &'f [(&'static str, String)]) -> Vec<(&'f str, &'f str)> {
    fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

/// The claims of a token that came from the issuer itself.
fn payload(token: &str) -> Result<Value> {
    let part = token.split('.').nth(1).context("a token of three parts")?;
    Ok(serde_json::from_slice(&jose::decode(part).context("base64url")?)?)
}

/// What a redirect to the application carries.
fn back(page: &Page) -> Result<Option<Vec<(String, String)>>> {
    let next = page
        .redirect()?
        .filter(|next| next.as_str().starts_with(APPLICATION));
    Ok(next.map(|next| next.query_pairs().into_owned().collect()))
}

/// What the realm file and Keycloak itself are told, beside what every peer is.
pub(in super::super) async fn environment(rig: &Rig) -> Result<Vec<(&'static str, String)>> {
    let provider = document(rig, &rig.endpoints.discovery).await?;
    let of = |name: &str| {
        provider
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .with_context(|| name.to_owned())
    };
    Ok(vec![
        ("AUTHORIZATION_ENDPOINT", of("authorization_endpoint")?),
        ("TOKEN_ENDPOINT", of("token_endpoint")?),
        ("USERINFO_ENDPOINT", of("userinfo_endpoint")?),
        ("JWKS_URI", of("jwks_uri")?),
        ("APPLICATION", APPLICATION.to_owned()),
        ("PASSWORD", PASSWORD.to_owned()),
        ("KC_HTTP_MANAGEMENT_PORT", free_port()?.to_string()),
        ("JAVA_OPTS_KC_HEAP", "-Xms64m -Xmx512m".to_owned()),
    ])
}

/// A copy of the archive in a peer's folder, because a start writes into it; with the realm to import.
pub(in super::super) async fn lay(installed: &Installed, folder: &Path) -> Result<()> {
    let mut entries = std::fs::read_dir(&installed.folder)?;
    let archive = entries.next().context("an empty archive")??.path();
    let home = folder.join("home");
    let status = Command::new("cp")
        .arg("-r")
        .arg(archive)
        .arg(&home)
        .status()
        .await?;
    ensure!(status.success(), "cp ended with {status}");
    let import = home.join("data/import");
    std::fs::create_dir_all(&import)?;
    std::fs::copy(folder.join("realm.json"), import.join("idv-realm.json"))?;
    Ok(())
}

/// Waits until the realm is there.
pub(in super::super) async fn ready(rig: &Rig, place: &Place) -> Result<()> {
    let address = place.at("/realms/idv/.well-known/openid-configuration")?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match document(rig, address.as_str()).await {
            Ok(_) => return Ok(()),
            Err(failure) if Instant::now() > deadline => bail!("the realm is not there: {failure:#}"),
            Err(_not_yet) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}
