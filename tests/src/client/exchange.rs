//! Calls from server to server, remembered for the page and for tests.

use anyhow::Result;
use loopback::browser::http_client;
use serde::Serialize;
use url::Url;

use crate::shared::Shared;

/// One call and its answer, as text.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// Method and address.
    pub call: String,
    /// What was sent.
    pub sent: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// What came back.
    pub received: String,
}

/// An HTTP client that remembers. Clones share the memory.
#[derive(Clone, Debug)]
pub struct Wire {
    http: reqwest::Client,
    exchanges: Shared<Vec<Exchange>>,
}

/// An answer, read completely.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: http::HeaderMap,
    /// Body.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Errors
    /// It is none.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.body).map_err(|failure| anyhow::anyhow!("{failure} in {}", self.body))
    }
}

impl Wire {
    /// `authority` are further root certificates, as PEM.
    ///
    /// # Errors
    /// A certificate that is none.
    pub fn new(authority: Option<&[u8]>) -> Result<Self> {
        Ok(Self {
            http: http_client(authority)?.build()?,
            exchanges: Shared::default(),
        })
    }

    /// What went over the wire so far.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.get()
    }

    /// A wire with the same connections and an empty memory.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self {
            http: self.http.clone(),
            exchanges: Shared::default(),
        }
    }

    /// GET, with a bearer token if there is one.
    ///
    /// # Errors
    /// No answer.
    pub async fn get(&self, address: &Url, bearer: Option<&str>) -> Result<Answer> {
        let mut request = self.http.get(address.clone());
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        self.send(format!("GET {address}"), String::new(), request).await
    }

    /// POST of a form, with an `Authorization` header if there is one.
    ///
    /// # Errors
    /// No answer.
    pub async fn post_form(
        &self,
        address: &Url,
        form: &[(String, String)],
        authorization: Option<&str>,
    ) -> Result<Answer> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.post(address, "application/x-www-form-urlencoded", body, authorization)
            .await
    }

    /// POST of anything.
    ///
    /// # Errors
    /// No answer.
    pub async fn post(
        &self,
        address: &Url,
        content_type: &str,
        body: String,
        authorization: Option<&str>,
    ) -> Result<Answer> {
        let mut request = self
            .http
            .post(address.clone())
            .header("content-type", content_type)
            .body(body.clone());
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        self.send(format!("POST {address}"), body, request).await
    }

    async fn send(&self, call: String, sent: String, request: reqwest::RequestBuilder) -> Result<Answer> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await?;
        let exchange = Exchange {
            call,
            sent,
            status,
            received: body.clone(),
        };
        self.exchanges.with(|exchanges| exchanges.push(exchange));
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}
