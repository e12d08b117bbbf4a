//! What is walked with each peer: a sign-in, a second one, a refusal, and a sign-in after a rotation.

use std::time::Duration;

use anyhow::{Result, ensure};
use tokio::time::Instant;
use url::Url;

use super::keycloak;
use super::person::{Person, Seen};
use super::report::Verdict;
use super::stage::{Place, Running};
use super::table::Peer;
use super::visitor::Visitor;
use super::window::Window;
use crate::rig::Rig;

/// The peer that is a page without a server, and so needs a real browser.
const WINDOWED: &str = "oidc-client-ts";

/// Longest time for which a library does not read the keys again.
const COOLDOWN: Duration = Duration::from_secs(70);
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(5);

/// Everything a walk needs.
#[derive(Clone, Copy)]
pub(super) struct Walker<'a> {
    rig: &'a Rig,
    peer: &'static Peer,
    place: &'a Place,
}

impl<'a> Walker<'a> {
    /// For a peer that runs.
    pub(super) fn new(rig: &'a Rig, peer: &'static Peer, place: &'a Place, _running: &'a Running) -> Self {
        Self { rig, peer, place }
    }

    /// Everything before the rotation.
    pub(super) async fn first(&self, verdict: &mut Verdict) {
        if self.peer.name == keycloak::NAME {
            return keycloak::walk(self.rig, self.place, verdict).await;
        }
        let window = match self.window().await {
            Ok(window) => window,
            Err(failure) => return verdict.fail("Chromium", &format!("{failure:#}")),
        };
        if let Err(failure) = self.approved(window.as_ref()).await {
            verdict.fail("sign-in", &format!("{failure:#}"));
        }
        match self.refused(window.as_ref()).await {
            Ok(shown) => verdict.show(shown),
            Err(failure) => verdict.fail("refusal", &format!("{failure:#}")),
        }
    }

    /// A sign-in after the rotation.
    pub(super) async fn rotated(&self, verdict: &mut Verdict) {
        if self.peer.name == keycloak::NAME {
            return keycloak::rotated(self.rig, self.place, verdict).await;
        }
        // Some libraries read the keys again at most once a minute; a key is published for a day before it signs.
        let deadline = Instant::now() + COOLDOWN;
        while let Err(failure) = self.sign_in_after_rotation().await {
            if Instant::now() > deadline {
                return verdict.fail("rotation", &format!("{failure:#}"));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Approved and signed in for one payment; then again, as somebody whom only the handler's cookie knows, for none.
    async fn approved(&self, window: Option<&Window>) -> Result<()> {
        let person = self.person(window, "approved")?;
        let seen = self.for_payments(1, &person, "pass").await?;
        ensure!(seen.sub.is_some(), "nobody is signed in: {}", told(&seen));
        let again = self.for_payments(0, &person.forgotten(self.rig)?, "pass").await?;
        ensure!(
            again.sub == seen.sub,
            "another sign-in, somebody else: {}",
            told(&again)
        );
        Ok(())
    }

    /// Rejected and kept out, back at the application. What it shows.
    async fn refused(&self, window: Option<&Window>) -> Result<String> {
        let person = self.person(window, "refused")?;
        let seen = self.for_payments(1, &person, "fraud").await?;
        ensure!(seen.sub.is_none(), "LET IN although rejected: {}", told(&seen));
        let is_back = seen.address.origin() == self.home()?.origin();
        ensure!(is_back, "not back at the application: {}", told(&seen));
        let expected = self.peer.refused;
        ensure!(
            seen.text.contains(expected),
            "nothing of {expected:?}: {}",
            told(&seen)
        );
        Ok(told(&seen))
    }

    async fn sign_in_after_rotation(&self) -> Result<()> {
        let window = self.window().await?;
        let person = self.person(window.as_ref(), "rotated")?;
        let seen = self.for_payments(1, &person, "pass").await?;
        ensure!(seen.sub.is_some(), "nobody is signed in: {}", told(&seen));
        Ok(())
    }

    async fn for_payments(&self, expected: u64, person: &Person<'_>, scenario: &str) -> Result<Seen> {
        let before = self.payments();
        let seen = person.sign_in(self.peer, self.place, scenario).await?;
        let paid = self.payments() - before;
        ensure!(
            paid == expected,
            "{paid} payments instead of {expected}: {}",
            told(&seen)
        );
        Ok(seen)
    }

    fn payments(&self) -> u64 {
        let book = &self.rig.simulators.jumio.tenant.book;
        book.with(|book| book.len())
    }

    async fn window(&self) -> Result<Option<Window>> {
        if self.peer.name == WINDOWED {
            return Window::open().await.map(Some);
        }
        Ok(None)
    }

    fn person<'w>(&self, window: Option<&'w Window>, name: &'static str) -> Result<Person<'w>> {
        Ok(match window {
            Some(window) => Person::Windowed(window, name),
            None => Person::Plain(Visitor::new(self.rig, &self.home()?)?),
        })
    }

    fn home(&self) -> Result<Url> {
        self.place.at("/")
    }
}

fn told(seen: &Seen) -> String {
    format!("{} {} {}", seen.status, seen.address.path(), seen.text)
}
