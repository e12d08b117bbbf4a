//! A browser with a cookie jar. Tabs share the jar.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use url::Url;
use url::form_urlencoded;

use crate::host::Exchange;
use crate::jumio::PAGE;
use crate::page::{Offer, Page};
use crate::processes::{ORIGIN, REDIRECT};
use crate::world::{World, lock};

/// A browser follows no more redirects than that.
const HOPS: u32 = 20;

/// Where a tab is.
#[derive(Clone, Debug)]
pub(crate) enum At {
    /// On a page of the handler.
    Page(Page),
    /// On the page of a transaction.
    Vendor(usize),
    /// Back at the client, with its parameters.
    Client(BTreeMap<String, String>),
    /// Nothing came; the address can be tried again.
    Nothing,
}

/// Cookies of one browser.
pub(crate) type Jar = Arc<Mutex<BTreeMap<String, String>>>;

/// A tab.
#[derive(Clone)]
pub(crate) struct Tab {
    pub(crate) world: Arc<World>,
    jar: Jar,
    /// Where reloading leads.
    pub(crate) address: String,
    /// The tick at which the request of the page that is shown began.
    pub(crate) began: u64,
}

impl Tab {
    /// A tab of the browser of that name.
    pub(crate) fn of(world: &Arc<World>, browser: &str) -> Self {
        let jar = lock(&world.jars).entry(browser.to_owned()).or_default().clone();
        Self {
            world: Arc::clone(world),
            jar,
            address: String::new(),
            began: 0,
        }
    }

    /// Opens an address, and follows where it leads.
    pub(crate) async fn open(&mut self, address: &str) -> At {
        let request = Request::get(address).body(Bytes::new());
        match request {
            Ok(request) => self.go(request).await,
            Err(_) => At::Nothing,
        }
    }

    /// Opens an address, sees nothing of the answer, and keeps nothing of it: what a double click does to the first one.
    /// Gives the transaction to which it would have led.
    pub(crate) async fn open_in_vain(&self, address: &str) -> Option<usize> {
        let request = Request::get(address)
            .header("cookie", self.cookies())
            .body(Bytes::new())
            .ok()?;
        let exchange = self.world.send("browser", request).await;
        let to = location(exchange.answer.as_ref()?, ORIGIN)?;
        match vendor(&to) {
            At::Vendor(n) if to.as_str().starts_with(PAGE) => Some(n),
            _ => None,
        }
    }

    /// Presses what the page offers.
    pub(crate) async fn press(&mut self, offer: &Offer) -> At {
        let Some(fields) = &offer.fields else {
            return self.open(&offer.to).await;
        };
        if offer.to.starts_with(REDIRECT) {
            return At::Client(fields.iter().cloned().collect());
        }
        match form(&offer.to, fields) {
            Some(request) => self.go(request).await,
            None => At::Nothing,
        }
    }

    pub(crate) async fn reload(&mut self) -> At {
        let address = self.address.clone();
        self.open(&address).await
    }

    async fn go(&mut self, request: Request<Bytes>) -> At {
        let mut request = request;
        for _ in 0..HOPS {
            if request.method() == "GET" {
                self.address = request.uri().to_string();
            }
            let base = format!("{ORIGIN}{}", request.uri());
            let exchange = self.exchange(request).await;
            self.began = exchange.began;
            let Some(answer) = exchange.answer else {
                return At::Nothing;
            };
            match location(&answer, &base) {
                None => return self.shown(&answer),
                Some(to) if to.as_str().starts_with(PAGE) => return vendor(&to),
                Some(to) if to.as_str().starts_with(ORIGIN) => {
                    let path = to.as_str().get(ORIGIN.len()..).unwrap_or("/");
                    let Ok(next) = Request::get(path).body(Bytes::new()) else {
                        return At::Nothing;
                    };
                    request = next;
                }
                Some(to) => return At::Client(to.query_pairs().into_owned().collect()),
            }
        }
        self.world.violated("liveness", "a browser is sent in circles");
        At::Nothing
    }

    fn shown(&self, answer: &Response<Bytes>) -> At {
        let html = String::from_utf8_lossy(answer.body());
        let page = Page::read(answer.status().as_u16(), &html);
        self.world.step(&crate::world::Outside("browser"), || {
            let offers: Vec<_> = page.offers.iter().map(|offer| offer.name.as_str()).collect();
            format!(
                "shows \"{}\" offering {offers:?}, refresh {:?}",
                page.state,
                page.refresh.as_ref().map(|r| r.0)
            )
        });
        match page.offers.first() {
            Some(offer) if page.sends_itself && offer.to.starts_with(REDIRECT) => {
                At::Client(offer.fields.iter().flatten().cloned().collect())
            }
            _ => At::Page(page),
        }
    }

    async fn exchange(&self, mut request: Request<Bytes>) -> Exchange {
        if let Ok(cookies) = self.cookies().parse::<http::HeaderValue>()
            && !cookies.is_empty()
        {
            request.headers_mut().insert("cookie", cookies);
        }
        request
            .headers_mut()
            .insert("accept", http::HeaderValue::from_static("text/html"));
        let exchange = self.world.send("browser", request).await;
        if let Some(answer) = &exchange.answer {
            self.keep(answer);
        }
        exchange
    }

    fn cookies(&self) -> String {
        let jar = lock(&self.jar);
        let pairs: Vec<_> = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&self, answer: &Response<Bytes>) {
        for cookie in answer.headers().get_all("set-cookie") {
            let text = cookie.to_str().unwrap_or_default();
            let pair = text.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let mut jar = lock(&self.jar);
            if text.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// A form on its way.
pub(crate) fn form(to: &str, fields: &[(String, String)]) -> Option<Request<Bytes>> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    Request::post(to)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("content-length", body.len())
        .body(Bytes::from(body))
        .ok()
}

fn location(answer: &Response<Bytes>, base: &str) -> Option<Url> {
    if !answer.status().is_redirection() {
        return None;
    }
    let to = answer.headers().get("location")?.to_str().ok()?;
    Url::parse(base).ok()?.join(to).ok()
}

fn vendor(to: &Url) -> At {
    let n = to.path().rsplit('/').next().and_then(|n| n.parse().ok());
    n.map_or(At::Nothing, At::Vendor)
}
