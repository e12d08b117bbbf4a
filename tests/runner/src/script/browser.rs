//! A browser without a screen: cookies, redirects, and the requests a page's script makes.

use super::page::{Landing, PageView};
use crate::config;
use crate::outbound::Outbound;
use anyhow::{Context as _, Result, bail, ensure};
use loopback::browser::{self as pages, Page, REDIRECTS};
use loopback::debug_only;
use loopback::html::Form;
use serde_json::Value as Json;
use url::Url;

/// One browser with its cookies.
pub struct Browser {
    pages: pages::Browser,
    /// Addresses that belong to the application: arriving there ends a journey.
    application: Vec<String>,
}

debug_only!(Browser: application);

impl Browser {
    /// A browser with no cookies; `application` are the redirect addresses that end a journey.
    ///
    /// # Errors
    /// When the extra certificate authority cannot be read.
    pub fn new(outbound: &config::Outbound, application: &[String]) -> Result<Self> {
        Ok(Self {
            pages: pages::Browser::by(Outbound::builder(outbound)?)?,
            application: application.to_vec(),
        })
    }

    /// Opens an address and follows it to a page, an answer or something else.
    ///
    /// # Errors
    /// When a server does not answer or redirects without end.
    pub async fn open(&self, address: &Url) -> Result<Landing> {
        if let Some(answer) = self.answer(address, &[]) {
            return Ok(answer);
        }
        let page = self.pages.fetch(address).await;
        self.follow(page.with_context(|| format!("{address} does not answer"))?)
            .await
    }

    /// Posts a form as a browser does, and follows.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn post(&self, address: &Url, form: &[(String, String)]) -> Result<Landing> {
        if let Some(answer) = self.answer(address, form) {
            return Ok(answer);
        }
        let page = self.pages.post(address, form, &[]).await;
        self.follow(page.with_context(|| format!("{address} does not answer"))?)
            .await
    }

    async fn follow(&self, mut page: Page) -> Result<Landing> {
        for _ in 0..REDIRECTS {
            let (address, form) = match (page.redirect()?, auto_form(&page)) {
                (Some(address), _) => (address, None),
                (None, Some(form)) => (page.address.join(&form.action)?, Some(form.fields)),
                (None, None) => {
                    return Ok(Landing::of(page.status.as_u16(), &page.address, page.html));
                }
            };
            if let Some(answer) = self.answer(&address, form.as_deref().unwrap_or_default()) {
                return Ok(answer);
            }
            page = match form {
                Some(fields) => self.pages.post(&address, &fields, &[]).await,
                None => self.pages.fetch(&address).await,
            }
            .with_context(|| format!("{address} does not answer"))?;
        }
        bail!("more than {REDIRECTS} redirects, the last to {}", page.address)
    }

    /// The application's answer, when the address is one of its own.
    fn answer(&self, address: &Url, form: &[(String, String)]) -> Option<Landing> {
        let mut bare = address.clone();
        bare.set_query(None);
        bare.set_fragment(None);
        self.application
            .iter()
            .any(|known| known == bare.as_str())
            .then(|| {
                let pairs = |text: &str| {
                    url::form_urlencoded::parse(text.as_bytes())
                        .into_owned()
                        .collect::<Vec<_>>()
                };
                let query = pairs(address.query().unwrap_or_default());
                let fragment = pairs(address.fragment().unwrap_or_default());
                Landing::Answer([query, fragment, form.to_vec()].concat())
            })
    }

    /// A request of a page's script: fields posted to `path` below the policy, with the page's CSRF token.
    ///
    /// # Errors
    /// When the tenant answers anything but HTTP 200 with JSON.
    pub async fn call(&self, page: &PageView, path: &str, fields: &[(String, String)]) -> Result<Json> {
        let address = page.address(path, &[])?;
        let headers = [
            ("x-csrf-token", page.setting("csrf")),
            ("x-requested-with", "XMLHttpRequest".to_owned()),
        ];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = self.pages.post(&address, fields, &headers).await;
        let answer = answer.with_context(|| format!("{address} does not answer"))?;
        ensure!(answer.status.is_success(), "{address} answered {}", answer.status);
        Ok(serde_json::from_str(&answer.html)?)
    }

    /// Follows a link of a page: `confirmed`, `error`, `unified`, `forgotPassword`.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn go(&self, page: &PageView, action: &str, more: &[(&str, &str)]) -> Result<Landing> {
        let csrf = page.setting("csrf");
        let parameters = [&[("csrf_token", csrf.as_str())], more].concat();
        let address = page.address(&format!("api/{}/{action}", page.setting("api")), &parameters)?;
        self.open(&address).await
    }
}

/// The form that the page's script posts.
fn auto_form(page: &Page) -> Option<Form> {
    page.forms().into_iter().find(|form| form.id == "auto")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, StatusCode};

    fn page(html: &str) -> Page {
        Page {
            address: Url::parse("https://tenant.test/").unwrap(),
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            html: html.to_owned(),
        }
    }

    #[test]
    fn a_self_posting_form_is_read_back() {
        let fields = vec![("state".to_owned(), "a\"<&>'b".to_owned())];
        let html = crate::page::post_form("https://app.test/cb?a=1&b=2", &fields).into_string();
        let form = auto_form(&page(&html)).unwrap();
        assert_eq!(form.action, "https://app.test/cb?a=1&b=2");
        assert_eq!(form.fields, fields);
        assert_eq!(auto_form(&page("<form id=\"other\">")), None);
    }
}
