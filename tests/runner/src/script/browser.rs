//! A browser without a screen: cookies, redirects, and the requests a page's script makes.

use super::page::{Landing, PageView};
use crate::config;
use crate::outbound::Outbound;
use anyhow::{Context as _, Result, bail, ensure};
use loopback::debug_only;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value as Json;
use std::collections::HashMap;
use url::Url;

/// More redirects than any journey has in a row.
const MOST_REDIRECTS: usize = 20;

/// One browser with its cookies.
pub struct Browser {
    client: Client,
    /// Value by host and name: browsers do not tell ports apart.
    cookies: HashMap<(String, String), String>,
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
        let client = Outbound::new(outbound)?.client().clone();
        Ok(Self {
            client,
            cookies: HashMap::new(),
            application: application.to_vec(),
        })
    }

    /// Opens an address and follows it to a page, an answer or something else.
    ///
    /// # Errors
    /// When a server does not answer or redirects without end.
    pub async fn open(&mut self, address: &Url) -> Result<Landing> {
        self.follow(Method::GET, address.clone(), vec![]).await
    }

    /// Posts a form as a browser does, and follows.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn post(&mut self, address: &Url, form: Vec<(String, String)>) -> Result<Landing> {
        self.follow(Method::POST, address.clone(), form).await
    }

    async fn follow(&mut self, method: Method, address: Url, form: Vec<(String, String)>) -> Result<Landing> {
        let (mut method, mut address, mut form) = (method, address, form);
        for _ in 0..MOST_REDIRECTS {
            if let Some(answer) = self.answer(&address, &form) {
                return Ok(answer);
            }
            let request = self.client.request(method.clone(), address.clone());
            let request = if method == Method::POST {
                request.form(&form)
            } else {
                request
            };
            let response = self.send(&address, request).await?;
            let status = response.status();
            if status.is_redirection() {
                let target = response
                    .headers()
                    .get("location")
                    .and_then(|value| value.to_str().ok());
                address = address.join(target.context("a redirect without location")?)?;
                (method, form) = (Method::GET, vec![]);
                continue;
            }
            let body = response.text().await?;
            if let Some((action, fields)) = super::page::auto_form(&body) {
                address = address.join(&action)?;
                (method, form) = (Method::POST, fields);
                continue;
            }
            return Ok(Landing::of(status.as_u16(), &address, body));
        }
        bail!("more than {MOST_REDIRECTS} redirects, the last to {address}")
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

    async fn send(&mut self, address: &Url, request: RequestBuilder) -> Result<Response> {
        let host = address.host_str().unwrap_or_default().to_owned();
        let mine = self.cookies.iter().filter(|((owner, _), _)| *owner == host);
        let header: Vec<String> = mine.map(|((_, name), value)| format!("{name}={value}")).collect();
        let request = if header.is_empty() {
            request
        } else {
            request.header("cookie", header.join("; "))
        };
        let response = request
            .send()
            .await
            .with_context(|| format!("{address} does not answer"))?;
        for value in response.headers().get_all("set-cookie") {
            self.keep_cookie(&host, value.to_str().unwrap_or_default());
        }
        Ok(response)
    }

    fn keep_cookie(&mut self, host: &str, header: &str) {
        let (pair, attributes) = header.split_once(';').unwrap_or((header, ""));
        let Some((name, value)) = pair.split_once('=') else {
            return;
        };
        let key = (host.to_owned(), name.trim().to_owned());
        if attributes.to_ascii_lowercase().contains("max-age=0") {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.trim().to_owned());
        }
    }

    /// A request of a page's script: fields posted to `path` below the policy, with the page's CSRF token.
    ///
    /// # Errors
    /// When the tenant answers anything but HTTP 200 with JSON.
    pub async fn call(&mut self, page: &PageView, path: &str, fields: &[(String, String)]) -> Result<Json> {
        let address = page.address(path, &[])?;
        let request = self
            .client
            .post(address.clone())
            .header("x-csrf-token", page.setting("csrf"))
            .header("x-requested-with", "XMLHttpRequest")
            .form(fields);
        let response = self.send(&address, request).await?;
        ensure!(
            response.status().is_success(),
            "{address} answered {}",
            response.status()
        );
        Ok(response.json().await?)
    }

    /// Follows a link of a page: `confirmed`, `error`, `unified`, `forgotPassword`.
    ///
    /// # Errors
    /// As [`Browser::open`].
    pub async fn go(&mut self, page: &PageView, action: &str, more: &[(&str, &str)]) -> Result<Landing> {
        let csrf = page.setting("csrf");
        let parameters = [&[("csrf_token", csrf.as_str())], more].concat();
        let address = page.address(&format!("api/{}/{action}", page.setting("api")), &parameters)?;
        self.open(&address).await
    }
}
