//! A blob store that counts: each request of the app is kept in the history and handed on to Azurite.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, Method};
use url::Url;

use crate::azurite::Azurite;
use crate::history::History;
use crate::serve::{self, Answer, Backstage, Listen, Request, Server, Service};

/// Its name in the history.
const NAME: &str = "store";
/// As long without a request as means that what was begun has come to its end.
const QUIET: Duration = Duration::from_millis(100);
/// Headers that belong to one connection.
const OF_CONNECTION: [http::HeaderName; 4] = [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING];

/// Operations since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Operations {
    /// Of any kind.
    pub all: usize,
    /// Lists among them.
    pub lists: usize,
}

/// The store. Dropping it ends Azurite.
pub struct Counted {
    /// Address of the container, as the setting wants it.
    pub location: String,
    history: History,
    under_way: Arc<AtomicUsize>,
    _server: Server,
    _azurite: Azurite,
}

impl Counted {
    /// Starts Azurite, and what counts before it.
    ///
    /// # Errors
    /// Azurite does not start.
    pub async fn start() -> Result<Self> {
        let azurite = Azurite::start().await?;
        let container = Url::parse(&azurite.container("facts").await?)?;
        let backstage = Backstage::default();
        let under_way = Arc::<AtomicUsize>::default();
        let proxy = Proxy {
            to: container.origin().ascii_serialization(),
            client: reqwest::Client::builder().no_proxy().build()?,
            under_way: Arc::clone(&under_way),
        };
        let server = serve::start(Listen::default(), Arc::new(proxy), backstage.clone()).await?;
        Ok(Self {
            location: format!("az:http://{}{}", server.address(), container.path()),
            history: backstage.history,
            under_way,
            _server: server,
            _azurite: azurite,
        })
    }

    /// What was asked since the last look, once nothing is asked any more.
    pub async fn operations(&self) -> Operations {
        let mut seen = None;
        loop {
            let all = self.history.of(Some(NAME)).len();
            if seen == Some(all) && self.under_way.load(Ordering::Relaxed) == 0 {
                let lists = self.history.count(NAME, "list");
                self.history.clear(Some(NAME));
                return Operations { all, lists };
            }
            seen = Some(all);
            tokio::time::sleep(QUIET).await;
        }
    }
}

struct Proxy {
    /// Origin of Azurite.
    to: String,
    client: reqwest::Client,
    under_way: Arc<AtomicUsize>,
}

impl Service for Proxy {
    fn name(&self) -> &'static str {
        NAME
    }

    fn operation(&self, request: &Request) -> &'static str {
        let is_list = request.query_value("comp").as_deref() == Some("list");
        match request.method {
            Method::PUT => "create",
            Method::GET if is_list => "list",
            Method::GET => "read",
            Method::DELETE => "delete",
            _ => "unknown",
        }
    }

    fn answer(&self, request: Request) -> BoxFuture<'_, Answer> {
        async move {
            self.under_way.fetch_add(1, Ordering::Relaxed);
            let answer = self.hand_on(request).await;
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            answer.unwrap_or_else(|failure| Answer::body(502, "text/plain", format!("{failure:#}")))
        }
        .boxed()
    }

    fn failure(&self, status: u16) -> Answer {
        Answer::empty(status)
    }
}

impl Proxy {
    async fn hand_on(&self, request: Request) -> Result<Answer> {
        let mut headers = request.headers;
        forget(&mut headers);
        let mut address = format!("{}{}", self.to, request.path);
        if !request.query.is_empty() {
            address = format!("{address}?{}", request.query);
        }
        let asked = self.client.request(request.method, address);
        let answer = asked.headers(headers).body(request.body).send().await;
        let answer = answer.context("Azurite")?;
        let mut headers = answer.headers().clone();
        forget(&mut headers);
        Ok(Answer {
            status: answer.status(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            body: answer.bytes().await?,
        })
    }
}

fn forget(headers: &mut HeaderMap) {
    for name in OF_CONNECTION {
        headers.remove(name);
    }
}
