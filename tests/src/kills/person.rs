//! A person who does not give up: reloads, presses what the page offers, and plays the check.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use loopback::browser::{Arrival, Page};
use loopback::html::refresh;
use tokio::time::{Instant, sleep};
use url::Url;

use super::PATIENCE_S;
use crate::client::walk::{Person, Walk};

/// Between two tries; a person takes longer.
const PAUSE: Duration = Duration::from_millis(40);
/// What a page of the handler may offer to press, in the order in which a person tries it; the last only who tries again.
const OFFERS: [&str; 3] = ["begin", "leave", "retry"];

/// A browser on its way.
pub(super) struct Patient<'a> {
    pub(super) walk: &'a Walk,
    pub(super) person: Person,
    pub(super) deadline: Instant,
    /// Whether the person makes another attempt where there is no other way.
    tries_again: bool,
    /// Where the browser was last.
    seen: String,
}

impl<'a> Patient<'a> {
    pub(super) fn new(walk: &'a Walk, scenario: &str) -> Self {
        Self {
            walk,
            person: Person::who(scenario),
            deadline: Instant::now() + Duration::from_secs(PATIENCE_S),
            tries_again: false,
            seen: String::new(),
        }
    }

    /// Somebody who makes another attempt after a rejection.
    pub(super) fn trying_again(mut self) -> Self {
        self.tries_again = true;
        self
    }

    /// From the entrance back to the client; what the browser brought there.
    pub(super) async fn arrive(&mut self) -> Result<Vec<(String, String)>> {
        let mut page = self.load(&self.walk.entrance.clone()).await?;
        loop {
            self.seen = format!("{} {} {}", page.status, state(&page), page.address);
            if Instant::now() > self.deadline {
                bail!("a page that leads nowhere: {}", self.seen);
            }
            if page.status.is_redirection() {
                let next = location(&page)?;
                if let Some(brought) = self.back(&next) {
                    return Ok(brought);
                }
                page = self.load(&next).await?;
                continue;
            }
            page = match self.act(&page).await? {
                Arrival::Page(page) => page,
                Arrival::Stop { parameters, .. } => return Ok(parameters),
            };
        }
    }

    /// What a person does on a page: plays the check, presses, waits, or reloads.
    async fn act(&mut self, page: &Page) -> Result<Arrival> {
        if page.html.contains("SIMULATOR") {
            let form = page.form_with("action", "submit")?;
            let fields = [("action", "submit"), ("scenario", self.person.scenario.as_str())];
            return Ok(Arrival::Page(
                self.walk.browser.press(page, &form, &fields).await?,
            ));
        }
        let known = if self.tries_again { 3 } else { 2 };
        let offer = OFFERS
            .iter()
            .take(known)
            .find_map(|offer| Some((*offer, page.form_with("action", offer).ok()?)));
        if let Some((offer, form)) = offer.filter(|_| refresh(&page.html).is_none()) {
            // What a person does by themselves begins their patience anew.
            self.deadline = Instant::now() + Duration::from_secs(PATIENCE_S);
            let pressed = self.walk.browser.press(page, &form, &[("action", offer)]).await;
            return match pressed {
                Ok(next) => Ok(Arrival::Page(next)),
                Err(_) => Ok(Arrival::Page(self.load(&page.address).await?)),
            };
        }
        sleep(PAUSE).await;
        Ok(Arrival::Page(self.load(&onward(page)?).await?))
    }

    fn back(&self, address: &Url) -> Option<Vec<(String, String)>> {
        let mut bare = address.clone();
        bare.set_query(None);
        (bare == self.walk.client.agreement.redirect_uri)
            .then(|| address.query_pairs().into_owned().collect())
    }

    /// Loads an address, and reloads while there is no answer or only one that says "not now".
    async fn load(&self, address: &Url) -> Result<Page> {
        loop {
            let page = self.walk.browser.fetch(address).await;
            if let Ok(page) = page
                && !page.status.is_server_error()
            {
                return Ok(page);
            }
            if Instant::now() > self.deadline {
                bail!("a dead page: {address}, last seen {}", self.seen);
            }
            sleep(PAUSE).await;
        }
    }
}

/// Where a page leads by itself or by its link back to the client; else the page again.
fn onward(page: &Page) -> Result<Url> {
    let link = format!("{}/continue", page.address.path());
    let next = match refresh(&page.html) {
        Some((_, next)) => next,
        None => page.html.contains(&format!("\"{link}\"")).then_some(link),
    };
    Ok(next.map_or_else(|| Ok(page.address.clone()), |next| page.address.join(&next))?)
}

/// What a page of the handler shows.
fn state(page: &Page) -> &str {
    let told = page.html.split_once("data-state=\"");
    told.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("-")
}

fn location(page: &Page) -> Result<Url> {
    let location = page.headers.get(http::header::LOCATION);
    let location = location.context("a redirect without address")?.to_str()?;
    Ok(page.address.join(location)?)
}
