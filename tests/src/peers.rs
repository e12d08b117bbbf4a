//! The client libraries and proxies that people already have, walked against the packaged app: pinned versions, each with the
//! smallest application of its README (`tests/peers`), in its default settings.
//!
//! # Layout
//! - [`table`]: who they are, and what is expected of each
//! - [`install`]: brings them to this machine, once
//! - `stage`: runs one
//! - `visitor`: a browser without a window; `window`: a real one; `person`: either of them
//! - `walk`: what is walked
//! - `keycloak`: the broker, which has walks of its own
//! - [`report`]: what came of it

pub mod install;
mod keycloak;
mod person;
pub mod report;
mod stage;
pub mod table;
mod visitor;
mod walk;
mod window;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use loopback::random;
use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use crate::rig::{Kind, Options, Rig, SIGNING_CERT};
use crate::vault::certificate::Format;
use install::Installed;
use report::{Report, Verdict};
use stage::{Place, Running};
use table::{Method, Peer};
use walk::Walker;

/// Longer than a version of the signing certificate is published before it signs: a day.
const OLD_ENOUGH: Duration = Duration::from_secs(25 * 3600);
/// How long a rotation may take to show.
const PATIENCE: Duration = Duration::from_secs(60);

/// Walks these peers, all against one rig; `tell` hears of each as soon as it is judged.
///
/// # Errors
/// The rig does not start. What goes wrong with a peer is in the report.
pub async fn run(app: &Path, peers: &[&'static Peer], mut tell: impl FnMut(&str)) -> Result<Report> {
    let mut report = Report::default();
    let mut cast = Vec::new();
    for peer in peers {
        match install::install(peer).await {
            Ok(installed) => cast.push(Member::new(peer, installed)?),
            Err(install::Failure::Missing(what)) => report.add(Verdict::skipped(peer, &what), &mut tell),
            Err(install::Failure::Broken(why)) => {
                report.add(Verdict::broken(peer, &format!("{why:#}")), &mut tell);
            }
        }
    }
    if cast.is_empty() {
        return Ok(report);
    }
    let rig = Rig::start(options(app, &cast)?).await?;
    rig.open().await?;
    let issuer = issuer(&rig).await?;
    for member in &mut cast {
        member.walk(&rig, &issuer).await;
    }
    rotate(&rig).await?;
    for mut member in cast {
        member.walk_after_rotation(&rig).await;
        report.add(member.verdict, &mut tell);
    }
    Ok(report)
}

/// A peer while it is walked.
struct Member {
    peer: &'static Peer,
    place: Place,
    running: Option<Running>,
    verdict: Verdict,
}

impl Member {
    fn new(peer: &'static Peer, installed: Installed) -> Result<Self> {
        Ok(Self {
            peer,
            place: Place::new(peer, installed)?,
            running: None,
            verdict: Verdict::of(peer),
        })
    }

    async fn walk(&mut self, rig: &Rig, issuer: &str) {
        let began = Instant::now();
        match Running::start(self.peer, &self.place, rig, issuer).await {
            Ok(running) => self.running = Some(running),
            Err(failure) => self.verdict.fail("start", &format!("{failure:#}")),
        }
        if let Some(running) = &self.running {
            let walker = Walker::new(rig, self.peer, &self.place, running);
            walker.first(&mut self.verdict).await;
        }
        self.verdict.elapsed += began.elapsed();
    }

    /// Without a sign-in before, one after a rotation would tell nothing new.
    async fn walk_after_rotation(&mut self, rig: &Rig) {
        let began = Instant::now();
        if let Some(running) = self.running.take() {
            let walker = Walker::new(rig, self.peer, &self.place, &running);
            walker.rotated(&mut self.verdict).await;
            if !self.verdict.is_good() {
                self.verdict.output = running.output();
            }
        }
        self.verdict.elapsed += began.elapsed();
    }
}

/// The rig with all of them as clients.
fn options(app: &Path, cast: &[Member]) -> Result<Options> {
    let mut options = Options::new(app.to_owned())
        .rude()?
        .with("AppSettings:LogLevel", "info")
        .with("Verification:PollMarksSeconds", "1 2 3 5 8")
        // No list of the site answers pages of other origins here.
        .with("AppSettings:Cors", "handler")
        // They come faster than people do.
        .with("Spend:MaxStartsPerMinute", "1000")
        .with("Spend:MaxStartsPerDay", "1000");
    let clients = cast.iter().flat_map(Member::clients);
    for (at, client) in clients.enumerate() {
        let number = Kind::ALL.len() + at;
        for (key, value) in client {
            options = options.with(&format!("Clients:{number}:{key}"), &value);
        }
    }
    Ok(options)
}

/// Settings of one client, by their last name.
type Client = Vec<(&'static str, String)>;

impl Member {
    /// What the handler is told of it.
    fn clients(&self) -> Vec<Client> {
        let peer = self.peer;
        let first = self.client(peer.name, self.place.registered(peer), peer.here);
        let others = peer.others.iter().map(|other| {
            let address = format!("{}{}", self.place.origin(), other.callback);
            self.client(other.id, address, other.here)
        });
        std::iter::once(first).chain(others).collect()
    }

    fn client(&self, id: &str, addresses: String, here: &[(&'static str, &str)]) -> Client {
        let mut settings = vec![
            ("Id", id.to_owned()),
            ("RedirectUris", addresses),
            ("WalkIn", "true".to_owned()),
        ];
        match self.peer.method {
            Method::Secret => {
                settings.push(("AuthMethod", "client_secret_basic".to_owned()));
                settings.push(("Secret", self.place.secret.clone()));
            }
            Method::Public => settings.push(("AuthMethod", "none".to_owned())),
        }
        settings.extend(here.iter().map(|(key, value)| (*key, (*value).to_owned())));
        settings
    }
}

/// The issuer as the document names it.
async fn issuer(rig: &Rig) -> Result<String> {
    let document = document(rig, &rig.endpoints.discovery).await?;
    Ok(member(&document, "/issuer")?.to_owned())
}

async fn document(rig: &Rig, address: &str) -> Result<Value> {
    let answer = rig.wire()?.get(&Url::parse(address)?, None).await?;
    ensure!(
        answer.status == 200,
        "{address}: {} {}",
        answer.status,
        answer.body
    );
    answer.json()
}

/// A new signing certificate, which signs from now on: time goes by in the vault, and the handler starts again.
async fn rotate(rig: &Rig) -> Result<()> {
    let before = signer(rig).await?;
    let vault = &rig.simulators.vault.vault;
    vault.rotate(SIGNING_CERT, Format::Pkcs12)?;
    vault.store.with(|store| store.age(SIGNING_CERT, OLD_ENOUGH));
    rig.host.kill_handlers().await;
    let deadline = Instant::now() + PATIENCE;
    while !signer(rig).await.is_ok_and(|now| now != before) {
        ensure!(Instant::now() < deadline, "the new key never signs");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// The key that signs: the first of the published ones.
async fn signer(rig: &Rig) -> Result<String> {
    let provider = document(rig, &rig.endpoints.discovery).await?;
    let keys = document(rig, member(&provider, "/jwks_uri")?).await?;
    Ok(member(&keys, "/keys/0/kid")?.to_owned())
}

/// A text in a document, by JSON pointer (RFC 6901).
fn member<'d>(document: &'d Value, pointer: &'static str) -> Result<&'d str> {
    let found = document.pointer(pointer).and_then(Value::as_str);
    found.context(pointer)
}

/// A secret of a client.
fn new_secret() -> String {
    random::hex::<16>()
}
