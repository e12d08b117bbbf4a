//! A browser without a window: cookies, redirects one at a time, forms.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use http::StatusCode;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderMap, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use url::Url;

use crate::cookies::Cookies;
use crate::html::{Form, forms};

/// As many redirects as Chromium follows.
pub const REDIRECTS: usize = 20;

/// What talks to others here: no proxy, no redirects, a minute of patience. `authority` are further root certificates, as PEM.
///
/// # Errors
/// A certificate that is none.
pub fn http_client(authority: Option<&[u8]>) -> Result<reqwest::ClientBuilder> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(Duration::from_secs(60));
    Ok(match authority {
        Some(pem) => builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?),
        None => builder,
    })
}

/// A browser with its cookies.
#[derive(Clone, Debug)]
pub struct Browser {
    http: reqwest::Client,
}

/// What a browser shows.
#[derive(Clone, Debug)]
pub struct Page {
    /// Address of the page.
    pub address: Url,
    /// HTTP status.
    pub status: StatusCode,
    /// Headers of the answer.
    pub headers: HeaderMap,
    /// The HTML.
    pub html: String,
}

/// How a walk through redirects ended.
#[derive(Clone, Debug)]
pub enum Arrival {
    /// A page to look at.
    Page(Page),
    /// An address the browser was asked to stop before, with the parameters it was to carry there.
    Stop {
        /// The address without its query.
        address: Url,
        /// Query or form parameters, in order.
        parameters: Vec<(String, String)>,
    },
}

impl Arrival {
    /// The page.
    ///
    /// # Errors
    /// The walk ended at the stop instead.
    pub fn page(self) -> Result<Page> {
        match self {
            Self::Page(page) => Ok(page),
            Self::Stop { parameters, .. } => bail!("back at the client instead of a page: {parameters:?}"),
        }
    }

    /// What was carried to the stop.
    ///
    /// # Errors
    /// The walk ended on a page instead.
    pub fn parameters(self) -> Result<Vec<(String, String)>> {
        match self {
            Self::Stop { parameters, .. } => Ok(parameters),
            Self::Page(page) => bail!(
                "{} {} instead of the client:\n{}",
                page.status,
                page.address,
                page.html
            ),
        }
    }
}

impl Browser {
    /// A new browser without cookies, of somebody who reads English. `authority` are further root certificates, as PEM.
    ///
    /// # Errors
    /// A certificate that is none.
    pub fn new(authority: Option<&[u8]>) -> Result<Self> {
        let mut headers = HeaderMap::new();
        let accepts = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
        headers.insert(ACCEPT, HeaderValue::from_static(accepts));
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        Self::by(http_client(authority)?.default_headers(headers))
    }

    /// A new browser without cookies that reaches others by this client.
    ///
    /// # Errors
    /// The client cannot be made.
    pub fn by(client: reqwest::ClientBuilder) -> Result<Self> {
        let client = client
            .cookie_provider(Arc::new(Cookies::default()))
            .redirect(Policy::none());
        Ok(Self {
            http: client.build()?,
        })
    }

    /// Fetches one address, following nothing.
    ///
    /// # Errors
    /// No answer.
    pub async fn fetch(&self, address: &Url) -> Result<Page> {
        self.send(self.http.get(address.clone())).await
    }

