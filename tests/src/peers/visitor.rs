//! A person's browser without a window, at an application, at the handler and at Jumio.

use std::time::Duration;

use anyhow::{Result, bail};
use http::StatusCode;
use loopback::browser::{Browser, Page};
use loopback::html::{Form, refresh};
use tokio::time::{Instant, sleep};
use url::{Origin, Url};

use crate::rig::Rig;

/// Between two looks at a waiting page; a person's browser would take seconds.
const PAUSE: Duration = Duration::from_millis(150);
/// Longest time for one way from the application back to it.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a page of the handler may offer to press, in the order in which a person tries it; nobody tries again here.
const OFFERS: [&str; 2] = ["begin", "leave"];

/// Two jars of cookies, so that a person can lose the application's and keep the others.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    application: Browser,
    others: Browser,
    origin: Origin,
    /// Birth date on the document, where it is not the sample's: another one is another person.
    born: &'static str,
}

impl Visitor {
    /// A new browser for the application at `origin`.
    ///
    /// # Errors
    /// Never with the certificates a rig has.
    pub(super) fn new(rig: &Rig, origin: &Url) -> Result<Self> {
        Ok(Self {
            application: rig.browser()?,
            others: rig.browser()?,
            origin: origin.origin(),
            born: "",
        })
    }

    /// Of somebody born on this day, `YYYY-MM-DD`.
    pub(super) fn of_somebody_born(self, born: &'static str) -> Self {
        Self { born, ..self }
    }

    /// The same browser, which the application does not know any more.
    ///
    /// # Errors
    /// Never with the certificates a rig has.
    pub(super) fn forgotten(&self, rig: &Rig) -> Result<Self> {
        Ok(Self {
            application: rig.browser()?,
            ..self.clone()
        })
    }

    /// Fetches an address and follows nothing.
    ///
    /// # Errors
    /// No answer.
    pub(super) async fn fetch(&self, address: &Url) -> Result<Page> {
        self.at(address).fetch(address).await
    }

    /// Walks from `begin` until there is a page of the application after the others' ones, or a page that leads nowhere. `scenario`
    /// happens at Jumio.
    ///
    /// # Errors
    /// No answer, or a circle.
    pub(super) async fn walk(&self, begin: &Url, scenario: &str) -> Result<Page> {
        let page = self.fetch(begin).await?;
        self.go_on(page, scenario).await
    }

    /// The same from a page that is there already.
    ///
    /// # Errors
    /// As [`Visitor::walk`].
    pub(super) async fn go_on(&self, mut page: Page, scenario: &str) -> Result<Page> {
        let deadline = Instant::now() + PATIENCE;
        let mut was_away = false;
        loop {
            if Instant::now() > deadline {
                bail!(
                    "leads nowhere: {} {}\n{}",
                    page.status,
                    page.address,
                    text(&page.html)
                );
            }
            was_away |= !self.is_application(&page.address);
            let next = self.step(&page, scenario, was_away).await?;
            let Some(next) = next else {
                return Ok(page);
            };
            page = next;
        }
    }

    /// What comes of this page, if anything does. Only who was not away yet presses a button of the application.
    ///
    /// # Errors
    /// No answer.
    pub(super) async fn step(&self, page: &Page, scenario: &str, was_away: bool) -> Result<Option<Page>> {
        if let Some(next) = page.redirect()? {
            return self.fetch(&next).await.map(Some);
        }
        if self.is_application(&page.address) {
            // Before anybody left, a page of the application is one with a button for the sign-in.
            let forms = page.forms();
            let button = forms.iter().find(|form| !was_away && form.method == "post");
            return self.press(page, button, &[]).await;
        }
        if page.html.contains("SIMULATOR") {
            let form = page.form_with("action", "submit")?;
            let changes = [
                ("action", "submit"),
                ("scenario", scenario),
                ("dateOfBirth", self.born),
            ];
            return self.press(page, Some(&form), &changes).await;
        }
        self.at_handler(page).await
    }

    /// What a person does on a page of the handler.
    async fn at_handler(&self, page: &Page) -> Result<Option<Page>> {
        let forms = page.forms();
        if let Some(form) = forms.iter().find(|form| self.leads_to_application(page, form)) {
            return self.press(page, Some(form), &[]).await;
        }
        if let Some((_, next)) = refresh(&page.html) {
            sleep(PAUSE).await;
            let next = next.map_or_else(|| Ok(page.address.clone()), |next| page.address.join(&next))?;
            return self.fetch(&next).await.map(Some);
        }
        let offer = OFFERS
            .iter()
            .find_map(|offer| Some((*offer, page.form_with("action", offer).ok()?)));
        if let Some((offer, form)) = offer {
            return self.press(page, Some(&form), &[("action", offer)]).await;
        }
        let onward = format!("{}/continue", page.address.path());
        if page.html.contains(&format!("\"{onward}\"")) {
            return self.fetch(&page.address.join(&onward)?).await.map(Some);
        }
        if page.status == StatusCode::SERVICE_UNAVAILABLE && page.headers.contains_key("retry-after") {
            sleep(PAUSE).await;
            return self.fetch(&page.address).await.map(Some);
        }
        Ok(None)
    }

    /// A page of `response_mode=form_post`, which a script submits.
    fn leads_to_application(&self, page: &Page, form: &Form) -> bool {
        let target = page.address.join(&form.action);
        form.method == "post" && target.is_ok_and(|target| self.is_application(&target))
    }

    /// Presses a button, if there is one: with the cookies of where the form leads.
    ///
    /// # Errors
    /// No answer.
    pub(super) async fn press(
        &self,
        page: &Page,
        form: Option<&Form>,
        changes: &[(&str, &str)],
    ) -> Result<Option<Page>> {
        let Some(form) = form else {
            return Ok(None);
        };
        let target = page.address.join(&form.action)?;
        self.at(&target).press(page, form, changes).await.map(Some)
    }

    fn is_application(&self, address: &Url) -> bool {
        address.origin() == self.origin
    }

    /// Whose cookies go to an address.
    fn at(&self, address: &Url) -> &Browser {
        if self.is_application(address) {
            &self.application
        } else {
            &self.others
        }
    }
}

/// What a page says, without its markup, on one line.
pub(super) fn text(html: &str) -> String {
    let body = html.rsplit_once("</head>").map_or(html, |(_, body)| body);
    let mut text = String::new();
    for (at, part) in body.split('<').enumerate() {
        let said = if at == 0 {
            part
        } else {
            let (tag, said) = part.split_once('>').unwrap_or((part, ""));
            let is_hidden = tag.starts_with("script") || tag.starts_with("style");
            if is_hidden { "" } else { said }
        };
        text.push_str(said);
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn a_page_says_what_stands_between_its_tags() {
        let page = "<html><head><title>T</title></head><body><h1>No</h1>\n<script>let a</script><p>way in</p></body>";
        assert_eq!(text(page), "No way in");
        assert_eq!(
            text("{\"error\":\"access_denied\"}"),
            "{\"error\":\"access_denied\"}"
        );
    }
}
