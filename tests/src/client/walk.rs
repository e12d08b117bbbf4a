//! A whole journey without a window: client, handler, Jumio's page, handler, client.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use loopback::browser::{Arrival, Browser, Page};
use loopback::html::refresh;
use url::Url;

use super::Client;
use super::ask::{Ask, Pending};
use super::tokens::Tokens;

/// A waiting page is asked again this often; a person's browser would take seconds.
const REFRESH: Duration = Duration::from_millis(150);

/// One browser on its way through one request.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The client that asks.
    pub client: Client,
    /// The browser that walks.
    pub browser: Browser,
    /// The request.
    pub pending: Pending,
    /// Where the browser enters.
    pub entrance: Url,
}

/// What a person does on Jumio's page.
#[derive(Clone, Debug)]
pub struct Person {
    /// What happens: a scenario of the simulator, such as `pass`.
    pub scenario: String,
    /// Given names on the document; the sample's when empty.
    pub first_name: String,
    /// Family name on the document.
    pub last_name: String,
    /// Birth date on the document, `YYYY-MM-DD`.
    pub born: String,
}

impl Person {
    /// Shows the first sample document, and `scenario` happens.
    #[must_use]
    pub fn who(scenario: &str) -> Self {
        let empty = String::new;
        Self {
            scenario: scenario.to_owned(),
            first_name: empty(),
            last_name: empty(),
            born: empty(),
        }
    }
}

impl Walk {
    /// A request in the browser's address.
    #[must_use]
    pub fn by_address(client: &Client, browser: Browser, ask: &Ask) -> Self {
        let pending = client.prepare(ask);
        let entrance = client.address(&pending);
        Self {
            client: client.clone(),
            browser,
            pending,
            entrance,
        }
    }

    /// A pushed request.
    ///
    /// # Errors
    /// The provider refuses it.
    pub async fn pushed(client: &Client, browser: Browser, ask: &Ask) -> Result<Self> {
        let pending = client.prepare(ask);
        let entrance = client.push(&pending).await?;
        Ok(Self {
            client: client.clone(),
            browser,
            pending,
            entrance,
        })
    }

    /// Opens the entrance.
    ///
    /// # Errors
    /// No answer.
    pub async fn enter(&self) -> Result<Arrival> {
        self.open(&self.entrance).await
    }

    /// Opens any address with this walk's browser.
    ///
    /// # Errors
    /// No answer.
    pub async fn open(&self, address: &Url) -> Result<Arrival> {
        self.browser.open(address, self.stop()).await
    }

    /// Plays the person on Jumio's page.
    ///
    /// # Errors
    /// This is not Jumio's page, or no answer.
    pub async fn at_jumio(&self, page: &Page, person: &Person) -> Result<Arrival> {
        let form = page.form_with("action", "submit")?;
        let changes = [
            ("action", "submit"),
            ("scenario", &person.scenario),
            ("firstName", &person.first_name),
            ("lastName", &person.last_name),
            ("dateOfBirth", &person.born),
        ];
        self.browser.submit(page, &form, &changes, self.stop()).await
    }

    /// Presses the button `action=<action>` of a page, with further fields.
    ///
    /// # Errors
    /// There is no such button, or no answer.
    pub async fn press(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Result<Arrival> {
        let form = page.form_with("action", action)?;
        let changes = [&[("action", action)], fields].concat();
        self.browser.submit(page, &form, &changes, self.stop()).await
    }

    /// Stays on a page that refreshes itself until it leads elsewhere or stops refreshing.
    ///
    /// # Errors
    /// It still waits after `patience`.
    pub async fn wait(&self, mut arrival: Arrival, patience: Duration) -> Result<Arrival> {
        let begin = Instant::now();
        loop {
            let Arrival::Page(page) = &arrival else {
                return Ok(arrival);
            };
            let Some((_, next)) = refresh(&page.html) else {
                return Ok(arrival);
            };
            let next = next.map_or_else(|| Ok(page.address.clone()), |next| page.address.join(&next))?;
            if begin.elapsed() > patience {
                bail!("still waiting after {patience:?} on {}", page.address);
            }
            tokio::time::sleep(REFRESH).await;
            arrival = self.open(&next).await?;
        }
    }

    /// Back at the client: redeems the code and checks the tokens.
    ///
    /// # Errors
    /// The browser is not back, or what it brought or the provider answered breaks a rule.
    pub async fn finish(&self, arrival: Arrival) -> Result<Tokens> {
        let code = self.client.receive(&self.pending, &arrival.parameters()?)?;
        self.client.redeem(&self.pending, &code).await
    }

    /// The whole journey of a person who does what they are asked.
    ///
    /// # Errors
    /// Any step fails.
    pub async fn through(&self, person: &Person, patience: Duration) -> Result<Tokens> {
        let page = self.enter().await?.page()?;
        let arrival = self.at_jumio(&page, person).await?;
        self.finish(self.wait(arrival, patience).await?).await
    }

    fn stop(&self) -> &str {
        self.client.agreement.redirect_uri.as_str()
    }
}