    /// Posts a form and follows nothing. `headers` are what a page's script adds.
    ///
    /// # Errors
    /// No answer.
    pub async fn post(
        &self,
        address: &Url,
        fields: &[(String, String)],
        headers: &[(&str, &str)],
    ) -> Result<Page> {
        let mut request = self.http.post(address.clone()).form(fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Opens an address and follows redirects until there is a page, or an address that begins with `stop`.
    ///
    /// # Errors
    /// No answer, a redirect without address, or a circle.
    pub async fn open(&self, address: &Url, stop: &str) -> Result<Arrival> {
        if let Some(arrival) = stopped(address, stop) {
            return Ok(arrival);
        }
        let page = self.fetch(address).await?;
        self.follow(page, stop).await
    }

    /// Presses a button of a form: `changes` replace or add fields.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn submit(
        &self,
        page: &Page,
        form: &Form,
        changes: &[(&str, &str)],
        stop: &str,
    ) -> Result<Arrival> {
        let (target, fields) = filled(page, form, changes)?;
        if stop_matches(&target, stop) && form.method == "post" {
            return Ok(Arrival::Stop {
                address: target,
                parameters: fields,
            });
        }
        let page = self.send_form(page, form, target, &fields).await?;
        self.follow(page, stop).await
    }

    /// Presses a button of a form and follows nothing.
    ///
    /// # Errors
    /// No answer.
    pub async fn press(&self, page: &Page, form: &Form, changes: &[(&str, &str)]) -> Result<Page> {
        let (target, fields) = filled(page, form, changes)?;
        self.send_form(page, form, target, &fields).await
    }

    async fn send_form(
        &self,
        page: &Page,
        form: &Form,
        target: Url,
        fields: &[(String, String)],
    ) -> Result<Page> {
        let origin = page.address.origin().ascii_serialization();
        match form.method.as_str() {
            "post" => self.post(&target, fields, &[("origin", &origin)]).await,
            _ => self.send(self.http.get(target).query(fields)).await,
        }
    }

    /// Follows the redirects of a page that is one, and a form that submits itself to `stop`.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn follow(&self, mut page: Page, stop: &str) -> Result<Arrival> {
        for _ in 0..REDIRECTS {
            let Some(next) = page.redirect()? else {
                return Ok(self_submitting(page, stop));
            };
            if let Some(arrival) = stopped(&next, stop) {
                return Ok(arrival);
            }
            page = self.fetch(&next).await?;
        }
        bail!("redirected more than {REDIRECTS} times, last to {}", page.address)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Page> {
        let response = request.send().await?;
        let (address, status) = (response.url().clone(), response.status());
        let headers = response.headers().clone();
        Ok(Page {
            address,
            status,
            headers,
            html: response.text().await?,
        })
    }
}

impl Page {
    /// Where it leads by its status.
    ///
    /// # Errors
    /// A redirect without address.
    pub fn redirect(&self) -> Result<Option<Url>> {
        if !self.status.is_redirection() {
            return Ok(None);
        }
        let location = self.headers.get(LOCATION).context("a redirect without address")?;
        Ok(Some(self.address.join(location.to_str()?)?))
    }

    /// The forms on it.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        forms(&self.html)
    }

    /// The form that can say `name=value`.
    ///
    /// # Errors
    /// There is none.
    pub fn form_with(&self, name: &str, value: &str) -> Result<Form> {
        let form = self.forms().into_iter().find(|form| form.can_say(name, value));
        form.with_context(|| format!("no form says {name}={value} on {}:\n{}", self.address, self.html))
    }
}

/// Where a form leads, and its fields with `changes` made.
fn filled(page: &Page, form: &Form, changes: &[(&str, &str)]) -> Result<(Url, Vec<(String, String)>)> {
    let target = page.address.join(&form.action)?;
    let mut fields = form.fields.clone();
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend(
        changes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    Ok((target, fields))
}

fn stop_matches(address: &Url, stop: &str) -> bool {
    let mut bare = address.clone();
    bare.set_query(None);
    bare.as_str() == stop
}

fn stopped(address: &Url, stop: &str) -> Option<Arrival> {
    stop_matches(address, stop).then(|| {
        let parameters = address.query_pairs().into_owned().collect();
        let mut address = address.clone();
        address.set_query(None);
        Arrival::Stop { address, parameters }
    })
}

/// The page of `response_mode=form_post`: one form, posted to the client by script or by its button.
fn self_submitting(page: Page, stop: &str) -> Arrival {
    let found = page.forms().into_iter().find_map(|form| {
        let address = page.address.join(&form.action).ok()?;
        (form.method == "post" && stop_matches(&address, stop)).then_some((address, form.fields))
    });
    match found {
        Some((address, parameters)) => Arrival::Stop { address, parameters },
        None => Arrival::Page(page),
    }
}
